// The grammar of times that count from what is not told: 本月底, 次月10日, 15日前, 月底前, 春节前.

import type { Cursor } from './cursor.ts';
import { bound, dayOfMonth, edge } from './points.ts';
import { EVENTS } from './vocabulary.ts';

type Unit = 'week' | 'month' | 'quarter';

/** `told`: an edge or a day of it is. */
export interface Relative {
  readonly kind: 'relative';
  readonly unit: Unit;
  readonly shift: number;
  readonly told: boolean;
}

/** 春节前, 汛期前, 节后: no calendar has it for certain. */
export interface Occasion {
  readonly kind: 'event';
  readonly bound: 'before' | 'after';
}

const RELATIVES: ReadonlyMap<string, readonly [Unit, number]> = new Map([
  ...relatives('week', { 本周: 0, 下周: 1 }),
  ...relatives('month', { 本月: 0, 当月: 0, 次月: 1, 下月: 1, 上月: -1, 上一月: -1 }),
  ...relatives('quarter', { 本季度: 0, 当季: 0, 次季度: 1, 下季度: 1, 上季度: -1, 上一季度: -1 }),
]);
function relatives(unit: Unit, shifts: Readonly<Record<string, number>>) {
  return Object.entries(shifts).map(([word, shift]) => [word, [unit, shift]] as const);
}

export function relative(cursor: Cursor): Relative | null {
  const said = cursor.lookup(RELATIVES);
  if (said === null) return cursor.maybe(edgeAlone) ?? cursor.maybe(dayAlone);
  const [unit, shift] = said;
  const weekday =
    unit === 'week' && (cursor.number(({ value }) => value >= 1 && value <= 6) !== null || cursor.word('日', '天') !== null);
  const month = unit === 'quarter' && cursor.word('首月', '末月') !== null;
  const day = cursor.maybe(dayOfMonth) !== null;
  const edged = edge(cursor) !== 'whole';
  return { kind: 'relative', unit, shift, told: bound(cursor) === 'before' || weekday || month || day || edged };
}

/** 月底前, 季末. */
function edgeAlone(cursor: Cursor): Relative | null {
  const unit = cursor.word('月', '季', '季度');
  if (unit === null) return null;
  // 季度首月10日前 comes again each quarter.
  if (unit !== '月' && cursor.word('首月', '末月') !== null) {
    const day = cursor.maybe(dayOfMonth);
    bound(cursor);
    return day === null ? null : { kind: 'relative', unit: 'quarter', shift: 1, told: true };
  }
  if (cursor.word('底', '末') === null) return null;
  bound(cursor);
  return { kind: 'relative', unit: 'month', shift: 0, told: true };
}

/** 15日前. */
function dayAlone(cursor: Cursor): Relative | null {
  if (cursor.maybe(dayOfMonth) === null || bound(cursor) !== 'before') return null;
  return { kind: 'relative', unit: 'month', shift: 0, told: true };
}

/** 春节前, “七一”前. */
export function event(cursor: Cursor): Occasion | null {
  const quoted = cursor.mark('“"') !== null;
  if (cursor.among(EVENTS) === null || (quoted && cursor.mark('”"') === null)) return null;
  cursor.word('节', '来临', '到来', '召开');
  if (cursor.word('末', '底') !== null) return { kind: 'event', bound: 'before' };
  if (cursor.word('前', '之前', '以前') !== null) return { kind: 'event', bound: 'before' };
  return cursor.word('后', '之后', '以后') === null ? null : { kind: 'event', bound: 'after' };
}

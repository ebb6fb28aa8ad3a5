// The grammar of what comes again: 每年3月底前, 每季度, 每月5日前, 按季度, 一月一调度, 季度通报.

import type { Cursor } from './cursor.ts';
import { bound, type Point, point, type Year } from './points.ts';
import { ROUNDS, SUPERVISION } from './vocabulary.ts';

export type RecurrenceUnit = 'year' | 'half' | 'quarter' | 'month' | 'week' | 'day';

export interface Recurrence {
  readonly kind: 'recurring';
  readonly unit: RecurrenceUnit;
  /** 2 for 每两年. */
  readonly every: number;
  /** When in a year: 3月底. */
  readonly at: Point | null;
  /** 每月5日前, 每年3月起: more is said than a rule can hold. */
  readonly inexact: boolean;
  /** 2020年起每年: the first year. */
  readonly from: Year | null;
  /** each: 每季度; by: 按季度; bare: 季度通报, which holds at the beginning of a clause alone. */
  readonly style: 'each' | 'by' | 'bare';
}

export function recurrence(cursor: Cursor): Recurrence | null {
  const from = cursor.maybe(fromYear);
  const each =
    cursor.maybe(bothHalves) ??
    cursor.maybe(everyPeriod) ??
    cursor.maybe(byPeriod) ??
    cursor.maybe(oneForOne) ??
    cursor.maybe(barePeriod);
  return each === null ? null : { ...each, from };
}

/** 上半年、下半年各一次. */
function bothHalves(cursor: Cursor): Recurrence | null {
  if (cursor.word('上半年') === null || cursor.mark('、') === null || cursor.word('下半年') === null) return null;
  return recurring('half', 1, 'each');
}

/** 2020年起, 从2019年起: only in front of what comes again. */
function fromYear(cursor: Cursor): Year | null {
  cursor.word('从', '自');
  const year = point(cursor);
  if (year === null || year.unit !== 'year' || year.edge !== 'whole') return null;
  return cursor.word('起', '开始') === null ? null : year.year;
}

function everyPeriod(cursor: Cursor): Recurrence | null {
  if (cursor.word('双月', '单月') !== null) return recurring('month', 2, 'by');
  if (cursor.word('双周') !== null) return recurring('week', 2, 'by');
  if (cursor.word('每') === null) return null;
  const ofYear = cursor.maybe(everyTime);
  if (ofYear !== null) return ofYear;
  const count = cursor.number(({ value }) => value >= 1 && value <= 99) ?? 1;
  cursor.word('个');
  cursor.word('自然');
  // Terms of a school lie otherwise than halves of the year.
  if (cursor.word('学期') !== null) return { ...recurring('half', count, 'each'), inexact: true };
  if (cursor.word('学年') !== null) return { ...recurring('year', count, 'each'), inexact: true };
  const unit = periodUnit(cursor);
  if (unit === null) return null;
  const normal = normalised(unit, count);
  return { ...recurring(normal.unit, normal.every, 'each'), ...inside(cursor, unit) };
}

/** 每到年底, 每逢3月. */
function everyTime(cursor: Cursor): Recurrence | null {
  if (cursor.word('到', '逢', '至') === null) return null;
  const at = point(cursor);
  if (at === null || at.year !== null) return null;
  bound(cursor);
  return { ...recurring('year', 1, 'each'), at };
}

function byPeriod(cursor: Cursor): Recurrence | null {
  if (cursor.word('按', '逐') === null) return null;
  const unit = periodUnit(cursor);
  return unit === null ? null : recurring(unit, 1, 'by');
}

/** 一月一调度, 半年一次; 一年两次 leaves its 两次 to be counted. */
function oneForOne(cursor: Cursor): Recurrence | null {
  const periods = cursor.number(({ value }) => value >= 1 && value <= 12);
  const unit = periodUnit(cursor);
  if (unit === null || (periods === null && unit !== 'half')) return null;
  const at = cursor.at;
  const times = cursor.number(({ value }) => value >= 1 && value <= 12);
  if (times === null) return null;
  // 一月一日 is a day, 一年一度 a manner of speaking, 一季度一般公共预算 neither.
  if (cursor.among(ROUNDS) === null && cursor.among(SUPERVISION) === null) return null;
  const normal = normalised(unit, periods ?? 1);
  if (times > 1) cursor.back(at);
  return recurring(normal.unit, normal.every, 'each');
}

/** 月调度、季通报、半年约谈. */
function barePeriod(cursor: Cursor): Recurrence | null {
  const unit = periodUnit(cursor);
  if (unit === null || unit === 'day') return null;
  return cursor.among(SUPERVISION) === null ? null : recurring(unit, 1, 'bare');
}

function recurring(unit: RecurrenceUnit, every: number, style: Recurrence['style']): Recurrence {
  return { kind: 'recurring', unit, every, at: null, inexact: false, from: null, style };
}

function periodUnit(cursor: Cursor): RecurrenceUnit | null {
  if (cursor.word('半年') !== null) {
    cursor.word('度');
    return 'half';
  }
  if (cursor.word('年') !== null) {
    cursor.word('度');
    return 'year';
  }
  if (cursor.word('季度', '季') !== null) return 'quarter';
  if (cursor.word('月', '月份') !== null) {
    cursor.word('度');
    return 'month';
  }
  if (cursor.word('周', '星期', '旬', '半月') !== null) return 'week';
  return cursor.word('日', '天', '工作日') === null ? null : 'day';
}

/** 每3个月 is 每季度, 每6个月 is 每半年. */
function normalised(unit: RecurrenceUnit, every: number): { readonly unit: RecurrenceUnit; readonly every: number } {
  if (unit === 'month' && every === 3) return { unit: 'quarter', every: 1 };
  if (unit === 'month' && every === 6) return { unit: 'half', every: 1 };
  if (unit === 'month' && every === 12) return { unit: 'year', every: 1 };
  if (unit === 'quarter' && every === 2) return { unit: 'half', every: 1 };
  return { unit, every };
}

/** What is said of the day inside the period. */
function inside(cursor: Cursor, unit: RecurrenceUnit): { readonly at: Point | null; readonly inexact: boolean } {
  const read = cursor.maybe((rest) => {
    rest.word('的');
    rest.word('于', '在', '到', '至');
    return unit === 'year' ? insideYear(rest) : insidePeriod(rest, unit);
  });
  return read ?? { at: null, inexact: false };
}

function insideYear(cursor: Cursor): { at: Point | null; inexact: boolean } | null {
  const at = cursor.maybe(edgeOfYear) ?? cursor.maybe(point);
  if (at === null || at.year !== null) return null;
  const said = bound(cursor);
  return { at, inexact: said !== 'none' && said !== 'before' && said !== 'within' };
}

/** 每年底: the 年 was taken already. */
function edgeOfYear(cursor: Cursor): Point | null {
  const word = cursor.word('底', '末', '终', '初');
  if (word === null) return null;
  return { year: null, unit: 'year', which: 0, day: 0, edge: word === '初' ? 'start' : 'end' };
}

function insidePeriod(cursor: Cursor, unit: RecurrenceUnit): { at: null; inexact: boolean } | null {
  if (unit === 'month') cursor.word('月');
  if (cursor.word('底', '末') !== null) {
    bound(cursor);
    return { at: null, inexact: false };
  }
  const early = cursor.word('初', '上旬', '中旬', '下旬', '首月', '末月') !== null;
  const after = cursor.word('结束') !== null;
  if (after) cursor.word('后', '之后');
  const ordinal = cursor.word('第') !== null;
  const number = cursor.number(() => true) !== null;
  if (number) {
    cursor.word('个');
    if (cursor.word('日', '号', '天', '工作日', '月', '周') === null) return null;
    if (ordinal && cursor.number(() => true) !== null) cursor.word('日', '号');
  }
  if (!early && !after && !number) return null;
  bound(cursor);
  return { at: null, inexact: true };
}

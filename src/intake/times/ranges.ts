// The grammar of stretches with two ends, and of months told together: 6—8月, 2019年1月1日至12月31日, 即日起至年底, 9、12月底前.

import type { Cursor } from './cursor.ts';
import { type Bound, bound, dayOfMonth, type Point, written, type Year, yearOf } from './points.ts';

/** `first` null: from the notice on. */
export interface Span {
  readonly kind: 'range';
  readonly first: Point | null;
  readonly last: Point;
}

/** The months before the last, which `point` is; the bound is that of all. */
export interface List {
  readonly kind: 'list';
  readonly earlier: readonly Point[];
  readonly point: Point;
  readonly bound: Bound;
}

/** 即日起. */
export interface Now {
  readonly kind: 'now';
}

const DASHES: ReadonlySet<string> = new Set(['—', '-', '–', '~', '―', '─']);

/** 即日起, and 即日起至12月底. */
export function now(cursor: Cursor): Now | Span | null {
  cursor.word('从', '自');
  if (cursor.word('即日') === null || cursor.word('起', '开始') === null) return null;
  const last = cursor.maybe((rest) => (joint(rest) === null ? null : written(rest)));
  return last === null ? { kind: 'now' } : { kind: 'range', first: null, last };
}

function joint(cursor: Cursor): string | null {
  return cursor.word('至', '到') ?? cursor.among(DASHES);
}

export function range(cursor: Cursor): Span | null {
  cursor.word('从', '自');
  const first = cursor.maybe(wholeStart) ?? cursor.maybe(bareStart);
  const last = first === null ? null : cursor.maybe((rest) => lastOf(rest, first));
  if (first === null || last === null) return null;
  cursor.word('止', '为止', '前', '之前', '以前', '期间', '间', '内');
  if ('unit' in first) return { kind: 'range', first, last };
  const year: Year | null = last.unit === 'year' ? { said: 'number', value: first.number } : last.year;
  return { kind: 'range', first: { ...last, which: last.unit === 'year' ? 0 : first.number, year }, last };
}

/** 2019年1月1日(起)至. */
function wholeStart(cursor: Cursor): Point | null {
  const first = written(cursor);
  cursor.word('起', '开始');
  if (first === null || joint(cursor) === null) return null;
  cursor.among(DASHES);
  return first;
}

/** The bare number of 6—8月, 2023年6—8月, 2020—2022年, 一至三季度. */
interface Start {
  readonly year: Year | null;
  readonly number: number;
}

function bareStart(cursor: Cursor): Start | null {
  const said = cursor.maybe(yearOf);
  cursor.word('第');
  const number = cursor.number(
    ({ value, figures }) => value <= 12 || (said === null && figures === 4 && value >= 1900 && value <= 2199),
  );
  if (number === null) return null;
  if (joint(cursor) === null) return null;
  cursor.among(DASHES);
  return { year: said, number };
}

export function list(cursor: Cursor): List | null {
  const said = cursor.maybe(yearOf);
  const earlier: number[] = [];
  while (earlier.length < 12) {
    const number = cursor.maybe(listed);
    if (number === null) break;
    earlier.push(number);
  }
  const last = earlier.length === 0 ? null : cursor.maybe(written);
  if (last === null || last.year !== null || (last.unit !== 'month' && last.unit !== 'quarter')) return null;
  const point = { ...last, year: said };
  return { kind: 'list', earlier: earlier.map((which) => ({ ...point, which })), point, bound: bound(cursor) };
}

function listed(cursor: Cursor): number | null {
  const number = cursor.number(({ value }) => value >= 1 && value <= 12);
  if (number === null) return null;
  // 3月、6月、9月底前: what the last is told with holds for all.
  cursor.word('月', '月份');
  return cursor.mark('、') === null ? null : number;
}

function lastOf(cursor: Cursor, first: Point | Start): Point | null {
  // 10月8日至15日.
  if ('unit' in first && first.unit === 'day') {
    const day = cursor.maybe(dayOfMonth);
    if (day !== null) return { ...first, day };
  }
  const last = cursor.maybe(written);
  if (last === null) return null;
  if ('number' in first) {
    const years = first.number > 12;
    if (years ? last.unit !== 'year' : !['month', 'quarter'].includes(last.unit)) return null;
  }
  return last.year === null && first.year !== null ? { ...last, year: first.year } : last;
}

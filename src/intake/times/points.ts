// The grammar of a stretch of the calendar and of what stands before or after it.
//   point = [year] (half | quarter [edge] | month [day | edge] | [年] edge) | year
//   bound = 前 | 内 | 起 | 后 | 以来 | …

import type { Cursor } from './cursor.ts';
import type { Token } from './words.ts';

/** 2022年; or so many years from the year of the notice (明年) or from one told before (次年, 当年). */
export type Year =
  | { readonly said: 'number'; readonly value: number }
  | { readonly said: 'relative'; readonly shift: number; readonly to: 'notice' | 'before' };

type Edge = 'whole' | 'end' | 'start' | 'early' | 'middle' | 'mid' | 'late';

/** A stretch of the calendar: 8月, 2022年底, 第三季度, 8月31日, 6月中旬. */
export interface Point {
  readonly year: Year | null;
  readonly unit: 'year' | 'half' | 'quarter' | 'month' | 'day';
  /** Which half, quarter or month; 0 for a year. May be no such month: that is found out when it is looked up. */
  readonly which: number;
  readonly day: number;
  readonly edge: Edge;
}

export type Bound = 'none' | 'before' | 'within' | 'from' | 'after' | 'since' | 'during' | 'about' | 'yearbook';

const RELATIVE_YEARS: ReadonlyMap<string, Year> = new Map([
  ...relativeYears('notice', { 今年: 0, 本年: 0, 明年: 1, 来年: 1, 今明两年: 1, 今明年: 1, 后年: 2, 去年: -1, 前年: -2 }),
  ...relativeYears('before', { 当年: 0, 次年: 1, 翌年: 1, 下年: 1, 下一年: 1, 上年: -1, 上一年: -1 }),
]);

function relativeYears(to: 'notice' | 'before', shifts: Readonly<Record<string, number>>): readonly (readonly [string, Year])[] {
  return Object.entries(shifts).map(([word, shift]) => [word, { said: 'relative', shift, to }]);
}

const EDGES: ReadonlyMap<string, Edge> = new Map<string, Edge>([
  ['底', 'end'],
  ['末', 'end'],
  ['终', 'end'],
  ['初', 'start'],
  ['中', 'middle'],
  ['上旬', 'early'],
  ['中旬', 'mid'],
  ['下旬', 'late'],
  ['上中旬', 'mid'],
  ['中下旬', 'late'],
]);
const BOUNDS: ReadonlyMap<string, Bound> = new Map([
  ...['前', '之前', '以前', '止', '为止', '截止'].map((word): [string, Bound] => [word, 'before']),
  ...['内', '以内', '之内'].map((word): [string, Bound] => [word, 'within']),
  ...['起', '之日起', '开始'].map((word): [string, Bound] => [word, 'from']),
  ...['后', '之后', '以后'].map((word): [string, Bound] => [word, 'after']),
  ...['期间', '间'].map((word): [string, Bound] => [word, 'during']),
  ['以来', 'since'],
  ['左右', 'about'],
  ['前后', 'about'],
]);
export const ACTS: ReadonlySet<string> = new Set(['施行', '执行', '实施', '推行', '实行', '启动', '推进', '开展']);

/** 2022年8月底, 第三季度, 上半年, 年底, 2022-08-31. */
export function point(cursor: Cursor): Point | null {
  return cursor.maybe(numeric) ?? cursor.maybe(written);
}

export function bound(cursor: Cursor): Bound {
  const said = cursor.lookup(BOUNDS) ?? 'none';
  if (said === 'from') {
    cursor.word('开始');
    cursor.among(ACTS);
  }
  return said;
}

/** 2022年, 明年. */
export function yearOf(cursor: Cursor): Year | null {
  return cursor.lookup(RELATIVE_YEARS) ?? cursor.maybe(numberedYear);
}

function numberedYear(cursor: Cursor): Year | null {
  const value = cursor.number(isYear);
  return value === null || cursor.word('年') === null ? null : { said: 'number', value };
}

function isYear(token: Token & { kind: 'number' }): boolean {
  return token.figures === 4 && token.value >= 1900 && token.value <= 2199;
}

/** Without 2022-08-31. */
export function written(cursor: Cursor): Point | null {
  const said = yearOf(cursor) ?? cursor.maybe(shortYear);
  return (
    cursor.maybe((rest) => monthPoint(rest, said)) ??
    cursor.maybe((rest) => quarterPoint(rest, said)) ??
    cursor.maybe((rest) => yearPoint(rest, said))
  );
}

/** 22年, before a month or an edge: else it is so many years. */
function shortYear(cursor: Cursor): Year | null {
  const value = cursor.number(({ figures, chinese }) => figures === 2 && !chinese);
  if (value === null || cursor.word('年') === null) return null;
  const at = cursor.at;
  const said: Year = { said: 'number', value: 2000 + value };
  const more = monthPoint(cursor, said) ?? quarterPoint(cursor, said) ?? yearPoint(cursor, said);
  cursor.back(at);
  return more === null || (more.unit === 'year' && more.edge !== 'end') ? null : said;
}

function monthPoint(cursor: Cursor, said: Year | null): Point | null {
  const which = cursor.number(({ value, figures }) => value <= 99 && figures < 3);
  if (which === null || cursor.word('月', '月份') === null) return null;
  const day = cursor.maybe(dayOfMonth);
  if (day !== null) {
    cursor.maybe(weekday);
    cursor.maybe(clock);
    return { year: said, unit: 'day', which, day, edge: 'whole' };
  }
  // 8月月底.
  cursor.maybe((rest) => (rest.word('月') === null ? null : peekEdge(rest)));
  return { year: said, unit: 'month', which, day: 0, edge: edge(cursor) };
}

/** (星期五). */
function weekday(cursor: Cursor): true | null {
  if (cursor.mark('(') === null || cursor.word('周', '星期') === null) return null;
  const day = cursor.number(({ value }) => value >= 1 && value <= 6) ?? cursor.word('日', '天');
  return day === null || cursor.mark(')') === null ? null : true;
}

/** 下午6点, 18时, 下班. */
function clock(cursor: Cursor): true | null {
  const half = cursor.word('上午', '下午') !== null;
  if (cursor.word('下班') !== null) return true;
  if (cursor.number(({ value }) => value <= 24) === null) return half ? true : null;
  if (cursor.word('时', '点') !== null) return true;
  return cursor.mark(':') === null || cursor.number(({ value }) => value < 60) === null ? null : true;
}

export function dayOfMonth(cursor: Cursor): number | null {
  const day = cursor.number(({ value, figures }) => value <= 99 && figures < 3);
  return day === null || cursor.word('日', '号') === null ? null : day;
}

function quarterPoint(cursor: Cursor, said: Year | null): Point | null {
  const half = cursor.word('上半年', '下半年');
  if (half !== null) return { year: said, unit: 'half', which: half === '上半年' ? 1 : 2, day: 0, edge: edge(cursor) };
  if (cursor.word('前三季度') !== null) return { year: said, unit: 'quarter', which: 3, day: 0, edge: 'end' };
  cursor.word('第');
  const which = cursor.number(({ value }) => value >= 1 && value <= 4);
  if (which === null || cursor.word('季度', '季') === null) return null;
  return { year: said, unit: 'quarter', which, day: 0, edge: edge(cursor) };
}

function yearPoint(cursor: Cursor, said: Year | null): Point | null {
  const whole: Point = { year: said, unit: 'year', which: 0, day: 0, edge: 'whole' };
  // 2021年年底, 今年底, 2022年度末, 年底.
  const edged = cursor.maybe((rest) => {
    const [again, span] = [rest.word('年'), rest.word('度')];
    if (said === null && again === null) return null;
    const found = edge(rest);
    return found === 'whole' || (span !== null && found !== 'end') ? null : { ...whole, edge: found };
  });
  return edged ?? (said === null ? null : whole);
}

export function edge(cursor: Cursor): Edge {
  return cursor.lookup(EDGES) ?? 'whole';
}

function peekEdge(cursor: Cursor): true | null {
  const at = cursor.at;
  const found = edge(cursor);
  cursor.back(at);
  return found === 'whole' ? null : true;
}

/** 2022-08-31, 2022/8/31, 2022.8.31, 2022.8. */
function numeric(cursor: Cursor): Point | null {
  const value = cursor.number((token) => isYear(token) && !token.chinese);
  const mark = value === null ? null : cursor.word('-', '/', '.');
  if (value === null || mark === null) return null;
  const which = cursor.number(isShort);
  if (which === null || cursor.maybe((rest) => rest.word('月', '年')) !== null) return null;
  const said: Year = { said: 'number', value };
  const day = cursor.maybe((rest) => (rest.word(mark) === null ? null : rest.number(isShort)));
  if (day === null) return which >= 1 && which <= 12 ? { year: said, unit: 'month', which, day: 0, edge: edge(cursor) } : null;
  cursor.word('日');
  return { year: said, unit: 'day', which, day, edge: 'whole' };
}

function isShort({ figures, chinese }: Token & { kind: 'number' }): boolean {
  return !chinese && (figures === 1 || figures === 2);
}

// The grammar of times: what a run of time words says, before anyone asks for the year or what it binds.
//   time = since-issue | recurrence | range | [从] point bound | relative month | duration | ongoing

import { Cursor } from './cursor.ts';
import { ACTS, type Bound, bound, type Point, point } from './points.ts';
import { type List, list, type Now, now, range, type Span } from './ranges.ts';
import { type Recurrence, recurrence } from './recurrence.ts';
import { event, type Occasion, type Relative, relative } from './relative.ts';
import { CALENDAR, EVENTS } from './vocabulary.ts';
import type { Token } from './words.ts';

export type DurationUnit = 'day' | 'workday' | 'week' | 'month' | 'year' | 'hour';

export type Time =
  | { readonly kind: 'point'; readonly point: Point; readonly bound: Bound }
  | Span
  | List
  | Recurrence
  | { readonly kind: 'duration'; readonly count: number; readonly unit: DurationUnit; readonly sinceIssue: boolean }
  | Relative
  | Occasion
  /** `within`: 年内; `bare`: 持续 and no more. */
  | { readonly kind: 'ongoing'; readonly within: boolean; readonly bare: boolean }
  | Now
  /** Looks back or is a manner of speaking: 去年, 近年, 多年, 印发之日起施行. */
  | { readonly kind: 'aside' };

export interface Parsed {
  readonly time: Time;
  /** Indexes of tokens; `to` is exclusive. */
  readonly from: number;
  readonly to: number;
}

const ASIDES: ReadonlySet<string> = new Set(['近年', '历年', '逐年', '往年', '多年', '学年']);
const ISSUED: ReadonlySet<string> = new Set(['印发', '发布', '下发', '公布', '颁布']);
const PAPERS: ReadonlySet<string> = new Set(['本通知', '本意见', '本方案', '本要点', '本办法', '文件']);
const STANDING: ReadonlySet<string> = new Set(['全年', '常年', '长期', '常态化']);

type Rule = (cursor: Cursor) => Time | null;

/** The longest time that begins at a token, or null. Takes at most some twenty tokens. */
export function timeAt(tokens: readonly Token[], from: number): Parsed | null {
  const cursor = new Cursor(tokens, from);
  for (const rule of rulesFor(tokens, from)) {
    const time = cursor.maybe(rule);
    if (time !== null) return { time, from, to: cursor.at };
  }
  return null;
}

/** The rules that may begin with a token: most words and most numbers begin none. */
function rulesFor(tokens: readonly Token[], from: number): readonly Rule[] {
  const [token, next] = [tokens[from], tokens[from + 1]];
  if (token === undefined) return NO_RULES;
  if (token.kind === 'stop') return EVENT_RULES;
  if (token.kind === 'number')
    return next !== undefined && next.kind !== 'number' && next.start === token.end ? NUMBER_RULES : NO_RULES;
  if (EVENTS.has(token.word)) return EVENT_RULES;
  if (token.word === '从' || token.word === '自') return ALL_RULES;
  if (ISSUED.has(token.word) || PAPERS.has(token.word)) return ISSUE_RULES;
  return CALENDAR.has(token.word) || ['每', '按', '逐', '第'].includes(token.word) ? WORD_RULES : NO_RULES;
}

function bounded(cursor: Cursor): Time | null {
  const since = cursor.word('从', '自');
  const found = point(cursor);
  if (found === null) {
    // 年内, 本年度内: goes on; 年前 has no year to be before.
    return since === null ? cursor.maybe(withinYear) : null;
  }
  // 今年年内, 2022年年内.
  if (found.unit === 'year' && found.edge === 'whole')
    cursor.maybe((rest) => (rest.word('年') === null ? null : peekWithin(rest)));
  if (found.unit === 'year' && found.edge === 'whole' && cursor.word('度') !== null) {
    return cursor.word('内', '以内') === null ? { kind: 'point', point: found, bound: 'yearbook' } : yearly(found);
  }
  const said = bound(cursor);
  // 2022年内 is a term; 年内 and 今年内 are the year that runs anyway.
  if (said === 'within' && found.unit === 'year') {
    stay(cursor);
    return yearly(found);
  }
  return { kind: 'point', point: found, bound: said === 'none' && since !== null ? 'from' : said };
}

function yearly(found: Point): Time {
  return found.year?.said === 'number' || (found.year?.said === 'relative' && found.year.shift !== 0)
    ? { kind: 'point', point: found, bound: 'within' }
    : { kind: 'ongoing', within: true, bare: false };
}

function peekWithin(cursor: Cursor): true | null {
  const at = cursor.at;
  const inside = cursor.word('内', '以内') !== null;
  cursor.back(at);
  return inside ? true : null;
}

function withinYear(cursor: Cursor): Time | null {
  if (cursor.word('年') === null) return null;
  cursor.word('度');
  if (cursor.word('内', '以内') === null) return null;
  stay(cursor);
  return { kind: 'ongoing', within: true, bare: false };
}

/** 印发之日起30日内, 印发后一个月内; without a term it is when the document begins to hold. */
function sinceIssue(cursor: Cursor): Time | null {
  cursor.word('自', '从');
  cursor.among(PAPERS);
  if (cursor.among(ISSUED) === null) return null;
  if (cursor.word('之日起', '后', '之后', '起') === null) return null;
  return cursor.maybe((rest) => lasting(rest, true));
}

function duration(cursor: Cursor): Time | null {
  return lasting(cursor, false);
}

function lasting(cursor: Cursor, fromIssue: boolean): Time | null {
  const count = cursor.number(({ value }) => value <= 9999);
  if (count === null) return null;
  cursor.word('个');
  cursor.word('自然');
  const unit = durationUnit(cursor);
  if (unit === null) return null;
  cursor.word('左右');
  if (cursor.word('内', '以内', '之内', '时间') === null) return null;
  return { kind: 'duration', count, unit, sinceIssue: fromIssue };
}

function durationUnit(cursor: Cursor): DurationUnit | null {
  if (cursor.word('工作日') !== null) return 'workday';
  if (cursor.word('日', '天') !== null) return 'day';
  if (cursor.word('周', '星期') !== null) return 'week';
  if (cursor.word('月') !== null) return 'month';
  if (cursor.word('年') !== null) return 'year';
  return cursor.word('小时', '分钟') === null ? null : 'hour';
}

/** 全年, 长期坚持, 持续推进, 持续. */
function ongoing(cursor: Cursor): Time | null {
  if (cursor.among(STANDING) !== null) {
    stay(cursor);
    return { kind: 'ongoing', within: false, bare: false };
  }
  if (cursor.word('持续') === null) return null;
  return { kind: 'ongoing', within: false, bare: kept(cursor) === null };
}

function kept(cursor: Cursor): string | null {
  return cursor.among(ACTS) ?? cursor.word('坚持');
}

function stay(cursor: Cursor): void {
  cursor.word('持续', '长期');
  kept(cursor);
}

function aside(cursor: Cursor): Time | null {
  return cursor.among(ASIDES) === null ? null : { kind: 'aside' };
}

const NO_RULES: readonly Rule[] = [];
const EVENT_RULES: readonly Rule[] = [event];
const ISSUE_RULES: readonly Rule[] = [sinceIssue];
const NUMBER_RULES: readonly Rule[] = [recurrence, range, list, bounded, relative, duration];
const WORD_RULES: readonly Rule[] = [now, recurrence, range, list, bounded, relative, ongoing, aside];
const ALL_RULES: readonly Rule[] = [sinceIssue, now, recurrence, range, bounded];

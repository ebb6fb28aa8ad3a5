// Gives each time of a passage its date or its rule, and says what was supplied: the year, the day. A time that cannot be
// placed keeps its words and is asked about; none is dropped without a doubt.

import { addDays, addMonths } from '../../domain/calendar.ts';
import type { IsoDate, Rule } from '../../domain/deadline.ts';
import type { OpenDeadline, ReadDeadline, TimeContext } from '../reading.ts';
import { bindingOf } from './binding.ts';
import { dayBefore, type Stretch, stretchOf } from './calendar.ts';
import { type Binding, NOTHING } from './clause.ts';
import type { DurationUnit } from './grammar.ts';
import type { Bound, Point } from './points.ts';
import type { Recurrence } from './recurrence.ts';
import { dayInferred, periodRule, pointRule } from './rules.ts';
import type { Found } from './scene.ts';
import type { Phrase } from './words.ts';
import { type Years, yearsOf } from './years.ts';

export type Term = ReadDeadline | OpenDeadline;

export interface Settled {
  readonly deadlines: readonly Term[];
  readonly doubts: readonly string[];
}

type Value =
  | { readonly kind: 'by' | 'from'; readonly date: IsoDate }
  | { readonly kind: 'recurring'; readonly rule: Rule }
  | { readonly kind: 'ongoing' };

/** How long before the notice a term may lie without a question: a notice is dated before it is signed. */
const DAYS_BEFORE_ISSUE = 3;
const YEARS_AHEAD = 3;
const MONTHLY: Recurrence = { kind: 'recurring', unit: 'month', every: 1, at: null, inexact: true, from: null, style: 'by' };
const YEAR_END: Point = { year: null, unit: 'year', which: 0, day: 0, edge: 'end' };

/** The deadlines of the times of one passage. `known`: the points of the task's sentences, when these are its bracket's. */
export function settle(times: readonly Found[], context: TimeContext, known: readonly Point[] = []): Settled {
  const settler = new Settler(context, yearsOf(times, context, known));
  for (const [index, found] of times.entries()) settler.add(found, index);
  return { deadlines: settler.deadlines, doubts: [...settler.doubts] };
}

/** One notice's tasks are all read in one context. */
const earliestDays = new WeakMap<TimeContext, IsoDate | null>();

/** Terms before it are asked about; null: nothing is known of when the notice was written. */
function earliestOf(context: TimeContext): IsoDate | null {
  const known = earliestDays.get(context);
  if (known !== undefined) return known;
  const { issuedOn, year } = context;
  const day = issuedOn === null ? (year === null ? null : `${year}-01-01`) : addDays(issuedOn, -DAYS_BEFORE_ISSUE);
  earliestDays.set(context, day);
  return day;
}

class Settler {
  readonly deadlines: Term[] = [];
  readonly doubts = new Set<string>();
  readonly #read = new Set<string>();
  readonly #context: TimeContext;
  readonly #years: Years;

  constructor(context: TimeContext, years: Years) {
    this.#context = context;
    this.#years = years;
  }

  add(found: Found, index: number): void {
    const binding = this.#years.absorbed(index) ? NOTHING : bindingOf(found);
    if (binding.mention !== 'no' && this.#isMention(found, index, binding.mention)) return;
    // 每年5月、11月 asks no more of the second than of the first.
    const listed = this.#years.yearly(index)?.doubt === null;
    if (binding.doubt !== null && !listed) this.#doubt(found.phrase, binding.doubt);
    if (binding.as === 'nothing') return;
    if (binding.as === 'open') return this.#open(found.phrase, 'by', '没有日期的时间');
    if (binding.as === 'ongoing') return this.#add(found.phrase, { kind: 'ongoing' }, '全年持续');
    this.#place(found, index, binding);
  }

  /** A day before the notice, or the day of the notice itself. */
  #isMention({ time, place }: Found, index: number, mention: 'dated' | 'past'): boolean {
    const { issuedOn, year } = this.#context;
    const point = time.kind === 'point' || time.kind === 'list' ? time.point : time.kind === 'range' ? time.last : null;
    const told = point === null || place !== 'body' ? null : this.#years.of(index, point);
    if (point === null || told === null || (point.year === null && mention === 'dated')) return false;
    const last = stretchOf(point, told.value)?.last;
    return last !== undefined && last <= (issuedOn ?? `${(year ?? 0) - 1}-12-31`);
  }

  #place(found: Found, index: number, binding: Binding): void {
    const { time, phrase } = found;
    const asked = binding.doubt !== null;
    switch (time.kind) {
      case 'point':
        return this.#point(phrase, index, time, { kind: binding.as === 'from' ? 'from' : 'by', asked });
      case 'list':
        for (const point of [...time.earlier, time.point]) {
          this.#point(phrase, index, { point, bound: time.bound }, { kind: binding.as === 'from' ? 'from' : 'by', asked });
        }
        return;
      case 'range':
        return this.#point(phrase, index, { point: time.last, bound: 'none' }, { kind: 'by', asked });
      case 'ongoing':
        return this.#point(phrase, index, { point: YEAR_END, bound: 'within' }, { kind: 'by', asked });
      case 'recurring':
        return this.#recurring(phrase, time);
      case 'relative':
        return this.#recurring(phrase, { ...MONTHLY, unit: time.unit });
      case 'duration':
        return this.#sinceIssue(phrase, time.count, time.unit);
      case 'now':
        return this.#fromNow(phrase);
      case 'event':
      case 'aside':
    }
  }

  /** `asked`: the person looks at it anyway. */
  #point(
    phrase: Phrase,
    index: number,
    { point, bound }: { readonly point: Point; readonly bound: Bound },
    { kind, asked }: { readonly kind: 'by' | 'from'; readonly asked: boolean },
  ): void {
    const yearly = this.#years.yearly(index);
    if (yearly !== null) {
      if (yearly.doubt !== null) this.#doubt(phrase, yearly.doubt);
      return this.#yearly(phrase, point);
    }
    const year = this.#years.of(index, point);
    if (year === null) {
      this.#doubt(phrase, '没有写年份，也没有可以推断的年份，请填写日期');
      return this.#open(phrase, kind, pointRule(point, kind));
    }
    const stretch = stretchOf(point, year.value);
    if (stretch === null) return this.#doubt(phrase, '不是日历上的日子，请填写日期');
    if (year.doubt !== null) this.#doubt(phrase, year.doubt);
    const date = kind === 'from' ? stretch.first : this.#lastDay(phrase, point, bound, stretch);
    this.#checkDate(phrase, kind, date, asked);
    const inferred = [year.inferred, kind === 'by' ? dayInferred(point, bound) : null].filter((each) => each !== null);
    this.#add(phrase, { kind, date }, pointRule(point, kind), inferred);
  }

  /** 8月前 is before August; where that is over when the notice is written, August is meant. */
  #lastDay(phrase: Phrase, { edge, unit }: Point, bound: Bound, stretch: Stretch): IsoDate {
    if (bound !== 'before' || edge !== 'whole' || unit === 'day' || unit === 'half') return stretch.last;
    const literal = dayBefore(stretch.first);
    const over = literal < (this.#context.issuedOn ?? `${this.#context.year ?? 0}-01-01`);
    const date = over ? stretch.last : literal;
    this.#doubt(phrase, `没有写明含不含当期，已取 ${date}，请核对`);
    return date;
  }

  #checkDate(phrase: Phrase, kind: 'by' | 'from', date: IsoDate, asked: boolean): void {
    const { issuedOn, year } = this.#context;
    // What began earlier in the year of the notice is under way: 7月开始执行.
    const day = earliestOf(this.#context);
    const earliest = day === null || kind === 'by' ? day : `${day.slice(0, 4)}-01-01`;
    if (earliest !== null && date < earliest) {
      this.#doubt(phrase, `（${date}）早于${issuedOn === null ? '通知年度' : `成文日期 ${issuedOn}`}，请核对年份`);
    } else if (!asked && year !== null && Number(date.slice(0, 4)) - year > YEARS_AHEAD) {
      this.#doubt(phrase, `（${date}）离通知年度 ${year} 较远，请核对年份`);
    }
  }

  #recurring(phrase: Phrase, { unit, at, from }: Recurrence): void {
    const { year } = this.#context;
    if (from?.said === 'number' && year !== null && (from.value > year + 1 || from.value < year - YEARS_AHEAD)) {
      this.#doubt(phrase, `从 ${from.value} 年算起，请核对开始的年份`);
    }
    if (at !== null) return this.#yearly(phrase, at);
    const [rule, name] = periodRule(unit);
    this.#add(phrase, { kind: 'recurring', rule }, name);
  }

  #yearly(phrase: Phrase, at: Point): void {
    // A leap year: 每年2月底 is written 02-29 and falls on the last day that the year has.
    const stretch = stretchOf(at, 2024);
    if (stretch === null) return this.#doubt(phrase, '不是日历上的日子，请填写日期');
    const inferred = [dayInferred(at, 'before')].filter((each) => each !== null);
    this.#add(phrase, { kind: 'recurring', rule: `yearly ${stretch.last.slice(5)}` }, '每年某日前', inferred);
  }

  #sinceIssue(phrase: Phrase, count: number, unit: DurationUnit): void {
    const { issuedOn } = this.#context;
    if (issuedOn === null) {
      this.#doubt(phrase, '从印发之日算起，而成文日期没有读到，请填写日期');
      return this.#open(phrase, 'by', '印发之日起若干日内');
    }
    const months = { month: count, year: count * 12 };
    const date =
      unit === 'month' || unit === 'year'
        ? addMonths(issuedOn, months[unit])
        : addDays(issuedOn, unit === 'week' ? count * 7 : count);
    this.#add(phrase, { kind: 'by', date }, '印发之日起若干日内', [`从成文日期 ${issuedOn} 算起`]);
  }

  #fromNow(phrase: Phrase): void {
    const { issuedOn } = this.#context;
    if (issuedOn !== null) return this.#add(phrase, { kind: 'from', date: issuedOn }, '即日起', [`按成文日期 ${issuedOn}`]);
    this.#doubt(phrase, '从成文日期算起，而成文日期没有读到，请填写日期');
    this.#open(phrase, 'from', '即日起');
  }

  #add(phrase: Phrase, value: Value, rule: string, inferred: readonly string[] = []): void {
    // Said again it is the same deadline: the first words stand.
    const identity = `${value.kind} ${'date' in value ? value.date : 'rule' in value ? value.rule : ''}`;
    if (this.#read.has(identity)) return;
    this.#read.add(identity);
    const origin = phrase.origin(rule);
    const told: { readonly inferred?: string } = inferred.length === 0 ? {} : { inferred: inferred.join('，') };
    // Of what recurs, `rule` is the deadline's own.
    this.deadlines.push(value.kind === 'recurring' ? { ...origin, ...told, ...value } : { ...origin, ...told, ...value });
  }

  #open(phrase: Phrase, kind: 'by' | 'from', rule: string): void {
    this.deadlines.push({ ...phrase.origin(rule), kind, date: null });
  }

  #doubt(phrase: Phrase, what: string): void {
    this.doubts.add(`时间“${phrase.printed}”${what}`);
  }
}

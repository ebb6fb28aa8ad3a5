// Gives each time of a passage its date or its rule, and says what was supplied: the year, the day. A time that cannot be
// placed keeps its words and is asked about; none is dropped without a doubt.

import { addDays } from '../domain/calendar.ts';
import type { DeadlineKind, IsoDate, Rule } from '../domain/deadline.ts';
import type { OpenDeadline, ReadDeadline, TimeContext } from './reading.ts';
import { bindingOf } from './time-binding.ts';
import { type Binding, NOTHING } from './time-clause.ts';
import { addMonths, dayBefore, type Stretch, stretchOf } from './time-calendar.ts';
import type { Bound, Point } from './time-points.ts';
import type { Recurrence } from './time-recurrence.ts';
import type { Found } from './time-scene.ts';
import type { Phrase } from './time-words.ts';
import { type Years, yearsOf } from './time-years.ts';

export interface Settled {
  readonly deadlines: readonly (ReadDeadline | OpenDeadline)[];
  readonly doubts: readonly string[];
}

type Value =
  | { readonly kind: 'by' | 'from'; readonly date: IsoDate }
  | { readonly kind: 'recurring'; readonly rule: Rule }
  | { readonly kind: 'ongoing' };

/** How long before the notice a term may lie without a question: drafts are dated late. */
const DAYS_BEFORE_ISSUE = 3;
const YEARS_AHEAD = 3;

/** Every time of one passage. */
export function settle(times: readonly Found[], context: TimeContext, known: readonly Point[] = []): Settled {
  const settler = new Settler(context, yearsOf(times, context, known));
  for (const [index, found] of times.entries()) settler.add(found, index);
  return { deadlines: settler.deadlines, doubts: settler.doubts };
}

class Settler {
  readonly deadlines: (ReadDeadline | OpenDeadline)[] = [];
  readonly doubts: string[] = [];
  readonly #context: TimeContext;
  readonly #years: Years;

  constructor(context: TimeContext, years: Years) {
    this.#context = context;
    this.#years = years;
  }

  add(found: Found, index: number): void {
    const binding = this.#years.absorbed(index) ? NOTHING : bindingOf(found);
    if (binding.doubt !== null) this.#doubt(found.phrase, binding.doubt);
    if (binding.as === 'nothing') return;
    if (binding.as === 'open') return this.#open(found.phrase, 'by', '没有写明日期的时间');
    this.#place(found, index, binding);
  }

  #place(found: Found, index: number, binding: Binding): void {
    const { time, phrase } = found;
    switch (time.kind) {
      case 'point':
        return this.#point(found, index, time, binding.as === 'from' ? 'from' : 'by');
      case 'range':
        return this.#point(found, index, { point: time.last, bound: 'none' }, 'by');
      case 'recurring':
        return this.#recurring(phrase, time);
      case 'relative':
        return this.#add(phrase, { kind: 'recurring', rule: 'monthly' }, '每月');
      case 'duration':
        return this.#sinceIssue(phrase, time.count, time.unit);
      case 'ongoing':
        if (binding.as === 'by') return this.#point(found, index, { point: YEAR_END, bound: 'none' }, 'by');
        return this.#add(phrase, { kind: 'ongoing' }, '全年持续');
      case 'event':
      case 'aside':
    }
  }

  #point(found: Found, index: number, { point, bound }: { point: Point; bound: Bound }, kind: 'by' | 'from'): void {
    const { phrase } = found;
    const yearly = this.#years.yearly(index);
    if (yearly !== null) {
      if (yearly.doubt !== null) this.#doubt(phrase, yearly.doubt);
      return this.#recurring(phrase, {
        kind: 'recurring',
        unit: 'year',
        every: 1,
        at: point,
        inexact: false,
        from: null,
        style: 'each',
      });
    }
    const year = this.#years.of(index, point);
    if (year === null) {
      this.#doubt(phrase, '没有写年份，也没有可以推断的年份，请填写日期');
      return this.#open(phrase, kind, ruleName(point, kind));
    }
    const stretch = stretchOf(point, year.value);
    if (stretch === null) return this.#doubt(phrase, '不是日历上的日子，请填写日期');
    if (year.doubt !== null) this.#doubt(phrase, year.doubt);
    const date = kind === 'from' ? stretch.first : this.#lastDay(phrase, point, bound, stretch);
    const inferred = [year.inferred, kind === 'by' ? dayInferred(point, bound) : null].filter((each) => each !== null);
    this.#checkDate(phrase, kind, date, found, point);
    this.#add(phrase, { kind, date }, ruleName(point, kind), inferred);
  }

  /** 8月前 is before August; where that is over when the notice is written, August is meant. */
  #lastDay(phrase: Phrase, point: Point, bound: Bound, stretch: Stretch): IsoDate {
    if (bound !== 'before' || point.edge !== 'whole' || point.unit === 'day' || point.unit === 'half') return stretch.last;
    const literal = dayBefore(stretch.first);
    const over = literal < (this.#context.issuedOn ?? `${this.#context.year ?? 0}-01-01`);
    const date = over ? stretch.last : literal;
    this.#doubt(phrase, `含不含当期没有写明，已取 ${date}，请核对`);
    return date;
  }

  #checkDate(phrase: Phrase, kind: 'by' | 'from', date: IsoDate, found: Found, point: Point): void {
    const { issuedOn, year } = this.#context;
    const early = issuedOn === null ? `${year ?? date.slice(0, 4)}-01-01` : addDays(issuedOn, -DAYS_BEFORE_ISSUE);
    const since = kind === 'from' ? `${early.slice(0, 4)}-01-01` : early;
    if (date < since)
      this.#doubt(phrase, `（${date}）早于${issuedOn === null ? '通知年度' : `成文日期 ${issuedOn}`}，请核对年份`);
    else if (year !== null && Number(date.slice(0, 4)) - year > YEARS_AHEAD) {
      this.#doubt(phrase, `（${date}）离通知年度 ${year} 较远，请核对年份`);
    } else if (year === null && found.place === 'body' && point.year === null) this.#doubt(phrase, '没有写年份，请核对');
  }

  #recurring(phrase: Phrase, { unit, at, from }: Recurrence): void {
    const { year } = this.#context;
    if (from?.said === 'number' && year !== null && (from.value > year + 1 || from.value < year - YEARS_AHEAD)) {
      this.#doubt(phrase, `从 ${from.value} 年算起，请核对开始的年份`);
    }
    if (unit === 'year') {
      if (at === null) return this.#add(phrase, { kind: 'recurring', rule: 'yearly' }, '每年');
      // A leap year: 每年2月底 is written 02-29 and falls on the last day that the year has.
      const stretch = stretchOf(at, 2024);
      if (stretch === null) return this.#doubt(phrase, '不是日历上的日子，请填写日期');
      return this.#add(
        phrase,
        { kind: 'recurring', rule: `yearly ${stretch.last.slice(5)}` },
        '每年某日前',
        [dayInferred(at, 'before')].filter((each) => each !== null),
      );
    }
    const rule = unit === 'half' ? 'half-yearly' : unit === 'quarter' ? 'quarterly' : 'monthly';
    this.#add(phrase, { kind: 'recurring', rule }, unit === 'half' ? '每半年' : unit === 'quarter' ? '每季度' : '每月');
  }

  #sinceIssue(phrase: Phrase, count: number, unit: string): void {
    const { issuedOn } = this.#context;
    if (issuedOn === null) {
      this.#doubt(phrase, '从印发之日算起，而成文日期没有读到，请填写日期');
      return this.#open(phrase, 'by', '印发之日起若干日内');
    }
    const date =
      unit === 'month' || unit === 'year'
        ? addMonths(issuedOn, unit === 'year' ? count * 12 : count)
        : addDays(issuedOn, unit === 'week' ? count * 7 : count);
    this.#add(phrase, { kind: 'by', date }, '印发之日起若干日内', [`从成文日期 ${issuedOn} 算起`]);
  }

  #add(phrase: Phrase, value: Value, rule: string, inferred: readonly string[] = []): void {
    const told: { readonly inferred?: string } = inferred.length === 0 ? {} : { inferred: inferred.join('，') };
    const origin = phrase.origin(rule);
    // Of what recurs, `rule` is the deadline's own.
    this.deadlines.push(value.kind === 'recurring' ? { ...origin, ...told, ...value } : { ...origin, ...told, ...value });
  }

  #open(phrase: Phrase, kind: 'by' | 'from', rule: string): void {
    this.deadlines.push({ kind, date: null, ...phrase.origin(rule) });
  }

  #doubt(phrase: Phrase, what: string): void {
    this.doubts.push(`时间“${phrase.printed}”${what}`);
  }
}

const YEAR_END: Point = { year: null, unit: 'year', which: 0, day: 0, edge: 'end' };

function ruleName(point: Point, kind: DeadlineKind): string {
  if (kind === 'from')
    return { year: '从某年起', half: '从半年起', quarter: '从某季度起', month: '从某月起', day: '从某日起' }[point.unit];
  return { year: '年底前', half: '半年内', quarter: '季度内', month: '月底前', day: '某日前' }[point.unit];
}

function dayInferred({ unit, edge }: Point, bound: Bound): string | null {
  if (edge === 'mid') return '中旬按 20 日';
  if (edge === 'early') return '上旬按 10 日';
  if (edge === 'start') return unit === 'month' ? '月初按 10 日' : '按初期末日';
  if (edge === 'middle') return unit === 'month' ? '月中按 15 日' : '年中按 6 月底';
  if (edge === 'late' || edge === 'end' || unit === 'day') return null;
  if (bound === 'before' || bound === 'within') return null;
  return unit === 'month' ? '按月底' : unit === 'quarter' ? '按季度末' : unit === 'half' ? '按半年末' : '按年底';
}

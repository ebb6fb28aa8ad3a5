// Which year a time belongs to: its own, that of a time before it, or that of the notice; and which times come every year
// because 每年 was said earlier in their sentence.

import type { IsoDate } from '../../domain/deadline.ts';
import type { TimeContext } from '../reading.ts';
import { stretchOf } from './calendar.ts';
import type { Point } from './points.ts';
import type { Found } from './scene.ts';

interface YearOf {
  readonly value: number;
  /** Null where the text writes it. */
  readonly inferred: string | null;
  readonly doubt: string | null;
}

export interface Years {
  /** Null where nobody has told it. */
  of(index: number, point: Point): YearOf | null;
  /** The time comes every year: 每年汇总…，年底前公开. */
  yearly(index: number): { readonly doubt: string | null } | null;
  /** It only says from when another time holds: 从2019年起，…每年2月底前. */
  absorbed(index: number): boolean;
}

interface Told {
  readonly year: number;
  /** Its last month. */
  readonly month: number;
  readonly sentence: number;
}

interface Each {
  readonly index: number;
  readonly sentence: number;
  /** 每年 without a day of its own. */
  readonly bare: boolean;
}

/** The years of the times of one passage. `known`: what the sentences said, for a bracket that repeats it without the year. */
export function yearsOf(times: readonly Found[], context: TimeContext, known: readonly Point[]): Years {
  const survey = new Survey(context);
  for (const [index, found] of times.entries()) survey.add(found, index);
  const twins = new Map(known.flatMap((point) => (point.year === null ? [] : [[dayOf(point), point] as const])));
  const source = `年份取自${context.yearSource}`;
  return {
    yearly: (index) => survey.yearly.get(index) ?? null,
    absorbed: (index) => survey.absorbed.has(index),
    of(index, point) {
      const told = survey.before[index] ?? null;
      const own = numbered(point, context, told);
      if (own !== null) return { value: own, inferred: point.year?.said === 'relative' ? source : null, doubt: null };
      if (point.year !== null) return null;
      const twin = twins.get(dayOf(point));
      const twinYear = twin === undefined ? null : numbered(twin, context, null);
      if (twinYear !== null) return { value: twinYear, inferred: '年份取自正文', doubt: null };
      if (told !== null && told.year !== context.year) {
        // 2023年3月底前…，6月底前…: on in the same year.
        const on = told.sentence === times[index]?.sentence && monthOf(point) >= told.month;
        const doubt = on ? null : `没有写年份，已随前文取 ${told.year} 年，请核对`;
        return { value: told.year, inferred: '年份取自前文', doubt };
      }
      if (context.year === null) return null;
      const issued = sooner(point, context.year, context.issuedOn);
      if (issued === null) return { value: context.year, inferred: source, doubt: null };
      const doubt = `没有写年份，已取 ${issued} 年，也可能是 ${context.year} 年，请核对`;
      return { value: issued, inferred: '年份取自成文日期', doubt };
    },
  };
}

/** Goes through the times once, in order. */
class Survey {
  /** For each time, the last year told before it. */
  readonly before: (Told | null)[] = [];
  readonly yearly = new Map<number, { readonly doubt: string | null }>();
  readonly absorbed = new Set<number>();
  readonly #context: TimeContext;
  #told: Told | null = null;
  #each: Each | null = null;
  #begun: Omit<Each, 'bare'> | null = null;

  constructor(context: TimeContext) {
    this.#context = context;
  }

  add(found: Found, index: number): void {
    this.before.push(this.#told);
    const { time, sentence } = found;
    if (time.kind === 'recurring') {
      // 从2019年起，…每年: the beginning of what comes again.
      if (this.#begun?.sentence === sentence) this.absorbed.add(this.#begun.index);
      // 年考核 in 季度抽查、年考核 says of what follows nothing.
      if (time.unit === 'year' && time.every === 1 && time.style !== 'bare')
        this.#each = { index, sentence, bare: time.at === null };
      return;
    }
    if (time.kind !== 'point' && time.kind !== 'list') return;
    const { point, bound } = time;
    if (bound === 'from' && point.unit === 'year') this.#begun = { index, sentence };
    if (this.#comesYearly(found, point, index)) return;
    const year = numbered(point, this.#context, this.#told);
    const dates = point.unit !== 'year' || point.edge === 'end';
    if (year !== null && dates && bound !== 'since' && bound !== 'from') this.#told = { year, month: monthOf(point), sentence };
  }

  #comesYearly({ time, sentence, before }: Found, point: Point, index: number): boolean {
    const each = this.#each;
    if (each === null || each.sentence !== sentence || (time.kind !== 'point' && time.kind !== 'list')) return false;
    const ofAnyYear = point.year === null || (point.year.said === 'relative' && point.year.to === 'before');
    const term = time.bound === 'before' || point.edge === 'end';
    const listed = /[、和及与]$/u.test(before) && !each.bare;
    // 每年6月底、12月底前; 每年5月、11月.
    if (!ofAnyYear || !(term || listed)) return false;
    this.yearly.set(index, { doubt: listed || point.unit === 'year' ? null : '前面说每年，已按每年读，请核对' });
    if (each.bare) this.absorbed.add(each.index);
    return true;
  }
}

/** The year that the text gives, or that follows from the one told before or from the notice's. */
function numbered({ year }: Point, context: TimeContext, told: Told | null): number | null {
  if (year === null) return null;
  if (year.said === 'number') return year.value;
  const base = year.to === 'before' ? (told?.year ?? context.year) : context.year;
  return base === null ? null : base + year.shift;
}

/** 12月25日前 in a notice for the next year that was issued on 12月11日: the first such day. Null: the notice's own year. */
function sooner(point: Point, year: number, issuedOn: IsoDate | null): number | null {
  const issued = Number(issuedOn?.slice(0, 4) ?? year);
  if (issuedOn === null || issued >= year || (point.unit !== 'day' && point.unit !== 'month')) return null;
  const last = stretchOf(point, issued)?.last;
  return last === undefined || last < issuedOn ? null : issued;
}

function monthOf({ unit, which }: Point): number {
  switch (unit) {
    case 'year':
      return 12;
    case 'half':
      return which * 6;
    case 'quarter':
      return which * 3;
    case 'month':
    case 'day':
      return which;
  }
}

function dayOf({ unit, which, day }: Point): string {
  return `${unit} ${which} ${day}`;
}

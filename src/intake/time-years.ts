// Which year a time belongs to: its own, that of a time before it, or that of the notice; and which times come every year
// because 每年 was said earlier in their sentence.

import type { TimeContext } from './reading.ts';
import type { Point } from './time-points.ts';
import type { Found } from './time-scene.ts';

export interface YearOf {
  readonly value: number;
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
  readonly sentence: number;
}

/** 每年, which a date later in its sentence may belong to. */
interface Each {
  readonly index: number;
  readonly sentence: number;
  /** Without a day of its own. */
  readonly bare: boolean;
}

export function yearsOf(times: readonly Found[], context: TimeContext, known: readonly Point[]): Years {
  const before: (Told | null)[] = [];
  const yearly = new Map<number, { readonly doubt: string | null }>();
  const absorbed = new Set<number>();
  let told = null as Told | null;
  let each = null as Each | null;
  let begun = null as Omit<Each, 'bare'> | null;
  for (const [index, { time, sentence, phrase }] of times.entries()) {
    before.push(told);
    if (time.kind === 'recurring' && time.unit === 'year' && time.every === 1) {
      if (begun?.sentence === sentence) absorbed.add(begun.index);
      each = { index, sentence, bare: time.at === null };
      continue;
    }
    if (time.kind === 'recurring' && begun?.sentence === sentence) absorbed.add(begun.index);
    if (time.kind !== 'point') continue;
    const { point, bound } = time;
    if (bound === 'from' && point.unit === 'year') begun = { index, sentence };
    const term = point.year === null && (bound === 'before' || point.edge === 'end');
    if (each !== null && each.sentence === sentence && term) {
      const next = times[each.index]?.phrase.end === phrase.start - 1;
      if (each.bare || next)
        yearly.set(index, { doubt: point.unit === 'year' || next ? null : '前面说每年，已按每年读，请核对' });
      if (each.bare) absorbed.add(each.index);
      if (next) each = { ...each, index };
      continue;
    }
    const value = numbered(point, context);
    if (value !== null && bound !== 'since' && bound !== 'yearbook' && bound !== 'from' && dated(point)) {
      told = { year: value, sentence };
    }
  }
  return {
    of: (index, point) => yearFor(point, before[index] ?? null, times[index]?.sentence ?? 0, context, known),
    yearly: (index) => yearly.get(index) ?? null,
    absorbed: (index) => absorbed.has(index),
  };
}

function dated({ unit, edge }: Point): boolean {
  return unit !== 'year' || edge !== 'whole';
}

function numbered({ year }: Point, context: TimeContext): number | null {
  if (year === null) return null;
  if (year.said === 'number') return year.value;
  return context.year === null ? null : context.year + year.shift;
}

function yearFor(
  point: Point,
  told: Told | null,
  sentence: number,
  context: TimeContext,
  known: readonly Point[],
): YearOf | null {
  const source = `年份取自${context.yearSource}`;
  const own = numbered(point, context);
  if (own !== null) return { value: own, inferred: point.year?.said === 'relative' ? source : null, doubt: null };
  if (point.year !== null) return null;
  const twin = known.find((each) => each.year !== null && sameDay(each, point));
  const twinYear = twin === undefined ? null : numbered(twin, context);
  if (twinYear !== null) return { value: twinYear, inferred: '年份取自正文', doubt: null };
  if (told !== null && told.year !== context.year) {
    const doubt = told.sentence === sentence ? null : `没有写年份，已随前文取 ${told.year} 年，请核对`;
    return { value: told.year, inferred: '年份取自前文', doubt };
  }
  return context.year === null ? null : { value: context.year, inferred: source, doubt: null };
}

function sameDay(one: Point, other: Point): boolean {
  return one.unit === other.unit && one.which === other.which && one.day === other.day;
}

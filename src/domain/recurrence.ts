import { DateTime } from 'luxon';

import { addDays } from './calendar.ts';
import type { IsoDate, Rule } from './deadline.ts';
import { type Instant, instantOf } from './time.ts';

const MONTHS: Record<Exclude<Rule, `yearly ${string}`>, number> = { yearly: 12, 'half-yearly': 6, quarterly: 3, monthly: 1 };

/**
 * The first due date of a rule that lies after both the notice and its confirmation.
 * A yearly date goes on until the schedule is closed; shorter periods end with the year of the notice
 * (每季度 in a plan for 2022 means the quarters of 2022). Null when none is left.
 */
export function firstOccurrence(rule: Rule, noticedOn: IsoDate, confirmedOn: IsoDate, year: number): IsoDate | null {
  const after = noticedOn > confirmedOn ? noticedOn : confirmedOn;
  let due = dueInOrAfter(rule, Number(after.slice(0, 4)), after);
  if (due < `${year}-01-01`) due = dueInOrAfter(rule, year, `${year}-01-01`);
  return withinYear(rule, due, year) ? due : null;
}

/** The due date after one, or null when the rule has run out. */
export function nextOccurrence(rule: Rule, due: IsoDate, year: number): IsoDate | null {
  const next = dueInOrAfter(rule, Number(due.slice(0, 4)), due, true);
  return withinYear(rule, next, year) ? next : null;
}

/** When the next occurrence begins: the day after this one was first due, wherever this one was moved to since. */
export function nextBegins(zone: string, originalDue: IsoDate): Instant {
  return instantOf(zone, addDays(originalDue, 1), '00:00');
}

/** The due date before one: a stage that falls on or before it belongs to the earlier occurrence. */
export function previousOccurrence(rule: Rule, due: IsoDate): IsoDate {
  const year = Number(due.slice(0, 4));
  const earlier = [...duesOf(rule, year - 1), ...duesOf(rule, year)].filter((each) => each < due);
  const last = earlier.at(-1);
  if (last === undefined) throw new RangeError(`${rule} has no due date before ${due}`);
  return last;
}

/** The ends of the periods of a year, as dates. */
export function periodEnds(every: 'month' | 'quarter' | 'half-year' | 'year', year: number): readonly IsoDate[] {
  const rule = { month: 'monthly', quarter: 'quarterly', 'half-year': 'half-yearly', year: 'yearly' } as const;
  return duesOf(rule[every], year);
}

function dueInOrAfter(rule: Rule, year: number, date: IsoDate, strictly = false): IsoDate {
  const due = [...duesOf(rule, year), ...duesOf(rule, year + 1)].find((each) => (strictly ? each > date : each >= date));
  if (due === undefined) throw new RangeError(`${rule} has no due date after ${date}`);
  return due;
}

const known = new Map<string, readonly IsoDate[]>();
const KNOWN_AT_MOST = 10_000;

function duesOf(rule: Rule, year: number): readonly IsoDate[] {
  const key = `${year} ${rule}`;
  const remembered = known.get(key);
  if (remembered !== undefined) return remembered;
  const dues = computeDues(rule, year);
  if (known.size >= KNOWN_AT_MOST) known.clear();
  known.set(key, dues);
  return dues;
}

function computeDues(rule: Rule, year: number): readonly IsoDate[] {
  if (rule.startsWith('yearly ')) {
    const [month, day] = rule.slice('yearly '.length).split('-').map(Number);
    if (month === undefined || day === undefined) throw new RangeError(`${rule}: write yearly MM-DD`);
    return [isoDate(year, month, Math.min(day, lastDay(year, month)))];
  }
  const step = MONTHS[rule as keyof typeof MONTHS];
  const ends: IsoDate[] = [];
  for (let month = step; month <= 12; month += step) ends.push(isoDate(year, month, lastDay(year, month)));
  return ends;
}

function withinYear(rule: Rule, due: IsoDate, year: number): boolean {
  return rule.startsWith('yearly') || due <= `${year}-12-31`;
}

function isoDate(year: number, month: number, day: number): IsoDate {
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function lastDay(year: number, month: number): number {
  const days = DateTime.fromObject({ year, month }, { zone: 'utc' }).daysInMonth;
  if (days === undefined) throw new RangeError(`${year}-${month} is no month`);
  return days;
}

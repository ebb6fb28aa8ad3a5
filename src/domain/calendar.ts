import { DateTime } from 'luxon';

import type { IsoDate } from './deadline.ts';

/** A day that is not what its weekday says: a holiday, or a weekend day that is worked (调休). */
export interface DayException {
  readonly workday: boolean;
  readonly name: string;
}

export interface CalendarData {
  /** Named in every explanation of a date: `tyme4ts 1.5.2 + config 2022-12-09`. */
  readonly version: string;
  readonly firstYear: number;
  readonly lastYear: number;
  readonly exceptions: ReadonlyMap<IsoDate, DayException>;
  /** Years whose holidays have been announced; in any other year Monday to Friday is assumed and said to be. */
  readonly announcedYears: ReadonlySet<number>;
}

/**
 * Working days of an office. All arithmetic is on calendar dates, so no zone can move a day.
 * Dates outside `firstYear`–`lastYear` throw RangeError.
 */
export class Calendar {
  readonly data: CalendarData;
  readonly #workdays: readonly IsoDate[];
  /** For each date: how many working days lie before it. */
  readonly #before = new Map<IsoDate, number>();
  readonly #isWorkday = new Map<IsoDate, boolean>();

  constructor(data: CalendarData) {
    this.data = data;
    const workdays: IsoDate[] = [];
    let day = DateTime.fromObject({ year: data.firstYear, month: 1, day: 1 }, { zone: 'utc' });
    const end = DateTime.fromObject({ year: data.lastYear, month: 12, day: 31 }, { zone: 'utc' });
    for (; day <= end; day = day.plus({ days: 1 })) {
      const date = day.toISODate();
      if (date === null) throw new RangeError('luxon could not write a date');
      const workday = data.exceptions.get(date)?.workday ?? day.weekday <= 5;
      this.#before.set(date, workdays.length);
      this.#isWorkday.set(date, workday);
      if (workday) workdays.push(date);
    }
    this.#workdays = workdays;
  }

  isWorkday(date: IsoDate): boolean {
    const known = this.#isWorkday.get(date);
    if (known === undefined) throw this.#outside(date);
    return known;
  }

  /** Whether the holidays of that date's year have been announced. */
  isOfficial(date: IsoDate): boolean {
    return this.data.announcedYears.has(Number(date.slice(0, 4)));
  }

  /** The name of a holiday or make-up working day, or null. */
  nameOf(date: IsoDate): string | null {
    return this.data.exceptions.get(date)?.name ?? null;
  }

  lastWorkdayOnOrBefore(date: IsoDate): IsoDate {
    return this.isWorkday(date) ? date : this.#at(this.#countBefore(date) - 1, date);
  }

  firstWorkdayOnOrAfter(date: IsoDate): IsoDate {
    return this.#at(this.#countBefore(date), date);
  }

  /** The working day `count` working days after (before, when negative) a date; zero is the date itself. */
  addWorkdays(date: IsoDate, count: number): IsoDate {
    if (count === 0) return date;
    const before = this.#countBefore(date);
    if (count < 0) return this.#at(before + count, date);
    return this.#at(before + count - (this.isWorkday(date) ? 0 : 1), date);
  }

  /** Working days in the interval (from, to]; negative when `to` lies before `from`. */
  workdaysBetween(from: IsoDate, to: IsoDate): number {
    const through = (date: IsoDate): number => this.#countBefore(date) + (this.isWorkday(date) ? 1 : 0);
    return through(to) - through(from);
  }

  #countBefore(date: IsoDate): number {
    const count = this.#before.get(date);
    if (count === undefined) throw this.#outside(date);
    return count;
  }

  #at(index: number, asked: IsoDate): IsoDate {
    const day = this.#workdays[index];
    if (day === undefined) throw this.#outside(asked);
    return day;
  }

  #outside(date: IsoDate): RangeError {
    return new RangeError(
      `the calendar covers ${this.data.firstYear}-${this.data.lastYear}; it was asked for ${date} or a day reached from it`,
    );
  }
}

// Planning moves the same few hundred dates by the same few distances again and again.
const daysOn = new Map<string, IsoDate>();
const KNOWN_AT_MOST = 50_000;

/** The date `days` calendar days later (earlier, when negative). */
export function addDays(date: IsoDate, days: number): IsoDate {
  const key = `${date} ${days}`;
  const known = daysOn.get(key);
  if (known !== undefined) return known;
  const then = moved(date, { days });
  if (daysOn.size >= KNOWN_AT_MOST) daysOn.clear();
  daysOn.set(key, then);
  return then;
}

/** The same day so many months on, or the last day of a shorter month. */
export function addMonths(date: IsoDate, months: number): IsoDate {
  return moved(date, { months });
}

function moved(date: IsoDate, by: { readonly days: number } | { readonly months: number }): IsoDate {
  const then = DateTime.fromISO(date, { zone: 'utc' }).plus(by).toISODate();
  if (then === null) throw new RangeError(`${date} is no calendar date`);
  return then;
}

/** From this month on next year's holidays are to be known: the State Council announces them in autumn. */
const ANNOUNCED_BY_MONTH = 11;

/** The year whose holidays are missing on a day: its own, or from 1 November on the next one; null when there is none. */
export function missingYear({ data: { announcedYears } }: Calendar, today: IsoDate): number | null {
  const year = Number(today.slice(0, 4));
  if (!announcedYears.has(year)) return year;
  return Number(today.slice(5, 7)) >= ANNOUNCED_BY_MONTH && !announcedYears.has(year + 1) ? year + 1 : null;
}

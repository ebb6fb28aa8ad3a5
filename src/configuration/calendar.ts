// config/calendar.yaml over the legal holidays that tyme4ts carries: which days are worked.

import { LegalHoliday } from 'tyme4ts';
import { z } from 'zod';

import { Calendar, type DayException } from '../domain/calendar.ts';
import type { IsoDate } from '../domain/deadline.ts';
import type { Result } from '../domain/result.ts';
import { errorAt, readYaml, type Source, type SourceError } from '../yaml.ts';

/** Stands in every explanation of a date; a test holds it against the package that is installed. */
export const LIBRARY = 'tyme4ts 1.5.2';
const FIRST_YEAR = 2011;

const file = z.strictObject({
  version: z
    .string()
    .regex(/^\S{1,40}$/u)
    .describe('版本，建议写改动日期，如 2026-11-21'),
  lastYear: z.int().min(2027).max(2100),
  announced: z.array(z.int().min(FIRST_YEAR).max(2100)).default([]),
  days: z
    .array(
      z.strictObject({
        date: z.iso.date(),
        workday: z.boolean(),
        name: z.string().min(1).max(20),
        source: z.string().min(1).max(100),
      }),
    )
    .default([]),
});

/** Reads `calendar.yaml` from 2011 to its last year; the file's days win over the library's. All errors at once. */
export function readCalendar(source: Source): Result<Calendar, SourceError> {
  const read = readYaml(file, source);
  if (!read.ok) return read;
  const { version, lastYear, announced, days } = read.value;
  const errors: SourceError[] = [];
  const exceptions = legalHolidays(lastYear);
  const announcedYears = new Set(yearsAnnounced(lastYear));
  const seen = new Set<IsoDate>();
  const refuse = (index: number, message: string): void => {
    errors.push(errorAt(read.document, ['days', index, 'date'], message));
  };
  for (const [index, year] of announced.entries()) {
    const inYear = days.some(({ date }) => date.startsWith(`${year}-`));
    const path = ['announced', index];
    if (year > lastYear) errors.push(errorAt(read.document, path, `${year} 晚于 lastYear ${lastYear}`));
    // A year declared without its days would count every holiday as worked, and call that official.
    else if (!announcedYears.has(year) && !inYear) errors.push(errorAt(read.document, path, `days 中没有 ${year} 年的任何一天`));
  }
  for (const year of announced) announcedYears.add(year);
  for (const [index, { date, workday, name }] of days.entries()) {
    if (seen.has(date)) refuse(index, `${date} 重复`);
    if (date < `${FIRST_YEAR}-01-01` || date > `${lastYear}-12-31`)
      refuse(index, `${date} 不在 ${FIRST_YEAR}–${lastYear} 年之内`);
    seen.add(date);
    exceptions.set(date, { workday, name });
  }
  if (errors.length > 0) return { ok: false, errors };
  return {
    ok: true,
    value: new Calendar({
      version: `${LIBRARY} + config ${version}`,
      firstYear: FIRST_YEAR,
      lastYear,
      exceptions,
      announcedYears,
    }),
  };
}

/** From one to the next: to ask the library for each day of twenty years took a fifth of a second of every start. */
function legalHolidays(lastYear: number): Map<IsoDate, DayException> {
  const exceptions = new Map<IsoDate, DayException>();
  // New Year's Day is one in every year that was announced.
  let holiday: LegalHoliday | null = LegalHoliday.fromYmd(FIRST_YEAR, 1, 1);
  while (holiday !== null && holiday.getDay().getYear() <= lastYear) {
    const day = holiday.getDay();
    const workday = holiday.isWork();
    const date = `${day.getYear()}-${twoDigits(day.getMonth())}-${twoDigits(day.getDay())}`;
    exceptions.set(date, { workday, name: workday ? `${holiday.getName()}调休上班` : holiday.getName() });
    holiday = holiday.next(1);
  }
  return exceptions;
}

/** Every announcement has the National Day; a day or two of January may stand in the one before. */
function yearsAnnounced(lastYear: number): readonly number[] {
  return yearsBetween(FIRST_YEAR, lastYear).filter((year) => LegalHoliday.fromYmd(year, 10, 1) !== null);
}

function yearsBetween(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

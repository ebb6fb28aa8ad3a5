import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { addDays } from '../../src/domain/calendar.ts';
import { calendar } from '../support/cast.ts';

const RUNS = { numRuns: 150 };
/** A day well inside the calendar, so that a hundred working days lead nowhere beyond it. */
const days = fc.integer({ min: 0, max: 900 }).map((offset) => addDays('2021-07-01', offset));
const workdays = days.filter((day) => calendar.isWorkday(day));
const counts = fc.integer({ min: 1, max: 60 });

/** Working days of (from, to], asked one by one. */
function counted(from: string, to: string): number {
  let found = 0;
  for (let day = Date.parse(from) + 86_400_000; day <= Date.parse(to); day += 86_400_000) {
    if (calendar.isWorkday(new Date(day).toISOString().slice(0, 10))) found += 1;
  }
  return found;
}

describe('the days of an office', () => {
  it.each([
    ['2022-08-31', true, 'an ordinary Wednesday'],
    ['2022-09-03', false, 'an ordinary Saturday'],
    ['2022-10-01', false, 'a holiday on a Saturday'],
    ['2022-10-07', false, 'a holiday on a Friday'],
    ['2022-10-08', true, 'a Saturday that is worked'],
    ['2022-10-09', true, 'a Sunday that is worked'],
    ['2022-12-31', false, 'the Saturday that the notice of December made a holiday'],
    ['2023-01-02', false, 'the Monday after it'],
    ['2023-01-29', true, 'the Sunday after the Spring Festival'],
  ])('%s is worked: %s (%s)', (day, worked) => {
    expect(calendar.isWorkday(day)).toBe(worked);
  });

  it('tell official years from those that nobody has announced', () => {
    expect(['2021-12-31', '2022-01-01', '2023-12-31', '2024-01-01'].map((day) => calendar.isOfficial(day))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('have a name when they are not what their weekday says', () => {
    expect(['2022-10-07', '2022-10-08', '2022-10-15'].map((day) => calendar.nameOf(day))).toEqual(['放假', '调休上班', null]);
  });

  it('end with the last year: beyond it nothing is guessed', () => {
    expect(() => calendar.isWorkday('2025-01-01')).toThrow(RangeError);
    expect(() => calendar.addWorkdays('2024-12-30', 5)).toThrow(/2021-2024.*2024-12-30/u);
    expect(() => calendar.addWorkdays('2021-01-05', -9)).toThrow(RangeError);
    expect(() => calendar.firstWorkdayOnOrAfter('2024-12-32')).toThrow(RangeError);
  });
});

describe('the nearest working day', () => {
  it('before the end of 2022 is Friday 30 December, after the first of October Saturday the 8th', () => {
    expect(calendar.lastWorkdayOnOrBefore('2022-12-31')).toBe('2022-12-30');
    expect(calendar.firstWorkdayOnOrAfter('2022-10-01')).toBe('2022-10-08');
    expect(calendar.lastWorkdayOnOrBefore('2022-10-07')).toBe('2022-09-30');
  });

  it('is a working day on the right side, with none between, and finding it again changes nothing', () => {
    fc.assert(
      fc.property(days, (day) => {
        const last = calendar.lastWorkdayOnOrBefore(day);
        const first = calendar.firstWorkdayOnOrAfter(day);
        expect([calendar.isWorkday(last), calendar.isWorkday(first)]).toEqual([true, true]);
        expect(last <= day && day <= first).toBe(true);
        expect([counted(last, day), counted(day, addDays(first, -1))]).toEqual([0, 0]);
        expect(calendar.lastWorkdayOnOrBefore(last)).toBe(last);
        expect(calendar.firstWorkdayOnOrAfter(first)).toBe(first);
        expect(last === first).toBe(calendar.isWorkday(day));
      }),
      RUNS,
    );
  });
});

describe('counting working days', () => {
  it.each([
    ['2022-09-30', 1, '2022-10-08'],
    ['2022-09-30', 3, '2022-10-10'],
    ['2022-10-01', 1, '2022-10-08'],
    ['2022-10-08', -1, '2022-09-30'],
    ['2022-10-05', -1, '2022-09-30'],
    ['2022-12-30', 1, '2023-01-03'],
    ['2022-12-31', 0, '2022-12-31'],
    ['2022-08-31', -30, '2022-07-20'],
  ])('from %s by %s comes to %s', (day, count, reached) => {
    expect(calendar.addWorkdays(day, count)).toBe(reached);
  });

  it('there and back again ends where it began', () => {
    fc.assert(
      fc.property(workdays, counts, (day, count) => {
        expect(calendar.addWorkdays(calendar.addWorkdays(day, count), -count)).toBe(day);
        expect(calendar.addWorkdays(calendar.addWorkdays(day, -count), count)).toBe(day);
      }),
      RUNS,
    );
  });

  it('in two steps is the same as in one', () => {
    fc.assert(
      fc.property(days, counts, counts, (day, one, other) => {
        expect(calendar.addWorkdays(calendar.addWorkdays(day, one), other)).toBe(calendar.addWorkdays(day, one + other));
        expect(calendar.addWorkdays(calendar.addWorkdays(day, -one), -other)).toBe(calendar.addWorkdays(day, -one - other));
      }),
      RUNS,
    );
  });

  it('between two days is what asking each of them finds, negative backwards', () => {
    fc.assert(
      fc.property(days, fc.integer({ min: 0, max: 90 }), (from, distance) => {
        const to = addDays(from, distance);
        expect(calendar.workdaysBetween(from, to)).toBe(counted(from, to));
        expect(calendar.workdaysBetween(to, from) + counted(from, to)).toBe(0);
      }),
      RUNS,
    );
  });

  it('between days adds up, whatever their order', () => {
    fc.assert(
      fc.property(days, days, days, (a, b, c) => {
        expect(calendar.workdaysBetween(a, b) + calendar.workdaysBetween(b, c)).toBe(calendar.workdaysBetween(a, c));
      }),
      RUNS,
    );
  });

  it('between a day and the one so many working days later finds that many', () => {
    fc.assert(
      fc.property(days, counts, (day, count) => {
        expect(calendar.workdaysBetween(day, calendar.addWorkdays(day, count))).toBe(count);
      }),
      RUNS,
    );
  });
});

it('no working day between two days is a plain zero in both directions', () => {
  expect([calendar.workdaysBetween('2022-09-03', '2022-09-04'), calendar.workdaysBetween('2022-09-04', '2022-09-03')]).toEqual([
    0, 0,
  ]);
});

describe('calendar days', () => {
  it('pass months, years and the end of February', () => {
    expect(addDays('2022-12-31', 1)).toBe('2023-01-01');
    expect(addDays('2024-03-01', -1)).toBe('2024-02-29');
    expect(addDays('2022-03-13', 1)).toBe('2022-03-14');
  });

  it('are refused where there is no such date', () => {
    expect(() => addDays('2022-02-30', 1)).toThrow(RangeError);
  });
});

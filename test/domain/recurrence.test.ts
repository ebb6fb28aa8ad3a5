import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { addDays } from '../../src/domain/calendar.ts';
import type { Rule } from '../../src/domain/deadline.ts';
import { firstOccurrence, nextOccurrence, periodEnds, previousOccurrence } from '../../src/domain/recurrence.ts';

const RUNS = { numRuns: 200 };
const monthDays = fc.record({ month: fc.integer({ min: 1, max: 12 }), day: fc.integer({ min: 1, max: 31 }) });
const rules: fc.Arbitrary<Rule> = fc.oneof(
  fc.constantFrom<Rule>('yearly', 'half-yearly', 'quarterly', 'monthly'),
  monthDays.map(({ month, day }): Rule => `yearly ${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`),
);
const days = fc.integer({ min: 0, max: 1200 }).map((offset) => addDays('2021-06-01', offset));

/** The due dates of a rule for a notice of a day, at most so many. */
function dues(rule: Rule, from: string, year: number, atMost = 30): string[] {
  const found: string[] = [];
  let due = firstOccurrence(rule, from, from, year);
  while (due !== null && found.length < atMost) {
    found.push(due);
    due = nextOccurrence(rule, due, year);
  }
  return found;
}

/** The due date after one, as if no year of a notice ended the rule. */
const next = (rule: Rule, due: string): string => nextOccurrence(rule, due, 2090)!;

/** The first due date on or after a day, as if every notice were of that day’s year. */
const first = (rule: Rule, day: string): string => firstOccurrence(rule, day, day, Number(day.slice(0, 4)))!;

describe('每年3月底前 in a notice of July 2022', () => {
  it('is first due on 31 March 2023, then every year', () => {
    expect(dues('yearly 03-31', '2022-07-12', 2022, 3)).toEqual(['2023-03-31', '2024-03-31', '2025-03-31']);
  });

  it('is still due this year for a notice of the day itself, and next year for one of the day after', () => {
    expect(firstOccurrence('yearly 03-31', '2022-03-31', '2022-03-31', 2022)).toBe('2022-03-31');
    expect(firstOccurrence('yearly 03-31', '2022-04-01', '2022-04-01', 2022)).toBe('2023-03-31');
  });
});

describe('a period within the year of the notice', () => {
  it.each([
    ['monthly', ['2022-09-30', '2022-10-31', '2022-11-30', '2022-12-31']],
    ['quarterly', ['2022-09-30', '2022-12-31']],
    ['half-yearly', ['2022-12-31']],
  ] as const)('%s, confirmed in September, has the ends that are left and then runs out', (rule, ends) => {
    expect(dues(rule, '2022-09-01', 2022)).toEqual(ends);
  });

  it('counts from the confirmation when that came after the notice', () => {
    expect(firstOccurrence('quarterly', '2022-06-01', '2022-07-01', 2022)).toBe('2022-09-30');
    expect(firstOccurrence('quarterly', '2022-07-01', '2022-06-01', 2022)).toBe('2022-09-30');
  });

  it('has none left once the year is over', () => {
    expect(firstOccurrence('monthly', '2022-06-01', '2023-01-05', 2022)).toBeNull();
    expect(nextOccurrence('half-yearly', '2022-12-31', 2022)).toBeNull();
  });

  it('begins with the year when the notice came in the one before', () => {
    expect(firstOccurrence('monthly', '2021-12-15', '2021-12-15', 2022)).toBe('2022-01-31');
    expect(firstOccurrence('yearly 03-31', '2021-02-15', '2021-02-15', 2022)).toBe('2022-03-31');
  });
});

describe('the end of February', () => {
  it('is the 28th or the 29th, as the year has it', () => {
    expect(dues('yearly 02-29', '2022-01-01', 2022, 4)).toEqual(['2022-02-28', '2023-02-28', '2024-02-29', '2025-02-28']);
    expect(periodEnds('month', 2024)[1]).toBe('2024-02-29');
  });
});

describe('the ends of the periods of a year', () => {
  it('are one, two, four or twelve, the last of them New Year’s Eve', () => {
    expect((['year', 'half-year', 'quarter', 'month'] as const).map((every) => periodEnds(every, 2022).length)).toEqual([
      1, 2, 4, 12,
    ]);
    expect(periodEnds('quarter', 2022)).toEqual(['2022-03-31', '2022-06-30', '2022-09-30', '2022-12-31']);
    expect(periodEnds('half-year', 2022)).toEqual(['2022-06-30', '2022-12-31']);
  });
});

describe('for any rule and any day', () => {
  it('due dates are real days and only grow', () => {
    fc.assert(
      fc.property(rules, days, (rule, from) => {
        const found = [first(rule, from)];
        while (found.length < 14) found.push(next(rule, found.at(-1)!));
        expect(found).toEqual([...new Set(found)].toSorted());
        expect(found.map((due) => addDays(due, 0))).toEqual(found);
      }),
      RUNS,
    );
  });

  it('the one before the next is itself, and so is the next of the one before', () => {
    fc.assert(
      fc.property(rules, days, (rule, from) => {
        const due = first(rule, from);
        expect(previousOccurrence(rule, next(rule, due))).toBe(due);
        expect(next(rule, previousOccurrence(rule, due))).toBe(due);
      }),
      RUNS,
    );
  });

  it('the first lies on or after notice and confirmation, none before it was left out, and only the year ends a period', () => {
    fc.assert(
      fc.property(rules, days, days, (rule, noticed, confirmed) => {
        const later = noticed > confirmed ? noticed : confirmed;
        const year = Number(noticed.slice(0, 4));
        const found = firstOccurrence(rule, noticed, confirmed, year);
        const unbounded = first(rule, later);
        expect(unbounded >= later && previousOccurrence(rule, unbounded) < later).toBe(true);
        expect(found).toBe(rule.startsWith('yearly') || unbounded <= `${year}-12-31` ? unbounded : null);
      }),
      RUNS,
    );
  });
});

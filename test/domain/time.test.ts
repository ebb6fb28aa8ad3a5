import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { addDays } from '../../src/domain/calendar.ts';
import {
  clockTimeOf,
  dateOf,
  instantOf,
  nextDigest,
  nextSendable,
  type OfficeHours,
  withinHours,
} from '../../src/domain/time.ts';
import { at, calendar, office } from '../support/cast.ts';

const RUNS = { numRuns: 200 };
const MINUTE = 60_000;
const { hours } = office;
const minutes = fc.integer({ min: 0, max: 600 * 24 * 60 });
const instants = minutes.map((offset) => at('2022-01-01 00:00') + offset * MINUTE);
const twoDigits = (value: number): string => String(value).padStart(2, '0');
const clockTimes = fc
  .integer({ min: 0, max: 24 * 60 - 1 })
  .map((minute) => `${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}`);

describe('a date of the office', () => {
  it('runs from midnight to midnight in Shanghai, wherever the machine stands', () => {
    expect(instantOf('Asia/Shanghai', '2022-08-31', '00:00')).toBe(Date.UTC(2022, 7, 30, 16));
    expect(dateOf('Asia/Shanghai', Date.UTC(2022, 7, 31, 15, 59, 59, 999))).toBe('2022-08-31');
    expect(dateOf('Asia/Shanghai', Date.UTC(2022, 7, 31, 16))).toBe('2022-09-01');
  });

  it('is another in another zone at the same instant, in whichever order they are asked', () => {
    const instant = Date.UTC(2022, 7, 31, 17, 30);
    const asked = ['Asia/Shanghai', 'America/New_York', 'UTC', 'Asia/Shanghai'];
    expect(asked.map((zone) => `${dateOf(zone, instant)} ${clockTimeOf(zone, instant)}`)).toEqual([
      '2022-09-01 01:30',
      '2022-08-31 13:30',
      '2022-08-31 17:30',
      '2022-09-01 01:30',
    ]);
  });

  it('and a time come back from the instant they make', () => {
    const days = fc.integer({ min: 0, max: 1400 }).map((offset) => addDays('2021-01-01', offset));
    fc.assert(
      fc.property(days, clockTimes, (date, time) => {
        const instant = instantOf('Asia/Shanghai', date, time);
        expect(`${dateOf('Asia/Shanghai', instant)} ${clockTimeOf('Asia/Shanghai', instant)}`).toBe(`${date} ${time}`);
        expect(instant).toBe(Date.parse(`${date}T${time}:00+08:00`));
      }),
      RUNS,
    );
  });

  it('that is none, or a zone that is none, is refused', () => {
    expect(() => instantOf('Asia/Shanghai', '2022-02-30', '09:00')).toThrow(RangeError);
    expect(() => instantOf('Asia/Shanghai', '2022-02-28', '25:00')).toThrow(RangeError);
    expect(() => instantOf('Asia/Nowhere', '2022-02-28', '09:00')).toThrow(RangeError);
    expect(() => dateOf('Asia/Nowhere', 0)).toThrow(RangeError);
    expect(() => clockTimeOf('Asia/Nowhere', 0)).toThrow(RangeError);
  });
});

describe('office hours', () => {
  it.each([
    ['2022-08-31 08:29', false],
    ['2022-08-31 08:30', true],
    ['2022-08-31 17:29', true],
    ['2022-08-31 17:30', false],
    ['2022-09-03 10:00', false],
    ['2022-10-07 10:00', false],
    ['2022-10-08 10:00', true],
  ])('hold %s: %s', (text, within) => {
    expect(withinHours(hours, calendar, at(text))).toBe(within);
  });
});

describe('what can’t go out now', () => {
  it.each([
    ['2022-08-31 10:17', '2022-08-31 10:17', 'goes at once in office hours'],
    ['2022-08-31 08:40', '2022-08-31 09:00', 'waits for the digest though the office is open'],
    ['2022-08-31 09:00', '2022-08-31 09:00', 'goes with the digest'],
    ['2022-08-31 06:00', '2022-08-31 09:00', 'waits for the digest of that morning'],
    ['2022-08-31 17:30', '2022-09-01 09:00', 'waits for the next morning from closing time on'],
    ['2022-09-09 18:00', '2022-09-13 09:00', 'waits over the Mid-Autumn holiday'],
    ['2022-09-30 23:59', '2022-10-08 09:00', 'waits for the Saturday that is worked'],
    ['2022-10-08 00:00', '2022-10-08 09:00', 'goes on that Saturday'],
    ['2022-12-30 17:30', '2023-01-03 09:00', 'waits over New Year'],
  ])('%s becomes %s: it %s', (wanted, sent) => {
    expect(nextSendable(hours, calendar, at(wanted))).toBe(at(sent));
  });

  it('the digest after a day is that of the first working day behind it, even when the day itself is worked', () => {
    expect(nextDigest(hours, calendar, '2022-08-31')).toBe(at('2022-09-01 09:00'));
    expect(nextDigest(hours, calendar, '2022-10-01')).toBe(at('2022-10-08 09:00'));
  });
});

describe('for any instant and any hours', () => {
  const anyHours = fc
    .uniqueArray(clockTimes, { minLength: 3, maxLength: 3 })
    .map((times) => times.toSorted())
    .map(([start = '', sendAt = '', end = '']): OfficeHours => ({ zone: hours.zone, start, sendAt, end }));

  it('the next time to send is not earlier, within hours, and the first digest unless it is now', () => {
    fc.assert(
      fc.property(instants, anyHours, (instant, each) => {
        const sent = nextSendable(each, calendar, instant);
        expect(sent).toBeGreaterThanOrEqual(instant);
        expect(withinHours(each, calendar, sent)).toBe(true);
        expect(nextSendable(each, calendar, sent)).toBe(sent);
        if (withinHours(each, calendar, instant) && clockTimeOf(each.zone, instant) >= each.sendAt) {
          expect(sent).toBe(instant);
          return;
        }
        expect(clockTimeOf(each.zone, sent)).toBe(each.sendAt);
        for (let day = dateOf(each.zone, instant); day < dateOf(each.zone, sent); day = addDays(day, 1)) {
          expect(calendar.isWorkday(day) && instantOf(each.zone, day, each.sendAt) >= instant).toBe(false);
        }
      }),
      RUNS,
    );
  });

  it('what is wanted later never goes out earlier', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: 0, max: 5000 }), anyHours, (instant, wait, each) => {
        expect(nextSendable(each, calendar, instant + wait * MINUTE)).toBeGreaterThanOrEqual(
          nextSendable(each, calendar, instant),
        );
      }),
      RUNS,
    );
  });
});

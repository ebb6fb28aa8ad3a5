import { describe, expect, it } from 'vitest';

import type { DayException } from '../../src/domain/calendar.ts';
import { Calendar } from '../../src/domain/calendar.ts';
import type { SlotState } from '../../src/domain/placement.ts';
import { merge, place } from '../../src/domain/placement.ts';
import { instantOf } from '../../src/domain/time.ts';

const zone = 'Asia/Shanghai';
const hours = { zone, start: '08:30', end: '17:30', sendAt: '09:00' };
// National Day 2022: seven days off, the weekend after is worked.
const days = ['2022-10-03', '2022-10-04', '2022-10-05', '2022-10-06', '2022-10-07'];
const calendar = new Calendar({
  version: 'test',
  firstYear: 2022,
  lastYear: 2023,
  announcedYears: new Set([2022]),
  exceptions: new Map<string, DayException>([
    ...days.map((day) => [day, { workday: false, name: '国庆节' }] as const),
    ['2022-10-08', { workday: true, name: '国庆节调休' }],
    ['2022-10-09', { workday: true, name: '国庆节调休' }],
  ]),
});
const rules = { hours, calendar, cap: 1 };
const at = (date: string, time: string): number => instantOf(zone, date, time);
const nothing = (): readonly SlotState[] => [];

describe('placing a reminder', () => {
  it('opens the first message of the day at once inside office hours', () => {
    const wanted = at('2022-08-30', '09:00');
    expect(place(wanted, rules, nothing)).toEqual({ kind: 'open', day: '2022-08-30', slot: 0, sendAt: wanted, holds: [] });
  });

  it('joins a message of the day that has not left', () => {
    const placed = place(at('2022-08-30', '10:00'), rules, () => [{ slot: 0, open: true }]);
    expect(placed).toMatchObject({ kind: 'join', day: '2022-08-30', slot: 0, holds: [] });
  });

  it('holds what comes after hours for the next working day and says so', () => {
    const placed = place(at('2022-09-30', '18:00'), rules, nothing);
    const until = at('2022-10-08', '09:00');
    expect(placed).toMatchObject({ kind: 'open', day: '2022-10-08', sendAt: until });
    expect(placed.holds).toEqual([{ reason: 'outside-hours', detail: '不在办公时间，顺延至2022-10-08', until }]);
  });

  it('waits for the same morning when it is early', () => {
    expect(place(at('2022-08-30', '06:00'), rules, nothing)).toMatchObject({
      day: '2022-08-30',
      sendAt: at('2022-08-30', '09:00'),
    });
  });

  it('takes the next slot while the cap allows, filling gaps first', () => {
    const sent = (slot: number): SlotState => ({ slot, open: false });
    expect(place(at('2022-08-30', '10:00'), { ...rules, cap: 3 }, () => [sent(0), sent(2)])).toMatchObject({
      kind: 'open',
      slot: 1,
    });
  });

  it('defers over full days to the first with room, as one hold', () => {
    const full = new Set(['2022-08-30', '2022-08-31']);
    const placed = place(at('2022-08-30', '10:00'), rules, (day) => (full.has(day) ? [{ slot: 0, open: false }] : []));
    expect(placed).toMatchObject({ kind: 'open', day: '2022-09-01', slot: 0, sendAt: at('2022-09-01', '09:00') });
    expect(placed.holds.map((hold) => [hold.reason, hold.until])).toEqual([['daily-cap', at('2022-09-01', '09:00')]]);
  });

  it('refuses a cap that would hold everything for ever', () => {
    expect(() => place(at('2022-08-30', '10:00'), { ...rules, cap: 0 }, nothing)).toThrow(RangeError);
  });
});

describe('reminders of one assignment in one message', () => {
  const base = { at: 1, rung: 0, copy: false };
  const speaks = (...candidates: (typeof base)[]): unknown[] =>
    merge(candidates).map(({ one, into }) => [candidates.indexOf(one), candidates.indexOf(into)]);

  it('let the rung speak, then the later stage, then the one that is no copy', () => {
    expect(speaks(base, { ...base, at: 2 })).toEqual([[0, 1]]);
    expect(speaks({ ...base, at: 2 }, { ...base, rung: 1 })).toEqual([[0, 1]]);
    expect(speaks({ ...base, copy: true }, { ...base })).toEqual([[0, 1]]);
    expect(speaks(base, { ...base })).toEqual([[1, 0]]);
    expect(speaks(base)).toEqual([]);
  });

  it('never let one rung speak for another: the lower one goes first', () => {
    const first = { ...base, rung: 1 };
    const second = { ...base, at: 5, rung: 2 };
    expect(speaks(second, first)).toEqual([]);
    expect(speaks(second, { ...base, at: 9 }, first)).toEqual([[1, 2]]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Assignment } from '../../src/domain/assignment.ts';
import type { Deadline } from '../../src/domain/deadline.ts';
import { behind, lookAt } from '../../src/domain/look.ts';
import { timetableOf } from '../../src/domain/occasions.ts';
import type { Ladder, Stage } from '../../src/domain/policy.ts';
import { at, calendar, duty, lead, notice, office, undated } from '../support/cast.ts';
import { occasionsOf, type PlainOccasion } from '../support/occasions.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const FIRST = at('2022-03-01 00:00');

function stage(id: string, change: Partial<Stage>): Stage {
  return { id, timing: { on: 'confirmed' }, repeatEvery: null, to: [], cc: [], via: ['email'], letter: id, rung: 0, ...change };
}

/** Several stages on one day, days of both kinds, two that repeat, periods, and events in between. */
const crowded: Ladder = {
  name: 'crowded',
  stages: [
    stage('past-due', { timing: { on: 'past-due' }, rung: 1 }),
    stage('weekly', { timing: { offset: 2, days: 'working' }, repeatEvery: 5 }),
    stage('on the day', { timing: { offset: 0, days: 'calendar' } }),
    stage('assigned', {}),
    stage('also on the day', { timing: { offset: 0, days: 'working' } }),
    stage('ten days before', { timing: { offset: -10, days: 'calendar' } }),
    stage('early, and again', { timing: { offset: -40, days: 'calendar' }, repeatEvery: 12 }),
    stage('a rung', { timing: { offset: 2, days: 'calendar' }, rung: 2 }),
    stage('extended', { timing: { on: 'extended' } }),
    stage('half-yearly', { timing: { every: 'half-year', before: 3 } }),
  ],
};

const date = fc
  .integer({ min: 0, max: 700 })
  .map((days) => new Date(Date.UTC(2022, 2, 1) + days * DAY).toISOString().slice(0, 10));
const instant = fc.integer({ min: 0, max: 800 * 24 }).map((hours) => FIRST + hours * HOUR);

const assignment = fc
  .record({
    due: date,
    noticed: date,
    kind: fc.constantFrom('by', 'from', 'monthly', 'quarterly', 'yearly', 'none', 'ongoing'),
    pursuit: fc.constantFrom<Assignment['pursuit'][]>('dated', 'dated', 'undecided'),
    confirmedAt: fc.option(instant),
    extendedAt: fc.option(instant),
    plannedThrough: fc.oneof(fc.constant(0), instant),
  })
  .map(({ kind, due, noticed, ...of }): Assignment => {
    const deadlines: Record<string, Deadline | null> = {
      by: { kind: 'by', date: due, text: due },
      from: { kind: 'from', date: due, text: due },
      none: null,
      ongoing: { kind: 'ongoing', text: '长期' },
    };
    const deadline = kind in deadlines ? deadlines[kind] : ({ kind: 'recurring', rule: kind, text: kind } as Deadline);
    const dated = kind !== 'none' && kind !== 'ongoing';
    return {
      ...duty({
        ...of,
        due: dated ? due : null,
        pursuit: dated ? of.pursuit : 'cadence',
        notice: { ...notice, issuedOn: noticed },
      }),
      deadline: deadline ?? null,
    };
  });

function shown(occasion: PlainOccasion): object {
  const { stage: of, occurrence, at: when, dropped } = occasion;
  return { id: of.id, occurrence, when, dropped, reason: occasion.reason() };
}

describe('a look at any assignment, at any time', () => {
  it('finds what the ladder comes to when every occasion is worked out anew, in that order', () => {
    let due = 0;
    fc.assert(
      fc.property(assignment, fc.constantFrom(lead, undated, crowded), instant, (of, ladder, now) => {
        const all = occasionsOf(of, ladder, calendar, office, now);
        const timetable = timetableOf(of, ladder, calendar, office);
        const look = lookAt(of, timetable, now);
        const expected = all.filter((each) => each.at > of.plannedThrough && each.at <= now);
        due += expected.length;
        expect(look.due.map((each) => shown(each))).toEqual(expected.map((each) => shown(each)));
        expect(look.nextAt).toBe(all.find((each) => each.at > now && each.dropped === null)?.at ?? null);
        expect(behind(of, timetable).map((each) => shown(each))).toEqual(
          all.filter((each) => each.at <= of.plannedThrough && each.stage.repeatEvery === null).map((each) => shown(each)),
        );
      }),
      { numRuns: 200 },
    );
    expect(due).toBeGreaterThan(200);
  });
});

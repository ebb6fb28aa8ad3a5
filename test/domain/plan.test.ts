import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Assignment } from '../../src/domain/assignment.ts';
import { plan } from '../../src/domain/plan.ts';
import type { Plan } from '../../src/domain/reminder.ts';
import { dateOf, type Instant } from '../../src/domain/time.ts';
import { at, calendar, context, duty } from '../support/cast.ts';

const ZONE = 'Asia/Shanghai';

/** Looks whenever the plan says so, as the sweep does, until a day; what was decided at each look. */
function follow(first: Assignment, until: Instant, from: Instant = at('2022-07-12 10:00')): { now: Instant; plan: Plan }[] {
  const looks: { now: Instant; plan: Plan }[] = [];
  let assignment = first;
  let now: Instant | null = from;
  while (now !== null && now <= until) {
    const decided = plan(assignment, context(now));
    looks.push({ now, plan: decided });
    assignment = { ...assignment, plannedThrough: decided.plannedThrough, ladder: decided.ladder };
    now = decided.nextAt;
  }
  return looks;
}

/** `d-1 2022-08-30` for every stage that somebody is told of. */
function told(looks: readonly { now: Instant; plan: Plan }[]): string[] {
  return looks.flatMap(({ now, plan: { reminders } }) =>
    [...new Set(reminders.map(({ stage }) => stage))].map((stage) => `${stage} ${dateOf(ZONE, now)}`),
  );
}

describe('a dated duty', () => {
  it('passes the ladder on working days counted from the last working day on or before its date', () => {
    expect(told(follow(duty(), at('2022-10-09 23:00')))).toEqual([
      'assigned 2022-07-12',
      'd-30 2022-07-20',
      'd-15 2022-08-10',
      'd-7 2022-08-22',
      'd-3 2022-08-26',
      'd-1 2022-08-30',
      'd-0 2022-08-31',
      'o+1 2022-09-01',
      'o+3 2022-09-05',
      'o+7 2022-09-09',
      'o-weekly 2022-09-19',
      'o-weekly 2022-09-26',
      'o-weekly 2022-10-08',
    ]);
  });

  it('due on a holiday (年底前 2022) is reminded on Friday 30 December and overdue on Tuesday 3 January', () => {
    const yearEnd = duty({ due: '2022-12-31', deadline: { kind: 'by', date: '2022-12-31', text: '年底前' } });
    const stages = told(follow(yearEnd, at('2023-01-03 23:00')));
    expect(stages.slice(-3)).toEqual(['d-1 2022-12-29', 'd-0 2022-12-30', 'o+1 2023-01-03']);
  });

  it('that starts in the holidays (10月起) is counted from the first working day, 8 October', () => {
    const start = duty({ due: '2022-10-01', deadline: { kind: 'from', date: '2022-10-01', text: '10月起' } });
    const stages = told(follow(start, at('2022-10-09 23:00')));
    expect(stages.slice(-4)).toEqual(['d-3 2022-09-28', 'd-1 2022-09-30', 'd-0 2022-10-08', 'o+1 2022-10-09']);
  });

  it('drops, with a reason, the stages that fall before the notice was issued', () => {
    const soon = duty({ due: '2022-07-29', deadline: { kind: 'by', date: '2022-07-29', text: '7月29日前' } });
    const [first] = follow(soon, at('2022-07-12 23:00'));
    expect(first?.plan.suppressions.map(({ stage, reason }) => `${stage} ${reason}`)).toEqual([
      'd-30 before-notice',
      'd-15 before-notice',
    ]);
    expect(told(follow(soon, at('2022-07-29 23:00')))).toEqual([
      'assigned 2022-07-12',
      'd-7 2022-07-20',
      'd-3 2022-07-26',
      'd-1 2022-07-28',
      'd-0 2022-07-29',
    ]);
  });

  it('tells the head on the first rung and copies the liaison', () => {
    const looks = follow(duty(), at('2022-09-01 23:00'));
    const rung = looks.at(-1)?.plan.reminders.map(({ post, copy }) => ({ post, copy }));
    expect(rung).toEqual([
      { post: '主要负责人', copy: false },
      { post: '联络员', copy: true },
    ]);
  });

  it('explains every date with the due date, the count and the day it came to', () => {
    const [, second] = follow(duty(), at('2022-07-20 23:00'));
    expect(second?.plan.reminders[0]?.reason).toBe('时限8月31日（周三）；前30个工作日为7月20日（周三）');
  });

  it('is silent once it is completed', () => {
    const closed = plan(duty({ status: 'completed' }), context(at('2022-08-31 09:00')));
    expect(closed).toMatchObject({ reminders: [], nextAt: null });
  });

  it('keeps the ladder it had when it became overdue', () => {
    const looks = follow(duty(), at('2022-09-01 23:00'));
    expect(looks.at(-2)?.plan.ladder).toBeNull();
    expect(looks.at(-1)?.plan.ladder?.name).toBe('lead');
  });
});

describe('after an outage', () => {
  it('only the latest reminder is sent and the others say that they were missed', () => {
    const late = duty({ plannedThrough: at('2022-07-20 09:00') });
    const decided = plan(late, context(at('2022-08-27 09:00')));
    expect(told([{ now: at('2022-08-27 09:00'), plan: decided }])).toEqual(['d-3 2022-08-27']);
    expect(decided.suppressions.map(({ stage, reason }) => `${stage} ${reason}`)).toEqual([
      'd-15 missed-window',
      'd-7 missed-window',
    ]);
  });

  it('the rungs go one per working day, lowest first, and none is skipped', () => {
    const late = duty({ plannedThrough: at('2022-08-26 09:00') });
    const looks = follow(late, at('2022-09-16 23:00'), at('2022-09-13 10:30'));
    expect(told(looks)).toEqual(['o+1 2022-09-13', 'o+3 2022-09-14', 'o+7 2022-09-15']);
    expect(looks[0]?.plan.suppressions.map(({ stage }) => stage)).toEqual(['d-1', 'd-0']);
  });

  it('no letter says “due today” once the day is over', () => {
    const late = duty({ plannedThrough: at('2022-08-30 09:00') });
    expect(plan(late, context(at('2022-09-01 08:40'))).reminders).toEqual([]);
  });
});

describe('a duty that was past when the schedule was confirmed', () => {
  const past = duty({ pursuit: 'undecided', confirmedAt: at('2022-09-20 10:00') });

  it('is put to the coordinator once and never escalated', () => {
    const looks = follow(past, at('2023-06-01 23:00'), at('2022-09-20 10:00'));
    expect(told(looks)).toEqual(['decide 2022-09-20']);
    expect(looks[0]?.plan.reminders.map(({ post }) => post)).toEqual(['协调人']);
    expect(looks[0]?.plan.suppressions.map(({ stage, reason }) => `${stage} ${reason}`)).toEqual(['assigned undecided']);
  });

  it('climbs the ladder again once it was given a new date', () => {
    const extended = {
      ...past,
      due: '2022-09-30',
      sequence: 1,
      extendedAt: at('2022-09-21 11:00'),
      plannedThrough: at('2022-09-20 10:00'),
    };
    expect(told(follow(extended, at('2022-09-30 23:00'), at('2022-09-21 11:00')))).toEqual([
      'extended 2022-09-21',
      'd-3 2022-09-27',
      'd-1 2022-09-29',
      'd-0 2022-09-30',
    ]);
  });
});

describe('a recurring duty', () => {
  const yearly = duty({ due: '2023-03-31', deadline: { kind: 'recurring', rule: 'yearly 03-31', text: '每年3月底前' } });

  it('每年3月底前 in a notice of July 2022 is first due on 31 March 2023', () => {
    const stages = told(follow(yearly, at('2023-04-03 23:00')));
    expect(stages.slice(1)).toEqual([
      'd-30 2023-02-17',
      'd-15 2023-03-10',
      'd-7 2023-03-22',
      'd-3 2023-03-28',
      'd-1 2023-03-30',
      'd-0 2023-03-31',
      'o+1 2023-04-03',
    ]);
  });

  it('opens its next occurrence the day after, done or not', () => {
    const open = plan({ ...yearly, plannedThrough: at('2023-03-31 09:00') }, context(at('2023-04-01 00:00')));
    expect(open.successor).toBe('2024-03-31');
    const done: Assignment = { ...yearly, status: 'completed', plannedThrough: at('2023-03-20 09:00') };
    expect(plan(done, context(at('2023-03-21 09:00')))).toMatchObject({ successor: null, nextAt: at('2023-04-01 00:00') });
    expect(plan(done, context(at('2023-04-01 00:00')))).toMatchObject({ successor: '2024-03-31', nextAt: null });
  });

  it('skips the stages that are longer than its period', () => {
    const monthly = duty({
      due: '2022-08-31',
      confirmedAt: null,
      plannedThrough: at('2022-08-01 00:00'),
      deadline: { kind: 'recurring', rule: 'monthly', text: '每月' },
    });
    const looks = follow({ ...monthly, plannedThrough: 0 }, at('2022-08-31 23:00'), at('2022-08-01 00:00'));
    expect(looks[0]?.plan.suppressions.map(({ stage, reason }) => `${stage} ${reason}`)).toEqual(['d-30 recurrence-shorter']);
    expect(told(looks)[0]).toBe('d-15 2022-08-10');
  });
});

describe('an undated duty', () => {
  it('is asked for its progress once a quarter until the year of the notice ends', () => {
    const ongoing = duty({ due: null, pursuit: 'cadence', deadline: { kind: 'ongoing', text: '年内持续推进' } });
    expect(told(follow(ongoing, at('2024-01-01 00:00')))).toEqual([
      'assigned 2022-07-12',
      'progress 2022-09-23',
      'progress 2022-12-23',
    ]);
  });
});

describe('for any date and any look', () => {
  const days = fc
    .integer({ min: 0, max: 500 })
    .map((offset) => new Date(Date.UTC(2022, 6, 13) + offset * 86_400_000).toISOString().slice(0, 10));

  it('nothing is said on a day of rest or outside 09:00, and looking more often says nothing more', () => {
    fc.assert(
      fc.property(days, fc.array(fc.integer({ min: 0, max: 600 * 24 }), { maxLength: 30 }), (due, extra) => {
        const assignment = duty({ due, deadline: { kind: 'by', date: due, text: due } });
        const end = at('2024-02-01 00:00');
        const asked = follow(assignment, end);
        for (const { plan: decided } of asked) {
          for (const reminder of decided.reminders) {
            if (reminder.stage === 'assigned') continue;
            expect(calendar.isWorkday(dateOf(ZONE, reminder.at))).toBe(true);
            expect(reminder.at).toBe(at(`${dateOf(ZONE, reminder.at)} 09:00`));
          }
        }
        // The same assignment, looked at at odd moments as well.
        const looks = [
          ...new Set([...asked.map(({ now }) => now), ...extra.map((hours) => at('2022-07-12 10:00') + hours * 3_600_000)]),
        ].toSorted((a, b) => a - b);
        let busy = assignment;
        const said: string[] = [];
        for (const now of looks.filter((each) => each <= end)) {
          const decided = plan(busy, context(now));
          said.push(...decided.reminders.map(({ stage, at: when }) => `${stage} ${when}`));
          busy = { ...busy, plannedThrough: decided.plannedThrough, ladder: decided.ladder };
        }
        expect(said).toEqual(
          asked.flatMap(({ plan: { reminders } }) => reminders.map(({ stage, at: when }) => `${stage} ${when}`)),
        );
      }),
      { numRuns: 60 },
    );
  });
});

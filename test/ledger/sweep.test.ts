import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Assignment } from '../../src/domain/assignment.ts';
import type { Plan } from '../../src/domain/reminder.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { at, claimAll, confirmation, duty, freezeAll, nothing, office, open, reminder, sendAll, settled, tell } from './cast.ts';

let database: TestDatabase;
let ledger: Ledger;

beforeEach(async () => {
  database = await testDatabase('ledger_sweep');
  ledger = await open(database.url);
  await ledger.migrate();
});

afterEach(async () => {
  await ledger.close();
  await database.drop();
});

async function confirmed(...duties: ReturnType<typeof duty>[]): Promise<void> {
  await ledger.confirm(confirmation(duties));
}

/** Makes every open assignment due for a look. */
async function lookAgain(when: number): Promise<void> {
  await database.query(`UPDATE cuiban.assignment SET next_at = to_timestamp($1 / 1000.0)`, [when]);
}

async function rows(text: string): Promise<readonly Record<string, unknown>[]> {
  return (await database.query(text)).rows;
}

const states = `SELECT stage, state FROM cuiban.reminder ORDER BY id`;

describe('a sweep', () => {
  it('plans what is due and nothing before its time', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'));
    expect(await ledger.sweep(at('2022-08-01', '08:59'), 10, tell('assigned', at('2022-08-01')))).toEqual({
      looked: 0,
      reminders: 0,
      suppressions: 0,
    });
    expect(await ledger.nextOwed()).toBe(at('2022-08-01'));
    expect(
      await ledger.sweep(at('2022-08-01'), 10, tell('assigned', at('2022-08-01'), {}, { nextAt: at('2022-08-24') })),
    ).toMatchObject({ looked: 1, reminders: 1 });
    await sendAll(ledger, at('2022-08-01'));
    expect(await ledger.nextOwed()).toBe(at('2022-08-24'));
    expect((await ledger.status(at('2022-08-01'))).lastSweep).toBe(at('2022-08-01'));
  });

  it('leaves the alarm for what falls due after it, though other messages are in the queue or being sent', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'), duty('b', 'fin', '2022-08-31'));
    const morning = at('2022-08-01');
    await database.query(`UPDATE cuiban.assignment SET next_at = to_timestamp($1 / 1000.0) WHERE unit_id = 'fin'`, [
      morning + 1_500,
    ]);
    expect(await ledger.nextAlarm()).toBe(morning);
    await ledger.sweep(morning, 10, tell('assigned', morning));
    expect(await claimAll(ledger, morning)).toHaveLength(1);
    expect(await ledger.nextOwed()).toBeLessThanOrEqual(morning);
    expect(await ledger.nextAlarm()).toBe(morning + 1_500);
    await ledger.sweep(morning + 1_500, 10, tell('assigned', morning + 1_500));
    expect(await ledger.nextAlarm()).toBeNull();
  });

  it('gives the planner the assignment with its task, notice and unit', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'));
    const seen: Assignment[] = [];
    await ledger.sweep(at('2022-08-01'), 10, (assignment) => {
      seen.push(assignment);
      return nothing;
    });
    expect(seen).toMatchObject([
      {
        office: 'ruicheng',
        schedule: 'ruicheng-2022',
        ref: 'a',
        unit: 'edu',
        due: '2022-08-31',
        originalDue: '2022-08-31',
        sequence: 0,
        plannedThrough: 0,
        confirmedAt: at('2022-08-01'),
        notice: { number: '芮政办发〔2022〕26号' },
        task: { title: '任务a' },
        ladder: null,
      },
    ]);
    expect(await ledger.assignments('ruicheng-2022')).toEqual([{ ...seen[0], plannedThrough: 0 }]);
  });

  it('does not plan the same reminder twice', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'));
    await ledger.sweep(at('2022-08-01'), 10, tell('assigned', at('2022-08-01')));
    await lookAgain(at('2022-08-01'));
    expect(await ledger.sweep(at('2022-08-01'), 10, tell('assigned', at('2022-08-01')))).toMatchObject({
      looked: 1,
      reminders: 0,
    });
    expect(await rows('SELECT count(*)::int AS n FROM cuiban.message')).toEqual([{ n: 1 }]);
  });

  it('makes one message of all that one person is told on one channel and day', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'), duty('b', 'edu', '2022-09-30'), duty('a', 'fin', '2022-08-31'));
    await ledger.sweep(at('2022-08-01'), 2, tell('assigned', at('2022-08-01')));
    await ledger.sweep(at('2022-08-01'), 2, tell('assigned', at('2022-08-01')));
    const claimed = await claimAll(ledger, at('2022-08-01'));
    expect(claimed.map(({ to, items }) => [to.unit, items.map(({ assignment }) => assignment.ref)]).toSorted()).toEqual([
      ['edu', ['a', 'b']],
      ['fin', ['a']],
    ]);
  });

  it('records a planner that throws as a problem of that assignment alone', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'), duty('b', 'edu', '2022-08-31'));
    const decide = (assignment: Assignment): Plan => {
      if (assignment.ref === 'a') throw new RangeError('no ladder');
      return { ...nothing, reminders: [reminder(assignment, 'assigned', at('2022-08-01'))] };
    };
    expect(await ledger.sweep(at('2022-08-01'), 10, decide)).toMatchObject({ looked: 2, reminders: 1 });
    const status = await ledger.status(at('2022-08-01'));
    expect(status.problems).toMatchObject([{ kind: 'planning-failed', detail: 'no ladder', office: 'ruicheng' }]);
    expect(status.nextLook).toBe(at('2022-08-01', '10:00'));
    await ledger.sweep(at('2022-08-01', '10:00'), 10, () => nothing);
    expect((await ledger.status(at('2022-08-01', '10:00'))).problems).toEqual([]);
  });

  it('keeps one bad row from stopping the others', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'), duty('b', 'edu', '2022-08-31'), duty('c', 'edu', '2022-08-31'));
    const decide = (assignment: Assignment): Plan => {
      const channel = assignment.ref === 'b' ? ('pigeon' as 'email') : 'email';
      return { ...nothing, reminders: [reminder(assignment, 'assigned', at('2022-08-01'), { channel })] };
    };
    const caps = { email: 1, sms: 1, pigeon: 1 };
    await ledger.close();
    ledger = await open(database.url, { office: { ...office, caps } });
    expect(await ledger.sweep(at('2022-08-01'), 10, decide)).toMatchObject({ looked: 3, reminders: 2 });
    expect((await ledger.status(at('2022-08-01'))).problems).toMatchObject([{ kind: 'planning-failed' }]);
    expect((await ledger.dispatch(at('2022-08-01'), 10)).complete).toBe(true);
  });

  it('keeps a problem open once however often the planner names it', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'));
    for (const detail of ['联络员空缺', '联络员仍空缺']) {
      await lookAgain(at('2022-08-01'));
      await ledger.sweep(at('2022-08-01'), 10, ({ id }) => ({
        ...nothing,
        problems: [{ kind: 'nobody-at-post', assignment: id, detail }],
      }));
    }
    expect((await ledger.status(at('2022-08-01'))).problems.map(({ detail }) => detail)).toEqual(['联络员仍空缺']);
  });

  it('keeps the snapshot of a ladder', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'), duty('b', 'edu', '2022-08-31'));
    const ladder = { name: 'strict', stages: [] };
    await ledger.sweep(at('2022-09-01'), 10, () => ({ ...nothing, ladder: { ...ladder } }));
    expect((await ledger.assignments('ruicheng-2022')).map((each) => each.ladder)).toEqual([ladder, ladder]);
    expect(await rows('SELECT count(*)::int AS n FROM cuiban.ladder')).toEqual([{ n: 1 }]);
  });

  it('opens the next occurrence once, to be planned at once', async () => {
    const deadline = { kind: 'recurring', rule: 'yearly 03-31', text: '每年3月底前' } as const;
    await confirmed(duty('a', 'edu', '2023-03-31', { deadline }));
    const now = at('2023-04-01', '00:00');
    const decide = (assignment: Assignment): Plan => ({
      ...nothing,
      plannedThrough: now,
      successor: assignment.due === '2023-03-31' ? '2024-03-31' : null,
    });
    await ledger.sweep(now, 10, decide);
    await lookAgain(now);
    expect(await ledger.sweep(now, 10, decide)).toMatchObject({ looked: 2 });
    const open = await ledger.assignments('ruicheng-2022');
    expect(
      open.map(({ due, originalDue, confirmedAt, plannedThrough, sequence }) => ({
        due,
        originalDue,
        confirmedAt,
        plannedThrough,
        sequence,
      })),
    ).toEqual([
      { due: '2023-03-31', originalDue: '2023-03-31', confirmedAt: at('2022-08-01'), plannedThrough: now, sequence: 0 },
      { due: '2024-03-31', originalDue: '2024-03-31', confirmedAt: null, plannedThrough: now, sequence: 0 },
    ]);
    expect(await rows(`SELECT means, actor FROM cuiban.history ORDER BY id`)).toEqual([
      { means: 'confirmation', actor: '王芳' },
      { means: 'recurrence', actor: 'cuiban' },
    ]);
  });
});

describe('placing reminders', () => {
  it('holds what is planned outside office hours for the next digest', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'));
    const evening = at('2022-08-05', '20:00');
    expect(await ledger.sweep(evening, 10, tell('d-7', evening))).toMatchObject({ reminders: 1, suppressions: 1 });
    expect(await ledger.dispatch(evening, 10)).toEqual({ complete: true, messages: [] });
    const monday = at('2022-08-08');
    expect(await ledger.nextOwed()).toBe(monday);
    expect(await ledger.held(evening, evening + 1)).toMatchObject([
      { reason: 'outside-hours', until: monday, stage: 'd-7', ref: 'a', unitName: '县教育局' },
    ]);
    expect(await sendAll(ledger, monday)).toHaveLength(1);
  });

  it('lets a message that has not left take more, even on the next morning', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'), duty('b', 'edu', '2022-08-31'));
    await ledger.sweep(at('2022-08-05', '20:00'), 1, tell('d-7', at('2022-08-05', '20:00')));
    await ledger.sweep(at('2022-08-08'), 1, tell('d-6', at('2022-08-08')));
    expect((await claimAll(ledger, at('2022-08-08'))).map(({ items }) => items.length)).toEqual([2]);
  });

  it('defers what is over the cap to the next working day and says so', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'), duty('b', 'edu', '2022-08-31'));
    await ledger.sweep(at('2022-08-05'), 1, tell('d-7', at('2022-08-05')));
    await ledger.dispatch(at('2022-08-05'), 10);
    expect((await ledger.status(at('2022-08-05'))).dueForLook).toBe(1);
    await ledger.sweep(at('2022-08-05'), 1, tell('d-7', at('2022-08-05')));
    await sendAll(ledger, at('2022-08-05'));
    const now = at('2022-08-05', '11:00');
    await lookAgain(now);
    expect(await ledger.sweep(now, 10, tell('d-6', now))).toMatchObject({ reminders: 2, suppressions: 2 });
    const held = await ledger.held(now, now + 1);
    expect(held.map(({ reason, until }) => [reason, until])).toEqual([
      ['daily-cap', at('2022-08-08')],
      ['daily-cap', at('2022-08-08')],
    ]);
    expect((await ledger.dispatch(at('2022-08-05', '17:00'), 10)).messages).toEqual([]);
    expect((await sendAll(ledger, at('2022-08-08'))).map(({ items }) => items.length)).toEqual([2]);
  });

  it('gives each channel its own cap', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'));
    const now = at('2022-08-05');
    const decide = (assignment: Assignment): Plan => ({
      ...nothing,
      reminders: [reminder(assignment, 'd-7', now), reminder(assignment, 'd-7', now, { channel: 'sms' })],
    });
    await ledger.sweep(now, 10, decide);
    expect((await claimAll(ledger, now)).map(({ channel }) => channel).toSorted()).toEqual(['email', 'sms']);
  });

  it('lets the latest stage speak where a message would mention an assignment twice', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'));
    const now = at('2022-08-30');
    const decide = (assignment: Assignment): Plan => ({
      ...nothing,
      reminders: [reminder(assignment, 'd-1', now - 1_000), reminder(assignment, 'd-0', now)],
    });
    await ledger.sweep(now, 10, decide);
    expect(await rows(states)).toEqual([
      { stage: 'd-1', state: 'merged' },
      { stage: 'd-0', state: 'planned' },
    ]);
    expect(await ledger.held(0, now + 1)).toMatchObject([{ stage: 'd-1', reason: 'merged', detail: '并入同一封的“d-0”' }]);
    const [message] = await claimAll(ledger, now);
    expect(message?.items.map(({ stage }) => stage)).toEqual(['d-0']);
  });

  it('merges a deferred reminder with the one of the day it was deferred to', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'));
    await ledger.sweep(at('2022-08-29', '20:00'), 10, tell('d-2', at('2022-08-29', '20:00'), {}, { nextAt: at('2022-08-30') }));
    await ledger.sweep(at('2022-08-30'), 10, tell('d-1', at('2022-08-30')));
    expect((await claimAll(ledger, at('2022-08-30'))).map(({ items }) => items.map(({ stage }) => stage))).toEqual([['d-1']]);
  });

  it('hands nothing over while an assignment waits for its look', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'), duty('b', 'fin', '2022-08-31'));
    await ledger.sweep(at('2022-08-01'), 1, tell('assigned', at('2022-08-01')));
    expect(await ledger.dispatch(at('2022-08-01'), 10)).toEqual({ complete: false, messages: [] });
    await ledger.sweep(at('2022-08-01'), 1, tell('assigned', at('2022-08-01'), { rung: 1 }));
    const { complete, messages } = await ledger.dispatch(at('2022-08-01'), 10);
    expect([complete, messages.map(({ urgent }) => urgent).toSorted()]).toEqual([true, [false, true]]);
    expect(await ledger.dispatch(at('2022-08-01'), 10)).toEqual({ complete: true, messages: [] });
  });
});

describe('a retry on a later day', () => {
  it('keeps the message where that day has none, and takes in what that day brings', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'));
    await ledger.sweep(at('2022-08-01'), 10, tell('assigned', at('2022-08-01')));
    const [message] = await claimAll(ledger, at('2022-08-01'));
    expect(message).toBeDefined();
    if (message === undefined) return;
    await freezeAll(ledger, [message]);
    await ledger.settle([settled(message, 'temporary-failure', { retryAt: at('2022-08-02') })], at('2022-08-01'));
    expect(await rows('SELECT day, slot, status FROM cuiban.message')).toMatchObject([{ slot: 0, status: 'temporary-failure' }]);
    await lookAgain(at('2022-08-02'));
    await ledger.sweep(at('2022-08-02'), 10, tell('d-21', at('2022-08-02')));
    expect(await ledger.held(at('2022-08-02'), at('2022-08-03'))).toEqual([]);
    const [again, ...others] = await sendAll(ledger, at('2022-08-02'));
    expect(others).toEqual([]);
    expect(again?.items.map(({ stage }) => stage)).toEqual(['d-21']);
    expect(again).toMatchObject({
      id: message.id,
      day: '2022-08-02',
      attempts: 1,
      previousStatus: 'temporary-failure',
      frozen: { text: '正文' },
    });
  });

  it('becomes part of the digest that is there', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'), duty('b', 'edu', '2022-08-31'));
    await ledger.sweep(at('2022-08-01'), 10, tell('assigned', at('2022-08-01'), {}, { nextAt: at('2022-08-01', '18:00') }));
    const [message] = await claimAll(ledger, at('2022-08-01'));
    if (message === undefined) throw new Error('nothing was claimed');
    await ledger.sweep(at('2022-08-01', '18:00'), 1, tell('d-20', at('2022-08-01', '18:00')));
    await ledger.settle([settled(message, 'temporary-failure', { retryAt: at('2022-08-02') })], at('2022-08-01', '18:00'));
    expect(await rows('SELECT status FROM cuiban.message ORDER BY status')).toEqual([
      { status: 'cancelled' },
      { status: 'created' },
    ]);
    await ledger.sweep(at('2022-08-01', '18:00'), 1, tell('d-20', at('2022-08-01', '18:00'), {}, { reminders: [] }));
    const claimed = await claimAll(ledger, at('2022-08-02'));
    expect(claimed.map(({ items }) => items.map(({ assignment, stage }) => `${assignment.ref} ${stage}`))).toEqual([
      ['a d-20', 'b assigned'],
    ]);
  });

  it('never moves a message whose body may be out', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'));
    await ledger.sweep(at('2022-08-01'), 10, tell('assigned', at('2022-08-01')));
    const [message] = await claimAll(ledger, at('2022-08-01'));
    if (message === undefined) throw new Error('nothing was claimed');
    await freezeAll(ledger, [message]);
    await ledger.settle([settled(message, 'unknown', { retryAt: at('2022-08-02') })], at('2022-08-01'));
    const [again] = await claimAll(ledger, at('2022-08-02'));
    expect(again).toMatchObject({
      id: message.id,
      day: '2022-08-01',
      previousStatus: 'unknown',
      frozen: { text: '正文', revision: 0 },
    });
    expect((await ledger.status(at('2022-08-02'))).resends).toBe(1);
  });
});

import { setTimeout as wait } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Assignment } from '../../src/domain/assignment.ts';
import type { Plan } from '../../src/domain/reminder.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { answer, at, confirmation, directory, duty, freezeAll, nothing, open, reminder, settled, unit } from './cast.ts';

const now = at('2022-08-01');

let database: TestDatabase;
let one: Ledger;
let other: Ledger;
let lostRaces: object[];

beforeEach(async () => {
  database = await testDatabase('ledger_races');
  lostRaces = [];
  const log = { warn: (facts: object) => void lostRaces.push(facts), error: (facts: object) => void lostRaces.push(facts) };
  one = await open(database.url, { log });
  other = await open(database.url, { log });
  await Promise.all([one.migrate(), other.migrate()]);
});

afterEach(async () => {
  expect(lostRaces).toEqual([]);
  await one.close();
  await other.close();
  await database.drop();
});

const refs = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `t${n}`);

async function scalar(text: string): Promise<unknown> {
  const { rows } = await database.query(text);
  return Object.values(rows[0] ?? {})[0];
}

async function sweepAll(ledger: Ledger, decide: (assignment: Assignment) => Plan, limit: number): Promise<number> {
  let total = 0;
  for (;;) {
    const { looked } = await ledger.sweep(now, limit, decide);
    total += looked;
    if (looked === 0 && (await ledger.dispatch(now, 0)).complete) return total;
  }
}

describe('two sweepers', () => {
  it('plan each of 500 assignments exactly once, into one message per person', async () => {
    const units = Array.from({ length: 25 }, (_, n) => unit(`u${n}`, `单位${n}`));
    const duties = refs(20).flatMap((ref) => units.map(({ id }) => duty(ref, id, '2022-08-31')));
    await one.confirm(confirmation(duties, { directory: { ...directory, units: [...directory.units, ...units] } }));
    const seen: string[] = [];
    const decide = (assignment: Assignment): Plan => {
      seen.push(assignment.id);
      return {
        ...nothing,
        reminders: [
          reminder(assignment, 'assigned', now),
          reminder(assignment, 'assigned', now, { channel: 'sms', address: `+86139000${assignment.unit}` }),
        ],
      };
    };
    const totals = await Promise.all([sweepAll(one, decide, 40), sweepAll(other, decide, 40), sweepAll(one, decide, 40)]);
    expect(totals.reduce((sum, each) => sum + each, 0)).toBe(500);
    expect(new Set(seen).size).toBe(500);
    expect(await scalar(`SELECT count(*)::int FROM cuiban.reminder WHERE state = 'planned'`)).toBe(1_000);
    expect(await scalar('SELECT count(DISTINCT (channel, address, day))::int FROM cuiban.message')).toBe(50);
    // One that a sweeper found locked counts as full: its reminder waits for the next day, it is never lost or doubled.
    expect(await scalar(`SELECT count(*)::int FROM cuiban.message`)).toBe(50);
  });
});

describe('a claim and a completion of the same duty', () => {
  it('take turns: none is claimed after its completion committed, in 200 races', async () => {
    const tasks = refs(200);
    const units = tasks.map((ref) => unit(`u-${ref}`, `单位${ref}`));
    await one.confirm(
      confirmation(
        tasks.map((ref) => duty(ref, `u-${ref}`, '2022-08-31')),
        { directory: { ...directory, units: [...directory.units, ...units] } },
      ),
    );
    await one.sweep(now, 500, (assignment) => ({ ...nothing, reminders: [reminder(assignment, 'assigned', now)] }));
    await one.dispatch(now, 500);
    const { rows } = await database.query(
      `SELECT m.id, t.ref FROM cuiban.message m JOIN cuiban.reminder r ON r.message_id = m.id JOIN cuiban.assignment a ON a.id = r.assignment_id JOIN cuiban.task t ON t.id = a.task_id`,
    );
    let first = 0;
    for (const [n, { id, ref }] of rows.entries()) {
      const target = { schedule: 'ruicheng-2022', ref: String(ref), unit: `u-${String(ref)}`, due: null };
      const [claimed, completed] = await Promise.all([
        // The claim starts at ever other points of the completion, from the same moment to well after it.
        wait((n % 20) / 2).then(() => one.claim([String(id)], now, 'w1', 60_000)),
        other.complete(target, { ...answer(now), evidence: null }),
      ]);
      expect(completed.changed).toHaveLength(1);
      first += claimed.length;
      // Claimed means that the claim read the duty as still open; else the message was cancelled.
      expect(claimed.every(({ items }) => items.every(({ assignment }) => assignment.status === 'needs-action'))).toBe(true);
      expect(await one.claim([String(id)], now, 'w2', 60_000)).toEqual([]);
    }
    expect(await scalar(`SELECT count(*)::int FROM cuiban.message WHERE status = 'sending'`)).toBe(first);
    expect(await scalar(`SELECT count(*)::int FROM cuiban.message WHERE status = 'cancelled'`)).toBe(200 - first);
    // A claim that had committed after a completion would hold a reminder that the completion had voided.
    const { rows: doubtful } = await database.query(
      `SELECT m.status, r.state FROM cuiban.message m JOIN cuiban.reminder r ON r.message_id = m.id
        WHERE (m.status, r.state) NOT IN (('sending', 'planned'), ('cancelled', 'void'))`,
    );
    expect(doubtful).toEqual([]);
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(200);
  });
});

describe('everything at once', () => {
  it('sweeping, claiming, settling and answering from two pools neither deadlocks nor loses nor doubles', async () => {
    const units = Array.from({ length: 10 }, (_, n) => unit(`u${n}`, `单位${n}`));
    const tasks = refs(30);
    await one.confirm(
      confirmation(
        tasks.flatMap((ref) => units.map(({ id }) => duty(ref, id, '2022-08-31'))),
        { directory: { ...directory, units: [...directory.units, ...units] } },
      ),
    );
    const day = (n: number): number => at(`2022-08-${String(n + 1).padStart(2, '0')}`);
    const workdays = [0, 1, 2, 3, 4, 7, 8];
    let when = day(0);
    let over = false;
    const plan = (assignment: Assignment): Plan => {
      const next = workdays.map(day).find((each) => each > when) ?? null;
      return { ...nothing, plannedThrough: when, nextAt: next, reminders: [reminder(assignment, `s${when}`, when)] };
    };
    const sends: string[] = [];
    const deliver = async (ledger: Ledger, worker: string): Promise<void> => {
      while (!over) {
        const { messages } = await ledger.dispatch(when, 5);
        const claimed = await ledger.claim(
          messages.map(({ id }) => id),
          when,
          worker,
          60_000,
        );
        const ours = await freezeAll(ledger, claimed);
        const outcomes = claimed
          .filter(({ id }) => ours.has(id))
          .map((message, n) => {
            const fails = n % 3 === 2 && message.attempts === 0;
            if (!fails) sends.push(...message.items.map(({ assignment, stage }) => `${assignment.id} ${stage}`));
            return fails ? settled(message, 'temporary-failure', { retryAt: when + 86_400_000 }) : settled(message);
          });
        await ledger.settle(outcomes, when);
        if (messages.length === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const plans = async (): Promise<void> => {
      for (const n of workdays) {
        when = day(n);
        for (;;) {
          const [left, right] = await Promise.all([one.sweep(when, 37, plan), other.sweep(when, 41, plan)]);
          if (left.looked + right.looked === 0) break;
        }
        for (const id of ['u0', 'u1', 'u2']) {
          const target = { schedule: 'ruicheng-2022', ref: tasks[n] ?? 't0', unit: id, due: null };
          await Promise.all([one.complete(target, { ...answer(when), evidence: null }), other.reconcile(when, 60_000)]);
        }
      }
      // Whatever was carried or capped goes out on the days after.
      for (const n of [9, 10, 11, 14, 15, 16, 17, 18, 21, 22, 23]) {
        when = day(n);
        for (let idle = 0; idle < 3; idle += 1) {
          await new Promise((resolve) => setImmediate(resolve));
          while (((await one.nextOwed()) ?? Infinity) <= when) await new Promise((resolve) => setImmediate(resolve));
        }
      }
      over = true;
    };
    await Promise.all([plans(), deliver(one, 'w1'), deliver(other, 'w2'), deliver(one, 'w3')]);
    expect(new Set(sends).size).toBe(sends.length);
    expect(sends.length).toBeGreaterThan(500);
    expect(await scalar(`SELECT count(*)::int FROM cuiban.reminder WHERE state = 'planned'`)).toBe(0);
    expect(await scalar(`SELECT count(*)::int FROM cuiban.reminder WHERE state = 'sent'`)).toBe(sends.length);
    expect(
      await scalar(
        `SELECT count(*)::int FROM (SELECT 1 FROM cuiban.message WHERE status <> 'cancelled' GROUP BY office_id, channel, address, day HAVING count(*) > 1) AS over_cap`,
      ),
    ).toBe(0);
  });
});

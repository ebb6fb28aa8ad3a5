// Ledgers in the state that a measurement begins with, made once through the product's own verbs and copied for each run.

import pg from 'pg';

import type { Context, Settled } from '../../../jobs/context.ts';
import { sweep } from '../../../jobs/sweep.ts';
import { realTimers } from '../../../src/app-clock.ts';
import type { NewAssignment } from '../../../src/domain/assignment.ts';
import { assign } from '../../../src/domain/assign.ts';
import { dateOf, type Instant, instantOf } from '../../../src/domain/time.ts';
import { openLedger } from '../../../src/ledger/index.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import type { Ground } from './ground.ts';
import { makeProvince, type Province, UNITS, ZONE } from './province.ts';

/** Handed out on this day; the letters of that day count as sent. */
const CONFIRMED = '2026-03-03';

export interface Prepared {
  readonly province: Province;
  /** Duties that are due for a look at nine, nothing planned. */
  readonly due: string;
  /** The same after the look: messages planned, none handed to the queue. */
  readonly planned: string;
}

/** Two databases, each with one digest for every unit of so many counties. */
export async function prepareMorning(ground: Ground, mails: number): Promise<Prepared> {
  const counties = Math.ceil(mails / UNITS);
  const province = await makeProvince(ground.folder, counties, 1);
  const due = `bench_due_${mails}`;
  const planned = `bench_planned_${mails}`;
  ground.say(`台账：${counties} 个县 × ${UNITS} 个单位……`);
  await ground.database(due);
  await confirmAll(await ground.urlOf(due), province);
  await ground.sql(
    due,
    `UPDATE cuiban.assignment SET planned_through = to_timestamp($1::float8 / 1000) - interval '1 day',
       next_at = CASE WHEN id <= $2 THEN to_timestamp($1::float8 / 1000) END`,
    [province.nine, mails],
  );
  await ground.database(planned, due);
  await planAll(await ground.urlOf(planned), province);
  return { province, due, planned };
}

/** Confirms every county's schedule; `handedOut` may leave duties out. Nothing is due for a look afterwards. */
export async function confirmAll(
  url: string,
  province: Province,
  handedOut = (assignments: readonly NewAssignment[]): readonly NewAssignment[] => assignments,
): Promise<void> {
  const at = instantOf(ZONE, CONFIRMED, '09:00');
  await withLedger(url, province, async (ledger) => {
    await ledger.migrate();
    for (const { office, directory, schedule } of province.counties) {
      const { assignments, problems } = assign(schedule, directory, dateOf(ZONE, at));
      await ledger.confirm({ schedule, directory, office, assignments: handedOut(assignments), problems, at, actor: 'bench' });
    }
    // A worker that finds another configuration in force than before looks at everything again.
    await ledger.follow(province.configuration.version, at);
  });
  // Looks that following asked for are as much done as the letters of the first day.
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('UPDATE cuiban.assignment SET next_at = NULL');
  await client.query('ANALYZE');
  await client.end();
}

/** One look at everything that is due at nine, by the job itself, with a queue that is not there. */
async function planAll(url: string, province: Province): Promise<void> {
  await withLedger(url, province, async (ledger) => {
    const { context } = sweeping(ledger, province, province.nine);
    const blind: Ledger = { ...ledger, dispatch: () => Promise.resolve({ complete: true, messages: [] }) };
    await sweep.run({ ...context, ledger: blind }, {}, new AbortController().signal);
  });
}

export async function withLedger<T>(url: string, province: Province, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  const { configuration } = province;
  const ledger = await openLedger({
    url,
    poolSize: 4,
    offices: () => configuration.offices,
    calendar: () => configuration.calendar,
  });
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}

/** What the sweep job needs, at a standing instant; what it hands to the queue is counted and dropped. */
export function sweeping(
  ledger: Ledger,
  { configuration }: Province,
  now: Instant,
): { readonly context: Context; handed: number } {
  const { version, offices, policy, calendar } = configuration;
  const silent = (): void => undefined;
  const unused = (): never => {
    throw new Error('a sweep does not do this');
  };
  const settled: Settled = { version, offices, policy, calendar, render: unused };
  const state = {
    handed: 0,
    context: {
      ledger,
      channels: {
        email: { name: 'email', send: unused, onReceipt: silent, check: unused, close: () => Promise.resolve() },
        sms: null,
      },
      journal: { ready: unused, accepted: unused, settled: unused, replay: unused },
      config: () => settled,
      now: () => now,
      monotonic: () => performance.now(),
      timers: realTimers,
      log: { info: silent, warn: console.warn, error: console.error },
      worker: 'bench',
      leaseMs: 300_000,
      stopping: new AbortController().signal,
      enqueue: (_job, payloads) => {
        state.handed += payloads.length;
        return Promise.resolve();
      },
    } satisfies Context,
  };
  return state;
}

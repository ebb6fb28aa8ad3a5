// One storm: work comes due all the while, every fault strikes in an order drawn from the seed, then everything is healed and the
// far side's record is compared with what was owed.

import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { openLedgerAt } from '../../src/app-ledger.ts';
import { confirmMaterial } from '../../src/commands/confirm.ts';
import { readConfiguration } from '../../src/configuration/index.ts';
import { openLog } from '../../src/log.ts';
import { type Dice, FAULTS } from './faults.ts';
import { type Batch, batchOf } from './offices.ts';
import { judge, type Verdict } from './verdict.ts';
import { openWorld, type World } from './world.ts';

const FIRST_SWEEP_MS = 90_000;

export interface StormOptions {
  readonly seed: number;
  readonly queue: 'redis' | 'postgres';
  /** How often every fault strikes. */
  readonly rounds: number;
  readonly units: number;
  /** How long recovery may take before we look at what is lost. */
  readonly patienceMs: number;
  /** Between the end of one fault and the next. */
  readonly calmMs: number;
  /** Only faults whose name contains one of these. */
  readonly only: readonly string[];
  readonly say: (line: string) => void;
}

/** One thing that happened, in milliseconds of the wall clock. */
export interface Struck {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Messages of which nobody may know afterwards whether they arrived. */
  readonly inFlight: number;
}

export interface Owed extends Batch {
  /** When it was confirmed. */
  readonly since: number;
}

export async function storm(options: StormOptions): Promise<Verdict> {
  const { seed, rounds, say } = options;
  const dice = diceOf(seed);
  const faults = FAULTS.filter(({ name }) => options.only.length === 0 || options.only.some((part) => name.includes(part)));
  const offices = 2 * faults.length * rounds;
  const world = await openWorld({ offices, queue: options.queue, workers: 2, schedulers: 2 });
  if (options.queue === 'redis' && world.redis === null)
    say('no redis-server here: the queue is on PostgreSQL, and its faults are left out');
  let whole = false;
  try {
    const struck: Struck[] = [];
    const confirm = await confirming(world, options.units);
    const owed: Owed[] = [];
    // More than the relay takes in a minute, so that there is always something on its way.
    while (owed.length < offices / 2) owed.push(await confirm(owed.length));
    await until(async () => (await inFlightNow(world)) > 0, FIRST_SWEEP_MS);
    for (let round = 0; round < rounds; round += 1) {
      for (const fault of shuffled(faults, dice)) {
        const strike = fault.strike(world, dice);
        if (strike === null) {
          say(`left out, as there is no such part here: ${fault.name}`);
          continue;
        }
        if (owed.length < offices) owed.push(await confirm(owed.length));
        await wait(options.calmMs + dice(1_500));
        const inFlight = fault.ambiguous ? await inFlightNow(world) : 0;
        const from = Date.now();
        await strike();
        struck.push({ name: fault.name, from, to: Date.now(), inFlight });
        say(`${((Date.now() - from) / 1_000).toFixed(1).padStart(5)} s  ${fault.name} (${inFlight} in flight)`);
      }
    }
    while (owed.length < offices) owed.push(await confirm(owed.length));
    await recovered(world, owed, options.patienceMs);
    const verdict = judge(await world.accepted(), owed, struck, await ledgerSays(world));
    const stops = await Promise.all([...world.workers, ...world.schedulers].map((each) => each.stop()));
    whole = verdict.faults.length === 0;
    return { ...verdict, stops };
  } finally {
    if (whole) await world.end();
    else {
      say(`what the processes said is kept in ${join(world.dir, 'crew.log')}`);
      await Promise.all([...world.workers, ...world.schedulers].map((each) => each.kill()));
    }
  }
}

/** Confirms the batch of one office, asking again for as long as the ledger is away. */
export async function confirming(world: World, units: number): Promise<(number: number) => Promise<Owed>> {
  const read = await readConfiguration(world.configDir);
  if (!read.ok) throw new Error(read.errors.map(({ message }) => message).join('\n'));
  const configuration = { current: () => read.value };
  return async (number) => {
    const batch = batchOf(number, units, world.today);
    const office = read.value.offices.get(batch.office);
    if (office === undefined) throw new Error(`no office ${batch.office}`);
    for (;;) {
      try {
        const ledger = await openLedgerAt(world.postgres.url(), configuration, openLog('silent'));
        try {
          const since = Date.now();
          await confirmMaterial(ledger, batch, office, since, 'storm');
          return { ...batch, since };
        } finally {
          await ledger.close();
        }
      } catch {
        await wait(200);
      }
    }
  };
}

async function inFlightNow(world: World): Promise<number> {
  const rows = await world.postgres
    .query<{ count: number }>(`SELECT count(*)::int AS count FROM cuiban.message WHERE status = 'sending'`)
    .catch(() => []);
  return rows[0]?.count ?? 0;
}

export interface LedgerSays {
  readonly address: string;
  readonly status: string;
  /** Seconds until it is owed again; null where it is not. */
  readonly again: number | null;
}

export async function ledgerSays(world: World): Promise<readonly LedgerSays[]> {
  return world.postgres.query<LedgerSays>(
    `SELECT address, status, extract(epoch FROM owed_at - clock_timestamp())::int AS again FROM cuiban.message WHERE status <> 'cancelled'`,
  );
}

/** Resolves when nothing is on its way any more, or patience ends. What is owed at a stated later time is not waited for beyond it. */
export async function recovered(world: World, owed: readonly Owed[], patienceMs: number): Promise<void> {
  const expected = owed.reduce((sum, { mailboxes, mobiles }) => sum + mailboxes.length + mobiles.length, 0);
  const ends = Date.now() + patienceMs;
  while (Date.now() < ends) {
    const says = await ledgerSays(world).catch(() => null);
    const busy = says?.filter(
      ({ status, again }) => status === 'sending' || (again !== null && again * 1_000 < ends - Date.now()),
    );
    if (says !== null && says.length >= expected && busy?.length === 0) return;
    await wait(500);
  }
}

async function until(holds: () => Promise<boolean>, patienceMs: number): Promise<void> {
  const ends = Date.now() + patienceMs;
  while (Date.now() < ends && !(await holds())) await wait(50);
}

/** Numbers from a seed: mulberry32. */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  return (sides) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

export function shuffled<T>(list: readonly T[], dice: Dice): readonly T[] {
  return list
    .map((each) => [dice(2 ** 31), each] as const)
    .toSorted(([one], [other]) => one - other)
    .map(([, each]) => each);
}

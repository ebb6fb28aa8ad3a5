// How fast all workers together may send: the ledger's reservations against a naive count.

import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { Provider } from '../../src/domain/provider.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { at, open } from './cast.ts';

const relay: Provider = { name: 'smtp://relay.example:587', channel: 'email', rate: { perSecond: 2, burst: 3 }, connections: 2 };

let database: TestDatabase;
let ledger: Ledger;
let other: Ledger;
let hand: pg.Client;

beforeAll(async () => {
  database = await testDatabase('ledger_limit');
  ledger = await open(database.url);
  other = await open(database.url);
  await ledger.migrate();
  hand = new pg.Client({ connectionString: database.url });
  await hand.connect();
  // The database's clock stands, and is moved by hand.
  await database.query('CREATE TABLE public.hand (at timestamptz NOT NULL)');
  await database.query(`INSERT INTO public.hand VALUES ('2022-08-01T01:00:00Z')`);
  await database.query(
    `CREATE OR REPLACE FUNCTION cuiban.clock() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE AS 'SELECT at FROM public.hand'`,
  );
});

afterAll(async () => {
  await ledger.close();
  await other.close();
  await hand.end();
  await database.drop();
});

beforeEach(async () => {
  await hand.query('TRUNCATE cuiban.provider, cuiban.connection_slot');
});

const pass = (ms: number): Promise<unknown> => hand.query(`UPDATE public.hand SET at = at + $1 * interval '1 millisecond'`, [ms]);

/** Sends so closely after one another that their window holds more than burst + rate × window. */
function lumps(sends: readonly number[], { perSecond, burst }: { perSecond: number; burst: number }): readonly number[] {
  const sorted = sends.toSorted((one, two) => one - two);
  return sorted.flatMap((from, first) =>
    sorted.slice(first).flatMap((to, more) => (more + 1 > burst + (perSecond * (to - from)) / 1_000 + 1e-6 ? [to] : [])),
  );
}

async function rate(): Promise<number | null> {
  return (await ledger.providers(at('2022-08-01')))[0]?.rate ?? null;
}

describe('reservations', () => {
  it('never let more go than burst + rate × time, however many workers ask, are late within the grace, pause or die', async () => {
    const steps = fc.array(
      fc.record({
        wait: fc.integer({ min: 0, max: 4_000 }),
        count: fc.integer({ min: 1, max: 8 }),
        // of its grace; null: the worker died and sends nothing
        late: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      }),
      { minLength: 5, maxLength: 15 },
    );
    const rates = fc.record({ perSecond: fc.constantFrom(0.5, 2, 10, 100), burst: fc.constantFrom(1, 2, 5, 20) });
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(steps, rates, async (story, limit) => {
        await hand.query('DELETE FROM cuiban.provider');
        const provider = { ...relay, rate: limit };
        const sends: number[] = [];
        let now = 0;
        for (const [n, { wait, count, late }] of story.entries()) {
          await pass(wait);
          now += wait;
          const { waits, graceMs } = await (n % 2 === 0 ? ledger : other).reserve(provider, count);
          if (late !== null) for (const ms of waits ?? []) sends.push(now + ms + late * graceMs);
        }
        sent += sends.length;
        expect(lumps(sends, limit)).toEqual([]);
      }),
      { numRuns: 20 },
    );
    expect(sent).toBeGreaterThan(150);
  });

  it('of two workers at the same moment never overlap', async () => {
    await ledger.provide({ ...relay, rate: { perSecond: 10, burst: 1 } });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? ledger : other).reserve(relay, 3)));
    const waits = answers.flatMap(({ waits: own }) => own ?? []).toSorted((one, two) => one - two);
    // spaced by a tenth of a second and the grace of another tenth in which each may be late, ten seconds ahead
    expect(waits).toHaveLength(51);
    for (const [n, ms] of waits.entries()) expect(ms).toBeCloseTo(n * 200, 3);
  });

  it('use the rate to the full where a burst is allowed', async () => {
    const provider = { ...relay, rate: { perSecond: 10, burst: 10 } };
    let given = 0;
    for (let second = 0; second < 60; second += 1) {
      given += (await ledger.reserve(provider, 50)).waits?.length ?? 0;
      await pass(1_000);
    }
    expect(given).toBeGreaterThanOrEqual(590);
  });

  it('reach ten seconds ahead, and say when to ask again', async () => {
    const slow = { ...relay, rate: { perSecond: 1 / 60, burst: 1 } };
    expect((await ledger.reserve(slow, 5)).waits).toEqual([0]);
    const { waits, againMs } = await ledger.reserve(slow, 5);
    expect(waits).toEqual([]);
    await pass(againMs);
    expect((await ledger.reserve(slow, 5)).waits).toHaveLength(1);
  });

  it('go on soon after the clock of the database was set back by an hour', async () => {
    await ledger.reserve(relay, 8);
    await pass(-3_600_000);
    const { againMs } = await ledger.reserve(relay, 1);
    expect(againMs).toBeLessThan(5_000);
    await pass(13_000);
    expect((await ledger.reserve(relay, 1)).waits).toEqual([0]);
  });

  it('are not needed where there is no limit, and lock nothing there', async () => {
    const free = { ...relay, rate: null };
    await ledger.provide(free);
    const before = await database.query('SELECT xmin::text FROM cuiban.provider');
    expect((await ledger.reserve(free, 5)).waits).toBeNull();
    expect((await database.query('SELECT xmin::text FROM cuiban.provider')).rows).toEqual(before.rows);
  });
});

describe('“too fast”', () => {
  const now = at('2022-08-01');

  it('halves the rate for everybody, once however many hear it, and climbs back in ten minutes', async () => {
    const provider = { ...relay, rate: { perSecond: 10, burst: 10 } };
    await ledger.provide(provider);
    await Promise.all([ledger.tooFast(provider, now), other.tooFast(provider, now), ledger.tooFast(provider, now)]);
    expect(await ledger.providers(now)).toMatchObject([{ rate: 5, configured: 10, throttled: 3 }]);
    const climb: (number | null)[] = [];
    for (let minutes = 0; minutes < 12; minutes += 2) {
      await pass(120_000);
      await other.reserve(provider, 1);
      climb.push(await rate());
    }
    expect(climb).toEqual([6, 7, 8, 9, 10, 10]);
  });

  it('halves again when it is said again, and stops at one a minute', async () => {
    const provider = { ...relay, rate: { perSecond: 0.1, burst: 1 } };
    await ledger.provide(provider);
    const seen: (number | null)[] = [];
    for (let times = 0; times < 4; times += 1) {
      await ledger.tooFast(provider, now);
      seen.push(await rate());
      await pass(10_000);
    }
    expect(seen).toEqual([0.05, 0.025, 1 / 60, 1 / 60]);
  });

  it('puts a limit on a provider that has none, until it has climbed back', async () => {
    const free = { ...relay, rate: null };
    await ledger.provide(free);
    await ledger.tooFast(free, now);
    const slowed = await rate();
    expect(slowed).toBeGreaterThan(0);
    expect((await other.reserve(free, 1)).waits).toHaveLength(1);
    await pass(20 * 60_000);
    expect((await other.reserve(free, 1)).waits).toBeNull();
    expect(await rate()).toBeNull();
  });

  it('outlives a restart, not a change of the rate', async () => {
    await ledger.provide(relay);
    await ledger.tooFast(relay, now);
    await other.provide(relay);
    expect(await rate()).toBe(1);
    await other.provide({ ...relay, rate: { perSecond: 4, burst: 1 } });
    expect(await rate()).toBe(4);
  });
});

describe('shared connections', () => {
  it('are never more than stated, whoever asks at once', async () => {
    const asked = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        (n % 2 === 0 ? ledger : other).takeConnection(relay, `00000000-0000-4000-8000-0000000000${10 + n}`, 30_000),
      ),
    );
    expect(asked.filter(Boolean).length).toBeLessThanOrEqual(2);
    const { rows } = await database.query('SELECT slot FROM cuiban.connection_slot ORDER BY slot');
    expect(rows.length).toBe(asked.filter(Boolean).length);
  });

  it('are free again when they are given back, and when their holder has been silent for the lease', async () => {
    const [one, two, three] = [1, 2, 3].map((n) => `00000000-0000-4000-8000-00000000000${n}`);
    if (one === undefined || two === undefined || three === undefined) return;
    expect(await ledger.takeConnection(relay, one, 30_000)).toBe(true);
    expect(await ledger.takeConnection(relay, two, 30_000)).toBe(true);
    expect(await other.takeConnection(relay, three, 30_000)).toBe(false);
    await ledger.giveBackConnection(one);
    expect(await other.takeConnection(relay, three, 30_000)).toBe(true);
    await pass(20_000);
    expect(await other.keepConnection(three, 30_000)).toBe(true);
    await pass(20_000);
    expect(await ledger.keepConnection(two, 30_000)).toBe(false);
    expect(await ledger.takeConnection(relay, one, 30_000)).toBe(true);
    expect(await ledger.providers(at('2022-08-01'))).toEqual([]);
  });
});

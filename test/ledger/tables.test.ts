// The tables that change most stay small: updates find room beside the row they replace, and vacuum comes early.

import { afterAll, beforeAll, expect, it } from 'vitest';

import type { Ledger, TableState } from '../../src/ledger/ledger.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { at, confirmation, directory, duty, open, sendAll, tell, unit } from './cast.ts';

let database: TestDatabase;
let ledger: Ledger;

beforeAll(async () => {
  database = await testDatabase('ledger_tables');
  ledger = await open(database.url);
  await ledger.migrate();
});

afterAll(async () => {
  await ledger.close();
  await database.drop();
});

async function table(name: string): Promise<TableState> {
  // what other connections have not reported yet
  await database.query('SELECT pg_stat_force_next_flush()');
  const found = (await ledger.tables()).find((each) => each.name === `cuiban.${name}`);
  if (found === undefined) throw new Error(`no table ${name}`);
  return found;
}

async function bytes(name: string): Promise<number> {
  const { rows } = await database.query('SELECT pg_relation_size($1::regclass)::int AS bytes', [`cuiban.${name}`]);
  return Number(rows[0]?.['bytes']);
}

it('are vacuumed after a fiftieth has changed', async () => {
  const { rows } = await database.query(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'cuiban'::regnamespace
        AND reloptions::text LIKE '%autovacuum_vacuum_scale_factor=0.02%' ORDER BY 1`,
  );
  expect(rows.map(({ name }) => name)).toEqual(['assignment', 'message', 'reminder']);
});

it('tell how large they are and what is dead in them', async () => {
  expect(await table('message')).toMatchObject({ bytes: expect.any(Number), dead: expect.any(Number) });
});

it('do not grow while days of sending come and go, when they are vacuumed between', async () => {
  const units = Array.from({ length: 40 }, (_, n) => unit(`u${n}`, `单位${n}`));
  const duties = units.map(({ id }) => duty('a', id, '2022-12-31'));
  await ledger.confirm(confirmation(duties, { directory: { ...directory, units: [...directory.units, ...units] } }));
  const names = ['message', 'reminder', 'assignment'];
  const sizes: number[][] = [];
  for (let day = 1; day <= 12; day += 1) {
    const now = at(`2022-09-${String(day).padStart(2, '0')}`, '09:00');
    const next = at(`2022-09-${String(day + 1).padStart(2, '0')}`, '09:00');
    await ledger.sweep(now, 1_000, tell(`d-${day}`, now, {}, { nextAt: next }));
    await sendAll(ledger, now);
    // what is due over and over: retries, leases that ended, looks without a word
    for (let churn = 0; churn < 5; churn += 1) await database.query('UPDATE cuiban.message SET owed_at = NULL, queued_at = NULL');
    for (const name of names) await database.query(`VACUUM cuiban.${name}`);
    sizes.push(await Promise.all(names.map(bytes)));
  }
  const { live, dead } = await table('message');
  expect(live).toBeGreaterThan(200);
  expect(dead).toBeLessThan(live / 10);
  // what is told of a reminder mostly leaves its indexes alone, though here all of a day is told in one statement
  const told = await table('reminder');
  expect(told.updated).toBeGreaterThan(300);
  expect(told.updatedInPlace / told.updated).toBeGreaterThan(0.6);
  // 40 messages and reminders come with each day; their dead predecessors, eight times as many, leave no trace
  const [message = 0, reminder = 0, assignment = 0] = sizes.at(-1) ?? [];
  expect(message / live).toBeLessThan(1_500);
  expect(reminder / live).toBeLessThan(1_500);
  expect(assignment).toBe(sizes[2]?.[2]);
});

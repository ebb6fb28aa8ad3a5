// The graph of states is held by the database: no code can lead a message or a reminder elsewhere.

import { afterAll, beforeAll, expect, it } from 'vitest';

import type { DeliveryStatus } from '../../src/domain/delivery.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { at, confirmation, duty, open, tell } from './cast.ts';

let database: TestDatabase;
let ledger: Ledger;

beforeAll(async () => {
  database = await testDatabase('ledger_states');
  ledger = await open(database.url);
  await ledger.migrate();
  await ledger.confirm(confirmation([duty('a', 'edu', '2022-08-31')]));
  await ledger.sweep(at('2022-08-30'), 10, tell('d-1', at('2022-08-30')));
});

afterAll(async () => {
  await ledger.close();
  await database.drop();
});

const MESSAGE: Readonly<Record<DeliveryStatus, readonly DeliveryStatus[]>> = {
  created: ['sending', 'cancelled'],
  'temporary-failure': ['sending', 'cancelled'],
  sending: ['sent', 'temporary-failure', 'permanent-failure', 'unknown', 'cancelled'],
  unknown: ['sending', 'sent', 'delivered', 'permanent-failure'],
  sent: ['delivered', 'permanent-failure'],
  'permanent-failure': ['temporary-failure', 'unknown', 'cancelled'],
  delivered: [],
  cancelled: [],
};

const REMINDER: Readonly<Record<string, readonly string[]>> = {
  planned: ['sent', 'undeliverable', 'merged', 'void'],
  sent: ['undeliverable'],
  undeliverable: ['planned'],
  void: ['planned'],
  merged: [],
};

/** What each state really may become: every pair is tried, past the ledger's own code. */
async function tried(table: string, column: string, states: readonly string[], also = ''): Promise<Record<string, string[]>> {
  const allowed: Record<string, string[]> = {};
  for (const from of states) {
    allowed[from] = [];
    for (const to of states) {
      if (from === to) continue;
      const moved = await database
        .query(
          `DO $$ BEGIN
             ALTER TABLE cuiban.${table} DISABLE TRIGGER USER;
             UPDATE cuiban.${table} SET ${column} = '${from}' ${also.replaceAll('?', from)};
             ALTER TABLE cuiban.${table} ENABLE TRIGGER USER;
             UPDATE cuiban.${table} SET ${column} = '${to}' ${also.replaceAll('?', to)};
           END $$`,
        )
        .then(
          () => true,
          (error: unknown) => {
            if (!String(error).includes('may not become')) throw error;
            return false;
          },
        );
      if (moved) allowed[from].push(to);
    }
  }
  return allowed;
}

const sorted = (graph: Readonly<Record<string, readonly string[]>>): object =>
  Object.fromEntries(Object.entries(graph).map(([from, to]) => [from, to.toSorted()]));

it('a message moves along the declared graph and nowhere else', async () => {
  const lease = ", lease_until = CASE WHEN '?' = 'sending' THEN now() END";
  expect(sorted(await tried('message', 'status', Object.keys(MESSAGE), lease))).toEqual(sorted(MESSAGE));
});

it('a reminder moves along the declared graph and nowhere else', async () => {
  expect(sorted(await tried('reminder', 'state', Object.keys(REMINDER)))).toEqual(sorted(REMINDER));
});

it('the latest time that was noted only grows, until a person has said that it was wrong', async () => {
  expect((await ledger.clocks()).mark).toBeNull();
  await ledger.markTime(at('2022-08-30'));
  await ledger.markTime(at('2022-08-01'));
  expect((await ledger.clocks()).mark).toBe(at('2022-08-30'));
  await ledger.markTime(at('2022-08-01'), 'reset');
  expect((await ledger.clocks()).mark).toBe(at('2022-08-01'));
  const { server } = await ledger.clocks();
  expect(Math.abs(server - Date.now())).toBeLessThan(60_000);
});

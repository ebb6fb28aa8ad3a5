// A server of one's own that takes no writes: nothing is sent, somebody is told, and it goes on by itself.

import pg from 'pg';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';

import { WriteGuard } from '../src/app-writing.ts';
import { readiness } from '../src/console/ready.ts';
import type { Ledger } from '../src/ledger/ledger.ts';
import { at, duty, openWork, type Work } from './jobs/cast.ts';

const morning = at('2022-08-01');

let work: Work;
let guard: WriteGuard;
let ledger: Ledger;
let said: string[];

beforeEach(async () => {
  work = await openWork('app_writing');
  said = [];
  const say = (_facts: object, text: string): void => void said.push(text);
  guard = new WriteGuard({ error: say, info: say });
  ledger = guard.watched(work.ledger);
});

afterEach(async () => {
  guard.close();
  await work.close();
});

/** As after a failover to a copy, or on a server whose disk is full: it answers, and takes no write. */
async function readOnly(on: boolean): Promise<void> {
  const { pathname } = new URL(work.database.url);
  const admin = new pg.Client({ connectionString: inject('postgresUrl') });
  await admin.connect();
  await admin.query(`ALTER DATABASE "${pathname.slice(1)}" SET default_transaction_read_only = ${on ? 'on' : 'off'}`);
  await admin.end();
  await work.database.cutConnections();
}

it('nothing is claimed from the first refusal on, and all of it when a write is taken again', async () => {
  await work.confirm([duty('a', 'edu', '2022-09-30')], morning);
  await work.sweep(morning);
  const ids = (await work.rows('SELECT id::text FROM cuiban.message')).map(({ id }) => String(id));
  await readOnly(true);
  await expect(ledger.claim(ids, morning, 'w1', 60_000)).rejects.toThrow('read-only');
  expect(guard.writable).toBe(false);
  expect(await ledger.claim(ids, morning, 'w1', 60_000)).toEqual([]);
  expect(await work.ledger.unwritable()).toBe('25006');
  await guard.ask(work.ledger);
  expect(guard.writable).toBe(false);
  expect(await work.ledger.health(morning)).toMatchObject({ due: { count: 0 }, queued: { count: 1 } });
  await readOnly(false);
  await guard.ask(work.ledger);
  expect(guard.writable).toBe(true);
  expect(await ledger.claim(ids, morning, 'w1', 60_000)).toHaveLength(1);
  expect(said).toEqual([
    'the ledger takes no writes: nothing is sent until it does',
    'the ledger takes writes again: sending goes on',
  ]);
});

it.each([
  ['53100', false],
  ['53200', false],
  ['25006', false],
  ['40P01', true],
  ['57P01', true],
] as const)('after SQLSTATE %s of any verb it is writable: %s', async (code, writable) => {
  const error = Object.assign(new pg.DatabaseError('could not extend file: No space left on device', 0, 'error'), { code });
  const full = guard.watched({ ...work.ledger, settle: () => Promise.reject(error) });
  await expect(full.settle([], morning)).rejects.toThrow('No space left');
  expect(guard.writable).toBe(writable);
  const ready = await readiness({
    roles: ['worker'],
    health: () => work.ledger.health(morning),
    pending: () => Promise.resolve([]),
    queue: () => Promise.resolve({ text: '', waited: {} }),
    jobs: [],
    writable: () => guard.writable,
    runs: () => [],
    lastEnd: () => 0,
    now: () => morning,
    monotonic: () => 0,
    leaseMs: 60_000,
  });
  expect(ready.checks['writing']).toBe(writable ? null : 'the ledger takes no writes');
});

// A COMMIT that the server carried out and whose reply was lost on the way: whoever asked cannot know, asks again, and nothing is there twice.

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { LedgerRefusal, type Ledger } from '../../src/ledger/ledger.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { answer, at, confirmation, duty, open, tell } from './cast.ts';

const now = at('2022-08-01');
const target = { schedule: 'ruicheng-2022', ref: 'a', unit: '县教育局', due: null } as const;

let database: TestDatabase;
let ledger: Ledger;
let server: Server;
let armed: boolean;
const sockets = new Set<Socket>();

/** The line breaks as soon as the server answers the next COMMIT: the answer is not passed on. */
function loseNextCommit(): void {
  armed = true;
}

beforeEach(async () => {
  database = await testDatabase('ledger_commits');
  armed = false;
  const { hostname, port } = new URL(database.url);
  server = createServer((near) => {
    const far = connect(Number(port), hostname);
    let losing = false;
    for (const each of [near, far]) {
      sockets.add(each);
      each.on('error', () => undefined);
      each.on('close', () => {
        near.destroy();
        far.destroy();
      });
    }
    near.on('data', (bytes) => {
      if (armed && bytes.includes('COMMIT\0')) {
        armed = false;
        losing = true;
      }
      far.write(bytes);
    });
    far.on('data', (bytes) => (losing ? near.destroy() : near.write(bytes)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const through = new URL(database.url);
  through.hostname = '127.0.0.1';
  through.port = String((server.address() as AddressInfo).port);
  ledger = await open(through.href);
});

afterEach(async () => {
  await ledger.close();
  for (const socket of sockets) socket.destroy();
  server.close();
  await database.drop();
});

async function count(text: string): Promise<number> {
  return Number(Object.values((await database.query(`SELECT count(*) FROM ${text}`)).rows[0] ?? {})[0]);
}

async function lost(verb: () => Promise<unknown>): Promise<void> {
  loseNextCommit();
  await expect(verb()).rejects.toThrow(/terminated|ECONNRESET|closed/u);
  expect(armed, 'the commit went through the line').toBe(false);
}

it('a confirmation is there once, and asked again says that nothing changed', async () => {
  const confirm = (): Promise<boolean> => ledger.confirm(confirmation([duty('a', 'edu', '2022-08-31')]));
  await lost(confirm);
  expect(await confirm()).toBe(false);
  expect(await count('cuiban.assignment')).toBe(1);
  expect(await count('cuiban.history')).toBe(1);
});

it('a sweep has planned once, and the next finds nothing to do', async () => {
  await ledger.confirm(confirmation([duty('a', 'edu', '2022-08-31')]));
  const sweep = (): Promise<unknown> => ledger.sweep(now, 10, tell('assigned', now));
  await lost(sweep);
  expect(await sweep()).toEqual({ looked: 0, reminders: 0, suppressions: 0 });
  expect([await count('cuiban.reminder'), await count('cuiban.message')]).toEqual([1, 1]);
});

it('what a dispatch had handed over is handed over again when nobody claims it, and claimed once', async () => {
  await ledger.confirm(confirmation([duty('a', 'edu', '2022-08-31')]));
  await ledger.sweep(now, 10, tell('assigned', now));
  await lost(() => ledger.dispatch(now, 10));
  expect((await ledger.dispatch(now, 10)).messages).toEqual([]);
  expect(await ledger.reconcile(now, 0)).toMatchObject({ requeued: 1 });
  const { messages } = await ledger.dispatch(now, 10);
  const ids = messages.map(({ id }) => id);
  expect(ids).toHaveLength(1);
  expect(await ledger.claim(ids, now, 'w1', 60_000)).toHaveLength(1);
  expect(await ledger.claim(ids, now, 'w2', 60_000)).toEqual([]);
});

it('a completion is on record once, and asked again says that it is done', async () => {
  await ledger.confirm(confirmation([duty('a', 'edu', '2022-08-31')]));
  const complete = (): Promise<unknown> => ledger.complete(target, { ...answer(now), evidence: null });
  await lost(complete);
  await expect(complete()).rejects.toThrow(LedgerRefusal);
  expect(await count("cuiban.history WHERE to_status = 'completed'")).toBe(1);
});

it('an extension moves the deadline once, and asked again says where it stands', async () => {
  await ledger.confirm(confirmation([duty('a', 'edu', '2022-08-31')]));
  const extend = (): Promise<unknown> =>
    ledger.extend(target, '2022-09-15', { ...answer(now), approvedBy: '分管副县长', number: '芮政办函〔2022〕9号' });
  await lost(extend);
  await expect(extend()).rejects.toThrow('时限已是2022-09-15');
  expect((await database.query('SELECT sequence FROM cuiban.assignment')).rows).toEqual([{ sequence: 1 }]);
  expect(await count("cuiban.history WHERE to_due = '2022-09-15'")).toBe(1);
});

it('a hold and its release are there once', async () => {
  await ledger.confirm(confirmation([duty('a', 'edu', '2022-08-31')]));
  const hold = (): Promise<void> => ledger.hold({ office: null, reason: 'operator', detail: '核对', by: '王芳', at: now });
  await lost(hold);
  await hold();
  expect([await count('cuiban.hold'), await count("cuiban.problem WHERE kind = 'held'")]).toEqual([1, 1]);
  const release = (): Promise<number> => ledger.release({ office: null, reason: null, by: '王芳', at: now });
  await lost(release);
  expect(await release()).toBe(0);
  expect(await ledger.holds()).toEqual([]);
});

it('a person’s second try for a message is one', async () => {
  await ledger.confirm(confirmation([duty('a', 'edu', '2022-08-31')]));
  await ledger.sweep(now, 10, tell('assigned', now));
  await database.query("UPDATE cuiban.message SET status = 'sending', lease_until = now(), owed_at = NULL");
  await database.query("UPDATE cuiban.message SET status = 'permanent-failure', lease_until = NULL");
  await database.query("UPDATE cuiban.reminder SET state = 'undeliverable'");
  const [row] = (await database.query('SELECT id::text FROM cuiban.message')).rows;
  const retry = (): Promise<unknown> => ledger.retry([String(row?.['id'])], answer(now));
  await lost(retry);
  expect(await retry()).toMatchObject([{ from: 'temporary-failure', to: 'temporary-failure' }]);
  const { messages } = await ledger.dispatch(now, 10);
  expect(messages).toHaveLength(1);
});

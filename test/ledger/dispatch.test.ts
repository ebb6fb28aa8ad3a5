// What is handed over when: whose turn it is, how much at once, and what becomes of it when the queue forgets.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Office } from '../../src/domain/office.ts';
import { openLedger } from '../../src/ledger/index.ts';
import type { HandedOver, Ledger } from '../../src/ledger/ledger.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { at, calendar, confirmation, duty, office, open, tell } from './cast.ts';

const now = at('2022-08-01', '09:00');
const wanrong: Office = { ...office, id: 'wanrong', name: '万荣县人民政府办公室' };

let database: TestDatabase;
let ledger: Ledger;

beforeEach(async () => {
  database = await testDatabase('ledger_dispatch');
  ledger = await openLedger({
    url: database.url,
    poolSize: 4,
    offices: () => new Map([office, wanrong].map((each) => [each.id, each])),
    calendar: () => calendar,
  });
  await ledger.migrate();
  await database.query(
    `INSERT INTO cuiban.office (id, settings, supervisor, updated_at)
     SELECT id, '{"hours":{"zone":"Asia/Shanghai"}}', 'office', now() FROM unnest('{ruicheng,wanrong}'::text[]) AS id`,
  );
});

afterEach(async () => {
  await ledger.close();
  await database.drop();
});

/** So many messages of one office are due, as a planner would have left them. */
async function due(of: string, count: number, extra: { channel?: string; urgent?: boolean; when?: number } = {}): Promise<void> {
  const { channel = 'email', urgent = false, when = now } = extra;
  await database.query(
    `INSERT INTO cuiban.message (office_id, channel, address, to_unit, to_post, to_name, day, slot, urgent, owed_at, created_at)
     SELECT $1, $2, md5(random()::text) || '@' || $1 || '.example', 'edu', '联络员', '王芳', '2022-08-01', 1, $3, cuiban.instant($4), cuiban.instant($4)
       FROM generate_series(1, $5)`,
    [of, channel, urgent, when, count],
  );
}

const officesOf = async (messages: readonly HandedOver[]): Promise<readonly string[]> => {
  const { rows } = await database.query(
    `SELECT m.office_id AS office FROM unnest($1::uuid[]) WITH ORDINALITY AS u(id, n) JOIN cuiban.message m ON m.id = u.id ORDER BY u.n`,
    [messages.map(({ id }) => id)],
  );
  return rows.map((row) => String(row['office']));
};

async function outstanding(): Promise<number> {
  const { rows } = await database.query('SELECT count(*)::int AS n FROM cuiban.message WHERE queued_at IS NOT NULL');
  return Number(rows[0]?.['n']);
}

/** Workers took so many of them. */
async function claimed(count: number): Promise<void> {
  const { rows } = await database.query(
    `UPDATE cuiban.message SET queued_at = NULL, owed_at = NULL, status = 'sending', lease_until = now()
      WHERE id IN (SELECT id FROM cuiban.message WHERE queued_at IS NOT NULL ORDER BY queued_at, id LIMIT $1) RETURNING id`,
    [count],
  );
  await database.query(`UPDATE cuiban.message SET status = 'sent', lease_until = NULL WHERE id = ANY($1::uuid[])`, [
    rows.map(({ id }) => id),
  ]);
}

describe('what is handed over', () => {
  it('takes offices by turns: the ten of 万荣县 are in the first chunk beside those of 芮城县 with its six thousand', async () => {
    await due('ruicheng', 6_000);
    await due('wanrong', 10);
    const { messages } = await ledger.dispatch(now, 10_000);
    const [first] = messages;
    const offices = await officesOf(messages.filter(({ chunk }) => chunk === first?.chunk));
    expect(offices.filter((each) => each === 'wanrong')).toHaveLength(10);
  });

  it('is never more than workers soon drain, and is filled up when little is left', async () => {
    await due('ruicheng', 9_000);
    expect((await ledger.dispatch(now, 10_000)).messages).toHaveLength(4_000);
    expect((await ledger.dispatch(now, 10_000)).messages).toEqual([]);
    expect((await ledger.refill('email', now, 10_000)).messages).toEqual([]);
    await claimed(2_001);
    const together = await Promise.all([
      ledger.refill('email', now, 10_000),
      ledger.refill('email', now, 10_000),
      ledger.refill('email', now, 10_000),
    ]);
    expect(together.map(({ messages }) => messages.length).toSorted((one, other) => one - other)).toEqual([0, 0, 2_001]);
    expect(await outstanding()).toBe(4_000);
  });

  it('lets urgent ones and a small office pass a queue that is full', async () => {
    await due('ruicheng', 5_000);
    await ledger.dispatch(now, 10_000);
    await due('wanrong', 10);
    await due('ruicheng', 3, { urgent: true });
    await due('ruicheng', 2, { channel: 'sms' });
    const { messages } = await ledger.dispatch(now, 10_000);
    expect(messages.map(({ priority, channel }) => `${priority} ${channel}`)).toEqual([
      ...Array.from({ length: 3 }, () => '1 email'),
      ...Array.from({ length: 10 }, () => '2 email'),
      ...Array.from({ length: 2 }, () => '2 sms'),
    ]);
  });

  it('hands over no more to a provider with a rate than it takes in half a minute, in chunks of five seconds', async () => {
    await database.query(
      `INSERT INTO cuiban.provider (name, channel, configured, rate, seen_at) VALUES ('smtp://relay.example:587', 'email', 0.5, 0.5, now())`,
    );
    await due('ruicheng', 100);
    await due('ruicheng', 100, { channel: 'sms' });
    const { messages } = await ledger.dispatch(now, 10_000);
    const mails = messages.filter(({ channel }) => channel === 'email');
    expect([mails.length, new Set(mails.map(({ chunk }) => chunk)).size]).toEqual([15, 5]);
    expect(messages.filter(({ channel }) => channel === 'sms')).toHaveLength(100);
  });

  it('is nothing while an office is closed, whoever asks', async () => {
    await due('ruicheng', 10);
    expect((await ledger.refill('email', at('2022-08-01', '20:00'), 100)).messages).toEqual([]);
    expect(await outstanding()).toBe(0);
  });

  it('passes over an office that is held', async () => {
    await due('ruicheng', 10);
    await due('wanrong', 10);
    await ledger.hold({ office: 'ruicheng', reason: 'operator', detail: '', by: '王芳', at: now });
    const { messages } = await ledger.dispatch(now, 100);
    expect(new Set(await officesOf(messages))).toEqual(new Set(['wanrong']));
  });

  it('is given again under the same names as long as nobody has claimed it', async () => {
    await due('ruicheng', 60);
    const { messages } = await ledger.dispatch(now, 100);
    expect(await ledger.handedOver(60_000)).toEqual([]);
    await claimed(50);
    const again = await ledger.handedOver(0);
    expect(again).toHaveLength(10);
    expect(messages.map(({ chunk }) => chunk)).toEqual(expect.arrayContaining(again.map(({ chunk }) => chunk)));
  });
});

describe('a look', () => {
  it('reads the directories of the offices it meets, once, and none when nothing is due', async () => {
    const own = await open(database.url);
    await own.confirm(confirmation([duty('a', 'edu', '2022-08-31'), duty('b', 'fin', '2022-08-31')]));
    const known = new Map();
    await own.sweep(at('2022-07-31'), 1, tell('assigned', now), known);
    expect(known.size).toBe(0);
    const units: unknown[] = [];
    await own.sweep(
      now,
      1,
      (assignment, _, directory) => {
        units.push(directory);
        return tell('assigned', now)(assignment);
      },
      known,
    );
    await own.sweep(
      now,
      1,
      (assignment, _, directory) => {
        units.push(directory);
        return tell('assigned', now)(assignment);
      },
      known,
    );
    expect([...known.keys()]).toEqual(['ruicheng']);
    expect(units).toEqual([known.get('ruicheng'), known.get('ruicheng')]);
    await own.close();
  });
});

it('reads next to nothing when nothing is due, however often it looks', async () => {
  await due('ruicheng', 5_000, { when: now + 3_600_000 });
  await database.query('ANALYZE cuiban.message');
  await database.query('SELECT pg_stat_reset()');
  const looking = await openLedger({
    url: database.url,
    poolSize: 1,
    offices: () => new Map([[office.id, office]]),
    calendar: () => calendar,
  });
  // The server keeps a plan from the sixth time on.
  for (let n = 0; n < 20; n += 1) await looking.dispatch(now, 100);
  // A connection's figures are there when it has ended.
  await looking.close();
  const read = `SELECT (seq_tup_read + idx_tup_fetch)::int AS rows FROM pg_stat_user_tables WHERE schemaname = 'cuiban' AND relname = 'message'`;
  const gone = `SELECT count(*)::int AS rows FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'cuiban-ledger'`;
  while (Number((await database.query(gone)).rows[0]?.['rows']) > 0);
  expect(Number((await database.query(read)).rows[0]?.['rows'])).toBeLessThan(500);
});

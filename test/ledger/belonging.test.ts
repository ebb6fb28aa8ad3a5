// What hangs on an assignment or a message is checked as a set, by triggers, and what it hangs on can't go away.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Ledger } from '../../src/ledger/ledger.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { at, confirmation, duty, open, tell } from './cast.ts';

let database: TestDatabase;
let ledger: Ledger;

beforeAll(async () => {
  database = await testDatabase('ledger_belonging');
  ledger = await open(database.url);
  await ledger.migrate();
  await ledger.confirm(confirmation([duty('a', 'edu', '2022-08-31')]));
  await ledger.sweep(at('2022-08-30'), 10, tell('d-1', at('2022-08-30')));
});

afterAll(async () => {
  await ledger.close();
  await database.drop();
});

const NOBODY = '00000000-0000-4000-8000-000000000000';

async function columnsOf(table: string): Promise<string[]> {
  const { rows } = await database.query(
    `SELECT column_name AS name FROM information_schema.columns
      WHERE table_schema = 'cuiban' AND table_name = '${table}' AND is_identity = 'NO' ORDER BY ordinal_position`,
  );
  return rows.map(({ name }) => String(name));
}

/** A copy of the first row with something else in one column, and in those that must differ. */
async function copied(table: string, change: Readonly<Record<string, string>>): Promise<void> {
  const columns = await columnsOf(table);
  await database.query(
    `INSERT INTO cuiban.${table} (${columns.join(', ')}) SELECT ${columns.map((name) => change[name] ?? name).join(', ')} FROM cuiban.${table} LIMIT 1`,
  );
}

describe('a row that comes in', () => {
  it.each([
    ['message', { id: 'gen_random_uuid()', slot: '7', office_id: `'nowhere'` }, 'no such office'],
    ['reminder', { stage: `'x'`, assignment_id: '999' }, 'no such assignment'],
    ['reminder', { stage: `'y'`, message_id: `'${NOBODY}'::uuid` }, 'no such message'],
  ] as const)('of table %s belongs to somebody, or is refused: %j', async (table, change, words) => {
    const { [Object.keys(change).at(-1) ?? '']: _wrong, ...right }: Record<string, string> = { ...change };
    await expect(copied(table, change)).rejects.toThrow(words);
    await copied(table, right);
  });

  it('of tables that are empty so far is refused as well', async () => {
    const message = `SELECT id FROM cuiban.message LIMIT 1`;
    const attempt = (of: string): Promise<unknown> =>
      database.query(
        `INSERT INTO cuiban.attempt (office_id, message_id, fence, worker, status, code, detail, claimed_at, settled_at)
         VALUES ('ruicheng', ${of}, 1, '', 'sent', '', '', now(), now())`,
      );
    const body = (of: string): Promise<unknown> =>
      database.query(
        `INSERT INTO cuiban.body (message_id, office_id, revision, hash, subject, text, html) VALUES (${of}, 'ruicheng', 1, '', '', '', '')`,
      );
    const suppression = (of: string): Promise<unknown> =>
      database.query(
        `INSERT INTO cuiban.suppression (office_id, assignment_id, sequence, stage, occurrence, reason, detail, at, recorded_at)
         VALUES ('ruicheng', ${of}, 0, 'd-1', 'once', 'absent', '', now(), now())`,
      );
    await expect(attempt(`'${NOBODY}'`)).rejects.toThrow('no such message');
    await expect(body(`'${NOBODY}'`)).rejects.toThrow('no such message');
    await expect(suppression('999')).rejects.toThrow('no such assignment');
    await attempt(`(${message})`);
    await body(`(${message})`);
    await suppression('(SELECT id FROM cuiban.assignment LIMIT 1)');
  });
});

describe('a row that others belong to', () => {
  it.each(['office', 'assignment', 'message'])('of table %s can neither be deleted nor get another id', async (table) => {
    for (const statement of [
      `DELETE FROM cuiban.${table}`,
      `UPDATE cuiban.${table} SET id = id`,
      `TRUNCATE cuiban.${table} CASCADE`,
    ]) {
      await expect(database.query(statement), statement).rejects.toThrow(
        /only grows|rows that others belong to stay|column "id" can only be updated to DEFAULT/u,
      );
    }
  });
});

describe('a row that is there', () => {
  it.each([
    ['message', 'office_id'],
    ['reminder', 'assignment_id'],
    ['suppression', 'assignment_id'],
    ['attempt', 'message_id'],
    ['body', 'message_id'],
  ])('of table %s stays with its %s', async (table, column) => {
    await expect(database.query(`UPDATE cuiban.${table} SET ${column} = ${column}`)).rejects.toThrow(
      'rows that others belong to stay',
    );
  });

  it('of a reminder moves only to a message that is there', async () => {
    await expect(database.query(`UPDATE cuiban.reminder SET message_id = '${NOBODY}'`)).rejects.toThrow('no such message');
    await database.query('UPDATE cuiban.reminder SET message_id = (SELECT id FROM cuiban.message ORDER BY id LIMIT 1)');
  });
});

import { expect, it } from 'vitest';

import { openPool } from '../../src/ledger/pool.ts';
import { testDatabase } from '../support/postgres.ts';

it('a connection that breaks between two statements fails its transaction, not the process', async () => {
  const database = await testDatabase('ledger_pool');
  const pool = openPool(database.url, 1, 0, { warn: () => undefined, error: () => undefined });
  const uncaught: unknown[] = [];
  process.on('uncaughtException', (error) => uncaught.push(error));
  await expect(
    pool.transaction(async (db) => {
      const { rows } = await db.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await database.query('SELECT pg_terminate_backend($1, 5000)', [rows[0]?.pid]);
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
      await db.query('SELECT 1');
    }),
  ).rejects.toThrow();
  expect(await pool.transaction(async (db) => (await db.query('SELECT 1')).count)).toBe(1);
  expect(uncaught).toEqual([]);
  await pool.close();
  await database.drop();
});

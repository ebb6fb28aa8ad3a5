import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, expect, it } from 'vitest';

import type { Ledger } from '../../src/ledger/ledger.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { open } from './cast.ts';

/** `UPDATE_SCHEMA=1 npx vitest run test/ledger/schema.test.ts` writes the dump anew. */
const dumped = fileURLToPath(new URL('../../src/ledger/schema.sql', import.meta.url));

let database: TestDatabase;
let ledger: Ledger;

beforeAll(async () => {
  database = await testDatabase('ledger_schema', 'none');
  ledger = await open(database.url);
});

afterAll(async () => {
  await ledger.close();
  await database.drop();
});

it('applies every migration once, also when several processes start at the same moment', async () => {
  const others = await Promise.all([1, 2, 3].map(() => open(database.url)));
  const applied = await Promise.all([ledger, ...others].map((each) => each.migrate()));
  await Promise.all(others.map((each) => each.close()));
  const written = await readdir(new URL('../../src/ledger/migrations/', import.meta.url));
  expect(written.length).toBeGreaterThan(6);
  expect(applied.flat()).toEqual(written.map((name) => name.replace(/\.sql$/u, '')).toSorted());
  expect(await ledger.migrate()).toEqual([]);
});

it('ends at the schema that is written down', async () => {
  const text = await dump();
  if (process.env['UPDATE_SCHEMA'] === '1') await writeFile(dumped, text);
  expect(text).toBe(await readFile(dumped, 'utf8'));
});

it('keeps every table by office', async () => {
  const { rows } = await database.query(
    `SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'cuiban'::regnamespace AND c.relkind = 'r' AND c.relname !~ '^kysely'
        AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'office_id') ORDER BY 1`,
  );
  // The office itself, ladders shared by content, the time of the last sweep, which code may work here, those who run it (processes, who
  // is logged in), and the mail server and gateway that all offices share.
  expect(rows.map(({ name }) => name)).toEqual([
    'channel_down',
    'connection_slot',
    'console_session',
    'gate',
    'ladder',
    'office',
    'process',
    'provider',
    'pulse',
  ]);
});

async function dump(): Promise<string> {
  const { rows } = await database.query(`
    WITH tables AS (
      SELECT oid, relname FROM pg_class WHERE relnamespace = 'cuiban'::regnamespace AND relkind = 'r' AND relname !~ '^kysely'),
    lines AS (
      SELECT t.relname, 1 AS part, a.attnum::text AS place,
             '  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
               || CASE a.attidentity WHEN 'a' THEN ' GENERATED ALWAYS AS IDENTITY' ELSE '' END
               || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') AS line
        FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
      UNION ALL
      SELECT t.relname, 2, c.conname, '  CONSTRAINT ' || c.conname || ' ' || pg_get_constraintdef(c.oid)
        FROM tables t JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype <> 'n'
      UNION ALL
      SELECT t.relname, 3, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
        FROM tables t JOIN pg_index i ON i.indrelid = t.oid
       WHERE NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u'))
      UNION ALL
      SELECT t.relname, 4, g.tgname, pg_get_triggerdef(g.oid) FROM tables t JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal)
    SELECT relname AS "table", part, line FROM lines ORDER BY relname, part, length(CASE part WHEN 1 THEN place END), place`);
  const functions = await database.query(
    `SELECT pg_get_functiondef(oid) AS line FROM pg_proc WHERE pronamespace = 'cuiban'::regnamespace ORDER BY proname`,
  );
  const tables = [...new Set(rows.map((row) => String(row['table'])))].map((table) => {
    const own = (...parts: number[]): string[] =>
      rows.filter((row) => row['table'] === table && parts.includes(Number(row['part']))).map((row) => String(row['line']));
    return [`TABLE ${table} (`, own(1, 2).join(',\n'), ');', ...own(3, 4).map((line) => `${line};`)].join('\n');
  });
  const head = '-- What the migrations come to. Written by test/ledger/schema.test.ts, which compares it.';
  const text = [...functions.rows.map(({ line }) => `${String(line).trimEnd()};`), ...tables].join('\n\n');
  // Whether names are qualified hangs on the reader's search path.
  return `${head}\n\n${text.replaceAll('cuiban.', '')}\n`;
}

import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { arrayLiteral, Columns } from '../../src/ledger/columns.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase('ledger_columns');
});

afterAll(() => database.drop());

const NASTY = [
  '',
  'null',
  'NULL',
  '{}',
  '"',
  '\\',
  '\\"',
  "'",
  ',',
  ' a ',
  'a\nb\tc\rd\be\f',
  '\u0001\u001F\u007F',
  '县教育局',
  '𠮷',
  '\\n',
  '\\u0041',
];

it('carries any text that the database can hold, and nothing', async () => {
  const text = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }));
  // The database holds no NUL.
  const texts = fc.array(fc.option(text.map((each) => each.replaceAll('\0', ''))), { maxLength: 400, size: 'max' });
  await fc.assert(
    fc.asyncProperty(texts, async (values) => {
      const { rows } = await database.query('SELECT value FROM unnest($1::text[]) WITH ORDINALITY AS t(value, n) ORDER BY n', [
        arrayLiteral(values),
      ]);
      expect(rows.map(({ value }) => value)).toEqual(values);
    }),
    { numRuns: 15, examples: [[NASTY], [[]], [[null]]] },
  );
});

it('gives every column its own type, and rows their order', async () => {
  const columns = new Columns<{ id: string; on: string | null; at: number; yes: boolean }>({
    id: ['bigint', ({ id }) => id],
    day: ['date', ({ on }) => on],
    at: ['float8', ({ at }) => at],
    yes: ['boolean', ({ yes }) => yes],
  });
  const rows = [
    { id: '9007199254740993', on: '2022-08-31', at: 1_661_907_600_000, yes: true },
    { id: '1', on: null, at: 0.5, yes: false },
  ];
  const found = await database.query(
    `SELECT t.n::int AS n, t.id::text AS id, t.day::text AS "on", t.at, t.yes, ${columns.next}::text AS more FROM ${columns.as('t')} ORDER BY t.n`,
    [...columns.values(rows), 'and more'],
  );
  expect(found.rows).toEqual(rows.map((row, index) => ({ n: index + 1, ...row, more: 'and more' })));
});

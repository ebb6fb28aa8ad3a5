/** Executes the house's rules on the real tree, and proves on small trees that each of them can fail. */
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { realTree, RULES, TABLE, treeOf } from './support/architecture.ts';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
const tree = realTree(root);

describe('the source tree', () => {
  it('is really looked at', () => {
    expect(tree.length).toBeGreaterThan(50);
    expect(tree.flatMap(({ imports }) => imports).length).toBeGreaterThan(200);
  });

  it.each(RULES.map(({ sentence, offences }) => [sentence, offences] as const))('%s', (_sentence, offences) => {
    expect(offences(tree)).toEqual([]);
  });
});

/** A rule is known by the start of its sentence. */
function offencesOf(start: string, files: Readonly<Record<string, string>>): string[] {
  const rules = RULES.filter(({ sentence }) => sentence.startsWith(start));
  expect(
    rules.map(({ sentence }) => sentence),
    'the rule that is meant',
  ).toHaveLength(1);
  return rules[0]?.offences(treeOf(files)) ?? [];
}

const BROKEN: readonly (readonly [rule: string, path: string, text: string, offence: string])[] = [
  ['src/domain is pure', 'src/domain/a.ts', "// 一行\nimport { join } from 'node:path';", 'src/domain/a.ts:2 imports node:path'],
  ['src/domain is pure', 'src/domain/a.ts', "import { pino } from 'pino';", 'src/domain/a.ts:1 imports pino'],
  [
    'src/domain is pure',
    'src/domain/a.ts',
    "export type { L } from '../ledger/ledger.ts';",
    'src/domain/a.ts:1 imports src/ledger/ledger.ts (type)',
  ],
  ['src/intake', 'src/intake/a.ts', "import '../ledger/pool.ts';", 'src/intake/a.ts:1 imports src/ledger/pool.ts'],
  ['src/intake', 'src/intake/a.ts', "const log = await import('../log.ts');", 'src/intake/a.ts:1 imports src/log.ts'],
  [
    'src/configuration',
    'src/configuration/a.ts',
    "export * from '../intake/b.ts';",
    'src/configuration/a.ts:1 imports src/intake/b.ts',
  ],
  ['src/ledger', 'src/ledger/a.ts', "import { readYaml } from '../yaml.ts';", 'src/ledger/a.ts:1 imports src/yaml.ts'],
  [
    'src/channels',
    'src/channels/a.ts',
    "type Q = import('../queue.ts').Queue;",
    'src/channels/a.ts:1 imports src/queue.ts (type)',
  ],
  [
    'src/console',
    'src/console/a.tsx',
    "import { Ledger } from '../ledger/ledger.ts';",
    'src/console/a.tsx:1 imports src/ledger/ledger.ts',
  ],
  [
    'src/console',
    'src/console/a.ts',
    "import type { Db } from '../ledger/pool.ts';",
    'src/console/a.ts:1 imports src/ledger/pool.ts (type)',
  ],
  ['jobs import', 'jobs/a.ts', "import { open } from 'node:fs/promises';", 'jobs/a.ts:1 imports node:fs/promises'],
  // this form is written without a type at run time, but the file is still loaded
  [
    'jobs import',
    'jobs/a.ts',
    "import { type Ledger } from '../src/ledger/ledger.ts';",
    'jobs/a.ts:1 imports src/ledger/ledger.ts',
  ],
  ['src/queue*.ts', 'src/queue-worker.ts', "import { pino } from 'pino';", 'src/queue-worker.ts:1 imports pino'],
  [
    'src/postgres*.ts',
    'src/postgres.ts',
    "import { pool } from './ledger/pool.ts';",
    'src/postgres.ts:1 imports src/ledger/pool.ts',
  ],
  ['src/backup.ts and', 'src/backup.ts', "import './journal.ts';", 'src/backup.ts:1 imports src/journal.ts'],
  ['src/journal*.ts', 'src/journal.ts', "import './app-clock.ts';", 'src/journal.ts:1 imports src/app-clock.ts'],
  ['src/yaml*.ts', 'src/yaml-words.ts', "import '../src/domain/notice.ts';", 'src/yaml-words.ts:1 imports src/domain/notice.ts'],
  ['src/settings.ts imports', 'src/settings.ts', "import './log.ts';", 'src/settings.ts:1 imports src/log.ts'],
  ['src/log.ts imports', 'src/log.ts', "import { readSettings } from './settings.ts';", 'src/log.ts:1 imports src/settings.ts'],
  ['src/bin.mjs', 'src/bin.mjs', "await import('./app.ts');", 'src/bin.mjs:1 imports src/app.ts'],
  ['src/app*.ts, src/main.ts', 'src/commands/a.ts', "import '../main.ts';", 'src/commands/a.ts:1 imports src/main.ts'],
  [
    'src/app*.ts, src/main.ts',
    'src/demo/a.ts',
    "import '../../test/support/cast.ts';",
    'src/demo/a.ts:1 imports test/support/cast.ts',
  ],
  ['every file', 'src/helper.ts', '', 'src/helper.ts:1 has no row'],
  ['nobody but', 'src/channels/a.ts', "import '../demo/sink.ts';", 'src/channels/a.ts:1 imports src/demo/sink.ts'],
  ['bullmq', 'src/app.ts', "import { Queue } from 'bullmq';", 'src/app.ts:1 imports bullmq'],
  ['bullmq', 'src/app.ts', "import { sql } from 'kysely';", 'src/app.ts:1 imports kysely'],
  ['src/app-clock.ts alone', 'src/domain/a.ts', '\n\nconst a = new Date();', 'src/domain/a.ts:3 new Date()'],
  ['src/app-clock.ts alone', 'src/domain/a.ts', 'const now = Date.now;', 'src/domain/a.ts:1 Date.now'],
  ['src/app-clock.ts alone', 'jobs/a.ts', 'const { now } = Date;', 'jobs/a.ts:1 Date.now'],
  ['src/app-clock.ts alone', 'src/demo/a.ts', 'DateTime.now().toISO();', 'src/demo/a.ts:1 DateTime.now'],
  ['src/app-clock.ts alone', 'src/demo/a.ts', "DateTime.local({ zone: 'Asia/Shanghai' });", 'src/demo/a.ts:1 DateTime.local()'],
  ['src/app-clock.ts alone', 'src/demo/a.ts', 'DateTime.utc();', 'src/demo/a.ts:1 DateTime.utc()'],
  ['src/app-clock.ts alone', 'src/app.ts', 'Date.now();', 'src/app.ts:1 Date.now'],
  ['time is measured', 'jobs/a.ts', 'const t = performance.now();', 'jobs/a.ts:1 performance.now'],
  ['src/settings.ts alone', 'src/app.ts', "const url = globalThis.process['env'].URL;", 'src/app.ts:1 process.env'],
  ['src/settings.ts alone', 'src/app.ts', "import { env } from 'node:process';", 'src/app.ts:1 process.env'],
  ['no file of src', 'src/a.ts', '\n'.repeat(301), 'src/a.ts:301 has 301 lines'],
  ['SQL', 'jobs/a.ts', 'db.query(`select id\n from ${table}`);', 'jobs/a.ts:1 select id from …'],
  ['SQL', 'src/app.ts', "db.query('INSERT INTO notices');", 'src/app.ts:1 INSERT INTO notices'],
  ['SQL', 'src/console/a.sql', 'select 1;', 'src/console/a.sql:1 is SQL'],
];

describe('the rules', () => {
  it.each(BROKEN)('“%s…” is broken by %s: %s', (rule, path, text, offence) => {
    expect(offencesOf(rule, { [path]: text })).toEqual([offence]);
  });

  it('can each of them fail', () => {
    const shown = new Set([...BROKEN.map(([rule]) => rule), 'no files']);
    const unshown = RULES.filter(({ sentence }) => ![...shown].some((start) => sentence.startsWith(start)));
    expect(unshown.map(({ sentence }) => sentence)).toEqual([]);
  });

  it('find a circle of files, once, with the line of each step', () => {
    const circle = {
      'src/domain/a.ts': "import { b } from './b.ts';",
      'src/domain/b.ts': "\nexport { c } from './c.ts';",
      'src/domain/c.ts': "import './d.ts';\nimport './a.ts';",
      'src/domain/d.ts': '',
    };
    expect(offencesOf('no files', circle)).toEqual([
      'src/domain/a.ts:1 -> src/domain/b.ts:2 -> src/domain/c.ts:2 -> src/domain/a.ts',
    ]);
  });

  it('let types go in a circle', () => {
    const circle = { 'src/domain/a.ts': "import { b } from './b.ts';", 'src/domain/b.ts': "import type { A } from './a.ts';" };
    expect(offencesOf('no files', circle)).toEqual([]);
  });

  it('let a clock be read from a given moment, and words be words', () => {
    const fine = {
      'src/domain/a.ts': "new Date(0); DateTime.utc(2026, 1, 1); DateTime.local(2026); const a = '请从下拉框 select 一项';",
      'jobs/a.ts': "import type { Ledger } from '../src/ledger/ledger.ts'; const now = context.now(); const { at } = message;",
      'src/app-clock.ts': 'const now = Date.now() + performance.now();',
    };
    for (const { offences } of RULES) expect(offences(treeOf(fine))).toEqual([]);
  });

  it('have one row for each file', () => {
    expect(
      tree.map(({ path }) => [path, TABLE.filter((row) => row.files.test(path)).length]).filter(([, rows]) => rows !== 1),
    ).toEqual([]);
  });
});

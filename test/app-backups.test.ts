// Backups that are written by themselves: one each quarter of an hour whoever writes it, thinned as they grow old, and good for a restore.
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { Backups, backUp, superfluous } from '../src/app-backups.ts';
import type { Ledger } from '../src/ledger/ledger.ts';
import { confirmation, duty, open } from './ledger/cast.ts';
import { until } from './main-job/cuiban.ts';
import { type TestDatabase, testDatabase } from './support/postgres.ts';

const MINUTE = 60_000;
const NOON = Date.parse('2026-11-21T12:00:00Z');
const [ONE, OTHER] = ['11111111-0000', '22222222-0000'];

let database: TestDatabase;
let ledger: Ledger;
let folder: string;

beforeAll(async () => {
  database = await testDatabase('backups');
  ledger = await open(database.url);
  await ledger.migrate();
  folder = await mkdtemp(join(tmpdir(), 'cuiban-backups-'));
});

afterAll(async () => {
  await ledger.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

it('are written once a quarter of an hour, by whichever scheduler comes first, for the owner alone to read', async () => {
  expect(await backUp(folder, database.url, ONE, NOON)).toBe('cuiban-20261121T120000Z-11111111.backup');
  expect(await backUp(folder, database.url, OTHER, NOON + 5 * MINUTE)).toBeNull();
  expect(await backUp(folder, database.url, OTHER, NOON + 15 * MINUTE)).toBe('cuiban-20261121T121500Z-22222222.backup');
  const names = await readdir(folder);
  expect(names).toHaveLength(2);
  for (const name of names) {
    const { mode, size } = await stat(join(folder, name));
    expect(mode & 0o777).toBe(0o600);
    expect(size).toBeGreaterThan(500);
  }
});

it('are all kept for a day, then one a day for thirty days; what is no backup of ours is left alone', () => {
  const named = (stamp: string): string => `cuiban-${stamp}-11111111.backup`;
  const names = [
    named('20261121T110000Z'),
    named('20261120T130000Z'),
    named('20261120T110000Z'),
    named('20261119T080000Z'),
    named('20261119T200000Z'),
    named('20261001T200000Z'),
    'notes.txt',
    'cuiban-20200101T000000Z-mine.backup',
  ];
  expect(superfluous(names, NOON)).toEqual([named('20261120T110000Z'), named('20261119T080000Z'), named('20261001T200000Z')]);
});

function looking(where: string, now: () => number): Backups {
  const log = { info: () => undefined, error: () => undefined };
  return new Backups({ folder: where, url: database.url, worker: ONE, ledger, now, log });
}

it('are written only when something changed', async () => {
  let now = NOON;
  const own = looking(join(folder, 'changed'), () => now);
  expect(await own.look()).not.toBeNull();
  expect((await ledger.health(now)).lastBackup).toBe(NOON);
  // The server counts what was written some moments later.
  await until('nothing changes any more', async () => {
    now += 15 * MINUTE;
    return (await own.look()) === null ? true : null;
  });
  expect((await ledger.health(now)).lastBackup, 'what has not changed is backed up').toBe(now);
  await ledger.confirm(confirmation([duty('1', 'edu', '2022-08-31')]));
  await until('the change is seen', async () => {
    now += 15 * MINUTE;
    return own.look();
  });
});

it('that fail are shown until one does not', async () => {
  let now = NOON;
  await writeFile(join(folder, 'file'), '');
  const own = looking(join(folder, 'file'), () => now);
  expect(await own.look()).toBeNull();
  expect((await ledger.status(now)).problems).toMatchObject([{ kind: 'backup-failed' }]);
  await rm(join(folder, 'file'));
  now += MINUTE;
  expect(await own.look()).not.toBeNull();
  expect((await ledger.status(now)).problems).toEqual([]);
});

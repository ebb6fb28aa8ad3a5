// A disk of the test's own, of a known size: filled, and emptied again.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { DiskGuard } from '../src/app-disk.ts';
import { steppedClock } from '../src/app-clock.ts';
import type { Ledger } from '../src/ledger/ledger.ts';
import { at, open } from './ledger/cast.ts';
import { type TestDatabase, testDatabase } from './support/postgres.ts';

const MEBIBYTE = 2 ** 20;
const silent = { level: 'silent', info: () => undefined, warn: () => undefined, error: () => undefined };

let database: TestDatabase;
let ledger: Ledger;
let disk: string;
let mounted = false;

beforeAll(async () => {
  database = await testDatabase('disk_guard');
  ledger = await open(database.url);
  await ledger.migrate();
  disk = await mkdtemp(join(tmpdir(), 'cuiban-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256m', 'tmpfs', disk], { stdio: 'ignore' });
    mounted = true;
  } catch {
    console.warn('*** only root can make a disk to fill: the test of a full disk is SKIPPED ***');
  }
});

afterAll(async () => {
  if (mounted) execFileSync('umount', [disk]);
  await rm(disk, { recursive: true, force: true });
  await ledger.close();
  await database.drop();
});

it('holds everything before the disk is full, once, and lets it go when there is room again', async ({ skip }) => {
  if (!mounted) return skip('not root');
  const guard = new DiskGuard(disk, { ledger, clock: steppedClock(at('2022-08-01')), log: silent as never });
  const reasons = async (): Promise<string[]> => (await ledger.holds()).map(({ reason }) => reason);
  await guard.look();
  expect(await reasons()).toEqual([]);
  await writeFile(join(disk, 'much'), Buffer.alloc(140 * MEBIBYTE));
  await guard.look();
  await guard.look();
  expect(await reasons()).toEqual(['disk']);
  // Some room is not yet enough: else it would be held and released by turns.
  await writeFile(join(disk, 'much'), Buffer.alloc(100 * MEBIBYTE));
  await guard.look();
  expect(await reasons()).toEqual(['disk']);
  await rm(join(disk, 'much'));
  await guard.look();
  expect(await reasons()).toEqual([]);
  return undefined;
});

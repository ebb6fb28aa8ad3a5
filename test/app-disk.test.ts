/** A disk that fills up, and is made room on again: a small file system of its own, with a real server on it. */
import { execFile } from 'node:child_process';
import { mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { DiskGuard } from '../src/app-disk.ts';
import { freeBytes } from '../src/disk.ts';
import type { Ledger } from '../src/ledger/ledger.ts';
import { type EmbeddedPostgres, openEmbeddedPostgres } from '../src/postgres.ts';
import { at, claimAll, confirmation, duty, freezeAll, open as openLedger, settled, tell } from './ledger/cast.ts';

const run = promisify(execFile);
const MB = 1_048_576;
/** The server takes about 60 MB, the reserve 64; below 64 more nothing is sent. */
const SIZE_MB = 320;
const now = at('2022-08-01');
const silent = { error: () => undefined, warn: () => undefined, info: () => undefined };

const mounted = await mount();

async function mount(): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), 'cuiban-disk-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m,mode=0777`, 'tmpfs', folder]);
    return folder;
  } catch {
    await rm(folder, { recursive: true, force: true });
    console.warn('*** only root can make a disk to fill: the test of a full disk is SKIPPED ***');
    return null;
  }
}

describe.skipIf(mounted === null)('on a disk that fills up (skipped where nobody may mount one)', () => {
  const folder = mounted ?? '';
  let server: EmbeddedPostgres;
  let ledger: Ledger;
  let guard: DiskGuard;

  beforeAll(async () => {
    server = await openEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
    await server.ensureDatabase('cuiban');
    ledger = await openLedger(server.url('cuiban'));
    await ledger.migrate();
    guard = new DiskGuard({ folder, ledger, now: () => now, log: silent });
    await guard.look();
    await ledger.confirm(confirmation([duty('1', 'edu', '2022-08-31'), duty('2', 'fin', '2022-08-31')]));
    await ledger.sweep(now, 10, tell('assigned', now));
  }, 120_000);

  afterAll(async () => {
    await ledger.close();
    await server.release();
    await run('umount', ['--lazy', folder]);
    await rm(folder, { recursive: true, force: true });
  });

  /** Somebody else leaves so much. */
  async function leave(bytes: number): Promise<void> {
    const others = await open(join(folder, 'others'), 'a');
    const block = Buffer.alloc(MB);
    try {
      for (let left = (await freeBytes(folder)) - bytes; left > 0; left -= MB) await others.write(block, 0, Math.min(MB, left));
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
    } finally {
      await others.close();
    }
  }

  it('sending is held before the ledger can no longer commit, what is on its way is settled when it is full, and all goes on by itself', async () => {
    const { blocks, bfree, bsize } = await statfs(folder);
    expect((blocks - bfree) * bsize).toBeGreaterThan(100 * MB);
    expect(await ledger.holds()).toEqual([]);
    const [first] = await claimAll(ledger, now);
    if (first === undefined) throw new Error('there is a message');
    await freezeAll(ledger, [first]);
    await leave(60 * MB);
    await guard.look();
    expect(await ledger.holds()).toMatchObject([{ office: null, reason: 'disk' }]);
    expect((await ledger.status(now)).problems.map(({ kind }) => kind)).toEqual(['held']);

    // Not a byte is left to others; the reserve goes to the ledger.
    await leave(0);
    expect(await freeBytes(folder)).toBeLessThan(MB);
    await guard.look();
    expect(await freeBytes(folder)).toBeGreaterThan(60 * MB);
    expect(await ledger.settle([settled(first)], now)).toBe(1);
    expect((await ledger.status(now)).messages).toMatchObject({ sent: 1 });
    expect((await ledger.dispatch(now, 10)).messages).toEqual([]);
    await guard.look();
    expect(await ledger.holds()).toHaveLength(1);

    await rm(join(folder, 'others'));
    await guard.look();
    expect(await ledger.holds()).toEqual([]);
    expect((await ledger.status(now)).problems).toEqual([]);
    await ledger.reconcile(now, 0);
    expect((await ledger.status(now)).messages).toMatchObject({ sent: 1 });
  }, 120_000);
});

/**
 * Backups that nobody has to think of: where CUIBAN_BACKUP_DIR is set, each quarter of an hour in which something changed one of the schedulers
 * writes one there. All of a day are kept, then one a day for thirty days.
 */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';

import { DateTime } from 'luxon';

import { wallClock } from './app-clock.ts';
import type { Companion } from './app-roles.ts';
import { writeBackup } from './backup.ts';
import type { Instant } from './domain/time.ts';
import { dump } from './ledger/dump.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Logger } from './log.ts';

const MINUTE = 60_000;
const EVERY = 15 * MINUTE;
const DAY = 24 * 60 * MINUTE;
const KEPT_DAYS = 30;
const NAME = /^cuiban-(\d{8}T\d{6}Z)-[\da-f]{8}\.backup$/u;
const STAMP = "yyyyMMdd'T'HHmmss'Z'";

/** Those to be deleted: of the days before the last 24 hours all but the day's last, and everything older than thirty days. */
export function superfluous(names: readonly string[], now: Instant): readonly string[] {
  const taken = names.flatMap((name) => {
    const at = takenAt(name);
    return at === null ? [] : [{ name, at, day: name.slice(7, 15) }];
  });
  const last = new Map<string, string>();
  for (const { name, day } of taken.toSorted((one, other) => one.at - other.at)) last.set(day, name);
  return taken
    .filter(({ name, at, day }) => now - at > KEPT_DAYS * DAY || (now - at > DAY && last.get(day) !== name))
    .map(({ name }) => name);
}

function takenAt(name: string): Instant | null {
  const [, stamp] = NAME.exec(name) ?? [];
  return stamp === undefined ? null : DateTime.fromFormat(stamp, STAMP, { zone: 'utc' }).toMillis();
}

/** Writes one unless a younger one is there, and deletes what is superfluous. Resolves with its name, or null. */
export async function backUp(folder: string, url: string, worker: string, now: Instant): Promise<string | null> {
  const names = await readdir(folder).catch(() => []);
  const youngest = names.reduce((most, name) => Math.max(most, takenAt(name) ?? 0), 0);
  if (now - youngest < EVERY - MINUTE) return null;
  const name = `cuiban-${DateTime.fromMillis(now, { zone: 'utc' }).toFormat(STAMP)}-${worker.slice(0, 8)}.backup`;
  await writeBackup(path.join(folder, name), dump(url, now));
  for (const each of superfluous([...names, name], now)) await rm(path.join(folder, each), { force: true });
  return name;
}

interface BackupsOptions {
  readonly folder: string;
  readonly url: string;
  readonly worker: string;
  readonly ledger: Pick<Ledger, 'backedUp' | 'changes' | 'installationProblems'>;
  readonly now: () => Instant;
  readonly log: Pick<Logger, 'info' | 'error'>;
}

/** Looks after the folder: a backup where one is due and something changed since the last, and a problem while that fails. */
export class Backups {
  readonly #options: BackupsOptions;
  #seen = '';

  constructor(options: BackupsOptions) {
    this.#options = options;
  }

  /** Resolves with the name of what it wrote, or null. Never rejects. */
  async look(): Promise<string | null> {
    const { folder, url, worker, ledger, now, log } = this.#options;
    const at = now();
    try {
      // Read before the snapshot: what changes meanwhile is found changed the next time.
      const changes = await ledger.changes();
      if (changes === this.#seen) {
        await ledger.backedUp(at);
        return null;
      }
      const name = await backUp(folder, url, worker, at);
      if (name === null) return null;
      this.#seen = changes;
      await ledger.installationProblems('backup-failed', [], at);
      await ledger.backedUp(at);
      log.info({ name }, 'backed up');
      return name;
    } catch (error) {
      log.error({ err: error }, 'the ledger could not be backed up; trying again in a minute');
      const detail = `台账未能备份到 ${folder}：${error instanceof Error ? error.message : String(error)}`;
      await ledger.installationProblems('backup-failed', [{ subject: folder, detail }], at).catch(() => undefined);
      return null;
    }
  }
}

/** Never of practice: it would stand where the real ones are looked for. */
export const backups: Companion = {
  open({ settings: { backupDir }, databaseUrl, context, ledger, clock, log }) {
    if (backupDir === null || clock.kind !== 'wall') return Promise.resolve({ close: () => Promise.resolve() });
    const own = new Backups({
      folder: backupDir,
      url: databaseUrl,
      worker: context.worker,
      ledger,
      now: () => wallClock.now(),
      log,
    });
    let under: Promise<unknown> = own.look();
    const timer = setInterval(() => {
      under = under.then(() => own.look());
    }, MINUTE);
    return Promise.resolve({
      close: async () => {
        clearInterval(timer);
        await under;
      },
    });
  },
};

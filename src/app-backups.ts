/**
 * Backups that nobody has to think of: where CUIBAN_BACKUP_DIR is set, each quarter of an hour one of the schedulers writes one there. All of a
 * day are kept, then one a day for thirty days.
 */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';

import { DateTime } from 'luxon';

import { wallClock } from './app-clock.ts';
import type { Companion } from './app-roles.ts';
import { writeBackup } from './backup.ts';
import type { Instant } from './domain/time.ts';
import { dump } from './ledger/dump.ts';

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

export const backups: Companion = {
  open({ settings: { backupDir }, databaseUrl, context, log }) {
    if (backupDir === null) return Promise.resolve({ close: () => Promise.resolve() });
    let under: Promise<void> = Promise.resolve();
    const write = async (): Promise<void> => {
      try {
        const name = await backUp(backupDir, databaseUrl, context.worker, wallClock.now());
        if (name !== null) log.info({ name }, 'backed up');
      } catch (error) {
        log.error({ err: error }, 'the ledger could not be backed up; trying again in a minute');
      }
    };
    const timer = setInterval(() => {
      under = under.then(write);
    }, MINUTE);
    under = write();
    return Promise.resolve({
      close: () => {
        clearInterval(timer);
        return under;
      },
    });
  },
};

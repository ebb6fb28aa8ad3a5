/** Backup and restore of a ledger that is at work, with mails counted where they arrive. */
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Context } from '../jobs/context.ts';
import { sweep } from '../jobs/sweep.ts';
import { readBackup, writeBackup } from '../src/backup.ts';
import { dateOf, type Instant } from '../src/domain/time.ts';
import { readJournals } from '../src/journal.ts';
import { dump } from '../src/ledger/dump.ts';
import { openLedger } from '../src/ledger/index.ts';
import { load } from '../src/ledger/load.ts';
import type { Ledger } from '../src/ledger/ledger.ts';
import type { Restored } from '../src/ledger/recovery.ts';
import { at, directory, duty, type Mail, office, openWork, schedule, task, type Work } from './jobs/cast.ts';
import { confirmation, zone } from './ledger/cast.ts';
import { type TestDatabase, testDatabase } from './support/postgres.ts';

let work: Work;
let folder: string;
let file: string;
let empty: TestDatabase;
const ledgers: Ledger[] = [];

beforeEach(async () => {
  work = await openWork('backup_from');
  empty = await testDatabase('backup_to', 'none');
  folder = await mkdtemp(join(tmpdir(), 'cuiban-backup-'));
  file = join(folder, 'cuiban.backup');
});

afterEach(async () => {
  for (const ledger of ledgers.splice(0)) await ledger.close();
  await work.close();
  await empty.drop();
  await rm(folder, { recursive: true, force: true });
});

async function backup(now: Instant): Promise<number> {
  return writeBackup(file, dump(work.database.url, now));
}

async function restore(now: Instant): Promise<Restored> {
  return load(empty.url, readBackup(file), '王芳', now);
}

/** The restored ledger, with the relay, the clock and the journals of the one that was lost. */
async function openRestored(): Promise<{ readonly ledger: Ledger; readonly context: Context }> {
  const { offices, calendar } = work.context.config();
  const ledger = await openLedger({ url: empty.url, poolSize: 5, offices: () => offices, calendar: () => calendar });
  ledgers.push(ledger);
  return { ledger, context: { ...work.context, ledger } };
}

async function live(context: Context, from: string, to: string): Promise<void> {
  for (let day = from; day <= to; day = dateOf(zone, at(day) + 24 * 3_600_000)) {
    work.setTime(at(day));
    await sweep.run(context, {}, new AbortController().signal);
    const jobs = [...work.queued()];
    work.forget();
    for (const job of jobs) await work.deliverWith(context, job);
  }
}

async function countsOf(database: TestDatabase): Promise<Record<string, unknown>> {
  const { rows } = await database.query(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'cuiban'::regnamespace AND relkind = 'r' AND relname !~ '^kysely'
        AND relname NOT IN ('hold', 'problem', 'pulse', 'gate', 'process', 'provider', 'connection_slot') ORDER BY 1`,
  );
  const counts: Record<string, unknown> = {};
  for (const { name } of rows) {
    const sum = await database.query(
      `SELECT count(*)::int AS rows, md5(string_agg(md5(t::text), '' ORDER BY t::text)) AS content FROM cuiban.${String(name)} t`,
    );
    counts[String(name)] = sum.rows[0];
  }
  return counts;
}

const about = ({ to, subject, text }: Mail): string => `${to} ${subject} ${[...text.matchAll(/任务[a-z]/gu)].join(' ')}`;

describe('a backup that is restored into an empty place', () => {
  it('is the same ledger, row by row, and sends nothing until it is released', async () => {
    await work.confirm([duty('a', 'edu', '2022-08-31'), duty('b', 'edu', '2022-08-10')], at('2022-08-01'));
    await work.live('2022-08-01', '2022-08-11');
    const before = await countsOf(work.database);
    expect(await backup(at('2022-08-11', '19:00'))).toBeGreaterThan(1_000);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['cuiban.backup']);
    const { rows, takenAt } = await restore(at('2022-08-12'));
    expect(takenAt).toBe(at('2022-08-11', '19:00'));
    expect(rows).toBeGreaterThan(20);
    expect(await countsOf(empty)).toEqual(before);
    const { ledger, context } = await openRestored();
    expect(await ledger.holds()).toMatchObject([{ office: null, reason: 'restored', openedBy: '王芳' }]);
    const sent = work.mails.length;
    await live(context, '2022-08-12', '2022-08-19');
    expect(work.mails).toHaveLength(sent);
    // New ids do not collide with those that came along.
    expect(
      await ledger.confirm({
        ...confirmation([duty('c', 'edu', '2022-09-30')]),
        office,
        directory,
        schedule: schedule([task('c')], 'later'),
        at: at('2022-08-19'),
      }),
    ).toBe(true);
  });

  it('goes on without a double: what the journal knows is not said again, the rest is', async () => {
    await work.confirm([duty('a', 'edu', '2022-08-31'), duty('b', 'edu', '2022-08-10')], at('2022-08-01'));
    await work.live('2022-08-01', '2022-08-08');
    await backup(at('2022-08-08', '19:00'));
    const atBackup = work.mails.length;
    // A schedule that the backup does not know, and what was said after it; then the disk is gone.
    const later = { schedule: schedule([task('c')], 'later') };
    await work.confirm([duty('c', 'edu', '2022-08-31')], at('2022-08-09', '08:00'), later);
    await live(work.context, '2022-08-09', '2022-08-16');
    const saidSince = work.mails.slice(atBackup);
    expect(saidSince.length).toBeGreaterThan(2);

    const { waiting } = await restore(at('2022-08-17', '08:00'));
    expect(waiting.looks).toBeGreaterThan(0);
    const { ledger, context } = await openRestored();
    const { accepted } = await readJournals(work.journals);
    const told = await ledger.reconcileRestored(accepted, at('2022-08-17', '08:00'));
    expect(told.entries).toBe(accepted.length);
    expect(told.told + told.settled).toBeGreaterThanOrEqual(saidSince.length);
    // Once more changes nothing.
    expect(await ledger.reconcileRestored(accepted, at('2022-08-17', '08:00'))).toMatchObject({ settled: 0 });
    await ledger.confirm({
      ...confirmation([duty('c', 'edu', '2022-08-31')]),
      ...later,
      office,
      directory,
      at: at('2022-08-09', '08:00'),
    });
    await ledger.release({ office: null, reason: null, by: '王芳', at: at('2022-08-17', '08:30'), note: '已核对' });
    await live(context, '2022-08-17', '2022-09-02');
    const since = work.mails.slice(atBackup);
    const doubles = since.filter((mail, n) => since.findIndex((other) => about(other) === about(mail)) !== n);
    console.info(
      `restore: ${saidSince.length} mails since the backup, ${since.length - saidSince.length} after it, doubles ${doubles.length}`,
    );
    expect(doubles.map((mail) => `${mail.day} ${about(mail)}`)).toEqual([]);
    expect(since.length).toBeGreaterThan(saidSince.length);
    // What was said before and after stands in one history.
    const { rows } = await empty.query(
      `SELECT count(*)::int AS n FROM cuiban.reminder WHERE state = 'sent' AND sent_at < cuiban.instant($1)`,
      [at('2022-08-17')],
    );
    expect(Number(rows[0]?.['n'])).toBeGreaterThanOrEqual(work.mails.length - (since.length - saidSince.length));
  });

  it('settles what was owed at the time of the backup and went out after it', async () => {
    await work.confirm([duty('a', 'edu', '2022-08-31'), duty('b', 'edu', '2022-08-30')], at('2022-08-01'));
    await work.sweep(at('2022-08-01'));
    // One of the two had been dropped, as for a contact that changed; it went out all the same.
    await work.database.query(
      `UPDATE cuiban.reminder SET state = 'void', void_reason = 'absent' WHERE id = (SELECT min(id) FROM cuiban.reminder)`,
    );
    await backup(at('2022-08-01'));
    await work.database.query(`UPDATE cuiban.reminder SET state = 'planned', void_reason = NULL`);
    await work.deliver(at('2022-08-01'));
    await restore(at('2022-08-01', '10:00'));
    const { ledger, context } = await openRestored();
    const { accepted } = await readJournals(work.journals);
    expect(await ledger.reconcileRestored(accepted, at('2022-08-01', '10:00'))).toEqual({
      entries: 1,
      settled: 2,
      told: 0,
      known: 0,
    });
    await ledger.release({ office: null, reason: null, by: '王芳', at: at('2022-08-01', '10:00') });
    await live(context, '2022-08-02', '2022-08-05');
    expect(work.mails).toHaveLength(1);
    expect((await empty.query('SELECT status, code FROM cuiban.message')).rows).toEqual([{ status: 'sent', code: 'JOURNAL' }]);
  });

  it('without a journal would say it again, and says how much', async () => {
    await work.confirm([duty('a', 'edu', '2022-08-31')], at('2022-08-01'));
    await work.sweep(at('2022-08-01'));
    await backup(at('2022-08-01'));
    await work.deliver(at('2022-08-01'));
    expect(work.mails).toHaveLength(1);
    expect((await restore(at('2022-08-01', '10:00'))).waiting).toEqual({ messages: 1, looks: 0 });
    const { ledger, context } = await openRestored();
    await ledger.release({ office: null, reason: null, by: '王芳', at: at('2022-08-01', '10:00') });
    await live(context, '2022-08-02', '2022-08-02');
    // Proof that the journal is what keeps the other test from a double.
    expect(work.mails).toHaveLength(2);
  });
});

describe('a restore', () => {
  beforeEach(async () => {
    await work.confirm([duty('a', 'edu', '2022-08-31')], at('2022-08-01'));
    await work.tick(at('2022-08-01'));
    await backup(at('2022-08-01'));
  });

  async function nothingThere(): Promise<void> {
    const { rows } = await empty.query(`SELECT to_regclass('cuiban.office') IS NULL AS none`);
    if (rows[0]?.['none'] === true) return;
    expect((await empty.query('SELECT id FROM cuiban.office')).rows).toEqual([]);
  }

  it('into a ledger that is there already is refused', async () => {
    await restore(at('2022-08-02'));
    await expect(restore(at('2022-08-02'))).rejects.toThrow('这里已经有一本台账');
  });

  it('beside a process that works there is refused', async () => {
    const { ledger } = await openRestored();
    await ledger.migrate();
    await ledger.status(at('2022-08-02'));
    await expect(restore(at('2022-08-02'))).rejects.toThrow('请先停下所有 cuiban 进程');
  });

  it('of a file that was cut off is refused, wherever it was, and leaves nothing', async () => {
    const whole = (await stat(file)).size;
    for (const size of [0, 10, Math.floor(whole / 2), whole - 9]) {
      await truncate(file, size);
      await expect(restore(at('2022-08-02'))).rejects.toThrow();
      await nothingThere();
      await backup(at('2022-08-01'));
    }
    await restore(at('2022-08-02'));
  });

  it('of a file that says something else than it did is refused', async () => {
    const text = gunzipSync(await readFile(file)).toString('latin1');
    expect(text).toContain('2022-08-31');
    await writeFile(file, gzipSync(Buffer.from(text.replace('2022-08-31', '2022-08-30'), 'latin1')));
    await expect(restore(at('2022-08-02'))).rejects.toThrow('备份文件已损坏');
    await nothingThere();
  });

  it.each([
    [
      'of a newer ledger',
      (head: string) => head.replace('"0012_backup"', '"0012_backup","9999_later"'),
      '备份来自更新的版本（9999_later）',
    ],
    ['of a newer format', (head: string) => head.replace('"format":1', '"format":2'), '备份文件的格式（2）比本程序认得的（1）新'],
    ['of another program', () => 'PGDMP', '这不是催办的备份文件'],
  ])('of a file %s is refused with a word', async (_what, change, words) => {
    const text = gunzipSync(await readFile(file)).toString('latin1');
    const end = text.indexOf('\n');
    await writeFile(file, gzipSync(Buffer.from(change(text.slice(0, end)) + text.slice(end), 'latin1')));
    await expect(restore(at('2022-08-02'))).rejects.toThrow(words);
    await nothingThere();
  });
});

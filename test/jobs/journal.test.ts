/** kill -9 between the server's yes and the ledger hearing of it. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { replay } from '../../jobs/replay.ts';
import { Crew } from '../../src/demo/crew.ts';
import { startMailSink } from '../../src/demo/mail-sink.ts';
import { FileJournal } from '../../src/journal.ts';
import { readSettings } from '../../src/settings.ts';
import { until } from '../main-job/cuiban.ts';
import { at, duty, openWork, type Work } from './cast.ts';

const now = at('2022-08-01');

let work: Work;
let data: string;

beforeEach(async () => {
  work = await openWork('jobs_journal');
  data = await mkdtemp(join(tmpdir(), 'cuiban-killed-'));
});

afterEach(async () => {
  await rm(data, { recursive: true, force: true });
  await work.close();
});

async function journalText(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => []);
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')))).join('').trim();
}

describe('a worker that is killed after the server took a mail and before the ledger knew', () => {
  it('has its mail settled as sent by the next one, and it goes out once', { timeout: 120_000 }, async () => {
    await work.confirm([duty('a', 'edu', '2022-08-31')], now);
    const ids: string[] = [];
    const sink = await startMailSink({ onMail: ({ messageId }) => ids.push(messageId) });
    const ledgerStops = new pg.Client({ connectionString: work.database.url });
    await ledgerStops.connect();
    // Claims need no attempts, settlements do.
    await ledgerStops.query('BEGIN');
    await ledgerStops.query('LOCK TABLE cuiban.attempt IN EXCLUSIVE MODE');
    const pids: number[] = [];
    const settings = { ...readSettings({}), dataDir: data, smtpUrl: sink.url, logLevel: 'silent' as const };
    const crew = new Crew({
      orders: { settings, databaseUrl: work.database.url },
      ledger: work.ledger,
      onStart: (pid) => pids.push(pid),
      onDeath: () => undefined,
    });
    const ticked = crew.tick(now);
    await until('it is written down', async () => ((await journalText(join(data, 'demo/journal'))) === '' ? null : true));
    expect(await work.rows('SELECT status FROM cuiban.message')).toEqual([{ status: 'sending' }]);
    process.kill(pids[0] ?? 0, 'SIGKILL');
    // The server would still carry out what the dead one had asked for.
    await ledgerStops.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    await ledgerStops.query('ROLLBACK');
    await ledgerStops.end();
    await ticked;
    await crew.stop();
    await sink.close();
    expect(pids).toHaveLength(2);
    expect(ids).toHaveLength(1);
    expect(await work.rows('SELECT status, code, resends FROM cuiban.message')).toEqual([
      { status: 'sent', code: 'JOURNAL', resends: 0 },
    ]);
    expect(await work.rows('SELECT state FROM cuiban.reminder')).toEqual([{ state: 'sent' }]);
  });
});

describe('what stands in the journal of a dead neighbour', () => {
  const silent = (): void => undefined;
  let journal: FileJournal;

  beforeEach(() => {
    journal = new FileJournal({ folder: work.journals, worker: 'dead', wall: () => now, log: { warn: silent, error: silent } });
  });

  afterEach(async () => {
    await journal.close();
  });

  /** Sent by a worker that died before it could settle. */
  async function sentAndDied(): Promise<void> {
    await work.confirm([duty('a', 'edu', '2022-08-31')], now);
    await work.sweep(now);
    const { context } = work;
    const died = { ...context, worker: 'dead', journal, ledger: { ...work.ledger, settle: () => new Promise<number>(silent) } };
    const [job] = work.queued();
    void work.deliverWith(died, job);
    await until('it is written down', async () => ((await journalText(work.journals)) === '' ? null : true));
    work.forget();
  }

  it('is settled before the lease is ended, as of when it was accepted', async () => {
    await sentAndDied();
    await work.database.query(`UPDATE cuiban.message SET lease_until = cuiban.clock() - interval '1 second'`);
    await work.reconcile(at('2022-08-02'));
    await work.tick(at('2022-08-02'));
    expect(work.mails).toHaveLength(1);
    expect(await work.rows('SELECT status, fence FROM cuiban.message')).toEqual([{ status: 'sent', fence: 1 }]);
    expect(await work.rows(`SELECT sent_at = cuiban.instant(${now}) AS on_its_day FROM cuiban.reminder`)).toEqual([
      { on_its_day: true },
    ]);
  });

  it('ends the doubt also after its lease was ended', async () => {
    await sentAndDied();
    await work.ledger.releaseWorker('dead', now);
    await replay(work.context);
    await work.tick(now);
    expect(work.mails).toHaveLength(1);
    expect(await work.rows('SELECT status FROM cuiban.message')).toEqual([{ status: 'sent' }]);
  });

  it('says nothing of a message that another has claimed since', async () => {
    await sentAndDied();
    await work.ledger.releaseWorker('dead', now);
    const [{ id } = { id: '' }] = await work.rows('SELECT id FROM cuiban.message');
    const [second] = await work.ledger.claim([String(id)], now, 'w2', 60_000);
    await replay(work.context);
    expect(await work.rows('SELECT status, fence FROM cuiban.message')).toEqual([{ status: 'sending', fence: second?.fence }]);
  });
});

it('while the journal cannot be written nothing is claimed, and when it can be all of it goes', async () => {
  await work.confirm([duty('a', 'edu', '2022-08-31')], now);
  await rm(work.journals, { recursive: true });
  await writeFile(work.journals, '');
  await work.tick(now);
  expect(work.mails).toEqual([]);
  expect(await work.rows('SELECT status, attempts FROM cuiban.message')).toEqual([{ status: 'created', attempts: 0 }]);
  await rm(work.journals);
  await work.ledger.reconcile(now, 0);
  await work.tick(now);
  expect(work.mails).toHaveLength(1);
});

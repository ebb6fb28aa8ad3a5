// Owns: the one server process on a data folder: making the folder, finding a server that runs there, starting and stopping it.
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  EmbeddedPostgresError,
  type Launcher,
  type PostgresBinaries,
  findPostgresBinaries,
  reason,
} from './postgres-binaries.ts';
import { type ServerFolder, lastLines, sizeOf } from './postgres-folder.ts';
import { isAlive } from './postgres-users.ts';

const run = promisify(execFile);

const START_LIMIT_MS = 120_000;
const BUSY_LIMIT_MS = 5_000;
const INITDB_BUSY_LIMIT_MS = 30_000;
const STOP_STEPS = [
  ['SIGINT', 20_000],
  ['SIGQUIT', 10_000],
  ['SIGKILL', 10_000],
] as const;
const FOLDER_IS_LOCKED = 75;
const LOCKED_OUT = `code ${FOLDER_IS_LOCKED}`;

/** The superuser of every embedded server. */
export const SUPERUSER = 'cuiban';

// On the command line and not in postgresql.conf, so that a folder made by an older version gets them too. Errors of statements
// go to the client and stay out of the log (`log` stands above `error` there): they would carry people's names and grow without end.
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '64MB',
  max_connections: '100',
  max_wal_size: '256MB',
  io_method: 'sync',
  max_logical_replication_workers: '0',
  timezone: 'UTC',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
  logging_collector: 'off',
};

export interface RunningServer {
  readonly pid: number;
  readonly port: number;
  readonly status: string;
}

/** The server that works in this folder, whoever started it; a stale postmaster.pid, also one whose pid now is another program's, is none. */
export async function findServer(folder: ServerFolder): Promise<RunningServer | undefined> {
  const lines = (await readFile(join(folder.data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  if (!(pid > 0) || !(await isServerIn(folder, pid))) return undefined;
  return { pid, port: Number(lines[3]), status: lines[7]?.trim() ?? '' };
}

async function isServerIn(folder: ServerFolder, pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform === 'win32') return true;
  if (process.platform !== 'linux') {
    const { stdout } = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
    return stdout.includes(folder.data);
  }
  const [name, where, data] = await Promise.all([
    readFile(`/proc/${pid}/comm`, 'utf8').catch(() => ''),
    stat(`/proc/${pid}/cwd`).catch(() => undefined),
    stat(folder.data),
  ]);
  return name.trim() === 'postgres' && where?.dev === data.dev && where.ino === data.ino;
}

/** Waits until a server found while it starts or stops has done so; undefined when it is gone. Throws when it does neither. */
export async function settledServer(folder: ServerFolder): Promise<RunningServer | undefined> {
  const deadline = performance.now() + START_LIMIT_MS;
  for (;;) {
    const server = await findServer(folder);
    if (!server || server.status === 'ready') return server;
    if (performance.now() > deadline) {
      throw new EmbeddedPostgresError(
        `The PostgreSQL server ${server.pid} in ${folder.data} has been "${server.status}" for too long.${await lastLines(folder.log)}\n` +
          `If it hangs, end it (kill -QUIT ${server.pid}) and start again; no committed data is lost by that.`,
      );
    }
    await delay(20);
  }
}

/** Makes the cluster if the folder has none: UTF-8, C collation with Unicode letters, scram with a generated password. */
export async function initialise(folder: ServerFolder, binaries: PostgresBinaries, launcher: Launcher): Promise<void> {
  await writeFile(folder.password, randomBytes(24).toString('base64url'), { flag: 'wx', mode: 0o600, flush: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
  // Made beside and renamed when whole: an initdb that was killed leaves nothing that looks like a cluster.
  const unfinished = `${folder.data}.new`;
  const words = ['-D', unfinished, '-U', SUPERUSER, `--pwfile=${folder.password}`, '--auth=scram-sha-256', '--encoding=UTF8'];
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions'];
  const [command, args] = await guarded(folder, launcher, [binaries.initdb, ...words, ...locale]);
  const deadline = performance.now() + INITDB_BUSY_LIMIT_MS;
  for (;;) {
    // An initdb whose parent was killed may still write here; it gives up when its files are gone.
    await rm(unfinished, { recursive: true, force: true, maxRetries: 20 });
    try {
      await run(command, args, { cwd: folder.root });
      break;
    } catch (error) {
      const { code, stderr } = error as { code?: unknown; stderr?: string };
      if (code === FOLDER_IS_LOCKED && performance.now() < deadline) {
        await delay(50);
        continue;
      }
      await rm(unfinished, { recursive: true, force: true });
      throw new EmbeddedPostgresError(
        `PostgreSQL could not make its data folder ${folder.data}: ${code === FOLDER_IS_LOCKED ? elsewhere(folder) : stderr?.trim() || reason(error)}\n` +
          'Check the free space and the rights of that folder; nothing has been left in it.',
        { cause: error },
      );
    }
  }
  await rename(unfinished, folder.data);
  const root = await open(folder.root);
  try {
    await root.sync();
  } finally {
    await root.close();
  }
}

/** Starts the server and waits until it takes connections. If it cannot, nothing is left running and the error has its last words. */
export async function startServer(folder: ServerFolder, binaries: PostgresBinaries, launcher: Launcher): Promise<RunningServer> {
  const deadline = performance.now() + BUSY_LIMIT_MS;
  for (;;) {
    const before = await sizeOf(folder.log);
    const port = await freePort(folder.port);
    const outcome = (await clearStalePid(folder)) ?? (await attempt(folder, binaries, launcher, port));
    if (typeof outcome === 'object') {
      await writeFile(folder.port, String(port));
      return outcome;
    }
    const words = (await readFile(folder.log).catch(() => Buffer.alloc(0))).subarray(before).toString();
    // After a kill -9 of the server its children need a moment to notice; another program may have taken the port meanwhile.
    const passing = outcome === LOCKED_OUT || words.includes('shared memory block') || words.includes('Address already in use');
    if (passing && performance.now() < deadline) {
      await delay(30);
      continue;
    }
    const why = outcome === LOCKED_OUT ? elsewhere(folder) : `it ended with ${outcome}`;
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL server did not start in ${folder.data}: ${why}${await lastLines(folder.log, before)}\n` +
        `The whole log is ${folder.log}. Nothing was left running and no data was changed.`,
    );
  }
}

/**
 * PostgreSQL refuses to start over a postmaster.pid whose pid lives, whatever program has it now. Removing it is safe only while
 * nobody holds the folder's kernel lock: a running server that loses this file shuts itself down.
 */
async function clearStalePid(folder: ServerFolder): Promise<string | undefined> {
  const file = join(folder.data, 'postmaster.pid');
  const pid = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
  if (!(pid > 0) || !isAlive(pid)) return undefined;
  const [command, args] = await guarded(folder, { prefix: [] }, [process.execPath, '--version']);
  try {
    await run(command, args);
  } catch (error) {
    if ((error as { code?: unknown }).code === FOLDER_IS_LOCKED) return LOCKED_OUT;
    throw error;
  }
  await rm(file, { force: true });
  return undefined;
}

/** One try: the server, or how it ended. */
async function attempt(
  folder: ServerFolder,
  binaries: PostgresBinaries,
  launcher: Launcher,
  port: number,
): Promise<RunningServer | string> {
  const settings = Object.entries({ ...SETTINGS, port: String(port) }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [command, args] = await guarded(folder, launcher, [binaries.postgres, '-D', folder.data, ...settings]);
  const log = await open(folder.log, 'a', 0o600);
  // A session of its own: ctrl-C in the terminal must not reach the server before our ordered stop.
  const child = spawn(command, args, { cwd: folder.root, detached: true, windowsHide: true, stdio: ['ignore', log.fd, log.fd] });
  let ended: string | undefined;
  const end = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      ended = reason(error);
      resolve();
    });
    child.once('exit', (code, signal) => {
      ended = signal ?? `code ${code}`;
      resolve();
    });
  });
  await log.close();
  const deadline = performance.now() + START_LIMIT_MS;
  while (ended === undefined && performance.now() < deadline) {
    const server = await findServer(folder);
    if (server?.pid === child.pid && server?.status === 'ready') {
      child.unref();
      return server;
    }
    await Promise.race([end, delay(10)]);
  }
  if (ended !== undefined) return ended;
  child.kill('SIGQUIT');
  await Promise.race([end, delay(STOP_STEPS[1][1])]);
  if (ended === undefined) child.kill('SIGKILL');
  await end;
  return `no answer within ${START_LIMIT_MS / 1000} seconds`;
}

/** Stops the server in order (fast shutdown), harder if it does not listen; returns when it is gone. */
export async function stopServer(folder: ServerFolder): Promise<void> {
  const server = await findServer(folder);
  if (!server) return;
  for (const [signal, limit] of STOP_STEPS) {
    await send(signal, server.pid);
    const deadline = performance.now() + limit;
    while (performance.now() < deadline) {
      if (!(await isServerIn(folder, server.pid))) return;
      await delay(10);
    }
  }
  throw new EmbeddedPostgresError(
    `The PostgreSQL server ${server.pid} in ${folder.data} cannot be stopped.${await lastLines(folder.log)}`,
  );
}

async function send(signal: NodeJS.Signals, pid: number): Promise<void> {
  // Windows has no signals: process.kill would always be a kill -9 there.
  if (process.platform === 'win32' && signal !== 'SIGKILL') {
    await run((await findPostgresBinaries()).pgCtl, ['kill', signal.slice(3), String(pid)]).catch(() => undefined);
    return;
  }
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * The server and all its children hold a kernel lock on a file of the folder for as long as they live. It is what keeps out a
 * second server where pids say nothing: from another container on the same volume, or beside children of a killed server.
 */
async function guarded(folder: ServerFolder, launcher: Launcher, words: readonly string[]): Promise<[string, string[]]> {
  const lock = ['flock', '--no-fork', '--nonblock', `--conflict-exit-code=${FOLDER_IS_LOCKED}`, folder.guard];
  const serves =
    process.platform === 'linux' &&
    (await run('flock', ['--no-fork', '/dev/null', 'true']).then(
      () => true,
      () => false,
    ));
  const [command = '', ...args] = [...(serves ? lock : []), ...launcher.prefix, ...words];
  return [command, args];
}

function elsewhere(folder: ServerFolder): string {
  return (
    `a server that is not visible from here (another container or machine on the same volume) works in ${folder.root}. ` +
    'Stop Cuiban there, give this one a folder of its own, or let both use one DATABASE_URL.'
  );
}

/** The port of last time if it is free, so that connection pools find a restarted server again. */
async function freePort(remembered: string): Promise<number> {
  const last = Number(await readFile(remembered, 'utf8').catch(() => '0'));
  return bound(last > 1023 && last < 65_536 ? last : 0).catch(() => bound(0));
}

function bound(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

// A PostgreSQL that is there for one run: in memory, over a socket of its own, and careless with a disk that it does not have.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { appendFile, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import { chooseLauncher, findPostgresBinaries } from '../../src/postgres-binaries.ts';
import { scratch } from '../support/scratch.ts';

const NAME = 'cuiban-simulation-';
const START_LIMIT_MS = 120_000;

const SETTINGS = `
listen_addresses = ''
timezone = 'UTC'
max_connections = 50
shared_buffers = 64MB
io_method = sync
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 256MB
checkpoint_timeout = 1h
autovacuum = off
track_activities = off
track_counts = off
update_process_title = off
max_logical_replication_workers = 0
log_min_messages = fatal
# See kept-plans.ts.
plan_cache_mode = force_generic_plan
`;

export interface RunServer {
  url(database: string): string;
  /** Stops it, and nothing is left of it. */
  close(): Promise<void>;
}

/** What a run that was killed has left goes first. */
export async function startServer(): Promise<RunServer> {
  const root = await scratch(`${NAME}${process.pid}-`);
  await removeStale(dirname(root));
  const data = join(root, 'data');
  const binaries = await findPostgresBinaries();
  const { prefix } = await chooseLauncher(binaries, root, data);
  const initdb = ['-D', data, '-U', 'cuiban', '--auth=trust', '--encoding=UTF8', '--no-sync', '--no-instructions'];
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  await promisify(execFile)(...words([...prefix, binaries.initdb, ...initdb, ...locale]), { cwd: root });
  await appendFile(join(data, 'postgresql.conf'), `${SETTINGS}unix_socket_directories = '${root}'\n`);
  // A session of its own: ctrl-C goes to us, and we stop it.
  const server = spawn(...words([...prefix, binaries.postgres, '-D', data]), {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const gone = once(server, 'exit');
  process.once('exit', () => {
    server.kill('SIGQUIT');
    rmSync(root, { recursive: true, force: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  await ready(join(data, 'postmaster.pid'));
  return {
    url: (database) => `postgresql://cuiban@/${database}?host=${encodeURIComponent(root)}`,
    async close() {
      server.kill('SIGINT');
      await gone;
      await rm(root, { recursive: true, force: true });
    },
  };
}

function words([command = '', ...others]: readonly string[]): [command: string, args: readonly string[]] {
  return [command, others];
}

async function ready(pidFile: string): Promise<void> {
  for (const deadline = performance.now() + START_LIMIT_MS; performance.now() < deadline; await delay(10)) {
    const lines = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n');
    if (lines[7]?.trim() === 'ready') return;
  }
  throw new Error('the PostgreSQL of the simulation does not start');
}

async function removeStale(room: string): Promise<void> {
  for (const name of await readdir(room)) {
    const pid = name.startsWith(NAME) ? Number(name.slice(NAME.length).split('-')[0]) : NaN;
    if (pid > 0 && !isAlive(pid)) await rm(join(room, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

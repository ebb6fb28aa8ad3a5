// The parts of a storm, all real and each a process: PostgreSQL, Redis, an SMTP server, an SMSC, our schedulers and workers; between
// any two of them a line that can be cut.

import { mkdtemp, readFile, rm, writeFile, mkdir } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

import pg from 'pg';

import { type EmbeddedPostgres, openEmbeddedPostgres } from '../../src/postgres.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { forked, type Member, member } from './crew.ts';
import { writeConfiguration } from './offices.ts';
import { type Proxy, startProxy } from './proxy.ts';
import type { Accepted, Manner } from './sinks.ts';

const run = promisify(execFile);
const DATABASE = 'cuiban';
/** PostgreSQL's own files and its log of changes take about 150 MB of it. */
const DISK_MB = 420;
export const LEASE_S = 20;

export interface World {
  /** Where the processes' words are kept, for whoever looks for a reason. */
  readonly dir: string;
  /** The date it is in every office. */
  readonly today: string;
  readonly configDir: string;
  readonly lines: { readonly postgres: Proxy; readonly redis: Proxy | null; readonly smtp: Proxy; readonly smpp: Proxy };
  /** What a process of ours is told of it; a data folder is its own. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workers: readonly Member[];
  readonly schedulers: readonly Member[];
  readonly redis: TestRedis | null;
  readonly postgres: Postgres;
  manner(manner: Manner): void;
  accepted(): Promise<readonly Accepted[]>;
  end(): Promise<void>;
}

export interface Postgres {
  /** Past the line that may be cut. */
  url(): string;
  query<Row extends object>(text: string): Promise<readonly Row[]>;
  /** kill -9 of the whole server. */
  kill(): Promise<void>;
  /** As `pg_ctl stop -m immediate`: it breaks off everything and leaves the rest to recovery. */
  stopAtOnce(): Promise<void>;
  start(): Promise<void>;
  /** Null where its disk is not our own to fill. */
  readonly disk: { fill(): Promise<void>; empty(): Promise<void> } | null;
}

export interface WorldOptions {
  readonly offices: number;
  readonly queue: 'redis' | 'postgres';
  readonly workers: number;
  readonly schedulers: number;
  /** How long the relay takes for a mail, unless as long as leaves something in flight at every moment. */
  readonly slowMs?: number;
  readonly leaseS?: number;
}

export async function openWorld({
  offices,
  queue,
  workers,
  schedulers,
  slowMs = 100,
  leaseS = LEASE_S,
}: WorldOptions): Promise<World> {
  const dir = await mkdtemp(join(tmpdir(), 'cuiban-chaos-'));
  const configDir = join(dir, 'config');
  const today = await writeConfiguration(configDir, offices, new Date());
  const postgres = await openPostgres(join(dir, 'disk'));
  const redis = queue === 'redis' ? await startRedis() : null;
  const record = join(dir, 'accepted.jsonl');
  await writeFile(record, '');
  const sinks = await forked('sinks.ts', record, String(slowMs));
  const ports = sinks.said as { readonly mail: number; readonly sms: number };
  const lines = {
    postgres: await startProxy(Number(new URL(postgres.url()).port)),
    redis: redis === null ? null : await startProxy(redis.port),
    smtp: await startProxy(ports.mail),
    smpp: await startProxy(ports.sms),
  };
  const through = new URL(postgres.url());
  through.port = String(lines.postgres.port);
  const environment = {
    DATABASE_URL: through.href,
    ...(lines.redis === null ? {} : { REDIS_URL: `redis://127.0.0.1:${lines.redis.port}` }),
    SMTP_URL: `smtp://127.0.0.1:${lines.smtp.port}`,
    SMPP_URL: `smpp://demo:demo@127.0.0.1:${lines.smpp.port}`,
    CUIBAN_CONFIG: configDir,
    CUIBAN_LEASE_SECONDS: String(leaseS),
  };
  const crew = (role: string, count: number): Member[] =>
    Array.from({ length: count }, (_, index) => {
      const name = `${role}-${index}`;
      return member(name, role, { ...environment, CUIBAN_DATA: join(dir, name) }, join(dir, 'crew.log'));
    });
  const crewed = { workers: crew('worker', workers), schedulers: crew('scheduler', schedulers) };
  return {
    dir,
    today,
    configDir,
    lines,
    environment,
    ...crewed,
    redis,
    postgres: {
      ...postgres,
      start: async () => {
        await postgres.start();
        lines.postgres.retarget(Number(new URL(postgres.url()).port));
      },
    },
    manner: (manner) => void sinks.child.send(manner),
    accepted: async () =>
      (await readFile(record, 'utf8'))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Accepted),
    end: async () => {
      await Promise.all([...crewed.workers, ...crewed.schedulers].map((each) => each.kill()));
      sinks.child.kill('SIGKILL');
      for (const line of [lines.postgres, lines.redis, lines.smtp, lines.smpp]) await line?.close();
      await redis?.kill();
      await postgres.end();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function openPostgres(dir: string): Promise<Postgres & { end(): Promise<void> }> {
  await mkdir(dir, { recursive: true });
  const own = await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m,mode=0755`, 'tmpfs', dir]).then(
    () => true,
    () => false,
  );
  const opened: EmbeddedPostgres[] = [];
  const start = async (): Promise<void> => {
    opened.push(await openEmbeddedPostgres({ dataDir: join(dir, 'postgres') }));
  };
  await start();
  await opened[0]?.ensureDatabase(DATABASE);
  const url = (): string => opened.at(-1)?.url(DATABASE) ?? '';
  const postmaster = async (): Promise<number> =>
    Number.parseInt(await readFile(join(dir, 'postgres', 'data', 'postmaster.pid'), 'utf8'), 10);
  const ballast = join(dir, 'ballast');
  return {
    url,
    start,
    query: async <Row extends object>(text: string) => {
      const client = new pg.Client({ connectionString: url(), connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
      client.on('error', () => undefined);
      try {
        await client.connect();
        return (await client.query<Row>(text)).rows;
      } finally {
        await client.end().catch(() => undefined);
      }
    },
    kill: async () => killTree(await postmaster()),
    stopAtOnce: async () => {
      const pid = await postmaster();
      process.kill(pid, 'SIGQUIT');
      while (existsSync(`/proc/${pid}`)) await wait(20);
    },
    disk: own
      ? {
          // dd ends with "no space left", which is the point of it.
          fill: () =>
            run('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=64k']).then(
              () => undefined,
              () => undefined,
            ),
          empty: () => rm(ballast, { force: true }),
        }
      : null,
    end: async () => {
      for (const each of opened) await each.release().catch(() => undefined);
      if (own) await run('umount', ['-l', dir]);
    },
  };
}

async function killTree(pid: number): Promise<void> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  for (const each of [pid, ...children.split(' ').filter(Boolean).map(Number)]) {
    try {
      process.kill(each, 'SIGKILL');
    } catch {
      // gone already
    }
  }
}

// Cuiban itself: worker processes as `cuiban start` runs them, on a clock that is a few seconds before nine when they start.
// At nine they wake by their own alarm; the clock of the measurement starts at nine sharp.

import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';

import type { Role } from '../../../src/app-roles.ts';
import { wall } from '../support/child.ts';
import type { Cleanup } from '../support/cleanup.ts';
import type { Ground } from '../support/ground.ts';
import { type Child, startChild } from '../support/processes.ts';
import { CONNECTIONS, type Contender, type Running, type Task } from './peer.ts';

export interface OursOptions {
  readonly queue: 'redis' | 'postgres';
  readonly workers: number;
  /** Where the work begins: duties due for a look, or messages planned already. */
  readonly from: 'due' | 'planned';
  /** Roles of each worker process; default: all, as `cuiban start` without `--role`. */
  readonly roles?: readonly (readonly Role[])[];
  readonly connections?: number;
  /** Changes the copied ledger before the workers begin; `nine` as its clock shows it. */
  readonly alter?: (ground: Ground, database: string, nine: number) => Promise<void>;
}

/** What a worker is told: first to open everything that has no clock, then to begin. */
export interface Opening {
  readonly kind: 'open';
  readonly databaseUrl: string;
  readonly redisUrl: string | null;
  readonly smtpUrl: string;
  readonly configDir: string;
  readonly dataDir: string;
  readonly roles: readonly Role[] | null;
}

export interface Beginning {
  readonly kind: 'begin';
  /** The worker's clock shows `shows` at the instant `at` of `wall`. */
  readonly clock: { readonly at: number; readonly shows: number };
}

/** From opening the app to nine; doubled where the machine is too busy to start in that time. */
let leadMs = 3_000;
const LONGEST_LEAD_MS = 48_000;

export function ours(options: OursOptions): Contender {
  const { queue, workers, from } = options;
  const store = queue === 'redis' ? 'Redis' : '自带 PostgreSQL';
  return {
    id: `ours-${queue}-${workers}-${from}`,
    name: `催办，队列在 ${store}，${workers} 个工作进程，${from === 'due' ? '从规划起' : '已规划'}`,
    start: (task) => start(task, options),
  };
}

/** A process that is told to open and to begin. */
export function startWorker(cleanup: Cleanup): Child {
  return startChild(new URL('ours-worker.ts', import.meta.url), cleanup);
}

async function start(task: Task, options: OursOptions): Promise<Running> {
  const { ground, cleanup, port, ledgers } = task;
  const name = 'bench_run';
  const databaseUrl = await ground.database(name, ledgers[options.from]);
  cleanup.add(() => ground.drop(name));
  const redis = options.queue === 'redis' ? await ground.redis() : null;
  await redis?.command('FLUSHALL');
  const opening: Omit<Opening, 'roles'> = {
    kind: 'open',
    databaseUrl,
    redisUrl: redis?.url ?? null,
    smtpUrl: `smtp://127.0.0.1:${port}?connections=${options.connections ?? CONNECTIONS}`,
    configDir: ledgers.province.configDir,
    dataDir: await mkdtemp(path.join(ground.folder, 'data-')),
  };
  for (;;) {
    const children = Array.from({ length: options.workers }, () => startWorker(cleanup));
    await Promise.all(children.map((child, n) => child.ask({ ...opening, roles: options.roles?.[n] ?? null } satisfies Opening)));
    await options.alter?.(ground, name, ledgers.province.nine);
    const nineAt = await nineFor(task, options, children, name);
    if (nineAt - wall() > 100) return { pids: children.map(({ pid }) => pid), begin: () => Promise.resolve(nineAt) };
    if (leadMs >= LONGEST_LEAD_MS) throw new Error(`not ready within ${leadMs} ms`);
    leadMs *= 2;
    await Promise.all(children.map((child) => child.stop()));
    await redis?.command('FLUSHALL');
    await ground.database(name, ledgers[options.from]);
  }
}

/** Lets the workers begin, and says when (`wall`) it will be nine for them. */
async function nineFor(
  { ground, ledgers: { province } }: Task,
  { from }: OursOptions,
  children: readonly Child[],
  database: string,
): Promise<number> {
  // A ledger in which things were planned at nine knows that it is past nine: they are owed a little later, and the alarm rings then.
  const owedAt = province.nine + (from === 'planned' ? 120_000 : 0);
  if (from === 'planned') {
    await ground.sql(database, 'UPDATE cuiban.message SET owed_at = to_timestamp($1::float8 / 1000)', [owedAt]);
  }
  const at = wall();
  const beginning: Beginning = { kind: 'begin', clock: { at, shows: owedAt - leadMs } };
  await Promise.all(children.map((child) => child.ask(beginning)));
  return at + leadMs;
}

/**
 * What a process does: the jobs of its roles, and what runs beside them. Any number of processes may have any role, on any number
 * of hosts: nobody leads. Whoever adds a job or a companion names its role here; nothing else needs to know.
 */

import type { Context, Job } from '../jobs/context.ts';
import { deliver } from '../jobs/deliver.ts';
import { reconcile } from '../jobs/reconcile.ts';
import { sweep } from '../jobs/sweep.ts';
import { backups } from './app-backups.ts';
import type { Clock } from './app-clock.ts';
import { diskGuard } from './app-disk.ts';
import type { ConfigurationInForce } from './app-ledger.ts';
import { watch } from './app-watch.ts';
import type { HttpAddress } from './console/server.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Logger } from './log.ts';
import type { JobDefinition, JobKind, Queue } from './queue.ts';
import type { Settings } from './settings.ts';
import type { Watching } from './app-watching.ts';
import type { WriteGuard } from './app-writing.ts';

/** `scheduler` plans, hands over and looks after time; `worker` sends; `console` answers over HTTP and works no job. */
export type Role = 'worker' | 'scheduler' | 'console';

/** What a companion may use of the app it runs in. */
export interface AppParts {
  readonly settings: Settings;
  /** Of the ledger. */
  readonly databaseUrl: string;
  readonly configuration: ConfigurationInForce;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly queue: Queue;
  readonly context: Context;
  readonly roles: readonly Role[];
  readonly log: Logger;
  readonly watching: Watching;
  readonly writing: Pick<WriteGuard, 'writable'>;
  readonly watch: WatchOptions;
  /** Names of the queue's jobs that this process works. */
  readonly jobs: readonly string[];
}

/** How those outside are told of this process; nothing of it is on unless asked for. */
export interface WatchOptions {
  readonly http: HttpAddress | null;
  readonly heartbeatUrl: string | null;
}

/** Runs beside the jobs for as long as the app does: an HTTP server, a heartbeat. Opened once in a process, whatever its roles. */
export interface Companion {
  /** @throws what keeps the process from starting */
  open(parts: AppParts): Promise<{ close(): Promise<void> }>;
}

interface Duty {
  /** Names of the queue's jobs that are worked here. */
  readonly jobs: readonly string[];
  readonly beside: readonly Companion[];
  /** Sweeps are asked for from here. */
  readonly keepsTime: boolean;
  /** Connections to the ledger that it can use at once: its jobs' concurrency, and a few for receipts, signs of life and figures. */
  readonly connections: number;
}

export const ROLES: Readonly<Record<Role, Duty>> = {
  worker: { jobs: [deliver.name], beside: [watch, diskGuard], keepsTime: false, connections: 8 },
  scheduler: { jobs: [sweep.name, reconcile.name], beside: [watch, diskGuard, backups], keepsTime: true, connections: 5 },
  console: { jobs: [], beside: [watch], keepsTime: false, connections: 4 },
};

/** Every job, ready to be given its context and told what to do after each run. */
export const JOBS = [bind(sweep), bind(deliver), bind(reconcile)];

function bind<Payload>(job: Job<Payload>): (context: () => Context, ran: (name: string) => void) => JobDefinition<unknown> {
  return (context, ran) => ({
    name: job.name,
    payload: job.payload,
    concurrency: job.concurrency,
    async run(payload, signal) {
      await job.run(context(), job.payload.parse(payload), signal);
      ran(job.name);
    },
  });
}

/** The kinds of job there are, for whoever only looks at the queue. */
export function queueKinds(): readonly JobKind<unknown>[] {
  return [sweep, deliver, reconcile];
}

function hasWork(role: Role): boolean {
  return ROLES[role].jobs.length + ROLES[role].beside.length > 0;
}

/** The roles of a process that was given none: all for which this version has something to do. */
export function everyRole(): readonly Role[] {
  return roleNames().filter(hasWork);
}

/** How many connections to the ledger a process of these roles may hold. */
export function connectionsOf(roles: readonly Role[]): number {
  return roles.reduce((sum, role) => sum + ROLES[role].connections, 0);
}

function roleNames(): Role[] {
  return Object.keys(ROLES).filter((name): name is Role => name in ROLES);
}

/**
 * Roles as a person names them: `worker`, or `worker,scheduler`, or one after the other.
 * @throws RangeError in words for that person
 */
export function readRoles(texts: readonly string[]): readonly Role[] {
  const wanted = texts.flatMap((text) => text.split(',')).map((text) => text.trim());
  const known = roleNames();
  const unknown = wanted.filter((text) => !known.some((role) => role === text));
  if (unknown.length > 0 || wanted.length === 0) {
    throw new RangeError(`没有“${unknown.join('、')}”这个角色；角色有 ${known.join('、')}，可写多个：--role worker,scheduler`);
  }
  const roles = known.filter((role) => wanted.includes(role));
  const idle = roles.filter((role) => !hasWork(role));
  if (idle.length > 0) throw new RangeError(`本版本还没有 ${idle.join('、')} 要做的事；可用的角色：${everyRole().join('、')}`);
  return roles;
}

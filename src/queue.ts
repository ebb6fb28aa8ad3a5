/**
 * The queue: hands what is due now to whichever process has a hand free. With queue-backend.ts
 * (the servers) and queue-worker.ts (the working side), the only code that knows BullMQ.
 *
 * It promises that a payload it took is run at least once while the backend lives, and nothing more. The backend may be emptied at
 * any moment: what is owed is computed from the ledger. It holds no business time, it never remembers a finished job (re-adding its
 * id runs it again), and the lock it keeps on a running job is no fence: the ledger's claim is.
 */
import { randomUUID } from 'node:crypto';
import type { JobsOptions, Telemetry } from 'bullmq';
import { z } from 'zod';
import { openBackend } from './queue-backend.ts';
import type { Backend, BackendAddress } from './queue-backend.ts';
import { FaultLog } from './queue-faults.ts';
import { figuresOf, type QueueFigures } from './queue-figures.ts';
import { FORGET, Line, type Store } from './queue-line.ts';
import { timer } from './queue-timer.ts';
import { Watch } from './queue-watch.ts';
import type { JobDefinition, JobFailure, JobKind, QueueLog } from './queue-worker.ts';

export type { BackendAddress, JobDefinition, JobFailure, JobKind, QueueFigures, QueueLog };

export interface QueueOptions {
  readonly backend: BackendAddress;
  /** Sets queues on one server apart: the PostgreSQL schema, the first part of every Redis key. `bullmq` unless stated. */
  readonly prefix?: string;
  /** Names of the jobs that this process works; all unless stated. It enqueues every kind whatever it works. */
  readonly works?: readonly string[];
  /** How long a lock on a running job lives unless renewed (it is, at half this time). */
  readonly lockMs?: number;
  /** How often jobs whose lock ran out are looked for; a dead process's job runs again within lockMs + 2 × stalledMs. */
  readonly stalledMs?: number;
  /** How long `enqueue` and its like wait for a backend that does not answer. */
  readonly patienceMs?: number;
  /** After so long without an answer of the backend, or with jobs waiting that nobody here begins, a new connection is made. */
  readonly stuckMs?: number;
  readonly log: QueueLog;
  readonly onJobFailed?: (failure: JobFailure) => void;
  /** BullMQ's hook for traces. */
  readonly telemetry?: Telemetry;
}

export interface EnqueueOptions {
  /** 1 runs before 2; a job without priority runs before all that have one. */
  readonly priority?: number;
  /** While a job of this id waits or runs, adding it again does nothing. No colon, no integer. */
  readonly jobId?: string;
}

export interface JobCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
}

export interface Queue {
  /** Returns when the backend has the payload; throws when it is invalid, or the backend silent (it may have it all the same). */
  enqueue(name: string, payload: unknown, options?: EnqueueOptions): Promise<void>;
  enqueueMany(name: string, items: readonly (EnqueueOptions & { readonly payload: unknown })[]): Promise<void>;
  /** (Re)asserts a repeating job; the first run is now, asserting again moves nothing. Only a wake-up: keep a plain timer behind it. */
  repeat(name: string, everyMs: number, payload: unknown): Promise<void>;
  /** Starts workers for the jobs of `works`; needs exactly one handler for each job the queue was opened with all the same. */
  work(jobs: readonly JobDefinition<unknown>[]): Promise<void>;
  counts(): Promise<Record<string, JobCounts>>;
  figures(): Promise<QueueFigures>;
  /** BullMQ's own objects, for its dashboard alone. Others take their place when a new connection is made. */
  forDashboard(): readonly unknown[];
  /** Empties everything, repeating jobs too, as FLUSHALL would. Running jobs run on. */
  drain(): Promise<void>;
  /** Takes no more jobs, waits at most graceMs for those running, tells the rest by their signal, and closes. */
  close(graceMs?: number): Promise<void>;
}

const enqueueOptions = z.object({
  priority: z.number().int().min(1).max(2_097_152).optional(),
  jobId: z
    .string()
    .min(1)
    .refine((id) => !id.includes(':'), 'a job id may not contain ":"')
    .refine((id) => !/^-?\d+$/.test(id), 'a job id may not be an integer')
    .optional(),
});

const CHUNK = 1_000;
/** How long a polite goodbye to the backend may take once nothing runs any more. */
const GOODBYE_MS = 2_000;

/** Opens the queue for these kinds of job (a definition is one); refuses a server that cannot carry it. */
export async function openQueue(options: QueueOptions, kinds: readonly JobKind<unknown>[]): Promise<Queue> {
  const byName = new Map<string, JobKind<unknown>>();
  for (const kind of kinds) {
    if (byName.has(kind.name)) throw new Error(`the job "${kind.name}" is declared twice`);
    if (!/^[a-z][a-z0-9-]*$/.test(kind.name)) throw new Error(`"${kind.name}" cannot be the name of a job`);
    byName.set(kind.name, kind);
  }
  const works = new Set(options.works ?? byName.keys());
  for (const name of works) if (!byName.has(name)) throw new Error(`there is no job "${name}" to work`);
  const faults = new FaultLog(options.log);
  const connect = (): Promise<Backend> =>
    openBackend(options.backend, options.prefix ?? 'bullmq', works.size, (error) => faults.report(error), options.telemetry);
  return new BullQueue({ ...options, works: [...works] }, connect, await connect(), byName, faults);
}

type Opened = QueueOptions & Required<Pick<QueueOptions, 'works'>>;

class BullQueue implements Queue {
  private line: Line;
  private jobs: readonly JobDefinition<unknown>[] | undefined;
  private closing: Promise<void> | undefined;
  private watching: NodeJS.Timeout | undefined;
  private looking = false;
  private readonly options: Opened;
  private readonly connect: () => Promise<Backend>;
  private readonly kinds: ReadonlyMap<string, JobKind<unknown>>;
  private readonly faults: FaultLog;

  constructor(
    options: Opened,
    connect: () => Promise<Backend>,
    backend: Backend,
    kinds: ReadonlyMap<string, JobKind<unknown>>,
    faults: FaultLog,
  ) {
    this.options = options;
    this.connect = connect;
    this.kinds = kinds;
    this.faults = faults;
    this.line = new Line(backend, kinds.keys(), faults);
    const { stuckMs = 60_000 } = options;
    const watch = new Watch(stuckMs, async () => {
      const counts = Object.entries(await this.counts());
      return Object.fromEntries(counts.map(([name, { waiting }]) => [name, waiting]));
    });
    this.watching = setInterval(() => void this.look(watch), stuckMs / 4).unref();
  }

  async enqueue(name: string, payload: unknown, options: EnqueueOptions = {}): Promise<void> {
    const job = this.checked(name, { ...options, payload });
    await this.inTime(`enqueue ${name}`, this.store(name).add(job.name, job.data, job.opts));
  }

  async enqueueMany(name: string, items: readonly (EnqueueOptions & { payload: unknown })[]): Promise<void> {
    const jobs = items.map((item) => this.checked(name, item));
    for (let from = 0; from < jobs.length; from += CHUNK) {
      await this.inTime(`enqueue ${name}`, this.store(name).addBulk(jobs.slice(from, from + CHUNK)));
    }
  }

  async repeat(name: string, everyMs: number, payload: unknown): Promise<void> {
    const { data, opts } = this.checked(name, { payload });
    const template = { name, data, opts: { ...FORGET, attempts: opts.attempts } };
    await this.inTime(`repeat ${name}`, this.store(name).upsertJobScheduler(name, { every: everyMs }, template));
  }

  async work(jobs: readonly JobDefinition<unknown>[]): Promise<void> {
    const handled = jobs.map((job) => job.name);
    const wrong = [
      ...handled.filter((name, at) => handled.indexOf(name) !== at).map((name) => `the job "${name}" has two handlers`),
      ...handled.filter((name) => !this.kinds.has(name)).map((name) => `the queue was not opened for the job "${name}"`),
      ...[...this.kinds.keys()].filter((name) => !handled.includes(name)).map((name) => `the job "${name}" has no handler`),
    ];
    if (this.jobs) wrong.push('the queue has its workers already');
    if (this.closing) wrong.push('the queue is closed');
    if (wrong.length > 0) throw new Error(`refusing to start: ${wrong.join('; ')}`);
    this.jobs = jobs.filter(({ name }) => this.options.works.includes(name));
    await this.inTime('start workers', this.start(this.line));
  }

  private start(line: Line): Promise<void> {
    const { log, lockMs = 30_000, stalledMs = 15_000, onJobFailed } = this.options;
    const report = (error: Error, queue?: string): void => this.faults.report(error, queue);
    return line.work(this.jobs ?? [], { lockMs, stalledMs, log, report, onJobFailed });
  }

  private async look(watch: Watch): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const stuck = await watch.look(this.line);
      if (stuck !== undefined && !this.closing) await this.renew(stuck);
    } catch (error) {
      this.faults.report(error);
    } finally {
      this.looking = false;
    }
  }

  /** Goes on over new connections, if there are any to be had: a server that is away is not helped by leaving it. */
  private async renew(stuck: string): Promise<void> {
    const backend = await this.connect();
    if (this.closing) {
      backend.sever();
      return;
    }
    const old = this.line;
    this.line = new Line(backend, this.kinds.keys(), this.faults);
    this.options.log.error({ stuck, running: old.busy }, 'the queue was stuck and has new connections');
    old.cancel('the queue has new connections');
    old.abandon();
    await this.inTime('start workers', this.start(this.line));
  }

  async counts(): Promise<Record<string, JobCounts>> {
    const counted = this.opened().map(async ([name, store]) => {
      const { waiting = 0, prioritized = 0, paused = 0, active = 0, delayed = 0, failed = 0 } = await store.getJobCounts();
      return [name, { waiting: waiting + prioritized + paused, active, delayed, failed }] as const;
    });
    return Object.fromEntries(await this.inTime('count jobs', Promise.all(counted)));
  }

  figures(): Promise<QueueFigures> {
    return this.inTime('figures', figuresOf(new Map(this.opened())));
  }

  forDashboard(): readonly unknown[] {
    return this.opened().map(([, store]) => store);
  }

  async drain(): Promise<void> {
    const emptied = this.opened().map(([, store]) => store.obliterate({ force: true }));
    await this.inTime('drain', Promise.all(emptied));
  }

  close(graceMs = 10_000): Promise<void> {
    this.closing ??= this.end(graceMs);
    return this.closing;
  }

  private async end(graceMs: number): Promise<void> {
    clearInterval(this.watching);
    const { line } = this;
    const polite = line.goodbye().then(
      () => true,
      (error: unknown) => {
        this.faults.report(error);
        return false;
      },
    );
    const lastWords = Math.min(1_000, graceMs / 10);
    const grace = timer(graceMs - lastWords);
    // With nothing running there is nothing to wait for but the backend, which may be down.
    const silence = line.idle().then(() => timer(Math.min(GOODBYE_MS, graceMs)).over);
    let done = await Promise.race([polite, grace.over, silence]);
    if (!done && line.busy > 0) {
      this.options.log.warn({ running: line.busy }, 'closing the queue before its running jobs ended');
      line.cancel('the queue is closing');
      done = await Promise.race([polite, timer(lastWords).over]);
    }
    grace.cancel();
    if (!done) line.abandon();
    this.faults.close();
  }

  private checked(name: string, item: EnqueueOptions & { readonly payload: unknown }) {
    const kind = this.kinds.get(name);
    if (!kind) throw new Error(`there is no job "${name}"`);
    const payload = kind.payload.safeParse(item.payload);
    if (!payload.success) throw new Error(`invalid payload for the job "${name}": ${z.prettifyError(payload.error)}`);
    const options = enqueueOptions.safeParse(item);
    if (!options.success) throw new Error(`cannot enqueue "${name}": ${z.prettifyError(options.error)}`);
    // Ids counted by the backend start again after a flush, while a job of the old 1 may still run here.
    const { jobId = randomUUID(), priority } = options.data;
    const opts: JobsOptions & { attempts: number } = {
      ...FORGET,
      attempts: kind.attempts ?? 3,
      jobId,
    };
    if (priority !== undefined) opts.priority = priority;
    return { name, data: item.payload, opts };
  }

  private store(name: string): Store {
    const found = this.opened().find(([its]) => its === name);
    if (!found) throw new Error(`there is no job "${name}"`);
    return found[1];
  }

  // What is asked of a closed store is never answered. Those who still run may hand on what they have begun.
  private opened(): [string, Store][] {
    if (this.closing && this.line.busy === 0) throw new Error('the queue is closed');
    return [...this.line.stores];
  }

  /** Redis commands wait for ever for a server that is away; the caller must not. */
  private async inTime<T>(what: string, work: Promise<T>): Promise<T> {
    const patienceMs = this.options.patienceMs ?? 10_000;
    const limit = timer(patienceMs);
    try {
      const late = limit.over.then(() => {
        throw new Error(`${what}: no answer from the queue's backend within ${patienceMs} ms`);
      });
      return await Promise.race([work, late]);
    } finally {
      limit.cancel();
    }
  }
}

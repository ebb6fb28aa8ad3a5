/**
 * One connection's worth of the queue: a backend, BullMQ's objects on it, and the workers. The queue holds one at a time, and takes
 * another when this one is stuck. Used by queue.ts; nobody else imports this file.
 */
import { Queue as BullmqQueue } from 'bullmq';
import type { IQueueBackend } from 'bullmq';
import type { Backend } from './queue-backend.ts';
import type { FaultLog } from './queue-faults.ts';
import { type JobDefinition, JobWorker, type WorkerSettings } from './queue-worker.ts';

/** BullMQ's queue, whatever the server. */
export type Store = BullmqQueue<unknown, void, string, unknown, void, string, IQueueBackend, unknown>;

// A finished job that is kept makes adding its id again a silent no-op.
export const FORGET = { removeOnComplete: true, removeOnFail: true } as const;

export class Line {
  readonly stores = new Map<string, Store>();
  readonly workers: JobWorker[] = [];
  private readonly backend: Backend;
  private readonly faults: FaultLog;

  constructor(backend: Backend, names: Iterable<string>, faults: FaultLog) {
    this.backend = backend;
    this.faults = faults;
    for (const name of names) {
      // Nobody reads BullMQ's event stream here; keep it short.
      const settings = {
        ...backend.options,
        defaultJobOptions: FORGET,
        streams: { events: { maxLen: 100 } },
      };
      const store: Store = new BullmqQueue(name, settings, backend.factory);
      store.on('error', (error) => faults.report(error, name));
      this.stores.set(name, store);
    }
  }

  /** Begins to work these jobs. Resolves when each worker has its connection. */
  async work(jobs: readonly JobDefinition<unknown>[], settings: Omit<WorkerSettings, 'backend'>): Promise<void> {
    for (const job of jobs) this.workers.push(new JobWorker(job, { ...settings, backend: this.backend }));
    await Promise.all(this.workers.map((worker) => worker.waitUntilReady()));
    for (const worker of this.workers) worker.run().catch((error: Error) => this.faults.report(error, worker.name));
  }

  /** How many jobs run just now. */
  get busy(): number {
    return this.workers.reduce((sum, worker) => sum + worker.busy, 0);
  }

  async idle(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.idle()));
  }

  /** Takes no more jobs, waits for those that run, and leaves the backend politely. */
  async goodbye(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.close()));
    await Promise.all([...this.stores.values()].map((store) => store.close()));
    await this.backend.close();
  }

  /** Tells every running job that it is no longer this process's. */
  cancel(why: string): void {
    for (const worker of this.workers) worker.cancelAllJobs(why);
  }

  /** Leaves without waiting for anybody. */
  abandon(): void {
    for (const worker of this.workers) worker.abandon().catch((error: unknown) => this.faults.report(error, worker.name));
    this.backend.sever();
  }
}

/**
 * The working side of the queue: what a job is, and one BullMQ worker per job that claims, runs and reports it.
 * Used by queue.ts, which hands the types on; nobody else imports this file.
 */
import { UnrecoverableError, Worker } from 'bullmq';
import type { IQueueBackend, Job, JobProgress } from 'bullmq';
import { z } from 'zod';
import type { Backend } from './queue-backend.ts';

export interface JobKind<Payload> {
  /** Also the queue's name. */
  readonly name: string;
  readonly payload: z.ZodType<Payload>;
  /** How many run at once in one process. */
  readonly concurrency: number;
  /** Tries in immediate succession before the job is dropped and told to `onJobFailed`; 3 unless stated. */
  readonly attempts?: number;
}

export interface JobDefinition<Payload> extends JobKind<Payload> {
  /**
   * The signal says that this run no longer owns its job: its lock is lost, or the time to close is over. Another process may run
   * the same payload from now on, so begin nothing new that cannot be repeated.
   */
  run(payload: Payload, signal: AbortSignal): Promise<void>;
}

export interface QueueLog {
  info(about: object, message: string): void;
  warn(about: object, message: string): void;
  error(about: object, message: string): void;
}

/** A job that is gone without having succeeded. */
export interface JobFailure {
  readonly queue: string;
  readonly jobId: string | undefined;
  readonly payload: unknown;
  readonly attempts: number;
  readonly error: Error;
}

export interface WorkerSettings {
  readonly backend: Backend;
  readonly lockMs: number;
  readonly stalledMs: number;
  readonly log: QueueLog;
  /** Faults of the connection, which come in swarms. */
  readonly report: (error: Error, queue?: string) => void;
  readonly onJobFailed: ((failure: JobFailure) => void) | undefined;
}

/** After a claim that failed; a busy worker of BullMQ's asks again at once (measured: 120 errors a second while the server is away). */
const CLAIM_PAUSE_MS = 500;
/** No worker sleeps longer than this on one wait, however dead the line that should wake it. */
const LONGEST_WAIT_S = 10;

type BullWorker = Worker<unknown, void, string, IQueueBackend, JobProgress, unknown>;

export class JobWorker extends Worker<unknown, void, string, IQueueBackend, JobProgress, unknown> {
  /** How many of its jobs run just now. */
  busy = 0;
  /** When a job last began, in milliseconds of the clock that never jumps; minus infinity before the first. */
  begun = -Infinity;
  private whenIdle: (() => void)[] = [];
  private readonly definition: JobDefinition<unknown>;
  private readonly settings: WorkerSettings;

  constructor(definition: JobDefinition<unknown>, settings: WorkerSettings) {
    const { backend, lockMs, stalledMs, report } = settings;
    const { name, concurrency } = definition;
    const options = {
      ...backend.options,
      concurrency,
      lockDuration: lockMs,
      stalledInterval: stalledMs,
      // A job that takes its process down with it may do so three times.
      maxStalledCount: 3,
      runRetryDelay: 1_000,
      autorun: false,
    };
    // BullMQ hands a signal only to a processor that declares three parameters.
    super(name, (job, _token, signal) => this.perform(job, signal), options, backend.factory);
    this.definition = definition;
    this.settings = settings;
    this.on('error', (error) => report(error, name));
    this.on('failed', (job, error) => this.failed(job, error));
    this.on('stalled', (jobId) => settings.log.warn({ queue: name, jobId }, 'a job lost its worker and runs again'));
    this.on('lockRenewalFailed', (jobIds) => {
      for (const jobId of jobIds) this.cancelJob(jobId, 'the lock on the job is lost');
    });
  }

  idle(): Promise<void> {
    return this.busy === 0 ? Promise.resolve() : new Promise((resolve) => this.whenIdle.push(resolve));
  }

  /** A worker that could not be closed politely would renew its locks and look for stalled jobs for ever. */
  async abandon(): Promise<void> {
    await this.lockManager.close();
    await this.pause(true);
  }

  protected override async moveToActive(token: string, name?: string): ReturnType<BullWorker['moveToActive']> {
    try {
      return await super.moveToActive(token, name);
    } catch (error) {
      if (!this.closing) await new Promise((resolve) => setTimeout(resolve, CLAIM_PAUSE_MS));
      throw error;
    }
  }

  protected override getBlockTimeout(blockUntil: number): number {
    return Math.min(super.getBlockTimeout(blockUntil), LONGEST_WAIT_S);
  }

  private async perform(job: Job, signal = new AbortController().signal): Promise<void> {
    const payload = this.definition.payload.safeParse(job.data);
    if (!payload.success) throw new UnrecoverableError(`invalid payload: ${z.prettifyError(payload.error)}`);
    this.busy += 1;
    this.begun = performance.now();
    try {
      await this.definition.run(payload.data, signal);
    } finally {
      this.busy -= 1;
      if (this.busy === 0) for (const resolve of this.whenIdle.splice(0)) resolve();
    }
  }

  private failed(job: Job | undefined, error: Error): void {
    const { log, onJobFailed } = this.settings;
    const about = { queue: this.name, jobId: job?.id, attempt: job?.attemptsMade, err: error };
    if (job && !job.finishedOn) {
      log.warn(about, 'a job failed and is tried again');
      return;
    }
    log.error(about, 'a job failed for good');
    try {
      const payload: unknown = job?.data;
      onJobFailed?.({
        queue: this.name,
        jobId: job?.id,
        payload,
        attempts: job?.attemptsMade ?? 0,
        error,
      });
    } catch (fault) {
      log.error({ queue: this.name, err: fault }, 'onJobFailed itself failed');
    }
  }
}

// What this process has seen itself: outcomes, how late, how long its jobs ran. Nothing here asks anybody anything.

import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

import type { ChannelName } from '../domain/delivery.ts';
import type { Instant } from '../domain/time.ts';
import type { Ledger } from '../ledger/ledger.ts';

/** Seconds: within a second is what is promised, ten minutes is what is allowed, a day is an outage over a night. */
const LATENESS = [0.5, 1, 2, 5, 15, 60, 300, 600, 1_800, 3_600, 14_400, 86_400];
const DURATION = [0.01, 0.05, 0.25, 1, 5, 15, 60, 300];
/** A far side that makes up codes must not make up time series. */
const REASONS_AT_MOST = 60;
/** Claims whose end this process never heard of are forgotten, oldest first. */
const REMEMBERED_AT_MOST = 10_000;

export interface Run {
  readonly job: string;
  /** On the clock that never jumps. */
  readonly since: number;
}

export class Measures {
  readonly #outcomes: Counter<'channel' | 'outcome' | 'reason'>;
  readonly #receipts: Counter<'channel' | 'result'>;
  readonly #lateness: Histogram<'channel'>;
  readonly #duration: Histogram<'job' | 'result'>;
  readonly #running: Gauge<'job'>;
  readonly #reasons = new Set<string>();
  readonly #claimed = new Map<string, { readonly channel: ChannelName; readonly dueAt: Instant | null }>();
  readonly #runs = new Set<Run>();
  readonly #monotonic: () => number;
  #lastEnd: number;

  constructor(registry: Registry, monotonic: () => number) {
    const registers = [registry];
    this.#monotonic = monotonic;
    this.#lastEnd = monotonic();
    this.#outcomes = new Counter({
      name: 'cuiban_message_outcomes_total',
      help: 'Messages settled by this process, by channel, the state they were left in and the far side’s code',
      labelNames: ['channel', 'outcome', 'reason'],
      registers,
    });
    this.#receipts = new Counter({
      name: 'cuiban_receipts_total',
      help: 'Receipts heard by this process: taken, unknown (of nothing that is ours, or early), foreign (about another number than we sent to)',
      labelNames: ['channel', 'result'],
      registers,
    });
    this.#lateness = new Histogram({
      name: 'cuiban_message_lateness_seconds',
      help: 'From the time for which a message was placed until the far side accepted it, retries and outages included',
      labelNames: ['channel'],
      buckets: LATENESS,
      registers,
    });
    this.#duration = new Histogram({
      name: 'cuiban_job_duration_seconds',
      help: 'How long jobs of this process ran, by job and whether they ended well',
      labelNames: ['job', 'result'],
      buckets: DURATION,
      registers,
    });
    this.#running = new Gauge({
      name: 'cuiban_jobs_running',
      help: 'Jobs that this process runs just now',
      labelNames: ['job'],
      registers,
    });
  }

  /** Jobs that run in this process just now. */
  get runs(): readonly Run[] {
    return [...this.#runs];
  }

  /** When a job last ended here, or when this process began. */
  get lastEnd(): number {
    return this.#lastEnd;
  }

  /** Runs one job and notes how long it took. */
  async run(job: string, work: () => Promise<void>): Promise<void> {
    const run = { job, since: this.#monotonic() };
    this.#runs.add(run);
    this.#running.inc({ job });
    let result = 'failed';
    try {
      await work();
      result = 'done';
    } finally {
      this.#runs.delete(run);
      this.#lastEnd = this.#monotonic();
      this.#running.dec({ job });
      this.#duration.observe({ job, result }, (this.#lastEnd - run.since) / 1_000);
    }
  }

  /** The same ledger; what is claimed and settled through it is measured. */
  watched(ledger: Ledger): Ledger {
    return {
      ...ledger,
      claim: async (...args) => {
        const claimed = await ledger.claim(...args);
        for (const { id, channel, dueAt } of claimed) this.#claimed.set(id, { channel, dueAt });
        for (const id of this.#claimed.keys()) {
          if (this.#claimed.size <= REMEMBERED_AT_MOST) break;
          this.#claimed.delete(id);
        }
        return claimed;
      },
      receive: async (channel, receipt, now) => {
        const result = await ledger.receive(channel, receipt, now);
        this.#receipts.inc({ channel, result });
        return result;
      },
      settle: async (settlements, now) => {
        const count = await ledger.settle(settlements, now);
        for (const { id, status, code } of settlements) {
          const claim = this.#claimed.get(id);
          if (claim === undefined) continue;
          this.#claimed.delete(id);
          const { channel, dueAt } = claim;
          this.#outcomes.inc({ channel, outcome: status, reason: this.#reason(code) });
          if (status === 'sent' && dueAt !== null) this.#lateness.observe({ channel }, Math.max(0, now - dueAt) / 1_000);
        }
        return count;
      },
    };
  }

  #reason(code: string): string {
    if (code === '') return 'none';
    if (!/^[\dA-Za-z][\w .:-]{0,39}$/u.test(code)) return 'other';
    if (this.#reasons.has(code)) return code;
    if (this.#reasons.size >= REASONS_AT_MOST) return 'other';
    this.#reasons.add(code);
    return code;
  }
}

// One process of Cuiban: the real jobs on ports that can die, stall or lie at every call.

import type { Context, Job, Settled } from '../../jobs/context.ts';
import type { Channels } from '../../src/domain/delivery.ts';
import type { Instant } from '../../src/domain/time.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { Chaos } from './chaos.ts';
import type { SeedDatabase } from './database.ts';
import type { Journals } from './journal.ts';
import type { Kernel, Owner } from './kernel.ts';
import type { QueueModel } from './queue.ts';
import type { Random } from './random.ts';

/** What a verb was asked, and what it did: told when it has committed, whatever its caller will hear. */
export type Witness = (host: Host, verb: string, args: readonly unknown[], result: unknown) => void | Promise<void>;

export interface HostWorld {
  readonly kernel: Kernel;
  readonly chaos: Chaos;
  readonly ids: Random;
  readonly latency: Random;
  readonly database: SeedDatabase;
  readonly ledger: Ledger;
  readonly jobs: ReadonlyMap<string, Job<unknown>>;
  readonly settled: () => Settled;
  readonly channelsOf: (host: Host) => Channels;
  readonly queue: () => QueueModel;
  readonly journals: Journals;
  /** Tells the ledger what the journals know. */
  readonly replay: (context: Context) => Promise<void>;
  readonly witness: Witness;
  /** A sweep came to its end: what it was asked at. */
  readonly swept: (host: Host, now: Instant) => Promise<void>;
  readonly died: (host: Host) => void;
  readonly leaseMs: number;
}

const POOL_SIZE: Readonly<Record<string, number>> = { sweep: 1, reconcile: 1, deliver: 4 };

export class Host implements Owner {
  readonly name: string;
  generation = 0;
  resumesAt: Instant = 0;
  alive = false;
  worker = '';
  /** Its clock is this much ahead of the true time. */
  skew = 0;
  readonly #world: HostWorld;
  #running = new Map<string, number>();
  #context: Context | null = null;
  #stopping = new AbortController();

  constructor(name: string, world: HostWorld) {
    this.name = name;
    this.#world = world;
  }

  start(): void {
    const { ids, kernel } = this.#world;
    this.generation += 1;
    this.alive = true;
    this.resumesAt = 0;
    this.worker = ids.uuid();
    this.#running = new Map();
    this.#stopping = new AbortController();
    this.#context = this.#open();
    void this.#world.replay(this.#context);
    kernel.note(`${this.name} starts as ${this.worker.slice(0, 8)}, clock ${this.skew} ms`);
  }

  kill(why: string): void {
    if (!this.alive) return;
    const { kernel, queue } = this.#world;
    kernel.note(`${this.name} dies: ${why}`);
    this.alive = false;
    this.generation += 1;
    queue().silent(this);
    this.#world.died(this);
  }

  pause(ms: number, why: string): void {
    const { kernel, queue } = this.#world;
    kernel.note(`${this.name} is stopped for ${ms} ms: ${why}`);
    this.resumesAt = Math.max(this.resumesAt, kernel.now + ms);
    queue().silent(this);
    kernel.after(ms, 'goes on', this, () => queue().pump());
  }

  /** Takes no more, tells what runs to end, and is gone ten seconds later. */
  stop(): void {
    const { kernel } = this.#world;
    kernel.note(`${this.name} is asked to stop`);
    this.#stopping.abort();
    kernel.after(10_000, 'has stopped', this, () => this.kill('stopped in order'));
  }

  /** The minute's look at the journals. */
  lookAtJournals(): void {
    if (this.#context !== null) void this.#world.replay(this.#context);
  }

  takes(job: string): boolean {
    return this.alive && !this.#stopping.signal.aborted && (this.#running.get(job) ?? 0) < (POOL_SIZE[job] ?? 1);
  }

  run(name: string, payload: unknown, ended: (failed: boolean) => void): void {
    const { jobs, kernel } = this.#world;
    const job = jobs.get(name);
    const context = this.#context;
    if (job === undefined || context === null) throw new RangeError(`${this.name} cannot run ${name}`);
    this.#running.set(name, (this.#running.get(name) ?? 0) + 1);
    const end = (failed: boolean): void => {
      this.#running.set(name, (this.#running.get(name) ?? 1) - 1);
      ended(failed);
    };
    const { signal } = this.#stopping;
    kernel.after(this.#world.latency.between(1, 20), `runs ${name}`, this, () => {
      const { generation } = this;
      const asked = context.now();
      const done = (label: string, failed: boolean): void => {
        if (generation !== this.generation) return;
        kernel.after(0, label, this, async () => {
          end(failed);
          if (name === 'sweep' && !failed && !signal.aborted) await this.#world.swept(this, asked);
        });
      };
      job.run(context, job.payload.parse(payload), signal).then(
        () => done(`${name} ended`, false),
        (error: unknown) => done(`${name} failed: ${words(error)}`, true),
      );
    });
  }

  /** A step that leaves the process: it may die or stall before and after it, and of a ledger's answer it may hear a lie. */
  call<T>(label: string, effect: () => Promise<T> | T, ledger = true): Promise<T> {
    const { kernel, chaos, latency, database } = this.#world;
    return new Promise((resolve, reject) => {
      const perform = async (): Promise<void> => {
        if (ledger && chaos.strikes('database error before commit', kernel.now)) {
          kernel.after(latency.between(1, 30_000), `${label} lost`, this, () =>
            reject(new Error('Connection terminated unexpectedly')),
          );
          return;
        }
        let answer: () => void;
        try {
          database.setTime(kernel.now);
          const value = await effect();
          answer = () => resolve(value);
        } catch (error) {
          const failure = error instanceof Error ? error : new Error(String(error));
          answer = () => reject(failure);
        }
        if (chaos.strikes('kill after a verb', kernel.now)) return this.kill(`after ${label}`);
        if (ledger && chaos.strikes('database error after commit', kernel.now)) {
          kernel.note(`${label} is done, and nobody hears of it`);
          answer = () => reject(new Error('Connection terminated unexpectedly'));
        }
        if (chaos.strikes('pause', kernel.now)) this.pause(chaos.pauseLength(), `after ${label}`);
        kernel.after(latency.between(0, 15), `${label} answered`, this, answer);
      };
      kernel.after(latency.between(0, 10), label, this, () => {
        if (chaos.strikes('kill before a verb', kernel.now)) return this.kill(`before ${label}`);
        if (!chaos.strikes('pause', kernel.now)) return perform();
        this.pause(chaos.pauseLength(), `before ${label}`);
        kernel.after(0, label, this, perform);
      });
    });
  }

  /** Waiting inside the process, as its channels do. */
  later(ms: number, label: string, then: () => void): void {
    this.#world.kernel.after(ms, label, this, then);
  }

  #open(): Context {
    const { kernel, settled, channelsOf, queue, chaos, witness, ledger, leaseMs } = this.#world;
    const silent = (): void => undefined;
    const spied = new Proxy(ledger, {
      get: (target, verb: keyof Ledger) => {
        const real = target[verb] as (...args: unknown[]) => Promise<unknown>;
        return (...args: unknown[]) =>
          this.call(verb, async () => {
            const result = await real.apply(target, args);
            await witness(this, verb, args, result);
            return result;
          });
      },
    });
    return {
      ledger: spied,
      channels: channelsOf(this),
      config: settled,
      now: () => kernel.now + this.skew,
      monotonic: () => kernel.now,
      timers: {
        wait: (ms) => new Promise((resolve) => kernel.after(ms, 'waited', this, resolve)),
        expiry: (ms) => {
          const ender = new AbortController();
          kernel.after(ms, 'time is over', this, () => ender.abort());
          return ender.signal;
        },
      },
      log: { info: silent, warn: silent, error: silent },
      journal: this.#world.journals.of(this),
      stopping: this.#stopping.signal,
      worker: this.worker,
      leaseMs,
      enqueue: (job, payloads) =>
        this.call(
          `enqueue ${payloads.length} ${job}`,
          () => {
            if (chaos.strikes('queue refuses', kernel.now)) throw new Error('the queue does not answer');
            for (const { payload, priority, jobId } of payloads) queue().add(job, structuredClone(payload), priority, jobId);
            if (chaos.strikes('queue flushed', kernel.now)) queue().flush();
            if (chaos.strikes('queue takes and says no', kernel.now)) throw new Error('the queue does not answer');
          },
          false,
        ),
    };
  }
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

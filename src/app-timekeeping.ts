/**
 * Asks for sweeps: each minute, and between the minutes at the very moment something falls due. Every scheduler does so for itself
 * and none leads; what two ask for at once is shared out by the ledger's locks and costs next to nothing.
 */

import { setTimeout as wait } from 'node:timers/promises';

import { reconcile } from '../jobs/reconcile.ts';
import { sweep } from '../jobs/sweep.ts';
import { type Clock, monotonic } from './app-clock.ts';
import type { Instant } from './domain/time.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Logger } from './log.ts';
import type { Queue } from './queue.ts';

const MINUTE = 60_000;
const POLL_MS = 4;
/** What is still owed after so long has perhaps been left by a worker that was killed: sweep again. */
const SWEEP_AGAIN_MS = 1_000;

export class Timekeeper {
  readonly #queue: Queue;
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #waiting: (() => void)[] = [];
  #timer: NodeJS.Timeout | null = null;
  #alarm: NodeJS.Timeout | undefined;
  /** Long ago at first: a start asks for a sweep at once, whatever the queue remembers. */
  #lastSweep = -Infinity;
  #overdue: Instant | null = null;

  constructor(parts: { readonly queue: Queue; readonly ledger: Ledger; readonly clock: Clock; readonly log: Logger }) {
    this.#queue = parts.queue;
    this.#ledger = parts.ledger;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  /** Sweeps every minute by the queue's own scheduler, with a plain timer behind it that needs no queue. */
  async keep(): Promise<void> {
    this.#timer = setInterval(() => {
      this.#wake().catch((error: unknown) =>
        this.#log.error({ err: error }, 'the queue could not be woken; trying again in a minute'),
      );
    }, MINUTE);
    await this.#wake();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    clearTimeout(this.#alarm);
  }

  /** To be told whenever a sweep has run here. */
  swept(): void {
    this.#lastSweep = monotonic();
    for (const resolve of this.#waiting.splice(0)) resolve();
    this.#arrange();
  }

  /** One sweep now, through the queue. Resolves when everything owed up to now has been tried. For a stepped clock. */
  async tick(): Promise<void> {
    do {
      const done = new Promise<void>((resolve) => this.#waiting.push(resolve));
      await this.#queue.enqueue(sweep.name, {});
      await done;
      const patience = monotonic() + SWEEP_AGAIN_MS;
      while (monotonic() < patience && (await this.#owed())) await wait(POLL_MS);
    } while (await this.#owed());
  }

  // After a FLUSHALL the queue's schedulers are gone: each of us asserts them anew, and none relies on them.
  async #wake(): Promise<void> {
    this.#arrange();
    await this.#queue.repeat(sweep.name, MINUTE, {});
    await this.#queue.repeat(reconcile.name, MINUTE, {});
    if (monotonic() - this.#lastSweep > 0.9 * MINUTE) await this.#queue.enqueue(sweep.name, {});
  }

  #arrange(): void {
    if (this.#timer === null) return;
    this.#setAlarm().catch((error: unknown) => this.#log.warn({ err: error }, 'the next alarm could not be set'));
  }

  // Between the minutes: what is owed at 09:00:00 is swept at 09:00:00, not up to a minute later.
  async #setAlarm(): Promise<void> {
    const next = await this.#ledger.nextAlarm();
    clearTimeout(this.#alarm);
    if (this.#timer === null || next === null) return;
    const ahead = next - this.#clock.now();
    // What fell due while a sweep was under way is asked for at once, but only once: a clock that is held sweeps in vain.
    if (ahead >= MINUTE || (ahead <= 0 && next === this.#overdue)) return;
    if (ahead <= 0) this.#overdue = next;
    this.#alarm = setTimeout(() => void this.#sweepNow(), Math.max(0, ahead));
  }

  async #sweepNow(): Promise<void> {
    try {
      await this.#queue.enqueue(sweep.name, {});
    } catch (error) {
      this.#log.error({ err: error }, 'a sweep could not be asked for; the next minute asks again');
    }
  }

  async #owed(): Promise<boolean> {
    const next = await this.#ledger.nextOwed();
    return next !== null && next <= this.#clock.now();
  }
}

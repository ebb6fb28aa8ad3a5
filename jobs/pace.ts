// Keeps what this process sends to one provider within what all processes together may send there: how fast, over how many connections.
// The ledger gives out instants and connections; nothing is sent at an instant that has gone by.

import { randomUUID } from 'node:crypto';

import type { Connection, Gate, Provider } from '../src/domain/provider.ts';
import type { Context } from './context.ts';

type Means = Pick<Context, 'ledger' | 'now' | 'monotonic' | 'timers' | 'log'>;

/** That there is no limit is believed for so long: one question a second, however much is sent. */
const UNLIMITED_MS = 1_000;
/** Instants reserved in one question. */
const AT_ONCE = 50;
/** No wait is longer, so that nobody waits for those who gave up. */
const SLICE_MS = 250;
const AFTER_FAULT_MS = 1_000;
/** A shared connection is lost so long after its process fell silent. */
const LEASE_MS = 30_000;
const RENEW_MS = LEASE_MS / 3;
const ASK_AGAIN_MS = 200;

interface Waiter {
  readonly turn: AbortSignal;
  readonly go: (may: boolean) => void;
}

export class Pace implements Gate {
  readonly #provider: Provider;
  readonly #means: Means;
  readonly #waiting: Waiter[] = [];
  /** On the monotonic clock: not before, not after. */
  #slots: { readonly from: number; readonly until: number }[] = [];
  /** Asked for next time: doubled while all are used, halved when some went by. */
  #batch = 1;
  #unlimitedUntil = -Infinity;
  #askAt = -Infinity;
  #running = false;

  constructor(provider: Provider, means: Means) {
    this.#provider = provider;
    this.#means = means;
  }

  pass(turn: AbortSignal): Promise<boolean> {
    if (turn.aborted) return Promise.resolve(false);
    if (this.#waiting.length === 0 && this.#means.monotonic() < this.#unlimitedUntil) return Promise.resolve(true);
    return new Promise((resolve) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        resolve(false);
      };
      const waiter: Waiter = {
        turn,
        go: (may) => {
          turn.removeEventListener('abort', leave);
          resolve(may);
        },
      };
      turn.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiter);
      void this.#run();
    });
  }

  tooFast(): void {
    this.#unlimitedUntil = -Infinity;
    this.#slots = [];
    this.#means.ledger.tooFast(this.#provider, this.#means.now()).then(
      () =>
        this.#means.log.warn({ provider: this.#provider.name }, 'the provider says too fast: everybody sends at half the rate'),
      (error: unknown) => this.#means.log.warn({ err: error }, 'that the provider says too fast could not be noted'),
    );
  }

  async connect(turn: AbortSignal): Promise<Connection | null> {
    const { ledger, timers } = this.#means;
    const holder = randomUUID();
    while (!turn.aborted) {
      const asked = this.#means.monotonic();
      const taken = await ledger.takeConnection(this.#provider, holder, LEASE_MS).catch((error: unknown) => {
        this.#means.log.warn({ err: error }, 'the ledger could not be asked for a connection');
        return false;
      });
      if (taken) return this.#hold(holder, asked);
      await timers.wait(ASK_AGAIN_MS);
    }
    return null;
  }

  #hold(holder: string, asked: number): Connection {
    const { ledger, monotonic, timers } = this.#means;
    let until = asked + LEASE_MS;
    let over = false;
    const renew = async (): Promise<void> => {
      for (let next = asked + RENEW_MS; !over;) {
        await timers.wait(SLICE_MS);
        const now = monotonic();
        if (over || now < next) continue;
        next = now + RENEW_MS;
        const kept = await ledger.keepConnection(holder, LEASE_MS).catch(() => null);
        if (kept === true) until = now + LEASE_MS;
        if (kept === false) over = true;
      }
    };
    void renew();
    return {
      get held() {
        return !over && monotonic() < until;
      },
      giveBack: async () => {
        over = true;
        await ledger.giveBackConnection(holder).catch(() => undefined);
      },
    };
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.#waiting.length > 0) await this.#step();
    } finally {
      this.#running = false;
    }
  }

  async #step(): Promise<void> {
    const { monotonic, timers } = this.#means;
    const now = monotonic();
    const late = this.#slots.findIndex(({ until }) => now <= until);
    if (late !== 0 && this.#slots.length > 0) {
      this.#slots = late === -1 ? [] : this.#slots.slice(late);
      this.#batch = Math.max(1, Math.floor(this.#batch / 2));
      return;
    }
    const [slot] = this.#slots;
    if (slot === undefined)
      return now < this.#askAt ? timers.wait(Math.min(SLICE_MS, Math.ceil(this.#askAt - now))) : this.#reserve();
    if (now < slot.from) return timers.wait(Math.min(SLICE_MS, Math.ceil(slot.from - now)));
    this.#slots.shift();
    this.#waiting.shift()?.go(true);
    return undefined;
  }

  async #reserve(): Promise<void> {
    const { ledger, monotonic, timers, log } = this.#means;
    const asked = monotonic();
    let reserved;
    try {
      reserved = await ledger.reserve(this.#provider, Math.max(this.#batch, Math.min(AT_ONCE, this.#waiting.length)));
    } catch (error) {
      log.warn({ err: error }, 'the ledger could not be asked how fast may be sent');
      return timers.wait(AFTER_FAULT_MS);
    }
    const { waits, graceMs, againMs } = reserved;
    const answered = monotonic();
    if (waits === null) {
      this.#unlimitedUntil = asked + UNLIMITED_MS;
      for (const waiter of this.#waiting.splice(0)) waiter.go(true);
      return undefined;
    }
    // The answer was made somewhere between asking and hearing it: not before the one, not after the other.
    this.#slots = waits.map((ms) => ({ from: answered + ms, until: asked + ms + graceMs }));
    this.#askAt = waits.length === 0 ? answered + Math.max(1, againMs) : -Infinity;
    this.#batch = Math.min(AT_ONCE, this.#batch * 2);
    return undefined;
  }
}

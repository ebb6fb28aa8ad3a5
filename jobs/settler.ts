import type { Settlement } from '../src/domain/message.ts';
import type { Context } from './context.ts';

/**
 * How long settlements gather before they are written: each writing costs a flush to the disk and a round trip, and a relay on the same
 * network says yes faster than that. What was accepted meanwhile is in the delivery journal already.
 */
const GATHER_MS = 50;
/** As many as this wait no longer. */
const ENOUGH = 50;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Writes what became of messages soon after it comes in: settlements gather for a moment, and while one group is being written the next.
 * So a crash leaves little in doubt, and a chunk still costs few round trips. A ledger that fails is asked again for as long as
 * `patience` says: what the far side accepted must not be forgotten for a broken connection (delivery.md, fault 7).
 */
export class Settler {
  readonly #context: Pick<Context, 'ledger' | 'journal' | 'now' | 'timers'>;
  readonly #patient: () => boolean;
  #waiting: Settlement[] = [];
  #writing: Promise<void> | null = null;
  #failure: Error | null = null;
  #hurry: (() => void) | null = null;
  #ending = false;

  constructor(context: Pick<Context, 'ledger' | 'journal' | 'now' | 'timers'>, patient: () => boolean) {
    this.#context = context;
    this.#patient = patient;
  }

  add(settlement: Settlement): void {
    this.#waiting.push(settlement);
    this.#writing ??= this.#write();
    if (this.#waiting.length >= ENOUGH) this.#hurry?.();
  }

  /** Resolves when everything added is settled. @throws when the ledger failed and patience ended; the leases then run out. */
  async done(): Promise<void> {
    this.#ending = true;
    this.#hurry?.();
    while (this.#writing !== null) await this.#writing;
    if (this.#failure !== null) throw this.#failure;
  }

  /** Resolves after a moment, or as soon as enough have gathered or no more will come. */
  async #gather(): Promise<void> {
    if (this.#ending || this.#waiting.length >= ENOUGH) return;
    const hurried = new Promise<void>((resolve) => {
      this.#hurry = resolve;
    });
    await Promise.race([this.#context.timers.wait(GATHER_MS), hurried]);
    this.#hurry = null;
  }

  async #write(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (this.#waiting.length > 0) {
      await this.#gather();
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#context.ledger.settle(batch, this.#context.now());
        this.#context.journal.settled(batch.map(({ id: message, fence }) => ({ message, fence })));
        pause = FIRST_PAUSE_MS;
      } catch (error) {
        if (!this.#patient()) {
          this.#failure = error instanceof Error ? error : new Error(String(error));
          break;
        }
        this.#waiting = [...batch, ...this.#waiting];
        await this.#context.timers.wait(pause);
        pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
      }
    }
    this.#writing = null;
  }
}

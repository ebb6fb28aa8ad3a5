import type { Settlement } from '../src/domain/message.ts';
import type { Context } from './context.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Writes what became of messages as it comes in: while one settlement is being written the next ones gather and go together.
 * So a crash leaves little in doubt, and a chunk still costs few round trips. A ledger that fails is asked again for as long as
 * `patience` says: what the far side accepted must not be forgotten for a broken connection (delivery.md, fault 7).
 */
export class Settler {
  readonly #context: Pick<Context, 'ledger' | 'journal' | 'now' | 'timers'>;
  readonly #patient: () => boolean;
  #waiting: Settlement[] = [];
  #writing: Promise<void> | null = null;
  #failure: Error | null = null;

  constructor(context: Pick<Context, 'ledger' | 'journal' | 'now' | 'timers'>, patient: () => boolean) {
    this.#context = context;
    this.#patient = patient;
  }

  add(settlement: Settlement): void {
    this.#waiting.push(settlement);
    this.#writing ??= this.#write();
  }

  /** Resolves when everything added is settled. @throws when the ledger failed and patience ended; the leases then run out. */
  async done(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
    if (this.#failure !== null) throw this.#failure;
  }

  async #write(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (this.#waiting.length > 0) {
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

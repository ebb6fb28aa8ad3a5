import { setTimeout as wait } from 'node:timers/promises';

import type { Settlement } from '../src/domain/message.ts';
import type { Instant } from '../src/domain/time.ts';
import type { Ledger } from '../src/ledger/ledger.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Writes what became of messages as it comes in: while one settlement is being written the next ones gather and go together.
 * So a crash leaves little in doubt, and a chunk still costs few round trips. A ledger that fails is asked again for as long as
 * `patience` says: what the far side accepted must not be forgotten for a broken connection (delivery.md, fault 7).
 */
export class Settler {
  readonly #ledger: Pick<Ledger, 'settle'>;
  readonly #now: () => Instant;
  readonly #patient: () => boolean;
  #waiting: Settlement[] = [];
  #writing: Promise<void> | null = null;
  #failure: Error | null = null;

  constructor(ledger: Pick<Ledger, 'settle'>, now: () => Instant, patient: () => boolean) {
    this.#ledger = ledger;
    this.#now = now;
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
        await this.#ledger.settle(batch, this.#now());
        pause = FIRST_PAUSE_MS;
      } catch (error) {
        if (!this.#patient()) {
          this.#failure = error instanceof Error ? error : new Error(String(error));
          break;
        }
        this.#waiting = [...batch, ...this.#waiting];
        await wait(pause);
        pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
      }
    }
    this.#writing = null;
  }
}

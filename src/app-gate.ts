// Newer code may change the ledger so that this process must go. It finds out at its next claim, or within a minute.

import { type Ledger, LedgerOutdated } from './ledger/ledger.ts';
import type { Logger } from './log.ts';

const MINUTE = 60_000;

export class Gate {
  readonly #ledger: Ledger;
  readonly #timer: NodeJS.Timeout;
  readonly #tell: (words: string) => void;
  /** Resolves, with words for a person, once this code may not work here any more. */
  readonly outdated: Promise<string>;

  constructor(ledger: Ledger, log: Logger) {
    this.#ledger = ledger;
    let tell = (_words: string): void => undefined;
    this.outdated = new Promise((resolve) => {
      tell = resolve;
    });
    this.#tell = tell;
    this.#timer = setInterval(() => {
      this.#look().catch((error: unknown) => log.warn({ err: error }, 'whether this version may still work could not be asked'));
    }, MINUTE);
  }

  /** The ledger, with an ear for what its claims say. */
  watched(ledger: Ledger): Ledger {
    return {
      ...ledger,
      claim: async (...of) => {
        try {
          return await ledger.claim(...of);
        } catch (error) {
          if (error instanceof LedgerOutdated) this.#tell(error.message);
          throw error;
        }
      },
    };
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const words = await this.#ledger.outdated();
    if (words !== null) this.#tell(words);
  }
}

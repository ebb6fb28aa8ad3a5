/**
 * A ledger that takes no writes: its disk is full, or it is a copy that may only be read. What is accepted then could not be settled, so
 * nothing is claimed from the first refusal on until a write is taken again; it is asked every few seconds. For a server of one's own this
 * stands in the place of the look at the disk (app-disk.ts), which no client can take.
 */
import type { JobLog } from '../jobs/context.ts';
import type { Ledger } from './ledger/ledger.ts';
import { isUnwritable } from './ledger/pool.ts';

const ASK_MS = 5_000;

export class WriteGuard {
  readonly #log: Pick<JobLog, 'error' | 'info'>;
  #timer: NodeJS.Timeout | null = null;

  constructor(log: Pick<JobLog, 'error' | 'info'>) {
    this.#log = log;
  }

  /** False from a refused write on until one is taken. */
  get writable(): boolean {
    return this.#timer === null;
  }

  /** The same ledger; every verb is listened to, and nothing is claimed while it takes no writes. */
  watched(ledger: Ledger): Ledger {
    const heard = Object.entries(ledger as unknown as Record<string, (...of: unknown[]) => unknown>).map(([name, verb]) => [
      name,
      (...of: unknown[]) => {
        if (name === 'claim' && !this.writable) return Promise.resolve([]);
        const answer = verb(...of);
        return answer instanceof Promise ? answer.catch((error: unknown) => this.#failed(ledger, error)) : answer;
      },
    ]);
    return Object.fromEntries(heard);
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  #failed(ledger: Pick<Ledger, 'unwritable'>, error: unknown): never {
    if (isUnwritable(error) && this.#timer === null) {
      this.#log.error({ err: error }, 'the ledger takes no writes: nothing is sent until it does');
      this.#timer = setInterval(() => void this.ask(ledger), ASK_MS);
      this.#timer.unref();
    }
    throw error;
  }

  /** Tries a write; goes on where it is taken. Never rejects. */
  async ask(ledger: Pick<Ledger, 'unwritable'>): Promise<void> {
    if (this.#timer === null || (await ledger.unwritable().catch(() => 'no answer')) !== null || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
    this.#log.info({}, 'the ledger takes writes again: sending goes on');
  }
}

/**
 * Slows down whoever guesses passwords: five failures for a name from an address are free, after that each costs twice the wait of the last, a
 * quarter of an hour at most, so nobody is locked out for good. All together may try no more than some times a minute, for a try costs memory.
 */
const WINDOW_MS = 15 * 60_000;
const FREE = 5;
const FIRST_WAIT_MS = 15_000;
const TOGETHER = 30;
const TOGETHER_MS = 60_000;
const KNOWN_AT_MOST = 10_000;

interface Failures {
  readonly count: number;
  readonly last: number;
}

export class Attempts {
  readonly #failures = new Map<string, Failures>();
  #tries: number[] = [];
  readonly #monotonic: () => number;

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** Milliseconds to wait before this may be tried; 0: it may, and the try counts. */
  begin(name: string, address: string): number {
    const now = this.#monotonic();
    const failed = this.#failures.get(keyOf(name, address));
    if (failed !== undefined && failed.count >= FREE) {
      const until = failed.last + Math.min(WINDOW_MS, FIRST_WAIT_MS * 2 ** (failed.count - FREE));
      if (until > now) return until - now;
    }
    this.#tries = this.#tries.filter((at) => now - at < TOGETHER_MS);
    if (this.#tries.length >= TOGETHER) return TOGETHER_MS - (now - (this.#tries[0] ?? now));
    this.#tries.push(now);
    // It counts as a failure until it has succeeded: a hundred at the same moment are not one.
    const count = failed === undefined || now - failed.last > WINDOW_MS ? 1 : failed.count + 1;
    this.#failures.delete(keyOf(name, address));
    this.#failures.set(keyOf(name, address), { count, last: now });
    for (const known of this.#failures.keys()) {
      if (this.#failures.size <= KNOWN_AT_MOST) break;
      this.#failures.delete(known);
    }
    return 0;
  }

  succeeded(name: string, address: string): void {
    this.#failures.delete(keyOf(name, address));
  }
}

function keyOf(name: string, address: string): string {
  return `${address} ${name}`;
}

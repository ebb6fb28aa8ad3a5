// A queue as bad as one may be: it runs what it took at least once while it lives, in any order, perhaps twice, and may be emptied at any moment.

import type { Chaos } from './chaos.ts';
import type { Host } from './host.ts';
import type { Kernel } from './kernel.ts';

interface Entry {
  readonly number: number;
  readonly name: string;
  readonly payload: unknown;
  readonly priority: number;
  readonly id: string | null;
  attempts: number;
  /** Null while it waits. */
  runs: { readonly host: Host; readonly generation: number; readonly since: number } | null;
}

/** How long the backend holds a job for a host that says nothing any more. */
const STALLED_MS = 60_000;
const ATTEMPTS = 3;

export class QueueModel {
  flushes = 0;
  readonly #kernel: Kernel;
  readonly #chaos: Chaos;
  readonly #hosts: readonly Host[];
  #entries: Entry[] = [];
  #number = 0;

  constructor(kernel: Kernel, chaos: Chaos, hosts: readonly Host[]) {
    this.#kernel = kernel;
    this.#chaos = chaos;
    this.#hosts = hosts;
  }

  get busy(): boolean {
    return this.#entries.length > 0;
  }

  /** While a job of the same id waits or runs, adding it again does nothing. */
  add(name: string, payload: unknown, priority = 0, id: string | null = null): void {
    if (id !== null && this.#entries.some((each) => each.id === id)) return;
    const times = this.#chaos.strikes('job doubled', this.#kernel.now) ? 2 : 1;
    for (let n = 0; n < times; n += 1) {
      this.#entries.push({ number: this.#number++, name, payload, priority, id, attempts: 0, runs: null });
    }
    this.#pump();
  }

  /** A repeating job: not again while one waits. */
  addOnce(name: string): void {
    if (!this.#entries.some((each) => each.name === name && each.runs === null)) this.add(name, {});
  }

  /** Everything is gone; what runs, runs on. */
  flush(): void {
    this.flushes += 1;
    this.#entries = [];
    this.#kernel.note('the queue is flushed');
  }

  /** Offers what waits to whoever has a hand free. */
  pump(): void {
    this.#pump();
  }

  /** A host says nothing any more from now on; its jobs go to others after a while. */
  silent(host: Host): void {
    const generation = host.generation;
    this.#kernel.after(STALLED_MS + this.#chaos.random.between(0, 800), `jobs of ${host.name} are stalled`, null, () => {
      for (const entry of this.#entries) {
        const { runs } = entry;
        if (runs?.host !== host || runs.generation > generation) continue;
        if (runs.generation !== host.generation || host.resumesAt > this.#kernel.now) entry.runs = null;
      }
      this.#pump();
    });
  }

  #pump(): void {
    for (;;) {
      const waiting = this.#entries.filter((each) => each.runs === null);
      const offers = waiting.flatMap((entry) => {
        const free = this.#hosts.filter((host) => host.takes(entry.name) && host.resumesAt <= this.#kernel.now);
        return free.length === 0 ? [] : [{ entry, free }];
      });
      if (offers.length === 0) return;
      const shuffled = this.#chaos.strikes('jobs out of order', this.#kernel.now);
      const sorted = offers.toSorted(
        (one, other) => one.entry.priority - other.entry.priority || one.entry.number - other.entry.number,
      );
      const offer = shuffled ? this.#chaos.random.pick(offers) : sorted[0];
      if (offer === undefined) return;
      this.#run(offer.entry, this.#chaos.random.pick(offer.free));
    }
  }

  #run(entry: Entry, host: Host): void {
    const run = { host, generation: host.generation, since: this.#kernel.now };
    entry.runs = run;
    entry.attempts += 1;
    host.run(entry.name, entry.payload, (failed) => {
      // Somebody else's by now, or flushed: nobody asks how it ended.
      if (entry.runs === run) {
        if (failed && entry.attempts < ATTEMPTS) entry.runs = null;
        else this.#entries = this.#entries.filter((each) => each !== entry);
      }
      this.#pump();
    });
  }
}

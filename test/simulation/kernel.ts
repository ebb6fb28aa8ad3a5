// Virtual time: one step at a time, in the order of (instant, number). What a step sets free runs to its end before the next one.

import { createHash } from 'node:crypto';

import type { Instant } from '../../src/domain/time.ts';

/** What can be killed or stopped: its steps are dropped when its generation is over, and wait while it is stopped. */
export interface Owner {
  readonly name: string;
  readonly generation: number;
  readonly resumesAt: Instant;
}

interface Step {
  readonly at: Instant;
  readonly number: number;
  readonly label: string;
  readonly owner: Owner | null;
  readonly generation: number;
  readonly run: () => void | Promise<void>;
}

const REMEMBERED = 80;

export class Kernel {
  now: Instant;
  steps = 0;
  readonly #heap: Step[] = [];
  readonly #recent: string[] = [];
  readonly #trace = createHash('sha256');
  #number = 0;

  constructor(start: Instant) {
    this.now = start;
  }

  /** `run` is a step of its own, `delay` milliseconds from now; of an owner's generation, it dies and stops with it. */
  after(delay: number, label: string, owner: Owner | null, run: () => void | Promise<void>): void {
    const step = { at: this.now + delay, number: this.#number++, label, owner, generation: owner?.generation ?? 0, run };
    this.#push(step);
  }

  /** Something that happened: part of the trace, and of what is shown when a seed fails. */
  note(words: string): void {
    const line = `${stamp(this.now)} ${words}`;
    this.#trace.update(line);
    this.#recent.push(line);
    if (this.#recent.length > REMEMBERED * 2) this.#recent.splice(0, REMEMBERED);
  }

  /** Runs until nothing is left before `until`, or `over` says so. */
  async run(until: Instant, over: () => boolean): Promise<void> {
    for (let step = this.#heap[0]; step !== undefined && step.at <= until && !over(); step = this.#heap[0]) {
      this.#pop();
      const { owner } = step;
      if (owner !== null && owner.generation !== step.generation) continue;
      if (owner !== null && owner.resumesAt > step.at && owner.resumesAt > this.now) {
        // Stopped: in the old order when it goes on.
        this.#push({ ...step, at: owner.resumesAt });
        continue;
      }
      this.now = Math.max(this.now, step.at);
      this.steps += 1;
      this.note(owner === null ? step.label : `${owner.name} ${step.label}`);
      await step.run();
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (!over()) this.now = Math.max(this.now, until);
  }

  recent(): readonly string[] {
    return this.#recent.slice(-REMEMBERED);
  }

  /** Of all that happened so far. */
  hash(): string {
    return this.#trace.copy().digest('hex').slice(0, 16);
  }

  #push(step: Step): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(step);
    for (let parent = (at - 1) >> 1; at > 0 && before(step, heap[parent]); parent = (at - 1) >> 1) {
      swap(heap, at, parent);
      at = parent;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      const right = left + 1;
      const child = right < heap.length && before(heap[right], heap[left]) ? right : left;
      if (child >= heap.length || !before(heap[child], last)) return;
      swap(heap, at, child);
      at = child;
    }
  }
}

function before(one: Step | undefined, other: Step | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return one.at < other.at || (one.at === other.at && one.number < other.number);
}

function swap(heap: Step[], one: number, other: number): void {
  const [left, right] = [heap[one], heap[other]];
  if (left !== undefined && right !== undefined) [heap[one], heap[other]] = [right, left];
}

/** On the offices' clock. */
export function stamp(at: Instant): string {
  return new Date(at + 8 * 3_600_000).toISOString().slice(0, 23).replace('T', ' ');
}

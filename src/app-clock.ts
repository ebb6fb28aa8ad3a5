// The only clock, and the timers of the jobs: everybody else is told the time.

import { setTimeout as wait } from 'node:timers/promises';

import type { Timers } from '../jobs/context.ts';
import type { Instant } from './domain/time.ts';

/** Where "now" comes from. */
export interface Clock {
  /** `wall` = the host's clock, which may be wrong and is guarded (app-clock-guard.ts); `told` = a drill's or a test's, right by definition. */
  readonly kind: 'wall' | 'told';
  now(): Instant;
}

export const wallClock: Clock = { kind: 'wall', now: () => Date.now() };

/** Milliseconds on a clock that never jumps. */
export const monotonic = (): number => performance.now();

export const realTimers: Timers = {
  wait: (ms) => wait(ms),
  expiry: (ms) => AbortSignal.timeout(ms),
};

/** Waits for `work`, but no longer than `ms`. @throws what `work` does meanwhile */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, over]).finally(() => clearTimeout(timer));
}

/** A clock that started at `from` when this was called and runs on from there: for drills. */
export function clockFrom(from: Instant): Clock {
  const started = performance.now();
  return { kind: 'told', now: () => Math.round(from + performance.now() - started) };
}

/** A clock that stands until it is told the time. */
export function steppedClock(at: Instant): Clock & { set(to: Instant): void } {
  let now = at;
  return {
    kind: 'told',
    now: () => now,
    set: (to) => {
      if (to > now) now = to;
    },
  };
}

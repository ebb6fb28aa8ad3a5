// When sweeps are asked for between the minutes. The queue only takes notes; the clock is moved by hand.

import { afterEach, describe, expect, it } from 'vitest';

import { steppedClock } from '../src/app-clock.ts';
import { Timekeeper } from '../src/app-timekeeping.ts';
import { instantOf } from '../src/domain/time.ts';
import type { Ledger } from '../src/ledger/ledger.ts';
import { openLog } from '../src/log.ts';
import type { Queue } from '../src/queue.ts';

const NINE = instantOf('Asia/Shanghai', '2022-08-24', '09:00');

let keeper: Timekeeper | null = null;
afterEach(() => keeper?.stop());

/** `alarms` are what the ledger answers, one after the other, the last for ever. */
function keep(alarms: (number | null)[]): {
  clock: ReturnType<typeof steppedClock>;
  asked: () => Promise<string>;
  looked: () => Promise<void>;
} {
  const clock = steppedClock(NINE);
  const notes: string[] = [];
  const told: (() => void)[] = [];
  const tell = (): void => told.splice(0).forEach((each) => each());
  const heard = (): Promise<void> => new Promise((resolve) => told.push(resolve));
  const queue: Pick<Queue, 'enqueue' | 'repeat'> = {
    enqueue: (name) => {
      notes.push(name);
      tell();
      return Promise.resolve();
    },
    repeat: () => Promise.resolve(),
  };
  const ledger: Pick<Ledger, 'nextAlarm'> = {
    nextAlarm: () => {
      const next = alarms.length > 1 ? alarms.shift() : alarms[0];
      // After whoever asked has heard the answer.
      setImmediate(tell);
      return Promise.resolve(next ?? null);
    },
  };
  keeper = new Timekeeper({ queue: queue as Queue, ledger: ledger as Ledger, clock, log: openLog('silent') });
  return {
    clock,
    asked: async () => {
      while (notes.length === 0) await heard();
      return notes.shift() ?? '';
    },
    looked: heard,
  };
}

describe('a timekeeper', () => {
  it('asks for a sweep when something falls due', async () => {
    const { asked } = keep([NINE + 20, null]);
    await keeper?.keep();
    await asked(); // at the start, whatever is due
    expect(await asked()).toBe('sweep');
  });

  it('asks at once for what fell due while a sweep was under way', async () => {
    const { asked } = keep([null, NINE - 300, null]);
    await keeper?.keep();
    await asked(); // at the start, whatever is due
    keeper?.swept();
    expect(await asked()).toBe('sweep');
  });

  it('does not ask again and again for what a sweep did not take', async () => {
    const { asked, looked } = keep([NINE - 300]);
    await keeper?.keep();
    await asked(); // at the start, whatever is due
    expect(await asked()).toBe('sweep');
    keeper?.swept();
    await looked();
    let asks = 0;
    void asked().then(() => (asks += 1));
    // A timer of no length that is set later rings later.
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(asks).toBe(0);
  });
});

// Which faults a seed has, how often, and when: storms with calm between them, and times in which a part of the world is away.

import type { Calendar } from '../../src/domain/calendar.ts';
import { addDays } from '../../src/domain/calendar.ts';
import { dateOf, type Instant, instantOf } from '../../src/domain/time.ts';
import { type Random, randomOf } from './random.ts';

export const ZONE = 'Asia/Shanghai';
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How often each fault strikes where it can, before the seed's own temper. */
const FAULTS = {
  'kill before a verb': 0.004,
  'kill after a verb': 0.006,
  'kill at a send': 0.006,
  pause: 0.004,
  'pause at a send': 0.004,
  'graceful stop': 0.002,
  'database error before commit': 0.012,
  'database error after commit': 0.008,
  'queue flushed': 0.01,
  'queue refuses': 0.006,
  'queue takes and says no': 0.006,
  'job doubled': 0.04,
  'jobs out of order': 0.2,
  'mail refused for now': 0.06,
  'mail refused for good': 0.01,
  'mail refused after DATA': 0.02,
  'mail times out before DATA': 0.02,
  'mail accepted, reply lost': 0.05,
  'mail lost in DATA': 0.03,
  'mail slow': 0.05,
  'login refused': 0.004,
  'SMS throttled': 0.1,
  'SMS refused for good': 0.03,
  'SMS accepted, reply lost': 0.06,
  'SMS lost': 0.04,
  'receipt doubled': 0.3,
  'receipt early': 0.2,
  'receipt lost': 0.1,
  'receipt says failed': 0.15,
  'body cannot be rendered': 0.002,
  'people act at the worst instant': 0.02,
} as const;

const FURY = 3;

export type Fault = keyof typeof FAULTS;

interface Window {
  readonly from: Instant;
  readonly to: Instant;
}

export class Chaos {
  readonly counts = new Map<string, number>();
  readonly random: Random;
  readonly storms: readonly Window[];
  /** Nobody works: no process lives. */
  readonly outages: readonly Window[];
  /** The mail relay cannot be reached. */
  readonly relayAway: readonly Window[];
  readonly #rates = new Map<Fault, number>();
  #healed: boolean;

  /** `fury`: all faults, thrice as often, all the time; `queue`: those of the queue alone, all the time; `quiet`: none. */
  constructor(seed: number, from: Instant, to: Instant, calendar: Calendar, mode: 'faults' | 'fury' | 'queue' | 'quiet') {
    this.random = randomOf(seed, 'faults');
    const temper = randomOf(seed, 'temper');
    for (const [fault, rate] of Object.entries(FAULTS) as [Fault, number][]) {
      const enabled = temper.chance(0.65);
      const wild = 0.3 + 2.7 * temper.next() ** 2;
      const queueFault = fault === 'queue flushed' || fault === 'job doubled' || fault === 'jobs out of order';
      if (mode === 'fury') this.#rates.set(fault, Math.min(0.5, rate * FURY));
      else if (mode === 'faults' ? enabled : queueFault)
        this.#rates.set(fault, mode === 'queue' ? 0.2 : Math.min(0.6, rate * wild));
    }
    this.#healed = mode === 'quiet';
    const windows = randomOf(seed, 'windows');
    this.storms = mode === 'queue' || mode === 'fury' ? [{ from, to }] : stormsIn(windows, from, to);
    const severe = (mode === 'faults' || mode === 'fury') && temper.chance(0.7);
    this.outages = severe ? outagesIn(windows, from, to, calendar) : [];
    this.relayAway = mode === 'faults' && temper.chance(0.6) ? relayOutages(windows, this.storms, this.outages) : [];
  }

  heal(): void {
    this.#healed = true;
  }

  stormy(at: Instant): boolean {
    return !this.#healed && within(this.storms, at);
  }

  strikes(fault: Fault, at: Instant): boolean {
    if (!this.stormy(at)) return false;
    const rate = this.#rates.get(fault);
    if (rate === undefined || !this.random.chance(rate)) return false;
    this.count(fault);
    return true;
  }

  count(fault: string): void {
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1);
  }

  relayIsAway(at: Instant): boolean {
    return !this.#healed && within(this.relayAway, at);
  }

  /** Whether anything could go wrong in this time. */
  calm(from: Instant, to: Instant): boolean {
    if (this.#healed && this.storms.length === 0) return true;
    return clear(this.storms, from, to) && this.there(from, to);
  }

  /** Whether somebody worked and the relay could be reached, whatever else went wrong. */
  there(from: Instant, to: Instant): boolean {
    return clear(this.outages, from, to) && clear(this.relayAway, from, to);
  }

  /** Seconds to hours, as a host that is stopped, or a virtual machine that is moved. */
  pauseLength(): number {
    return Math.round(SECOND * 10 ** (this.random.next() * 4.2));
  }

  restartDelay(): number {
    return this.random.chance(0.02) ? Math.round(this.random.next() * 5 * DAY) : this.random.between(1, 60) * SECOND;
  }
}

function clear(windows: readonly Window[], from: Instant, to: Instant): boolean {
  return windows.every((each) => each.to <= from || each.from >= to);
}

function within(windows: readonly Window[], at: Instant): boolean {
  return windows.some(({ from, to }) => at >= from && at < to);
}

function stormsIn(random: Random, from: Instant, to: Instant): Window[] {
  const storms: Window[] = [];
  for (let at = from; at < to;) {
    const begins = at + random.between(0, 30) * DAY * random.next();
    const ends = begins + (1 + 14 * random.next()) * DAY;
    storms.push({ from: begins, to: Math.min(to, ends) });
    at = ends + 5 * DAY;
  }
  return storms;
}

/** Over Spring Festival, over National Day, and one of 2 to 10 days anywhere. */
function outagesIn(random: Random, from: Instant, to: Instant, calendar: Calendar): Window[] {
  const outages: Window[] = [];
  const hours = (): number => random.between(0, 23) * HOUR;
  for (let day = dateOf(ZONE, from + 30 * DAY); day < dateOf(ZONE, to - 10 * DAY); day = addDays(day, 1)) {
    const rest = Array.from({ length: 5 }, (_, n) => addDays(day, n)).every((each) => !calendar.isWorkday(each));
    if (!rest || !calendar.isWorkday(addDays(day, -1)) || !random.chance(0.5)) continue;
    const begins = instantOf(ZONE, addDays(day, -random.between(0, 3)), '00:00') + hours();
    outages.push({ from: begins, to: instantOf(ZONE, addDays(day, random.between(4, 10)), '00:00') + hours() });
  }
  const anywhere = from + (to - from) * random.next() * 0.9;
  outages.push({ from: anywhere, to: anywhere + (2 + 8 * random.next()) * DAY });
  return outages.toSorted((one, other) => one.from - other.from);
}

/** For hours; one of them, in some seeds, over days. */
function relayOutages(random: Random, storms: readonly Window[], outages: readonly Window[]): Window[] {
  let long = random.chance(0.15);
  return [...storms, ...outages].flatMap(({ from, to }) => {
    if (!random.chance(0.15)) return [];
    const begins = from + random.next() * (to - from);
    const length = long ? (2 + 3 * random.next()) * DAY : HOUR * 10 ** (random.next() * 0.7);
    long = false;
    return [{ from: begins, to: begins + length }];
  });
}

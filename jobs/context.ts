import type { z } from 'zod';

import type { Accepted } from '../src/domain/accepted.ts';
import type { Calendar } from '../src/domain/calendar.ts';
import type { Channels } from '../src/domain/delivery.ts';
import type { Message, Rendered } from '../src/domain/message.ts';
import type { Office } from '../src/domain/office.ts';
import type { Policy } from '../src/domain/policy.ts';
import type { Instant } from '../src/domain/time.ts';
import type { Ledger } from '../src/ledger/ledger.ts';

/** What a coordinator configured, as valid as the last file that passed the check. */
export interface Settled {
  /** Changes with every byte of it. */
  readonly version: string;
  readonly offices: ReadonlyMap<string, Office>;
  readonly policy: Policy;
  readonly calendar: Calendar;
  readonly render: (message: Message, now: Instant) => Rendered;
}

export interface JobLog {
  info(facts: object, text: string): void;
  warn(facts: object, text: string): void;
  error(facts: object, text: string): void;
}

/** Waiting, in milliseconds of the clock that never jumps. */
export interface Timers {
  wait(ms: number): Promise<void>;
  /** Aborts after so long. */
  expiry(ms: number): AbortSignal;
}

/** What went out, on disk before the ledger hears of it (src/journal.ts). */
export interface Journal {
  ready(): Promise<boolean>;
  accepted(entry: Accepted): Promise<void>;
  settled(claims: readonly Pick<Accepted, 'message' | 'fence'>[]): void;
  replay(settle: (entries: readonly Accepted[]) => Promise<number>): Promise<number>;
}

/** All that a job may touch. */
export interface Context {
  readonly ledger: Ledger;
  readonly channels: Channels;
  readonly journal: Journal;
  readonly config: () => Settled;
  readonly now: () => Instant;
  /** Milliseconds on a clock that never jumps. */
  readonly monotonic: () => number;
  readonly timers: Timers;
  readonly log: JobLog;
  /** Names this process in claims; random, never the host's name. */
  readonly worker: string;
  readonly leaseMs: number;
  /** By a clock that is real, so that a day without a briefing means something. */
  readonly briefs?: boolean;
  /** The process was told to stop: what is under way may end, nothing new is begun. */
  readonly stopping: AbortSignal;
  /** While a job of the same id waits or runs, adding it again does nothing. */
  enqueue(
    job: string,
    payloads: readonly { readonly payload: unknown; readonly priority?: number; readonly jobId?: string }[],
  ): Promise<void>;
}

/** One kind of queue job: its name, what it carries, how many run at once in a process, and what it does. */
export interface Job<Payload> {
  readonly name: string;
  readonly payload: z.ZodType<Payload>;
  readonly concurrency: number;
  run(context: Context, payload: Payload, signal: AbortSignal): Promise<void>;
}

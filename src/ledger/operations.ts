// What those who run Cuiban ask of the ledger: figures that are cheap however much there is, what is in trouble and why,
// another try or an end for a message, which processes there are, and who is logged in.

import type { ChannelName, DeliveryStatus } from '../domain/delivery.ts';
import type { Problem } from '../domain/reminder.ts';
import type { Instant } from '../domain/time.ts';
import type { HoldReason } from './hold.ts';
import type { AnswerBy } from './ledger.ts';

/** How many, and since when the oldest of them. Counting stops at 100,000. */
export interface Waiting {
  readonly count: number;
  readonly oldest: Instant | null;
}

/** All of it together costs a few index scans, at a million open assignments and a million messages too. */
export interface LedgerHealth {
  /** Due, not held and not handed to the queue; `oldest` is when it was owed. */
  readonly due: Waiting;
  /** Due and held back by an open hold. */
  readonly held: Waiting;
  /** Due, handed to the queue and not claimed. */
  readonly queued: Waiting;
  /** Claimed by a worker. */
  readonly sending: Waiting;
  /** Assignments due for a look. */
  readonly looks: Waiting;
  /** By channel: messages that failed for now, all of them; those that failed for good or whose fate is unknown, of the last day. */
  readonly trouble: readonly { readonly status: DeliveryStatus; readonly channel: ChannelName; readonly count: number }[];
  /** SMS accepted in the last three days whose receipt has not come, by how long ago they were accepted. */
  readonly receipts: { readonly hour: number; readonly day: number; readonly threeDays: number };
  /** What a coordinator has to look at. */
  readonly problems: readonly { readonly kind: Problem['kind']; readonly count: number; readonly oldest: Instant }[];
  readonly holds: readonly { readonly reason: HoldReason; readonly count: number; readonly oldest: Instant }[];
  readonly lastSweep: Instant | null;
  readonly lastReconcile: Instant | null;
  /** When the backups that are written by themselves were last up to date; null where none are. */
  readonly lastBackup: Instant | null;
  /** Messages that may have arrived twice, all in all. */
  readonly resends: number;
  /** By role, and a process may have several: those that gave a sign of life in the last minute, and those that fell silent without leaving. */
  readonly processes: readonly { readonly role: string; readonly alive: number; readonly lost: number }[];
}

export interface ProcessSeen {
  readonly id: string;
  readonly roles: readonly string[];
  readonly version: string;
  readonly host: string;
  readonly pid: number;
}

export interface ProcessState extends ProcessSeen {
  readonly startedAt: Instant;
  /** Seconds since its last sign of life, by the database's clock. */
  readonly silentFor: number;
}

/** Messages in trouble for the same reason. */
export interface Trouble {
  readonly status: Extract<DeliveryStatus, 'temporary-failure' | 'permanent-failure' | 'unknown'>;
  readonly channel: ChannelName;
  readonly code: string;
  /** The words that came last with this code; no address stands in them. */
  readonly detail: string;
  readonly count: number;
  readonly since: Instant;
  /** When the next of them is tried again; null where none is. */
  readonly next: Instant | null;
  /** The newest few. */
  readonly ids: readonly string[];
}

/** Which messages a person means. */
export type Chosen =
  /** Whole ids, or beginnings of eight characters or more that only one has. */
  | { readonly ids: readonly string[] }
  /** All that will not be sent by themselves: undeliverable ones and those whose fate stayed unknown, while something in them is open. */
  | {
      readonly undeliverable: true;
      readonly schedule: string | null;
      readonly unit: string | null;
      readonly reason: string | null;
    };

export interface ChosenMessage {
  readonly id: string;
  readonly office: string;
  readonly channel: ChannelName;
  readonly status: DeliveryStatus;
  readonly unitName: string;
  readonly post: string;
  readonly code: string;
  readonly detail: string;
  /** Clause numbers of what it speaks of and is still open. */
  readonly refs: readonly string[];
}

export interface Intervened {
  readonly id: string;
  readonly from: DeliveryStatus;
  readonly to: DeliveryStatus;
  /** When it leaves; null for one that is cancelled, or of which nothing is left to say. */
  readonly at: Instant | null;
  /** Its address took nothing, and is used again from now on. */
  readonly trusted?: true;
}

export interface ConsoleSession {
  readonly tokenHash: string;
  readonly operator: string;
  readonly credential: string;
}

export interface PoolState {
  readonly total: number;
  readonly idle: number;
  /** Queries waiting for a connection. */
  readonly waiting: number;
}

export interface Operations {
  health(now: Instant): Promise<LedgerHealth>;
  /** Names of migrations this version brings and the database does not have. */
  pending(): Promise<readonly string[]>;
  pool(): PoolState;
  /** A sign of life; with it those silent for a day are forgotten. */
  alive(process: ProcessSeen): Promise<void>;
  /**
   * Takes the turn of this name if it was last taken `everyMs` ago or longer: of several processes that ask, one gets it. That it was
   * taken also shows that the ledger can be written.
   */
  takeTurn(name: string, now: Instant, everyMs: number): Promise<boolean>;
  /** The process stops in order. */
  gone(id: string): Promise<void>;
  /** Those that run, and those lost in the last day, the newest sign of life first. */
  processes(): Promise<readonly ProcessState[]>;

  /** Messages in trouble, by reason, the most first; at most `limit` groups. */
  trouble(limit: number): Promise<readonly Trouble[]>;
  /** The chosen messages as they are now. @throws LedgerRefusal naming an id that is not there or that several begin with */
  messages(chosen: Chosen): Promise<readonly ChosenMessage[]>;
  /**
   * Undeliverable, failing and unknown messages are owed again from the next time their office may send: undeliverable → temporary-failure,
   * its attempts forgotten; unknown stays unknown (its body goes out as it was, a mail under its Message-ID); failing ones need not wait.
   * What their assignments say is read again when they are claimed. An address that took nothing is used again. Recorded with who and why.
   * @throws LedgerRefusal naming one that is in no such state, or speaks of nothing open to an address that is fine; then nothing is changed
   */
  retry(ids: readonly string[], by: AnswerBy): Promise<readonly Intervened[]>;
  /**
   * Waiting, failing and undeliverable messages are cancelled, and what they carried is void; one whose body may be out stays unknown and is
   * not sent again. Recorded with who and why. @throws LedgerRefusal naming one that is in no such state; then nothing is changed
   */
  cancelMessages(ids: readonly string[], by: AnswerBy): Promise<readonly Intervened[]>;

  /** Also forgets sessions opened more than a day ago. */
  openSession(session: ConsoleSession, now: Instant): Promise<void>;
  /** Notes that it is used. Null when there is none, or it was opened or last used too long ago. */
  useSession(
    tokenHash: string,
    now: Instant,
    limits: { readonly openMs: number; readonly idleMs: number },
  ): Promise<Pick<ConsoleSession, 'operator' | 'credential'> | null>;
  closeSession(tokenHash: string): Promise<void>;
}

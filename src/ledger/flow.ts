// What workers ask of the ledger about order and pace: what leaves next, how fast, and over how many connections.

import type { ChannelName } from '../domain/delivery.ts';
import type { Priority } from '../domain/handing-out.ts';
import type { Provider } from '../domain/provider.ts';
import type { Instant } from '../domain/time.ts';

/** A message that is on its way to a worker. */
export interface HandedOver {
  readonly id: string;
  readonly channel: ChannelName;
  readonly urgent: boolean;
  readonly priority: Priority;
  /** The queue's job that carries it: one channel, one priority, fifty messages at most. */
  readonly chunk: string;
}

/** Messages that are due now, to be handed to the queue in their chunks and in this order. */
export interface Dispatch {
  /** False while assignments are still due for a look: a digest waits for all of its day. */
  readonly complete: boolean;
  readonly messages: readonly HandedOver[];
}

/** Instants at which a worker may send. */
export interface Reserved {
  /** Milliseconds from the asking on, ascending; null: no limit is in force. */
  readonly waits: readonly number[] | null;
  /** A slot may be used so long after its instant, and not later. */
  readonly graceMs: number;
  /** Where there are none: asking again before this is in vain. */
  readonly againMs: number;
}

/** How things stand at a mail server or gateway. Rates are messages per second. */
export interface ProviderState {
  readonly name: string;
  readonly channel: ChannelName;
  /** Null: no limit. */
  readonly configured: number | null;
  readonly burst: number;
  /** In force; less than configured after it said "too fast". Null: no limit. */
  readonly rate: number | null;
  readonly slowedAt: Instant | null;
  /** How often it said so. */
  readonly throttled: number;
  /** Shared connections that are taken. */
  readonly connections: number;
  /** Messages of its channel that are due or being sent. */
  readonly waiting: number;
}

/** Of one table; rows and updates are the server's own estimates. */
export interface TableState {
  /** With its schema. */
  readonly name: string;
  /** With its indexes. */
  readonly bytes: number;
  readonly live: number;
  readonly dead: number;
  readonly updated: number;
  /** Updates that left the indexes alone (HOT). */
  readonly updatedInPlace: number;
  readonly vacuumedAt: Instant | null;
  readonly analyzedAt: Instant | null;
}

export interface Flow {
  /** Says how fast may be sent there: by whoever starts with it; who starts last is right. */
  provide(provider: Provider): Promise<void>;
  /**
   * Up to `count` instants of the next ten seconds at which one message may be sent there. Over any time, all workers together are given no more than
   * burst + rate × time, late use within the grace included. On the database's clock.
   */
  reserve(provider: Provider, count: number): Promise<Reserved>;
  /** The provider refused for going too fast: half the rate for everybody, then step by step back. */
  tooFast(provider: Provider, now: Instant): Promise<void>;
  providers(now: Instant): Promise<readonly ProviderState[]>;
  /** Takes one of its shared connections, if one is free. Whoever dies loses it with the lease. */
  takeConnection(provider: Provider, holder: string, leaseMs: number): Promise<boolean>;
  /** False: the lease had run out, and somebody else may have the connection. */
  keepConnection(holder: string, leaseMs: number): Promise<boolean>;
  giveBackConnection(holder: string): Promise<void>;
  /** Of the ledger, and of the queue where it lives in the same database; the largest first. */
  tables(): Promise<readonly TableState[]>;

  /**
   * Marks due messages as handed over and returns them: urgent ones (escalations, what is due on its day) first, offices by turns, never more
   * than workers soon drain (of a provider with a rate: what it takes in half a minute). Those of a closed office, and those that their own day
   * went by without, are first placed anew: outside office hours nothing is handed over, and nobody gets the mail of two days on one.
   */
  dispatch(now: Instant, limit: number): Promise<Dispatch>;
  /** As `dispatch`, for whoever has finished a chunk of this channel: one look, and nothing handed over unless little of it is left in the queue. */
  refill(channel: ChannelName, now: Instant, limit: number): Promise<Dispatch>;
  /** What was handed over before so many milliseconds and is not claimed: the queue may have lost it, and is given it again. */
  handedOver(beforeMs: number): Promise<readonly HandedOver[]>;
}

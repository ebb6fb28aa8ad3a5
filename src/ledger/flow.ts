// What workers ask of the ledger about order and pace: what leaves next, how fast, and over how many connections.

import type { ChannelName } from '../domain/delivery.ts';
import type { Priority } from '../domain/handing-out.ts';
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

export interface Flow {
  /**
   * Marks due messages as handed over and returns them: urgent ones (escalations, what is due on its day) first, offices by turns, never more
   * than workers soon drain (of a provider with a rate: what it takes in half a minute). Those of a closed office, and those that their own day
   * went by without, are first placed anew: outside office hours nothing is handed over, and nobody gets the mail of two days on one.
   */
  dispatch(now: Instant, limit: number): Promise<Dispatch>;
  /** As `dispatch`, for whoever has finished a chunk: one look, and nothing handed over unless little is left in the queue. */
  refill(now: Instant, limit: number): Promise<Dispatch>;
  /** What was handed over before so many milliseconds and is not claimed: the queue may have lost it, and is given it again. */
  handedOver(beforeMs: number): Promise<readonly HandedOver[]>;
}

// How far the escalation of one duty has come. Rungs go one per working day, lowest first, each only when the one
// before it has come to an end on an earlier day: nobody's superior hears of what they were never told themselves.

import type { IsoDate } from './deadline.ts';

export interface Escalation {
  /**
   * Something of a rung is still on its way to somebody who was not told of it on any channel. A relay that is away for days
   * keeps the whole ladder waiting; a gateway that is away keeps nobody waiting who was reached by mail.
   */
  readonly pending: boolean;
  /** The day on which a rung last ended (sent, undeliverable, given up), on the office's clock. */
  readonly lastOn: IsoDate | null;
  /** Stages of the ladder that have been planned, or dropped with a reason; null = whatever lies behind `plannedThrough`. */
  readonly said: ReadonlySet<string> | null;
}

/** Nothing has been escalated. */
export const CALM: Escalation = { pending: false, lastOn: null, said: null };

/** Whether the next rung, or anything behind it on the ladder, may be said on this day. */
export function mayClimb({ pending, lastOn }: Escalation, today: IsoDate): boolean {
  return !pending && (lastOn === null || lastOn < today);
}

// What the ledger takes from outside of itself after something went wrong, and what it gives away for that day.

import type { Accepted } from '../domain/accepted.ts';
import type { Instant } from '../domain/time.ts';

/** A ledger as it came out of a backup. */
export interface Restored {
  readonly takenAt: Instant;
  readonly rows: number;
  /** What it would send now and may have sent between the backup and its end: messages that are due, assignments that are due for a look. */
  readonly waiting: { readonly messages: number; readonly looks: number };
}

/** What the delivery journal had to say to a restored ledger, in reminders unless stated. */
export interface Reconciled {
  /** Messages looked at. */
  readonly entries: number;
  /** Planned here, and now recorded as sent. */
  readonly settled: number;
  /** Not planned here yet; kept, so that the planner does not say them again. */
  readonly told: number;
  /** Known here as sent. */
  readonly known: number;
}

export interface RecoveryVerbs {
  /**
   * What a channel accepted and the ledger never heard of, from the delivery journal, becomes sent as of when it was accepted. Entries whose claim is
   * settled, or whose message another worker has claimed since, change nothing. Returns how many changed something.
   */
  settleAccepted(entries: readonly Accepted[], now: Instant): Promise<number>;
  /** The same for a ledger restored from a backup, which knows neither those claims nor perhaps those messages. May be repeated. */
  reconcileRestored(entries: readonly Accepted[], now: Instant): Promise<Reconciled>;
  /** When the backup was taken that this ledger was restored from; null for one that never was. */
  restoredFrom(): Promise<Instant | null>;
  /** Another text once anything worth a backup has changed, within seconds. */
  changes(): Promise<string>;
  /** Null while this code may work with the ledger; else why it must go, for a person. Claims ask by themselves. */
  outdated(): Promise<string | null>;
}

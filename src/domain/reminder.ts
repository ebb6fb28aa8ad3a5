import type { ChannelName } from './delivery.ts';
import type { IsoDate } from './deadline.ts';
import type { Ladder } from './policy.ts';
import type { Instant } from './time.ts';

/** One thing one person is to be told on one channel. Its key makes planning it twice impossible. */
export interface Reminder {
  readonly assignment: string;
  readonly sequence: number;
  readonly stage: string;
  /** Which time a repeated or cadenced stage this is: its date; `once` otherwise. */
  readonly occurrence: IsoDate | 'once';
  readonly letter: string;
  readonly rung: number;
  /** Whose post is told: the responsible unit, or the supervising one. */
  readonly unit: string;
  readonly contact: string;
  readonly post: string;
  /** `cc` recipients are copied: the letter says so. */
  readonly copy: boolean;
  readonly channel: ChannelName;
  readonly address: string;
  readonly name: string;
  /** When the ladder wants it said. */
  readonly at: Instant;
  /** Why this date, in words, for whoever asks. */
  readonly reason: string;
  /** Whose address takes nothing, in words, where this goes another way for that. */
  readonly insteadOf?: string;
}

export function reminderKey(reminder: Reminder): string {
  const { assignment, sequence, stage, occurrence, contact, channel } = reminder;
  return [assignment, sequence, stage, occurrence, contact, channel].join('|');
}

export type SuppressionReason =
  | 'acknowledged'
  | 'completed'
  | 'cancelled'
  | 'superseded'
  | 'missed-window'
  | 'before-notice'
  | 'recurrence-shorter'
  | 'outside-hours'
  | 'daily-cap'
  /** A rung waits for the one before it. */
  | 'rung-order'
  | 'no-address'
  /** The address takes nothing: the far side said so, for good. */
  | 'refused'
  | 'no-channel'
  | 'absent'
  | 'merged'
  | 'undecided';

/** Every "no" has a name. With `until` the reminder is held, not dropped. */
export interface Suppression {
  readonly assignment: string;
  readonly sequence: number;
  readonly stage: string;
  readonly occurrence: IsoDate | 'once';
  readonly contact: string | null;
  readonly channel: ChannelName | null;
  readonly reason: SuppressionReason;
  readonly detail: string;
  /** When the ladder would have said it. */
  readonly at: Instant;
  readonly until: Instant | null;
}

/** What the coordinator has to look at. One of a kind is open per assignment at a time. */
export interface Problem {
  readonly kind:
    | 'nobody-at-post'
    | 'no-address'
    | 'no-unit'
    | 'unknown-unit'
    | 'planning-failed'
    | 'undeliverable'
    | 'address-refused'
    | 'channel-down'
    | 'calendar-missing'
    | 'backup-failed'
    | 'held'
    | 'unknown-outcome';
  readonly assignment: string | null;
  readonly detail: string;
}

/** What the planner decided for one assignment at one look. */
export interface Plan {
  readonly reminders: readonly Reminder[];
  readonly suppressions: readonly Suppression[];
  readonly problems: readonly Problem[];
  readonly plannedThrough: Instant;
  /** When the planner must look again; null = never by itself. */
  readonly nextAt: Instant | null;
  /** The due date of the next occurrence, from the time on when it is to be open; it may be open already. */
  readonly successor: IsoDate | null;
  /** Set once the assignment is overdue: later edits of the policy do not change a running escalation. */
  readonly ladder: Ladder | null;
}

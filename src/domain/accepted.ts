import type { IsoDate } from './deadline.ts';
import type { ChannelName } from './delivery.ts';
import { deadlineKey } from './assignment.ts';
import type { ClaimedMessage } from './message.ts';
import type { Instant } from './time.ts';

/**
 * A reminder that was said, named by what it is about and not by the ledger's ids: a ledger restored from a backup gives those out anew.
 * Neither an address nor a word of the text.
 */
export interface AcceptedReminder {
  readonly schedule: string;
  readonly ref: string;
  readonly unit: string;
  readonly deadline: string;
  readonly originalDue: IsoDate | null;
  readonly sequence: number;
  readonly stage: string;
  readonly occurrence: IsoDate | 'once';
  readonly contact: string;
}

/** What a channel said yes to: as much as the ledger needs to hear of it later, from whoever still knows. */
export interface Accepted {
  readonly message: string;
  readonly revision: number;
  /** Of the claim under which it was sent. */
  readonly fence: number;
  readonly channel: ChannelName;
  readonly office: string;
  readonly at: Instant;
  readonly providerIds: readonly string[];
  readonly reminders: readonly AcceptedReminder[];
}

export function acceptedOf(
  { id: message, fence, channel, office, items }: ClaimedMessage,
  said: Pick<Accepted, 'revision' | 'providerIds' | 'at'>,
): Accepted {
  const reminders = items.map(({ assignment, stage, occurrence, contact }) => ({
    schedule: assignment.schedule,
    ref: assignment.ref,
    unit: assignment.unit,
    deadline: deadlineKey(assignment),
    originalDue: assignment.originalDue,
    sequence: assignment.sequence,
    stage,
    occurrence,
    contact,
  }));
  return { message, fence, channel, office, ...said, reminders };
}

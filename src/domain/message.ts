import type { Assignment } from './assignment.ts';
import type { Briefing } from './briefing.ts';
import type { IsoDate } from './deadline.ts';
import type { ChannelName, DeliveryStatus } from './delivery.ts';
import type { Instant } from './time.ts';

/** One reminder inside a message, with the truth about its assignment as read when the message was claimed. */
export interface MessageItem {
  readonly stage: string;
  readonly occurrence: IsoDate | 'once';
  /** Id of the contact it is for. */
  readonly contact: string;
  readonly letter: string;
  readonly rung: number;
  readonly copy: boolean;
  readonly reason: string;
  readonly assignment: Assignment;
  readonly unitName: string;
  readonly external: boolean;
  /** Days on which this duty was brought to somebody's attention before, oldest first, without doubles. */
  readonly remindedOn: readonly IsoDate[];
  /** Whose address takes nothing, in words, where this goes another way for that. */
  readonly insteadOf?: string;
}

export interface Rendered {
  readonly subject: string;
  readonly text: string;
  /** Empty for SMS. */
  readonly html: string;
}

/** A rendering as it was when it first went out. Another body needs another revision, so another Message-ID. */
export interface Frozen extends Rendered {
  readonly hash: string;
  readonly revision: number;
}

/** One digest to one person on one channel on one working day. */
export interface Message {
  readonly id: string;
  readonly office: string;
  readonly channel: ChannelName;
  readonly address: string;
  /** The recipient, as letters address them. */
  readonly to: { readonly unit: string; readonly unitName: string; readonly post: string; readonly name: string };
  readonly day: IsoDate;
  readonly items: readonly MessageItem[];
  /** Set where it is the coordinator's briefing; then it has no items. */
  readonly briefing?: Briefing;
}

export interface ClaimedMessage extends Message {
  readonly fence: number;
  /** Times it was handed to the channel before this claim. */
  readonly attempts: number;
  readonly previousStatus: DeliveryStatus;
  /** When it was to leave as it was placed, before anything failed; null for one older than this being noted. */
  readonly dueAt: Instant | null;
  readonly frozen: Frozen | null;
}

/** What became of one claimed message; `fence` proves that the claim is still ours. */
export interface Settlement {
  readonly id: string;
  readonly fence: number;
  readonly status: Exclude<DeliveryStatus, 'created' | 'sending' | 'delivered' | 'cancelled'>;
  readonly providerIds: readonly string[];
  readonly code: string;
  readonly detail: string;
  /** For temporary-failure and unknown: not before. Null = never again by itself. */
  readonly retryAt: Instant | null;
  /** False where nothing was tried: held back by the provider's limits, never begun, not renderable. */
  readonly attempted: boolean;
  /** The channel as a whole is in trouble: told once to whoever runs it, not once per message. */
  readonly channelDown: boolean;
  /** The far side will never take anything at this address: it is not asked again. */
  readonly refused?: true;
}

/** The mail's identity: the same for every copy of one body. */
export function messageIdOf(id: string, revision: number, domain: string): string {
  return `<${id}.${revision}@${domain}>`;
}

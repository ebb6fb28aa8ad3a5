// What happens to one message on its way: the states of GOV.UK Notify and RFC 3464, and the small contract
// that every channel keeps (docs of a protocol live with its adapter in src/channels/).

export type ChannelName = 'email' | 'sms';

/** `sent` means accepted by the next hop, never more; `delivered` needs a receipt; `unknown` is a state, not an error. */
export type DeliveryStatus =
  | 'created'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'temporary-failure'
  | 'permanent-failure'
  | 'unknown'
  | 'cancelled';

/** One mail to one mailbox. Addresses are bare `local@domain`; names are display names. */
export interface OutgoingEmail {
  /** With angle brackets, the same for every copy of this message. */
  readonly messageId: string;
  readonly from: Mailbox;
  readonly replyTo: Mailbox;
  readonly to: Mailbox;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Printed as the `Date` header. */
  readonly date: Date;
}

export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/** One text to one number; `text` already carries its signature 【…】. */
export interface OutgoingSms {
  readonly deliveryId: string;
  /** E.164, `+86…`. */
  readonly to: string;
  readonly text: string;
}

export type Outcome =
  | { readonly outcome: 'accepted'; readonly providerIds: readonly string[]; readonly response: string }
  /** Too fast for the provider: not a failure, not an attempt; wait at least `retryAfterMs`. */
  | {
      readonly outcome: 'throttled';
      readonly retryAfterMs: number;
      readonly code: string;
      /** Too much to this one person; others may go on as fast as before. */
      readonly about?: 'recipient';
    }
  | {
      readonly outcome: 'retryable';
      readonly code: string;
      readonly message: string;
      /** The next hop itself could not be reached: nothing is said about this message, and every other one would fare the same. */
      readonly unreachable?: true;
      /** We gave it up before anything was asked of the next hop: no try at all. */
      readonly begun?: false;
    }
  | {
      readonly outcome: 'permanent';
      readonly about: 'recipient' | 'content' | 'config';
      readonly code: string;
      readonly message: string;
    }
  /** The bytes may have arrived. Never sent again blindly; a second mail carries the same Message-ID. */
  | { readonly outcome: 'unknown'; readonly code: string; readonly message: string };

/** What a provider says later of one part it accepted. */
export interface Receipt {
  readonly providerId: string;
  readonly state: 'delivered' | 'failed' | 'expired';
  readonly code: string;
  /** The number it speaks of, as eleven digits; unset where it does not say. */
  readonly recipient?: string;
}

/** What a receipt came to: of a part of ours; of none that we know (yet); or of ours, about a number that we never sent that part to. */
export type ReceiptEnd = 'taken' | 'unknown' | 'foreign';

export interface ChannelHealth {
  readonly ok: boolean;
  /** In words, without secrets. */
  readonly detail: string;
}

/**
 * The contract of a channel. `send` never throws for what the far side does: every such end is an Outcome.
 * Addresses, texts and credentials never appear in an outcome's code or message.
 */
export interface Channel<Outgoing> {
  readonly name: ChannelName;
  /**
   * `signal` breaks it off at any point; `turn`, where given, only while it waits for its turn: what has begun by then goes on. `before`, where
   * given, is asked once, when the turn has come and right before the first byte leaves: an outcome means that nothing is to be sent, and is the
   * answer. Mail, whose copies can be told apart, need not ask.
   */
  send(message: Outgoing, signal: AbortSignal, turn?: AbortSignal, before?: () => Promise<Outcome | null>): Promise<Outcome>;
  /** Calls back for every receipt; the same receipt may come twice or before `send` returns. */
  onReceipt(listener: (receipt: Receipt) => void): void;
  check(): Promise<ChannelHealth>;
  /** Lets what is under way finish, then closes connections. */
  close(): Promise<void>;
}

export interface Channels {
  readonly email: Channel<OutgoingEmail>;
  /** Null where the office has no SMS account: SMS reminders are then suppressed with a reason. */
  readonly sms: Channel<OutgoingSms> | null;
}

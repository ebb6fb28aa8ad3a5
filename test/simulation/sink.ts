// What really arrived, and what was really tried: kept by the far side, which knows nothing of the ledger.

import type { ChannelName } from '../../src/domain/delivery.ts';
import type { Instant } from '../../src/domain/time.ts';

/** What a body says, as the simulation's letters are written: readable by whoever gets them. */
export interface Said {
  readonly schedule: string;
  readonly ref: string;
  readonly unit: string;
  readonly deadline: string;
  readonly originalDue: string | null;
  readonly due: string | null;
  readonly sequence: number;
  readonly stage: string;
  readonly occurrence: string;
  readonly rung: number;
  readonly copy: boolean;
}

/** One hand-over of bytes to a server. */
export interface Handover {
  /** When `send` was called, by the true clock. */
  readonly askedAt: Instant;
  /** When the bytes began to leave. */
  readonly dataAt: Instant;
  readonly channel: ChannelName;
  /** Of the ledger's row. */
  readonly message: string;
  /** The mail's Message-ID; of an SMS the row again. */
  readonly identity: string;
  readonly to: string;
  readonly body: string;
  readonly items: readonly Said[];
  /** The process was stopped between the call and the bytes. */
  readonly stalled: boolean;
  acceptedAt: Instant | null;
  /** The sender heard that it was accepted. */
  heard: boolean;
  /** The ledger has committed that it was accepted. */
  settled: boolean;
  /** The far side said no to these bytes, and the sender was told. */
  declined: boolean;
  /** Claimed again before the ledger knew of it: one more copy may follow. */
  doubted: boolean;
}

export class Sink {
  readonly handovers: Handover[] = [];
  readonly byMessage = new Map<string, Handover[]>();
  readonly accepted: Handover[] = [];
  /** Messages whose recipient or content was refused for good, and when. */
  readonly refused = new Map<string, Instant>();

  begin(handover: Handover): void {
    this.handovers.push(handover);
    const known = this.byMessage.get(handover.message);
    if (known === undefined) this.byMessage.set(handover.message, [handover]);
    else known.push(handover);
  }

  accept(handover: Handover, at: Instant): void {
    handover.acceptedAt = at;
    this.accepted.push(handover);
  }
}

/** `<uuid.revision@domain>` → uuid. */
export function rowOf(identity: string): string {
  return identity.replace(/^</u, '').replace(/[.@].*$/su, '');
}

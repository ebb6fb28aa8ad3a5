// What happens in the demo, as it is told to whoever watches: a terminal or a script.

import type { IsoDate } from '../domain/deadline.ts';
import type { HeldReminder, SentMessage, UnitSummary } from '../ledger/ledger.ts';
import type { DemoAnswer } from './people.ts';

export interface DemoDay {
  readonly date: IsoDate;
  readonly messages: readonly SentMessage[];
  readonly held: readonly HeldReminder[];
  readonly answers: readonly (DemoAnswer & { readonly voided: number })[];
}

/** An independent count: what lies in the inboxes against what the ledger says was sent. */
export interface Tally {
  readonly ledger: { readonly emails: number; readonly sms: number };
  readonly inbox: { readonly emails: number; readonly sms: number };
  /** Second copies of one mail, by Message-ID. */
  readonly doubles: number;
  /** Of which the ledger says that nobody knows whether they arrived: after a crash in the middle of an SMS. */
  readonly doubtful: number;
  /** Sent according to the ledger, but in no inbox. */
  readonly missing: readonly string[];
  /** In an inbox, but unknown to the ledger. */
  readonly strange: readonly string[];
  /** Units whose inboxes hold another number of mails than the table says. */
  readonly disagreeing: readonly string[];
  readonly agrees: boolean;
}

export interface DemoEnd {
  readonly units: readonly (UnitSummary & { readonly inInbox: number })[];
  readonly tally: Tally;
  readonly suppressed: Readonly<Record<string, number>>;
  readonly outbox: string;
  readonly smsFile: string;
  readonly seconds: number;
}

export interface DemoBeginning {
  readonly schedule: string;
  readonly title: string;
  readonly tasks: number;
  readonly duties: number;
  readonly units: number;
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly inbox: string;
  readonly outbox: string;
}

export interface Audience {
  begins(beginning: DemoBeginning): void;
  worker(pid: number, event: 'started' | 'killed'): void;
  /** Called for every simulated day, also for those on which nothing happened. */
  day(day: DemoDay): void;
  ends(end: DemoEnd): void;
}

import type { BriefingTimes } from './briefing.ts';
import type { ChannelName, Mailbox } from './delivery.ts';
import type { OfficeHours } from './time.ts';

/** What `config/office.yaml` says of one office. */
export interface Office {
  readonly id: string;
  /** As it signs its letters: 芮城县人民政府办公室. */
  readonly name: string;
  /** Stands in 【】 before every SMS. */
  readonly signature: string;
  readonly locale: string;
  readonly hours: OfficeHours;
  /** Messages per person and working day, on each channel. */
  readonly caps: Readonly<Record<ChannelName, number>>;
  /** Messages in an hour beyond which sending waits for a person; unset: by the office's own figures (ledger/bursts.ts). */
  readonly burst?: number;
  /** When its coordinators hear how things stand; unset: never. */
  readonly briefing?: BriefingTimes;
  readonly from: Mailbox;
  readonly replyTo: Mailbox;
  /** Landline for questions, and who answers it. */
  readonly phone: string;
  readonly contactPerson: string;
}

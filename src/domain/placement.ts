// Which message a reminder goes into: the digest of one person, channel and working day, within the cap of that day.
// The ledger and the rehearsal ask the same function, so that what is rehearsed is what is sent.

import type { Calendar } from './calendar.ts';
import type { IsoDate } from './deadline.ts';
import type { SuppressionReason } from './reminder.ts';
import type { Instant, OfficeHours } from './time.ts';
import { dateOf, nextDigest, nextSendable, withinHours } from './time.ts';

/** A message of one person, channel and day that was not cancelled. */
export interface SlotState {
  readonly slot: number;
  /** Still taking reminders: not yet handed to the queue. One that is not open counts against the cap. */
  readonly open: boolean;
}

export interface PlacementRules {
  readonly hours: OfficeHours;
  readonly calendar: Calendar;
  /** Messages per person and working day on this channel, at least 1. */
  readonly cap: number;
}

/** Why a reminder waits, and until when. */
export interface Hold {
  readonly reason: Extract<SuppressionReason, 'outside-hours' | 'daily-cap'>;
  readonly detail: string;
  readonly until: Instant;
}

export interface Placement {
  /** `join` = the open message at `slot`; `open` = a new message at `slot`. */
  readonly kind: 'join' | 'open';
  readonly day: IsoDate;
  readonly slot: number;
  /** When the reminder may go; a joined message goes at the later of its own time and this. */
  readonly sendAt: Instant;
  readonly holds: readonly Hold[];
}

/** A year of full days means that something is wrong, not that a letter may wait that long. */
const longestDeferral = 366;

/**
 * Places one reminder that is wanted at `wanted` (and never before now: pass the later of the two).
 * `dayOf` gives the messages this person already has on a day.
 * @throws RangeError when the cap is below 1 or the calendar does not reach far enough.
 */
export function place(wanted: Instant, rules: PlacementRules, dayOf: (day: IsoDate) => readonly SlotState[]): Placement {
  return placeFrom(intend(wanted, rules), rules, dayOf);
}

/** When a reminder would go if its day had room. The same for everybody of an office, so worth keeping. */
export interface Intention {
  readonly day: IsoDate;
  readonly sendAt: Instant;
  readonly hold: Hold | null;
}

export function intend(wanted: Instant, { hours, calendar }: Pick<PlacementRules, 'hours' | 'calendar'>): Intention {
  const sendAt = nextSendable(hours, calendar, wanted);
  const day = dateOf(hours.zone, sendAt);
  // Within hours there is nothing to explain: the digest of the day is minutes away.
  if (withinHours(hours, calendar, wanted)) return { day, sendAt, hold: null };
  return { day, sendAt, hold: { reason: 'outside-hours', detail: `不在办公时间，顺延至${day}`, until: sendAt } };
}

export function placeFrom(intention: Intention, rules: PlacementRules, dayOf: (day: IsoDate) => readonly SlotState[]): Placement {
  const { hours, calendar, cap } = rules;
  if (!(cap >= 1)) throw new RangeError(`a cap of ${cap} messages per day would hold everything for ever`);
  const holds: Hold[] = intention.hold === null ? [] : [intention.hold];
  let { sendAt, day } = intention;
  for (let deferred = 0; deferred < longestDeferral; deferred += 1) {
    const messages = dayOf(day);
    const open = messages.find((each) => each.open);
    if (open !== undefined) return { kind: 'join', day, slot: open.slot, sendAt, holds: lastOfEach(holds) };
    if (messages.length < cap) return { kind: 'open', day, slot: freeSlot(messages), sendAt, holds: lastOfEach(holds) };
    const full = day;
    sendAt = nextDigest(hours, calendar, day);
    day = dateOf(hours.zone, sendAt);
    holds.push({ reason: 'daily-cap', detail: `${full}已发${messages.length}条，达到每日上限，顺延至${day}`, until: sendAt });
  }
  throw new RangeError(`no day within ${longestDeferral} working days of ${day} has room under a cap of ${cap}`);
}

function freeSlot(messages: readonly SlotState[]): number {
  const taken = new Set(messages.map((each) => each.slot));
  let slot = 0;
  while (taken.has(slot)) slot += 1;
  return slot;
}

/** Deferred over several full days is one hold, to the last of them. */
function lastOfEach(holds: readonly Hold[]): readonly Hold[] {
  return holds.filter((hold, index) => !holds.slice(index + 1).some((later) => later.reason === hold.reason));
}

/** What decides between two reminders of one assignment within one message. */
export interface MergeCandidate {
  readonly at: Instant;
  readonly rung: number;
  readonly copy: boolean;
}

/**
 * Whether `one` speaks for the assignment rather than `other`, when both are in one message: a rung rather than a reminder, then the later
 * stage, then the one that is no copy. Equal ones keep the order in which they were recorded.
 */
function speaksBefore(one: MergeCandidate, other: MergeCandidate): boolean {
  if (one.rung > 0 !== other.rung > 0) return one.rung > 0;
  if (one.at !== other.at) return one.at > other.at;
  return !one.copy && other.copy;
}

/**
 * What is said of one assignment in one message: everything else of it is merged into that. Two rungs never speak for each other: the lower
 * one goes first, and the higher one stays apart.
 */
export function merge<Candidate extends MergeCandidate>(
  candidates: readonly Candidate[],
): readonly { readonly one: Candidate; readonly into: Candidate }[] {
  const lowest = Math.min(...candidates.map(({ rung }) => rung).filter((rung) => rung > 0));
  const together = candidates.filter(({ rung }) => rung === 0 || rung === lowest);
  const [first, ...others] = together;
  if (first === undefined) return [];
  const into = others.reduce((best, each) => (speaksBefore(each, best) ? each : best), first);
  return together.filter((each) => each !== into).map((one) => ({ one, into }));
}

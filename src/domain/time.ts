import { DateTime } from 'luxon';

import type { Calendar } from './calendar.ts';
import { addDays } from './calendar.ts';
import type { IsoDate } from './deadline.ts';

/** Milliseconds since the epoch. Time is always an argument; only app.ts reads a clock. */
export type Instant = number;

/** `HH:mm`, on the office's clock. */
export type ClockTime = string;

export interface OfficeHours {
  readonly zone: string;
  /** First minute in which something may be sent. */
  readonly start: ClockTime;
  /** First minute in which nothing is sent any more. */
  readonly end: ClockTime;
  /** When the day's digest goes out. */
  readonly sendAt: ClockTime;
}

// Planning asks for the same few thousand instants again and again, and a zone look-up costs more than a plan.
const known = new Map<string, Instant>();
const KNOWN_AT_MOST = 50_000;

export function instantOf(zone: string, date: IsoDate, time: ClockTime): Instant {
  const key = `${date} ${time} ${zone}`;
  const remembered = known.get(key);
  if (remembered !== undefined) return remembered;
  const instant = computeInstant(zone, date, time);
  if (known.size >= KNOWN_AT_MOST) known.clear();
  known.set(key, instant);
  return instant;
}

function computeInstant(zone: string, date: IsoDate, time: ClockTime): Instant {
  const at = DateTime.fromISO(`${date}T${time}`, { zone });
  if (!at.isValid) throw new RangeError(`${date}T${time} in ${zone}: ${at.invalidExplanation ?? 'invalid'}`);
  return at.toMillis();
}

export function dateOf(zone: string, instant: Instant): IsoDate {
  return localOf(zone, instant).date;
}

export function clockTimeOf(zone: string, instant: Instant): ClockTime {
  return localOf(zone, instant).time;
}

const read = new Map<string, { readonly date: IsoDate; readonly time: ClockTime }>();

function localOf(zone: string, instant: Instant): { readonly date: IsoDate; readonly time: ClockTime } {
  const key = `${instant} ${zone}`;
  const remembered = read.get(key);
  if (remembered !== undefined) return remembered;
  const local = DateTime.fromMillis(instant, { zone });
  const date = local.toISODate();
  if (date === null) throw new RangeError(`${instant} in ${zone} is no date`);
  const said = { date, time: local.toFormat('HH:mm') };
  if (read.size >= KNOWN_AT_MOST) read.clear();
  read.set(key, said);
  return said;
}

export function withinHours(hours: OfficeHours, calendar: Calendar, instant: Instant): boolean {
  const time = clockTimeOf(hours.zone, instant);
  return calendar.isWorkday(dateOf(hours.zone, instant)) && time >= hours.start && time < hours.end;
}

/**
 * The instant itself once the day's digest time has come and the office is open, else the next digest time. Nothing goes out
 * between opening and digest: what is said there would use up the day's one message minutes before the digest wants it.
 */
export function nextSendable(hours: OfficeHours, calendar: Calendar, instant: Instant): Instant {
  const date = dateOf(hours.zone, instant);
  const time = clockTimeOf(hours.zone, instant);
  if (!calendar.isWorkday(date) || time >= hours.end) return nextDigest(hours, calendar, date);
  return time < hours.sendAt ? instantOf(hours.zone, date, hours.sendAt) : instant;
}

/** The digest time of the first working day after a date. */
export function nextDigest(hours: OfficeHours, calendar: Calendar, after: IsoDate): Instant {
  return instantOf(hours.zone, calendar.firstWorkdayOnOrAfter(addDays(after, 1)), hours.sendAt);
}

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
// By zone and time of day first, of which an office has a handful.
const known = new Map<string, Map<IsoDate, Instant>>();
const KNOWN_AT_MOST = 50_000;

export function instantOf(zone: string, date: IsoDate, time: ClockTime): Instant {
  const onDates = zone === last.zone && time === last.time ? last.onDates : clockOf(zone, time);
  const remembered = onDates.get(date);
  if (remembered !== undefined) return remembered;
  const instant = computeInstant(zone, date, time);
  if (onDates.size >= KNOWN_AT_MOST) onDates.clear();
  onDates.set(date, instant);
  return instant;
}

const CLOCKS_AT_MOST = 500;
/** The one asked for last: a plan asks for many dates of one. */
let last: { readonly zone: string; readonly time: ClockTime; readonly onDates: Map<IsoDate, Instant> } = {
  zone: '',
  time: '',
  onDates: new Map(),
};

function clockOf(zone: string, time: ClockTime): Map<IsoDate, Instant> {
  const key = `${time} ${zone}`;
  let onDates = known.get(key);
  if (onDates === undefined) {
    if (known.size >= CLOCKS_AT_MOST) known.clear();
    known.set(key, (onDates = new Map<IsoDate, Instant>()));
  }
  last = { zone, time, onDates };
  return onDates;
}

function computeInstant(zone: string, date: IsoDate, time: ClockTime): Instant {
  const at = DateTime.fromISO(`${date}T${time}`, { zone });
  if (!at.isValid) throw new RangeError(`${date}T${time} in ${zone}: ${at.invalidExplanation ?? 'invalid'}`);
  return at.toMillis();
}

export function dateOf(zone: string, instant: Instant): IsoDate {
  return dateOfDay(Math.floor(onTheWall(zone, instant) / DAY));
}

export function clockTimeOf(zone: string, instant: Instant): ClockTime {
  const local = onTheWall(zone, instant);
  const minute = Math.floor((local - Math.floor(local / DAY) * DAY) / MINUTE);
  return `${padded(Math.floor(minute / 60))}:${padded(minute % 60)}`;
}

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
const DAY = 24 * 60 * MINUTE;

/** What the clock on the office's wall shows, as if it hung in Greenwich. */
function onTheWall(zone: string, instant: Instant): number {
  return instant + offsetOf(zone, instant) * MINUTE;
}

// By zone, then by quarter of an hour: no zone changes its offset and back within one.
const offsets = new Map<string, Map<number, number>>();

/** Minutes ahead of Greenwich. */
function offsetOf(zone: string, instant: Instant): number {
  const quarter = Math.floor(instant / QUARTER);
  let ofZone = offsets.get(zone);
  if (ofZone === undefined) offsets.set(zone, (ofZone = new Map<number, number>()));
  const remembered = ofZone.get(quarter);
  if (remembered !== undefined) return remembered;
  const ahead = (at: Instant): number => {
    const local = DateTime.fromMillis(at, { zone });
    if (!local.isValid) throw new RangeError(`${at} in ${zone} is no date`);
    return local.offset;
  };
  const first = ahead(quarter * QUARTER);
  if (first !== ahead((quarter + 1) * QUARTER - 1)) return ahead(instant);
  if (ofZone.size >= KNOWN_AT_MOST) ofZone.clear();
  ofZone.set(quarter, first);
  return first;
}

const dates = new Map<number, IsoDate>();

/** The date so many days after 1 January 1970. */
function dateOfDay(day: number): IsoDate {
  const remembered = dates.get(day);
  if (remembered !== undefined) return remembered;
  const date = DateTime.fromMillis(day * DAY, { zone: 'utc' }).toISODate();
  if (date === null) throw new RangeError(`${day} is no day`);
  if (dates.size >= KNOWN_AT_MOST) dates.clear();
  dates.set(day, date);
  return date;
}

function padded(number: number): string {
  return number < 10 ? `0${number}` : String(number);
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

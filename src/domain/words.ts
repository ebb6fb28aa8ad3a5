import { DateTime } from 'luxon';

import type { IsoDate } from './deadline.ts';

const WEEKDAYS = '一二三四五六日';

/** `8月31日（周三）`. */
export function dateInWords(date: IsoDate): string {
  const { weekday } = utc(date);
  return `${dayInWords(date)}（周${WEEKDAYS[weekday - 1] ?? ''}）`;
}

/** `8月31日`. */
export function dayInWords(date: IsoDate): string {
  const { month, day } = utc(date);
  return `${month}月${day}日`;
}

interface Day {
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
}

// A county's letters speak of a few hundred days.
const known = new Map<IsoDate, Day>();
const KNOWN_AT_MOST = 10_000;

function utc(date: IsoDate): Day {
  const remembered = known.get(date);
  if (remembered !== undefined) return remembered;
  const parsed = DateTime.fromISO(date, { zone: 'utc' });
  if (!parsed.isValid) throw new RangeError(`${date} is no calendar date`);
  const { month, day, weekday } = parsed;
  if (known.size >= KNOWN_AT_MOST) known.clear();
  known.set(date, { month, day, weekday });
  return { month, day, weekday };
}

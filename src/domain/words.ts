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

function utc(date: IsoDate): DateTime<true> {
  const parsed = DateTime.fromISO(date, { zone: 'utc' });
  if (!parsed.isValid) throw new RangeError(`${date} is no calendar date`);
  return parsed;
}

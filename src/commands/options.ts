import { InvalidArgumentError } from 'commander';
import { DateTime } from 'luxon';

import type { IsoDate } from '../domain/deadline.ts';
import type { Instant } from '../domain/time.ts';

export function isoDate(text: string): IsoDate {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(text) || !DateTime.fromISO(text, { zone: 'utc' }).isValid) {
    throw new InvalidArgumentError(`应为 2022-08-31 这样的日期，现为 ${text}`);
  }
  return text;
}

/** An instant with its zone written out: `2022-08-24T08:59:50+08:00`. */
export function isoInstant(text: string): Instant {
  const parsed = DateTime.fromISO(text, { setZone: true });
  if (!parsed.isValid || !/(?:Z|[+-]\d{2}:?\d{2})$/iu.test(text)) {
    throw new InvalidArgumentError(`应为 2022-08-24T08:59:50+08:00 这样带时区的时刻，现为 ${text}`);
  }
  return parsed.toMillis();
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError(`应为整数，现为 ${text}`);
  return value;
}

/** A year that a notice can be of. */
export function yearNumber(text: string): number {
  if (!/^(?:19|20)\d{2}$/u.test(text)) throw new InvalidArgumentError(`应为四位数的年份，如 2026，现为 ${text}`);
  return Number(text);
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError(`应为大于 0 的数，现为 ${text}`);
  return value;
}

/** The name of a schedule or an office. */
export function slugText(text: string): string {
  if (!/^[a-z0-9-]{1,60}$/u.test(text))
    throw new InvalidArgumentError(`应为小写字母、数字和连字符，如 ruicheng-2022，现为 ${text}`);
  return text;
}

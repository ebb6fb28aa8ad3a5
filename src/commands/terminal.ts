// What people see in a terminal: tables that line up with Chinese characters, times on the office's clock.

import Table from 'cli-table3';
import { DateTime } from 'luxon';
import colors from 'picocolors';

import type { Instant } from '../domain/time.ts';
import { EXIT } from './failure.ts';

export const EMAIL_SIGN = '邮件';
export const SMS_SIGN = '短信';

/** A table without frames; columns line up whatever the script. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const plain = new Table({
    head: head.map((each) => colors.dim(each)),
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '  ',
    },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  plain.push(...rows.map((row) => [...row]));
  return plain.toString().replace(/ +$/gmu, '');
}

/** `2022-08-31 09:00`, in the zone. */
export function timeInZone(instant: Instant, zone: string): string {
  return DateTime.fromMillis(instant, { zone }).toFormat('yyyy-LL-dd HH:mm');
}

/** `2022-08-31T09:00:00+08:00`. */
export function isoInZone(instant: Instant, zone: string): string {
  return DateTime.fromMillis(instant, { zone }).toISO({ suppressMilliseconds: true }) ?? '';
}

let stop = (): void => process.exit(EXIT.done);

/**
 * What to do on ctrl-C, on SIGTERM, and when whoever reads us through `head` has seen enough; until then the process just ends.
 * May be called more than once: a terminal tells the whole group, and npm tells its child once more.
 */
export function whenToldToStop(stopInOrder: () => void): void {
  stop = stopInOrder;
  process.on('SIGINT', stopInOrder);
  process.on('SIGTERM', stopInOrder);
}

export function nobodyReads(): void {
  stop();
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

// Content as it is compared and carried: one spelling for the same value, many rows in one parameter.

import { createHash } from 'node:crypto';

/** The same for equal content, whatever the order of its keys. */
export function contentHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((each) => canonicalJson(each ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const entries = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`).join(',')}}`;
}

/** Rows for `json_to_recordset($n::json)`: one parameter however many there are. */
export function recordset(rows: readonly object[]): string {
  return JSON.stringify(rows);
}

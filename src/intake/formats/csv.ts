// Text that is a table: .csv with commas, semicolons or tabs.

import { parse } from 'csv-parse/sync';

import { findHeader } from '../tables/header.ts';

/** True where the text parses to a table whose first rows hold a header of tasks; anything else is a text. */
export function isTableText(text: string): boolean {
  const separator = separatorOf(text);
  if (separator === null) return false;
  try {
    return findHeader(parseRows(text, separator, 30)) !== null;
  } catch {
    return false;
  }
}

/** @throws CsvError where quotes do not pair */
export function parseRows(text: string, separator: string, most: number): string[][] {
  return parse(text, {
    delimiter: separator,
    relax_column_count: true,
    // An empty row counts: places give the row that a spreadsheet shows.
    skip_empty_lines: false,
    max_record_size: 100_000,
    to: most,
  });
}

/** The separator that stands most often in the first lines; null for text without any. */
export function separatorOf(text: string): string | null {
  const start = text.slice(0, 4_000);
  const counted = [',', '\t', ';'].map((separator) => [separator, start.split(separator).length - 1] as const);
  const [best] = counted.toSorted(([, one], [, other]) => other - one);
  return best === undefined || best[1] < 2 ? null : best[0];
}

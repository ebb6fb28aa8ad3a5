// Spans of a table's text: a row from its first cell to its last, and the line over the header.

import type { Cell, Span, Table } from '../document.ts';
import { type Header, MOST_COLUMNS } from './header.ts';
import { partsOf } from './rows-cells.ts';

/** From the first of the cells to the last. */
export function covering(cells: readonly Cell[]): Span {
  const parts = cells.flatMap(partsOf);
  const start = parts.reduce((least, part) => Math.min(least, part.start), Infinity);
  return { start, end: parts.reduce((most, part) => Math.max(most, part.end), -Infinity) };
}

/** A line over the header that is named as notices are; else the longest that is no sentence: 附件 and 单位：个 stand there as well. */
export function lineOver(table: Table, header: Header, text: string): Span | null {
  const above = [...new Set(table.rows.slice(0, header.firstRow).flatMap((row) => row.slice(0, MOST_COLUMNS)))];
  const lines = above.map((cell) => trimmed(text, cell)).filter(({ start, end }) => end - start > 4 && end - start <= 200);
  const printed = ({ start, end }: Span): string => text.slice(start, end);
  const named = lines.find((line) =>
    /(?:表|清单|方案|要点|通知|意见|计划|台账|安排|分工)(?:[（(].{0,20}[）)])?$/u.test(printed(line)),
  );
  const [longest] = lines
    .filter((line) => !/[。；]/u.test(printed(line)))
    .toSorted((one, other) => other.end - other.start - (one.end - one.start));
  return named ?? longest ?? null;
}

/** Without the white at its ends. */
export function trimmed(text: string, { start, end }: Span): Span {
  let [from, to] = [start, end];
  while (from < to && /\s/u.test(text.charAt(from))) from += 1;
  while (to > from && /\s/u.test(text.charAt(to - 1))) to -= 1;
  return { start: from, end: to };
}

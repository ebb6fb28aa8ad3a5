// How a document's lines are laid out, judged over the whole of it: hard-wrapped or one line a paragraph, what an indent and a
// blank line mean, and which numbers begin a heading and which a text.

import type { Format } from '../document.ts';
import type { Row } from './lines.ts';
import type { Scheme } from './numbering.ts';

export interface Layout {
  /** The column where lines were wrapped, in characters; null: a line goes on as long as its paragraph. */
  readonly wrap: number | null;
  /** Paragraphs begin with an indent and go on without. */
  readonly indents: boolean;
  /** Paragraphs are apart by blank lines, and lines of one paragraph are not. */
  readonly blanks: boolean;
  /** The format tells some lines that end a paragraph from those that may not. */
  readonly closes: boolean;
  /** Numbers that begin whole sentences: such a line that ends amid one is cut. */
  readonly texts: ReadonlySet<Scheme>;
  /** A paragraph of the format may be cut by the end of a page that it was copied from. */
  readonly cuts: boolean;
}

/** A line this much shorter than the column may still be full: a character that may not stand at a line's start was moved. */
const SLACK = 2.5;

export function layoutOf(rows: readonly Row[], format: Format): Layout {
  const wrap = wrapOf(rows);
  const texts = textSchemes(rows, wrap);
  const cuts = format !== 'docx' && format !== 'html';
  const closes = rows.some(({ line }) => line.closed);
  if (wrap === null) return { wrap, indents: false, blanks: false, closes, texts, cuts };
  const pairs = rows.slice(1).map((row, index) => [rows[index] ?? row, row] as const);
  const within = pairs.filter(([before]) => isFull(before, wrap) && before.ending === 'open');
  const between = pairs.filter(([before]) => !isFull(before, wrap, 2) && before.ending === 'sentence');
  const share = (of: typeof pairs, holds: (row: Row) => boolean) =>
    of.length === 0 ? 0 : of.filter(([, row]) => holds(row)).length / of.length;
  const indented = (row: Row) => row.indent >= 1;
  return {
    wrap,
    indents: share(between, indented) > 0.6 && share(within, indented) < 0.15,
    blanks: share(between, ({ spaced }) => spaced) > 0.6 && share(within, ({ spaced }) => spaced) < 0.2,
    closes,
    texts,
    cuts,
  };
}

/** Whether the line goes up to the column; the first line of a paragraph may have lost an indent of `lost` characters. */
export function isFull({ width, indent }: Row, wrap: number, lost = 0): boolean {
  return width + Math.min(indent, 2) >= wrap - SLACK - lost;
}

// Hard-wrapped: many lines end at nearly the same column, and most of those end amid a sentence.
function wrapOf(rows: readonly Row[]): number | null {
  const widths = rows.map(({ width, indent }) => width + Math.min(indent, 2)).toSorted((a, b) => a - b);
  const wrap = widths[Math.floor(widths.length * 0.9)] ?? 0;
  if (wrap < 16 || wrap > 90) return null;
  const full = rows.filter((row) => isFull(row, wrap));
  const open = full.filter(({ ending }) => ending === 'open');
  const longer = rows.filter(({ width }) => width > wrap * 1.25 + 2);
  return full.length >= 5 &&
    full.length >= rows.length * 0.25 &&
    open.length >= full.length * 0.6 &&
    longer.length <= rows.length * 0.05
    ? wrap
    : null;
}

function textSchemes(rows: readonly Row[], wrap: number | null): ReadonlySet<Scheme> {
  const counts = new Map<Scheme, [texts: number, all: number]>();
  for (const row of rows) {
    if (row.mark === null) continue;
    const count = counts.get(row.mark.scheme) ?? [0, 0];
    counts.set(row.mark.scheme, count);
    count[1] += 1;
    // A short sentence of its own may be a heading with a full stop.
    if (wrap === null ? row.ending === 'sentence' && row.width > 20 : isFull(row, wrap)) count[0] += 1;
  }
  return new Set([...counts].filter(([, [texts, all]]) => texts >= all * 0.5).map(([scheme]) => scheme));
}

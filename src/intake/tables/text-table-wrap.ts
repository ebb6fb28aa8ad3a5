// A table that a text prints in columns of white, its cells wrapped side by side, as a PDF turned to text shows it: the columns
// are what white parts on every line, a row is its number's line and those that belong to it.

import type { Line } from '../document.ts';
import { gridOf, type PieceRow } from './text-table-grid.ts';
import type { FoundTable } from './text-table-dump.ts';
import { type Piece, pieceAt, sequenceNumber } from './text-table-pieces.ts';

/** A part of a line, with the places on the page that it takes: a character of full width takes two. */
interface Segment {
  readonly piece: Piece;
  readonly from: number;
  readonly to: number;
}

/** One line of the table, its segments by column. */
type Row = (Segment | undefined)[];

const GAP = /[ \u3000\u00A0]{2,200}/gu;
export const MOST_LINES = 2_000;

/** `header` are the cells of the line of `pieces[at]`; the first column must be that of the numbers. Null where the columns do not part. */
export function wrappedAt(text: string, lines: readonly Line[], pieces: readonly Piece[], at: number): FoundTable | null {
  const first = pieces[at];
  if (first === undefined) return null;
  const header = segments(text, lines, first);
  const body: Segment[][] = [];
  const blanks: boolean[] = [];
  for (const piece of pieces.slice(at + 1, at + 1 + MOST_LINES)) {
    const found = segments(text, lines, piece);
    if (isProse(found, header)) break;
    blanks.push(piece.from > (body.at(-1)?.[0]?.piece.to ?? first.to));
    body.push(found);
  }
  const columns = columnsOf([header, ...body]);
  if (columns.length !== header.length) return null;
  const rows = body.map((found) => placed(found, columns));
  const groups = grouped(rows, blanks);
  if (groups === null) return null;
  const cells = groups.map((group): PieceRow =>
    columns.map((_, column) => group.flatMap((row) => (row[column] === undefined ? [] : [row[column].piece]))),
  );
  const last = body.at(-1)?.[0]?.piece;
  const top = header.map(({ piece }) => [piece]);
  return last === undefined ? null : { table: gridOf([top, ...cells], columns.length, true), from: first.from, to: last.to };
}

function segments(text: string, lines: readonly Line[], piece: Piece): Segment[] {
  const line = lines[piece.from];
  if (line === undefined) return [];
  const printed = text.slice(line.start, line.end);
  const found: Segment[] = [];
  let [from, width, counted] = [0, 0, 0];
  const take = (end: number) => {
    if (printed.slice(from, end).trim() === '') return;
    width += widthOf(printed.slice(counted, from));
    const size = widthOf(printed.slice(from, end));
    found.push({
      piece: pieceAt(text, { start: line.start + from, end: line.start + end }, piece),
      from: width,
      to: width + size,
    });
    width += size;
    counted = end;
  };
  for (const gap of printed.matchAll(GAP)) {
    take(gap.index);
    from = gap.index + gap[0].length;
  }
  take(printed.length);
  return found;
}

function widthOf(text: string): number {
  let width = 0;
  for (let at = 0; at < text.length; at += 1) width += text.charCodeAt(at) < 0x2000 ? 1 : 2;
  return width;
}

/** One segment alone that lies under several headings. */
function isProse(found: readonly Segment[], header: readonly Segment[]): boolean {
  const [only, second] = found;
  if (only === undefined || second !== undefined) return only === undefined;
  return header.filter(({ from, to }) => from < only.to && to > only.from).length > 1;
}

/** What segments of all lines cover together, where white parts it. */
function columnsOf(lines: readonly (readonly Segment[])[]): readonly (readonly [from: number, to: number])[] {
  const columns: [number, number][] = [];
  for (const { from, to } of lines.flat().toSorted((one, other) => one.from - other.from)) {
    const last = columns.at(-1);
    if (last !== undefined && from < last[1]) last[1] = Math.max(last[1], to);
    else columns.push([from, to]);
  }
  return columns;
}

function placed(found: readonly Segment[], columns: readonly (readonly [number, number])[]): Row {
  return columns.map(([from, to]) => found.find((segment) => segment.from >= from && segment.to <= to));
}

/** Rows by blank lines, by numbers at their top, or by numbers at their middle; null where none of these holds. */
function grouped(rows: readonly Row[], blanks: readonly boolean[]): Row[][] | null {
  const numbered = rows.flatMap((row, at) => (sequenceNumber(row[0]?.piece.plain ?? '') === null ? [] : [at]));
  if (numbered.length === 0) return null;
  const starts = blanks.flatMap((blank, at) => (blank || at === 0 ? [at] : []));
  if (starts.length === numbered.length && numbered.length > 1) return sliced(rows, starts);
  if (numbered[0] === 0) return sliced(rows, numbered);
  const middles: number[] = [];
  let start = 0;
  for (const [index, at] of numbered.entries()) {
    middles.push(start);
    const end = index === numbered.length - 1 ? rows.length : at + (at - start) + 1;
    const next = numbered[index + 1] ?? rows.length;
    if (at < start || end > next) return null;
    start = end;
  }
  return sliced(rows, middles);
}

function sliced(rows: readonly Row[], starts: readonly number[]): Row[][] {
  return starts.map((start, index) => rows.slice(start, starts[index + 1] ?? rows.length));
}

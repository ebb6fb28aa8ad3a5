// The rows of a dumped table: from one number to the next, or, without numbers, so many cells at a time as long as what should
// be a time is one and what should be a unit is one.

import { markAt } from '../clauses/numbering.ts';
import type { ColumnRole } from './rows-headings.ts';
import { aligned, MOST_PIECES } from './text-table-align.ts';
import type { PieceRow } from './text-table-grid.ts';
import { isTimeLike, isUnitLike, merged, type Piece, sequenceNumber } from './text-table-pieces.ts';

export interface DumpShape {
  readonly text: string;
  readonly headings: readonly Piece[];
  readonly roles: readonly ColumnRole[];
  /** A cell begins with an indented line; lines that are not go on with it. */
  readonly isIndented: boolean;
}

/** Null where the first row has no number. A section column before the number becomes headings over the rows. */
export function rowsByNumber(shape: DumpShape, pieces: readonly Piece[], from: number): PieceRow[] | null {
  const at = shape.roles.indexOf('ref');
  if (at === -1 || at > 2) return null;
  const inner = { ...shape, headings: shape.headings.slice(at), roles: shape.roles.slice(at) };
  const starts = rowStarts(inner, pieces, from, at > 0);
  const [first] = starts;
  if (first === undefined) return null;
  const rows: PieceRow[] = pieces.slice(from, first).map((piece) => [[piece]]);
  for (const [index, start] of starts.entries()) {
    const next = starts[index + 1];
    const cells = next === undefined ? lastRow(inner, pieces, start) : cellsOf(inner, pieces.slice(start, next));
    const { own, after } = next === undefined ? { own: cells, after: [] } : withoutHeadings(inner, cells, at > 0);
    for (const row of inParts(inner, own)) rows.push(row);
    for (const cell of after) rows.push([[cell]]);
  }
  return rows;
}

/** Rows of exactly so many cells each. */
export function rowsByCount(shape: DumpShape, pieces: readonly Piece[], from: number): PieceRow[] | null {
  const { roles } = shape;
  const rows: PieceRow[] = [];
  // Looked at only as far as rows go: what fails at once must cost little.
  const cells: Piece[] = [];
  let next = from;
  const fill = () => {
    while (cells.length <= roles.length && next < pieces.length) {
      const start = next;
      for (
        next += 1;
        shape.isIndented && next < pieces.length && pieces[next]?.isIndented === false && next - start < MOST_PIECES;
      )
        next += 1;
      cells.push(merged(shape.text, pieces.slice(start, next)));
    }
  };
  for (fill(); cells.length >= roles.length; fill()) {
    const row = cells.slice(0, roles.length);
    if (isRepeatedHeader(shape, row)) cells.splice(0, roles.length);
    else if (fits(row, roles)) rows.push(cells.splice(0, roles.length).map((cell) => [cell]));
    else if (isSection(cells[0]) && fits(cells.slice(1, 1 + roles.length), roles)) rows.push([cells.splice(0, 1)]);
    else break;
  }
  return rows.some((row) => row.length > 1) ? rows : null;
}

/** Where rows begin: at a number one higher than the last, or at 1 again, when the row before has most of its cells. */
function rowStarts(
  { roles, isIndented, headings }: DumpShape,
  pieces: readonly Piece[],
  from: number,
  hasSections: boolean,
): number[] {
  const starts: number[] = [];
  let number = 0;
  let cells = 0;
  for (let at = from; at < pieces.length; at += 1) {
    const piece = pieces[at] as Piece;
    const isCell = !isIndented || piece.isIndented;
    const found = isCell ? sequenceNumber(piece.plain) : null;
    const isNext = found === number + 1 || (found === 1 && cells >= roles.length);
    const isDue = starts.length === 0 ? at - from <= (hasSections ? 3 : 2) : cells >= Math.max(2, roles.length - 2);
    if (found !== null && isNext && isDue) {
      starts.push(at);
      [number, cells] = [found, 1];
      continue;
    }
    if (isCell) cells += 1;
    const isLost = starts.length === 0 ? at - from > 3 : at - (starts.at(-1) ?? at) > MOST_PIECES + headings.length;
    if (isLost) break;
  }
  return starts;
}

function cellsOf({ text, isIndented }: DumpShape, pieces: readonly Piece[]): Piece[] {
  if (!isIndented) return [...pieces];
  const groups: Piece[][] = [];
  for (const piece of pieces) {
    const group = groups.at(-1);
    if (group === undefined || piece.isIndented) groups.push([piece]);
    else group.push(piece);
  }
  return groups.map((group) => merged(text, group));
}

/** No number says where the last row ends: with the first cell that fits the last column when the row is full. */
function lastRow(shape: DumpShape, pieces: readonly Piece[], start: number): Piece[] {
  const { roles, isIndented } = shape;
  const width = roles.length;
  const taken: Piece[] = [];
  let count = 0;
  for (const piece of pieces.slice(start, start + MOST_PIECES)) {
    const before = taken.at(-1);
    if (isIndented && !piece.isIndented && before !== undefined) {
      // Behind a blank line, a line of the last cell can't be told from the text behind the table.
      if (piece.from > before.to && (count >= width || piece.plain.length > 30)) break;
    } else count += 1;
    if (count > width + 6) break;
    taken.push(piece);
  }
  const cells = cellsOf(shape, taken);
  const last = roles.at(-1) ?? 'unread';
  if (cells.length <= width && isIndented) return cells;
  const end = cells.findIndex((cell, index) => index >= Math.min(width, 3) - 1 && suits(cell.plain, last));
  if (end === -1 || (last !== 'deadline' && last !== 'start' && last !== 'lead' && last !== 'cooperate'))
    return cells.slice(0, width);
  return cells.slice(0, end + 1);
}

/** What stands between the last cell of a row and the next number: the heading of a section, or the header again. */
function withoutHeadings(shape: DumpShape, cells: readonly Piece[], hasSections: boolean): { own: Piece[]; after: Piece[] } {
  const width = shape.roles.length;
  let own = [...cells];
  for (let length = shape.headings.length + 2; length >= width && own.length > length; length -= 1) {
    if (isRepeatedHeader(shape, own.slice(-length))) own = own.slice(0, -length);
  }
  const after: Piece[] = [];
  while (own.length > width && (isSection(own.at(-1)) || (hasSections && (own.at(-1)?.plain.length ?? 99) <= 20))) {
    after.unshift(own.pop() as Piece);
  }
  return { own, after };
}

function isRepeatedHeader({ headings }: DumpShape, cells: readonly Piece[]): boolean {
  const known = new Set(headings.map(({ plain }) => plain));
  const whole = [...known].join('');
  return (
    cells.length > 0 &&
    cells.every(({ plain }) => known.has(plain) || (plain.length >= 2 && plain.length <= 4 && whole.includes(plain)))
  );
}

function isSection(piece: Piece | undefined): boolean {
  if (piece === undefined || piece.plain.length > 40 || /[。；;]/u.test(piece.plain)) return false;
  const mark = markAt(piece.plain);
  return mark !== null && mark.length < piece.plain.length && /一|章|部分/u.test(mark.scheme);
}

/** One row; several where one number stands over measures that have their own units or times. */
function inParts({ roles }: DumpShape, cells: readonly Piece[]): PieceRow[] {
  const width = roles.length;
  for (const shared of [1, 2]) {
    const [first, rest, size] = [cells.slice(0, width), cells.slice(width), width - shared];
    if (rest.length === 0 || size < 2 || rest.length % size !== 0) continue;
    const parts = Array.from({ length: rest.length / size }, (_, part) => rest.slice(part * size, (part + 1) * size));
    const under = roles.slice(shared);
    if (!fits(first, roles) || !parts.every((part) => fits(part, under, true))) continue;
    const blank = Array.from({ length: shared }, (): Piece[] => []);
    return [first.map((cell) => [cell]), ...parts.map((part) => [...blank, ...part.map((cell) => [cell])])];
  }
  const whole = cells.flatMap((cell): Piece[][] => [[cell], ...Array.from({ length: cell.voids }, () => [])]);
  if (cells.length < width && whole.length === width) return [whole];
  return [aligned(cells, roles).map(([from, to]) => cells.slice(from, to))];
}

/** What should be a time is one, what should be a unit is one; `all`: every such column, else at least one. */
function fits(cells: readonly Piece[], roles: readonly ColumnRole[], all = false): boolean {
  if (cells.length !== roles.length) return false;
  const asked = cells.filter((_, at) => ['deadline', 'lead', 'cooperate'].includes(roles[at] ?? ''));
  const suiting = cells.filter((cell, at) => suits(cell.plain, roles[at] ?? 'unread') && asked.includes(cell));
  return all ? suiting.length === asked.length : suiting.length > 0;
}

function suits(plain: string, role: ColumnRole): boolean {
  if (role === 'deadline' || role === 'start') return isTimeLike(plain);
  if (role === 'lead' || role === 'cooperate') return isUnitLike(plain);
  return true;
}

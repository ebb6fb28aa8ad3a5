// Text into the cells of ruled grids, and the parts of one table on several pages put together.

import type { Range, RawTable } from './grid.ts';
import type { RuledGrid } from './pdf-grid.ts';
import { firstChunk, linesOfPieces, type Piece, type PrintedLine, widthIn } from './pdf-pieces.ts';

/** A table, or the part of one that stands on one page. */
export interface PagedTable {
  readonly xs: readonly number[];
  readonly top: number;
  readonly rows: string[][];
  readonly merges: Range[];
  /** By row: the page it stands on, from 1. */
  readonly pages: number[];
}

const UNIT_END = /[局办委部院会社行处]$/u;
const UNIT_START = /^[省市区县各]/u;
/** In em: a cell's inner margin is hardly ever wider. */
const WIDEST_PADDING = 0.8;

/** Takes the pieces inside the grid's outer lines out of `pieces`; the others are handed back. Null where no cell holds text. */
export function fillGrid(
  grid: RuledGrid,
  pieces: readonly Piece[],
  page: number,
): { readonly table: PagedTable | null; readonly outside: readonly Piece[] } {
  const { xs, ys } = grid;
  const outside: Piece[] = [];
  const owners = new Map<number, number>();
  const columns = xs.length - 1;
  for (const [index, { top, left, bottom, right }] of grid.cells.entries()) {
    for (let row = top; row <= bottom; row += 1)
      for (let column = left; column <= right; column += 1) owners.set(row * columns + column, index);
  }
  const inside: Piece[][] = grid.cells.map(() => []);
  for (const piece of pieces) {
    const row = intervalOf(ys, piece.y - piece.size * 0.35);
    if (row === -1 || piece.right < (xs[0] ?? 0) || piece.x > (xs.at(-1) ?? 0)) {
      outside.push(piece);
      continue;
    }
    for (const part of parted(piece, xs, (column) => owners.get(row * columns + column) ?? -1)) {
      const column = Math.min(columns - 1, Math.max(0, intervalOf(xs, (part.x + part.right) / 2)));
      inside[owners.get(row * columns + column) ?? 0]?.push(part);
    }
  }
  if (inside.filter((cell) => cell.length > 0).length < 2) return { table: null, outside: pieces };
  const rows = ys.slice(1).map(() => xs.slice(1).map(() => ''));
  const merges: Range[] = [];
  for (const [index, cell] of grid.cells.entries()) {
    const row = rows[cell.top];
    if (row === undefined) continue;
    row[cell.left] = textOf(linesOfPieces(inside[index] ?? [], page), xs[cell.left] ?? 0, xs[cell.right + 1] ?? 0);
    if (cell.bottom > cell.top || cell.right > cell.left) merges.push(cell);
  }
  return { table: { xs, top: ys[0] ?? 0, rows, merges, pages: rows.map(() => page) }, outside };
}

/** A piece that runs over the line between two cells, cut there: character widths are known well enough for that. */
function parted(piece: Piece, xs: readonly number[], cellAt: (column: number) => number): Piece[] {
  const from = Math.max(0, intervalOf(xs, piece.x + piece.size * 0.3));
  const to = intervalOf(xs, piece.right - piece.size * 0.3);
  if (to === -1 || to <= from) return [piece];
  const parts: Piece[] = [];
  const em = (piece.right - piece.x) / Math.max(0.5, widthIn(piece.text));
  let [start, x] = [0, piece.x];
  for (let column = from; column < to; column += 1) {
    if (cellAt(column) === cellAt(column + 1)) continue;
    let [end, right] = [start, x];
    while (end < piece.text.length && right + (em * widthIn(piece.text[end] ?? '')) / 2 < (xs[column + 1] ?? 0)) {
      right += em * widthIn(piece.text[end] ?? '');
      end += 1;
    }
    if (end > start) parts.push({ ...piece, text: piece.text.slice(start, end), x, right });
    [start, x] = [end, right];
  }
  if (start < piece.text.length) parts.push({ ...piece, text: piece.text.slice(start), x });
  return parts.filter(({ text }) => text.trim() !== '');
}

function intervalOf(bounds: readonly number[], value: number): number {
  for (let index = 0; index + 1 < bounds.length; index += 1)
    if (value >= (bounds[index] ?? 0) && value < (bounds[index + 1] ?? 0)) return index;
  return -1;
}

/** A line that fills its cell goes on in the next; one that had room for more was ended by hand. */
function textOf(lines: readonly PrintedLine[], left: number, right: number): string {
  let text = '';
  for (const [index, line] of lines.entries()) {
    const before = lines[index - 1];
    if (before !== undefined) {
      const padding = Math.min(Math.max(0, before.x - left), before.size * WIDEST_PADDING);
      const hadRoom = right - padding - before.right > (firstChunk(line.text) + 0.25) * before.size;
      text += hadRoom ? '\n' : seam(before.text, line.text);
    }
    text += line.text;
  }
  return text;
}

/** Between two lines of a cell that nothing else tells apart: names of units one below the other are lines. */
function seam(before: string, after: string): string {
  return UNIT_END.test(before) && UNIT_START.test(after) ? '\n' : '';
}

/** Whether `next`, first on its page, goes on with `table`, last on the page before. */
export function continues(table: PagedTable, next: PagedTable): boolean {
  return table.xs.length === next.xs.length && table.xs.every((x, index) => Math.abs(x - (next.xs[index] ?? 0)) < 6);
}

/** Adds the rows of `next`: not the header once more, and the rest of a row that the page's end cut in two to its first part. */
export function append(table: PagedTable, next: PagedTable): void {
  let skipped = 0;
  while (skipped < next.rows.length && same(next.rows[skipped], table.rows[skipped])) skipped += 1;
  const first = next.rows[skipped];
  const last = table.rows.at(-1);
  if (first !== undefined && last !== undefined && isRest(first, last)) {
    for (const [column, text] of first.entries()) last[column] = `${last[column] ?? ''}${seam(last[column] ?? '', text)}${text}`;
    skipped += 1;
  }
  const shift = table.rows.length - skipped;
  for (const row of next.rows.slice(skipped)) table.rows.push(row);
  for (const page of next.pages.slice(skipped)) table.pages.push(page);
  for (const merge of next.merges) {
    if (merge.top >= skipped) table.merges.push({ ...merge, top: merge.top + shift, bottom: merge.bottom + shift });
  }
}

/** A row without a number whose texts begin where the row above had not come to an end. */
function isRest(row: readonly string[], above: readonly string[]): boolean {
  if ((row[0] ?? '') !== '' || (above[0] ?? '') === '' || !row.some((text) => text !== '')) return false;
  return row.every((text, column) => text === '' || (above[column] ?? '') === '' || !/[。；！？]$/u.test(above[column] ?? ''));
}

function same(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  if (one === undefined || other === undefined || !one.some((text) => text !== '')) return false;
  return one.length === other.length && one.every((text, index) => text === other[index]);
}

export function rawTable({ rows, merges }: PagedTable): RawTable {
  return { name: null, rows, merges };
}

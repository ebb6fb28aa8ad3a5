// Rows of texts and merged ranges as a table of cells.

import type { Cell, Table } from '../document.ts';
import type { TextBuilder } from './text-builder.ts';

export const MAX_ROWS = 20_000;
export const MAX_CELLS = 300_000;

export interface Range {
  /** From 0, both ends inclusive. */
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export interface RawTable {
  readonly name: string | null;
  readonly rows: readonly (readonly string[])[];
  readonly merges: readonly Range[];
}

/** The rows as a table whose texts go to `builder`; null where it has more cells than anybody's table of tasks. */
export function tableOf(
  builder: TextBuilder,
  { name, rows, merges }: RawTable,
  placeOf: (row: number, column: number) => string,
): Table | null {
  const columns = rows.reduce((most, row) => Math.max(most, row.length), 0);
  if (rows.length > MAX_ROWS || rows.length * columns > MAX_CELLS) return null;
  const grid = rows.map(() => Array.from<Cell | undefined>({ length: columns }));
  const corners = new Map<number, Range>();
  let covered = 0;
  for (const range of merges) {
    const merge = { ...range, bottom: Math.min(range.bottom, rows.length - 1), right: Math.min(range.right, columns - 1) };
    if (merge.bottom < merge.top || merge.right < merge.left) continue;
    covered += (merge.bottom - merge.top + 1) * (merge.right - merge.left + 1);
    // Merges never overlap; those of a hostile file may.
    if (covered > MAX_CELLS) return null;
    corners.set(merge.top * columns + merge.left, merge);
  }
  for (const [row, texts] of grid.entries()) {
    for (let column = 0; column < columns; column += 1) {
      if (texts[column] !== undefined) continue;
      const merge = corners.get(row * columns + column) ?? { top: row, left: column, bottom: row, right: column };
      const span = builder.add((rows[row]?.[column] ?? '').trim());
      const cell: Cell = {
        ...span,
        row,
        column,
        rowSpan: merge.bottom - row + 1,
        columnSpan: merge.right - column + 1,
        place: placeOf(row, column),
      };
      fill(grid, cell);
    }
  }
  return { kind: 'table', name, rows: grid as Cell[][] };
}

function fill(grid: (Cell | undefined)[][], cell: Cell): void {
  for (let row = cell.row; row < cell.row + cell.rowSpan; row += 1) {
    const places = grid[row];
    if (places === undefined) return;
    for (let column = cell.column; column < cell.column + cell.columnSpan; column += 1) places[column] ??= cell;
  }
}

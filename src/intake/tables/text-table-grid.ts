// Rows of pieces of text as a table whose cells point at the lines that they stand in.

import type { Cell, Table } from '../document.ts';
import type { Piece } from './text-table-pieces.ts';

/** For each column the pieces of its cell, in order; one alone is a heading over all columns. */
export type PieceRow = readonly (readonly Piece[])[];

/** `isWrapped`: between the pieces of a cell stand those of others. */
export function gridOf(rows: readonly PieceRow[], width: number, isWrapped = false): Table {
  let end = rows[0]?.[0]?.[0]?.start ?? 0;
  const cells = rows.map((pieceRow, row) => {
    const place = pieceRow.find((pieces) => pieces.length > 0)?.[0]?.place ?? '';
    const isSpanning = pieceRow.length === 1 && width > 1;
    const made = pieceRow.map((pieces, column): Cell => {
      const [first, last] = [pieces[0], pieces.at(-1)];
      const start = first?.start ?? end;
      end = (isWrapped ? first : last)?.end ?? end;
      const rest =
        isWrapped && pieces.length > 1 ? { rest: pieces.slice(1).map((piece) => ({ start: piece.start, end: piece.end })) } : {};
      return { start, end, row, column, rowSpan: 1, columnSpan: isSpanning ? width : 1, place: first?.place ?? place, ...rest };
    });
    const [only] = made;
    return isSpanning && only !== undefined ? Array.from({ length: width }, () => only) : made;
  });
  return { kind: 'table', name: null, rows: cells };
}

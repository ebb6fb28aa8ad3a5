// Which pieces of a dumped row belong to which column, where a cell came out as several lines or not at all: the cheapest way
// of giving the pieces, in order, to the columns, in order (Viterbi), by what the column asks of its cells.

import type { ColumnRole } from './rows-headings.ts';
import { isTimeLike, isUnitLike, type Piece, sequenceNumber } from './text-table-pieces.ts';

/** More pieces than this are no row. */
export const MOST_PIECES = 120;
const SKIP = 3;

/** For each column the pieces `[from, to)` that it holds; an empty range for an empty cell. */
export function aligned(pieces: readonly Piece[], roles: readonly ColumnRole[]): readonly (readonly [number, number])[] {
  // Without indents one cell may have two lines and another none.
  const isExact = pieces.length === roles.length && pieces.every(({ isIndented }) => isIndented) && !isShifted(pieces, roles);
  if (isExact) return roles.map((_, column) => [column, column + 1] as const);
  const [count, width] = [Math.min(pieces.length, MOST_PIECES), roles.length];
  // Without a column for the content the name is the content.
  const asked = roles.map((role): ColumnRole => (role === 'title' && !roles.includes('content') ? 'content' : role));
  const costs: number[][] = [];
  const cameFrom: number[][] = [];
  for (let at = 0; at < count; at += 1) {
    const piece = pieces[at] as Piece;
    const row: number[] = [];
    const from: number[] = [];
    for (let column = 0; column < width; column += 1) {
      let [best, origin] = at === 0 ? [column * SKIP, -1] : [Infinity, -1];
      for (let before = 0; at > 0 && before <= column; before += 1) {
        const stay = piece.isIndented ? 1 : 0.2;
        const step = before === column ? stay : (column - before - 1) * SKIP;
        const cost = (costs[at - 1]?.[before] ?? Infinity) + step;
        if (cost < best) [best, origin] = [cost, before];
      }
      row.push(best + misfit(piece.plain, asked[column] ?? 'unread', origin === column));
      from.push(origin);
    }
    costs.push(row);
    cameFrom.push(from);
  }
  const ends = costs.at(-1) ?? [];
  let column = 0;
  for (let each = 1; each < width; each += 1) {
    if (total(ends, each, width) < total(ends, column, width)) column = each;
  }
  const owners: number[] = [];
  for (let at = count - 1; at >= 0; at -= 1) {
    owners[at] = column;
    column = cameFrom[at]?.[column] ?? 0;
  }
  for (let at = count; at < pieces.length; at += 1) owners[at] = owners[count - 1] ?? 0;
  return roles.map((_, each) => {
    const first = owners.indexOf(each);
    return first === -1 ? ([0, 0] as const) : ([first, owners.lastIndexOf(each) + 1] as const);
  });
}

/** As many pieces as columns by chance: a merged cell is left out, and the units of another stand on two lines. */
function isShifted(pieces: readonly Piece[], roles: readonly ColumnRole[]): boolean {
  const content = roles.includes('content') ? roles.indexOf('content') : roles.indexOf('title');
  const before = pieces[content - 1]?.plain ?? '';
  return isUnitLike(pieces[content]?.plain ?? '') && before.length > 12 && /[。；;，,]/u.test(before);
}

/** Columns that are left empty at the end cost as those that are skipped. */
function total(ends: readonly number[], column: number, width: number): number {
  return (ends[column] ?? Infinity) + (width - 1 - column) * SKIP;
}

/** How badly a piece fits a column; `goes` on with the piece before. */
function misfit(plain: string, role: ColumnRole, goes: boolean): number {
  const isLong = plain.length > 30 || /[。；;]/u.test(plain);
  switch (role) {
    case 'ref':
      return sequenceNumber(plain) === null || goes ? 6 : 0;
    case 'deadline':
    case 'start':
      return isTimeLike(plain) ? 0 : isLong ? 6 : 3;
    case 'lead':
    case 'cooperate':
      return isUnitLike(plain) ? 0 : isLong ? 6 : 3;
    case 'title':
      return isLong ? 4 : isTimeLike(plain) || isUnitLike(plain) ? 1.5 : 0;
    case 'content':
      return isLong ? 0 : isUnitLike(plain) || isTimeLike(plain) ? 2 : 1;
    case 'people':
      return plain.length <= 8 ? 0 : 3;
    case 'section':
    case 'remarks':
    case 'unread':
      return isLong ? 2 : 1;
  }
}

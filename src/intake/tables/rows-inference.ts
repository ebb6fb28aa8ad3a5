// What a column under a heading that we do not know may be, by what stands in it: where a table has no column of times or of
// units, and all but a few cells of such a column are times or units, it is one.

import type { Table } from '../document.ts';
import type { Column } from './header.ts';
import { Passage } from '../passage.ts';
import { meaningOf } from './rows-headings.ts';
import { isTimeLike, isUnitLike } from './text-table-pieces.ts';

const SAMPLED_ROWS = 40;
const FEWEST_CELLS = 2;
const LONGEST_CELL = 200;

/** `firstRow`: the first under the header. */
export function withInferredRoles(columns: readonly Column[], table: Table, firstRow: number, text: string): readonly Column[] {
  const sample = table.rows.slice(firstRow, firstRow + SAMPLED_ROWS);
  const has = (role: Column['role']) => columns.some((column) => column.role === role);
  const isUnknown = ({ role, heading }: Column): boolean => role === 'unread' && meaningOf(heading) === null;
  const mostly = ({ at }: Column, fits: (plain: string) => boolean): boolean => {
    const cells = [...new Set(sample.flatMap((row) => row[at] ?? []))].filter(({ start, end }) => end > start);
    const plain = cells.map(({ start, end }) => Passage.of(text, [{ start, end: Math.min(end, start + LONGEST_CELL) }]).text);
    const fitting = plain.filter((each) => each.length <= LONGEST_CELL / 2 && fits(each));
    return fitting.length >= FEWEST_CELLS && fitting.length >= plain.length * 0.7;
  };
  const timed = has('deadline') ? undefined : columns.find((column) => isUnknown(column) && mostly(column, isTimeLike));
  const manned = has('lead')
    ? undefined
    : columns.find((column) => isUnknown(column) && column !== timed && mostly(column, isUnitLike));
  return columns.map((column) => {
    if (column === timed) return { ...column, role: 'deadline' };
    return column === manned ? { ...column, role: 'lead' } : column;
  });
}

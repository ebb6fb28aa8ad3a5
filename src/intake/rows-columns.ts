// What a person should know of the columns of a table of tasks: which were not read, which mean the same, which are missing.

import type { Table } from './document.ts';
import { type Column, type Header, MOST_COLUMNS } from './header.ts';
import { type Cells, excerpt } from './rows-cells.ts';

export function columnDoubts(header: Header, table: Table, cells: Cells): string[] {
  const { columns, units, periods } = header;
  const isUsed = ({ at }: Column): boolean =>
    table.rows.slice(header.endRow).some((row) => row[at] !== undefined && cells.passage(row[at]).length > 0);
  const [period] = periods.filter((column) => isUsed(column));
  const unread = columns.filter((column) => column.role === 'unread' && isUsed(column));
  const hasUnits = units.length > 0 || columns.some(({ role }) => role === 'lead' || role === 'cooperate');
  const isWide = (table.rows[header.firstRow]?.length ?? 0) > MOST_COLUMNS;
  return [
    ...(isWide ? [`表格超过 ${MOST_COLUMNS} 列，后面的列没有读入`] : []),
    ...sameMeaning(columns),
    ...(period === undefined ? [] : [`表中“${excerpt(period.heading)}”等各期的列里有内容的，按该期期末读为时限`]),
    ...unread.map(({ heading }) => `表中“${excerpt(heading)}”一列没有读入`),
    ...(hasUnits ? [] : ['表中没有责任单位一列']),
  ];
}

/** Two columns of numbers or names: a row has one of each. Units and times of several columns are all read. */
function sameMeaning(columns: readonly Column[]): string[] {
  const first = columns.find(({ role }) => role === 'ref');
  const others = columns.filter((column) => column.role === 'ref' && column.cell !== first?.cell);
  if (first === undefined) return [];
  return others.map(
    ({ heading }) =>
      `表中“${excerpt(first.heading)}”和“${excerpt(heading)}”两列是同一个意思，编号取自“${excerpt(first.heading)}”`,
  );
}

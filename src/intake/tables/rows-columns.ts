// What a person should know of the columns of a table of tasks: which were not read, which mean the same, which are missing.

import type { Table } from '../document.ts';
import { type Column, type Header, MOST_COLUMNS } from './header.ts';
import { type Cells, excerpt } from './rows-cells.ts';
import { meaningOf } from './rows-headings.ts';

const NAMES: Readonly<Partial<Record<Column['role'], string>>> = {
  title: '任务',
  content: '任务内容',
  lead: '责任单位',
  deadline: '完成时限',
};

export function columnDoubts(header: Header, table: Table, cells: Cells): string[] {
  const { columns, units, periods } = header;
  const isUsed = ({ at }: Column): boolean =>
    table.rows.slice(header.endRow).some((row) => row[at] !== undefined && cells.passage(row[at]).length > 0);
  const period = periods.find((column) => isUsed(column));
  const unread = columns.filter((column) => column.role === 'unread' && isUsed(column));
  const guessed = columns.filter(({ role, heading }) => role in NAMES && meaningOf(heading) === null);
  const hasUnits = units.length > 0 || columns.some(({ role }) => role === 'lead' || role === 'cooperate');
  const isWide = (table.rows[header.firstRow]?.length ?? 0) > MOST_COLUMNS;
  return [
    ...(isWide ? [`表格超过 ${MOST_COLUMNS} 列，后面的列没有读入`] : []),
    ...sameMeaning(columns),
    ...(period === undefined ? [] : [`表中“${excerpt(period.heading)}”等各期的列里有内容的，按该期期末读为时限`]),
    ...columns
      .filter(({ role, heading }) => role === 'cooperate' && !/配合|协|参|会办|联办/u.test(heading))
      .map(({ heading }) => `表中另有牵头一列，“${excerpt(heading)}”一列按配合单位读入，请确认`),
    ...guessed.map(({ heading, role }) => `表头“${excerpt(heading)}”不常见，按${NAMES[role] ?? ''}读入，请确认`),
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

// What a row of a table of tasks is: a task, the header again, the heading of a section, a total, a note. What is not plainly
// one of them is taken as a task, or told.

import type { Cell } from '../document.ts';
import type { Header } from './header.ts';
import type { Cells } from './rows-cells.ts';
import { meaningOf } from './rows-headings.ts';
import { sequenceNumber } from './text-table-pieces.ts';

export type RowKind =
  | { readonly kind: 'task' | 'header' | 'nothing' | 'note' }
  /** `isPlain`: it is numbered as sections are; otherwise it may be something else that stands alone. */
  | { readonly kind: 'section'; readonly cell: Cell; readonly isPlain: boolean };

const TOTAL = /^(?:合计|总计|小计|共计)(?:[:(].{0,20})?$/u;
const NOTE =
  /^(?:[*※]|注\d?[:.、]|(?:备注|说明|附注)\d?[:.、]|(?:填表|填报|制表|审核|审批|联系|经办)(?:人|单位|电话|时间|日期)|(?:单位|部门)?(?:主要)?(?:负责人|领导)(?:签字)?[:(])/u;
const SECTION =
  /^(?:第[一二三四五六七八九十百]{1,4}(?:部分|章|节|类|项)|[([]?[一二三四五六七八九十]{1,3}[、.)\]]|[(]?\d{1,2}(?:[、)]|\.(?!\d)))/u;
const LONGEST_SECTION = 60;

const TASK: RowKind = { kind: 'task' };
const NOTHING: RowKind = { kind: 'nothing' };

/** Of the row that the cells have entered; `row` is its index, from 0. */
export function kindOfRow(row: number, cells: Cells, header: Header): RowKind {
  const filled = cells.filled();
  // What is merged from above says nothing new.
  const own = filled.filter((cell) => cell.row === row);
  const [first, second] = own;
  if (first === undefined) return NOTHING;
  const { text } = cells.passage(first);
  if (isHeaderRow(filled, cells)) return { kind: 'header' };
  if (TOTAL.test(text) || (second !== undefined && TOTAL.test(cells.passage(second).text))) return NOTHING;
  const columns = header.columns.filter(({ role }) => role === 'title' || role === 'content');
  const hasText = columns.some(({ at }) => cells.value(at).kind === 'cell');
  if (NOTE.test(text) && (second === undefined || !hasText)) return { kind: 'note' };
  if (second !== undefined) return sectionOf(own, cells, header) ?? TASK;
  return alone(first, text, header, hasText);
}

/** Nothing but headings, and several: the header of another page, or of another part of the table. */
function isHeaderRow(filled: readonly Cell[], cells: Cells): boolean {
  if (filled.length < 2) return false;
  return filled.every((cell) => cell.end - cell.start <= 60 && meaningOf(cells.passage(cell).text) !== null);
}

/** 一 | 优化营商环境: a number of another kind and a name, over rows that have units and times. */
function sectionOf(own: readonly Cell[], cells: Cells, { columns }: Header): RowKind | null {
  const [number, name, more] = own;
  const role = (cell: Cell) => columns.find(({ at }) => at === cell.column)?.role;
  if (number === undefined || name === undefined || more !== undefined || role(number) !== 'ref') return null;
  const { text } = cells.passage(name);
  const isChinese = /^[(]?[一二三四五六七八九十]{1,3}[)]?[、.]?$/u.test(cells.passage(number).text);
  const isName = role(name) === 'title' || role(name) === 'content' || name.columnSpan > 1;
  if (!isName || text.length > LONGEST_SECTION || /[。；;]/u.test(text) || !(isChinese || name.columnSpan > 2)) return null;
  return { kind: 'section', cell: number, isPlain: true };
}

/** The only cell that the row has of its own. */
function alone(cell: Cell, text: string, { columns }: Header, hasText: boolean): RowKind {
  const role = columns.find(({ at }) => at === cell.column)?.role;
  const isWide = cell.columnSpan >= 2;
  const isPlain = text.length <= LONGEST_SECTION && SECTION.test(text) && !/[。；;]/u.test(text);
  if (!isWide) {
    // Its name stands in a cell merged from above.
    if (role !== 'title' && role !== 'content' && hasText) return TASK;
    if (role === 'ref' && sequenceNumber(text) !== null) return NOTHING;
    if ((role === 'title' || role === 'content') && (/[。；;]/u.test(text) || (role === 'content' && !isPlain))) return TASK;
  }
  return { kind: 'section', cell, isPlain };
}

// HTML tables: whether one is data or the page's layout, and its cells as a grid.

import { MAX_CELLS, type Range, type RawTable } from './grid.ts';
import type { HtmlElement, HtmlNode } from './html-content.ts';

const SECTIONS = new Set(['thead', 'tbody', 'tfoot']);
const MAX_SPAN = 500;
const LONGEST_HEADING = 15;

/** The cells of each row of this table, not of tables inside it. */
export function tableCells(table: HtmlElement): HtmlElement[][] {
  const rows: HtmlElement[][] = [];
  for (const child of elements(table)) {
    for (const row of SECTIONS.has(child.name) ? elements(child) : [child]) {
      if (row.name === 'tr') rows.push(elements(row).filter(({ name }) => name === 'td' || name === 'th'));
    }
  }
  return rows;
}

/** Old portals lay out whole pages in tables: such a table holds another, has one column, or prose and no header row. */
export function isLayout(
  table: HtmlElement,
  rows: readonly (readonly HtmlElement[])[],
  textOf: (cell: HtmlElement) => string,
): boolean {
  if (table.attribs['role'] === 'presentation' || holdsTable(table)) return true;
  if (rows.length < 2 || !rows.some((row) => row.length > 1)) return true;
  if (rows.some((row) => row.some(({ name }) => name === 'th'))) return false;
  const heading = (cell: HtmlElement): boolean => {
    const { length } = textOf(cell).replaceAll(/\s/gu, '');
    return length > 0 && length <= LONGEST_HEADING;
  };
  if (rows.slice(0, 4).some((row) => row.length > 1 && row.every(heading))) return false;
  return rows.some((row) => row.some((cell) => elements(cell).filter(({ name }) => name === 'p' || name === 'div').length > 2));
}

/** The rows as texts with their merged ranges; null where the spans claim more cells than anybody's table. */
export function gridOf(rows: readonly (readonly HtmlElement[])[], textOf: (cell: HtmlElement) => string): RawTable | null {
  const texts: string[][] = rows.map(() => []);
  const taken: boolean[][] = rows.map(() => []);
  const merges: Range[] = [];
  let covered = 0;
  for (const [top, cells] of rows.entries()) {
    let left = 0;
    for (const cell of cells) {
      while (taken[top]?.[left] === true) left += 1;
      // rowspan=0 is the rest of the table.
      const down = spanOf(cell.attribs['rowspan']) || rows.length;
      const bottom = Math.min(rows.length, top + down) - 1;
      const right = left + (spanOf(cell.attribs['colspan']) || 1) - 1;
      covered += (bottom - top + 1) * (right - left + 1);
      if (covered > MAX_CELLS) return null;
      for (let row = top; row <= bottom; row += 1) {
        for (let column = left; column <= right; column += 1) (taken[row] ??= [])[column] = true;
      }
      const line = (texts[top] ??= []);
      for (let column = line.length; column < right; column += 1) line[column] = '';
      line[right] ??= '';
      line[left] = textOf(cell);
      if (bottom > top || right > left) merges.push({ top, left, bottom, right });
      left = right + 1;
    }
  }
  return { name: null, rows: texts, merges };
}

function spanOf(value: string | undefined): number {
  if (value === undefined) return 1;
  const span = Number.parseInt(value, 10);
  return Number.isNaN(span) || span < 0 ? 1 : Math.min(span, MAX_SPAN);
}

function holdsTable(table: HtmlElement): boolean {
  const open: HtmlNode[] = Array.from(table.children);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!('children' in node)) continue;
    if ('attribs' in node && node.name === 'table') return true;
    for (const child of node.children) open.push(child);
  }
  return false;
}

function elements(node: HtmlElement): HtmlElement[] {
  return node.children.filter((child): child is HtmlElement => 'attribs' in child);
}

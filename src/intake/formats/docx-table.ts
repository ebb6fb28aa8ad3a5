// A table of a .docx as a rectangle. Word writes rows of cells that span columns of a grid (gridSpan) and go on downwards (vMerge);
// columns of the grid that no row begins a cell at are taken out again.

import { GONE } from './docx-fields.ts';
import type { Met } from './docx-inline.ts';
import { DocxRefusal } from './docx-refusal.ts';
import { attribute, childOf, chosenOf, switchOf, valueOf, type XmlElement } from './docx-xml.ts';
import { MAX_CELLS } from './grid.ts';

export interface GridCell<Content> {
  row: number;
  column: number;
  rowSpan: number;
  columnSpan: number;
  readonly content: Content;
}

/** Each place of the rectangle; places that a merged cell covers hold that same cell, null where the table has none. */
export type Grid<Content> = readonly (readonly (GridCell<Content> | null)[])[];

/** Word allows 63. */
const MAX_COLUMNS = 500;
export const TOO_LARGE = '表格过大；请拆分后再导入';

/** Around rows and cells without a meaning of their own. */
const WRAPPERS: ReadonlySet<string> = new Set([
  'sdt',
  'sdtContent',
  'customXml',
  'ins',
  'moveTo',
  'AlternateContent',
  'Choice',
  'Fallback',
]);

/** @param read gives the content of a `w:tc`; asked in reading order, not for what a merged cell covers. @throws DocxRefusal */
export function readGrid<Content>(table: XmlElement, met: Met, read: (cell: XmlElement) => Content): Grid<Content> {
  const rows: (GridCell<Content> | null)[][] = [];
  for (const row of within(table, 'tr')) {
    if (isGone(row, met)) continue;
    const cells = rowOf(row, rows.length, rows.at(-1) ?? [], read);
    count(cells.length, met);
    rows.push(cells);
  }
  const width = rows.reduce((most, { length }) => Math.max(most, length), 0);
  const padded = rows.map((row) => {
    count(width - row.length, met);
    return Array.from({ length: width }, (_, column) => row[column] ?? null);
  });
  return withoutIdleColumns(padded);
}

function count(places: number, met: Met): void {
  met.cells += places;
  if (met.cells > MAX_CELLS) throw new DocxRefusal(TOO_LARGE);
}

function rowOf<Content>(
  element: XmlElement,
  row: number,
  above: readonly (GridCell<Content> | null)[],
  read: (cell: XmlElement) => Content,
): (GridCell<Content> | null)[] {
  const cells: (GridCell<Content> | null)[] = [];
  const skipped = spanOf(childOf(element, 'trPr'), 'gridBefore', 0);
  for (let column = 0; column < skipped; column += 1) cells.push(null);
  let last: GridCell<Content> | null = null;
  for (const each of within(element, 'tc')) {
    const properties = childOf(each, 'tcPr');
    const column = cells.length;
    const span = spanOf(properties, 'gridSpan', 1);
    if (column + span > MAX_COLUMNS) throw new DocxRefusal(`表格列数过多（超过 ${MAX_COLUMNS} 列）`);
    const upper = above[column] ?? null;
    const sideways = childOf(properties, 'hMerge');
    let cell: GridCell<Content>;
    if (sideways && attribute(sideways, 'val') !== 'restart' && last?.row === row) {
      cell = last;
      cell.columnSpan += span;
    } else if (isContinued(properties) && upper?.column === column && upper.columnSpan === span) {
      cell = upper;
      cell.rowSpan = row - cell.row + 1;
    } else {
      cell = { row, column, rowSpan: 1, columnSpan: span, content: read(each) };
    }
    for (let at = 0; at < span; at += 1) cells.push(cell);
    last = cell;
  }
  return cells;
}

/** Elements of that name, whatever wraps them. */
function within(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) => {
    if (child.name === name) return [child];
    if (!WRAPPERS.has(child.name)) return [];
    return within(child.name === 'AlternateContent' ? (chosenOf(child) ?? child) : child, name);
  });
}

function isGone(row: XmlElement, met: Met): boolean {
  const properties = childOf(row, 'trPr');
  if (properties?.children.some(({ name }) => GONE.has(name)) === true) {
    met.revisions += 1;
    return true;
  }
  if (childOf(properties, 'ins')) met.revisions += 1;
  if (switchOf(properties, 'hidden') !== true) return false;
  met.hidden += 1;
  return true;
}

/** `<w:vMerge/>` goes on with the cell above, `w:val="restart"` begins. */
function isContinued(properties: XmlElement | undefined): boolean {
  const merge = childOf(properties, 'vMerge');
  return merge !== undefined && attribute(merge, 'val') !== 'restart';
}

function spanOf(properties: XmlElement | undefined, name: string, least: number): number {
  const span = Number.parseInt(valueOf(properties, name) ?? '', 10);
  return span > least ? Math.min(span, MAX_COLUMNS + 1) : least;
}

function withoutIdleColumns<Content>(rows: readonly (readonly (GridCell<Content> | null)[])[]): Grid<Content> {
  const width = rows[0]?.length ?? 0;
  const kept: number[] = [];
  for (let column = 0; column < width; column += 1) {
    if (rows.some((row) => (row[column] ?? null) !== (row[column - 1] ?? null))) kept.push(column);
  }
  const cells = new Set(rows.flat().filter((cell) => cell !== null));
  const position = new Map(kept.map((column, index) => [column, index]));
  for (const cell of cells) {
    const end = cell.column + cell.columnSpan;
    cell.columnSpan = kept.filter((column) => column >= cell.column && column < end).length;
    cell.column = position.get(cell.column) ?? 0;
  }
  return rows.map((row) => kept.map((column) => row[column] ?? null));
}

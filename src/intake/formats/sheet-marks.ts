// What the reader of workbooks leaves out of a sheet's XML: merged cells, number formats, formulas that were never computed, hidden
// rows. It is scanned, not parsed: one pass, tag by tag.

import type { Range } from './grid.ts';

export interface SheetMarks {
  readonly merges: readonly Range[];
  /** By address (`C5`): the index of the cell's style. */
  readonly styles: ReadonlyMap<string, number>;
  /** By address: #REF!, #N/A …, which the reader gives as an empty cell. */
  readonly errors: ReadonlyMap<string, string>;
  /** The address of a formula whose result the file doesn't hold, or null. */
  readonly uncomputed: string | null;
  readonly hiddenRows: number;
  /** The last row and column that a cell claims, from 1. */
  readonly rows: number;
  readonly columns: number;
}

const CELL = /<c\s([^<>]{0,400})>/gu;

export function sheetMarks(xml: string): SheetMarks {
  const styles = new Map<string, number>();
  const errors = new Map<string, string>();
  let uncomputed: string | null = null;
  let [rows, columns] = [0, 0];
  let before: { address: string; type: string | null; from: number } | null = null;
  const look = (to: number): void => {
    if (before === null) return;
    const content = xml.slice(before.from, to);
    const value = /<v(?:\s[^<>]{0,100})?>([^<>]{0,40})/u.exec(content)?.[1];
    if (value === undefined && /<f[\s>/]/u.test(content)) uncomputed ??= before.address;
    if (value !== undefined && before.type === 'e') errors.set(before.address, value);
  };
  for (const match of xml.matchAll(CELL)) {
    const attributes = match[1] ?? '';
    const address = attribute(attributes, 'r') ?? '';
    const cell = parseAddress(address);
    if (cell !== null) {
      rows = Math.max(rows, cell.row + 1);
      columns = Math.max(columns, cell.column + 1);
    }
    const style = attribute(attributes, 's');
    if (style !== null) styles.set(address, Number(style));
    look(match.index);
    before = attributes.endsWith('/') ? null : { address, type: attribute(attributes, 't'), from: match.index + match[0].length };
  }
  look(xml.length);
  for (const [, number] of xml.matchAll(/<row\s[^<>]{0,200}?\br\s{0,9}=\s{0,9}["'](\d{1,10})["']/gu))
    rows = Math.max(rows, Number(number));
  const hiddenRows = Array.from(xml.matchAll(/<row\s[^<>]{0,400}?\bhidden\s{0,9}=\s{0,9}["'](?:1|true)["']/gu)).length;
  return { merges: mergesOf(xml), styles, errors, uncomputed, hiddenRows, rows, columns };
}

function mergesOf(xml: string): Range[] {
  const merges: Range[] = [];
  for (const [, from, to] of xml.matchAll(
    /<mergeCell\s{1,9}ref\s{0,9}=\s{0,9}["']([A-Z]{1,3}\d{1,7}):([A-Z]{1,3}\d{1,7})["']/gu,
  )) {
    const [first, last] = [parseAddress(from ?? ''), parseAddress(to ?? '')];
    if (first === null || last === null) continue;
    merges.push({ top: first.row, left: first.column, bottom: last.row, right: last.column });
  }
  return merges;
}

function attribute(attributes: string, name: string): string | null {
  const found = new RegExp(`(?:^|\\s)${name}\\s{0,9}=\\s{0,9}["']([^"']{0,40})["']`, 'u').exec(attributes);
  return found?.[1] ?? null;
}

function parseAddress(address: string): { row: number; column: number } | null {
  const match = /^([A-Z]{1,3})(\d{1,10})$/u.exec(address);
  if (match === null) return null;
  let column = 0;
  for (const letter of match[1] ?? '') column = column * 26 + letter.charCodeAt(0) - 64;
  return { row: Number(match[2]) - 1, column: column - 1 };
}

/** `AB12` for (11, 27): rows and columns from 0. */
export function addressOf(row: number, column: number): string {
  let letters = '';
  for (let left = column + 1; left > 0; left = Math.floor((left - 1) / 26)) {
    letters = String.fromCharCode(65 + ((left - 1) % 26)) + letters;
  }
  return `${letters}${row + 1}`;
}

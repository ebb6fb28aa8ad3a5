// The parts of one table that page breaks have put asunder, joined: with the header again or without it, and a row that was cut
// at the page's end made whole.

import type { Block, Cell, Line, Span, Table } from '../document.ts';
import { type Header, headerOf, MOST_COLUMNS } from './header.ts';
import { Passage } from '../passage.ts';
import { meaningOf } from './rows-headings.ts';

/** A table goes on where nothing but a page's end stands between it and another with as many columns that has no header of its own. */
export function joinedTables(text: string, blocks: readonly Block[]): Block[] {
  const joined: Block[] = [];
  let between: Line[] = [];
  let before: Joined | null = null;
  for (const block of blocks) {
    if (block.kind === 'line') {
      between.push(block);
      continue;
    }
    if (before !== null && between.every((line) => isPageEnd(text, line)) && before.takes(block)) {
      joined[joined.length - 1] = before.table();
    } else {
      for (const line of between) joined.push(line);
      joined.push(block);
      before = new Joined(text, block);
    }
    between = [];
  }
  return joined.concat(between);
}

/** A table that others are put to. */
class Joined {
  readonly #text: string;
  readonly #first: Table;
  readonly #header: Header | null;
  readonly #rows: (readonly Cell[])[];

  constructor(text: string, first: Table) {
    this.#text = text;
    this.#first = first;
    this.#header = headerOf(first, text);
    this.#rows = [...first.rows];
  }

  table(): Table {
    return { ...this.#first, rows: this.#rows };
  }

  /** False where it is another table. */
  takes(table: Table): boolean {
    const width = this.#first.rows[0]?.length ?? 0;
    if (this.#header === null || table.name !== this.#first.name || width !== (table.rows[0]?.length ?? 0)) return false;
    const header = headerOf(table, this.#text);
    if (header === null ? isHeaderRow(table, this.#text) : headingsOf(header) !== headingsOf(this.#header)) return false;
    const start = header === null ? 0 : header.endRow;
    const isCut = this.#goesOn(table.rows[start]);
    if (isCut) this.#complete(table.rows[start] ?? []);
    this.#append(table, isCut ? start + 1 : start);
    return true;
  }

  /** The row has no number, and no units and times either, or the sentence before it is not at its end. */
  #goesOn(row: readonly Cell[] | undefined): boolean {
    const last = this.#rows.at(-1);
    const columns = this.#header?.columns ?? [];
    const number = columns.find(({ role }) => role === 'ref') ?? columns[0];
    if (row === undefined || last === undefined || number === undefined || this.#rows.length <= (this.#header?.endRow ?? 0))
      return false;
    const blank = (cell: Cell | undefined) => cell === undefined || this.#plain(cell) === '';
    if (!blank(row[number.at]) || row.every(blank) || new Set(row).size < row.length) return false;
    const stated = columns.filter(({ role }) => role === 'lead' || role === 'cooperate' || role === 'deadline');
    if (stated.every(({ at }) => blank(row[at]))) return true;
    const content = columns.findLast(({ role }) => role === 'content') ?? columns.findLast(({ role }) => role === 'title');
    const said = last[content?.at ?? -1];
    return said !== undefined && !blank(said) && !/[。；;！!]$/u.test(this.#plain(said));
  }

  /** Puts the cells of a cut row to those of the last one. */
  #complete(row: readonly Cell[]): void {
    const last = this.#rows.length - 1;
    this.#rows[last] = (this.#rows[last] ?? []).map((cell, at) => {
      const more = row[at];
      if (more === undefined || more.end === more.start) return cell;
      const parts: readonly Span[] = [{ start: more.start, end: more.end }, ...(more.rest ?? [])];
      if (cell.end === cell.start) return { ...cell, start: more.start, end: more.end, rest: parts.slice(1) };
      return { ...cell, rest: [...(cell.rest ?? []), ...parts] };
    });
  }

  /** Cells know their row: those of the second table are numbered on. */
  #append(table: Table, from: number): void {
    const moved = new Map<Cell, Cell>();
    const shift = this.#rows.length - from;
    for (const row of table.rows.slice(from)) {
      this.#rows.push(
        row.map((cell) => {
          const known = moved.get(cell) ?? { ...cell, row: cell.row + shift };
          moved.set(cell, known);
          return known;
        }),
      );
    }
  }

  #plain({ start, end }: Cell): string {
    return this.#text.slice(Math.max(start, end - 200), end).trim();
  }
}

function headingsOf({ columns }: Header): string {
  return columns.map(({ heading }) => heading).join('|');
}

/** The header of a table that is none of tasks: 姓名, 单位, 电话. */
function isHeaderRow(table: Table, text: string): boolean {
  const filled = (table.rows[0] ?? []).slice(0, MOST_COLUMNS).filter(({ start, end }) => end > start);
  const known = filled.filter(({ start, end }) => end - start < 40 && meaningOf(text.slice(start, end)) !== null);
  return known.length >= 2 && known.length * 2 > filled.length;
}

function isPageEnd(text: string, line: Line): boolean {
  if (line.end - line.start > 60) return false;
  return /^[-—–―_·第]{0,4}(?:\d{1,3})?页?(?:[,/共]{1,2}\d{1,3}页)?[-—–―_·]{0,4}$|^[(]?(?:续表?|接上页|续上表)[)]?$/u.test(
    Passage.of(text, [line]).text,
  );
}

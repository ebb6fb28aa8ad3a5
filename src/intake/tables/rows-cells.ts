// The cells of a table as a reader of rows wants them: plain, remembered (a merged cell is met on every row that it covers),
// with 同上 as the cell above and a dash as nothing.

import type { Cell, SourceDocument, Span, Table } from '../document.ts';
import { Passage } from '../passage.ts';

/** `none`: the writer says that there is nothing (—, /, 无); `blank`: nothing is written. */
export type Value =
  | { readonly kind: 'blank' | 'none' }
  | { readonly kind: 'cell'; readonly cell: Cell; readonly passage: Passage };

const BLANK: Value = { kind: 'blank' };
const NONE: Value = { kind: 'none' };
const DASH = /^(?:[-—–―─/\\]{1,8}|无|暂无|没有|不涉及)$/u;
const DITTO = /^(?:同上(?:行|一行|栏)?|同前|[〃″"”]{1,2})$/u;
/** More than this is no cell of a task table; reading it again for each row that it covers would not be linear. */
export const LONGEST_CELL = 20_000;

export class Cells {
  readonly #document: SourceDocument;
  readonly #table: Table;
  readonly #passages = new Map<Cell, Passage>();
  readonly #above: Value[] = [];
  #row: readonly Cell[] = [];

  constructor(table: Table, document: SourceDocument) {
    this.#table = table;
    this.#document = document;
  }

  /** Rows are entered in order: 同上 means what the row before said. */
  enter(row: number): void {
    this.#row = this.#table.rows[row] ?? [];
  }

  /** The distinct cells of the row that hold text; a merged cell counts once. */
  filled(): readonly Cell[] {
    return [...new Set(this.#row)].filter((cell) => cell.end > cell.start && this.passage(cell).length > 0);
  }

  value(column: number): Value {
    const cell = this.#row[column];
    const passage = cell === undefined ? null : this.passage(cell);
    if (cell === undefined || passage === null || passage.length === 0) return BLANK;
    if (DASH.test(passage.text)) return NONE;
    return DITTO.test(passage.text) ? (this.#above[column] ?? BLANK) : { kind: 'cell', cell, passage };
  }

  /** What a later 同上 means; call when the row is done. */
  leave(): void {
    for (let column = 0; column < this.#row.length; column += 1) this.#above[column] = this.value(column);
  }

  passage(cell: Cell): Passage {
    const known = this.#passages.get(cell);
    if (known !== undefined) return known;
    const passage = Passage.of(
      this.#document.text,
      partsOf(cell).map(({ start, end }) => ({ start, end: Math.min(end, start + LONGEST_CELL) })),
    );
    this.#passages.set(cell, passage);
    return passage;
  }
}

/** Where the cell stands: in one place, mostly. */
export function partsOf(cell: Cell): readonly Span[] {
  return cell.rest === undefined ? [cell] : [cell, ...cell.rest];
}

/** Distinct cells in the order of the text: what several columns of a row say together. */
export function joined(source: string, cells: readonly Cell[]): Passage | null {
  const distinct = [...new Set(cells)].flatMap(partsOf).toSorted((one, other) => one.start - other.start);
  const spans: Span[] = [];
  for (const { start, end } of distinct) {
    const from = Math.max(start, spans.at(-1)?.end ?? 0);
    if (from < end) spans.push({ start: from, end: Math.min(end, from + LONGEST_CELL) });
  }
  return spans.length === 0 ? null : Passage.of(source, spans);
}

/** For quoting in a doubt: one line, not too long. */
export function excerpt(text: string): string {
  const flat = text
    .slice(0, 400)
    .replaceAll(/[\s\p{C}]+/gu, ' ')
    .trim();
  return flat.length > 60 ? `${flat.slice(0, 60)}…`.replaceAll(/\p{Surrogate}/gu, '') : flat;
}

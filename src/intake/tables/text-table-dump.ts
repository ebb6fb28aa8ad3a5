// A table dumped with one cell a line, as Word tables come out of old converters and web pages out of scrapers: the header is a
// run of headings, a new row begins at the next number, and a cell may be broken over lines.

import type { Table } from '../document.ts';
import { markAt } from '../clauses/numbering.ts';
import { headerOf } from './header.ts';
import { type ColumnRole, meaningOf } from './rows-headings.ts';
import { type DumpShape, rowsByCount, rowsByNumber } from './text-table-dump-rows.ts';
import { gridOf } from './text-table-grid.ts';
import { merged, type Piece, sequenceNumber } from './text-table-pieces.ts';

export interface FoundTable {
  readonly table: Table;
  /** The lines that it covers, as numbers of lines in the run. */
  readonly from: number;
  readonly to: number;
}

const MOST_COLUMNS = 14;
const LONGEST_HEADING = 16;
const SPLIT_HEAD = /^(?:责任|牵头|配合|协办|主办|承办|完成|办结|时间|具体|主要|重点|工作|联系)$/u;
const SPLIT_TAIL = /^(?:单位|部门|时限|时间|节点|安排|要求|内容|任务|措施|主体|人|电话)(?:[(].{0,10}[)])?$/u;

/** Finds the dumps among the lines of a text. */
export class Dumps {
  readonly #text: string;
  readonly #pieces: readonly Piece[];
  /** The same few words stand on many lines. */
  readonly #known = new Map<string, boolean>();
  /** Before this index stand more headings in a row than any table has. */
  #skipped = 0;

  constructor(text: string, pieces: readonly Piece[]) {
    this.#text = text;
    this.#pieces = pieces;
  }

  /** The dump whose first heading is the piece at this index, or null. */
  at(index: number): FoundTable | null {
    const [first, second] = [this.#pieces[index], this.#pieces[index + 1]];
    if (index < this.#skipped || first === undefined || second === undefined || !this.#isHeading(first)) return null;
    const isIndented = first.isIndented || second.isIndented;
    const { cells, next } = this.#headings(index, isIndented);
    if (cells.length > MOST_COLUMNS) this.#skipRun(next);
    if (cells.length < 3 || cells.length > MOST_COLUMNS) return null;
    const headings = withSubHeadings(cells);
    const roles = rolesOf(this.#text, headings);
    // Before the number stands a section at most; anything else is the line over the table.
    if (roles === null || roles.slice(0, Math.max(0, roles.indexOf('ref'))).some((role) => role !== 'section')) return null;
    const shape: DumpShape = { text: this.#text, headings, roles, isIndented };
    const read = rowsByNumber(shape, this.#pieces, next) ?? rowsByCount(shape, this.#pieces, next);
    const last = read
      ?.at(-1)
      ?.findLast((range) => range.length > 0)
      ?.at(-1);
    if (read === null || last === undefined) return null;
    const width = read.find((row) => row.length > 1)?.length ?? roles.length;
    const header = headings.slice(headings.length - width).map((cell) => [cell]);
    return { table: gridOf([header, ...read], width), from: first.from, to: last.to };
  }

  /** The run of headings; one that is broken over lines is put together. */
  #headings(from: number, isIndented: boolean): { readonly cells: readonly Piece[]; readonly next: number } {
    const cells: Piece[] = [];
    let next = from;
    for (; next < this.#pieces.length && cells.length <= MOST_COLUMNS; next += 1) {
      const piece = this.#pieces[next] as Piece;
      const before = cells.at(-1);
      const isTail = SPLIT_TAIL.test(piece.plain) || /^[(].{1,12}[)]$/u.test(piece.plain);
      const goesOn = isIndented
        ? !piece.isIndented
        : before !== undefined && SPLIT_HEAD.test(before.plain) && SPLIT_TAIL.test(piece.plain);
      if (before !== undefined && goesOn && isTail) {
        cells[cells.length - 1] = merged(this.#text, [before, piece]);
        continue;
      }
      if (isIndented && before !== undefined && !piece.isIndented) break;
      // A heading that we do not know may stand between two that we do.
      const mayBe = piece.plain.length <= 8 && sequenceNumber(piece.plain) === null && this.#isHeading(this.#pieces[next + 1]);
      if (!this.#isHeading(piece) && !mayBe) break;
      cells.push(piece);
    }
    return { cells, next };
  }

  #skipRun(from: number): void {
    let end = from;
    while (this.#isHeading(this.#pieces[end])) end += 1;
    this.#skipped = end - MOST_COLUMNS * 2;
  }

  #isHeading(piece: Piece | undefined): boolean {
    if (piece === undefined || piece.plain.length > LONGEST_HEADING) return false;
    const known = this.#known.get(piece.plain);
    if (known !== undefined) return known;
    const is = markAt(piece.plain) === null && meaningOf(piece.plain) !== null;
    this.#known.set(piece.plain, is);
    return is;
  }
}

/** 责任单位 over 牵头 and 配合: the second row of the header comes behind the first. */
function withSubHeadings(cells: readonly Piece[]): readonly Piece[] {
  const [lead, others] = cells.slice(-2);
  const top = cells.findIndex(({ plain }) => /^责任(?:单位|部门|分工)$/u.test(plain));
  if (lead === undefined || others === undefined || top === -1 || top >= cells.length - 2) return cells;
  if (!/^(?:牵头|主办)/u.test(lead.plain) || !/^(?:配合|协办|参与)/u.test(others.plain)) return cells;
  return [...cells.slice(0, top), lead, others, ...cells.slice(top + 1, -2)];
}

function rolesOf(text: string, cells: readonly Piece[]): readonly ColumnRole[] | null {
  const header = headerOf(gridOf([cells.map((cell) => [cell])], cells.length), text);
  if (header === null) return null;
  return cells.map(({ plain }, at) => {
    const role = header.columns.find((column) => column.at === at)?.role ?? 'unread';
    return role === 'section' && meaningOf(plain)?.role !== 'section' ? 'title' : role;
  });
}

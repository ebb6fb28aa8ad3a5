// A table dumped with one cell a line, as Word tables come out of old converters and web pages out of scrapers: the header is a
// run of headings, a new row begins at the next number, and a cell may be broken over lines.

import type { Table } from './document.ts';
import { markAt } from './numbering.ts';
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

/** The dump whose first heading is `pieces[at]`, or null. */
export function dumpAt(text: string, pieces: readonly Piece[], at: number): FoundTable | null {
  const first = pieces[at];
  if (first === undefined || !isHeading(first.plain)) return null;
  const isIndented = first.isIndented || (pieces[at + 1]?.isIndented ?? false);
  const head = headingsFrom(text, pieces, at, isIndented);
  if (head.cells.length < 3) return null;
  const headings = withSubHeadings(head.cells);
  const roles = rolesOf(text, headings);
  if (roles === null) return null;
  const shape: DumpShape = { text, headings, roles, isIndented };
  const read = rowsByNumber(shape, pieces, head.next) ?? rowsByCount(shape, pieces, head.next);
  const last = read
    ?.at(-1)
    ?.findLast((range) => range.length > 0)
    ?.at(-1);
  if (read === null || last === undefined) return null;
  const width = read.find((row) => row.length > 1)?.length ?? roles.length;
  const header = headings.slice(headings.length - width).map((cell) => [cell]);
  return { table: gridOf([header, ...read], width), from: first.from, to: last.to };
}

/** 责任单位 over 牵头 and 配合: the second row of the header comes behind the first. */
function withSubHeadings(cells: readonly Piece[]): readonly Piece[] {
  const [lead, others] = cells.slice(-2);
  const top = cells.findIndex(({ plain }) => /^责任(?:单位|部门|分工)$/u.test(plain));
  if (lead === undefined || others === undefined || top === -1 || top >= cells.length - 2) return cells;
  if (!/^(?:牵头|主办)/u.test(lead.plain) || !/^(?:配合|协办|参与)/u.test(others.plain)) return cells;
  return [...cells.slice(0, top), lead, others, ...cells.slice(top + 1, -2)];
}

function isHeading(plain: string): boolean {
  return plain.length <= LONGEST_HEADING && markAt(plain) === null && meaningOf(plain) !== null;
}

/** The run of headings; one that is broken over lines is put together. */
function headingsFrom(text: string, pieces: readonly Piece[], at: number, isIndented: boolean): { cells: Piece[]; next: number } {
  const cells: Piece[] = [];
  let next = at;
  for (; next < pieces.length && cells.length <= MOST_COLUMNS; next += 1) {
    const piece = pieces[next] as Piece;
    const before = cells.at(-1);
    const isTail = SPLIT_TAIL.test(piece.plain) || /^[(].{1,12}[)]$/u.test(piece.plain);
    const goesOn = isIndented
      ? !piece.isIndented
      : before !== undefined && SPLIT_HEAD.test(before.plain) && SPLIT_TAIL.test(piece.plain);
    if (before !== undefined && goesOn && isTail) {
      cells[cells.length - 1] = merged(text, [before, piece]);
      continue;
    }
    if (isIndented && before !== undefined && !piece.isIndented) break;
    if (isHeading(piece.plain)) cells.push(piece);
    // A heading that we do not know, between two that we do.
    else if (piece.plain.length <= 8 && sequenceNumber(piece.plain) === null && isHeading(pieces[next + 1]?.plain ?? ''))
      cells.push(piece);
    else break;
  }
  return { cells, next };
}

function rolesOf(text: string, cells: readonly Piece[]): readonly ColumnRole[] | null {
  const header = headerOf(gridOf([cells.map((cell) => [cell])], cells.length), text);
  if (header === null) return null;
  return cells.map((_, at) => header.columns.find((column) => column.at === at)?.role ?? 'unread');
}

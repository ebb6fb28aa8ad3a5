// A table printed with one row a line, its cells parted by tabs, bars or white; a cell that holds a line break goes on in the
// next line. Cells that are wrapped side by side are told apart in text-table-wrap.ts.

import type { Line, Span } from '../document.ts';
import { headerOf } from './header.ts';
import { markAt } from '../clauses/numbering.ts';
import { Passage } from '../passage.ts';
import type { ColumnRole } from './rows-headings.ts';
import { meaningOf } from './rows-headings.ts';
import type { FoundTable } from './text-table-dump.ts';
import { gridOf, type PieceRow } from './text-table-grid.ts';
import { type Piece, pieceAt, sequenceNumber } from './text-table-pieces.ts';
import { MOST_LINES, wrappedAt } from './text-table-wrap.ts';

type Separator = 'bar' | 'tab' | 'wide' | 'space';

const SEPARATORS: readonly (readonly [Separator, RegExp])[] = [
  ['bar', /[|│┃¦]/gu],
  ['tab', /\t/gu],
  ['wide', /[ \u3000\u00A0]{2,64}/gu],
  ['space', /[ \u3000\u00A0\t]{1,64}/gu],
];
// Looked for before anything is taken apart: few lines have both.
const NAMES_TASKS = /任务|事项|工作|内容|措施|项目|要点|要求|目标|指标|问题|名称|重点|举措/u;
const NAMES_UNITS_OR_TIMES = /单位|部门|时限|时间|期限|节点|日期|牵头|责任|主体|[科股处]室|分工|频次|进度|机构/u;
const LONGEST_HEADER = 300;
const MOST_HEADER_LINES = 3;
const WRAPPED_LINES = 10;
const MOST_COLUMNS = 30;
const BORDER = /^[-+=|:─━┄┈│┃├┤┌┐└┘┬┴┼╋ \t]{3,1000}$/u;

interface Shape {
  readonly separator: Separator;
  readonly roles: readonly ColumnRole[];
}

/** Finds the tables with one row a line among the lines of a text. */
export class Columns {
  readonly #text: string;
  readonly #lines: readonly Line[];
  readonly #pieces: readonly Piece[];
  /** By the line as it stands: headers come again on every page. */
  readonly #known = new Map<string, Shape | null>();
  /** A table of wrapped cells is looked for over many lines; a text of headers alone must not cost that for each. */
  #budget = MOST_LINES * 5;

  constructor(text: string, lines: readonly Line[], pieces: readonly Piece[]) {
    this.#text = text;
    this.#lines = lines;
    this.#pieces = pieces;
  }

  /** The table whose header begins with the line of the piece at this index, or null. */
  at(index: number): FoundTable | null {
    return this.#under(index, index + this.#headerLines(index) - 1);
  }

  /** Parted by tabs, a heading may hold a line break: as many lines as are nothing but headings when put together. */
  #headerLines(index: number): number {
    const first = this.#pieces[index];
    const line = this.#lines[first?.from ?? -1];
    if (first === undefined || line === undefined || first.plain.length > LONGEST_HEADER) return 1;
    if (!NAMES_TASKS.test(first.plain) && !NAMES_UNITS_OR_TIMES.test(first.plain)) return 1;
    if (!/\S[^\S\n]{0,9}\t/u.test(this.#text.slice(first.start, line.end))) return 1;
    let count = 1;
    for (let more = 1; more <= MOST_HEADER_LINES; more += 1) {
      const next = this.#pieces[index + more];
      const end = this.#lines[next?.from ?? -1]?.end;
      if (next === undefined || end === undefined || next.plain.length > LONGEST_HEADER || markAt(next.plain) !== null) break;
      const cells = split(this.#text, { start: first.start, end }, first, 'tab', true);
      const isHeading = ({ plain }: Piece): boolean => plain === '' || (plain.length <= 16 && meaningOf(plain) !== null);
      if (cells.length >= 3 && cells.every(isHeading)) count = more + 1;
    }
    return count;
  }

  /** The header on the lines of the pieces `[index, last]`: parted by tabs, a heading may hold a line break. */
  #under(index: number, last: number): FoundTable | null {
    const [first, final] = [this.#pieces[index], this.#pieces[last]];
    const [line, end] = [this.#lines[first?.from ?? -1], this.#lines[final?.from ?? -1]?.end];
    if (first === undefined || line === undefined || end === undefined || end - line.start > LONGEST_HEADER) return null;
    const printed = this.#text.slice(line.start, end);
    if (last > index && !printed.includes('\t')) return null;
    const shape = this.#shapeOf(printed, { start: line.start, end }, first);
    if (shape === null || (last > index && shape.separator !== 'tab')) return null;
    const isInset = shape.separator === 'tab' && /^[ \u3000]{0,20}\t/u.test(printed);
    const rows = new Rows(this.#text, this.#lines, shape, isInset);
    const read = rows.read(this.#pieces, last + 1);
    if (shape.separator === 'wide' && shape.roles[0] === 'ref') {
      const wrapped = this.#budget > 0 ? wrappedAt(this.#text, this.#lines, this.#pieces, index) : null;
      this.#budget -= MOST_LINES;
      if (wrapped !== null && wrapped.to > rows.to) return wrapped;
    }
    if (!read.some((row) => row.length > 1)) return null;
    const header = split(this.#text, { start: line.start, end }, first, shape.separator, isInset).map((cell) => [cell]);
    return { table: gridOf([header, ...read], header.length), from: first.from, to: rows.to };
  }

  #shapeOf(printed: string, span: Span, piece: Piece): Shape | null {
    if (!NAMES_TASKS.test(printed) || !NAMES_UNITS_OR_TIMES.test(printed.replaceAll(/\s/gu, ''))) return null;
    const known = this.#known.get(printed);
    const shape = known === undefined ? shapeOf(this.#text, span, piece) : known;
    this.#known.set(printed, shape);
    return shape;
  }
}

function shapeOf(text: string, span: Span, piece: Piece): Shape | null {
  for (const [separator] of SEPARATORS) {
    const cells = split(text, span, piece, separator, true);
    if (cells.length < 3 || cells.length > MOST_COLUMNS) continue;
    const unknown = cells.filter(({ plain }) => plain.length > 20 || meaningOf(plain) === null).length;
    if (unknown > (separator === 'space' ? 0 : cells.length / 3)) continue;
    const header = headerOf(gridOf([cells.map((cell) => [cell])], cells.length), text);
    if (header === null) continue;
    return { separator, roles: cells.map((_, column) => header.columns.find((each) => each.at === column)?.role ?? 'unread') };
  }
  return null;
}

class Rows {
  /** Line behind the last that was taken. */
  to = 0;
  readonly #text: string;
  readonly #lines: readonly Line[];
  readonly #separator: Separator;
  readonly #roles: readonly ColumnRole[];
  readonly #isInset: boolean;

  constructor(text: string, lines: readonly Line[], { separator, roles }: Shape, isInset: boolean) {
    this.#text = text;
    this.#lines = lines;
    this.#separator = separator;
    this.#roles = roles;
    this.#isInset = isInset;
  }

  read(pieces: readonly Piece[], from: number): PieceRow[] {
    const rows: PieceRow[] = [];
    const width = this.#roles.length;
    let pending: Piece[] = [];
    let waiting: PieceRow[] = [];
    for (let at = from; at < pieces.length; at += 1) {
      const piece = pieces[at] as Piece;
      if (BORDER.test(piece.plain)) continue;
      const cells = this.#cells(piece);
      const isWhole = cells.length === width;
      const isNext = cells.length > 1 && this.#isNext(cells[0], pending[0] ?? rows.at(-1)?.[0]?.[0]);
      if (!isWhole && !isNext && pending.length > 0 && pending.length + cells.length - 1 <= width) {
        pending = [...pending.slice(0, -1), this.#joined(pending.at(-1) as Piece, cells[0] as Piece), ...cells.slice(1)];
      } else if (isWhole || (this.#separator === 'tab' && cells.length > 1 && cells.length < width)) {
        if (pending.length > 0) rows.push(padded(pending, width));
        pending = cells;
      } else if (cells.length === 1 && pending.length === 0 && isSection(piece.plain)) {
        // The heading of a section only if rows follow it.
        waiting.push([[piece]]);
        continue;
      } else if (cells.length === 1 && pending.length === 0 && this.#goesOn(pieces, at, rows)) {
        const row = rows.pop() as PieceRow;
        const cell = row.at(-1)?.[0];
        rows.push([...row.slice(0, -1), [cell === undefined ? piece : this.#joined(cell, piece)]]);
        this.to = piece.to;
        continue;
      } else if (this.#isWrapped(pieces, at, rows)) return [];
      else break;
      for (const row of waiting) rows.push(row);
      waiting = [];
      this.to = piece.to;
      if (pending.length < width) continue;
      rows.push(pending.map((cell) => [cell]));
      pending = [];
    }
    return pending.length > 1 ? [...rows, padded(pending, width)] : rows;
  }

  #isNext(cell: Piece | undefined, before: Piece | undefined): boolean {
    if (this.#roles[0] !== 'ref' || cell === undefined || before === undefined) return false;
    const number = sequenceNumber(cell.plain);
    return number !== null && number === (sequenceNumber(before.plain) ?? -1) + 1;
  }

  /** A line without tabs between rows that have them: the last cell held a line break. */
  #goesOn(pieces: readonly Piece[], at: number, rows: readonly PieceRow[]): boolean {
    if (this.#separator !== 'tab' || (rows.at(-1)?.length ?? 0) < 2) return false;
    return pieces.slice(at + 1, at + 1 + WRAPPED_LINES).some((piece) => this.#cells(piece).length > 1);
  }

  /** Further rows stand behind a line that is none: whose cells its words go on with can't be told. */
  #isWrapped(pieces: readonly Piece[], at: number, rows: readonly PieceRow[]): boolean {
    if (this.#roles[0] !== 'ref' || this.#separator === 'tab' || this.#separator === 'bar') return false;
    const last = sequenceNumber(rows.at(-1)?.[0]?.[0]?.plain ?? '');
    return pieces.slice(at + 1, at + 1 + WRAPPED_LINES).some((piece) => {
      const cells = this.#cells(piece);
      return last !== null && cells.length >= 3 && sequenceNumber(cells[0]?.plain ?? '') === last + 1;
    });
  }

  #cells(piece: Piece): Piece[] {
    const line = this.#lines[piece.from];
    if (line === undefined) return [piece];
    const cells = split(this.#text, { start: line.start, end: line.end }, piece, this.#separator, this.#isInset);
    const width = this.#roles.length;
    if (this.#separator !== 'space' || cells.length <= width || sequenceNumber(cells[0]?.plain ?? '') === null) return cells;
    // White inside a sentence: what is too much belongs to the widest column.
    const content = this.#roles.lastIndexOf('content');
    const wide = content === -1 ? this.#roles.lastIndexOf('title') : content;
    const end = wide + 1 + cells.length - width;
    return [...cells.slice(0, wide), this.#joined(cells[wide] as Piece, cells[end - 1] as Piece), ...cells.slice(end)];
  }

  #joined(first: Piece, last: Piece): Piece {
    const span = { start: first.plain === '' ? last.start : first.start, end: last.plain === '' ? first.end : last.end };
    return { ...first, ...span, to: last.to, plain: Passage.of(this.#text, [span]).text };
  }
}

function split(text: string, line: Span, piece: Piece, separator: Separator, isInset: boolean): Piece[] {
  const shape = SEPARATORS.find(([name]) => name === separator)?.[1] ?? /\t/gu;
  // Where tabs are places, a row may begin with an empty one.
  const start = separator === 'tab' ? line.start : piece.start;
  const row = text.slice(start, Math.max(line.end, piece.end));
  const spans: Span[] = [];
  let from = 0;
  for (const found of row.matchAll(shape)) {
    spans.push({ start: start + from, end: start + found.index });
    from = found.index + found[0].length;
    if (spans.length > MOST_COLUMNS) break;
  }
  spans.push({ start: start + from, end: start + row.length });
  const cells = spans.map((span) => pieceAt(text, span, piece));
  if (separator === 'tab') return isInset && cells[0]?.plain === '' ? cells.slice(1) : cells;
  if (cells.at(-1)?.plain === '') cells.pop();
  return cells[0]?.plain === '' ? cells.slice(1) : cells;
}

function padded(cells: readonly Piece[], width: number): PieceRow {
  return Array.from({ length: width }, (_, column) => {
    const cell = cells[column];
    return cell === undefined ? [] : [cell];
  });
}

function isSection(plain: string): boolean {
  return plain.length <= 40 && !/[。；;]/u.test(plain) && markAt(plain) !== null;
}

// Tables that stand in a text as lines, found and put into its place as tables; and the parts of one table that page breaks have
// put asunder, joined. The text itself stays as it is: cells point into it.

import type { Block, Cell, Line, SourceDocument, Table } from './document.ts';
import { Passage } from './passage.ts';
import { headerOf, MOST_COLUMNS } from './header.ts';
import { meaningOf } from './rows-headings.ts';
import { Columns } from './text-table-columns.ts';
import { Dumps } from './text-table-dump.ts';
import { piecesOf } from './text-table-pieces.ts';

/** The lines that a table covers are replaced by it; linear in the text. */
export function withTextTables(document: SourceDocument): SourceDocument {
  const blocks: Block[] = [];
  let run: Line[] = [];
  for (const block of document.blocks) {
    if (block.kind === 'line') run.push(block);
    else {
      replaceTables(document.text, run, blocks);
      blocks.push(block);
      run = [];
    }
  }
  replaceTables(document.text, run, blocks);
  return { ...document, blocks: joinedTables(document.text, blocks) };
}

/** Puts the lines of a run to the blocks, and a table in the place of those that are one. */
function replaceTables(text: string, lines: readonly Line[], blocks: Block[]): void {
  const pieces = piecesOf(text, lines);
  const dumps = new Dumps(text, pieces);
  const columns = new Columns(text, lines, pieces);
  let done = 0;
  for (let at = 0; at < pieces.length; at += 1) {
    if ((pieces[at]?.from ?? 0) < done) continue;
    const found = dumps.at(at) ?? columns.at(at);
    if (found === null) continue;
    for (; done < found.from; done += 1) blocks.push(lines[done] as Line);
    blocks.push(found.table);
    done = found.to;
  }
  for (; done < lines.length; done += 1) blocks.push(lines[done] as Line);
}

/** A table without a header goes on with the one before it when nothing but a page number stands between and the columns agree. */
function joinedTables(text: string, blocks: readonly Block[]): Block[] {
  const joined: Block[] = [];
  let between: Line[] = [];
  let before: Table | null = null;
  for (const block of blocks) {
    if (block.kind === 'line') {
      between.push(block);
      continue;
    }
    const isSame =
      before !== null &&
      before.name === block.name &&
      width(before) === width(block) &&
      between.every((line) => isPageEnd(text, line));
    if (before !== null && isSame && headerOf(before, text) !== null && goesOn(block, before, text)) {
      before = appended(before, block);
      joined[joined.length - 1] = before;
    } else {
      for (const line of between) joined.push(line);
      joined.push(block);
      before = block;
    }
    between = [];
  }
  return joined.concat(between);
}

function goesOn(table: Table, before: Table, text: string): boolean {
  const [header, known] = [headerOf(table, text), headerOf(before, text)];
  const headings = (each: typeof header) => each?.columns.map(({ heading }) => heading).join('|');
  return header === null ? !isHeaderRow(table, text) : headings(header) === headings(known);
}

/** The header of a table that is none of tasks: 姓名, 单位, 电话. */
function isHeaderRow(table: Table, text: string): boolean {
  const filled = (table.rows[0] ?? []).slice(0, MOST_COLUMNS).filter(({ start, end }) => end > start);
  const known = filled.filter(({ start, end }) => end - start < 40 && meaningOf(text.slice(start, end)) !== null);
  return known.length >= 2 && known.length * 2 > filled.length;
}

function width(table: Table): number {
  return table.rows[0]?.length ?? 0;
}

function isPageEnd(text: string, line: Line): boolean {
  if (line.end - line.start > 60) return false;
  return /^[-—–―_·第]{0,4}(?:\d{1,3})?页?(?:[,/共]{1,2}\d{1,3}页)?[-—–―_·]{0,4}$|^[(]?(?:续表?|接上页|续上表)[)]?$/u.test(
    Passage.of(text, [line]).text,
  );
}

/** Rows of cells that know their row: those of the second table are numbered on. */
function appended(first: Table, second: Table): Table {
  const moved = new Map<Cell, Cell>();
  const shift = first.rows.length;
  const rows = second.rows.map((row) =>
    row.map((cell) => {
      const known = moved.get(cell) ?? { ...cell, row: cell.row + shift };
      moved.set(cell, known);
      return known;
    }),
  );
  return { ...first, rows: [...first.rows, ...rows] };
}

// Tables that stand in a text as lines, found and put into its place as tables; and the parts of one table that page breaks have
// put asunder, joined. The text itself stays as it is: cells point into it.

import type { Block, Cell, Line, SourceDocument, Table } from './document.ts';
import { Passage } from './passage.ts';
import { headerOf } from './header.ts';
import { columnsAt } from './text-table-columns.ts';
import { dumpAt } from './text-table-dump.ts';
import { piecesOf } from './text-table-pieces.ts';

/** The lines that a table covers are replaced by it; linear in the text. */
export function withTextTables(document: SourceDocument): SourceDocument {
  const blocks: Block[] = [];
  let run: Line[] = [];
  const close = () => {
    if (run.length > 0) blocks.push(...withTables(document.text, run));
    run = [];
  };
  for (const block of document.blocks) {
    if (block.kind === 'line') run.push(block);
    else {
      close();
      blocks.push(block);
    }
  }
  close();
  return { ...document, blocks: joinedTables(document.text, blocks) };
}

function withTables(text: string, lines: readonly Line[]): Block[] {
  const pieces = piecesOf(text, lines);
  const blocks: Block[] = [];
  let done = 0;
  for (let at = 0; at < pieces.length; at += 1) {
    const piece = pieces[at];
    if (piece === undefined || piece.from < done) continue;
    const found = dumpAt(text, pieces, at) ?? columnsAt(text, lines, pieces, at);
    if (found === null) continue;
    blocks.push(...lines.slice(done, found.from), found.table);
    done = found.to;
  }
  return [...blocks, ...lines.slice(done)];
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
      joined.push(...between, block);
      before = block;
    }
    between = [];
  }
  return [...joined, ...between];
}

function goesOn(table: Table, before: Table, text: string): boolean {
  const [header, known] = [headerOf(table, text), headerOf(before, text)];
  const headings = (each: typeof header) => each?.columns.map(({ heading }) => heading).join('|');
  return header === null || headings(header) === headings(known);
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

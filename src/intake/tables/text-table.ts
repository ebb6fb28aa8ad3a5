// Tables that stand in a text as lines, found and put into its place as tables; and the parts of one table that page breaks have
// put asunder, joined. The text itself stays as it is: cells point into it.

import type { Block, Line, SourceDocument } from '../document.ts';
import { Columns } from './text-table-columns.ts';
import { Dumps } from './text-table-dump.ts';
import { joinedTables } from './text-table-join.ts';
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

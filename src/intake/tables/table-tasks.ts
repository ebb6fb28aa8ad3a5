// The tables of a document: those of tasks are read row by row; those that only lay a page out are lines again.

import type { ActorContext } from '../actors/index.ts';
import type { Block, Cell, Line, SourceDocument, Table } from '../document.ts';
import { Passage } from '../passage.ts';
import type { ReadTask, TimeContext } from '../reading.ts';
import { readRows } from './rows.ts';
import { headerOf } from './header.ts';
import { lineOver } from './rows-spans.ts';

export interface TableTasks {
  /** One list for each table of tasks. */
  readonly tables: readonly (readonly ReadTask[])[];
  readonly doubts: readonly string[];
}

const LONG_CELL = 300;

export function readTables(document: SourceDocument, times: TimeContext, actorsAt: (offset: number) => ActorContext): TableTasks {
  const tables: (readonly ReadTask[])[] = [];
  const doubts: string[] = [];
  let unknown = 0;
  for (const block of document.blocks) {
    if (block.kind !== 'table') continue;
    const read = readRows(block, document, { times, actors: actorsAt(block.rows[0]?.[0]?.start ?? 0) });
    if (read === null) unknown += block.rows.length > 1 ? 1 : 0;
    else {
      tables.push(read.tasks);
      for (const doubt of [...read.doubts, ...read.errors]) doubts.push(doubt);
    }
  }
  if (unknown > 0) doubts.push(`有 ${unknown} 张表没有认出任务、责任单位或时限的表头，没有读为任务`);
  return { tables, doubts };
}

/** The line over the header of the first table of tasks, in the table itself, that may name it; null where there is none. */
export function captionOf({ blocks, text }: SourceDocument): Passage | null {
  for (const block of blocks) {
    const header = block.kind === 'table' ? headerOf(block, text) : null;
    if (block.kind !== 'table' || header === null) continue;
    const line = lineOver(block, header, text);
    return line === null ? null : Passage.of(text, [line]);
  }
  return null;
}

/** The first words of the tables; null where they are empty. */
export function firstCellOf({ blocks, text }: SourceDocument): Passage | null {
  for (const block of blocks) {
    for (const row of block.kind === 'table' ? block.rows : []) {
      for (const cell of row) {
        const passage = Passage.of(text, [cell]);
        if (passage.length > 0) return passage;
      }
    }
  }
  return null;
}

/** Old pages stand in tables, paragraphs and all: cells of text under no heading are lines. */
export function withoutLayout(document: SourceDocument): SourceDocument {
  const blocks = document.blocks.flatMap((block): readonly Block[] => {
    if (block.kind === 'line' || headerOf(block, document.text) !== null) return [block];
    const cells = cellsOf(block);
    return holdsText(cells) ? cells.flatMap((cell) => linesIn(document.text, cell)) : [block];
  });
  return { ...document, blocks };
}

/** Most of its words stand in one cell, as lines. */
function holdsText(cells: readonly Cell[]): boolean {
  const sizes = cells.map(({ start, end }) => end - start);
  const longest = sizes.reduce((most, size) => Math.max(most, size), 0);
  return longest > LONG_CELL && longest > sizes.reduce((sum, size) => sum + size, 0) * 0.6;
}

function cellsOf(table: Table): Cell[] {
  return [...new Set(table.rows.flat())].toSorted((one, other) => one.start - other.start);
}

function linesIn(text: string, { start, end, place }: Cell): Line[] {
  const lines: Line[] = [];
  let from = start;
  while (from < end) {
    const found = text.indexOf('\n', from);
    const to = found === -1 || found > end ? end : found;
    lines.push({ kind: 'line', start: from, end: to, closed: false, heading: null, page: null, place });
    from = to + 1;
  }
  return lines;
}

// The blocks of a .docx as a document: one text, and the lines and tables that stand in it.
// Tables that only place things on the page (a letterhead, a signature, 抄送) become lines.

import type { DocxBlock, DocxParagraph, DocxTable } from './docx-blocks.ts';
import type { GridCell } from './docx-table.ts';
import type { Block, Cell, Line, Table } from './document.ts';
import { meaningOf } from './rows-headings.ts';
import { TextBuilder } from './text-builder.ts';

export interface LaidOut {
  readonly text: string;
  readonly blocks: readonly Block[];
}

const HEADER_ROWS = 5;

/** Paragraphs without words are left out. */
export function layOut(blocks: readonly DocxBlock[]): LaidOut {
  const page = new Page();
  page.add(blocks);
  return { text: page.builder.text(), blocks: page.blocks };
}

class Page {
  readonly builder = new TextBuilder();
  readonly blocks: Block[] = [];
  #paragraphs = 0;
  #tables = 0;
  /** Columns of the table that stands directly before. */
  #widthBefore = 0;

  add(blocks: readonly DocxBlock[]): void {
    for (const block of blocks) {
      if (block.kind === 'paragraph') this.#paragraph(block);
      else this.#table(block);
    }
  }

  /** A line break inside a paragraph ends a line, maybe amid a sentence. */
  #paragraph({ text, heading }: DocxParagraph): void {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    if (lines.length === 0) return;
    this.#paragraphs += 1;
    this.#widthBefore = 0;
    const place = `第 ${this.#paragraphs} 段`;
    for (const [index, line] of lines.entries()) {
      const closed = index === lines.length - 1;
      this.blocks.push({ kind: 'line', ...this.builder.add(line), closed, heading, page: null, place } satisfies Line);
    }
  }

  #table(table: DocxTable): void {
    const cells = cellsOf(table);
    const texts = new Map(cells.map((cell) => [cell, textOf(cell.content)]));
    if ([...texts.values()].every((text) => text === '')) return;
    const width = table.grid[0]?.length ?? 0;
    if (this.#isLayout(table, texts, width)) {
      for (const cell of cells) this.add(cell.content);
      return;
    }
    this.#widthBefore = width;
    this.#tables += 1;
    this.blocks.push(this.#asTable(table, texts));
  }

  #isLayout({ grid }: DocxTable, texts: ReadonlyMap<DocxCell, string>, width: number): boolean {
    if (width === 1) return true;
    const isHeader = (row: readonly (DocxCell | null)[]): boolean => {
      const words = new Set(row.map((cell) => (cell === null ? '' : (texts.get(cell) ?? ''))));
      const meanings = [...words].flatMap((each) => meaningOf(each) ?? []);
      return meanings.length >= 2 && meanings.some(({ strong }) => strong);
    };
    if (grid.slice(0, HEADER_ROWS).some(isHeader)) return false;
    // Of as many columns as the table before it: the next page of the same table.
    return this.#widthBefore !== width && (width === 2 || grid.length === 1);
  }

  #asTable({ grid }: DocxTable, texts: ReadonlyMap<DocxCell, string>): Table {
    const made = new Map<DocxCell, Cell>();
    const rows = grid.map((row, index) => {
      const place = `表 ${this.#tables} 第 ${index + 1} 行`;
      return row.map((cell, column): Cell => {
        const known = cell && made.get(cell);
        if (known) return known;
        const span = this.builder.add(cell === null ? '' : (texts.get(cell) ?? ''));
        if (cell === null) return { ...span, row: index, column, rowSpan: 1, columnSpan: 1, place };
        const { rowSpan, columnSpan } = cell;
        const written = { ...span, row: index, column, rowSpan, columnSpan, place };
        made.set(cell, written);
        return written;
      });
    });
    return { kind: 'table', name: null, rows };
  }
}

type DocxCell = GridCell<readonly DocxBlock[]>;

/** Each once, in reading order. */
function cellsOf({ grid }: DocxTable): readonly DocxCell[] {
  return [...new Set(grid.flat())].filter((cell) => cell !== null);
}

/** The text of a cell: its paragraphs on lines of their own, tables in it row by row. */
function textOf(blocks: readonly DocxBlock[]): string {
  const lines = blocks.map((block) => {
    if (block.kind === 'paragraph') return block.text.trim();
    return block.grid
      .map((row) => [...new Set(row)].map((cell) => (cell === null ? '' : textOf(cell.content))))
      .map((cells) => cells.filter((text) => text !== '').join(' '))
      .join('\n');
  });
  return lines.filter((line) => line !== '').join('\n');
}

// The blocks of a .docx as a document: one text, and the lines and tables that stand in it.
// Tables that only place things on the page (a letterhead, a signature, 抄送) become lines.

import type { DocxBlock, DocxParagraph, DocxTable } from './docx-blocks.ts';
import { DocxRefusal } from './docx-refusal.ts';
import { type GridCell, TOO_LARGE } from './docx-table.ts';
import type { Block, Line, Table } from '../document.ts';
import { tableOf } from './grid.ts';
import { meaningOf } from '../tables/rows-headings.ts';
import { TextBuilder } from './text-builder.ts';

export interface LaidOut {
  readonly text: string;
  readonly blocks: readonly Block[];
}

const HEADER_ROWS = 5;

/** Paragraphs without words are left out. @throws DocxRefusal for a table larger than anybody's */
export function layOut(blocks: readonly DocxBlock[]): LaidOut {
  const page = new Page();
  page.add(blocks);
  return { text: page.builder.text(), blocks: page.blocks };
}

class Page {
  readonly builder = new TextBuilder();
  readonly blocks: Block[] = [];
  /** What was worked out: tables stand in tables. */
  readonly #texts = new Map<DocxCell, string>();
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

  /** A line break inside a paragraph ends a line, maybe amid a sentence; two in a row end more than that. */
  #paragraph({ text, heading }: DocxParagraph): void {
    if (text.trim() === '') return;
    this.#paragraphs += 1;
    this.#widthBefore = 0;
    const place = `第 ${this.#paragraphs} 段`;
    const lines = text.split('\n');
    for (const [index, line] of lines.entries()) {
      if (line.trim() === '') continue;
      const closed = (lines[index + 1] ?? '').trim() === '';
      this.blocks.push({ kind: 'line', ...this.builder.add(line), closed, heading, page: null, place } satisfies Line);
    }
  }

  #table(table: DocxTable): void {
    const cells = cellsOf(table);
    if (cells.every((cell) => this.#textOf(cell) === '')) return;
    const width = table.grid[0]?.length ?? 0;
    if (this.#isLayout(table, cells, width)) {
      for (const cell of cells) this.add(cell.content);
      return;
    }
    this.#widthBefore = width;
    this.#tables += 1;
    this.blocks.push(this.#asTable(table, cells));
  }

  #isLayout({ grid }: DocxTable, cells: readonly DocxCell[], width: number): boolean {
    if (width === 1) return true;
    const isHeader = (row: readonly (DocxCell | null)[]): boolean => {
      const meanings = [...new Set(row)].flatMap((cell) => (cell && meaningOf(this.#textOf(cell))) ?? []);
      return meanings.length >= 2 && meanings.some(({ strong }) => strong);
    };
    if (grid.slice(0, HEADER_ROWS).some(isHeader)) return false;
    if (cells.some(({ content }) => content.some(({ kind }) => kind === 'table'))) return true;
    // Of as many columns as the table before it: the next page of the same table.
    return this.#widthBefore !== width && (width === 2 || grid.length === 1);
  }

  #asTable({ grid }: DocxTable, cells: readonly DocxCell[]): Table {
    const number = this.#tables;
    const rows = grid.map((row) => row.map((cell) => (cell === null ? '' : this.#textOf(cell))));
    const merges = cells.map(({ row, column, rowSpan, columnSpan }) => {
      return { top: row, left: column, bottom: row + rowSpan - 1, right: column + columnSpan - 1 };
    });
    const table = tableOf(this.builder, { name: null, rows, merges }, (row) => `表 ${number} 第 ${row + 1} 行`);
    if (table === null) throw new DocxRefusal(TOO_LARGE);
    return table;
  }

  /** The text of a cell: its paragraphs on lines of their own, tables in it row by row. */
  #textOf(cell: DocxCell): string {
    const known = this.#texts.get(cell);
    if (known !== undefined) return known;
    const lines = cell.content.map((block) => {
      if (block.kind === 'paragraph') return block.text.trim();
      const rows = block.grid.map((row) => [...new Set(row)].map((each) => (each === null ? '' : this.#textOf(each))));
      return rows.map((texts) => texts.filter((text) => text !== '').join(' ')).join('\n');
    });
    const text = lines.filter((line) => line !== '').join('\n');
    this.#texts.set(cell, text);
    return text;
  }
}

type DocxCell = GridCell<readonly DocxBlock[]>;

/** Each once, in reading order. */
function cellsOf({ grid }: DocxTable): readonly DocxCell[] {
  return [...new Set(grid.flat())].filter((cell) => cell !== null);
}

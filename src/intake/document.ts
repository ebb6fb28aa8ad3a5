// A document as read from its file: one text that every offset points into, and the blocks that stand in it.
// What the format adds to the text (closed paragraphs, tables, pages) is kept; what it hides (footnotes, scripts) is out.

import type { SourceError } from '../yaml.ts';

/** UTF-16 offsets into `SourceDocument.text`; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Format = 'text' | 'markdown' | 'html' | 'docx' | 'pdf' | 'xlsx' | 'csv';

/** One printed line or, where the format knows paragraphs, one whole paragraph. Its line break is outside the span. */
export interface Line extends Span {
  readonly kind: 'line';
  /** The format says that the paragraph ends here (docx, html); false: the sentence may go on in the next line. */
  readonly closed: boolean;
  /** 1–6 where the format marks a heading. */
  readonly heading: number | null;
  /** From 1, where the format has pages. */
  readonly page: number | null;
  /** Where a person finds it: 第 12 行, 第 3 页. */
  readonly place: string;
}

export interface Cell extends Span {
  /** From 0, of the cell's upper left corner. */
  readonly row: number;
  readonly column: number;
  readonly rowSpan: number;
  readonly columnSpan: number;
  /** Where the cell goes on elsewhere in the text, over a page's end or wrapped beside other cells: its further parts, in order. */
  readonly rest?: readonly Span[];
  /** 表 1 第 4 行, Sheet1!C5. */
  readonly place: string;
}

export interface Table {
  readonly kind: 'table';
  /** The sheet's name, or null. */
  readonly name: string | null;
  /** A rectangle: the places that a merged cell covers hold that same cell. */
  readonly rows: readonly (readonly Cell[])[];
}

export type Block = Line | Table;

export interface SourceDocument {
  readonly format: Format;
  /** As it is told to people: the file's name. */
  readonly file: string;
  /** Radicals out of PDFs are mapped back to characters here, one for one; nothing else is changed. */
  readonly text: string;
  /** In reading order. */
  readonly blocks: readonly Block[];
  /** What a person should know of the reading as a whole: 页眉页脚已略去, 有 2 个文本框没有读入. */
  readonly remarks: readonly string[];
}

export interface InputFile {
  /** As shown in errors. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** An error about the file as a whole. */
export function fileError(file: string, message: string): { readonly ok: false; readonly errors: readonly SourceError[] } {
  return { ok: false, errors: [{ file, line: 1, column: 1, field: '', message }] };
}

// PDFs with a text layer: lines in reading order over the page's whole width, ruled tables as tables; headers, footers and page
// numbers are out. A scan is refused with what to do.

import type { Result } from '../../domain/result.ts';
import type { SourceError } from '../../yaml.ts';
import { type Block, fileError, type InputFile, type SourceDocument } from '../document.ts';
import { tableOf } from './grid.ts';
import { furnitureOf } from './pdf-furniture.ts';
import { type PdfPage, readPages } from './pdf-pages.ts';
import { layoutOf } from './pdf-paragraphs.ts';
import { linesOfPieces, type Piece, type PrintedLine } from './pdf-pieces.ts';
import { append, continues, fillGrid, type PagedTable, rawTable } from './pdf-table.ts';
import { TextBuilder } from './text-builder.ts';

const SCANNED = '这是扫描件或图片做成的 PDF，没有文字层；请用原电子版（.docx、.wps 或导出的 PDF），或先做文字识别（OCR）再导入';
const UNREADABLE = 'PDF 的字体没有注明文字编码，文字读不出来；请用原电子版（.docx、.wps），或先做文字识别（OCR）再导入';
/** Characters on a page below which it holds no text, only perhaps a number or a stamp. */
const FEW = 10;

export async function readPdf({ file, bytes }: InputFile): Promise<Result<SourceDocument, SourceError>> {
  const read = await readPages(bytes);
  if (!read.ok) return fileError(file, read.errors[0] ?? '');
  const { pages, missing } = read.value;
  if (missing.size > 0) return fileError(file, `${UNREADABLE}（缺编码表 ${[...missing].join('、')}）`);
  const bare = pages.filter(({ pieces }) => lengthOf(pieces) < FEW);
  if (bare.length >= pages.length * 0.8 && pages.reduce((sum, { pieces }) => sum + lengthOf(pieces), 0) < 200)
    return fileError(file, SCANNED);
  if (isUnreadable(pages)) return fileError(file, UNREADABLE);
  const remarks =
    bare.length === 0 ? [] : [`第 ${bare.map(({ number }) => number).join('、')} 页没有文字层（扫描页、图片或空白页），没有读入`];
  const sheets = pages.map(sheetOf);
  const furniture = furnitureOf(sheets);
  if (furniture.size > 0) remarks.push('页眉、页脚和页码没有读入');
  const tilted = pages.reduce((sum, page) => sum + page.tilted, 0);
  if (tilted > 0) remarks.push(`有 ${tilted} 处倾斜的文字（水印）没有读入`);
  const parts = sheets.flatMap((sheet) => partsOf(sheet, furniture));
  remarks.push(...columnRemarks(parts));
  const { text, blocks } = documentOf(joinTables(parts));
  return { ok: true, value: { format: 'pdf', file, text, blocks, remarks } };
}

type Part = { readonly kind: 'line'; readonly line: PrintedLine } | { readonly kind: 'table'; readonly table: PagedTable };

interface PdfSheet {
  readonly number: number;
  readonly height: number;
  readonly lines: readonly PrintedLine[];
  readonly tables: readonly PagedTable[];
}

function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { text }) => sum + text.length, 0);
}

/** Codes without meaning (private use, controls), or of scripts that no notice is written in: codes taken for others. */
function isUnreadable(pages: readonly PdfPage[]): boolean {
  let [strange, foreign, all] = [0, 0, 0];
  for (const { pieces } of pages) {
    for (const { text } of pieces) {
      all += text.length;
      for (let index = 0; index < text.length; index += 1) {
        const code = text.charCodeAt(index);
        if (code < 0x20 || (code >= 0xe000 && code <= 0xf8ff) || code === 0xfffd) strange += 1;
        if (code >= 0x0460 && code <= 0x1fff) foreign += 1;
      }
    }
  }
  return strange > all * 0.2 || foreign > all * 0.02;
}

function sheetOf({ number, height, pieces, grids }: PdfPage): PdfSheet {
  const tables: PagedTable[] = [];
  let outside = pieces;
  for (const grid of grids) {
    const filled = fillGrid(grid, outside, number);
    outside = filled.outside;
    if (filled.table !== null) tables.push(filled.table);
  }
  return { number, height, lines: linesOfPieces(outside, number), tables };
}

function partsOf({ lines, tables }: PdfSheet, furniture: ReadonlySet<PrintedLine>): Part[] {
  const parts: { readonly y: number; readonly part: Part }[] = [
    ...lines.filter((line) => !furniture.has(line)).map((line) => ({ y: line.y, part: { kind: 'line' as const, line } })),
    ...tables.map((table) => ({ y: table.top, part: { kind: 'table' as const, table } })),
  ];
  return parts.toSorted((one, other) => one.y - other.y).map(({ part }) => part);
}

/** A table that goes on at the top of the next page is one table. */
function joinTables(parts: readonly Part[]): Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (
      part.kind === 'table' &&
      last?.kind === 'table' &&
      last.table.pages.at(-1) !== part.table.pages[0] &&
      continues(last.table, part.table)
    ) {
      append(last.table, part.table);
    } else joined.push(part);
  }
  return joined;
}

function documentOf(parts: readonly Part[]): { text: string; blocks: Block[] } {
  const lines = parts.flatMap((part) => (part.kind === 'line' ? [part.line] : []));
  const layouts = new Map(layoutOf(lines).map((layout, index) => [lines[index], layout]));
  const builder = new TextBuilder();
  const blocks: Block[] = [];
  let tables = 0;
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'line') {
      const { line } = part;
      const { indent = 0, ends = true } = layouts.get(line) ?? {};
      // As in a text: what begins a paragraph is seen by its indent.
      const span = builder.add(`${'\u3000'.repeat(indent)}${line.text}`);
      const closed = ends || parts[index + 1]?.kind === 'table';
      blocks.push({ kind: 'line', ...span, closed, heading: null, page: line.page, place: `第 ${line.page} 页` });
      continue;
    }
    tables += 1;
    const number = tables;
    const table = tableOf(
      builder,
      rawTable(part.table),
      (row) => `第 ${part.table.pages[row] ?? 1} 页 表 ${number} 第 ${row + 1} 行`,
    );
    if (table !== null) blocks.push(table);
  }
  return { text: builder.text(), blocks };
}

/** Columns are not told apart: where many lines have a gap at one place, somebody must look. */
function columnRemarks(parts: readonly Part[]): string[] {
  const byPage = new Map<number, PrintedLine[]>();
  for (const part of parts) {
    if (part.kind === 'line') byPage.set(part.line.page, [...(byPage.get(part.line.page) ?? []), part.line]);
  }
  const pages = Array.from(byPage).filter(([, lines]) => {
    const gaps = lines.flatMap((line) => line.gaps.map((x) => Math.round(x / 12)));
    const counts = new Map<number, number>();
    for (const gap of gaps) counts.set(gap, (counts.get(gap) ?? 0) + 1);
    const most = [...counts.values()].reduce((one, other) => Math.max(one, other), 0);
    return most >= Math.max(5, lines.length * 0.4);
  });
  if (pages.length === 0) return [];
  return [`第 ${pages.map(([page]) => page).join('、')} 页像是分栏或没有框线的表格，按整行从左到右读入，请核对`];
}

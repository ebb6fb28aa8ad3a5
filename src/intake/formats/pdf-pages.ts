// Opens a PDF and hands out its pages: the pieces of text and, where a table may stand, its ruled lines.

import { getDocumentProxy, getResolvedPDFJS } from 'unpdf';

import type { Result } from '../../domain/result.ts';
import { codeTables } from './pdf-cmaps.ts';
import { type RuledGrid, ruledGrids } from './pdf-grid.ts';
import { linesOfPieces, type Piece, pieceOf } from './pdf-pieces.ts';
import { type OperatorList, type Operators, rulesOf } from './pdf-rules.ts';

export interface PdfPage {
  /** From 1. */
  readonly number: number;
  readonly height: number;
  readonly pieces: readonly Piece[];
  readonly grids: readonly RuledGrid[];
  /** Pieces left out because they stand askew. */
  readonly tilted: number;
}

export interface PdfText {
  readonly pages: readonly PdfPage[];
  /** Encodings whose tables nobody has: text in them was lost. */
  readonly missing: ReadonlySet<string>;
}

const MAX_PAGES = 2_000;
const MAX_PIECES = 2_000_000;
const BROKEN = 'PDF 不完整或已损坏，无法读取；请重新下载或导出一份';
const LOCKED = 'PDF 有打开密码；请去掉密码后再导入';

type PdfProxy = Awaited<ReturnType<typeof getDocumentProxy>>;

/** All pages in order. Never throws: errors are sentences in Chinese for the sender. */
export async function readPages(bytes: Uint8Array): Promise<Result<PdfText, string>> {
  fillInNode20();
  let pdf: PdfProxy | null = null;
  const tables = codeTables();
  try {
    // A copy: the reader takes the buffer for itself.
    pdf = await getDocumentProxy(Uint8Array.from(bytes), {
      verbosity: 0,
      useSystemFonts: false,
      disableFontFace: true,
      useWorkerFetch: false,
      cMapPacked: false,
      cMapUrl: 'cmaps/',
      BinaryDataFactory: tables.Factory,
    });
    if (pdf.numPages > MAX_PAGES)
      return { ok: false, errors: [`PDF 有 ${pdf.numPages} 页，最多 ${MAX_PAGES} 页；请只保留通知本身`] };
    const operators = await operatorNumbers();
    const pages: PdfPage[] = [];
    let left = MAX_PIECES;
    for (let number = 1; number <= pdf.numPages; number += 1) {
      const page = await readPage(pdf, number, operators, (pages.at(-1)?.grids.length ?? 0) > 0);
      left -= page.pieces.length;
      if (left < 0) return { ok: false, errors: ['PDF 里的文字过多，不像通知；请只保留通知本身'] };
      pages.push(page);
    }
    return { ok: true, value: { pages, missing: tables.missing } };
  } catch (error) {
    return { ok: false, errors: [error instanceof Error && error.name === 'PasswordException' ? LOCKED : BROKEN] };
  } finally {
    await pdf?.loadingTask.destroy().catch(() => null);
  }
}

async function readPage(pdf: PdfProxy, number: number, operators: Operators, afterTable: boolean): Promise<PdfPage> {
  const page = await pdf.getPage(number);
  const viewport = page.getViewport({ scale: 1 });
  const matrix = viewport.transform as number[];
  const pieces: Piece[] = [];
  let tilted = 0;
  for (const item of (await page.getTextContent()).items) {
    const piece = 'str' in item ? pieceOf(item, matrix) : null;
    if (piece === 'tilted') tilted += 1;
    else if (piece !== null) pieces.push(piece);
  }
  const grids = afterTable || mayHoldTable(pieces, number) ? await gridsOf(page, operators, matrix) : [];
  page.cleanup();
  return { number, height: viewport.height, pieces, grids, tilted };
}

/** What a page draws costs more to learn than what it says: only where two lines or more have gaps. */
function mayHoldTable(pieces: readonly Piece[], number: number): boolean {
  return linesOfPieces(pieces, number).filter(({ gaps }) => gaps.length > 0).length > 1;
}

async function gridsOf(
  page: Awaited<ReturnType<PdfProxy['getPage']>>,
  operators: Operators,
  matrix: readonly number[],
): Promise<RuledGrid[]> {
  const list = (await page.getOperatorList()) as OperatorList;
  const rules = rulesOf(list, operators, matrix);
  return rules === null ? [] : ruledGrids(rules);
}

async function operatorNumbers(): Promise<Operators> {
  const { OPS } = await getResolvedPDFJS();
  const { save, restore, transform, constructPath, paintFormXObjectBegin, paintFormXObjectEnd, endPath } = OPS;
  const strokes = [OPS.stroke, OPS.closeStroke, OPS.fillStroke, OPS.eoFillStroke, OPS.closeFillStroke, OPS.closeEOFillStroke];
  return { save, restore, transform, constructPath, paintFormXObjectBegin, paintFormXObjectEnd, endPath, strokes };
}

/** unpdf's list of operators needs a method of buffers that Node 20 lacks; it only shortens a buffer there. */
function fillInNode20(): void {
  const prototype = ArrayBuffer.prototype as ArrayBuffer & {
    transferToFixedLength?: (this: ArrayBuffer, length: number) => ArrayBuffer;
  };
  if (prototype.transferToFixedLength !== undefined) return;
  Object.defineProperty(prototype, 'transferToFixedLength', {
    configurable: true,
    writable: true,
    value(this: ArrayBuffer, length: number): ArrayBuffer {
      return this.slice(0, length);
    },
  });
}

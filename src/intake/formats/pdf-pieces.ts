// What a PDF page prints: pieces of text with their places, and lines of them. Coordinates are points from the page's upper left
// corner, as a reader holds it.

import { mapRadicals } from './radicals.ts';

export interface Piece {
  readonly text: string;
  readonly x: number;
  readonly right: number;
  /** Of the baseline. */
  readonly y: number;
  /** Height of the font: one em. */
  readonly size: number;
}

export interface PrintedLine {
  readonly text: string;
  /** From 1. */
  readonly page: number;
  readonly x: number;
  readonly right: number;
  readonly y: number;
  readonly size: number;
  /** Wide gaps inside it: where the right part of each begins. */
  readonly gaps: readonly number[];
}

type Matrix = readonly number[];

export interface TextItem {
  readonly str: string;
  readonly width: number;
  readonly transform: readonly number[];
}

/** The item as a piece; null for blanks, 'tilted' for what stands askew (a watermark). */
export function pieceOf(item: TextItem, viewport: Matrix): Piece | 'tilted' | null {
  // Noto Sans CJK draws both with one glyph, and hands out the rare one.
  const text = mapRadicals(item.str).replaceAll('㬵', '胶');
  if (text.trim() === '') return null;
  const [a, b, , , x, y] = multiplied(viewport, item.transform);
  const size = Math.hypot(a, b);
  if (!(size > 0) || !Number.isFinite(x + y + size + item.width)) return null;
  if (Math.abs(b) > Math.abs(a) * 0.1 || a < 0) return 'tilted';
  const lead = text.length - text.trimStart().length;
  const shown = text.trim();
  const em = widthIn(text) === 0 ? 0 : item.width / widthIn(text);
  const start = x + em * widthIn(text.slice(0, lead));
  return { text: shown, x: start, right: start + em * widthIn(shown), y, size };
}

export function multiplied(
  [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0]: Matrix,
  by: Matrix,
): [number, number, number, number, number, number] {
  const [g = 1, h = 0, i = 0, j = 1, k = 0, l = 0] = by;
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f];
}

/** In em: a CJK character takes one, a Latin letter about half. */
export function widthIn(text: string): number {
  let width = 0;
  for (let index = 0; index < text.length; index += 1) width += text.charCodeAt(index) < 0x2000 ? 0.5 : 1;
  return width;
}

const OPENING = /^[（《〈“‘「『【〔［([{〈«]/u;
const CLOSING = /^[，。、；：？！）》〉”’」』】〕］％…—·,.;:?!)\]}%»]/u;

/** The width in em of what cannot be parted at the start of `text`: 《示, 2022, 照，. A line that had room for it was ended by hand. */
export function firstChunk(text: string): number {
  let at = 0;
  while (at < 4 && OPENING.test(text.slice(at, at + 1))) at += 1;
  const word = /^[A-Za-z0-9.%-]{1,30}/u.exec(text.slice(at, at + 30))?.[0].length ?? 1;
  at += word;
  while (at < text.length && at < 40 && CLOSING.test(text.slice(at, at + 1))) at += 1;
  return widthIn(text.slice(0, at));
}

/** Lines from top to bottom, each over the page's whole width. */
export function linesOfPieces(pieces: readonly Piece[], page: number): PrintedLine[] {
  const lines: PrintedLine[] = [];
  let open: Piece[] = [];
  let [base, size] = [0, 0];
  for (const piece of pieces.toSorted((one, other) => one.y - other.y || one.x - other.x)) {
    if (open.length > 0 && piece.y - base > Math.max(size, piece.size) * 0.45) {
      lines.push(lineOf(open, page));
      open = [];
    }
    // The largest piece tells the line's place: what is raised or lowered beside it is small.
    if (open.length === 0 || piece.size > size) [base, size] = [piece.y, piece.size];
    open.push(piece);
  }
  if (open.length > 0) lines.push(lineOf(open, page));
  return lines;
}

const WIDE_GAP = 0.6;

function lineOf(pieces: readonly Piece[], page: number): PrintedLine {
  const sorted = pieces.toSorted((one, other) => one.x - other.x);
  const gaps: number[] = [];
  let text = '';
  let right = Number.NEGATIVE_INFINITY;
  let size = 0;
  for (const piece of sorted) {
    const gap = (piece.x - right) / piece.size;
    if (text !== '') {
      if (gap >= WIDE_GAP) gaps.push(piece.x);
      text += spacesFor(gap, text, piece.text);
    }
    text += unspaced(piece.text);
    right = Math.max(right, piece.right);
    size = Math.max(size, piece.size);
  }
  const { x = 0 } = sorted[0] ?? {};
  const y = sorted.reduce((lowest, piece) => (piece.size === size ? piece.y : lowest), 0);
  return { text, page, x, right, y, size, gaps };
}

/** A gap of one em or more stays visible, so that columns can be told; smaller ones only part Latin words. */
function spacesFor(gap: number, before: string, after: string): string {
  if (gap >= 1) return ' '.repeat(Math.min(40, Math.round(gap * 2)));
  return gap > 0.15 && /[A-Za-z0-9]$/u.test(before.slice(-1)) && /^[A-Za-z0-9]/u.test(after) ? ' ' : '';
}

/** PDF text has spaces between digits and 汉字 that nobody typed. */
function unspaced(text: string): string {
  return text.replaceAll(/(?<=[^ -~]) {1,2}(?=\S)|(?<=\S) {1,2}(?=[^ -~])/gu, '');
}

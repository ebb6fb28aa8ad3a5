// Lines of a text as the pieces that a dumped table is made of, and what a piece looks like: a number, a time, a unit.

import type { Line, Span } from '../document.ts';
import { figure } from '../clauses/numbering.ts';
import { Passage } from '../passage.ts';

export interface Piece extends Span {
  /** Plain, see `Passage`. */
  readonly plain: string;
  /** White stands before its first line: where a dump indents, that is where a cell begins. */
  readonly isIndented: boolean;
  readonly place: string;
  /** Index of its first line and of the line after its last, among the lines of the run. */
  readonly from: number;
  readonly to: number;
  /** Lines behind it that hold an indent and nothing else: where a dump indents its cells, those are empty cells. */
  readonly voids: number;
}

const TAB = 9;
const WHITE = /[ \t\u3000]/u;
/** Characters that are plain as they stand. */
const PLAIN = /^[\u4E00-\u9FFFA-Za-z\d、。]*$/u;

/** Lines that hold text, each as one piece. */
export function piecesOf(text: string, lines: readonly Line[]): Piece[] {
  const pieces: Piece[] = [];
  for (const [index, line] of lines.entries()) {
    const { start, end, plain } = plainIn(text, line);
    const last = pieces.at(-1);
    if (plain === '') {
      const isVoid = line.end > line.start && text.charCodeAt(line.start) === TAB;
      if (isVoid && last !== undefined) pieces[pieces.length - 1] = { ...last, voids: last.voids + 1 };
      continue;
    }
    const isIndented = start > 0 && /[^\S\n\r\f\v\u2028\u2029\u0085]/u.test(text.charAt(start - 1));
    pieces.push({ start, end, plain, isIndented, place: line.place, from: index, to: index + 1, voids: 0 });
  }
  return pieces;
}

/** A part of a piece's line; empty where only white stands there. */
export function pieceAt(text: string, span: Span, { place, from, to }: Piece): Piece {
  const { start, end, plain } = plainIn(text, span);
  return { start, end, plain, isIndented: false, place, from, to, voids: 0 };
}

/** What a passage makes plain and where that stands, without remembering each character: there are many lines and few tables. */
function plainIn(text: string, span: Span): Span & { readonly plain: string } {
  let [start, end] = [span.start, span.end];
  while (start < end && WHITE.test(text.charAt(start))) start += 1;
  while (end > start && WHITE.test(text.charAt(end - 1))) end -= 1;
  const printed = text.slice(start, end);
  if (PLAIN.test(printed)) return { start, end, plain: printed };
  const passage = Passage.of(text, [span]);
  return passage.length === 0 ? { start: span.start, end: span.start, plain: '' } : { ...passage.span(), plain: passage.text };
}

/** One piece out of neighbours. */
export function merged(text: string, pieces: readonly Piece[]): Piece {
  const [first, last] = [pieces[0], pieces.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError('no pieces');
  if (first === last) return first;
  return {
    ...first,
    end: last.end,
    to: last.to,
    voids: last.voids,
    plain: Passage.of(text, [{ start: first.start, end: last.end }]).text,
  };
}

/** 3, 3., （三）, 三、 alone in their cell; null for anything else. */
export function sequenceNumber(plain: string): number | null {
  const found = /^[(]?(\d{1,4}|[一二三四五六七八九十百]{1,5})[)]?[、.]?$/u.exec(plain);
  const number = found === null ? Number.NaN : figure(found[1] ?? '');
  return number > 0 ? number : null;
}

export function isTimeLike(plain: string): boolean {
  return (
    plain.length <= 60 &&
    /\d月|[一二三四五六七八九十]月|年[底末内初]|[全每今本]年|季度?|每[月周日半]|半年|长期|持续|常态|[月日底]前|旬|即时|及时|适时|随时|立即|\d{4}[-/.年]|工作日|按时|按要求|实时/u.test(
      plain,
    )
  );
}

export function isUnitLike(plain: string): boolean {
  if (plain.length > 400 || /。/u.test(plain)) return false;
  if (/(?:牵头|配合|负责|落实|协办|主办)[)]?$/u.test(plain)) return true;
  // 牵头单位：县残联.
  if (/^(?:牵头|责任|配合|主办|协办|承办|参与|参加)(?:单位|部门):/u.test(plain)) return true;
  const names = plain.split(/[、,;]/u).slice(0, 40);
  const known = names.filter((name) =>
    /(?:局|委|办|部|院|中心|公司|乡|镇|[)]|街道|处|站|所|队|区|县|会|行|单位|部门|室|府|厅|[残妇侨文商]联|科协|团[省市县区]委)$/u.test(
      name,
    ),
  );
  return plain.length > 1 && known.length * 2 > names.length;
}

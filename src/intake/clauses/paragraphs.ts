// Lines as paragraphs: what a wrap or a page's end has cut is joined, what stands apart stays apart.
// Decided by evidence over the whole document (layout.ts); offsets are kept.

import type { SourceDocument, Span } from '../document.ts';
import { isFull, type Layout, layoutOf } from './layout.ts';
import { endingOf, type Row, rowsOf } from './lines.ts';
import type { Scheme } from './numbering.ts';
import { Passage } from '../passage.ts';
import { statementsIn } from './statement.ts';

export interface Paragraph {
  readonly passage: Passage;
  /** Lines (or parts of lines) that it stands on. */
  readonly spans: readonly Span[];
  /** 1–6 where the format marks a heading. */
  readonly heading: number | null;
  /** Where a person finds its first line. */
  readonly place: string;
  /** Offsets where a sentence begins at a line's start and nothing tells whether a new paragraph does. */
  readonly seams: readonly number[];
}

/** Tables are left out: they are read otherwise. */
export function paragraphsOf(document: SourceDocument): Paragraph[] {
  const rows = rowsOf(document);
  const layout = layoutOf(rows, document.format);
  const seen = new Map<Scheme, number>();
  const paragraphs: Paragraph[] = [];
  let current: Current | null = null;
  for (const row of rows) {
    if (current !== null && goesOn(current, row, layout, seen)) {
      current = grown(current, row);
      continue;
    }
    if (current !== null) paragraphs.push(paragraphOf(document, current.rows, layout));
    if (row.mark !== null) seen.set(row.mark.scheme, row.mark.number);
    current = { rows: [row], depth: depthAfter(0, row.passage.text), length: row.passage.length };
  }
  if (current !== null) paragraphs.push(paragraphOf(document, current.rows, layout));
  return paragraphs;
}

interface Current {
  readonly rows: Row[];
  /** Brackets and quotes that are still open at its end. */
  readonly depth: number;
  readonly length: number;
}

function grown({ rows, depth, length }: Current, row: Row): Current {
  rows.push(row);
  return { rows, depth: depthAfter(depth, row.passage.text), length: length + row.passage.length };
}

function paragraphOf(document: SourceDocument, rows: readonly Row[], { wrap, indents, blanks }: Layout): Paragraph {
  const [first] = rows;
  const spans = rows.map(({ passage }) => passage.span());
  const isTold = wrap === null || indents || blanks;
  const seams = spans.slice(1).filter((_, index) => !isTold && rows[index]?.ending === 'sentence');
  return {
    passage: Passage.of(document.text, spans),
    spans,
    heading: first?.line.heading ?? null,
    place: first?.line.place ?? '',
    seams: seams.map(({ start }) => start),
  };
}

/** Whether `row` goes on with the sentence of the paragraph before it. */
function goesOn(current: Current, row: Row, layout: Layout, seen: ReadonlyMap<Scheme, number>): boolean {
  const before = current.rows.at(-1);
  if (before === undefined || before.line.heading !== null || row.line.heading !== null) return false;
  // No line begins with what closes a clause.
  if (/^(?:[,。、;:!?)〕】”’》]|\.$)/u.test(row.passage.text)) return true;
  if (endsWithStatement(current)) return false;
  const cut = isCut(current, before, row, layout);
  if (row.mark !== null && !(cut && isMention(row, before, layout, seen))) return false;
  if (isLetterhead(row.passage.text)) return false;
  // A signature, a title in the middle.
  if (row.spaced && row.indent >= 4) return false;
  if (startsStatement(row.passage.text)) return isLabelAlone(before.passage.text) || isVisiblyWrapped(before, row, layout);
  if (layout.indents && row.indent >= 1 && before.indent < row.indent + 4)
    return current.rows.length === 1 && bothCentred(before, row);
  if (layout.blanks && row.spaced && !cut) return false;
  return cut;
}

/** Whether layout alone shows that a paragraph goes on, sentence ended or not: no room was left, and none begins behind it. */
function isVisiblyWrapped(before: Row, row: Row, { wrap, indents, closes }: Layout): boolean {
  if (wrap === null || before.line.closed || row.spaced || !isFull(before, wrap)) return false;
  return indents ? row.indent < 1 : closes;
}

/** Whether the paragraph's last line ends amid a sentence for want of room, and not because all is said. */
function isCut(current: Current, before: Row, row: Row, layout: Layout): boolean {
  const { wrap } = layout;
  if (isLabelAlone(before.passage.text)) return true;
  if (isLetterhead(before.passage.text)) return false;
  if (before.line.closed && wrap === null && !layout.cuts)
    return before.ending === 'open' && (current.depth > 0 || /[、,]$/u.test(before.passage.text));
  if (current.depth > 0 && current.length < 3000) return true;
  return wrap === null ? isCutUnwrapped(current, before, layout) : isCutWrapped(current, before, row, layout, wrap);
}

function isCutWrapped(current: Current, before: Row, row: Row, { texts, indents }: Layout, wrap: number): boolean {
  if (before.ending === 'colon') return false;
  const first = current.rows.length === 1;
  const [head] = current.rows;
  const headed = Boolean(head?.mark && !texts.has(head.mark.scheme)) && !hasSentence(current);
  if (isFull(before, wrap, first && before.indent < 1 ? 2 : 0)) {
    // At the column a sentence may end, and a heading: only the next line tells, by an indent or by where one was.
    const ends = before.ending === 'sentence' || headed;
    return !ends || indents || !(row.ending === 'open' && !isFull(row, wrap, 0.5));
  }
  if (before.ending !== 'open' || headed) return false;
  // Short and open: cut by a page's end where a sentence runs, else a title, a heading, a signature.
  if (!first) return !(before.indent >= 3 && row.indent < 1);
  return before.width >= wrap * 0.6 && /[,;。]/u.test(before.passage.text);
}

function isCutUnwrapped(current: Current, before: Row, { texts }: Layout): boolean {
  if (before.ending !== 'open') return false;
  const { text } = before.passage;
  const [head] = current.rows;
  if (/[、,]$/u.test(text)) return true;
  if (head?.mark) return texts.has(head.mark.scheme) ? text.length > 15 : before.width > 45;
  return current.rows.length > 1 && hasSentence(current) ? text.length > 8 : before.width >= 22 && /[,;。].{3}/u.test(text);
}

// A number at a line's start that only goes on with a sentence: 按照第 / 三条的规定.
function isMention({ mark, passage }: Row, before: Row, { wrap }: Layout, seen: ReadonlyMap<Scheme, number>): boolean {
  if (mark === null) return false;
  const last = seen.get(mark.scheme);
  if (mark.isWeak && mark.number !== (last ?? Infinity) + 1) return true;
  const expected = mark.number === 1 || (last !== undefined && mark.number > last && mark.number <= last + 2);
  if (mark.scheme === '附件' || mark.scheme === '第条')
    return before.ending === 'open' && (before.width > 20 || passage.length > 40);
  return !expected && before.ending === 'open' && (wrap !== null || /[、,]$/u.test(before.passage.text));
}

/** A line that always stands alone: the document's number, a date, who is addressed. */
function isLetterhead(text: string): boolean {
  if (text.length > 40) return false;
  return (
    /^[^\d,。]{2,12}[〔[(【]\d{4}[〕\])】](?:第)?\d{1,5}号$/u.test(text) ||
    /^[^,。\d]{0,20}(?:\d{4}|[〇○零一二三四五六七八九]{4})年[^,。年]{2,6}日(?:印发)?$/u.test(text)
  );
}

/** （某局负责，9月底前完成） closes a paragraph wherever its line ends. */
function endsWithStatement({ rows, depth }: Current): boolean {
  const last = rows.at(-1)?.passage.text ?? '';
  if (depth > 0 || !/[)〕】]$/u.test(last)) return false;
  const tail = rows
    .slice(-20)
    .map(({ passage }) => passage.text)
    .join('');
  return statementsIn(tail).at(-1)?.end === tail.length;
}

function hasSentence({ rows }: Current): boolean {
  return rows.some(({ passage }) => /[。;:]|[^\d]\.(?!$)/u.test(passage.text.slice(4)));
}

function bothCentred(before: Row, row: Row): boolean {
  return before.indent >= 3 && row.indent >= 3 && before.ending === 'open';
}

const STATEMENT =
  /^[([【〔]?(?:主要|主|第一)?(?:责任|牵头|配合|负责|承办|主办|协办|实施|落实|完成|时间|办理|整改)(?:单位|部门|领导|人|时限|节点|时间|期限|进度|要求)(?:及[^:]{1,8})?:/u;

/** Whether the line names units or a time for what stands before it: 责任单位：…, （牵头单位：…. */
function startsStatement(text: string): boolean {
  return (
    STATEMENT.test(text.slice(0, 24)) ||
    /^[(〔][^()〔〕]{2,200}(?:负责|牵头|配合|落实|参与|承办)[^()〔〕]{0,40}[)〕]?$/u.test(text.slice(0, 300))
  );
}

function isLabelAlone(text: string): boolean {
  return text.length <= 14 && /^[([【〔]?[^\d。]{0,3}(?:单位|部门|时限|节点|时间|期限):$/u.test(text);
}

/** Brackets and quotes left open. One that is never closed would swallow the document: what is too far back is forgotten. */
function depthAfter(depth: number, text: string): number {
  let open = depth;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x4e00 && code <= 0x9fff) continue;
    const character = text.charAt(at);
    if ('([{《“【〔'.includes(character)) open += 1;
    else if (')]}》”】〕'.includes(character)) open = Math.max(0, open - 1);
    else if (character === '。') open = Math.min(open, 1);
  }
  return open;
}

/** Whether a text ends with a sentence. */
export function endsSentence(text: string): boolean {
  return endingOf(text) === 'sentence';
}

// The printed lines of a document that carry text, with what their layout says: width, indent, how they end, what number
// they begin with. Page numbers, rules and running headers are left out here.

import type { Line, SourceDocument } from '../document.ts';
import { type Mark, markAt } from './numbering.ts';
import { Passage } from '../passage.ts';

export interface Row {
  readonly line: Line;
  readonly passage: Passage;
  /** In characters of full width; digits and Latin letters are half. */
  readonly width: number;
  /** White before the first character, in the same measure. */
  readonly indent: number;
  /** A blank line, or a page's end, stands before it. */
  readonly spaced: boolean;
  readonly ending: Ending;
  readonly mark: Mark | null;
}

/** How a line ends: with a sentence, with a colon, or amid a sentence (as a heading does, too). */
export type Ending = 'sentence' | 'colon' | 'open';

/** Lines with text, in order. */
export function rowsOf(document: SourceDocument): Row[] {
  const rows: Row[] = [];
  let spaced = true;
  for (const block of document.blocks) {
    if (block.kind === 'table') {
      spaced = true;
      continue;
    }
    const passage = Passage.of(document.text, [block]);
    if (passage.length === 0 || isFurniture(passage.text)) {
      spaced = true;
      continue;
    }
    rows.push(rowOf(document.text, block, passage, spaced));
    spaced = false;
  }
  return withoutRunningHeaders(rows);
}

/** `text` is plain (`Passage.text`). */
export function endingOf(text: string): Ending {
  const end = text.slice(-3).replace(/["”’』」]{1,2}$/u, '');
  if (end.endsWith(':')) return 'colon';
  if (/[。!?;；…)\]】〕]$/u.test(end)) return 'sentence';
  // Converters write 。 as a full stop; after a digit it is a decimal point cut in two.
  return /[^\d]\.$/u.test(end) ? 'sentence' : 'open';
}

function rowOf(source: string, line: Line, passage: Passage, spaced: boolean): Row {
  const { start } = passage.span(0, 1);
  let lineStart = line.start;
  while (lineStart > 0 && start - lineStart < 80 && /[^\S\n\r\f\v\u2028\u2029\u0085]/u.test(source.charAt(lineStart - 1)))
    lineStart -= 1;
  return {
    line,
    passage,
    width: widthOf(source.slice(start, passage.span().end).replaceAll(/[\s*_]/gu, '')),
    indent: widthOf(source.slice(lineStart, start).replaceAll(/[*_#>]/gu, ''), 0.5),
    spaced,
    ending: endingOf(passage.text),
    mark: markAt(passage.text),
  };
}

function widthOf(text: string, narrow = 0.5): number {
  let width = 0;
  for (let at = 0; at < text.length; at += 1) width += /[0-9A-Za-z \t]/u.test(text.charAt(at)) ? narrow : 1;
  return width;
}

/** Page numbers and rules: nothing that a sentence could go on with. */
function isFurniture(text: string): boolean {
  // A full stop that the wrap left alone is a sentence's.
  if (text.length > 30 || text === '.') return false;
  return (
    /^[-—–―_=~·•.*＊\s|]{1,30}$/u.test(text) ||
    /^[-—–―_·•.|]{0,5}第?\d{1,3}页?[-—–―_·•.|]{0,5}$/u.test(text) ||
    /^[-—–―]{0,5}(?:第\d{1,3}页[,/]?共\d{1,3}页|\d{1,3}\/\d{1,3}|[Pp]age\d{1,3}(?:of\d{1,3})?)[-—–―]{0,5}$/u.test(text)
  );
}

/** A short line that stands three times or more and once at least amid a sentence is the page's, not the text's. */
function withoutRunningHeaders(rows: readonly Row[]): Row[] {
  const [counts, amid] = [new Map<string, number>(), new Set<string>()];
  for (const [index, { passage, ending }] of rows.entries()) {
    const { text } = passage;
    if (text.length > 40 || ending !== 'open') continue;
    counts.set(text, (counts.get(text) ?? 0) + 1);
    const before = rows[index - 1];
    if (before !== undefined && before.ending === 'open' && before.width > 15 && before.mark === null) amid.add(text);
  }
  return rows.filter(({ passage: { text } }) => (counts.get(text) ?? 0) < 3 || !amid.has(text));
}

// Words of a document as they are shown to a person who checks a reading: in their context and marked, or a task's whole text.

import type { SourceDocument, Span } from '../document.ts';
import { Passage } from '../passage.ts';
import type { Placed, Places } from '../place.ts';
import { inLines, oneLine } from './printable.ts';

/** Characters shown on either side, where the sentence does not begin or end before. */
const BEFORE = 24;
const BEHIND = 16;
const MOST = 300;

/** `……应于【9月底前】完成公布……`: the spans marked, with some words before and behind, never beyond `within`. */
export function inContext(text: string, spans: readonly Span[], within: Span): string {
  const clusters: Span[][] = [];
  for (const span of spans.toSorted((one, other) => one.start - other.start)) {
    const cluster = clusters.at(-1);
    const before = cluster?.at(-1);
    if (cluster === undefined || before === undefined || span.start - before.end > BEFORE) clusters.push([span]);
    // Else within what is marked already.
    else if (span.start >= before.end) cluster.push(span);
  }
  const shown = clusters.map((cluster) => {
    const start = startFrom(text, cluster[0]?.start ?? 0, within.start);
    const end = endAfter(text, cluster.at(-1)?.end ?? 0, within.end);
    let marked = start > within.start && !stops(text, start) ? '…' : '';
    let at = start;
    for (const span of cluster) {
      marked += `${plain(text.slice(at, span.start))}【${plain(text.slice(span.start, span.end))}】`;
      at = span.end;
    }
    return `${marked}${plain(text.slice(at, end))}${end < within.end && !stops(text, end) ? '…' : ''}`;
  });
  return oneLine(shown.join(' '), MOST);
}

/** How far the context of words reaches: their paragraph where the format knows it, the task where they stand in it, else the line. */
export function boundsOf(spans: readonly Span[], task: Span, places: Places): Span {
  const found = spans.map((span) => places.at(span));
  const [block = null] = found;
  if (block === null) return task;
  const inTask = spans.every(({ start, end }) => start >= task.start && end <= task.end);
  if (!inTask) return block;
  const together = block.closed && found.every((each) => each === block);
  return together ? { start: Math.max(block.start, task.start), end: Math.min(block.end, task.end) } : task;
}

function startFrom(text: string, start: number, limit: number): number {
  // The beginning itself rather than an ellipsis for a few words.
  const first = start - limit <= BEFORE + BEFORE / 3 ? limit : start - BEFORE;
  for (let at = start; at > first; at -= 1) if (stops(text, at)) return at;
  // Rather at a pause than within a word.
  for (let at = first; at < start - BEFORE / 2 && first > limit; at += 1) if (PAUSES.includes(text[at - 1] ?? ' ')) return at;
  return first;
}

function endAfter(text: string, end: number, limit: number): number {
  const last = Math.min(limit, end + BEHIND);
  for (let at = end; at < last; at += 1) if (stops(text, at + 1)) return at + 1;
  for (let at = last; at > end + BEHIND / 2; at -= 1) if (PAUSES.includes(text[at - 1] ?? ' ')) return at;
  return last;
}

const PAUSES = '，、：）,:)';

/** A sentence or a paragraph ends before the offset. */
function stops(text: string, at: number): boolean {
  const before = text[at - 1];
  if (before === undefined || '。；！？'.includes(before)) return true;
  return before === '\n' && /\n[ \u3000\t\r]{0,20}$/u.test(text.slice(Math.max(0, at - 22), at - 1));
}

/** On one line, without what Markdown emphasises with. */
function plain(text: string): string {
  return text
    .replaceAll('**', '')
    .replace(/\s+/gu, ' ')
    .replace(/(?<=[\u2E80-\uFFEF]) | (?=[\u2E80-\uFFEF])/gu, '');
}

const LONGEST_QUOTE = 20_000;

/** A task's text, as printed but a sentence or half of one a line, whatever the lines of the document were; null where there is none. */
export function quoteOf(document: SourceDocument, places: Places, span: Span): string | null {
  const paragraphs: Span[][] = [];
  let before: Placed | null = null;
  for (const each of places.within(span)) {
    const part = { start: Math.max(each.start, span.start), end: Math.min(each.end, span.end) };
    if (before === null || endsParagraph(document.text, before, each)) paragraphs.push([part]);
    else paragraphs.at(-1)?.push(part);
    before = each;
  }
  const lines = paragraphs.flatMap((spans) => inLines(Passage.of(document.text, spans).printed()).map((line) => oneLine(line)));
  const quote = lines.filter((line) => line !== '').join('\n');
  const whole = quote === '' ? oneLine(document.text.slice(span.start, span.end), LONGEST_QUOTE) : quote;
  if (whole === '') return null;
  return whole.length <= LONGEST_QUOTE ? whole : `${whole.slice(0, LONGEST_QUOTE - 1).replace(/\p{Cs}$/u, '')}…`;
}

/** Where the format does not say so: behind an empty line, and before one that is indented or stands in a column of its own. */
function endsParagraph(text: string, before: Placed, next: Placed): boolean {
  if (before.closed) return true;
  const between = text.slice(Math.max(before.end, next.start - 40), next.start + 2);
  return /\n[^\n]{0,38}\n/u.test(between) || /\n(?:\t|[\u3000 ]{2})/u.test(between);
}

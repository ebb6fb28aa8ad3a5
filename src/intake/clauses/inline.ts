// Clauses that were run together on one line (a page copied without its line breaks) are set apart again: at numbers that follow
// the end of a sentence or of a bracket and go on counting; a paragraph that shares out its sentences to several units, at their
// brackets. An enumeration within a clause stays whole.

import type { Paragraph } from './paragraphs.ts';
import { type Mark, markAt, type Scheme } from './numbering.ts';
import { Passage } from '../passage.ts';
import { statementsIn } from './statement.ts';

/** `source` is the document's text. */
export function setApart(source: string, paragraphs: readonly Paragraph[]): Paragraph[] {
  return paragraphs.flatMap((paragraph) => {
    const { text } = paragraph.passage;
    if (text.length < 40) return [paragraph];
    const long = text.length < 80 ? [] : [...letterheadIn(text), ...cutsIn(text), ...signatureIn(text)];
    const cuts = [...new Set([...long, ...sharedOutIn(text)])].toSorted((a, b) => a - b);
    return cuts.length === 0 ? [paragraph] : pieces(source, paragraph, cuts);
  });
}

interface Place {
  readonly at: number;
  readonly mark: Mark;
}

/** Where the clauses of a line begin, beyond its first; none where the line is one clause. */
function cutsIn(text: string): number[] {
  const places = placesIn(text);
  if (places.length < 2) return [];
  const statements = statementsIn(text).filter(({ kind }) => kind === 'units');
  const run = isRunTogether(text, places, statements.length);
  const cuts = new Set<number>();
  if (run) for (const { at } of places) cuts.add(at);
  if (run || statements.length >= 2) {
    for (const { end } of statements) {
      // What follows the bracket of one clause is another's, unless it is next to nothing: a full stop, a remark.
      const next = /^[。.;]/u.test(text.charAt(end)) ? end + 1 : end;
      if (text.length - next > 15) cuts.add(next);
    }
  }
  cuts.delete(0);
  return [...cuts];
}

/** 梳理清单。（甲局负责）建设平台。（乙局牵头）: each bracket behind a sentence closes a task of its own. */
function sharedOutIn(text: string): number[] {
  const closing = statementsIn(text).filter(
    ({ kind, start }) => kind === 'units' && /[(〔【[]/u.test(text.charAt(start)) && /[。;!?”]/u.test(text.charAt(start - 1)),
  );
  return closing.slice(0, -1).flatMap(({ end }, index) => {
    const next = /[。.;]/u.test(text.charAt(end)) ? end + 1 : end;
    return (closing[index + 1]?.start ?? 0) - next > 6 ? [next] : [];
  });
}

const NUMBER = '(?!的)[\\u4E00-\\u9FFF]{1,10}[〔[]\\d{4}[〕\\]]\\d{1,5}号';
const TITLE = '[^。;:]{4,160}?(?:通知|意见|决定|批复|函|通告|通报|公告)';
const LETTERHEADS = [
  new RegExp(`^(${TITLE})(${NUMBER})(?=[^，,。、》)]{2})`, 'u'),
  new RegExp(`^(${NUMBER})(${TITLE})(?=各|[^。;:,]{2,60}(?:,|:))`, 'u'),
];

/** Number, title and addressees run together with the first sentence. */
function letterheadIn(text: string): number[] {
  const top = text.slice(0, 400);
  for (const letterhead of LETTERHEADS) {
    const found = letterhead.exec(top);
    if (found === null) continue;
    const [whole, first = ''] = found;
    const addressed = /^[^。;]{2,120}?:/u.exec(top.slice(whole.length))?.[0].length ?? 0;
    return [first.length, whole.length, ...(addressed > 0 ? [whole.length + addressed] : [])];
  }
  return [];
}

const SIGNED =
  /[。.!;)]([\u4E00-\u9FFF]{0,30}(?:政府|办公[厅室]|委员会|国务院|[局厅部委])(?:\d{4}|[〇○零一二三四五六七八九]{4})年[^,。年]{2,7}日(?:\([^()]{2,20}\))?)/gu;

/** Issuer and date run together with the last sentence, and with what a letter sends. */
function signatureIn(text: string): number[] {
  return Array.from(text.matchAll(SIGNED), ({ index, 1: signed = '' }) => [index + 1, index + 1 + signed.length])
    .flat()
    .filter((at) => at < text.length);
}

/** Numbers that go on counting, each after the end of a sentence, a bracket or a heading. */
function placesIn(text: string): Place[] {
  const places: Place[] = [];
  const last = new Map<Scheme, number>();
  for (let at = 0; at < text.length; at += 1) {
    const before = text.charAt(at - 1);
    const fresh = at === 0 || /[。;:!?)\]】”]/u.test(before) || (before === '.' && !/\d/u.test(text.charAt(at - 2)));
    // A heading has no full stop: 一、把大厅建好（一）窗口整合.
    const previous = places.at(-1);
    const afterHeading =
      previous !== undefined &&
      at - previous.at > 4 &&
      at - previous.at < 60 &&
      /[(一二三四五六七八九十1①]/u.test(text.charAt(at));
    if (!fresh && !afterHeading) continue;
    const found = markAt(text, at);
    if (found === null || found.isWeak || found.scheme === 'a.' || found.scheme === '附件' || found.scheme === '第条') continue;
    const expected = (last.get(found.scheme) ?? 0) + 1;
    const goesOn = at === 0 || found.number === expected || (found.number === 1 && previous?.mark.scheme !== found.scheme);
    if (!goesOn || (!fresh && !(found.number === 1 || last.has(found.scheme)))) continue;
    last.set(found.scheme, found.number);
    places.push({ at, mark: found });
    at += found.length - 1;
  }
  return places;
}

function isRunTogether(text: string, places: readonly Place[], statements: number): boolean {
  const inner = places.filter(({ at }) => at > 0);
  const sections = places.filter(({ mark }) => mark.scheme === '一、').length;
  if (sections >= 2) return true;
  // Parts of an enumeration end with semicolons or are short; clauses are sentences and carry their units.
  const sentences = inner.filter(({ at }) => /[。.)!?”]/u.test(text.charAt(at - 1))).length;
  if (inner.length < 2 || sentences < inner.length * 0.6) return false;
  return statements >= 2 || text.length / places.length >= 120;
}

function pieces(source: string, paragraph: Paragraph, cuts: readonly number[]): Paragraph[] {
  const { passage, heading, place } = paragraph;
  const starts = [0, ...cuts];
  return starts.flatMap((start, index) => {
    const end = starts[index + 1] ?? passage.length;
    if (end <= start) return [];
    const whole = passage.span(start, end);
    const spans = paragraph.spans
      .map((span) => ({ start: Math.max(span.start, whole.start), end: Math.min(span.end, whole.end) }))
      .filter((span) => span.end > span.start);
    const seams = paragraph.seams.filter((at) => at > whole.start && at < whole.end);
    return [{ passage: Passage.of(source, spans), spans, heading: index === 0 ? heading : null, place, seams }];
  });
}

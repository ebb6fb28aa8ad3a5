// Cuts a passage into the words that times are made of, in one pass. What is no such word makes no token: two tokens
// belong together only where one ends at the place the other begins. Titles 《…》 and the year of a 文号 〔…〕 are passed over.
// Owns `Phrase`, the proof that time words were read: nothing else can stand behind a deadline.

import type { Passage } from '../passage.ts';
import type { Origin } from '../reading.ts';
import { numberAt } from './numbers.ts';
import { CALENDAR, CONNECTIVES, EVENTS, GOES_ON, ROUNDS, SUPERVISION } from './vocabulary.ts';

export type Token =
  | {
      readonly kind: 'number';
      readonly value: number;
      readonly chinese: boolean;
      readonly figures: number;
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: 'word'; readonly word: string; readonly start: number; readonly end: number }
  | { readonly kind: 'stop'; readonly mark: string; readonly sentence: boolean; readonly start: number; readonly end: number };

const BY_FIRST = new Map<string, string[]>();
for (const word of [...CONNECTIVES, ...CALENDAR, ...EVENTS, ...SUPERVISION, ...ROUNDS]) {
  const first = word.slice(0, 1);
  const list = BY_FIRST.get(first) ?? [];
  list.push(word);
  BY_FIRST.set(
    first,
    list.toSorted((one, other) => other.length - one.length),
  );
}

const SENTENCE_ENDS = '。;!?';
const CLAUSE_ENDS = ',、:()[]【】“”"';
const LONGEST_TITLE = 120;

/** The words of a passage, in order. */
export class TimeWords {
  readonly passage: Passage;
  readonly tokens: readonly Token[];

  constructor(passage: Passage) {
    this.passage = passage;
    this.tokens = lex(passage.text);
  }

  get text(): string {
    return this.passage.text;
  }

  /** The words from one token up to, not including, another. @throws RangeError where they hold no time word */
  phrase(from: number, to: number): Phrase {
    return Phrase.of(this, from, to);
  }
}

/** Consecutive tokens of a passage with at least one word of time among them. Made by TimeWords alone. */
export class Phrase {
  readonly #words: TimeWords;
  /** Into the passage's text; `end` is exclusive. */
  readonly start: number;
  readonly end: number;

  private constructor(words: TimeWords, start: number, end: number) {
    this.#words = words;
    this.start = start;
    this.end = end;
  }

  static of(words: TimeWords, from: number, to: number): Phrase {
    const taken = words.tokens.slice(from, to);
    const first = taken[0];
    const last = taken.at(-1);
    if (first === undefined || last === undefined || !(taken.some(isTimeWord) || taken.some(startsFigures))) {
      throw new RangeError(`no time words among the tokens ${from}–${to}`);
    }
    return new Phrase(words, first.start, last.end);
  }

  get passage(): Passage {
    return this.#words.passage;
  }

  /** The words, and where they stand. */
  origin(rule: string): Origin & { readonly text: string } {
    const { start, end, passage } = this;
    return { text: this.printed, quote: passage.quote(start, end), span: passage.span(start, end), rule };
  }

  /** As printed, on one line. */
  get printed(): string {
    return this.passage.printed(this.start, this.end);
  }
}

function isTimeWord(token: Token): boolean {
  return token.kind === 'word' && (CALENDAR.has(token.word) || EVENTS.has(token.word));
}

/** The beginning of 2022-08-31, 2022/8, 2022.8.31. */
function startsFigures(token: Token, at: number, taken: readonly Token[]): boolean {
  const [mark, next] = [taken[at + 1], taken[at + 2]];
  if (mark?.kind !== 'word' || !'-/.'.includes(mark.word)) return false;
  return isFigures(token) && token.figures === 4 && isFigures(next) && next.figures <= 2;
}

function isFigures(token: Token | undefined): token is Token & { kind: 'number' } {
  return token?.kind === 'number' && !token.chinese;
}

function lex(passage: string): Token[] {
  // Out of a PDF 月 and 日 may be radicals that look the same (⽉⽇).
  const text = passage.replaceAll(/[\u2F00-\u2FD5]/gu, (radical) => radical.normalize('NFKC'));
  const tokens: Token[] = [];
  let titleEnd = -1;
  let numberEnd = -1;
  for (let at = 0; at < text.length;) {
    const unit = text[at] ?? '';
    if (unit === '《') {
      if (titleEnd < at && titleEnd !== Infinity) titleEnd = orEnd(text.indexOf('》', at));
      if (titleEnd - at <= LONGEST_TITLE) at = titleEnd;
    } else if (unit === '〔') {
      if (numberEnd < at && numberEnd !== Infinity) numberEnd = orEnd(text.indexOf('〕', at));
      if (numberEnd - at <= 8) at = numberEnd;
    } else if (SENTENCE_ENDS.includes(unit) || (unit === '.' && !(figure(text[at - 1]) && figure(text[at + 1])))) {
      tokens.push({ kind: 'stop', mark: unit, sentence: true, start: at, end: at + 1 });
    } else if (CLAUSE_ENDS.includes(unit)) {
      tokens.push({ kind: 'stop', mark: unit, sentence: false, start: at, end: at + 1 });
    } else {
      const token = wordAt(text, at) ?? numberToken(text, at);
      if (token !== null) {
        tokens.push(token);
        at = token.end;
        continue;
      }
    }
    at += 1;
  }
  return tokens;
}

const OTHER_ONES: ReadonlySet<string> = new Set('统同唯任万进专单逐');

function orEnd(index: number): number {
  return index === -1 ? Infinity : index;
}

function figure(unit: string | undefined): boolean {
  return unit !== undefined && unit >= '0' && unit <= '9';
}

function wordAt(text: string, at: number): Token | null {
  for (const word of BY_FIRST.get(text[at] ?? '') ?? []) {
    if (!text.startsWith(word, at)) continue;
    if (GOES_ON[word]?.some((rest) => text.startsWith(rest, at + word.length)) === true) continue;
    return { kind: 'word', word, start: at, end: at + word.length };
  }
  return null;
}

function numberToken(text: string, at: number): Token | null {
  const run = numberAt(text, at);
  if (run === null) return null;
  // 统一月度, 同一年, 进一步: the figure belongs to another word.
  if (run.chinese && run.end === at + 1 && OTHER_ONES.has(text[at - 1] ?? '')) return null;
  return { kind: 'number', value: run.value, chinese: run.chinese, figures: run.figures, start: at, end: run.end };
}

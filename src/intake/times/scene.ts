// The times of a passage in order, and the words around each: what a time binds is told by its clause.

import type { Passage } from '../passage.ts';
import { type Parsed, type Time, timeAt } from './grammar.ts';
import { type Phrase, TimeWords } from './words.ts';

/** Where times are looked for: a cell of nothing but times, a bracket at a task's end, or its sentences. */
export type Place = 'column' | 'bracket' | 'body';

/** A time where it stands. The words around it are cut out when they are asked for: most times do without. */
export class Found {
  readonly time: Time;
  readonly phrase: Phrase;
  readonly place: Place;
  /** Counts the sentences of the passage. */
  readonly sentence: number;
  readonly #text: string;
  #before: string | null = null;
  #after: string | null = null;

  constructor(words: TimeWords, { time, from, to }: Parsed, place: Place, sentence: number) {
    this.time = time;
    this.phrase = words.phrase(from, to);
    this.place = place === 'body' && isStage(words.text, this.phrase, time.kind === 'range') ? 'bracket' : place;
    this.sentence = sentence;
    this.#text = words.text;
  }

  /** The clause up to it, some forty characters at most. */
  get before(): string {
    this.#before ??= tail(this.#text, this.phrase.start, CLAUSE, CLAUSE_STOPS);
    return this.#before;
  }

  /** The clause on from it. */
  get after(): string {
    this.#after ??= head(this.#text, this.phrase.end, CLAUSE, CLAUSE_STOPS);
    return this.#after;
  }

  /** The sentence up to it, some eighty characters at most. */
  get lead(): string {
    return tail(this.#text, this.phrase.start, LEAD, SENTENCE_STOPS);
  }

  /** The sentence on from it. */
  get rest(): string {
    return head(this.#text, this.phrase.end, LEAD, SENTENCE_STOPS);
  }
}

const CLAUSE = 40;
const LEAD = 80;
const LONGEST_STEP = 15;
const CLAUSE_STOPS = codes(',.。;:!?()“”"');
const SENTENCE_STOPS = codes('.。;!?');
// 青年中, 成年前: no year of the calendar. 五年内 is held off by its number.
const OTHER_YEARS = '青少成老壮财周百千万几余新整';
// 纳税年度内, 一个年度内.
const OTHER_SPANS = '税计政算个';

/** All times of a passage, in order; they do not overlap. Cost: the length of the passage. */
export function timesIn(passage: Passage, place: Place): readonly Found[] {
  const words = new TimeWords(passage);
  const found: Found[] = [];
  let sentence = 0;
  for (let at = 0; at < words.tokens.length;) {
    const token = words.tokens[at];
    if (token?.kind === 'stop' && token.sentence) sentence += 1;
    const parsed = startsTime(words, at) ? timeAt(words.tokens, at) : null;
    if (parsed === null) {
      at += 1;
      continue;
    }
    found.push(new Found(words, parsed, place, sentence));
    at = parsed.to;
  }
  return found;
}

function startsTime(words: TimeWords, at: number): boolean {
  const token = words.tokens[at];
  if (token === undefined) return false;
  if (token.kind === 'stop') return token.mark === '“' || token.mark === '"';
  if (token.kind === 'number') return true;
  const previous = words.tokens[at - 1];
  // The rest of a number: 三年内, 15日.
  if (previous?.kind === 'number' && previous.end === token.start) return false;
  const unit = words.text[token.start - 1];
  if (unit === undefined) return true;
  if (token.word === '节') return '于在春和及'.includes(unit) || !/\p{Script=Han}/u.test(unit);
  if (token.word !== '年') return true;
  return !OTHER_YEARS.includes(unit) && !(OTHER_SPANS.includes(unit) && words.text[token.end] === '度');
}

/** 第一阶段：动员部署（3月上旬）: what stands alone between brackets behind a stage states its time. */
function isStage(text: string, { start, end }: Phrase, isRange: boolean): boolean {
  if (text[start - 1] !== '(' || text[end] !== ')') return false;
  // 自查自纠（3月1日—3月20日）。 at the head of a step.
  if (isRange && start <= LONGEST_STEP && /^[\u4E00-\u9FFF]{2,14}$/u.test(text.slice(0, start - 1))) return true;
  return tail(text, start - 1, CLAUSE, SENTENCE_STOPS).includes('阶段');
}

function tail(text: string, end: number, most: number, stops: ReadonlySet<number>): string {
  let start = end;
  while (start > 0 && end - start < most && !stops.has(text.charCodeAt(start - 1))) start -= 1;
  return text.slice(start, end);
}

function head(text: string, start: number, most: number, stops: ReadonlySet<number>): string {
  let end = start;
  while (end < text.length && end - start < most && !stops.has(text.charCodeAt(end))) end += 1;
  return text.slice(start, end);
}

function codes(marks: string): ReadonlySet<number> {
  return new Set([...marks].map((mark) => mark.charCodeAt(0)));
}

// Reads tokens one after another, as long as they touch. A rule takes what it understands and leaves the rest.

import type { Token } from './words.ts';

export class Cursor {
  readonly #tokens: readonly Token[];
  readonly #from: number;
  #at: number;

  constructor(tokens: readonly Token[], from: number) {
    this.#tokens = tokens;
    this.#from = from;
    this.#at = from;
  }

  /** The index of the next token. */
  get at(): number {
    return this.#at;
  }

  /** Goes back to an index told by `at`. */
  back(at: number): void {
    this.#at = at;
  }

  /** Takes the first of `words` that stands here, or nothing. */
  word(...words: readonly string[]): string | null {
    const token = this.#here();
    if (token?.kind !== 'word' || !words.includes(token.word)) return null;
    this.#at += 1;
    return token.word;
  }

  /** Takes the word that stands here if `words` knows it, and gives what it means there. */
  lookup<T>(words: ReadonlyMap<string, T>): T | null {
    const token = this.#here();
    const meaning = token?.kind === 'word' ? words.get(token.word) : undefined;
    if (meaning === undefined) return null;
    this.#at += 1;
    return meaning;
  }

  /** Takes the word that stands here if it is one of a large set. */
  among(words: ReadonlySet<string>): string | null {
    const token = this.#here();
    if (token?.kind !== 'word' || !words.has(token.word)) return null;
    this.#at += 1;
    return token.word;
  }

  /** Takes the punctuation mark that stands here, if it is one of `marks`. */
  mark(marks: string): string | null {
    const token = this.#here();
    if (token?.kind !== 'stop' || !marks.includes(token.mark)) return null;
    this.#at += 1;
    return token.mark;
  }

  /** Takes a number that fits, or nothing. */
  number(fits: (number: Token & { kind: 'number' }) => boolean): number | null {
    const token = this.#here();
    if (token?.kind !== 'number' || !fits(token)) return null;
    this.#at += 1;
    return token.value;
  }

  /** Takes what `rule` takes, or nothing at all. */
  maybe<T>(rule: (cursor: Cursor) => T | null): T | null {
    const at = this.#at;
    const read = rule(this);
    if (read === null) this.#at = at;
    return read;
  }

  #here(): Token | undefined {
    const token = this.#tokens[this.#at];
    if (this.#at === this.#from) return token;
    return token !== undefined && token.start === this.#tokens[this.#at - 1]?.end ? token : undefined;
  }
}

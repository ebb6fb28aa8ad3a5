// The text of a document whose format has no text of its own: what is added, one piece a line, and where each piece stands in it.

import type { Span } from '../document.ts';

export class TextBuilder {
  readonly #pieces: string[] = [];
  #length = 0;

  /** Puts `text` on a line of its own. Empty text takes no line: its span is empty. */
  add(text: string): Span {
    const start = this.#length;
    if (text === '') return { start, end: start };
    this.#pieces.push(text);
    this.#length += text.length + 1;
    return { start, end: start + text.length };
  }

  /** Everything added, each piece ended by a line break. */
  text(): string {
    return this.#pieces.map((piece) => `${piece}\n`).join('');
  }
}

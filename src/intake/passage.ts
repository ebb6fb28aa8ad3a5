// A passage: the characters of some spans of a document made plain for reading, each knowing where it stood.
// Plain: no whitespace, no ** or __ emphasis, full-width ASCII as ASCII (：→: ，→, （→( ０→0), «» as 《》.
// The rules of reading work on `text`; whatever they find is told as a span of the document.

import type { Span } from './document.ts';

export class Passage {
  /** Plain characters, one UTF-16 unit for each entry of the offsets. */
  readonly text: string;
  readonly #source: string;
  /** Where each character stood; a number: they stood one behind the other from there. */
  readonly #offsets: Int32Array | number;

  private constructor(source: string, text: string, offsets: Int32Array | number) {
    this.#source = source;
    this.text = text;
    this.#offsets = offsets;
  }

  /** The plain characters of `spans` of `source`, in order. Spans must not overlap. */
  static of(source: string, spans: readonly Span[]): Passage {
    let size = 0;
    for (const { start, end } of spans) size += end - start;
    const room = size <= MOST_REUSED ? reused : { offsets: new Int32Array(size), codes: new Uint16Array(size) };
    const { offsets, codes } = room;
    let length = 0;
    for (const { start, end } of spans) {
      for (let at = start; at < end; at += 1) {
        const code = plainCode(source, at);
        if (code === NOTHING) continue;
        offsets[length] = at;
        codes[length] = code;
        length += 1;
      }
    }
    const text = Buffer.from(codes.buffer, 0, length * 2).toString('utf16le');
    const first = offsets[0] ?? 0;
    return new Passage(source, text, isRun(offsets, length) ? first : offsets.slice(0, length));
  }

  get length(): number {
    return this.text.length;
  }

  /** Part of it; indexes are into `text`, as String.slice takes them. */
  slice(start: number, end: number = this.text.length): Passage {
    const text = this.text.slice(start, end);
    const from = start < 0 ? Math.max(0, this.text.length + start) : start;
    const offsets = this.#offsets;
    return new Passage(
      this.#source,
      text,
      typeof offsets === 'number' ? offsets + from : offsets.subarray(from, from + text.length),
    );
  }

  /** Where `text[start, end)` stands in the document. @throws RangeError for an empty or outside range */
  span(start = 0, end: number = this.text.length): Span {
    const first = this.#at(start);
    const last = this.#at(end - 1);
    if (first === undefined || last === undefined || end <= start) throw new RangeError(`no characters at ${start}–${end}`);
    return { start: first, end: last + 1 };
  }

  /** Exactly what stands in the document there, line breaks and emphasis and all. */
  quote(start = 0, end: number = this.text.length): string {
    const span = this.span(start, end);
    return this.#source.slice(span.start, span.end);
  }

  /** As printed (full-width stays full-width), but on one line and without emphasis: for names and titles. */
  printed(start = 0, end: number = this.text.length): string {
    let printed = '';
    for (let at = start; at < Math.min(end, this.text.length); at += 1) {
      const offset = this.#at(at) ?? 0;
      const before = at === start ? undefined : this.#at(at - 1);
      // Latin words keep the space between them.
      if (before !== undefined && offset > before + 1 && /[A-Za-z0-9]$/u.test(printed) && /[A-Za-z]/u.test(this.text[at] ?? '')) {
        printed += ' ';
      }
      printed += this.#source[offset] ?? '';
    }
    return printed;
  }

  #at(index: number): number | undefined {
    if (typeof this.#offsets !== 'number') return this.#offsets[index];
    return index >= 0 && index < this.text.length ? this.#offsets + index : undefined;
  }
}

const NOTHING = 0;
/** Most passages are short, and there are many: what they are made in is made once. */
const MOST_REUSED = 16_384;
const reused = { offsets: new Int32Array(MOST_REUSED), codes: new Uint16Array(MOST_REUSED) };

function isRun(offsets: Int32Array, length: number): boolean {
  const first = offsets[0] ?? 0;
  for (let at = 1; at < length; at += 1) if (offsets[at] !== first + at) return false;
  return true;
}

function plainCode(source: string, at: number): number {
  const code = source.charCodeAt(at);
  // The characters of nearly every position: CJK ideographs, then their punctuation.
  if ((code >= 0x4e00 && code <= 0x9fff) || (code > 0x3000 && code < 0x3040)) return code;
  if (code >= 0xff01 && code <= 0xff5e) return code - 0xfee0;
  const unit = source[at] ?? '';
  if (unit === '*' || unit === '_') return source[at - 1] === unit || source[at + 1] === unit ? NOTHING : code;
  if (code > 0x20 && code < 0x7f) return code;
  if (unit === '«' || unit === '‹') return 0x300a;
  if (unit === '»' || unit === '›') return 0x300b;
  // White, zero-width and control characters print nothing.
  return /[\s\p{C}]/u.test(unit) && !/\p{Surrogate}/u.test(unit) ? NOTHING : code;
}

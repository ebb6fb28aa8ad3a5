// A passage: the characters of some spans of a document made plain for reading, each knowing where it stood.
// Plain: no whitespace, no ** or __ emphasis, full-width ASCII as ASCII (：→: ，→, （→( ０→0), «» as 《》.
// The rules of reading work on `text`; whatever they find is told as a span of the document.

import type { Span } from './document.ts';

export class Passage {
  /** Plain characters, one UTF-16 unit for each entry of the offsets. */
  readonly text: string;
  readonly #source: string;
  readonly #offsets: Int32Array;

  private constructor(source: string, text: string, offsets: Int32Array) {
    this.#source = source;
    this.text = text;
    this.#offsets = offsets;
  }

  /** The plain characters of `spans` of `source`, in order. Spans must not overlap. */
  static of(source: string, spans: readonly Span[]): Passage {
    const size = spans.reduce((sum, { start, end }) => sum + end - start, 0);
    const offsets = new Int32Array(size);
    const codes = new Uint16Array(size);
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
    return new Passage(source, textOf(codes.subarray(0, length)), offsets.subarray(0, length));
  }

  get length(): number {
    return this.text.length;
  }

  /** Part of it; indexes are into `text`, as String.slice takes them. */
  slice(start: number, end: number = this.text.length): Passage {
    const text = this.text.slice(start, end);
    const from = start < 0 ? Math.max(0, this.text.length + start) : start;
    return new Passage(this.#source, text, this.#offsets.subarray(from, from + text.length));
  }

  /** Where `text[start, end)` stands in the document. @throws RangeError for an empty or outside range */
  span(start = 0, end: number = this.text.length): Span {
    const first = this.#offsets[start];
    const last = this.#offsets[end - 1];
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
      const offset = this.#offsets[at] ?? 0;
      const before = at === start ? undefined : this.#offsets[at - 1];
      // Latin words keep the space between them.
      if (before !== undefined && offset > before + 1 && /[A-Za-z0-9]$/u.test(printed) && /[A-Za-z]/u.test(this.text[at] ?? '')) {
        printed += ' ';
      }
      printed += this.#source[offset] ?? '';
    }
    return printed;
  }
}

const NOTHING = 0;
/** Arguments that one call may have. */
const CHUNK = 8192;

function textOf(codes: Uint16Array): string {
  if (codes.length <= CHUNK) return String.fromCharCode(...codes);
  const parts: string[] = [];
  for (let at = 0; at < codes.length; at += CHUNK) parts.push(String.fromCharCode(...codes.subarray(at, at + CHUNK)));
  return parts.join('');
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

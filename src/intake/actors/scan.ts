// A passage ready for reading lists: where its brackets close, and the cuts between the parts of a list.

import { canonicalName } from '../../domain/directory.ts';
import type { Passage } from '../passage.ts';

const PAIRS: Readonly<Record<string, string>> = {
  '(': ')',
  '【': '】',
  '[': ']',
  '〔': '〕',
  '《': '》',
  '〈': '〉',
  '“': '”',
  '‘': '’',
  '「': '」',
  '<': '>',
};
const CLOSERS = new Map(Object.entries(PAIRS).map(([open, close]) => [close, open]));
/** < is more often “less than”: it is a bracket in 各乡<镇> only. */
const LONGEST_ANGLE = 10;

const SEPARATOR = /[、,;:|/·•]/u;
/** What marks a name in a list. */
export const STAR = /[*★▲△#◆●※]/u;

/** A part of a list; `cut` is the character before it, '' at the list's beginning. */
export interface Part {
  readonly start: number;
  readonly end: number;
  readonly cut: string;
}

export class Scan {
  readonly passage: Passage;
  readonly text: string;
  /** Index of the bracket that closes the one here, or -1. */
  readonly #match: Int32Array;
  readonly #known: ReadonlySet<string>;

  constructor(passage: Passage, known: ReadonlySet<string>) {
    this.passage = passage;
    this.text = passage.text;
    this.#match = matches(passage.text);
    this.#known = known;
  }

  /** Where the bracket that opens at `at` closes; -1 where none opens or it stays open. */
  closes(at: number): number {
    return this.#match[at] ?? -1;
  }

  /** Behind the bracket that opens here, or `at` itself. */
  skip(at: number): number {
    if (isHan(this.text, at)) return at;
    const close = this.closes(at);
    return close > at ? close + 1 : at;
  }

  /** Where the bracket that ends `[start, end)` opens, or -1. */
  opensTail(start: number, end: number): number {
    const close = end - 1;
    if (!CLOSERS.has(this.text[close] ?? '')) return -1;
    const open = this.closes(close);
    return open >= start ? open : -1;
  }

  isOpener(at: number): boolean {
    return PAIRS[this.text[at] ?? ''] !== undefined;
  }

  isBracket(at: number): boolean {
    return this.isOpener(at) || CLOSERS.has(this.text[at] ?? '');
  }

  /** Whether every bracket between closes there, and none crosses another. */
  isNested(start: number, end: number): boolean {
    const until: number[] = [];
    for (let at = start; at < end; at += 1) {
      if (!this.isBracket(at)) continue;
      if (this.isOpener(at)) until.push(this.closes(at));
      else if (until.pop() !== at) return false;
    }
    return until.length === 0;
  }

  /** Whether the directory has this very name. */
  knows(start: number, end: number): boolean {
    return this.#known.size > 0 && this.#known.has(canonicalName(this.text.slice(start, end)));
  }

  /** Whether a space or a line break stood before the character at `at`. */
  gap(at: number): boolean {
    if (at <= 0 || at >= this.text.length) return false;
    const span = this.passage.span(at - 1, at + 1);
    return span.end - span.start > 2 && /\s/u.test(this.passage.quote(at - 1, at + 1));
  }

  /** 。 or what stands for it; `1.` and `3.5` end no sentence. */
  endsSentence(at: number): boolean {
    if (isHan(this.text, at)) return false;
    const unit = this.text[at] ?? '';
    if (/[。!?！？]/u.test(unit)) return true;
    return unit === '.' && !/[\dA-Za-z]/u.test(this.text[at - 1] ?? '1');
  }

  /** 1. or 2、 behind a line break or a space. */
  #beginsNumber(at: number): boolean {
    return /^\d{1,2}[.、)]/u.test(this.text.slice(at, at + 3)) && this.gap(at);
  }

  /** The parts of `[start, end)` between separators outside brackets; a bracket left open or never opened cuts, too. */
  parts(start: number, end: number): Part[] {
    const parts: Part[] = [];
    let from = start;
    let cut = '';
    const close = (at: number): void => {
      if (at > from) parts.push({ start: from, end: at, cut });
      cut = this.text[at] ?? '';
      from = at + 1;
    };
    const cutBefore = (at: number): void => {
      if (at > from) parts.push({ start: from, end: at, cut });
      cut = '';
      from = at;
    };
    for (let at = start; at < end;) {
      if (isHan(this.text, at)) {
        at += 1;
        continue;
      }
      const after = this.skip(at);
      if (after > at && after <= end) {
        at = after;
        continue;
      }
      if (this.#beginsNumber(at)) cutBefore(at);
      if (SEPARATOR.test(this.text[at] ?? '') || this.endsSentence(at) || this.isBracket(at)) close(at);
      // 甲局*乙局: the star belongs to the name before it.
      else if (STAR.test(this.text[at] ?? '') && at > from) cutBefore(at + 1);
      at += 1;
    }
    close(end);
    return parts;
  }
}

/** Nearly every character of a notice is one of these, and none of them cuts. */
export function isHan(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x4e00 && code <= 0x9fff;
}

/** For each bracket the index of its partner, both ways; brackets of different kinds may cross. */
function matches(text: string): Int32Array {
  const match = new Int32Array(text.length).fill(-1);
  const open = new Map<string, number[]>();
  for (let at = 0; at < text.length; at += 1) {
    if (isHan(text, at)) continue;
    const unit = text[at] ?? '';
    if (PAIRS[unit] !== undefined) {
      const stack = open.get(unit);
      if (stack === undefined) open.set(unit, [at]);
      else stack.push(at);
      continue;
    }
    const opener = CLOSERS.get(unit);
    const from = opener === undefined ? undefined : open.get(opener)?.pop();
    if (from === undefined || (unit === '>' && at - from > LONGEST_ANGLE)) continue;
    match[from] = at;
    match[at] = from;
  }
  return match;
}

// Plain text: the printed lines as they stand, blank ones too. Nothing is dropped and nothing is joined: page numbers and hard
// wraps are the reader of paragraphs' business.

import type { Result } from '../../domain/result.ts';
import type { SourceError } from '../../yaml.ts';
import { decodeText } from './charset.ts';
import type { InputFile, Line, SourceDocument } from '../document.ts';

export function readText(input: InputFile): Result<SourceDocument, SourceError> {
  const decoded = decodeText(input);
  if (!decoded.ok) return decoded;
  const { text, remarks } = decoded.value;
  return { ok: true, value: { format: 'text', file: input.file, text, blocks: linesOf(text), remarks } };
}

/** The lines of `text[start, end)`, numbered from `first` as an editor numbers them; a form feed ends a line but adds no number. */
export function linesOf(text: string, start = 0, end: number = text.length, first = 1): Line[] {
  const lines: Line[] = [];
  let number = first;
  let from = start;
  for (let at = start; at <= end; at += 1) {
    const code = at === end ? 0x0a : text.charCodeAt(at);
    if (!isLineEnd(code)) continue;
    if (at < end || from < end) lines.push(lineAt(from, at, number));
    if (code === 0x0d && at + 1 < end && text.charCodeAt(at + 1) === 0x0a) at += 1;
    if (code === 0x0a || code === 0x0d) number += 1;
    from = at + 1;
  }
  return lines;
}

/** \n, \r, form feed, vertical tab, and Unicode's own separators of lines and paragraphs. */
function isLineEnd(code: number): boolean {
  return code === 0x0a || code === 0x0d || code === 0x0c || code === 0x0b || code === 0x2028 || code === 0x2029 || code === 0x85;
}

function lineAt(start: number, end: number, number: number): Line {
  return { kind: 'line', start, end, closed: false, heading: null, page: null, place: `第 ${number} 行` };
}

// w:sym: a sign named by its place in a symbol font. What carries meaning in a notice (numbers in circles, ticks, boxes) is told as
// the character that looks like it; ornaments are left out.

import { attribute, type XmlElement } from './docx-xml.ts';

/** Wingdings, by the low byte of the private code point. */
const WINGDINGS: Readonly<Record<number, string>> = {
  0x6c: '●',
  0x6e: '■',
  0x6f: '□',
  0x71: '□',
  0x72: '□',
  0x75: '◆',
  0xa1: '○',
  0xa8: '□',
  0xab: '★',
  0xd8: '➢',
  0xe0: '→',
  0xe8: '→',
  0xfb: '✗',
  0xfc: '✓',
  0xfd: '☒',
  0xfe: '☑',
};
const WINGDINGS_2: Readonly<Record<number, string>> = { 0x50: '✓', 0x52: '☑', 0x53: '☒', 0xa3: '□' };

/** '' where nothing is known of the sign. */
export function symbolOf(element: XmlElement): string {
  const code = Number.parseInt(attribute(element, 'char') ?? '', 16);
  if (!(code > 0x1f && code <= 0xffff)) return '';
  const isPrivate = code >= 0xf000 && code <= 0xf0ff;
  const font = (attribute(element, 'font') ?? '').toLowerCase();
  const low = isPrivate ? code - 0xf000 : code;
  if (font === 'wingdings') return wingding(low, 0x81, 0x8c) || (WINGDINGS[low] ?? '');
  if (font === 'wingdings 2') return wingding(low, 0x6a, 0x75) || (WINGDINGS_2[low] ?? '');
  // Below 0x80 the font Symbol has digits and punctuation at their places, letters are Greek.
  if (font === 'symbol' && low < 0x80) return /[\d\p{P}=+<>]/u.exec(String.fromCharCode(low))?.[0] ?? '';
  return isPrivate || (code >= 0xd800 && code <= 0xf8ff) ? '' : String.fromCharCode(code);
}

/** ①–⑩ and ❶–❿. */
function wingding(low: number, white: number, black: number): string {
  if (low >= white && low < white + 10) return String.fromCharCode(0x2460 + low - white);
  return low >= black && low < black + 10 ? String.fromCharCode(0x2776 + low - black) : '';
}

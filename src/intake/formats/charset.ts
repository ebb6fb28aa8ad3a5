// Bytes to text: UTF-8, UTF-16 or GB18030, with or without a byte order mark. The encoding is proved, not guessed: what is neither
// is refused with the line, a few broken characters are told as a remark.

import { isUtf8 } from 'node:buffer';

import type { Result } from '../../domain/result.ts';
import type { SourceError } from '../../yaml.ts';
import { fileError, type InputFile } from '../document.ts';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030';

export interface DecodedText {
  readonly encoding: Encoding;
  /** Without a byte order mark. */
  readonly text: string;
  /** Says where characters were lost, if any were. */
  readonly remarks: readonly string[];
}

const BROKEN = '\uFFFD';
/** Above this share of characters that cannot be read, what is left is not the document any more. */
const MOST_BROKEN = 0.01;
const MOST_CONTROLS = 0.01;
const COMMON_GB = 0.7;
/** Chinese characters in a row that are UTF-8 by chance in a GB18030 line: one in a million. */
const NO_CHANCE = 6;

/** What a text file says. Never throws; a binary or a file in two encodings is an error that names the line. */
export function decodeText({ file, bytes }: InputFile): Result<DecodedText, SourceError> {
  const { encoding, skip } = encodingOf(bytes);
  const body = bytes.subarray(skip);
  const text = new TextDecoder(encoding, { ignoreBOM: true }).decode(body);
  if (isBinary(text)) return fileError(file, '不是文字文件（有二进制内容）；请提供 .docx、.pdf、.html、.xlsx、.csv 或纯文本');
  if (encoding === 'gb18030') {
    const stray = utf8Line(body);
    if (stray !== null) return at(file, stray, '这一行是 UTF-8 编码，其余各行不是；请在同一个编辑器里另存为 UTF-8 后再导入');
    if (!isCommonGb(body))
      return fileError(file, '文字编码无法辨认，既不是 UTF-8 也不是 GB18030 或 UTF-16；请用记事本或 WPS 打开后另存为 UTF-8');
  }
  const broken = countOf(text, BROKEN);
  if (broken === 0) return { ok: true, value: { encoding, text, remarks: [] } };
  const line = lineOf(text, text.indexOf(BROKEN));
  if (broken > inked(text) * MOST_BROKEN) {
    return at(
      file,
      line,
      '从这一行起有无法辨认的字符，既不是 UTF-8 也不是 GB18030 或 UTF-16；请用记事本或 WPS 打开后另存为 UTF-8',
    );
  }
  const remarks = [`有 ${broken} 处字符损坏，无法辨认，以“${BROKEN}”代替，第一处在第 ${line} 行，请对照原件`];
  return { ok: true, value: { encoding, text, remarks } };
}

function at(file: string, line: number, message: string): Result<never, SourceError> {
  return { ok: false, errors: [{ file, line, column: 1, field: '', message }] };
}

function encodingOf(bytes: Uint8Array): { encoding: Encoding; skip: number } {
  const [first, second, third, fourth] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return { encoding: 'utf-8', skip: 3 };
  if (first === 0xff && second === 0xfe) return { encoding: 'utf-16le', skip: 2 };
  if (first === 0xfe && second === 0xff) return { encoding: 'utf-16be', skip: 2 };
  if (first === 0x84 && second === 0x31 && third === 0x95 && fourth === 0x33) return { encoding: 'gb18030', skip: 4 };
  const wide = wideEncoding(bytes);
  if (wide !== null) return { encoding: wide, skip: 0 };
  if (isUtf8(bytes)) return { encoding: 'utf-8', skip: 0 };
  return { encoding: mostlyUtf8(bytes) ? 'utf-8' : 'gb18030', skip: 0 };
}

/** UTF-16 without a mark: one byte order in which nearly every unit is Chinese, ASCII or their punctuation. */
function wideEncoding(bytes: Uint8Array): Encoding | null {
  const size = Math.min(bytes.length - (bytes.length % 2), 65_536);
  if (size < 4) return null;
  let [little, big, zeros] = [0, 0, 0];
  for (let index = 0; index < size; index += 2) {
    const [low = 0, high = 0] = [bytes[index], bytes[index + 1]];
    if (isCommon(low, high)) little += 1;
    if (isCommon(high, low)) big += 1;
    if (low === 0 || high === 0) zeros += 1;
  }
  const units = size / 2;
  // Without a single zero byte it could be short GB18030 text; ASCII and line breaks give zeros.
  const wanted = zeros > 0 ? 0.9 : 0.98;
  if (Math.max(little, big) < units * wanted || (zeros === 0 && units < 8)) return null;
  if (zeros === 0 && isUtf8(bytes)) return null;
  return little >= big ? 'utf-16le' : 'utf-16be';
}

function isCommon(low: number, high: number): boolean {
  if (high === 0) return (low >= 0x20 && low < 0x7f) || low === 0x0a || low === 0x0d || low === 0x09 || low === 0xb7;
  return (high >= 0x4e && high <= 0x9f) || high === 0x30 || high === 0x20 || high === 0xff;
}

/** UTF-8 with a few broken bytes: GB18030 would read nearly any bytes, as nonsense. */
function mostlyUtf8(bytes: Uint8Array): boolean {
  const text = new TextDecoder('utf-8').decode(bytes);
  const broken = countOf(text, BROKEN);
  let whole = -broken;
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0x7f) whole += 1;
  return whole > broken * 10;
}

/** The first line of other encodings' text that can only be UTF-8. */
function utf8Line(bytes: Uint8Array): number | null {
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const found = bytes.indexOf(0x0a, start);
    const end = found === -1 ? bytes.length : found;
    let [high, three] = [0, 0];
    for (let index = start; index < end; index += 1) {
      const byte = bytes[index] ?? 0;
      if (byte > 0x7f) high += 1;
      if (byte >= 0xe3 && byte <= 0xef) three += 1;
    }
    if (three >= NO_CHANCE && three * 3 === high && isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
  return null;
}

/** GB18030 gives nearly any bytes a character; of Chinese in earnest, GB2312 within it holds nearly all. */
function isCommonGb(bytes: Uint8Array): boolean {
  let [pairs, common] = [0, 0];
  for (let index = 0; index < bytes.length; index += 1) {
    const lead = bytes[index] ?? 0;
    if (lead < 0x80) continue;
    const trail = bytes[index + 1] ?? 0;
    pairs += 1;
    if (lead >= 0xa1 && lead <= 0xf7 && trail >= 0xa1 && trail <= 0xfe) common += 1;
    index += 1;
  }
  return common >= pairs * COMMON_GB;
}

function isBinary(text: string): boolean {
  let controls = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0) return true;
    if (code < 0x20 && (code < 0x09 || code > 0x0d)) controls += 1;
  }
  return controls > text.length * MOST_CONTROLS;
}

function countOf(text: string, character: string): number {
  let count = 0;
  for (let index = text.indexOf(character); index !== -1; index = text.indexOf(character, index + 1)) count += 1;
  return count;
}

function inked(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0x20) count += 1;
  return count;
}

function lineOf(text: string, index: number): number {
  return countOf(text.slice(0, index), '\n') + 1;
}

// What a file is, by what stands in it. A file's name says nothing: a web page is often called .doc, a workbook .csv.

import { decodeText } from './charset.ts';
import { isTableText } from './csv.ts';
import type { Format, InputFile } from '../document.ts';
import { oleStreams } from './ole.ts';
import { listZip, readZip } from './zip.ts';

export type Detected =
  | { readonly kind: 'read'; readonly format: Format }
  /** Word processors' formats that a converter turns into .docx. */
  | { readonly kind: 'convert' }
  /** Not a document we read: why, and what would be right. */
  | { readonly kind: 'refuse'; readonly message: string };

const OCR = '没有文字可读；请用原电子版（.docx、.wps、带文字层的 PDF），或先做文字识别（OCR）';
const UNPACK = '请解压后逐个导入里面的文件';
const UNKNOWN = '请提供 .docx、.doc、.wps、.pdf、.html、.xlsx、.csv、.md 或 .txt';
const SAVE_AS_XLSX = '请用 Excel 或 WPS 另存为不加密的 .xlsx';

/** First bytes (in Latin-1) and what they say; null: told apart below. */
const MAGIC: readonly (readonly [magic: string, message: string])[] = [
  ['\u0089PNG\r\n', `这是图片，${OCR}`],
  ['\u00FF\u00D8\u00FF', `这是图片，${OCR}`],
  ['GIF8', `这是图片，${OCR}`],
  ['II*\u0000', `这是图片，${OCR}`],
  ['MM\u0000*', `这是图片，${OCR}`],
  ['MZ', `这是 Windows 程序，不是文档；${UNKNOWN}`],
  ['\u007FELF', `这是程序，不是文档；${UNKNOWN}`],
  ['Rar!', `这是压缩包；${UNPACK}`],
  ['7z\u00BC\u00AF', `这是压缩包；${UNPACK}`],
  ['\u001F\u008B', `这是压缩包；${UNPACK}`],
  ['BZh', `这是压缩包；${UNPACK}`],
  ['\u00FD7zXZ', `这是压缩包；${UNPACK}`],
  ['%!PS', '这是 PostScript 打印文件；请提供原文档，或转为带文字层的 PDF'],
];

/** Never throws; reads no more than a zip's directory and the start of a text. */
export async function detect(input: InputFile): Promise<Detected> {
  const { bytes } = input;
  if (bytes.length === 0) return refuse('文件是空的；请检查是否下载或复制完整');
  const head = latin(bytes.subarray(0, 1024));
  if (head.startsWith('PK\u0003\u0004') || head.startsWith('PK\u0005\u0006')) return zipKind(bytes);
  if (head.startsWith('\u00D0\u00CF\u0011\u00E0\u00A1\u00B1\u001A\u00E1')) return oleKind(bytes);
  if (head.startsWith('{\\rtf')) return { kind: 'convert' };
  const known = MAGIC.find(([magic]) => head.startsWith(magic));
  if (known !== undefined) return refuse(known[1]);
  if (head.startsWith('RIFF') && head.startsWith('WEBP', 8)) return refuse(`这是图片，${OCR}`);
  if (head.startsWith('BM') && head.startsWith('\u0000\u0000\u0000\u0000', 6)) return refuse(`这是图片，${OCR}`);
  // Some generators put a line before it; the standard's own readers look as far.
  if (head.includes('%PDF-')) return { kind: 'read', format: 'pdf' };
  return textKind(input);
}

async function zipKind(bytes: Uint8Array): Promise<Detected> {
  const listed = await listZip(bytes);
  if (!listed.ok) return refuse(listed.errors[0] ?? '');
  const names = new Set(listed.value);
  const under = (start: string): boolean => listed.value.some((name) => name.startsWith(start));
  if (under('word/document')) return { kind: 'read', format: 'docx' };
  if (names.has('xl/workbook.bin')) return refuse(`这是 .xlsb 工作簿；${SAVE_AS_XLSX}`);
  if (under('xl/workbook')) return { kind: 'read', format: 'xlsx' };
  if (under('ppt/presentation')) return refuse('这是演示文稿；请提供通知原文（.docx、.pdf 或文本）');
  if (names.has('OFD.xml')) return refuse('这是 OFD 版式文件；请用 WPS 或 OFD 阅读器转为 .docx 或带文字层的 PDF');
  if (names.has('content.xml') && names.has('mimetype')) return openDocumentKind(bytes);
  return refuse(`这是压缩包，里面没有文档正文；${UNPACK}`);
}

async function openDocumentKind(bytes: Uint8Array): Promise<Detected> {
  const read = await readZip(bytes, (name) => name === 'mimetype');
  const type = read.ok ? latin(read.value.get('mimetype') ?? new Uint8Array()) : '';
  if (type.startsWith('application/vnd.oasis.opendocument.text')) return { kind: 'convert' };
  if (type.startsWith('application/vnd.oasis.opendocument.spreadsheet')) return refuse(`这是 .ods 表格；${SAVE_AS_XLSX}`);
  return refuse(`这是 OpenDocument 文件，但不是文字文档；${UNKNOWN}`);
}

function oleKind(bytes: Uint8Array): Detected {
  const streams = oleStreams(bytes);
  const stream = (name: string) => streams.find((each) => each.name === name);
  if (stream('EncryptedPackage') !== undefined) return refuse('文件有密码；请在 Word、Excel 或 WPS 里去掉打开密码后再导入');
  const word = stream('WordDocument');
  if (word !== undefined) {
    // FibBase: bit 8 of the flags at offset 10.
    const encrypted = ((bytes[word.offset + 11] ?? 0) & 1) === 1;
    return encrypted ? refuse('文件有密码；请在 Word 或 WPS 里去掉打开密码后再导入') : { kind: 'convert' };
  }
  if (stream('Workbook') !== undefined || stream('Book') !== undefined) return refuse(`这是旧版 .xls 工作簿；${SAVE_AS_XLSX}`);
  if (stream('PowerPoint Document') !== undefined) return refuse('这是演示文稿；请提供通知原文（.docx、.pdf 或文本）');
  return refuse(`这是旧版 Office 格式的文件，但里面没有 Word 或 WPS 文字正文（也可能已损坏）；请用 Word 或 WPS 另存为 .docx`);
}

function textKind(input: InputFile): Detected {
  const decoded = decodeText(input);
  // The reader of text tells what is wrong with it.
  if (!decoded.ok) return { kind: 'read', format: 'text' };
  const { text } = decoded.value;
  if (!/\S/u.test(text)) return refuse('文件里没有文字；请检查是否下载或复制完整');
  const start = text.slice(0, 200_000);
  if (/^\s{0,100}MIME-Version:/iu.test(start))
    return refuse('这是网页归档（.mht）；请在浏览器里另存为“网页，仅 HTML”，或复制正文存为文本');
  if (/<w:wordDocument\b|<pkg:package\b|<Workbook\s/u.test(start.slice(0, 4_000))) {
    return refuse('这是 Office 的 XML 文件；请用 Word、Excel 或 WPS 另存为 .docx 或 .xlsx');
  }
  if (isHtml(start)) return { kind: 'read', format: 'html' };
  if (isTableText(text)) return { kind: 'read', format: 'csv' };
  return { kind: 'read', format: isMarkdown(start) ? 'markdown' : 'text' };
}

/** A page, or a piece of one copied out of it: it opens with a tag and closes several. */
function isHtml(start: string): boolean {
  const opening = start.slice(0, 2_000).trimStart();
  if (!opening.startsWith('<')) return false;
  if (/<(?:!doctype html|html|head|body)\b/iu.test(opening)) return true;
  let closed = 0;
  for (const _ of start.matchAll(/<\/(?:p|div|table|tr|td|span|h[1-6]|li|section|article)\s{0,9}>|<br\s{0,9}\/?>/giu)) {
    closed += 1;
    if (closed >= 2) return true;
  }
  return false;
}

/** Headings or tables as only Markdown writes them. Emphasis alone does not count: texts copied off pages have it. */
function isMarkdown(start: string): boolean {
  return /^ {0,3}#{1,6} {1,9}[^#\s]/mu.test(start) || /^ {0,3}\|? {0,9}:?-{3,99}:? {0,9}\|[-|: ]{0,200}$/mu.test(start);
}

function refuse(message: string): Detected {
  return { kind: 'refuse', message };
}

function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

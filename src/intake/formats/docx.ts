// Reads a .docx as it prints: its paragraphs with the numbers that Word makes, its tables with merged cells, tracked changes
// accepted. Headers, footers, notes, comments, hidden text and tables of contents are out; what somebody may miss is told.

import type { Result } from '../../domain/result.ts';
import type { SourceError } from '../../yaml.ts';
import { fileError, type InputFile, type SourceDocument } from '../document.ts';
import { readStory } from './docx-blocks.ts';
import { type Met, nothingMet } from './docx-inline.ts';
import { layOut } from './docx-layout.ts';
import { Numbering } from './docx-numbering.ts';
import { openDocx } from './docx-package.ts';
import { DocxRefusal } from './docx-refusal.ts';
import { Styles } from './docx-styles.ts';
import { childOf } from './docx-xml.ts';

/** A refused file is an error in words for the person who sent it; nothing in a file makes it throw. */
export async function readDocx({ file, bytes }: InputFile): Promise<Result<SourceDocument, SourceError>> {
  try {
    return { ok: true, value: await documentOf(file, bytes) };
  } catch (error) {
    if (error instanceof DocxRefusal) return fileError(file, error.message);
    throw error;
  }
}

async function documentOf(file: string, bytes: Uint8Array): Promise<SourceDocument> {
  const parts = await openDocx(bytes);
  const body = parts.document.name === 'document' ? childOf(parts.document, 'body') : undefined;
  if (body === undefined) throw new DocxRefusal('文件里没有 Word 正文；请确认它是 .docx 文档，或用 Word 或 WPS 另存一份');
  const met = nothingMet();
  const styles = new Styles(parts.styles);
  const blocks = readStory(body, { styles, numbering: new Numbering(parts.numbering, styles), met });
  const laidOut = layOut(blocks);
  if (laidOut.blocks.length === 0) throw new DocxRefusal(emptyBecause(met));
  return { format: 'docx', file, ...laidOut, remarks: remarksOn(met) };
}

function emptyBecause(met: Met): string {
  if (met.pictures > 0) return '文档里只有图片，没有文字可读；请用原电子版，或先做文字识别（OCR）';
  return met.foreign > 0
    ? '文档的正文嵌在另一个文件里，读不出来；请用 Word 或 WPS 另存一份'
    : '文档里没有文字；请检查是否下载或复制完整';
}

/** Of headers and footers nothing is told: nearly every file has them, and nobody misses them. */
function remarksOn(met: Met): readonly string[] {
  const remarks: readonly (readonly [count: number, remark: string])[] = [
    [met.revisions, '文档含修订痕迹，按接受修订后的文字读入'],
    [met.textBoxes, `有 ${met.textBoxes} 个文本框，文字接在所在段落之后`],
    [met.pictures, `有 ${met.pictures} 处图片、图表或嵌入对象，其中的文字没有读入`],
    [met.foreign, `有 ${met.foreign} 处嵌入的其他文件没有读入`],
    [met.unreadableFields, `有 ${met.unreadableFields} 处由域代码显示的内容没有读入，请核对原文`],
    [met.hidden, '隐藏文字没有读入'],
    [met.notes, `有 ${met.notes} 处脚注或尾注没有读入`],
    [met.comments, '批注没有读入'],
    [met.contents, '目录没有读入'],
  ];
  return remarks.filter(([count]) => count > 0).map(([, remark]) => remark);
}

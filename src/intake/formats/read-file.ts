// The one entry to every reader: a file in, a document or errors in words out.

import type { Result } from '../../domain/result.ts';
import type { SourceError } from '../../yaml.ts';
import { detect } from './detect.ts';
import { fileError, type Format, type InputFile, type SourceDocument } from '../document.ts';
import { mapRadicals } from './radicals.ts';
import { readText } from './text.ts';

export interface ReadTools {
  /** The converter's path; null: there is none; absent: it is looked for. */
  readonly soffice?: string | null;
  /** Of the converter. */
  readonly timeoutMs?: number;
}

const MAX_BYTES = 50_000_000;
const CONVERTER_TIMEOUT_MS = 50_000;

/** Reads any file by its content. Never throws for what stands in the file: whatever cannot be read is an error that says why. */
export async function readDocument(input: InputFile, tools: ReadTools = {}): Promise<Result<SourceDocument, SourceError>> {
  if (input.bytes.length > MAX_BYTES) return fileError(input.file, `文件过大：最多 ${MAX_BYTES / 1_000_000} MB`);
  const detected = await detect(input);
  if (detected.kind === 'refuse') return fileError(input.file, detected.message);
  const read = detected.kind === 'convert' ? await readConverted(input, tools) : await readAs(detected.format, input);
  if (!read.ok) return read;
  return { ok: true, value: { ...read.value, text: mapRadicals(read.value.text) } };
}

async function readConverted(
  input: InputFile,
  { timeoutMs = CONVERTER_TIMEOUT_MS, ...tools }: ReadTools,
): Promise<Result<SourceDocument, SourceError>> {
  const { convertToDocx } = await import('./convert.ts');
  const converted = await convertToDocx(input, { ...tools, timeoutMs });
  return converted.ok ? readAs('docx', converted.value) : converted;
}

// A reader is loaded when its format comes: that of PDFs costs more than most files' reading.
async function readAs(format: Format, input: InputFile): Promise<Result<SourceDocument, SourceError>> {
  switch (format) {
    case 'text':
      return readText(input);
    case 'markdown':
      return (await import('./markdown.ts')).readMarkdown(input);
    case 'html':
      return (await import('./html.ts')).readHtml(input);
    case 'csv':
      return (await import('./sheets.ts')).readCsv(input);
    case 'xlsx':
      return (await import('./sheets.ts')).readXlsx(input);
    case 'docx':
      return (await import('./docx.ts')).readDocx(input);
    case 'pdf':
      return (await import('./pdf.ts')).readPdf(input);
  }
}

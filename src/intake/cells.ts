// A table file, by its content and not its name, as rows of text: .xlsx, or .csv in UTF-8, GB18030 or Excel's UTF-16.

import { CsvError, parse } from 'csv-parse/sync';

import type { Result } from '../domain/result.ts';
import type { SourceError } from '../yaml.ts';
import { readWorkbook, type Sheet, WorkbookError } from './xlsx.ts';

export interface TableFile {
  /** As it is shown in errors. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** A longer sheet is refused by the reader of tasks. */
export const MOST_ROWS = 5_000;
const MAX_BYTES = 20_000_000;

/** The sheets of a table file; a CSV is one sheet without a name. */
export async function readSheets({ file, bytes }: TableFile): Promise<Result<readonly Sheet[], SourceError>> {
  const refuse = (message: string, line = 1) => ({ ok: false as const, errors: [{ file, line, column: 1, field: '', message }] });
  if (bytes.length > MAX_BYTES) return refuse('文件过大：最多 20 MB');
  const kind = kindOf(bytes);
  if (kind === 'xls') return refuse('这是旧版 .xls（或加了密码的工作簿）；请用 Excel 或 WPS 另存为不加密的 .xlsx');
  if (kind === 'pdf') return refuse('这是 PDF，不是表格；请提供 .xlsx 或 .csv');
  try {
    if (kind === 'zip') return { ok: true, value: await readWorkbook(bytes) };
    const text = decode(bytes);
    if (text === null) return refuse('既不是 UTF-8 也不是 GB18030 编码的文字；请另存为 .xlsx 或 UTF-8 的 .csv');
    return { ok: true, value: [{ name: '', rows: readCsv(text) }] };
  } catch (error) {
    if (error instanceof WorkbookError) return refuse(error.message);
    if (error instanceof CsvError)
      return refuse('这一行的引号没有配对：格里有引号时，整格加引号，里面的引号写两遍', Number(error['lines'] ?? 1));
    throw error;
  }
}

function kindOf(bytes: Uint8Array): 'zip' | 'xls' | 'pdf' | 'text' {
  const head = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
  if (head.startsWith('PK')) return 'zip';
  if (head.startsWith('\u00D0\u00CF\u0011\u00E0')) return 'xls';
  return head.startsWith('%PDF') ? 'pdf' : 'text';
}

function decode(bytes: Uint8Array): string | null {
  const sixteen = bytes[0] === 0xff && bytes[1] === 0xfe;
  for (const encoding of sixteen ? ['utf-16le'] : ['utf-8', 'gb18030']) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      return text.includes('\u0000') ? null : text;
    } catch {
      // The next encoding, or none.
    }
  }
  return null;
}

function readCsv(text: string): string[][] {
  const start = text.slice(0, 2_000);
  return parse(text, {
    delimiter: start.includes('\t') && !start.includes(',') ? '\t' : ',',
    relax_column_count: true,
    // An empty row counts: errors give the row that a spreadsheet shows.
    skip_empty_lines: false,
    max_record_size: 100_000,
    // One row more than allowed is enough to refuse the rest.
    to: MOST_ROWS + 1,
  });
}

// .xlsx and .csv as tables: each sheet with content is one table, its text one cell a line. What a cell shows is its text; a
// formula's error stays as it stands (#REF!).

import { CsvError } from 'csv-parse/sync';

import type { Result } from '../../domain/result.ts';
import type { SourceError } from '../../yaml.ts';
import { decodeText } from './charset.ts';
import { parseRows, separatorOf } from './csv.ts';
import { fileError, type InputFile, type SourceDocument, type Table } from '../document.ts';
import { MAX_CELLS, MAX_ROWS, tableOf } from './grid.ts';
import { addressOf } from './sheet-marks.ts';
import { TextBuilder } from './text-builder.ts';
import { readWorkbook } from './workbook.ts';

const TOO_LARGE = `表格过大：最多 ${MAX_ROWS} 行、${MAX_CELLS} 格；请只保留任务表再导入`;

export async function readXlsx({ file, bytes }: InputFile): Promise<Result<SourceDocument, SourceError>> {
  const workbook = await readWorkbook(bytes);
  if (!workbook.ok) return fileError(file, workbook.errors[0] ?? '');
  const remarks: string[] = [];
  const builder = new TextBuilder();
  const tables: Table[] = [];
  for (const { name, hidden, rows, merges, hiddenRows } of workbook.value) {
    if (!rows.some((row) => row.some((cell) => cell.trim() !== ''))) continue;
    if (hidden) {
      remarks.push(`工作表“${name}”是隐藏的，没有读入`);
      continue;
    }
    if (hiddenRows > 0) remarks.push(`工作表“${name}”有 ${hiddenRows} 行被隐藏或筛去，也读入了`);
    const table = tableOf(builder, { name, rows, merges }, (row, column) => `${name}!${addressOf(row, column)}`);
    if (table === null) return fileError(file, TOO_LARGE);
    tables.push(table);
  }
  if (tables.length === 0) return fileError(file, '工作簿里没有内容；请检查是否存在隐藏的工作表里');
  return { ok: true, value: { format: 'xlsx', file, text: builder.text(), blocks: tables, remarks } };
}

/** A text of rows with a separator; the file's encoding is found as that of any text. */
export function readCsv(input: InputFile): Result<SourceDocument, SourceError> {
  const decoded = decodeText(input);
  if (!decoded.ok) return decoded;
  const { text, remarks } = decoded.value;
  try {
    const rows = parseRows(text, separatorOf(text) ?? ',', MAX_ROWS + 1);
    const builder = new TextBuilder();
    const table = tableOf(builder, { name: null, rows, merges: [] }, addressOf);
    if (table === null) return fileError(input.file, TOO_LARGE);
    return { ok: true, value: { format: 'csv', file: input.file, text: builder.text(), blocks: [table], remarks } };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number(error['lines'] ?? 1);
    const message = '这一行的引号没有配对：格里有引号时，整格加引号，里面的引号写两遍';
    return { ok: false, errors: [{ file: input.file, line, column: 1, field: '', message }] };
  }
}

// Opens an .xlsx from a stranger: its parts are inflated within limits and handed to the reader of workbooks in a fresh archive
// whose headers are true; what that reader leaves out is read beside it.

import { crc32 } from 'node:zlib';

import readXlsxFile from 'read-excel-file/node';

import type { Result } from '../../domain/result.ts';
import { numberFormats, shownDate } from './sheet-dates.ts';
import type { Range } from './grid.ts';
import { addressOf, type SheetMarks, sheetMarks } from './sheet-marks.ts';
import { readZip } from './zip.ts';

const MAX_CELLS = 2_000_000;

export interface Sheet {
  readonly name: string;
  readonly hidden: boolean;
  /** Rows and cells from A1 on, as the workbook shows them; a whole date is `YYYY-MM-DD`. */
  readonly rows: readonly (readonly string[])[];
  readonly merges: readonly Range[];
  readonly hiddenRows: number;
}

const DAMAGED = '工作簿已损坏，无法读取；请用 Excel 或 WPS 打开后另存一份';

/** Every sheet of a workbook. Never throws: errors are sentences in Chinese for the sender. */
export async function readWorkbook(bytes: Uint8Array): Promise<Result<readonly Sheet[], string>> {
  const parts = await readZip(
    bytes,
    (name) => name.startsWith('xl/') && /\.(?:xml|rels)$/u.test(name) && !/drawing|theme|chart/u.test(name),
  );
  if (!parts.ok) return parts;
  const xml = new Map(Array.from(parts.value, ([name, content]) => [name, Buffer.from(content).toString('utf8')]));
  if (Array.from(xml.values()).some((part) => /<!DOCTYPE/iu.test(part.slice(0, 4_000)))) {
    return { ok: false, errors: ['工作簿里有不允许的内容（DOCTYPE）；请用 Excel 或 WPS 打开后另存一份'] };
  }
  const listed = sheetList(xml);
  let cells = 0;
  for (const { name, marks } of listed) {
    cells += marks.rows * marks.columns;
    // The reader lays out every empty cell before the last.
    if (cells > MAX_CELLS)
      return { ok: false, errors: [`表格过大（${marks.rows} 行 ${marks.columns} 列）；请删去空行空列后再导入`] };
    if (marks.uncomputed !== null) {
      const place = `${name}!${marks.uncomputed}`;
      return { ok: false, errors: [`${place} 是公式，文件里没有它的结果；请用 Excel 或 WPS 打开、保存后再导入`] };
    }
  }
  const read = await readXlsxFile(stored(parts.value)).catch(() => null);
  if (read === null || read.length !== listed.length) return { ok: false, errors: [DAMAGED] };
  const formats = numberFormats(partNamed(xml, 'styles.xml'));
  const sheets = listed.map(({ name, hidden, marks }, index) => {
    // A chart on a sheet of its own has no rows.
    const rows = read[index]?.data ?? [];
    const shown = rows.map((row, at) => row.map((value, column) => asText(value, at, column, marks, formats)));
    return { name, hidden, rows: shown, merges: marks.merges, hiddenRows: marks.hiddenRows };
  });
  return { ok: true, value: sheets };
}

interface Listed {
  readonly name: string;
  readonly hidden: boolean;
  readonly marks: SheetMarks;
}

function sheetList(xml: ReadonlyMap<string, string>): Listed[] {
  const targets = new Map<string, string>();
  for (const [tag] of (xml.get('xl/_rels/workbook.xml.rels') ?? '').matchAll(/<Relationship\s[^<>]{1,2000}>/gu)) {
    targets.set(attribute(tag, 'Id'), attribute(tag, 'Target'));
  }
  return Array.from((xml.get('xl/workbook.xml') ?? '').matchAll(/<sheet\s[^<>]{1,2000}>/gu), ([tag]) => {
    const target = targets.get(attribute(tag, 'r:id')) ?? '';
    const part = target.startsWith('/') ? target.slice(1) : `xl/${target}`;
    const hidden = /hidden/iu.test(attribute(tag, 'state'));
    return { name: unescaped(attribute(tag, 'name')), hidden, marks: sheetMarks(xml.get(part) ?? '') };
  });
}

function attribute(tag: string, name: string): string {
  return new RegExp(`\\s${name}\\s{0,9}=\\s{0,9}["']([^"']{0,1000})["']`, 'u').exec(tag)?.[1] ?? '';
}

function unescaped(value: string): string {
  return value
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function partNamed(xml: ReadonlyMap<string, string>, end: string): string {
  for (const [name, part] of xml) if (name.endsWith(end)) return part;
  return '';
}

// The reader's types say `typeof Date` where it gives a Date.
function asText(value: unknown, row: number, column: number, marks: SheetMarks, formats: readonly string[]): string {
  if (value instanceof Date) {
    if (Number.isNaN(value.valueOf())) return '';
    return shownDate(value, formats[marks.styles.get(addressOf(row, column)) ?? -1] ?? '');
  }
  if (value === null || value === undefined) return marks.errors.get(addressOf(row, column)) ?? '';
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** A zip without compression. */
function stored(parts: ReadonlyMap<string, Uint8Array>): Buffer {
  const locals: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const [name, content] of parts) {
    const title = Buffer.from(name, 'utf8');
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x0800, 2);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(title.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    locals.push(Buffer.from('PK\u0003\u0004'), common, title, content);
    directory.push(Buffer.from('PK\u0001\u0002\u0014\u0000'), common, tail, title);
    offset += 30 + title.length + content.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(parts.size, 4);
  end.writeUInt16LE(parts.size, 6);
  end.writeUInt32LE(
    directory.reduce((sum, each) => sum + each.length, 0),
    8,
  );
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, ...directory, Buffer.from('PK\u0005\u0006'), end]);
}

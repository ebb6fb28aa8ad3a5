// Opens an .xlsx from a stranger. A zip's headers are written by whoever made it, so its parts are inflated here, counted while
// inflating, and handed to the reader in a fresh archive whose sizes are true.

import { crc32, inflateRawSync } from 'node:zlib';

import readXlsxFile from 'read-excel-file/node';

const MAX_PARTS = 2_000;
const MAX_INFLATED = 60_000_000;
const MAX_CELLS = 2_000_000;

export interface Sheet {
  readonly name: string;
  /** Rows and cells from A1 on, as text; a date is `YYYY-MM-DD`, with ` HH:mm` where it has a time of day. */
  readonly rows: readonly (readonly string[])[];
}

/** What keeps a workbook from being read, in words for the person who sent it. */
export class WorkbookError extends Error {
  override readonly name = 'WorkbookError';
}

/** @throws WorkbookError */
export async function readWorkbook(bytes: Uint8Array): Promise<readonly Sheet[]> {
  const parts = inflated(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  if (!parts.some(({ name }) => name === 'xl/workbook.xml')) throw new WorkbookError('不是 Excel 工作簿；请另存为 .xlsx 或 .csv');
  for (const { content } of parts) refuseVast(content);
  const sheets = await readXlsxFile(stored(parts)).catch((cause: unknown) => {
    throw new WorkbookError('工作簿已损坏，无法读取；请用 Excel 或 WPS 打开后另存一份', { cause });
  });
  return sheets.map(({ sheet, data }) => ({ name: sheet, rows: data.map((row) => row.map(asText)) }));
}

interface Part {
  readonly name: string;
  readonly content: Buffer;
}

/** The XML parts that the central directory lists. */
function inflated(zip: Buffer): Part[] {
  const broken = (): WorkbookError => new WorkbookError('文件不完整或已损坏；请重新导出一份');
  const end = zip.lastIndexOf(Buffer.from('PK\u0005\u0006'));
  if (end === -1 || end + 22 > zip.length) throw broken();
  const count = zip.readUInt16LE(end + 10);
  if (count > MAX_PARTS) throw new WorkbookError('压缩包里文件过多，不像工作簿');
  const parts: Part[] = [];
  let left = MAX_INFLATED;
  let entry = zip.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (entry + 46 > zip.length || zip.readUInt32LE(entry) !== 0x02014b50) throw broken();
    const [method, packed, local] = [zip.readUInt16LE(entry + 10), zip.readUInt32LE(entry + 20), zip.readUInt32LE(entry + 42)];
    const nameEnd = entry + 46 + zip.readUInt16LE(entry + 28);
    const name = zip.toString('utf8', entry + 46, nameEnd);
    if ((zip.readUInt16LE(entry + 8) & 1) === 1) throw new WorkbookError('工作簿有密码；请去掉密码后再导入');
    entry = nameEnd + zip.readUInt16LE(entry + 30) + zip.readUInt16LE(entry + 32);
    if (!name.endsWith('.xml') && !name.endsWith('.xml.rels')) continue;
    if (local + 30 > zip.length || zip.readUInt32LE(local) !== 0x04034b50) throw broken();
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const content = inflate(zip.subarray(start, start + packed), method, left);
    left -= content.length;
    parts.push({ name, content });
  }
  return parts;
}

function inflate(packed: Buffer, method: number, limit: number): Buffer {
  if (method !== 0 && method !== 8) throw new WorkbookError('压缩方式不认识；请用 Excel 或 WPS 另存一份');
  if (method === 0 && packed.length <= limit) return packed;
  try {
    if (method === 8 && limit > 0) return inflateRawSync(packed, { maxOutputLength: limit });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') {
      throw new WorkbookError('文件不完整或已损坏；请重新导出一份', { cause });
    }
  }
  throw new WorkbookError('工作簿解开后过大，不像任务表；请只保留任务表一页再导入');
}

/** One cell at XFD1048576 would make the reader lay out every empty cell before it. */
function refuseVast(content: Buffer): void {
  const xml = content.toString('latin1');
  if (/<!DOCTYPE/iu.test(xml)) throw new WorkbookError('工作簿里有不允许的内容（DOCTYPE）');
  let [rows, columns] = [0, 0];
  for (const [, letters, digits] of xml.matchAll(/\sr\s{0,9}=\s{0,9}["']([A-Z]{0,3})(\d{1,10})["']/gu)) {
    rows = Math.max(rows, Number(digits));
    columns = Math.max(
      columns,
      Array.from(letters ?? '').reduce((sum, letter) => sum * 26 + (letter.codePointAt(0) ?? 64) - 64, 0),
    );
  }
  if (rows <= 1_048_576 && columns <= 16_384 && rows * columns <= MAX_CELLS) return;
  throw new WorkbookError(`表格过大（${rows} 行 ${columns} 列）；请删去空行空列后再导入`);
}

/** A zip without compression. */
function stored(parts: readonly Part[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of parts) {
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
  end.writeUInt16LE(parts.length, 4);
  end.writeUInt16LE(parts.length, 6);
  end.writeUInt32LE(
    directory.reduce((sum, each) => sum + each.length, 0),
    8,
  );
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, ...directory, Buffer.from('PK\u0005\u0006'), end]);
}

// The reader's types say `typeof Date` where it gives a Date.
function asText(value: unknown): string {
  if (value instanceof Date) {
    // Excel's dates have no zone: what the reader calls UTC is the wall clock.
    const iso = value.toISOString();
    return iso.slice(11, 16) === '00:00' ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

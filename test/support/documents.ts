/** Makers of files for the readers' tests, from texts of the invented 示例县. */
import type { Block, Cell, Line, SourceDocument, Table } from '../../src/intake/document.ts';

/** Node decodes GB18030 and cannot encode it: the decoder, turned round. */
export function gb18030(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else bytes.push(...(pairs().get(character) ?? fail(character)));
  }
  return Uint8Array.from(bytes);
}

let table: Map<string, readonly [number, number]> | undefined;

function pairs(): Map<string, readonly [number, number]> {
  if (table !== undefined) return table;
  table = new Map();
  const decoder = new TextDecoder('gb18030', { fatal: true });
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      if (trail !== 0x7f) table.set(decoder.decode(Uint8Array.of(lead, trail)), [lead, trail]);
    }
  }
  return table;
}

function fail(character: string): never {
  throw new Error(`no GB18030 pair for ${character}`);
}

export function utf16(text: string, order: 'le' | 'be', mark: boolean): Uint8Array {
  const bytes = Buffer.from((mark ? '\uFEFF' : '') + text, 'utf16le');
  return order === 'le' ? bytes : bytes.swap16();
}

export const utf8 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

export const isLine = (block: Block): block is Line => block.kind === 'line';
export const isTable = (block: Block): block is Table => block.kind === 'table';

/** The document's lines as text, blank ones left out. */
export function printed(document: SourceDocument): string[] {
  return document.blocks
    .filter(isLine)
    .map(({ start, end }) => document.text.slice(start, end).trim())
    .filter((line) => line !== '');
}

function cellText(document: SourceDocument, cell: Cell | undefined): string | undefined {
  return cell === undefined ? undefined : document.text.slice(cell.start, cell.end);
}

/** Each table as rows of texts. */
export function grids(document: SourceDocument): string[][][] {
  return document.blocks.filter(isTable).map(({ rows }) => rows.map((row) => row.map((cell) => cellText(document, cell) ?? '')));
}

/** A compound file (OLE2) with these streams, each one sector long, after the header, the table and the directory. */
export function ole(...streams: string[]): Uint8Array {
  const file = Buffer.alloc(512 * (3 + streams.length));
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(file);
  file.writeUInt16LE(0xfffe, 28);
  file.writeUInt16LE(9, 30);
  file.writeUInt32LE(1, 44);
  file.writeUInt32LE(1, 48);
  file.fill(0xff, 76, 512);
  file.writeUInt32LE(0, 76);
  file.fill(0xff, 512, 1024);
  file.writeUInt32LE(0xfffffffd, 512);
  file.writeUInt32LE(0xfffffffe, 516);
  for (const [index, name] of ['Root Entry', ...streams].entries()) {
    const entry = 1024 + index * 128;
    file.write(name, entry, 'utf16le');
    file.writeUInt16LE(name.length * 2 + 2, entry + 64);
    file[entry + 66] = index === 0 ? 5 : 2;
    file.writeUInt32LE(index + 1, entry + 116);
  }
  return new Uint8Array(file);
}

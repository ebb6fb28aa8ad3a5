// The directory of an OLE2 file (.doc, .wps, .xls and encrypted Office files): which streams it holds tells what it is.

const FREE = 0xfffffffa;
const MAX_DIRECTORY_SECTORS = 4_096;

export interface OleStream {
  readonly name: string;
  /** Where its first sector lies in the file, in bytes. */
  readonly offset: number;
}

/** The streams of the file; empty where its structure is broken. Reads the directory alone, in bounded time. */
export function oleStreams(bytes: Uint8Array): readonly OleStream[] {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < 512) return [];
  const shift = file.readUInt16LE(30);
  if (shift !== 9 && shift !== 12) return [];
  const sectorSize = 1 << shift;
  const offsetOf = (sector: number): number => (sector + 1) * sectorSize;
  const next = (sector: number): number => {
    const index = Math.floor(sector / (sectorSize / 4));
    // The first 109 sectors of the table stand in the header: enough for any directory of a file of up to 6.8 MB before it.
    const table = index < 109 ? file.readUInt32LE(76 + index * 4) : FREE;
    const entry = offsetOf(table) + (sector % (sectorSize / 4)) * 4;
    return table < FREE && entry + 4 <= file.length ? file.readUInt32LE(entry) : FREE;
  };
  const streams: OleStream[] = [];
  let sector = file.readUInt32LE(48);
  for (let count = 0; count < MAX_DIRECTORY_SECTORS && sector < FREE; count += 1) {
    const start = offsetOf(sector);
    if (start + sectorSize > file.length) break;
    for (let entry = start; entry < start + sectorSize; entry += 128) {
      const size = Math.min(64, file.readUInt16LE(entry + 64));
      if (size < 2 || file[entry + 66] !== 2) continue;
      streams.push({ name: file.toString('utf16le', entry, entry + size - 2), offset: offsetOf(file.readUInt32LE(entry + 116)) });
    }
    sector = next(sector);
  }
  return streams;
}

// Opens a zip from a stranger (.docx, .xlsx). What its headers declare is checked against limits before anything is inflated,
// and what really comes out is counted while inflating: a bomb costs no more than its limits.

import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';

import yauzl, { type Entry, type ZipFile } from 'yauzl';

import type { Result } from '../../domain/result.ts';

const inflate = promisify(inflateRaw);

export interface ZipLimits {
  readonly maxEntries: number;
  /** Bytes of one entry, inflated. */
  readonly maxEntryBytes: number;
  /** Bytes of all wanted entries together, inflated. */
  readonly maxTotalBytes: number;
  /** Inflated to compressed, for entries above `RATIO_FREE_BYTES`. Deflate cannot exceed 1032; the rows of an empty form reach 300. */
  readonly maxRatio: number;
}

export const ZIP_LIMITS: ZipLimits = {
  maxEntries: 5_000,
  maxEntryBytes: 64_000_000,
  maxTotalBytes: 96_000_000,
  maxRatio: 500,
};

const RATIO_FREE_BYTES = 1_000_000;

const BROKEN = '文件不完整或已损坏（压缩包结构有误）；请重新导出一份';
const MEMBERS = '压缩包里文件过多，不像文档';
const VAST = '文件解开后过大，不像文档（疑似压缩炸弹）；请拆分或另存后再导入';
const LOCKED = '文件有密码；请去掉密码后再导入';

/** Stops the reading with words for the person who sent the file. */
class ZipRefusal extends Error {}

/** The names of all entries, in the directory's order. Nothing is inflated. */
export function listZip(
  bytes: Uint8Array,
  limits: Pick<ZipLimits, 'maxEntries'> = ZIP_LIMITS,
): Promise<Result<readonly string[], string>> {
  return told(async () => {
    const names: string[] = [];
    for await (const { fileName } of (await opened(bytes, limits)).eachEntry()) names.push(fileName);
    return names;
  });
}

/**
 * The wanted entries by name, in the directory's order. Never throws: errors are sentences in Chinese for the sender. An entry that
 * is encrypted, larger than declared, of a wrong checksum or there twice under a wanted name is an error, not a guess.
 */
export function readZip(
  bytes: Uint8Array,
  wanted: (name: string) => boolean,
  limits: ZipLimits = ZIP_LIMITS,
): Promise<Result<Map<string, Uint8Array>, string>> {
  return told(async () => {
    const zip = await opened(bytes, limits);
    const entries: Entry[] = [];
    for await (const entry of zip.eachEntry()) if (wanted(entry.fileName)) entries.push(entry);
    refuseDeclared(entries, limits);
    const contents = new Map<string, Uint8Array>();
    let left = limits.maxTotalBytes;
    for (const entry of entries) {
      const content = await contentOf(zip, bytes, entry, Math.min(left, limits.maxEntryBytes));
      left -= content.length;
      contents.set(entry.fileName, content);
    }
    return contents;
  });
}

async function told<Value>(read: () => Promise<Value>): Promise<Result<Value, string>> {
  try {
    return { ok: true, value: await read() };
  } catch (error) {
    return { ok: false, errors: [error instanceof ZipRefusal ? error.message : BROKEN] };
  }
}

async function opened(bytes: Uint8Array, { maxEntries }: Pick<ZipLimits, 'maxEntries'>): Promise<ZipFile> {
  const zip = await yauzl.fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  if (zip.entryCount > maxEntries) throw new ZipRefusal(MEMBERS);
  return zip;
}

function refuseDeclared(entries: readonly Entry[], limits: ZipLimits): void {
  const names = new Set<string>();
  let total = 0;
  for (const entry of entries) {
    const { fileName, uncompressedSize: size, compressedSize } = entry;
    if (entry.isEncrypted()) throw new ZipRefusal(LOCKED);
    // Two readers would take two different ones of them.
    if (names.has(fileName)) throw new ZipRefusal(BROKEN);
    names.add(fileName);
    total += size;
    const dense = size > RATIO_FREE_BYTES && size > compressedSize * limits.maxRatio;
    if (dense || size > limits.maxEntryBytes || total > limits.maxTotalBytes) throw new ZipRefusal(VAST);
  }
}

async function contentOf(zip: ZipFile, bytes: Uint8Array, entry: Entry, limit: number): Promise<Uint8Array> {
  if (!entry.canDecodeFileData()) throw new ZipRefusal('压缩方式不认识；请用 Word 或 WPS 打开后另存一份');
  const { fileDataStart: start } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
  const packed = bytes.subarray(start, start + entry.compressedSize);
  // One byte more than declared is enough to know that the header lies.
  const most = Math.min(limit, entry.uncompressedSize) + 1;
  const content = entry.isCompressed() ? await inflate(packed, { maxOutputLength: most }) : packed;
  if (content.length !== entry.uncompressedSize || crc32(content) !== entry.crc32) throw new ZipRefusal(BROKEN);
  return content;
}

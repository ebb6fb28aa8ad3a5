/**
 * Backup files: the ledger's own words, compressed. A file is there whole or not at all, and readable by its owner alone: it holds names,
 * addresses and every letter.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

/** Fast rather than small: the disk is not what is scarce. */
const LEVEL = 3;

/** Resolves with the size in bytes once the file and its name are on disk. A file of that name is replaced only then. */
export async function writeBackup(file: string, blocks: AsyncIterable<Buffer>): Promise<number> {
  await mkdir(path.dirname(file), { recursive: true });
  const unfinished = `${file}.unfinished`;
  try {
    await pipeline(
      Readable.from(blocks, { objectMode: true, highWaterMark: 4 }),
      createGzip({ level: LEVEL }),
      createWriteStream(unfinished, { mode: 0o600 }),
    );
    await synced(unfinished);
    await rename(unfinished, file);
    await synced(path.dirname(file));
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  return (await stat(file)).size;
}

/** Throws while it is read when it is damaged. */
export function readBackup(file: string): AsyncIterable<Buffer> {
  const source = createReadStream(file);
  const plain = createGunzip();
  // Its end is that of whoever reads `plain`.
  pipeline(source, plain).catch(() => undefined);
  return plain;
}

async function synced(at: string): Promise<void> {
  const handle = await open(at);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

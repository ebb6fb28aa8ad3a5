// The room on the disk that the ledger and the journal need, and a reserve of it that nobody else can take.

import { mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';

const BLOCK = Buffer.alloc(1_048_576);

/** Bytes that an ordinary user may still write where the folder is. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** A file that takes its room until it is given back. */
export class DiskReserve {
  readonly #file: string;
  readonly bytes: number;

  constructor(file: string, bytes: number) {
    this.#file = file;
    this.bytes = bytes;
  }

  async exists(): Promise<boolean> {
    const { size } = await stat(this.#file).catch(() => ({ size: 0 }));
    return size >= this.bytes;
  }

  /** @throws when the disk has no room for it; nothing is left then */
  async make(): Promise<void> {
    if (await this.exists()) return;
    await mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
    const unfinished = `${this.#file}.${process.pid}`;
    try {
      const handle = await open(unfinished, 'w', 0o600);
      try {
        for (let at = 0; at < this.bytes; at += BLOCK.length)
          await handle.write(BLOCK, 0, Math.min(BLOCK.length, this.bytes - at));
        await handle.datasync();
      } finally {
        await handle.close();
      }
      await rename(unfinished, this.#file);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  }

  async giveBack(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}

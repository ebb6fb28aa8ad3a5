// What a backup says, before compression: a line of JSON, each table as COPY writes it with `\.` after it, and a line of JSON that vouches
// for them.

import { createHash, type Hash } from 'node:crypto';

import { z } from 'zod';

import { LedgerRefusal } from './ledger.ts';

export const FORMAT = 1;
/** Raised with every change that older code cannot read; what is one lower is still read. */
const OLDEST_FORMAT = 1;

const headSchema = z.object({
  cuiban: z.literal('backup'),
  format: z.number().int(),
  /** Epoch milliseconds. */
  takenAt: z.number(),
  /** Of the ledger, oldest first. */
  migrations: z.array(z.string()).min(1),
  /** In an order in which they can be filled. */
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()).min(1) })),
});

const tailSchema = z.object({
  tables: z.array(z.object({ name: z.string(), rows: z.number().int(), sha256: z.string() })),
  sequences: z.array(z.object({ table: z.string(), column: z.string(), last: z.number().int() })),
});

export type BackupHead = z.infer<typeof headSchema>;
export type BackupTail = z.infer<typeof tailSchema>;
export type TableSum = BackupTail['tables'][number];

export function jsonLine(value: BackupHead | BackupTail): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

/** COPY escapes every backslash, so that no row can look like this. */
export const TABLE_END = Buffer.from('\\.\n');

const NEWLINE = 0x0a;
const ROW_END = Buffer.from('\n\\.\n');

/** Counts and sums the rows of one table as they pass. */
export class Sum {
  readonly #hash: Hash = createHash('sha256');
  readonly #name: string;
  #rows = 0;

  constructor(name: string) {
    this.#name = name;
  }

  add(block: Buffer): void {
    this.#hash.update(block);
    for (let at = block.indexOf(NEWLINE); at !== -1; at = block.indexOf(NEWLINE, at + 1)) this.#rows += 1;
  }

  result(): TableSum {
    return { name: this.#name, rows: this.#rows, sha256: this.#hash.digest('hex') };
  }
}

export class BackupReader {
  readonly #blocks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(blocks: AsyncIterable<Buffer>) {
    this.#blocks = blocks[Symbol.asyncIterator]();
  }

  /** @throws LedgerRefusal when this is no backup, or one that this code cannot read */
  async head(): Promise<BackupHead> {
    const read = headSchema.safeParse(await this.#json());
    if (!read.success) throw new LedgerRefusal('这不是催办的备份文件');
    const { format } = read.data;
    if (format > FORMAT) throw new LedgerRefusal(`备份文件的格式（${format}）比本程序认得的（${FORMAT}）新，请用更新的版本恢复`);
    if (format < OLDEST_FORMAT) throw new LedgerRefusal(`备份文件的格式（${format}）太旧，请先用旧版本恢复再升级`);
    return read.data;
  }

  /** The rows of the next table, in blocks; must be read to its end. */
  async *table(): AsyncGenerator<Buffer> {
    let open = true;
    let start = true;
    while (open) {
      if (start && this.#rest.length >= TABLE_END.length && this.#rest.subarray(0, TABLE_END.length).equals(TABLE_END)) {
        this.#rest = this.#rest.subarray(TABLE_END.length);
        return;
      }
      const end = this.#rest.indexOf(ROW_END);
      open = end === -1;
      // What may be the beginning of the end waits for the next block.
      const upTo = open ? Math.max(0, this.#rest.length - ROW_END.length) : end + 1;
      const rows = this.#rest.subarray(0, upTo);
      this.#rest = this.#rest.subarray(open ? upTo : upTo + TABLE_END.length);
      if (rows.length > 0) {
        start = false;
        yield rows;
      }
      if (open) await this.#more();
    }
  }

  /** @throws LedgerRefusal when the file ends before it is whole */
  async tail(): Promise<BackupTail> {
    const read = tailSchema.safeParse(await this.#json());
    if (!read.success || this.#rest.length > 0) throw incomplete();
    // The compression has an end of its own, which vouches for all before it.
    const { done } = await this.#blocks.next();
    if (done !== true) throw incomplete();
    return read.data;
  }

  async #json(): Promise<unknown> {
    while (this.#rest.indexOf(NEWLINE) === -1) {
      if (this.#rest.length > 1_000_000) return undefined;
      await this.#more();
    }
    const end = this.#rest.indexOf(NEWLINE);
    const line = this.#rest.subarray(0, end).toString();
    this.#rest = this.#rest.subarray(end + 1);
    try {
      return JSON.parse(line);
    } catch {
      return undefined;
    }
  }

  async #more(): Promise<void> {
    const { value, done } = await this.#blocks.next();
    if (done === true) throw incomplete();
    this.#rest = this.#rest.length === 0 ? value : Buffer.concat([this.#rest, value]);
  }
}

function incomplete(): LedgerRefusal {
  return new LedgerRefusal('备份文件不完整');
}

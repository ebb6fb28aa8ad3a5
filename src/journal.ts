/**
 * The delivery journal: what a channel said yes to, on disk before the ledger hears of it. A process that is killed between the two, or a
 * ledger restored from a backup, is told from here what went out, so that it does not go out twice.
 *
 * One file per process. An entry is in it before anything else happens, so that a process killed from then on leaves it behind; against a
 * power cut it is synced in groups: while one fsync runs the next entries gather. Files that hold nothing unsettled are closed
 * under another name and kept for KEPT_MS, so that any backup taken since can be put right.
 */
import { writeSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';

import type { Accepted } from './domain/accepted.ts';
import type { Instant } from './domain/time.ts';
import { acceptedLine, claimKey, createJournal, readJournal, settledLine } from './journal-file.ts';

const OPEN = '.open.jsonl';
const SETTLED = '.settled.jsonl';
const FULL_BYTES = 4_000_000;
const NOTHING = Buffer.alloc(4_096, '\n');
const CUT = 'the disk took a part of the journal only';
const MANY_MARKS = 100;
const HOUR = 3_600_000;
/** A file that its process would have closed or written to by now has no process. */
const ABANDONED_MS = 24 * HOUR;
/** A backup that is older than this can no longer be put right by the journal. */
const KEPT_MS = 8 * 24 * HOUR;

export interface JournalLog {
  warn(facts: object, text: string): void;
  error(facts: object, text: string): void;
}

interface Part {
  readonly name: string;
  readonly handle: FileHandle;
  readonly since: Instant;
  readonly unsettled: Set<string>;
  /** Of entries and marks. */
  bytes: number;
}

interface Waiting {
  readonly entry: Accepted;
  readonly written: () => void;
  /** The file that has it already, though perhaps not on disk. */
  readonly part: Part | null;
}

export class FileJournal {
  readonly #folder: string;
  readonly #worker: string;
  readonly #wall: () => Instant;
  readonly #log: JournalLog;
  /** Accepted and not known to be settled, whether on disk or not. */
  readonly #unsettled = new Map<string, Accepted>();
  /** Sizes of other processes' files up to which all is settled. */
  readonly #done = new Map<string, number>();
  readonly #full = new Set<Part>();
  #part: Part | null = null;
  #parts = 0;
  #opening: Promise<boolean> | null = null;
  #waiting: Waiting[] = [];
  #marks: string[] = [];
  #writing: Promise<void> | null = null;
  #broken = false;

  /** @param wall the real time, by which files grow old */
  constructor(options: { folder: string; worker: string; wall: () => Instant; log: JournalLog }) {
    this.#folder = options.folder;
    this.#worker = options.worker;
    this.#wall = options.wall;
    this.#log = options.log;
  }

  /** False while it cannot be written: then nothing may be sent. A journal that was broken is tried again first. */
  async ready(): Promise<boolean> {
    if (!this.#broken && this.#part !== null) return true;
    // Several chunks ask at once when a process starts; one file answers all of them.
    this.#opening ??= this.#begin().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  async #begin(): Promise<boolean> {
    try {
      await this.#writing;
      await this.#open();
      for (const [, entry] of this.#unsettled) this.#waiting.push({ entry, written: () => undefined, part: null });
      this.#broken = false;
      await this.#flush();
    } catch (error) {
      this.#breaks(error);
    }
    return !this.#broken;
  }

  /** Resolves when the entry is on disk, or when it cannot be: the message is out, and the ledger may still hear of it. Never rejects. */
  accepted(entry: Accepted): Promise<void> {
    this.#unsettled.set(claimKey(entry), entry);
    return new Promise((written) => {
      this.#waiting.push({ entry, written, part: this.#append(entry) });
      void this.#flush();
    });
  }

  /** The ledger has the outcome of these claims. */
  settled(claims: readonly Pick<Accepted, 'message' | 'fence'>[]): void {
    const keys = claims.map(claimKey).filter((key) => this.#unsettled.delete(key));
    if (keys.length === 0) return;
    for (const part of [...this.#full, ...(this.#part === null ? [] : [this.#part])]) {
      for (const key of keys) part.unsettled.delete(key);
    }
    this.#marks.push(...keys);
    // A mark that is lost costs a needless look, so it waits for entries to go with.
    if (this.#marks.length >= MANY_MARKS) void this.#flush();
  }

  /**
   * Gives `settle` what this host's processes wrote down and, as far as is known, did not settle: of those that are dead all, of the living what is
   * on its way, which does no harm. Resolves with the sum of what `settle` answers. @throws what `settle` throws; the next call gives the same again
   */
  async replay(settle: (entries: readonly Accepted[]) => Promise<number>): Promise<number> {
    const own = [...this.#unsettled.values()];
    let count = own.length > 0 ? await settle(own) : 0;
    this.settled(own);
    for (const name of await this.#others()) {
      const file = path.join(this.#folder, name);
      const { size, mtimeMs } = await stat(file);
      if (this.#done.get(name) !== size) {
        const { accepted, settled, bytes } = await readJournal(file);
        const unsettled = accepted.filter((entry) => !settled.has(claimKey(entry)));
        if (unsettled.length > 0) count += await settle(unsettled);
        this.#done.set(name, bytes);
      }
      if (this.#wall() - mtimeMs > ABANDONED_MS) await rename(file, file.replace(OPEN, SETTLED)).catch(ignoreMissing);
    }
    return count;
  }

  /** Closes what is settled and an hour old, and deletes what no backup can need any more. */
  async tidy(): Promise<void> {
    await this.#writeMarks();
    const part = this.#part;
    if (part !== null && part.unsettled.size === 0 && part.bytes > 0 && this.#wall() - part.since > HOUR) {
      await this.#writing;
      this.#retire(part);
    }
    await this.#closeFull();
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const file = path.join(this.#folder, name);
      if (!name.endsWith(SETTLED)) continue;
      const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Infinity }));
      if (this.#wall() - mtimeMs > KEPT_MS) await rm(file, { force: true });
    }
  }

  async close(): Promise<void> {
    await this.#writeMarks();
    if (this.#part !== null) this.#retire(this.#part);
    await this.#closeFull();
    // What is left stays open for whoever comes next.
    for (const { handle } of this.#full) await handle.close().catch(() => undefined);
    this.#full.clear();
  }

  async #others(): Promise<readonly string[]> {
    const names = await readdir(this.#folder).catch(() => []);
    return names.filter((name) => name.endsWith(OPEN) && !name.startsWith(this.#worker)).toSorted();
  }

  async #open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    if (this.#part !== null) this.#retire(this.#part);
    this.#parts += 1;
    const name = `${this.#worker}.${this.#parts}${OPEN}`;
    const handle = await createJournal(path.join(this.#folder, name));
    // A block of nothing: a full disk still makes files.
    await handle.write(NOTHING);
    await handle.datasync();
    this.#part = { name, handle, since: this.#wall(), unsettled: new Set(), bytes: 0 };
  }

  /** Takes a few microseconds, for the kernel keeps it. */
  #append(entry: Accepted): Part | null {
    const part = this.#part;
    if (part === null || this.#broken) return null;
    const bytes = Buffer.from(acceptedLine(entry));
    try {
      if (writeSync(part.handle.fd, bytes) < bytes.length) throw new Error(CUT);
    } catch (error) {
      this.#breaks(error);
      return null;
    }
    part.bytes += bytes.length;
    part.unsettled.add(claimKey(entry));
    return part;
  }

  async #writeMarks(): Promise<void> {
    await this.#writing;
    if (this.#marks.length > 0 && this.#part !== null) await this.#flush();
  }

  #flush(): Promise<void> {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
      if (!this.#broken && (this.#waiting.length > 0 || this.#marks.length >= MANY_MARKS)) void this.#flush();
    });
    return this.#writing;
  }

  async #write(): Promise<void> {
    // A turn of the loop, so that what is accepted in this one goes with it.
    await Promise.resolve();
    const group = this.#waiting;
    const marks = this.#marks;
    this.#waiting = [];
    this.#marks = [];
    try {
      if (this.#part === null || this.#part.bytes > FULL_BYTES) await this.#open();
      const part = this.#part;
      if (part === null) throw new Error('the journal has no file');
      const lines = group.filter((each) => each.part !== part).map(({ entry }) => acceptedLine(entry));
      if (marks.length > 0) lines.push(settledLine(marks));
      const bytes = Buffer.from(lines.join(''));
      if (bytes.length > 0) {
        const { bytesWritten } = await part.handle.write(bytes);
        if (bytesWritten < bytes.length) throw new Error(CUT);
        part.bytes += bytes.length;
      }
      // A mark that is lost costs a needless look; an entry that is lost costs a second mail.
      if (group.length > 0) await part.handle.datasync();
      for (const { entry } of group) if (this.#unsettled.has(claimKey(entry))) part.unsettled.add(claimKey(entry));
    } catch (error) {
      this.#breaks(error);
    }
    for (const { written } of group) written();
  }

  /** After a failed fsync nobody knows what is on disk: the next try writes all that is unsettled into another file. */
  #breaks(error: unknown): void {
    if (!this.#broken) this.#log.error({ err: error }, 'the delivery journal cannot be written; nothing is sent until it can');
    this.#broken = true;
    if (this.#part !== null) this.#retire(this.#part);
  }

  #retire(part: Part): void {
    this.#full.add(part);
    if (this.#part === part) this.#part = null;
  }

  async #closeFull(): Promise<void> {
    for (const part of this.#full) {
      if (part.unsettled.size > 0) continue;
      this.#full.delete(part);
      await part.handle.close().catch(() => undefined);
      const file = path.join(this.#folder, part.name);
      await (part.bytes === 0 ? rm(file, { force: true }) : rename(file, file.replace(OPEN, SETTLED))).catch(ignoreMissing);
    }
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

/** Everything that is written down in the folder, oldest first, whoever wrote it and whether it was settled or not. */
export async function readJournals(folder: string): Promise<{ readonly accepted: readonly Accepted[]; readonly torn: number }> {
  const names = await readdir(folder).catch(() => []);
  const accepted = new Map<string, Accepted>();
  let torn = 0;
  for (const name of names.filter((each) => each.endsWith(OPEN) || each.endsWith(SETTLED))) {
    const content = await readJournal(path.join(folder, name));
    torn += content.torn;
    for (const entry of content.accepted) accepted.set(claimKey(entry), entry);
  }
  return { accepted: [...accepted.values()].toSorted((one, other) => one.at - other.at), torn };
}

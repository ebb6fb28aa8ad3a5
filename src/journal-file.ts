// One file of the delivery journal: lines of JSON, appended only. A line that a crash tore, or that a full disk cut off, is no line.

import { type FileHandle, open, readFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import type { Accepted } from './domain/accepted.ts';

/** Names one claim of one message. */
export function claimKey({ message, fence }: Pick<Accepted, 'message' | 'fence'>): string {
  return `${message} ${fence}`;
}

const reminder = z.object({
  schedule: z.string(),
  ref: z.string(),
  unit: z.string(),
  deadline: z.string(),
  originalDue: z.string().nullable(),
  sequence: z.number(),
  stage: z.string(),
  occurrence: z.string(),
  contact: z.string(),
});

const line = z.union([
  z.object({
    message: z.uuid(),
    revision: z.number(),
    fence: z.number(),
    channel: z.enum(['email', 'sms']),
    office: z.string(),
    at: z.number(),
    providerIds: z.array(z.string()),
    reminders: z.array(reminder),
  }),
  z.object({ settled: z.array(z.string()) }),
]);

export function acceptedLine(entry: Accepted): string {
  return `${JSON.stringify(entry)}\n`;
}

export function settledLine(keys: readonly string[]): string {
  return `${JSON.stringify({ settled: keys })}\n`;
}

export interface JournalContent {
  readonly accepted: readonly Accepted[];
  /** Of those, the ones whose outcome the ledger is known to have. */
  readonly settled: ReadonlySet<string>;
  /** Lines that could not be read. */
  readonly torn: number;
  readonly bytes: number;
}

export async function readJournal(file: string): Promise<JournalContent> {
  const text = await readFile(file, 'utf8');
  const accepted: Accepted[] = [];
  const settled = new Set<string>();
  let torn = 0;
  for (const each of text.split('\n')) {
    if (each === '') continue;
    const read = line.safeParse(parsed(each));
    if (!read.success) torn += 1;
    else if ('settled' in read.data) for (const key of read.data.settled) settled.add(key);
    else accepted.push(read.data);
  }
  return { accepted, settled, torn, bytes: Buffer.byteLength(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Makes the file, and its name durable. */
export async function createJournal(file: string): Promise<FileHandle> {
  const handle = await open(file, 'ax', 0o600);
  const folder = await open(path.dirname(file));
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
  return handle;
}

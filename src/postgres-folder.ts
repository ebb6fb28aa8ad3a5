// Owns: the names inside the folder of the embedded server, and its log.
import { copyFile, readFile, realpath, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';

const LOG_LIMIT_BYTES = 1_000_000;

export interface ServerFolder {
  readonly root: string;
  readonly data: string;
  readonly password: string;
  readonly log: string;
  readonly port: string;
  /** The file whose kernel lock the server holds for as long as it lives. */
  readonly guard: string;
}

/** What lies where in the folder `root`. */
export function serverFolder(root: string): ServerFolder {
  const at = (name: string): string => join(root, name);
  return { root, data: at('data'), password: at('password'), log: at('server.log'), port: at('port'), guard: at('server.lock') };
}

/** Keeps the log below its limit with one older part beside it. The server appends, so cutting it under its hands is safe. */
export async function limitLog(folder: ServerFolder): Promise<void> {
  if ((await sizeOf(folder.log)) < LOG_LIMIT_BYTES) return;
  await copyFile(folder.log, `${folder.log}.1`);
  await truncate(folder.log);
}

/** The size of a file, 0 if there is none. */
export async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

/** The end of the server's log, ready to be put behind a message. */
export async function lastLines(log: string, from = 0): Promise<string> {
  const text = (await readFile(log).catch(() => Buffer.alloc(0))).subarray(from).toString().trim();
  return text === '' ? '' : `\nThe server's last lines:\n  ${text.split('\n').slice(-8).join('\n  ')}`;
}

/** Whether both paths are one folder. */
export async function isSameFolder(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([realpath(one), realpath(other)]);
  return first === second;
}

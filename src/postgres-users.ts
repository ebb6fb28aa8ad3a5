// Owns: which processes use the embedded server: one file for each, naming the process so that a reused pid is not taken for it.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Adds this process to the users in `folder`; the file returned is the registration, delete it to leave. */
export async function registerUser(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${process.pid}-${randomBytes(4).toString('hex')}`);
  await writeFile(file, (await entryOf(folder, process.pid)) ?? '', { mode: 0o600 });
  return file;
}

/** How many registered users still live; entries of dead processes are removed. Call it under the folder's lock. */
export async function countUsers(folder: string): Promise<number> {
  let living = 0;
  for (const name of await readdir(folder).catch(() => [])) {
    const file = join(folder, name);
    const written = await readFile(file, 'utf8').catch(() => undefined);
    if (written !== undefined && written === (await entryOf(folder, Number.parseInt(name, 10)))) living += 1;
    else await rm(file, { force: true });
  }
  return living;
}

/** The folder is named too, so that a copy of it has no users. */
async function entryOf(folder: string, pid: number): Promise<string | undefined> {
  const mark = await processMark(pid);
  return mark && `${mark} ${(await stat(folder)).ino}`;
}

/** What tells this process from a later one with the same pid: its start and the boot it belongs to; undefined if it is dead. */
export async function processMark(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    // The second field is the program's name in brackets and may hold anything, brackets and blanks included.
    const fields = status?.slice(status.lastIndexOf(')') + 2).split(' ');
    const started = fields?.[19];
    if (started === undefined || fields?.[0] === 'Z') return undefined;
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
    return `${started} ${boot.trim()}`;
  }
  if (!isAlive(pid)) return undefined;
  if (process.platform === 'win32') return 'alive';
  const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.trim() || undefined;
}

/** Whether some process has this pid, ours or not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

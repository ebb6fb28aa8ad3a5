// What `cuiban import` reads and writes: the document from a file or from standard input, the directory beside the draft, the draft.

import { createReadStream } from 'node:fs';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { readDirectory } from '../configuration/directory.ts';
import { readRenames } from '../configuration/renames.ts';
import type { Directory } from '../domain/directory.ts';
import type { Rename } from '../domain/renames.ts';
import type { InputFile } from '../intake/document.ts';
import type { Settings } from '../settings.ts';
import { formatErrors } from '../yaml.ts';
import { EXIT, Failure } from './failure.ts';
import { shown } from './material.ts';

const MAX_BYTES = 50_000_000;

/** The whole file, `-` for standard input. @throws Failure */
export async function readInput(file: string): Promise<InputFile> {
  const name = file === '-' ? '标准输入' : file;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of file === '-' ? process.stdin : createReadStream(file)) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size > MAX_BYTES) throw new Failure(`${name} 过大：最多 ${MAX_BYTES / 1_000_000} MB`);
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(unreadable(name, error));
  }
  return { file: name, bytes: Buffer.concat(chunks) };
}

function unreadable(file: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'ENOENT') return `没有 ${file} 这个文件`;
  if (code === 'EISDIR') return `${file} 是文件夹，请写明其中的文件`;
  if (code === 'EACCES') return `没有权限读 ${file}`;
  return `读不到 ${file}：${error instanceof Error ? error.message : String(error)}`;
}

/** The one that is named, else directory.yaml beside the draft, else none. @throws Failure that lists every problem in it */
export async function directoryFor(options: { readonly directory?: string; readonly out?: string }): Promise<Directory | null> {
  const { directory, out } = options;
  const beside = out === undefined ? null : path.join(path.dirname(path.resolve(out)), 'directory.yaml');
  const file = directory ?? beside;
  if (file === null || (directory === undefined && !(await exists(file)))) return null;
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Failure(unreadable(file, error));
  });
  const read = readDirectory({ file: shown(path.resolve(file)), text });
  if (!read.ok) throw new Failure(formatErrors(read.errors), EXIT.findings);
  return read.value;
}

/** What offices were renamed to; none where config/ has no renames.yaml. @throws Failure that lists every problem in it */
export async function renamesIn(settings: Settings): Promise<readonly Rename[]> {
  const file = path.join(settings.configDir, 'renames.yaml');
  if (!(await exists(file))) return [];
  const read = readRenames({ file: shown(file), text: await readFile(file, 'utf8') });
  if (!read.ok) throw new Failure(formatErrors(read.errors), EXIT.findings);
  return read.value;
}

/** @throws Failure where the file exists and may not be replaced. Told before anything is read or asked. */
export async function refuseToOverwrite(out: string, force: boolean): Promise<void> {
  if (!force && (await exists(out))) throw new Failure(existing(out));
}

/** @throws Failure */
export async function writeOut(out: string, text: string, force: boolean): Promise<void> {
  try {
    await mkdir(path.dirname(path.resolve(out)), { recursive: true });
    await writeFile(out, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'EEXIST') throw new Failure(existing(out));
    throw new Failure(`写不了 ${out}：${error instanceof Error ? error.message : String(error)}`);
  }
}

function existing(out: string): string {
  return `${out} 已经存在，不覆盖；请换个文件名，或加 --force 覆盖它`;
}

export async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

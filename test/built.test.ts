// What `cuiban` runs is built from the sources as they stand, whenever they change.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { afterEach, describe, expect, it } from 'vitest';

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A clone with a program of two files, and the packages that build it. */
async function clone(): Promise<{
  at: (name: string) => string;
  run: () => Promise<string>;
  says: (words: string) => Promise<void>;
}> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cuiban-built-'));
  folders.push(folder);
  const at = (name: string): string => path.join(folder, name);
  for (const name of ['src', 'jobs', 'node_modules']) await mkdir(at(name));
  for (const name of ['bin.mjs', 'built.mjs']) await cp(`src/${name}`, at(`src/${name}`));
  for (const name of ['esbuild', '@esbuild', 'tsx'])
    await symlink(path.resolve('node_modules', name), at(`node_modules/${name}`));
  await writeFile(at('package.json'), '{"type":"module"}');
  await writeFile(
    at('src/main.ts'),
    "import { words } from '../jobs/words.ts';\nconsole.log(words as string, import.meta.url);\n",
  );
  const says = (words: string): Promise<void> => writeFile(at('jobs/words.ts'), `export const words: string = '${words}';\n`);
  await says('one');
  const run = async (): Promise<string> => (await promisify(execFile)(process.execPath, [at('src/bin.mjs')])).stdout.trim();
  return { at, run, says };
}

describe('the program', () => {
  it('is built once for the same sources, and knows where its sources stand', async () => {
    const { at, run } = await clone();
    const first = await run();
    expect(first).toBe(`one file://${at('src/main.ts')}`);
    expect(await run()).toBe(first);
    expect(await readdir(at('node_modules/.cache/cuiban'))).toHaveLength(1);
  });

  it('is built anew when a source changes, so that none is ever stale', async () => {
    const { run, says } = await clone();
    await run();
    await says('another');
    expect(await run()).toMatch(/^another /u);
  });

  it('is one build when many start at once', async () => {
    const { at, run } = await clone();
    await Promise.all([run(), run(), run()]);
    expect(await readdir(at('node_modules/.cache/cuiban'))).toHaveLength(1);
  });

  it('runs from its sources where no build can be kept', async () => {
    const { at, run } = await clone();
    await writeFile(at('node_modules/.cache'), 'no folder');
    expect(await run()).toBe(`one file://${at('src/main.ts')}`);
  });
});

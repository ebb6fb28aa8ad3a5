// A copy of the tree with one bug in it, beside the libraries of the real one.

import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Engine, HOME, loadEngine } from './engine.ts';
import type { Mutant } from './mutants.ts';

/** Edits whose `find` is not exactly once in its file: the code moved on, and the mutant must follow. */
export async function drifted(mutants: readonly Mutant[]): Promise<readonly string[]> {
  const found = await Promise.all(
    mutants.flatMap(({ name, edits }) =>
      edits.map(async ({ file, find }) => {
        const times = (await readFile(join(HOME, file), 'utf8')).split(find).length - 1;
        return times === 1 ? [] : [`${name}: ${file} has it ${times} times: ${find}`];
      }),
    ),
  );
  return found.flat();
}

export async function mutated(mutant: Mutant): Promise<{ readonly engine: Engine; readonly close: () => Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'cuiban-mutant-'));
  for (const part of ['src', 'jobs', 'package.json']) await cp(join(HOME, part), join(root, part), { recursive: true });
  await symlink(join(HOME, 'node_modules'), join(root, 'node_modules'));
  for (const { file, find, replace } of mutant.edits) {
    const path = join(root, file);
    const text = await readFile(path, 'utf8');
    if (text.split(find).length !== 2) throw new Error(`${mutant.name}: ${file} has not exactly once: ${find}`);
    await writeFile(
      path,
      text.replace(find, () => replace),
    );
  }
  return { engine: await loadEngine(root), close: () => rm(root, { recursive: true, force: true }) };
}

// config/renames.yaml: what became of offices in the reforms of institutions.

import { access } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { canonicalName } from '../domain/directory.ts';
import type { Rename } from '../domain/renames.ts';
import type { Result } from '../domain/result.ts';
import { errorAt, readYaml, type Source, type SourceError } from '../yaml.ts';
import { line } from '../yaml-fields.ts';
import { readSource } from './templates.ts';

const name = line(40)
  .refine((text) => canonicalName(text).length >= 2)
  .describe('至少两字的机构名称，不带地名（如 卫计局）');

const file = z.strictObject({
  renames: z
    .array(
      z.strictObject({
        from: z.array(name).min(1),
        to: z.array(name).min(1),
        since: z.iso.date(),
        source: line(100),
      }),
    )
    .default([]),
});

/** Reads `renames.yaml`; all errors at once. One old name may have several successors, each in an entry of its own. */
export function readRenames(source: Source): Result<readonly Rename[], SourceError> {
  const read = readYaml(file, source);
  if (!read.ok) return read;
  const errors: SourceError[] = [];
  for (const [index, { from, to }] of read.value.renames.entries()) {
    const old = new Set(from.map(canonicalName));
    for (const [place, each] of to.entries()) {
      if (!old.has(canonicalName(each))) continue;
      errors.push(errorAt(read.document, ['renames', index, 'to', place], `${each} 也写在 from 里，新旧名称不能相同`));
    }
  }
  if (errors.length > 0) return { ok: false, errors };
  return { ok: true, value: read.value.renames.map(({ from, to, since }) => ({ from, to, since })) };
}

/** `renames.yaml` of a configuration folder, or null: a folder from before there were renames does without. */
export async function renamesSource(dir: string): Promise<Result<Source, SourceError> | null> {
  const path = join(dir, 'renames.yaml');
  const there = await access(path).then(
    () => true,
    () => false,
  );
  return there ? readSource(path) : null;
}

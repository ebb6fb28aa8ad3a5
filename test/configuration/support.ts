import { readFileSync } from 'node:fs';

import type { Result } from '../../src/domain/result.ts';
import { formatErrors, type Source, type SourceError } from '../../src/yaml.ts';

/** A file of config/ with some of its words changed; each must be there. */
export function shipped(file: string, ...changes: readonly (readonly [string, string])[]): Source {
  let text = readFileSync(file, 'utf8');
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`${file} holds no ${from}`);
    text = text.replace(from, () => to);
  }
  return { file, text };
}

export function valueOf<T>(result: Result<T, SourceError>): T {
  if (!result.ok) throw new Error(formatErrors(result.errors));
  return result.value;
}

export function errorsOf(result: Result<unknown, SourceError>): readonly string[] {
  return result.ok ? [] : formatErrors(result.errors).split('\n');
}

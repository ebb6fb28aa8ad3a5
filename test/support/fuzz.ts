// Hands damaged documents to the reader that `cuiban import` uses and sorts what comes back.

import { openReader } from '../../src/intake/apart/index.ts';
import { damaged } from './damage.ts';

export interface Fuzzed {
  readonly read: number;
  readonly refused: number;
  /** What no file may cause: a crash, a hang, memory beyond the limit, an error without words. */
  readonly broken: readonly string[];
  readonly slowestMs: number;
  readonly slowest: string;
}

const LIMITS = { timeMs: 20_000, memoryMb: 1_000 };
const OPTIONS = { hints: { year: null, issuedOn: null }, directory: null, renames: [] };

export async function fuzz({ count, seed }: { count: number; seed: number }): Promise<Fuzzed> {
  const reader = openReader(LIMITS);
  let [read, refused, slowestMs, slowest, number] = [0, 0, 0, '', 0];
  const broken: string[] = [];
  try {
    for await (const { what, bytes } of damaged(count, seed)) {
      number += 1;
      const start = performance.now();
      const result = await reader.read({ file: `第${number}份`, bytes }, OPTIONS);
      const ms = performance.now() - start;
      if (ms > slowestMs) [slowestMs, slowest] = [Math.round(ms), what];
      if (result.ok) {
        read += 1;
        const { text } = result.value.document;
        const astray = result.value.tasks.filter(({ source }) => text.slice(source.span.start, source.span.end) !== source.quote);
        if (astray.length > 0) broken.push(`${number} ${what}: a quote that does not stand in the text`);
      } else {
        refused += 1;
        const words = result.errors.map(({ message }) => message).join();
        if (!/\p{Script=Han}/u.test(words) || /没有料到|意外停止|已停止/u.test(words)) broken.push(`${number} ${what}: ${words}`);
      }
    }
  } finally {
    reader.close();
  }
  return { read, refused, broken, slowestMs, slowest };
}

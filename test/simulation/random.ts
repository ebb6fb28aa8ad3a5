// Chance, from a seed: every purpose draws from a stream of its own, so that one more draw here changes nothing there.

import { createHash } from 'node:crypto';

export interface Random {
  /** In [0, 1). */
  next(): number;
  chance(probability: number): boolean;
  /** A whole number in [from, to]. */
  between(from: number, to: number): number;
  pick<T>(from: readonly T[]): T;
  uuid(): string;
}

/** sfc32 over the digest of seed and purpose. */
export function randomOf(seed: number, purpose: string): Random {
  const digest = createHash('sha256').update(`${seed} ${purpose}`).digest();
  let [a, b, c, counter] = [digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8), 1];
  const word = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  const next = (): number => word() / 2 ** 32;
  const hex = (digits: number): string => word().toString(16).padStart(8, '0').slice(0, digits);
  return {
    next,
    chance: (probability) => next() < probability,
    between: (from, to) => from + Math.floor(next() * (to - from + 1)),
    pick: (from) => {
      const one = from[Math.floor(next() * from.length)];
      if (one === undefined) throw new RangeError('nothing to pick from');
      return one;
    },
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(8)}${hex(4)}`,
  };
}

// Whatever a file holds, reading it ends: with a document or with an error in words, in one process that is never lost.
// `npm run fuzz -- --count 20000` does the same at length.

import { describe, expect, it } from 'vitest';

import { fuzz } from '../support/fuzz.ts';

describe('damaged documents', () => {
  it('are read or refused in words, one after the other, by a process that neither crashes nor hangs nor grows', async () => {
    const { read, refused, broken } = await fuzz({ count: 800, seed: 20_261_121 });
    expect(broken).toEqual([]);
    expect(read + refused).toBe(800);
    // Neither is the damage trivial nor does it spoil everything.
    expect(read).toBeGreaterThan(200);
    expect(refused).toBeGreaterThan(100);
  }, 300_000);
});

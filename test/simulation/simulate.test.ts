import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

import { HOME } from './engine.ts';
import { drifted } from './mutate.ts';
import { MUTANTS } from './mutants.ts';

/** Minutes, where the machine has much else to do. */
const LONG = 900_000;

async function simulate(...args: readonly string[]): Promise<string> {
  const run = promisify(execFile)(process.execPath, ['--import', 'tsx', 'test/simulation/index.ts', ...args], {
    cwd: HOME,
    maxBuffer: 1 << 26,
  });
  const { stdout } = await run.catch((error: { stdout: string; stderr: string }) => ({
    stdout: `FAILED\n${error.stdout}${error.stderr}`,
  }));
  return stdout;
}

describe('the simulation', () => {
  it('lives through kept and fixed seeds without a violation, each twice with one trace', { timeout: LONG }, async () => {
    const said = await simulate('--kept', '--seed', '5', '--seeds', '1', '--twice');
    expect(said).not.toContain('FAILED');
    expect(said).toContain('violations: 0');
    // Every invariant was really asked; the queue's own run comes with every fourth seed.
    for (const number of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 21]) {
      expect(said).toMatch(new RegExp(`^ +${number} +[1-9]\\d* `, 'mu'));
    }
  });

  it('still knows the place of every planted bug', async () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(20);
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
    expect(await drifted(MUTANTS)).toEqual([]);
  });

  it('finds planted bugs', { timeout: LONG }, async () => {
    const said = await simulate('--mutants', '--daily');
    expect(said).not.toContain('SURVIVED');
    expect(said).not.toContain('FAILED');
  });
});

// The wall clock in a test: wherever and whenever it runs, it is office hours or a day of rest.
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'vitest';

import { HOME } from './cuiban.ts';

/** A copy of the configuration, in this folder, in which it is about noon in the office, of a day that is worked or not. */
export async function noonConfiguration(folder: string, days: 'worked' | 'free'): Promise<string> {
  const copy = join(folder, 'config');
  await cp(join(HOME, 'config'), copy, { recursive: true });
  const behind = new Date().getUTCHours() - 12;
  const zone = behind === 0 ? 'UTC' : `Etc/GMT${behind > 0 ? '+' : '-'}${Math.abs(behind)}`;
  await edit(copy, 'office.yaml', (text) => text.replaceAll('Asia/Shanghai', zone).replace('every: day', 'every: never'));
  const now = Date.now() - behind * 3_600_000;
  const dates = [0, 1].map((ahead) => new Date(now + ahead * 86_400_000).toISOString().slice(0, 10));
  const entries = dates.map((date) => `  - { date: ${date}, workday: ${String(days === 'worked')}, name: 试验, source: 测试 }`);
  await edit(copy, 'calendar.yaml', (text) => text.replace('days: []', `days:\n${entries.join('\n')}`));
  return copy;
}

export async function edit(config: string, name: string, change: (text: string) => string): Promise<void> {
  const file = join(config, name);
  const before = await readFile(file, 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  await writeFile(file, after);
}

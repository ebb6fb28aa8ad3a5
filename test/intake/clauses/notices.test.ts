/** Real notices and hand-made labels of every task in them, where ../shared is beside the checkout; their words stay out of it. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { formatErrors } from '../../../src/yaml.ts';
import { readDocument } from '../../../src/intake/formats/read-file.ts';
import { readNotice } from '../../../src/intake/clauses/read-notice.ts';
import type { Reading } from '../../../src/intake/reading.ts';
import { toResult } from '../../../src/intake/shown/result-json.ts';

const shared = fileURLToPath(new URL('../../../../shared/', import.meta.url));
const here = existsSync(path.join(shared, 'tools/score-import.mjs'));

interface Score {
  readonly tasks: { readonly f1: number };
  readonly dates: { readonly f1: number };
  readonly lead: { readonly f1: number };
  readonly cooperate: { readonly f1: number };
  readonly silentlyWrong: number;
  readonly errors: readonly string[];
}

const FLOORS = {
  seeds: { tasks: 0.98, dates: 0.99, lead: 0.97, cooperate: 0.95 },
  practice: { tasks: 0.95, dates: 0.97, lead: 0.95, cooperate: 0.9 },
} as const;

const notices = here
  ? (['seeds', 'practice'] as const).flatMap((folder) =>
      readdirSync(path.join(shared, folder)).map((file) => ({ folder, file, name: `${folder}/${file}` })),
    )
  : [];

async function read(file: string): Promise<Reading> {
  const document = await readDocument({ file: path.basename(file), bytes: readFileSync(file) });
  if (!document.ok) throw new Error(formatErrors(document.errors));
  return readNotice(document.value, { hints: { year: null, issuedOn: null }, directory: null, renames: [] });
}

describe.skipIf(!here)(`the notices of ${shared}${here ? '' : ' (not there: nothing was measured)'}`, () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'notices-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('are five seeds and four for practice', () => {
    expect(notices).toHaveLength(9);
  });

  it.each(notices)('$name is read as it is labelled', async (notice) => {
    const name = path.parse(notice.file).name;
    const labels = path.join(shared, 'labels', `${name}.labels.json`);
    const reading = await read(path.join(shared, notice.folder, notice.file));
    const result = path.join(folder, `${name}.json`);
    writeFileSync(result, JSON.stringify(toResult(reading)));
    const scorer = path.join(shared, 'tools/score-import.mjs');
    const score = JSON.parse(execFileSync(process.execPath, [scorer, labels, result, '--json'], { encoding: 'utf8' })) as Score;
    const floors = FLOORS[notice.folder];
    const errors = score.errors.join('\n');
    expect(score.silentlyWrong, errors).toBe(0);
    for (const figure of ['tasks', 'dates', 'lead', 'cooperate'] as const) {
      expect(score[figure].f1, `${figure}\n${errors}`).toBeGreaterThanOrEqual(floors[figure]);
    }
    const { document } = JSON.parse(readFileSync(labels, 'utf8')) as { document: unknown };
    expect(toResult(reading).document).toEqual(document);
    const flagged = reading.tasks.filter(({ doubts }) => doubts.length > 0);
    expect(flagged.length).toBeLessThanOrEqual(reading.tasks.length / 3);
  });
});

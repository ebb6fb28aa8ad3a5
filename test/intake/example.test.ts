// The example notice as shipped: in three formats, and as the schedule that a coordinator made of it.

import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { draftSchedule } from '../../src/intake/shown/draft.ts';
import { readDocument } from '../../src/intake/formats/read-file.ts';
import { readNotice } from '../../src/intake/clauses/read-notice.ts';
import type { Reading } from '../../src/intake/reading.ts';
import { readSchedule } from '../../src/intake/schedule.ts';

const folder = new URL('../../seeds/shili-2026/', import.meta.url);
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));

async function readingOf(file: string): Promise<Reading> {
  const document = await readDocument({ file, bytes: bytesOf(file) });
  if (!document.ok) throw new Error(document.errors[0]?.message);
  return readNotice(document.value, { hints: { year: null, issuedOn: null }, directory: null, renames: [] });
}

const drafted = (reading: Reading) =>
  draftSchedule(reading, { name: 'shili-2026', office: 'shili', year: 2026, title: null, number: null });

describe('the example notice', () => {
  it.each(['notice.docx', 'notice.pdf'])('is the same schedule as %s', async (file) => {
    const flat = (reading: Reading) =>
      drafted(reading).tasks.map((task) => ({ ...task, quote: task.quote?.replaceAll(/\s/gu, '') }));
    expect(flat(await readingOf(file))).toEqual(flat(await readingOf('notice.txt')));
  });

  it('asks about few of its tasks, and about each of the doubtful ones', async () => {
    const { tasks } = await readingOf('notice.txt');
    const asked = tasks.filter(({ doubts }) => doubts.length > 0).map(({ ref }) => ref);
    expect(asked).toEqual(expect.arrayContaining(['（五）', '（九）']));
    expect(asked.length).toBeLessThanOrEqual(tasks.length / 3);
  });

  it('is shipped as the schedule that it drafts, with every doubt decided', async () => {
    const shipped = readSchedule({ file: 'schedule.yaml', text: Buffer.from(bytesOf('schedule.yaml')).toString('utf8') });
    if (!shipped.ok) throw new Error(shipped.errors[0]?.message);
    const draft = drafted(await readingOf('notice.txt'));
    expect(shipped.value.notice).toEqual(draft.notice);
    expect(shipped.value.tasks.map(({ ref, lead, cooperate }) => ({ ref, lead, cooperate }))).toEqual(
      draft.tasks.map(({ ref, lead, cooperate }) => ({ ref, lead, cooperate })),
    );
    expect(shipped.value.tasks.flatMap(({ review }) => review)).toEqual([]);
    const undoubted = draft.tasks.filter(({ review }) => review.length === 0);
    expect(shipped.value.tasks.filter(({ ref }) => undoubted.some((task) => task.ref === ref))).toEqual(undoubted);
  });
});

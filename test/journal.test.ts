/** The delivery journal on a real disk. */
import { readFileSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Accepted } from '../src/domain/accepted.ts';
import { FileJournal, readJournals } from '../src/journal.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let root: string;
let folder: string;
let wall: number;
let complaints: string[];
let opened: FileJournal[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cuiban-journal-'));
  folder = join(root, 'journal');
  wall = Date.now();
  complaints = [];
  opened = [];
});

afterEach(async () => {
  for (const journal of opened) await journal.close();
  await rm(root, { recursive: true, force: true });
});

function journalOf(worker: string): FileJournal {
  const tell = (_facts: object, text: string): void => void complaints.push(text);
  const journal = new FileJournal({ folder, worker, wall: () => wall, log: { warn: tell, error: tell } });
  opened.push(journal);
  return journal;
}

function entry(n: number, fence = 1): Accepted {
  return {
    message: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    revision: 0,
    fence,
    channel: 'email',
    office: 'ruicheng',
    at: n,
    providerIds: [],
    reminders: [
      {
        schedule: 'ruicheng-2022',
        ref: '三(二)-1',
        unit: 'edu',
        deadline: 'by',
        originalDue: '2022-08-31',
        sequence: 0,
        stage: 'assigned',
        occurrence: 'once',
        contact: 'edu/liaison/1',
      },
    ],
  };
}

async function replayed(journal: FileJournal): Promise<readonly number[]> {
  const given: number[] = [];
  const count = await journal.replay((entries) => {
    given.push(...entries.map(({ at }) => at));
    return Promise.resolve(entries.length);
  });
  expect(count).toBe(given.length);
  return given.toSorted((one, other) => one - other);
}

describe('what a killed process wrote down', () => {
  it('has all that was accepted, be it a moment ago and the disk still busy', async () => {
    const journal = journalOf('w1');
    await journal.ready();
    const [name = ''] = await readdir(folder);
    const written = [1, 2, 3].map((n) => journal.accepted(entry(n)));
    // Nothing of ours ran meanwhile: this is what a kill -9 right now would leave.
    const left = readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    expect(left.map((line) => (JSON.parse(line) as Accepted).at)).toEqual([1, 2, 3]);
    await Promise.all(written);
    expect(await replayed(journalOf('w2'))).toEqual([1, 2, 3]);
  });

  it('is one file for all who ask for it at once', async () => {
    const journal = journalOf('w1');
    expect(await Promise.all([1, 2, 3, 4].map(() => journal.ready()))).toEqual([true, true, true, true]);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('is given to whoever replays, without what it settled, and only once', async () => {
    const dead = journalOf('dead');
    expect(await dead.ready()).toBe(true);
    await Promise.all([1, 2, 3, 4].map((n) => dead.accepted(entry(n))));
    dead.settled([entry(2), entry(4)]);
    await dead.accepted(entry(5));
    const next = journalOf('next');
    expect(await replayed(next)).toEqual([1, 3, 5]);
    expect(await replayed(next)).toEqual([]);
    // What comes later is found too.
    await dead.accepted(entry(6));
    expect(await replayed(next)).toEqual([1, 3, 5, 6]);
  });

  it('is given again where the ledger failed', async () => {
    await journalOf('dead').accepted(entry(1));
    const next = journalOf('next');
    await expect(next.replay(() => Promise.reject(new Error('the ledger is away')))).rejects.toThrow('the ledger is away');
    expect(await replayed(next)).toEqual([1]);
  });

  it('is all there but the line that the crash tore', async () => {
    await journalOf('dead').accepted(entry(1));
    const [name = ''] = await readdir(folder);
    await appendFile(join(folder, name), JSON.stringify(entry(2)).slice(0, -3));
    expect(await replayed(journalOf('next'))).toEqual([1]);
    expect(await readJournals(folder)).toMatchObject({ accepted: [{ at: 1 }], torn: 1 });
    const whole = await readFile(join(folder, name));
    // Wherever it was torn.
    for (let cut = 0; cut < whole.length; cut += 37) {
      await truncate(join(folder, name), whole.length - cut);
      expect((await readJournals(folder)).accepted.length).toBeLessThanOrEqual(1);
    }
  });
});

describe('a journal', () => {
  it('holds neither an address nor a name', async () => {
    await journalOf('one').accepted(entry(1));
    const [name = ''] = await readdir(folder);
    expect(Object.keys(JSON.parse((await readFile(join(folder, name), 'utf8')).trim()) as object).toSorted()).toEqual(
      ['at', 'channel', 'fence', 'message', 'office', 'providerIds', 'reminders', 'revision'].toSorted(),
    );
  });

  it('writes many with few syncs: a thousand at once take no thousand times as long as one', async () => {
    const journal = journalOf('one');
    await journal.ready();
    const started = performance.now();
    for (let n = 0; n < 50; n += 1) await journal.accepted(entry(n));
    const single = (performance.now() - started) / 50;
    const begun = performance.now();
    await Promise.all(Array.from({ length: 1_000 }, (_, n) => journal.accepted(entry(100 + n))));
    const together = (performance.now() - begun) / 1_000;
    console.info(`journal: ${single.toFixed(3)} ms for one alone, ${together.toFixed(3)} ms each for 1,000 at once`);
    expect(together).toBeLessThan(single / 2);
    expect((await readJournals(folder)).accepted).toHaveLength(1_050);
  });

  it('closes a file when all of it is settled and it is an hour old, and deletes it after eight days', async () => {
    const journal = journalOf('one');
    await journal.accepted(entry(1));
    wall += 2 * HOUR;
    await journal.tidy();
    expect(await readdir(folder)).toEqual(['one.1.open.jsonl']);
    journal.settled([entry(1)]);
    await journal.tidy();
    expect(await readdir(folder)).toEqual(['one.1.settled.jsonl']);
    expect((await readJournals(folder)).accepted).toHaveLength(1);
    wall += 7 * DAY;
    await journal.tidy();
    expect(await readdir(folder)).toEqual(['one.1.settled.jsonl']);
    wall += DAY;
    await journal.tidy();
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes a file that nobody has touched for a day for a dead process’s, once it has been replayed', async () => {
    await journalOf('dead').accepted(entry(1));
    const old = new Date(wall - 2 * DAY);
    await utimes(join(folder, 'dead.1.open.jsonl'), old, old);
    expect(await replayed(journalOf('next'))).toEqual([1]);
    expect(await readdir(folder)).toEqual(['dead.1.settled.jsonl']);
  });

  it('that cannot be written says so and stops nobody; when it can be again, nothing is missing', async () => {
    // A file where the folder should be: root too is refused.
    await writeFile(folder, '');
    const journal = journalOf('one');
    expect(await journal.ready()).toBe(false);
    await journal.accepted(entry(1));
    expect(await journal.ready()).toBe(false);
    expect(complaints).toEqual(['the delivery journal cannot be written; nothing is sent until it can']);
    await rm(folder);
    await mkdir(folder);
    expect(await journal.ready()).toBe(true);
    expect(await replayed(journalOf('next'))).toEqual([1]);
  });
});

// What a draft needs beyond the document: the schedule's name, its office, the year. Taken from the options, else from what is known,
// else asked where somebody can answer.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';

import { readOffices } from '../configuration/office.ts';
import { canonicalName, type Directory } from '../domain/directory.ts';
import type { Office } from '../domain/office.ts';
import type { Reading } from '../intake/reading.ts';
import type { Settings } from '../settings.ts';
import { formatErrors } from '../yaml.ts';
import { EXIT, Failure } from './failure.ts';

export interface AboutOptions {
  readonly out?: string;
  readonly name?: string;
  readonly office?: string;
}

const [FIRST_YEAR, LAST_YEAR] = [1990, 2100];

/** The notice's year. @throws Failure that names --year */
export async function yearOf(reading: Reading, mayAsk: boolean): Promise<number> {
  const year = reading.notice.year?.value;
  if (year !== undefined && isYear(year)) return year;
  const reason = '没有读到通知的年份，没写年份的时限定不下来';
  if (!mayAsk) throw new Failure(`${reason}；请用 --year 写明，如 --year 2026`, EXIT.usage);
  const answer = await ask(
    `${reason}。是哪一年的？`,
    (text) => isYear(Number(text)),
    `请输入 ${FIRST_YEAR}–${LAST_YEAR} 的年份：`,
  );
  return Number(answer);
}

function isYear(year: number): boolean {
  return Number.isInteger(year) && year >= FIRST_YEAR && year <= LAST_YEAR;
}

/** The option, else the folder of a schedule.yaml, else notice-YEAR. */
export function nameOf({ name, out }: AboutOptions, year: number): string {
  if (name !== undefined) return name;
  const resolved = out === undefined ? '' : path.resolve(out);
  const folder = path.basename(path.dirname(resolved));
  const isOwn = /^schedule\.ya?ml$/u.test(path.basename(resolved)) && isSlug(folder);
  return isOwn ? folder : `notice-${year}`;
}

function isSlug(text: string): boolean {
  return /^[a-z0-9-]{1,60}$/u.test(text);
}

/** The option, else the directory's, else the only one or the issuer among those of office.yaml. @throws Failure that names --office */
export async function officeIdOf(
  reading: Reading,
  options: AboutOptions,
  directory: Directory | null,
  settings: Settings,
  mayAsk: boolean,
): Promise<string> {
  const told = options.office ?? directory?.office;
  if (told !== undefined) return told;
  const offices = await knownOffices(settings);
  const issuer = canonicalName(reading.notice.issuer?.value ?? '');
  const [only, ...others] = offices;
  const found = only !== undefined && others.length === 0 ? only : offices.find(({ name }) => canonicalName(name) === issuer);
  if (found !== undefined) return found.id;
  const list = offices.map(({ id, name }) => `\n  ${id}（${name}）`).join('');
  if (!mayAsk) throw new Failure(`请用 --office 写明是哪个单位的通知：${list}`, EXIT.usage);
  return ask(`这是哪个单位的通知？${list}`, (text) => offices.some(({ id }) => id === text), '请输入括号前的编号：');
}

async function knownOffices(settings: Settings): Promise<readonly Office[]> {
  const file = path.join(settings.configDir, 'office.yaml');
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Failure(`读不到 ${file}，请用 --office 写明单位编号`, EXIT.usage);
  });
  const read = readOffices({ file, text });
  if (!read.ok) throw new Failure(formatErrors(read.errors), EXIT.findings);
  return [...read.value.offices.values()];
}

/** Asks on standard error: the draft may be going to standard output. Ctrl-C and ctrl-D end it. */
async function ask(question: string, isAnswer: (text: string) => boolean, prompt: string): Promise<string> {
  process.stderr.write(`${question}\n`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // A question stays open for ever when its terminal is closed.
  const closed = new Promise<null>((resolve) => terminal.once('close', () => resolve(null)));
  try {
    for (;;) {
      const answer = (await Promise.race([terminal.question(prompt).catch(() => null), closed]))?.trim();
      if (answer === undefined) throw new Failure('没有回答，什么也没有写。');
      if (isAnswer(answer)) return answer;
    }
  } finally {
    terminal.close();
  }
}

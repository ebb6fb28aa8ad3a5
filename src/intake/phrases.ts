// The grammar of deadline phrases as they stand in a cell of their own. Every pattern is anchored, bounded and un-nested,
// so its cost is linear; a phrase that no pattern takes whole is left to a person, never half understood.

import { z } from 'zod';

import { type Deadline, deadlineIdentity, type IsoDate, type Rule } from '../domain/deadline.ts';

/** The year to supply where a phrase has none, and where it was taken from. */
export interface AssumedYear {
  readonly year: number;
  /** 通知年度: the end of 年份取自…. */
  readonly source: string;
}

export interface ReadDeadlines {
  readonly deadlines: readonly Deadline[];
  /** What a person must look at, in words that quote the cell. */
  readonly review: readonly string[];
}

type Meaning = { kind: 'by' | 'from'; date: IsoDate } | { kind: 'recurring'; rule: Rule } | { kind: 'ongoing' };
type Match = readonly (string | undefined)[];

const BEFORE = '(?:之前|以前|前)?';
const DONE = '(?:全部|全面|基本)?(?:完成|办结|落实到位|落实|报送)?';
const YEAR = '(?:(\\d{4})年|今年|本年)?';
const AT = '(?:于|在|截至|截止|力争)?';
const GROWN = '(?:施行|执行|实施|开展|推进)?';

const PATTERNS: readonly (readonly [RegExp, (match: Match, year: number) => Meaning | null])[] = [
  [pattern(`(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})${BEFORE}${DONE}`), ([, year, , month, day]) => by(year, month, day)],
  [
    pattern(`${AT}${YEAR}(\\d{1,2})月(\\d{1,2})[日号]${BEFORE}${DONE}`),
    ([, year, month, day], assumed) => by(year ?? assumed, month, day),
  ],
  [pattern(`${AT}${YEAR}(\\d{1,2})月份?[底末]${BEFORE}${DONE}`), ([, year, month], assumed) => by(year ?? assumed, month, null)],
  [
    pattern(`${AT}(?:(\\d{4})年年?|今年年?|本年年?|年)[底末]${BEFORE}${DONE}`),
    ([, year], assumed) => by(year ?? assumed, 12, 31),
  ],
  [pattern(`[自从]?${YEAR}(\\d{1,2})月份?(?:起|开始)${GROWN}`), ([, year, month], assumed) => from(year ?? assumed, month, 1)],
  [
    pattern(`[自从]?${YEAR}(\\d{1,2})月(\\d{1,2})[日号](?:起|开始)${GROWN}`),
    ([, year, month, day], assumed) => from(year ?? assumed, month, day),
  ],
  [pattern(`每年(\\d{1,2})月份?[底末]${BEFORE}${DONE}`), ([, month]) => yearly(month, null)],
  [pattern(`每年(\\d{1,2})月(\\d{1,2})[日号]${BEFORE}${DONE}`), ([, month, day]) => yearly(month, day)],
  [pattern(`每年(?:年?[底末]${BEFORE}${DONE}|(?:至少)?[一1]次)?`), () => recurring('yearly')],
  [pattern(`(?:每|按)半年(?:[底末]前?)?(?:(?:至少)?[一1]次)?${DONE}`), () => recurring('half-yearly')],
  [pattern(`(?:每|按)季度?(?:[底末]前?)?(?:(?:至少)?[一1]次)?${DONE}`), () => recurring('quarterly')],
  [pattern(`(?:每个?|按)月(?:[底末]前?)?(?:(?:至少)?[一1]次)?${DONE}`), () => recurring('monthly')],
  [pattern('(?:全年|长期|常年|常态化)(?:持续)?(?:推进|坚持|开展|进行)?'), () => ({ kind: 'ongoing' })],
  [pattern('年内(?:持续(?:推进|坚持|开展|进行)?)?|持续(?:推进|坚持|开展|进行)?'), () => ({ kind: 'ongoing' })],
];

// Where a time may begin and end inside a sentence; what is found is read by the patterns above.
const IN_SENTENCE =
  /(?<!\d)(?:(?:\d{4}年|今年|本年|每年)?\d{1,2}月份?(?:\d{1,2}[日号]|[底末])?(?:前|起)?|(?:\d{4}年|今年|本年)?年?[底末]前|每(?:半年|季度|季|月))/gu;

const LONGEST_CELL = 500;
const LONGEST_PHRASE = 60;

/** Reads a deadline cell: each part between separators is one time; what is not understood whole is quoted in `review`. */
export function readDeadlines(cell: string, assumed: AssumedYear): ReadDeadlines {
  if (cell.trim() === '') return { deadlines: [], review: [] };
  const unread = (part: string) => `时限“${quote(part)}”没有读懂，请填写期限`;
  if (cell.length > LONGEST_CELL) return { deadlines: [], review: [unread(cell)] };
  // A date may be broken over two lines of its cell.
  const whole = readPhrase(cell.replaceAll(/\s+/gu, ' '), assumed);
  if (whole !== null) return { deadlines: [whole], review: [] };
  const deadlines: Deadline[] = [];
  const review: string[] = [];
  for (const part of cell.split(/[、，,；;。\n]/u).map((each) => each.trim())) {
    if (part === '') continue;
    const deadline = readPhrase(part, assumed);
    if (deadline === null) review.push(unread(part));
    else deadlines.push(deadline);
  }
  if (deadlines.length > 1) review.push(`一格里有 ${deadlines.length} 个时间（“${quote(cell)}”），请确认是否都要保留`);
  return { deadlines, review };
}

/** Times that stand in a sentence and are not among those already read: 全年 in the column often hides 每季度 in the body. */
export function hiddenTimes(sentence: string, read: readonly Deadline[], assumed: AssumedYear): readonly string[] {
  const seen = new Set(read.map(deadlineIdentity));
  const hidden: string[] = [];
  for (const [found] of plain(sentence.slice(0, 20_000)).matchAll(IN_SENTENCE)) {
    const deadline = readPhrase(found, assumed);
    if (deadline === null || seen.has(deadlineIdentity(deadline))) continue;
    seen.add(deadlineIdentity(deadline));
    hidden.push(found);
  }
  return hidden;
}

/** One time, or null where the whole phrase is not understood or names no day of the calendar. */
function readPhrase(phrase: string, assumed: AssumedYear): Deadline | null {
  const text = phrase.trim();
  if (text.length > LONGEST_PHRASE) return null;
  const wanted = plain(text);
  for (const [shape, understand] of PATTERNS) {
    const match = shape.exec(wanted);
    if (match === null) continue;
    const meaning = understand(match, assumed.year);
    if (meaning === null) return null;
    const dated = meaning.kind === 'by' || meaning.kind === 'from';
    return dated && !/\d{4}/u.test(wanted) ? { ...meaning, text, inferred: `年份取自${assumed.source}` } : { ...meaning, text };
  }
  return null;
}

/** For quoting what a person wrote: one line, not too long. */
export function quote(text: string): string {
  const flat = text.replaceAll(/\s+/gu, ' ').trim();
  return flat.length > 60 ? `${flat.slice(0, 60)}…`.replace(/\p{Surrogate}/gu, '') : flat;
}

// Full-width digits, Kangxi radicals out of a PDF (⽉⽇) and stray spaces mean nothing.
function plain(text: string): string {
  return text.normalize('NFKC').replaceAll(/\s/gu, '');
}

function pattern(source: string): RegExp {
  return new RegExp(`^(?:${source})$`, 'u');
}

type Figure = string | number | undefined | null;

function by(year: Figure, month: Figure, day: Figure): Meaning | null {
  const date = realDate(year, month, day);
  return date === null ? null : { kind: 'by', date };
}

function from(year: Figure, month: Figure, day: Figure): Meaning | null {
  const date = realDate(year, month, day);
  return date === null ? null : { kind: 'from', date };
}

function yearly(month: Figure, day: Figure): Meaning | null {
  // A leap year: 每年2月底 is written 02-29 and falls on the last day that the year has.
  const date = realDate(2024, month, day);
  return date === null ? null : recurring(`yearly ${date.slice(5)}`);
}

function recurring(rule: Rule): Meaning {
  return { kind: 'recurring', rule };
}

/** A day of the calendar; without a day, the last of the month. */
function realDate(year: Figure, month: Figure, day: Figure): IsoDate | null {
  const days = day === null ? [31, 30, 29, 28] : [day];
  const two = (figure: Figure) => String(figure).padStart(2, '0');
  const dates = days.map((each) => `${year}-${two(month)}-${two(each)}`);
  return dates.find((date) => z.iso.date().safeParse(date).success) ?? null;
}

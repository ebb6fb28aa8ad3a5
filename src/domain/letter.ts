// What one message says, before it has a wording: which duties, in which order, and the words a letter may use of them.

import type { Calendar } from './calendar.ts';
import type { IsoDate } from './deadline.ts';
import type { Message, MessageItem } from './message.ts';
import type { Office } from './office.ts';
import { type Instant, clockTimeOf, dateOf } from './time.ts';
import {
  clauseInWords,
  dateWithYear,
  divisionInWords,
  line,
  noticeInWords,
  originalInWords,
  otherDeadlines,
  quoted,
  remindedInWords,
  ROLES,
  STATUSES,
  type Timing,
  timingOf,
  type Tone,
} from './letter-words.ts';

export interface LetterContext {
  readonly office: Office;
  readonly today: IsoDate;
  readonly now: Instant;
  readonly calendar: Calendar;
  /** A rehearsal: every letter says so. */
  readonly drill: boolean;
  /** What people quote on the telephone; made from the message's day and id unless given. */
  readonly letterNo?: string;
}

/** One duty as a letter shows it. Empty strings where there is nothing to say. */
export interface LetterDuty {
  readonly title: string;
  readonly due: string;
  readonly remaining: string;
  readonly state: Timing['state'];
  readonly tone: Tone;
  readonly originalDue: string;
  /** `《…》（文号）`, and its clause with the words of the notice. */
  readonly notice: string;
  readonly clause: string;
  /** Other times that the same task names. */
  readonly also: string;
  readonly division: string;
  readonly status: string;
  /** When it was asked for before; only of what is overdue. */
  readonly reminded: string;
}

/** The placeholders of letters.yaml. Of several duties the most urgent one speaks. */
export interface LetterWords {
  readonly count: number;
  readonly title: string;
  readonly due: string;
  readonly dueIn: string;
  readonly remaining: string;
  readonly originalDue: string;
  readonly role: string;
  readonly units: string;
  readonly whose: string;
  readonly notice: string;
  readonly notices: string;
  readonly reminded: string;
  readonly lacking: string;
  readonly please: string;
  readonly month: string;
  readonly quarter: string;
  readonly half: string;
  readonly year: string;
  readonly replies: string;
  readonly office: string;
  readonly phone: string;
  readonly contactPerson: string;
  readonly letterNo: string;
}

/** Whom a section asks to answer, and how. */
export type Answerer = 'unit' | 'external' | 'supervisor' | 'copy';

/** Duties that share a letter and its wording. */
export interface LetterSection {
  readonly letter: string;
  /** Duties that begin on a date instead of ending on it (10月起施行). */
  readonly starting: boolean;
  readonly external: boolean;
  readonly copy: boolean;
  readonly answerer: Answerer;
  readonly duties: readonly LetterDuty[];
  readonly words: LetterWords;
}

export interface LetterModel {
  /** Most urgent first; the first one names the letter. Never empty. */
  readonly sections: readonly LetterSection[];
  readonly total: number;
  /** The words over all duties of the message. */
  readonly words: LetterWords;
  readonly recipient: { readonly unit: string; readonly post: string; readonly name: string };
  /** `2022年8月10日`. */
  readonly date: string;
  readonly sentAt: string;
  readonly calendar: string;
  readonly drill: boolean;
  readonly letterNo: string;
  readonly insteadOf: string | null;
}

interface Item {
  readonly item: MessageItem;
  readonly timing: Timing;
}

/** The letters there are, most urgent first; `hasStarting`: what begins on a date is worded apart. */
export type KnownLetters = ReadonlyMap<string, { readonly hasStarting: boolean }>;

/**
 * Orders and words the duties of a message.
 * @throws RangeError for a message without items, a letter that is not known, or a date beyond the calendar.
 */
export function letterModel(message: Message, context: LetterContext, letters: KnownLetters): LetterModel {
  if (message.items.length === 0) throw new RangeError(`message ${message.id} says nothing`);
  const items = message.items
    .map((item): Item => ({ item, timing: timingOf(item.assignment, context.today, context.calendar) }))
    .toSorted((a, b) => compareLateness(b, a));
  const urgency = [...letters.keys()];
  const ranked = grouped(items, letters)
    .map((group) => ({ group, rank: rank(group, urgency) }))
    .toSorted((a, b) => a.rank - b.rank);
  const { office, today, now, calendar } = context;
  const letterNo = letterNoOf(message, context);
  const sections = ranked.map(({ group }) => section(group, message, context, letterNo));
  return {
    sections,
    total: items.length,
    words: (sections.length === 1 ? sections[0]?.words : undefined) ?? wordsOf(items, message, context, letterNo),
    recipient: { unit: line(message.to.unitName), post: line(message.to.post), name: line(message.to.name) },
    date: longDate(today),
    sentAt: `${longDate(dateOf(office.hours.zone, now))} ${clockTimeOf(office.hours.zone, now)}`,
    calendar:
      calendar.data.version +
      (items.every(({ item }) => isOfficial(item, context)) ? '' : '；尚未公布放假安排的年份暂按周一至周五推算'),
    drill: context.drill,
    letterNo,
    insteadOf: items.find(({ item }) => item.insteadOf !== undefined)?.item.insteadOf ?? null,
  };
}

function grouped(items: readonly Item[], letters: KnownLetters): readonly (readonly Item[])[] {
  const groups = new Map<string, Item[]>();
  for (const each of items) {
    const apart = letters.get(each.item.letter)?.hasStarting === true && isStart(each.item);
    const key = [each.item.letter, apart, each.item.external, each.item.copy].join('|');
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()];
}

function section(items: readonly Item[], message: Message, context: LetterContext, letterNo: string): LetterSection {
  const { item: first } = firstOf(items);
  return {
    letter: first.letter,
    starting: items.every(({ item }) => isStart(item)),
    external: first.external,
    copy: first.copy,
    answerer: answererOf(items, message),
    duties: items.map((each) => duty(each, message, context.today)),
    words: wordsOf(items, message, context, letterNo),
  };
}

function duty({ item, timing }: Item, message: Message, today: IsoDate): LetterDuty {
  const { assignment } = item;
  const unit = line(item.unitName);
  const moved = assignment.originalDue !== null && assignment.originalDue !== assignment.due;
  return {
    title: line(assignment.task.title),
    due: timing.dueOn,
    remaining: timing.remaining === timing.state ? '' : timing.remaining,
    state: timing.state,
    tone: timing.tone,
    originalDue: moved ? originalInWords(assignment, today) : '',
    notice: noticeInWords(assignment),
    clause: clauseInWords(assignment),
    also: otherDeadlines(assignment),
    division: divisionInWords(assignment, unit, assignment.unit === message.to.unit ? '贵单位' : unit),
    status: STATUSES[assignment.status],
    reminded: timing.tone === 'late' ? remindedInWords(item.remindedOn, today) : '',
  };
}

function wordsOf(items: readonly Item[], message: Message, context: LetterContext, letterNo: string): LetterWords {
  const { office, today } = context;
  const { item, timing } = firstOf(items);
  const { assignment } = item;
  const units = distinct(items.map((each) => line(each.item.unitName)));
  const roles = distinct(items.map((each) => ROLES[each.item.assignment.role]));
  const own = items.every((each) => each.item.assignment.unit === message.to.unit);
  const reminded = items.length === 1 ? remindedInWords(item.remindedOn, today) : '';
  const unitWords = units.length <= 2 ? units.join('、') : `${units[0] ?? ''}等${units.length}个单位`;
  return {
    count: items.length,
    title: quoted(assignment.task.title),
    due: distinct(items.map((each) => each.timing.date)).length > 1 ? `${timing.date}起陆续` : timing.date,
    dueIn: timing.dueIn,
    remaining: timing.remaining,
    originalDue: assignment.originalDue === null ? '' : dateWithYear(assignment.originalDue, today),
    role: roles.toSorted((a, b) => (a === b ? 0 : a === '牵头' ? -1 : 1)).join('或'),
    units: unitWords,
    whose: own ? '贵单位' : unitWords,
    notice: line(assignment.notice.title).replace(/^《(.*)》$/u, '$1'),
    notices: distinct(items.map((each) => noticeInWords(each.item.assignment))).join('、'),
    reminded: reminded === '' ? '' : `此前${reminded}。`,
    lacking: items.some((each) => each.item.assignment.status === 'submitted') ? '尚未办结销号' : '尚未收到办结反馈',
    please: items.every((each) => each.item.external) ? '商请' : '请',
    ...periods(item.occurrence === 'once' ? today : item.occurrence),
    replies: replies(items),
    office: office.name,
    phone: office.phone,
    contactPerson: office.contactPerson,
    letterNo,
  };
}

/** What may be answered: what a person already said is not asked again, and what has no date can't be moved. */
function replies(items: readonly Item[]): string {
  const unseen = items.some(({ item }) => item.assignment.status === 'needs-action');
  const dated = items.some(({ item }) => item.assignment.due !== null);
  const undated = items.some(({ item }) => item.assignment.due === null);
  const words = [...(unseen ? ['签收'] : []), '进展', ...(undated ? ['无变化'] : []), '办结', ...(dated ? ['申请延期'] : [])];
  return `${words.map((word) => `“${word}”`).join('')}${dated ? '（附理由和拟完成日期）' : ''}`;
}

function answererOf(items: readonly Item[], message: Message): Answerer {
  const isOwn = ({ item }: Item): boolean => item.assignment.unit === message.to.unit;
  const { item } = firstOf(items);
  if (items.some(isOwn)) return item.external ? 'external' : 'unit';
  if (item.copy) return 'copy';
  // Someone at a post of two units answers for both; whoever has no duty here supervises.
  const answersForAUnit = message.items.some((each) => each.assignment.unit === message.to.unit);
  return answersForAUnit ? 'unit' : 'supervisor';
}

function periods(date: IsoDate): Pick<LetterWords, 'month' | 'quarter' | 'half' | 'year'> {
  const month = Number(date.slice(5, 7));
  return {
    month: `${month}月`,
    quarter: `第${'一二三四'[Math.ceil(month / 3) - 1] ?? ''}季度`,
    half: month <= 6 ? '上半年' : '下半年',
    year: `${Number(date.slice(0, 4))}年`,
  };
}

function rank(items: readonly Item[], urgency: readonly string[]): number {
  const { item } = firstOf(items);
  const place = urgency.indexOf(item.letter);
  if (place === -1) throw new RangeError(`there is no letter ${item.letter}`);
  return place * 2 + (item.copy ? 1 : 0);
}

function compareLateness(a: Item, b: Item): number {
  return a.timing.lateness === b.timing.lateness ? 0 : a.timing.lateness - b.timing.lateness;
}

function isStart({ assignment }: MessageItem): boolean {
  return assignment.deadline?.kind === 'from' && assignment.due !== null;
}

function isOfficial({ assignment }: MessageItem, { calendar, today }: LetterContext): boolean {
  return calendar.isOfficial(today) && (assignment.due === null || calendar.isOfficial(assignment.due));
}

/** `20220810-1A2B3C4D`: the same for every copy of a message. */
function letterNoOf(message: Message, { letterNo }: LetterContext): string {
  return (
    letterNo ??
    `${message.day.replaceAll('-', '')}-${message.id
      .replace(/[^\da-z]/giu, '')
      .slice(0, 8)
      .toUpperCase()}`
  );
}

function longDate(date: IsoDate): string {
  return `${Number(date.slice(0, 4))}年${Number(date.slice(5, 7))}月${Number(date.slice(8))}日`;
}

function firstOf(items: readonly Item[]): Item {
  const [first] = items;
  if (first === undefined) throw new RangeError('a section of a letter needs a duty');
  return first;
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

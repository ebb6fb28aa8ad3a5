// What the layouts are given to print, and how long a subject or an SMS may be.

import type { LetterContext, LetterDuty, LetterModel, LetterSection, LetterWords } from '../domain/letter.ts';
import { clipped, line, type Tone } from '../domain/letter-words.ts';
import { PART_UNITS, SINGLE_UNITS } from '../domain/segments.ts';
import type { Letters, Phrase, Wording } from './letters.ts';

const SUBJECT_LIMIT = 60;
/** Shorter than this a title says nothing: then a second part of the SMS is better. */
const SHORTEST_TITLE = 6;
/** Each reads on white and on black, and carries white text. */
const COLOURS: Readonly<Record<Tone, string>> = { calm: '#2e7d32', near: '#b45309', late: '#c62828' };
const NUMERALS = '一二三四五六七八九十';

export interface LayoutDuty extends LetterDuty {
  /** Without its notice where the opening has just named it. */
  readonly basis: string;
  /** `1．`, empty where a letter has one duty. */
  readonly number: string;
  /** Empty in the text part. */
  readonly colour: string;
}

/** What letter.txt.liquid and letter.html.liquid may print. */
export interface LayoutScope {
  readonly subject: string;
  readonly drill: boolean;
  readonly salutation: string;
  readonly opening: string;
  readonly others: string;
  readonly sections: readonly {
    readonly heading: string;
    readonly first: boolean;
    readonly opening: string;
    readonly duties: readonly LayoutDuty[];
    readonly ask: string;
  }[];
  readonly answers: readonly string[];
  readonly office: { readonly name: string; readonly phone: string; readonly contactPerson: string };
  readonly date: string;
  readonly why: string;
  readonly letterNo: string;
  readonly sentAt: string;
  readonly calendar: string;
}

export const LAYOUT_NAMES = Object.keys({
  subject: 0,
  drill: 0,
  salutation: 0,
  opening: 0,
  others: 0,
  sections: 0,
  answers: 0,
  office: 0,
  date: 0,
  why: 0,
  letterNo: 0,
  sentAt: 0,
  calendar: 0,
} satisfies Record<keyof LayoutScope, 0>);
export const SMS_NAMES = ['signature', 'drill', 'body'];

export function textScope(model: LetterModel, letters: Letters, context: LetterContext, subject: string): LayoutScope {
  const { recipient } = model;
  const { office } = context;
  const post = `${recipient.post}${recipient.name === '' ? '' : `${recipient.name}同志`}`;
  const copied = model.sections.every(({ copy }) => copy);
  const headings = labelled(model, letters);
  let number = 0;
  const sections = model.sections.map((section, index) => {
    const { wording, words } = voiceOf(section, letters);
    const opening = wording.opening(words);
    return {
      heading: headings[index] ?? '',
      first: index === 0,
      opening,
      duties: section.duties.map((duty) => {
        number += 1;
        // The opening of a single duty may have said it already.
        const reminded = opening.includes(duty.reminded) ? '' : duty.reminded;
        const basis = opening.includes(duty.notice) ? duty.clause : `${duty.notice}${duty.clause}`;
        return layoutDuty(duty, { basis, reminded, number: model.total > 1 ? `${number}．` : '', colour: '' });
      }),
      ask: wording.ask === null ? '' : wording.ask(words),
    };
  });
  return {
    subject,
    drill: model.drill,
    salutation: `${recipient.unit}（${post}）`,
    opening: sections[0]?.opening ?? '',
    others: othersInWords(model, letters),
    sections,
    answers: answersOf(model, letters),
    office: { name: office.name, phone: office.phone, contactPerson: office.contactPerson },
    date: model.date,
    why: `本信由催办系统发送，因您登记为${recipient.unit}${recipient.post}${copied ? '，抄送知悉' : ''}。${insteadInWords(model)}`,
    letterNo: model.letterNo,
    sentAt: model.sentAt,
    calendar: model.calendar,
  };
}

export function htmlScope(scope: LayoutScope): LayoutScope {
  const coloured = (duty: LayoutDuty): LayoutDuty =>
    layoutDuty(duty, { basis: duty.basis, reminded: duty.reminded, number: duty.number, colour: COLOURS[duty.tone] });
  return { ...scope, sections: scope.sections.map((each) => ({ ...each, duties: each.duties.map(coloured) })) };
}

/** Field by field: a copy made with `...` costs a letter more than all its words. */
function layoutDuty(duty: LetterDuty, own: Pick<LayoutDuty, 'basis' | 'reminded' | 'number' | 'colour'>): LayoutDuty {
  return {
    title: duty.title,
    due: duty.due,
    remaining: duty.remaining,
    state: duty.state,
    tone: duty.tone,
    originalDue: duty.originalDue,
    notice: duty.notice,
    clause: duty.clause,
    also: duty.also,
    division: duty.division,
    status: duty.status,
    reminded: own.reminded,
    basis: own.basis,
    number: own.number,
    colour: own.colour,
  };
}

/** One line of about 60 characters; titles give way first. @throws RangeError should nothing be left to say. */
export function subjectOf(model: LetterModel, letters: Letters): string {
  const [headline] = model.sections;
  if (headline === undefined) throw new RangeError('a letter needs a section');
  const { wording, words } = voiceOf(headline, letters);
  const rest = model.total - headline.duties.length;
  const write = (given: LetterWords): string => {
    const phrase = headline.duties.length === 1 ? wording.one : wording.many;
    const copy = headline.copy ? '（抄送）' : '';
    const others = rest > 0 ? `；另有${rest}项` : '';
    return `${model.drill ? '【演练】' : ''}${phrase(given)}${copy}${others}`;
  };
  const subject = clipped(line(fitted(write, words, SUBJECT_LIMIT)), SUBJECT_LIMIT + 20);
  if (subject === '') throw new RangeError(`letter ${headline.letter} has an empty subject`);
  return subject;
}

/** An SMS with its signature: one part where it can be, else the title kept whole as far as two parts reach. */
export function smsText(model: LetterModel, letters: Letters, context: LetterContext, layout: (scope: object) => string): string {
  const [headline] = model.sections;
  if (headline === undefined) throw new RangeError('a letter needs a section');
  const { wording } = voiceOf(headline, letters);
  const { insteadOf } = model;
  const phrase: Phrase = model.total === 1 && wording.sms !== null ? wording.sms : letters.smsMany;
  const write = (given: LetterWords): string => {
    const body = neutral(insteadOf === null ? phrase(given) : letters.smsInstead({ ...given, insteadOf }));
    return line(layout({ signature: context.office.signature, drill: model.drill, body }));
  };
  const short = fitted(write, model.words, SINGLE_UNITS);
  return short.length <= SINGLE_UNITS ? short : fitted(write, model.words, 2 * PART_UNITS);
}

/** Why a letter comes to somebody else, or by another address, than it was meant for. */
function insteadInWords({ insteadOf }: LetterModel): string {
  return insteadOf === null ? '' : `${insteadOf}收不到信，故发到这里，请告知本办更正。`;
}

function voiceOf(section: LetterSection, letters: Letters): { readonly wording: Wording; readonly words: LetterWords } {
  const letter = letters.letters.get(section.letter);
  if (letter === undefined) throw new RangeError(`there is no letter ${section.letter}`);
  return { wording: letter.wording(section), words: section.words };
}

/** Writes with the longest title (and notice) that keeps within the limit, or with the shortest there is. */
function fitted(write: (words: LetterWords) => string, words: LetterWords, limit: number): string {
  const longest = Math.max(words.title.length, words.notice.length, SHORTEST_TITLE);
  for (let length = longest; ; length -= 1) {
    const text = write({ ...words, title: clipped(words.title, length), notice: clipped(words.notice, length) });
    if (text.length <= limit || length <= SHORTEST_TITLE) return text;
  }
}

/** What clouds refuse in an SMS: brackets of their own, links, ornaments. */
function neutral(text: string): string {
  return text
    .replace(/https?:\/\/\S+/giu, '')
    .replace(/[〔［]/gu, '(')
    .replace(/[〕］]/gu, ')')
    .replace(/[『「〖【]/gu, '‘')
    .replace(/[』」〗】]/gu, '’')
    .replace(/[★→]/gu, '');
}

function labelled(model: LetterModel, letters: Letters): readonly string[] {
  return model.sections.map((section, index) => {
    const label = letters.letters.get(section.letter)?.label ?? section.letter;
    return `${NUMERALS[index] ?? index + 1}、${label}（${section.duties.length}项${section.copy ? '，抄送' : ''}）`;
  });
}

function othersInWords(model: LetterModel, letters: Letters): string {
  const counts = new Map<string, number>();
  for (const section of model.sections.slice(1)) {
    const label = letters.letters.get(section.letter)?.label ?? section.letter;
    counts.set(label, (counts.get(label) ?? 0) + section.duties.length);
  }
  if (counts.size === 0) return '';
  return `另有${[...counts].map(([label, count]) => `${label}${count}项`).join('、')}，一并列后。`;
}

/** One way to answer for each kind of addressee, copies only where nothing is asked at all. */
function answersOf(model: LetterModel, letters: Letters): readonly string[] {
  const asked = model.sections.map((section) =>
    letters.letters.get(section.letter)?.toSupervisor === true && !section.copy ? 'supervisor' : section.answerer,
  );
  const wanted = [...new Set(asked)];
  const active = wanted.filter((each) => each !== 'copy');
  return (active.length > 0 ? active : wanted).map((each) => letters.answers[each](model.words));
}

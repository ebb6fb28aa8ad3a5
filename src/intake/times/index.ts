// Reads the times of one task: its sentences, and the bracket or the cell that states its term. A deadline is made of time
// words and of nothing else; what looks like a time and is not understood is asked about.

import { deadlineIdentity } from '../../domain/deadline.ts';
import type { Passage } from '../passage.ts';
import { type Doubt, isOpen, type TimeContext } from '../reading.ts';
import type { Point } from './points.ts';
import { type Found, type Place, timesIn } from './scene.ts';
import { settle, type Settled, type Term } from './settle.ts';

interface TimeParts {
  /** The sentences. */
  readonly body: Passage | null;
  /** What states the term: the inside of a bracket, units and all, or a cell of a table. */
  readonly stated: Passage | null;
  readonly statedKind: 'bracket' | 'column' | null;
}

export interface ReadTimes {
  readonly deadlines: readonly Term[];
  readonly doubts: readonly Doubt[];
}

/** One task's times. `body` is the sentences; `stated` the bracket or column that states the time (or null). */
export function readTimes({ body, stated, statedKind }: TimeParts, context: TimeContext): ReadTimes {
  const said = body === null ? [] : timesIn(body, 'body');
  const inBody = settle(said, context);
  const place: Place = statedKind ?? 'bracket';
  const stateds = stated === null ? [] : timesIn(stated, place);
  const inStated = settle(stateds, context, pointsOf(said));
  const { kept, dated } = datedBy(inBody.deadlines, inStated.deadlines);
  const where = place === 'column' ? '时限一栏' : '括号';
  const reasons = [
    ...inBody.doubts.filter((doubt) => !dated.some(({ text }) => doubt.startsWith(`时间“${text}”`))),
    ...dated.map(({ text, by }) => `正文“${text}”没有写明日期，已取${where}“${by}”，请核对`),
    ...inStated.doubts,
    ...(stated === null || place !== 'column' ? [] : unread(stated, stateds, inStated)),
    ...conflicts(kept, inStated.deadlines, where),
  ];
  return {
    deadlines: unique([...kept, ...inStated.deadlines]),
    doubts: [...new Set(reasons)].map((reason): Doubt => ({ field: 'deadlines', reason })),
  };
}

function pointsOf(times: readonly Found[]): readonly Point[] {
  return times.flatMap(({ time }) => (time.kind === 'point' ? [time.point] : []));
}

function unique(terms: readonly Term[]): readonly Term[] {
  const seen = new Set<string>();
  return terms.filter((term) => {
    const identity = identityOf(term);
    const fresh = !seen.has(identity);
    seen.add(identity);
    return fresh;
  });
}

function identityOf(term: Term): string {
  return isOpen(term) ? `open ${term.text}` : deadlineIdentity(term);
}

/** A cell is nothing but times: whatever was not read as one is quoted. */
function unread(cell: Passage, times: readonly Found[], { deadlines, doubts }: Settled): readonly string[] {
  let rest = '';
  let at = 0;
  for (const { phrase } of times) {
    rest += cell.text.slice(at, phrase.start);
    at = phrase.end;
  }
  rest += cell.text.slice(at);
  const nothing = /^[-—–/\\、,.。;无]*$/u.test(cell.text);
  const understood =
    deadlines.length + doubts.length > 0 && !/\d|[年月日季旬周]/u.test(rest.replaceAll(/\d{1,3}(?:次|场|期|轮|回|%)/gu, ''));
  return nothing || understood ? [] : [`时限“${shortened(cell.printed())}”没有读懂，请填写期限`];
}

/** 汛期前 in the sentences beside 5月底前 in the bracket: the bracket dates it. */
function datedBy(body: readonly Term[], stated: readonly Term[]) {
  const by = stated.find((term) => term.kind === 'by' && term.date !== null)?.text;
  if (by === undefined) return { kept: body, dated: [] };
  const open = body.filter((term) => isOpen(term) && term.kind === 'by');
  return { kept: body.filter((term) => !open.includes(term)), dated: open.map(({ text }) => ({ text, by })) };
}

function conflicts(body: readonly Term[], stated: readonly Term[], where: string): readonly string[] {
  const told = stated[0];
  if (told === undefined) return [];
  const known = new Set(stated.flatMap(sayings));
  if (body.flatMap(sayings).some((each) => known.has(each))) return [];
  // 年底前 or 每季度 within a year of steady work: both hold.
  const steady = stated.every(({ kind }) => kind === 'ongoing');
  const first = body.find((term) => term.kind !== 'ongoing' && !isRound(term) && !(steady && holdsAllYear(term)));
  return first === undefined ? [] : [`正文“${first.text}”与${where}“${told.text}”不一致，两个都已保留，请核对`];
}

/** What a term says: 7月1日起 and by 7月1日 say the same day. */
function sayings(term: Term): readonly string[] {
  return 'date' in term && term.date !== null ? [identityOf(term), term.date] : [identityOf(term)];
}

/** 每月调度 beside 12月底前: rounds on the way to a term. */
function isRound(term: Term): boolean {
  return term.kind === 'recurring' && !term.rule.startsWith('yearly');
}

function holdsAllYear(term: Term): boolean {
  return term.kind === 'recurring' || (term.kind === 'by' && term.date !== null && term.date.endsWith('-12-31'));
}

const LONGEST_QUOTE = 60;

function shortened(text: string): string {
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…`.replace(/\p{Surrogate}/gu, '') : text;
}

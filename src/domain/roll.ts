// Last year's schedule as the draft of this year's: what comes again or goes on is kept, what was left undone is carried along
// (回头看), what is done is left out. Every date and year that was moved is asked about: the new notice decides.

import { DateTime } from 'luxon';

import { type Assignment, deadlineKey, isClosed } from './assignment.ts';
import { type Deadline, deadlineIdentity, type IsoDate } from './deadline.ts';
import { clipped } from './letter-words.ts';
import type { Notice, Schedule, Task } from './notice.ts';

export interface Progress {
  /** All assignments of the schedule. */
  readonly assignments: readonly Assignment[];
  /** As of this day: what is due from it on is not late. */
  readonly on: IsoDate;
  /** A unit's name by its id. */
  readonly unitName: (unit: string) => string;
}

export interface LeftOut {
  readonly task: Task;
  readonly deadlines: readonly { readonly deadline: Deadline; readonly why: 'completed' | 'cancelled' }[];
}

export interface Rolled {
  readonly schedule: Schedule;
  /** Tasks of which nothing is left to do, and deadlines of others. */
  readonly leftOut: readonly LeftOut[];
  readonly moved: number;
  readonly unfinished: number;
}

/** `progress` null: what was done is not known, so that every date moves. @throws RangeError when `year` is not after the notice's */
export function roll(schedule: Schedule, progress: Progress | null, year: number): Rolled {
  const { notice } = schedule;
  if (year <= notice.year) throw new RangeError(`${year} is not after ${notice.year}`);
  const years = { from: notice.year, to: year };
  const rolled = schedule.tasks.map((task) => rollTask(task, progress, years));
  const tasks = rolled.flatMap(({ task }) => (task === null ? [] : [task]));
  const next = rollNotice(notice, years);
  const [first, ...rest] = tasks;
  const asked = headReview(notice, next);
  return {
    schedule: {
      name: rollName(schedule.name, years),
      office: schedule.office,
      notice: next,
      tasks: first === undefined ? [] : [{ ...first, review: [...asked, ...first.review] }, ...rest],
    },
    leftOut: rolled.flatMap(({ leftOut }) => (leftOut.deadlines.length === 0 ? [] : [leftOut])),
    moved: rolled.filter(({ moved }) => moved).length,
    unfinished: rolled.filter(({ unfinished }) => unfinished).length,
  };
}

interface Years {
  readonly from: number;
  readonly to: number;
}

interface RolledTask {
  readonly task: Task | null;
  readonly leftOut: LeftOut;
  readonly moved: boolean;
  readonly unfinished: boolean;
}

function rollTask(task: Task, progress: Progress | null, years: Years): RolledTask {
  const own = progress === null ? null : progress.assignments.filter(({ ref }) => ref === task.ref);
  const parts = task.deadlines.map((deadline) => rollDeadline(deadline, own, progress, years));
  const kept = parts.flatMap(({ deadline }) => (deadline === null ? [] : [deadline]));
  const leftOut = { task, deadlines: parts.flatMap(({ left }) => (left === null ? [] : [left])) };
  const moved = parts.some((part) => part.moved);
  const stray = strayReview(task, own ?? [], progress);
  const unfinished = stray.length > 0 || parts.some((part) => part.unfinished);
  if (kept.length === 0 && task.deadlines.length > 0) return { task: null, leftOut, moved, unfinished };
  // What was left undone, or is not due yet, is last year's, and so are its words.
  const lastYears = parts.some((part) => part.unfinished || (part.deadline?.kind === 'by' && !part.moved));
  const titled = lastYears || stray.length > 0 ? { title: task.title, review: [] } : rollTitle(task.title, years);
  const review = [
    ...parts.flatMap((part) => part.review),
    ...stray,
    ...titled.review,
    ...task.review.map((each) => `上年待核对：${each}`),
  ].map((each) => clipped(each, LONGEST_REVIEW));
  return { task: { ...task, title: titled.title, deadlines: kept, review }, leftOut, moved, unfinished };
}

const LONGEST_REVIEW = 1_000;

/** What is owed for a date that a revision took out of the schedule. */
function strayReview(task: Task, own: readonly Assignment[], progress: Progress | null): readonly string[] {
  const known = new Set(task.deadlines.length === 0 ? ['none'] : task.deadlines.map(deadlineIdentity));
  return own
    .filter((each) => !isClosed(each.status) && each.due !== null && !known.has(deadlineKey(each)))
    .map(({ due, unit }) => `上年 ${due} 的一期未完成：${progress?.unitName(unit) ?? unit}，是否另列一项补办，请核对`);
}

interface RolledDeadline {
  readonly deadline: Deadline | null;
  readonly review: readonly string[];
  readonly left: LeftOut['deadlines'][number] | null;
  readonly moved: boolean;
  readonly unfinished: boolean;
}

const STAYS = { review: [], left: null, moved: false, unfinished: false } as const;

function rollDeadline(
  deadline: Deadline,
  own: readonly Assignment[] | null,
  progress: Progress | null,
  years: Years,
): RolledDeadline {
  if (own === null || progress === null) return rollBlindly(deadline, years);
  const key = deadlineIdentity(deadline);
  const standing = own.filter((each) => deadlineKey(each) === key);
  const named = (some: readonly Assignment[]): string => [...new Set(some.map(({ unit }) => progress.unitName(unit)))].join('、');
  const open = standing.filter(({ status }) => !isClosed(status));
  switch (deadline.kind) {
    case 'by': {
      // Deadlines that nobody was given a duty for are not known to be done.
      if (standing.length === 0) return rollBlindly(deadline, years);
      if (open.length === 0) {
        const why = standing.some(({ status }) => status === 'completed') ? 'completed' : 'cancelled';
        return { ...STAYS, deadline: null, left: { deadline, why } };
      }
      const done = named(standing.filter(({ status }) => status === 'completed'));
      const over = open.every(({ due }) => due !== null && due < progress.on);
      const extended = [...new Set(open.map(({ due }) => due ?? ''))].filter((due) => due !== deadline.date).toSorted();
      const when = `${deadline.date}${extended.length === 0 ? '' : `（已延期至 ${extended.join('、')}）`}`;
      const next = moveDeadline(deadline, years);
      const undone = over
        ? `上年未完成：${named(open)}，原时限 ${when}，已按年移至 ${next.date}，请以新通知为准`
        : `截至 ${progress.on} 尚未到期：${named(open)}，时限 ${when}，请核对`;
      const review = [`${undone}${done === '' ? '' : `；已完成的 ${done} 可以去掉`}`];
      return { ...STAYS, deadline: over ? next : deadline, review, moved: over, unfinished: over };
    }
    case 'from':
      return { ...STAYS, deadline, review: [`自 ${deadline.date} 起实行，今年是否仍要了解进展，请核对`] };
    case 'recurring': {
      const owed = open.filter(({ due }) => due !== null && due < progress.on);
      const dues = [...new Set(owed.map(({ due }) => due ?? ''))].toSorted().join('、');
      return {
        ...STAYS,
        deadline,
        review: owed.length === 0 ? [] : [`上年 ${dues} 的一期未完成：${named(owed)}，是否另列一项补办，请核对`],
      };
    }
    case 'ongoing':
      return { ...STAYS, deadline };
  }
}

/** Without knowing what was done. */
function rollBlindly(deadline: Deadline, years: Years): RolledDeadline {
  if (deadline.kind !== 'by') return { ...STAYS, deadline };
  const next = moveDeadline(deadline, years);
  const review = [`时限原为 ${deadline.date}“${deadline.text}”，按上年移至 ${next.date}，请以新通知为准`];
  return { ...STAYS, deadline: next, review, moved: true };
}

function moveDeadline({ date: before, text: words }: Extract<Deadline, { kind: 'by' }>, years: Years) {
  const date = moveYears(before, years.to - years.from, words);
  const text = words.replaceAll(before.slice(0, 4), date.slice(0, 4));
  return { kind: 'by', date, text, inferred: `按上年的 ${before} 推移` } as const;
}

/** The same day of another year. The end of February stays its end where the words say so; the 29th is the 28th where there is none. */
export function moveYears(date: IsoDate, years: number, text: string): IsoDate {
  const from = DateTime.fromISO(date, { zone: 'utc' });
  if (!from.isValid) throw new RangeError(`${date} is no calendar date`);
  const to = from.plus({ years });
  const monthEnd = from.month === 2 && from.day === from.daysInMonth && /[底末]/u.test(text);
  return (monthEnd ? to.endOf('month') : to).toISODate() ?? date;
}

const FIGURES = '〇一二三四五六七八九';

/** 2022 as 二〇二二, also with the other round zero. */
function inFigures(year: number): string {
  return Array.from(String(year), (digit) => FIGURES[Number(digit)] ?? '').join('');
}

function moveYearWords(text: string, { from, to }: Years): string {
  return text
    .replaceAll(`${from}年`, `${to}年`)
    .replaceAll(`${inFigures(from)}年`, `${inFigures(to)}年`)
    .replaceAll(`${inFigures(from).replaceAll('〇', '○')}年`, `${inFigures(to)}年`);
}

function rollTitle(title: string, years: Years): { readonly title: string; readonly review: readonly string[] } {
  const moved = moveYearWords(title, years);
  if (moved !== title) return { title: moved, review: [`标题里的 ${years.from}年 改成了 ${years.to}年，请核对`] };
  const other = /(?<!\d)(?:19|20)\d{2}年/u.exec(title)?.[0];
  return { title, review: other === undefined ? [] : [`标题里有“${other}”，没有改动，请核对`] };
}

/** Number and date of issue are the new notice's, which is not there yet. */
function rollNotice({ title, issuer }: Notice, years: Years): Notice {
  return {
    title: moveYearWords(title, years),
    number: null,
    issuer,
    issuedOn: null,
    assumedIssuedOn: `${years.to}-01-01`,
    year: years.to,
  };
}

function headReview(before: Notice, after: Notice): readonly string[] {
  const title =
    before.title === after.title
      ? `题名沿用上年的“${after.title}”，请以新通知为准`
      : `题名由“${before.title}”改为“${after.title}”，请以新通知为准`;
  return [
    `整份文件：${title}`,
    `整份文件：新通知的文号和成文日期还不知道，暂按 ${after.assumedIssuedOn ?? ''} 起算；印发后请填写 number，并把 assumedIssued 一行改成 issued`,
  ];
}

function rollName(name: string, { from, to }: Years): string {
  const moved = name.replaceAll(String(from), String(to));
  return (moved === name ? `${name}-${to}` : moved).slice(-60);
}

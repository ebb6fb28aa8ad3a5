// What the coordinator is told every working morning, due or not: that Cuiban is alive, and what a day brings. Its absence is the alarm.

import { DateTime } from 'luxon';

import { addDays, type Calendar, missingYear } from './calendar.ts';
import type { IsoDate } from './deadline.ts';
import type { LetterContext } from './letter.ts';
import type { Office } from './office.ts';
import { clockTimeOf, dateOf, type Instant } from './time.ts';
import { dateInWords, dayInWords } from './words.ts';

/** The post of the supervising unit that hears it. */
export const COORDINATOR = '协调人';

/** When an office's coordinators are told. */
export interface BriefingTimes {
  /** On every working day, on the first of each week, or not at all. */
  readonly every: 'day' | 'week' | 'never';
  /** On the office's clock, within its hours. */
  readonly at: string;
}

export interface Counted {
  readonly count: number;
  /** The first few, for a person. */
  readonly examples: readonly string[];
}

/** As the ledger has it when the message is claimed. */
export interface Briefing {
  /** Accepted from the last working day on, up to this morning. */
  readonly sent: { readonly email: number; readonly sms: number };
  readonly dueToday: Counted;
  readonly overdue: Counted;
  /** Messages that will not be sent by themselves any more, while something in them is open. */
  readonly undeliverable: number;
  /** What waits for the coordinator. */
  readonly problems: Counted;
}

/** A holiday is told so many days before. */
const FORESIGHT = 14;
const SILENCE = '工作日上午收不到本信，说明系统可能已停，请告知运维人员。';

/** Whether an office's briefing is to leave on this day by now. */
export function briefingIsDue({ hours, briefing }: Office, calendar: Calendar, now: Instant): boolean {
  if (briefing === undefined || briefing.every === 'never') return false;
  const today = dateOf(hours.zone, now);
  const time = clockTimeOf(hours.zone, now);
  if (time < briefing.at || time >= hours.end || !calendar.isWorkday(today)) return false;
  return briefing.every === 'day' || isFirstOfWeek(calendar, today);
}

function isFirstOfWeek(calendar: Calendar, today: IsoDate): boolean {
  const monday = addDays(today, 1 - weekdayOf(today));
  return calendar.firstWorkdayOnOrAfter(monday) === today;
}

/** The subject, and the paragraphs of the body: two where there is nothing to say. */
export function briefingInWords(
  { sent, dueToday, overdue, undeliverable, problems }: Briefing,
  { today, calendar, drill }: LetterContext,
): { readonly subject: string; readonly paragraphs: readonly string[] } {
  const said = [
    ...(sent.email + sent.sms > 0
      ? [`上一工作日（${dayInWords(calendar.addWorkdays(today, -1))}）以来发出邮件${sent.email}封、短信${sent.sms}条。`]
      : []),
    ...list('今日到期', '项', dueToday),
    ...list('已逾期', '项', overdue),
    ...(undeliverable > 0 ? [`未能送达${undeliverable}条，原因见 cuiban status，再发用 cuiban retry。`] : []),
    ...list('请您处理', '件', problems),
    ...outage(calendar, today),
  ];
  const heads = [
    ...(dueToday.count > 0 ? [`今日到期${dueToday.count}项`] : []),
    ...(overdue.count > 0 ? [`逾期${overdue.count}项`] : []),
    ...(problems.count > 0 ? [`待处理${problems.count}件`] : []),
  ];
  const subject = `${drill ? '【演练】' : ''}【催办简报】${dateInWords(today)}：${heads.length === 0 ? '一切正常' : heads.join('，')}`;
  const first = '催办系统运行正常。';
  const quiet = said.length === 0 ? ['催办系统运行正常：近日没有发信，没有到期、逾期和待处理的事。'] : [first, ...said];
  return { subject, paragraphs: [...quiet, SILENCE] };
}

function list(what: string, measure: string, { count, examples }: Counted): readonly string[] {
  if (count === 0) return [];
  const more = count > examples.length ? `；等${count}${measure}` : '';
  return [`${what}${count}${measure}：${examples.join('；')}${more}。`];
}

/** The next weekdays on which nothing goes out, and years that nobody has entered. */
function outage(calendar: Calendar, today: IsoDate): readonly string[] {
  const missing = missingYear(calendar, today);
  const unknown = missing === null ? [] : [`${missing}年放假安排尚未录入，暂按周一至周五推算，请更新 config/calendar.yaml。`];
  const days = Array.from({ length: FORESIGHT }, (_, n) => addDays(today, n + 1));
  const free = days.find((day) => !calendar.isWorkday(day) && calendar.nameOf(day) !== null && weekdayOf(day) <= 5);
  if (free === undefined) return unknown;
  const before = calendar.lastWorkdayOnOrBefore(free);
  const after = calendar.firstWorkdayOnOrAfter(free);
  const [from, to] = [addDays(before, 1), addDays(after, -1)];
  const span = from === to ? dayInWords(from) : `${dayInWords(from)}至${dayInWords(to)}`;
  return [`${span}放假，其间不发信，${dateInWords(after)}恢复。`, ...unknown];
}

/** Monday is 1. */
function weekdayOf(date: IsoDate): number {
  return DateTime.fromISO(date, { zone: 'utc' }).weekday;
}

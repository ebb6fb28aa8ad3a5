// How a duty is spoken of in a letter: its date, its distance in working days, its source, who shares it.

import type { Assignment, AssignmentStatus } from './assignment.ts';
import { addDays, type Calendar } from './calendar.ts';
import { deadlineIdentity, type IsoDate } from './deadline.ts';
import { canonicalName } from './directory.ts';
import { anchorOf, lastDayOf } from './occasions.ts';
import { dateInWords, dayInWords } from './words.ts';

/** A colour is never the only sign: each tone stands beside a state in words. */
export type Tone = 'calm' | 'near' | 'late';

export interface Timing {
  /** `8月31日（周三）`, with its year where that is not the reader's; empty when undated. */
  readonly date: string;
  /** `8月31日（周三）到期`, `10月1日（周六）起施行`, `无固定时限`. */
  readonly dueOn: string;
  /** The same as one says it on that day: `明日到期`, `今日起施行`; `持续推进` when undated. */
  readonly dueIn: string;
  /** `剩15个工作日`, `逾期3个工作日`; empty when undated. */
  readonly remaining: string;
  readonly state: '正常' | '临期' | '今日到期' | '起施行' | '逾期' | '持续推进';
  readonly tone: Tone;
  /** Working days late (positive) or left (negative): what is to be read first stands first. */
  readonly lateness: number;
}

const NEAR = 3;

/** How a duty stands on a day. @throws RangeError where the calendar does not reach its date. */
export function timingOf(assignment: Assignment, today: IsoDate, calendar: Calendar): Timing {
  const { due, deadline } = assignment;
  if (due === null) return undated(assignment, today);
  const starts = deadline?.kind === 'from';
  const date = dateWithYear(due, today);
  const ends = starts ? '起施行' : '到期';
  const dueIn = due === today ? `今日${ends}` : due === addDays(today, 1) ? `明日${ends}` : `${date}${ends}`;
  return { date, dueOn: `${date}${ends}`, dueIn, ...distance(assignment, due, today, calendar, starts) };
}

function distance(
  assignment: Assignment,
  due: IsoDate,
  today: IsoDate,
  calendar: Calendar,
  starts: boolean,
): Pick<Timing, 'remaining' | 'state' | 'tone' | 'lateness'> {
  const anchor = anchorOf(assignment, due, calendar);
  if (today > lastDayOf(assignment, due, calendar)) {
    const late = calendar.workdaysBetween(anchor, today);
    return { remaining: late > 0 ? `逾期${late}个工作日` : '逾期', state: '逾期', tone: 'late', lateness: Math.max(late, 0.5) };
  }
  if (today === due) {
    const state = starts ? '起施行' : '今日到期';
    return { remaining: starts ? '今日起施行' : '今日到期', state, tone: 'near', lateness: 0 };
  }
  if (today >= anchor || (starts && today > due)) {
    return {
      remaining: starts ? '节后首个工作日' : '今日为最后一个工作日',
      state: starts ? '起施行' : '临期',
      tone: 'near',
      lateness: 0,
    };
  }
  const left = calendar.workdaysBetween(today, anchor);
  const near = left <= NEAR;
  return { remaining: `剩${left}个工作日`, state: near ? '临期' : '正常', tone: near ? 'near' : 'calm', lateness: -left };
}

function undated({ deadline }: Assignment, today: IsoDate): Timing {
  const dueOn = deadline?.kind === 'from' ? `已于${dateWithYear(deadline.date, today)}起施行` : '无固定时限';
  return {
    date: '',
    dueOn,
    dueIn: '持续推进',
    remaining: '',
    state: '持续推进',
    tone: 'calm',
    lateness: Number.NEGATIVE_INFINITY,
  };
}

/** `8月31日（周三）`, or `2023年3月31日（周五）` for a reader in 2022. */
export function dateWithYear(date: IsoDate, today: IsoDate): string {
  const year = date.slice(0, 4);
  return year === today.slice(0, 4) ? dateInWords(date) : `${Number(year)}年${dateInWords(date)}`;
}

/** `《芮城县2022年政务公开工作要点》（芮政办发〔2022〕26号）`. */
export function noticeInWords({ notice }: Assignment): string {
  const number = notice.number === null ? '' : `（${line(notice.number)}）`;
  return `《${line(notice.title).replace(/^《(.*)》$/u, '$1')}》${number}`;
}

/** `条目三(二)-1，原文“8月底前”（年份取自标题）`, to stand behind the notice. */
export function clauseInWords({ task, deadline }: Assignment): string {
  const ref = line(task.ref);
  const clause = /^\d+$/u.test(ref) ? `第${ref}项` : `条目${ref}`;
  if (deadline === null) return `${clause}，原文未写明时限`;
  const inferred = deadline.inferred === undefined ? '' : `（${line(deadline.inferred)}）`;
  return `${clause}，原文“${quoted(deadline.text)}”${inferred}`;
}

/** Other times the same task names: `“10月起”、“每季度”`, or nothing. */
export function otherDeadlines({ task, deadline }: Assignment): string {
  const own = deadline === null ? '' : deadlineIdentity(deadline);
  const others = task.deadlines.filter((each) => deadlineIdentity(each) !== own);
  return [...new Set(others.map(({ text }) => `“${quoted(text)}”`))].join('、');
}

export const ROLES = { lead: '牵头', cooperate: '配合' } as const;

/**
 * `贵单位牵头；其他牵头单位：县民政局；配合单位：县财政局`. Units are named as the notice prints them; a unit that the notice
 * means without naming it (各部门各单位) is told so.
 */
export function divisionInWords({ task, role }: Assignment, unitName: string, self: string): string {
  const own = canonicalName(unitName);
  // A list may shorten 县财政局 to 财政局.
  const isOwn = (name: string): boolean => own.endsWith(canonicalName(name));
  const named = task[role].some(isOwn);
  const parts = [named ? `${self}${ROLES[role]}` : `${self}${ROLES[role]}（原文列“${listed(task[role])}”）`];
  for (const each of ['lead', 'cooperate'] as const) {
    const others = task[each].filter((name) => !isOwn(name));
    if (others.length === 0 || (each === role && !named)) continue;
    parts.push(`${each === role ? '其他' : ''}${ROLES[each]}单位：${listed(others)}`);
  }
  return parts.join('；');
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).map(quoted).join('、');
  return names.length <= 8 ? shown : `${shown}等${names.length}家`;
}

export const STATUSES: Readonly<Record<AssignmentStatus, string>> = {
  'needs-action': '未签收',
  acknowledged: '已签收',
  'in-process': '办理中',
  submitted: '已报办结，待核验',
  completed: '已销号',
  cancelled: '已取消',
};

/** `已于8月17日、8月26日提醒`; many are counted. Empty when there were none. */
export function remindedInWords(days: readonly IsoDate[], today: IsoDate): string {
  const [first] = days;
  const last = days.at(-1);
  if (first === undefined || last === undefined) return '';
  const short = (day: IsoDate): string =>
    (day.slice(0, 4) === today.slice(0, 4) ? '' : `${Number(day.slice(0, 4))}年`) + dayInWords(day);
  if (days.length > 8) return `自${short(first)}起已提醒${days.length}次，最近一次为${short(last)}`;
  return `已于${days.map(short).join('、')}提醒`;
}

/** Text from a document or a directory on one line: no line breaks, control characters or direction marks. */
export function line(text: string): string {
  const known = lines.get(text);
  if (known !== undefined) return known;
  const cleaned = cleanedLine(text);
  if (text.length > REMEMBERED_LENGTH) return cleaned;
  if (lines.size >= REMEMBERED) lines.clear();
  lines.set(text, cleaned);
  return cleaned;
}

// Titles, names of units and offices come again in every letter of a day.
const lines = new Map<string, string>();
const REMEMBERED = 10_000;
const REMEMBERED_LENGTH = 300;

function cleanedLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\u200B\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]|\p{Surrogate}/gu, '')
    .trim();
}

/** The same, ready to stand between “ and ”. */
export function quoted(text: string): string {
  return line(text).replace(/[“”]/gu, (mark) => (mark === '“' ? '‘' : '’'));
}

/** At most `length` UTF-16 units, the cut shown by …; a surrogate pair is kept whole. */
export function clipped(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, Math.max(length - 1, 0)).replace(/[\uD800-\uDBFF]$/u, '')}…`;
}

/** `8月31日，经分管领导批准调整（芮政办函〔2022〕9号）`. */
export function originalInWords({ originalDue, approval }: Assignment, today: IsoDate): string {
  if (originalDue === null) return '';
  const approved = approval === null ? '' : `，经${approval.by}批准调整（${approval.number}）`;
  return `${dateWithYear(originalDue, today)}${approved}`;
}

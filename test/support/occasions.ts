// Every occasion of a ladder for one assignment, worked out anew and the plain way: what the planner, which keeps its timetables, is held against.

import type { Assignment } from '../../src/domain/assignment.ts';
import { addDays, type Calendar } from '../../src/domain/calendar.ts';
import type { IsoDate } from '../../src/domain/deadline.ts';
import { noticeDate } from '../../src/domain/notice.ts';
import { anchorOf, type Occasion } from '../../src/domain/occasions.ts';
import type { Office } from '../../src/domain/office.ts';
import type { Ladder, Stage, StageTiming } from '../../src/domain/policy.ts';
import { periodEnds, previousOccurrence } from '../../src/domain/recurrence.ts';
import { dateOf, type Instant, instantOf } from '../../src/domain/time.ts';
import { dateInWords, dayInWords } from '../../src/domain/words.ts';

export type PlainOccasion = Omit<Occasion, 'place'>;

/**
 * The occasions of an assignment up to and including the first one after `horizon`, oldest first; repeats that lie behind what was planned may be left out. Stages tied to an event stand
 * behind dated ones of the same instant, so that a letter of assignment outranks a reminder that is due in that minute.
 */
export function occasionsOf(
  assignment: Assignment,
  ladder: Ladder,
  calendar: Calendar,
  office: Office,
  horizon: Instant,
): readonly PlainOccasion[] {
  const dated: PlainOccasion[] = [];
  const events: PlainOccasion[] = [];
  const undecided = assignment.pursuit === 'undecided' && assignment.extendedAt === null;
  for (const stage of ladder.stages) {
    const { timing } = stage;
    if ('on' in timing) {
      const event = eventInstant(assignment, timing.on, undecided);
      if (event !== null) events.push(eventOccasion(stage, event, timing.on, undecided));
    } else if ('offset' in timing) {
      if (assignment.due !== null && !undecided) {
        dated.push(...offsetOccasions(assignment, assignment.due, stage, timing, calendar, office, horizon));
      }
    } else if (assignment.pursuit === 'cadence') {
      dated.push(...cadenceOccasions(assignment, stage, timing, calendar, office));
    }
  }
  return [...dated, ...events].toSorted((a, b) => a.at - b.at);
}

function eventInstant(assignment: Assignment, on: 'confirmed' | 'extended' | 'past-due', undecided: boolean): Instant | null {
  switch (on) {
    case 'confirmed':
      return assignment.confirmedAt;
    case 'extended':
      return assignment.extendedAt;
    case 'past-due':
      return undecided ? assignment.confirmedAt : null;
  }
}

const EVENT_REASONS = {
  confirmed: '任务分解已确认，交办一次',
  extended: '时限已调整，告知一次',
  'past-due': '任务分解确认时原定时限已过，不作催办，请协调人定夺',
} as const;

/** Said when it happens; what falls outside office hours is held by the placement, with a reason. */
function eventOccasion(stage: Stage, at: Instant, on: keyof typeof EVENT_REASONS, undecided: boolean): PlainOccasion {
  const dropped = undecided && on === 'confirmed' ? UNDECIDED : null;
  return {
    stage,
    occurrence: 'once',
    at,
    reason() {
      return EVENT_REASONS[on];
    },
    dropped,
  };
}

/** Nothing is handed out for a date gone by: whoever leads it comes up with the coordinator, whoever cooperates waits for that. */
const UNDECIDED = { reason: 'undecided', detail: '任务分解确认时原定时限已过，待协调人定夺后再通知' } as const;

function offsetOccasions(
  assignment: Assignment,
  due: IsoDate,
  stage: Stage,
  timing: Extract<StageTiming, { offset: number }>,
  calendar: Calendar,
  office: Office,
  horizon: Instant,
): readonly PlainOccasion[] {
  const anchor = anchorOf(assignment, due, calendar);
  const occasions: PlainOccasion[] = [];
  const first = timing.offset + repeatsBehind(assignment, stage, timing.offset, anchor, calendar, office);
  for (let offset = first; ; offset += stage.repeatEvery ?? 0) {
    const date = stageDate(anchor, offset, timing.days, calendar);
    const at = instantOf(office.hours.zone, date, office.hours.sendAt);
    occasions.push({
      stage,
      occurrence: stage.repeatEvery === null ? 'once' : date,
      at,
      reason() {
        return reasonOf(due, anchor, offset, timing.days, date, calendar);
      },
      dropped: droppedBecause(assignment, due, date),
    });
    if (stage.repeatEvery === null || at > horizon) return occasions;
  }
}

/** Working days to skip to the last repeat that may have been planned already: a duty open for years costs no more than a new one. */
function repeatsBehind(
  assignment: Assignment,
  stage: Stage,
  offset: number,
  anchor: IsoDate,
  calendar: Calendar,
  office: Office,
): number {
  if (stage.repeatEvery === null || assignment.plannedThrough <= instantOf(office.hours.zone, anchor, office.hours.sendAt))
    return 0;
  const passed = calendar.workdaysBetween(anchor, dateOf(office.hours.zone, assignment.plannedThrough)) - offset;
  return Math.max(0, Math.floor(passed / stage.repeatEvery)) * stage.repeatEvery;
}

/** A date in calendar days moves off a day of rest: earlier before the due date, later after it. */
function stageDate(anchor: IsoDate, offset: number, days: 'working' | 'calendar', calendar: Calendar): IsoDate {
  if (days === 'working') return calendar.addWorkdays(anchor, offset);
  const date = addDays(anchor, offset);
  return offset > 0 ? calendar.firstWorkdayOnOrAfter(date) : calendar.lastWorkdayOnOrBefore(date);
}

function droppedBecause(assignment: Assignment, due: IsoDate, date: IsoDate): PlainOccasion['dropped'] {
  const noticed = noticeDate(assignment.notice);
  if (date < noticed) {
    return { reason: 'before-notice', detail: `${dayInWords(date)}早于通知印发日${dayInWords(noticed)}` };
  }
  // A date that was set by an approval is of no period.
  if (assignment.deadline?.kind === 'recurring' && assignment.extendedAt === null) {
    const previous = previousOccurrence(assignment.deadline.rule, due);
    if (date <= previous) {
      return { reason: 'recurrence-shorter', detail: `${dayInWords(date)}属于上一期（${dayInWords(previous)}）` };
    }
  }
  return null;
}

function reasonOf(
  due: IsoDate,
  anchor: IsoDate,
  offset: number,
  days: 'working' | 'calendar',
  date: IsoDate,
  calendar: Calendar,
): string {
  const moved = anchor === due ? '' : `，${calendar.nameOf(due) ?? '休息日'}，以${dateInWords(anchor)}为准`;
  const unit = days === 'working' ? '个工作日' : '天';
  const distance = offset === 0 ? '当日' : offset < 0 ? `前${-offset}${unit}` : `后${offset}${unit}`;
  const provisional = calendar.isOfficial(date) ? '' : '（该年放假安排尚未公布，暂按周一至周五推算）';
  return `时限${dateInWords(due)}${moved}；${distance}为${dateInWords(date)}${provisional}`;
}

function cadenceOccasions(
  assignment: Assignment,
  stage: Stage,
  timing: Extract<StageTiming, { every: string }>,
  calendar: Calendar,
  office: Office,
): readonly PlainOccasion[] {
  const { notice } = assignment;
  const noticed = noticeDate(notice);
  const firstYear = Math.min(Number(noticed.slice(0, 4)), notice.year);
  const occasions: PlainOccasion[] = [];
  for (let year = firstYear; year <= notice.year; year += 1) {
    for (const end of periodEnds(timing.every, year)) {
      const date = calendar.addWorkdays(calendar.lastWorkdayOnOrBefore(end), -timing.before);
      if (date < noticed) continue;
      occasions.push({
        stage,
        occurrence: end,
        at: instantOf(office.hours.zone, date, office.hours.sendAt),
        reason() {
          return `无固定时限的任务，本期末${dayInWords(end)}前${timing.before}个工作日了解一次进展`;
        },
        dropped: null,
      });
    }
  }
  return occasions;
}

import type { Assignment } from './assignment.ts';
import { addDays, type Calendar } from './calendar.ts';
import type { IsoDate } from './deadline.ts';
import { noticeDate } from './notice.ts';
import type { Office } from './office.ts';
import type { Ladder, Stage, StageTiming } from './policy.ts';
import { periodEnds, previousOccurrence } from './recurrence.ts';
import type { SuppressionReason } from './reminder.ts';
import { dateOf, type Instant, instantOf } from './time.ts';
import { dateInWords, dayInWords } from './words.ts';

/** One time at which a ladder wants something said about one assignment. */
export interface Occasion {
  readonly stage: Stage;
  readonly occurrence: IsoDate | 'once';
  readonly at: Instant;
  /** Its place among those of the same instant. */
  readonly place: number;
  /** Set where the ladder's date can't stand: it is dropped with this reason, not sent at once. */
  readonly dropped: { readonly reason: SuppressionReason; readonly detail: string } | null;
  /** Why this date, in words; only asked of those that are said. */
  reason(): string;
}

/**
 * The working day a dated assignment is counted from: the last one on or before a `by` or recurring date (never later than
 * written), the first one on or after a `from` date (10月起 in 2022 begins on 8 October).
 */
export function anchorOf(assignment: Assignment, due: IsoDate, calendar: Calendar): IsoDate {
  return assignment.deadline?.kind === 'from' ? calendar.firstWorkdayOnOrAfter(due) : calendar.lastWorkdayOnOrBefore(due);
}

/** The last day on which a duty is not yet overdue. */
export function lastDayOf(assignment: Assignment, due: IsoDate, calendar: Calendar): IsoDate {
  const anchor = anchorOf(assignment, due, calendar);
  return anchor > due ? anchor : due;
}

/** Nothing of it is chased before a person has decided: its date was past when it was confirmed. */
export function isUndecided({ pursuit, extendedAt }: Assignment): boolean {
  return pursuit === 'undecided' && extendedAt === null;
}

/** What a ladder comes to for one due date: the same for every unit that has a duty of that date. */
export interface Timetable {
  /** The last day on which the duty is not yet overdue; null for what has no date. */
  readonly lastDay: IsoDate | null;
  /** Oldest first. */
  readonly once: readonly Occasion[];
  readonly repeats: readonly Repeats[];
  readonly events: readonly EventStage[];
}

export interface EventStage {
  readonly stage: Stage;
  readonly on: 'confirmed' | 'extended' | 'past-due';
  readonly place: number;
}

/** Stages tied to an event stand behind dated ones: a letter of assignment outranks a reminder that is due in that minute. */
const BEHIND_ALL_DATES = 10_000;

export function byTime(one: Occasion, other: Occasion): number {
  return one.at - other.at || one.place - other.place;
}

// A county's tasks share a few hundred due dates, and each is looked at for a hundred units, a dozen times.
const drawnUp = new WeakMap<Ladder, WeakMap<Calendar, Map<string, Timetable>>>();
const KNOWN_AT_MOST = 1_000;

/** @throws RangeError when a date lies beyond the calendar */
export function timetableOf(assignment: Assignment, ladder: Ladder, calendar: Calendar, office: Office): Timetable {
  let ofLadder = drawnUp.get(ladder);
  if (ofLadder === undefined) drawnUp.set(ladder, (ofLadder = new WeakMap()));
  let known = ofLadder.get(calendar);
  if (known === undefined) ofLadder.set(calendar, (known = new Map<string, Timetable>()));
  const key = subjectOf(assignment, office);
  const remembered = known.get(key);
  if (remembered !== undefined) return remembered;
  const timetable = drawUp(assignment, ladder, calendar, office);
  if (known.size >= KNOWN_AT_MOST) known.clear();
  known.set(key, timetable);
  return timetable;
}

/** All that `drawUp` reads of an assignment and an office. */
function subjectOf(assignment: Assignment, { hours: { zone, sendAt } }: Office): string {
  const { due, deadline, pursuit, extendedAt, notice } = assignment;
  const kind = deadline === null ? '' : deadline.kind === 'recurring' ? deadline.rule : deadline.kind;
  const noticed = notice.issuedOn ?? notice.assumedIssuedOn;
  return `${due}|${kind}|${pursuit}|${extendedAt === null}|${noticed}|${notice.year}|${sendAt}|${zone}`;
}

function drawUp(assignment: Assignment, ladder: Ladder, calendar: Calendar, office: Office): Timetable {
  const dates = assignment.due === null ? null : new Dates(assignment, assignment.due, calendar, office);
  const undecided = isUndecided(assignment);
  const once: Occasion[] = [];
  const repeats: Repeats[] = [];
  const events: EventStage[] = [];
  for (const [place, stage] of ladder.stages.entries()) {
    const { timing } = stage;
    if ('on' in timing) {
      events.push({ stage, on: timing.on, place: BEHIND_ALL_DATES + place });
    } else if ('every' in timing) {
      if (assignment.pursuit === 'cadence') once.push(...cadenceOccasions(assignment, stage, timing, place, calendar, office));
    } else if (dates !== null && !undecided) {
      if (stage.repeatEvery === null) once.push(dates.occasion(stage, timing, timing.offset, place));
      else repeats.push(new Repeats(dates, stage, timing, stage.repeatEvery, place));
    }
  }
  return { lastDay: dates?.lastDay ?? null, once: once.toSorted(byTime), repeats, events };
}

type Offset = Extract<StageTiming, { offset: number }>;

/** Counts days from one due date. */
class Dates {
  readonly calendar: Calendar;
  readonly due: IsoDate;
  readonly anchor: IsoDate;
  readonly lastDay: IsoDate;
  readonly #office: Office;
  readonly #noticed: IsoDate;
  /** The due date of the period before; what falls on or before it belongs to that one. */
  readonly #previous: IsoDate | null;

  constructor(assignment: Assignment, due: IsoDate, calendar: Calendar, office: Office) {
    const { deadline, extendedAt, notice } = assignment;
    this.calendar = calendar;
    this.due = due;
    this.anchor = anchorOf(assignment, due, calendar);
    this.lastDay = lastDayOf(assignment, due, calendar);
    this.#office = office;
    this.#noticed = noticeDate(notice);
    // A date that was set by an approval is of no period.
    this.#previous = deadline?.kind === 'recurring' && extendedAt === null ? previousOccurrence(deadline.rule, due) : null;
  }

  occasion(stage: Stage, timing: Offset, offset: number, place: number): Occasion {
    const date = this.#dateOf(offset, timing.days);
    const at = this.instantOf(date);
    return new DatedOccasion(this, { stage, days: timing.days, offset, date, at, place, dropped: this.#droppedBecause(date) });
  }

  instantOf(date: IsoDate): Instant {
    const { zone, sendAt } = this.#office.hours;
    return instantOf(zone, date, sendAt);
  }

  /** Working days from the anchor to the day of an instant. */
  workdaysUntil(instant: Instant): number {
    return this.calendar.workdaysBetween(this.anchor, dateOf(this.#office.hours.zone, instant));
  }

  /** A date in calendar days moves off a day of rest: earlier before the due date, later after it. */
  #dateOf(offset: number, days: Offset['days']): IsoDate {
    if (days === 'working') return this.calendar.addWorkdays(this.anchor, offset);
    const date = addDays(this.anchor, offset);
    return offset > 0 ? this.calendar.firstWorkdayOnOrAfter(date) : this.calendar.lastWorkdayOnOrBefore(date);
  }

  #droppedBecause(date: IsoDate): Occasion['dropped'] {
    if (date < this.#noticed) {
      return { reason: 'before-notice', detail: `${dayInWords(date)}早于通知印发日${dayInWords(this.#noticed)}` };
    }
    if (this.#previous !== null && date <= this.#previous) {
      return { reason: 'recurrence-shorter', detail: `${dayInWords(date)}属于上一期（${dayInWords(this.#previous)}）` };
    }
    return null;
  }
}

interface Dated extends Omit<Occasion, 'occurrence' | 'reason'> {
  readonly days: Offset['days'];
  readonly offset: number;
  readonly date: IsoDate;
}

// A class, and its words written once: a sweep says the same of a hundred units.
class DatedOccasion implements Occasion {
  readonly stage: Stage;
  readonly occurrence: IsoDate | 'once';
  readonly at: Instant;
  readonly place: number;
  readonly dropped: Occasion['dropped'];
  readonly #dates: Dates;
  readonly #dated: Dated;
  #reason: string | null = null;

  constructor(dates: Dates, dated: Dated) {
    this.stage = dated.stage;
    this.occurrence = dated.stage.repeatEvery === null ? 'once' : dated.date;
    this.at = dated.at;
    this.place = dated.place;
    this.dropped = dated.dropped;
    this.#dates = dates;
    this.#dated = dated;
  }

  reason(): string {
    return (this.#reason ??= reasonOf(this.#dates, this.#dated));
  }
}

function reasonOf({ due, anchor, calendar }: Dates, { offset, days, date }: Dated): string {
  const moved = anchor === due ? '' : `，${calendar.nameOf(due) ?? '休息日'}，以${dateInWords(anchor)}为准`;
  const unit = days === 'working' ? '个工作日' : '天';
  const distance = offset === 0 ? '当日' : offset < 0 ? `前${-offset}${unit}` : `后${offset}${unit}`;
  const provisional = calendar.isOfficial(date) ? '' : '（该年放假安排尚未公布，暂按周一至周五推算）';
  return `时限${dateInWords(due)}${moved}；${distance}为${dateInWords(date)}${provisional}`;
}

/** A stage that comes again until the duty is closed. */
export class Repeats {
  readonly first: Occasion;
  readonly #dates: Dates;
  readonly #stage: Stage;
  readonly #timing: Offset;
  readonly #every: number;

  constructor(dates: Dates, stage: Stage, timing: Offset, every: number, place: number) {
    this.first = dates.occasion(stage, timing, timing.offset, place);
    this.#dates = dates;
    this.#stage = stage;
    this.#timing = timing;
    this.#every = every;
  }

  /** From the last one that may have been planned already up to the first one after `horizon`. */
  until(horizon: Instant, plannedThrough: Instant): readonly Occasion[] {
    const occasions: Occasion[] = [];
    for (let behind = this.#behind(plannedThrough); ; behind += this.#every) {
      const { offset } = this.#timing;
      const next = behind === 0 ? this.first : this.#dates.occasion(this.#stage, this.#timing, offset + behind, this.first.place);
      occasions.push(next);
      if (next.at > horizon) return occasions;
    }
  }

  /** Working days to skip: a duty open for years costs no more than a new one. */
  #behind(plannedThrough: Instant): number {
    if (plannedThrough <= this.#dates.instantOf(this.#dates.anchor)) return 0;
    const passed = this.#dates.workdaysUntil(plannedThrough) - this.#timing.offset;
    return Math.max(0, Math.floor(passed / this.#every)) * this.#every;
  }
}

function cadenceOccasions(
  { notice }: Assignment,
  stage: Stage,
  timing: Extract<StageTiming, { every: string }>,
  place: number,
  calendar: Calendar,
  office: Office,
): readonly Occasion[] {
  const noticed = noticeDate(notice);
  const firstYear = Math.min(Number(noticed.slice(0, 4)), notice.year);
  const occasions: Occasion[] = [];
  for (let year = firstYear; year <= notice.year; year += 1) {
    for (const end of periodEnds(timing.every, year)) {
      const date = calendar.addWorkdays(calendar.lastWorkdayOnOrBefore(end), -timing.before);
      if (date < noticed) continue;
      occasions.push({
        stage,
        occurrence: end,
        at: instantOf(office.hours.zone, date, office.hours.sendAt),
        place,
        dropped: null,
        reason() {
          return `无固定时限的任务，本期末${dayInWords(end)}前${timing.before}个工作日了解一次进展`;
        },
      });
    }
  }
  return occasions;
}

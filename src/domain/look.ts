// What one look at an assignment finds: which occasions of its timetable have come since the last one, and when the next one comes.

import type { Assignment } from './assignment.ts';
import { byTime, type EventStage, isUndecided, type Occasion, type Timetable } from './occasions.ts';
import type { Instant } from './time.ts';

export interface Look {
  /** After what was planned, up to and including now; oldest first. */
  readonly due: readonly Occasion[];
  /** The first one after now that stands; null when none is left. */
  readonly nextAt: Instant | null;
}

export function lookAt(assignment: Assignment, timetable: Timetable, now: Instant): Look {
  const { plannedThrough } = assignment;
  const found = new Found(plannedThrough, now);
  for (const occasion of timetable.once) {
    found.add(occasion);
    if (found.nextAt !== null) break;
  }
  for (const repeats of timetable.repeats) {
    // Most are far from their first time, and are asked no further.
    if (repeats.first.at > now && plannedThrough <= now) found.add(repeats.first);
    else for (const occasion of repeats.until(now, plannedThrough)) found.add(occasion);
  }
  for (const event of timetable.events) {
    const at = instantOf(assignment, event);
    if (at !== null && (at > plannedThrough || at > now)) found.add(eventOccasion(assignment, event, at));
  }
  return found;
}

class Found implements Look {
  due: Occasion[] = [];
  nextAt: Instant | null = null;
  readonly #after: Instant;
  readonly #now: Instant;

  constructor(after: Instant, now: Instant) {
    this.#after = after;
    this.#now = now;
  }

  add(occasion: Occasion): void {
    const { at } = occasion;
    if (at > this.#now) {
      if (occasion.dropped === null && (this.nextAt === null || at < this.nextAt)) this.nextAt = at;
    } else if (at > this.#after) {
      this.due.push(occasion);
      const before = this.due.at(-2);
      if (before !== undefined && byTime(before, occasion) > 0) this.due = this.due.toSorted(byTime);
    }
  }
}

/** Those that come only once and lie behind what was planned, oldest first. */
export function behind(assignment: Assignment, { once, events }: Timetable): readonly Occasion[] {
  const happened = events.flatMap((event) => {
    const at = instantOf(assignment, event);
    return at === null ? [] : [eventOccasion(assignment, event, at)];
  });
  return [...once, ...happened].filter(({ at }) => at <= assignment.plannedThrough).toSorted(byTime);
}

function instantOf(assignment: Assignment, { on }: EventStage): Instant | null {
  switch (on) {
    case 'confirmed':
      return assignment.confirmedAt;
    case 'extended':
      return assignment.extendedAt;
    case 'past-due':
      return isUndecided(assignment) ? assignment.confirmedAt : null;
  }
}

const EVENT_REASONS = {
  confirmed: '任务分解已确认，交办一次',
  extended: '时限已调整，告知一次',
  'past-due': '任务分解确认时原定时限已过，不作催办，请协调人定夺',
} as const;

/** Said when it happens; what falls outside office hours is held by the placement, with a reason. */
function eventOccasion(assignment: Assignment, { stage, on, place }: EventStage, at: Instant): Occasion {
  const dropped = on === 'confirmed' && isUndecided(assignment) ? UNDECIDED : null;
  return {
    stage,
    occurrence: 'once',
    at,
    place,
    dropped,
    reason() {
      return EVENT_REASONS[on];
    },
  };
}

/** Nothing is handed out for a date gone by: whoever leads it comes up with the coordinator, whoever cooperates waits for that. */
const UNDECIDED = { reason: 'undecided', detail: '任务分解确认时原定时限已过，待协调人定夺后再通知' } as const;

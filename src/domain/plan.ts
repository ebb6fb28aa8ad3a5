import type { Assignment } from './assignment.ts';
import { isClosed } from './assignment.ts';
import type { Calendar } from './calendar.ts';
import type { ChannelName } from './delivery.ts';
import type { Unit } from './directory.ts';
import { behind, lookAt } from './look.ts';
import { type Occasion, type Timetable, timetableOf } from './occasions.ts';
import { type Escalation, mayClimb } from './escalation.ts';
import type { Office } from './office.ts';
import { type Ladder, ladderFor, type Policy } from './policy.ts';
import { nextBegins, nextOccurrence } from './recurrence.ts';
import type { Plan, Problem, Reminder, SuppressionReason } from './reminder.ts';
import { suppress, tellAll } from './tell.ts';
import { dateOf, type Instant, nextDigest } from './time.ts';
import { dayInWords } from './words.ts';

/** Everything a plan depends on. Nothing here is looked up; the same input gives the same plan, byte for byte. */
export interface PlanContext {
  readonly office: Office;
  readonly policy: Policy;
  readonly calendar: Calendar;
  readonly unit: Unit;
  readonly supervisor: Unit;
  /** The channels this installation has. */
  readonly channels: ReadonlySet<ChannelName>;
  readonly escalation: Escalation;
  readonly now: Instant;
}

/**
 * What is owed for one assignment up to `now` that has not been planned yet.
 *
 * Catch-up (after an outage or a late import): of several reminders missed only the latest is sent. Rungs of the escalation
 * are never skipped; missed ones go one per working day, lowest first, and each waits until the one before it has come to an end.
 */
export function plan(assignment: Assignment, context: PlanContext): Plan {
  const { office, policy, calendar, unit, now } = context;
  const successor = successorOf(assignment, office, now);
  if (isClosed(assignment.status)) {
    return { ...NOTHING, plannedThrough: now, nextAt: successor.at, successor: successor.due, ladder: assignment.ladder };
  }
  const ladder = assignment.ladder ?? ladderOf(assignment, policy, unit);
  const timetable = timetableOf(assignment, ladder, calendar, office);
  const { due, nextAt: following } = lookAt(assignment, timetable, now);
  const { chosen, passed, waiting, through } = choose(due, timetable, assignment, context);

  const suppressions = passed.map(({ occasion, reason, detail }) => suppress(assignment, occasion, reason, detail, now));
  const problems: Problem[] = [];
  const reminders: Reminder[] = [];
  if (chosen !== null) tellAll(assignment, chosen, context, { reminders, suppressions, problems });

  const nextAt = waiting ? nextDigest(office.hours, calendar, dateOf(office.hours.zone, now)) : earliest(following, successor.at);
  const overdue = chosen !== null && chosen.stage.rung > 0;
  return {
    reminders,
    suppressions,
    problems,
    plannedThrough: through,
    nextAt,
    successor: successor.due,
    ladder: overdue ? ladder : assignment.ladder,
  };
}

const NOTHING = { reminders: [], suppressions: [], problems: [] } as const;

/** The ladder that the policy gives this assignment. A duty followed by a cadence counts as `ongoing`. */
export function ladderOf(assignment: Assignment, policy: Policy, unit: Unit): Ladder {
  const { deadline } = assignment;
  const kind = assignment.pursuit === 'cadence' || deadline === null ? 'ongoing' : deadline.kind;
  return ladderFor(policy, {
    role: assignment.role,
    kind,
    rule: deadline?.kind === 'recurring' ? deadline.rule : null,
    external: unit.external,
    unit: unit.name,
    schedule: assignment.schedule,
    ref: assignment.ref,
  });
}

interface Passed {
  readonly occasion: Occasion;
  readonly reason: SuppressionReason;
  readonly detail: string;
}

interface Choice {
  readonly chosen: Occasion | null;
  readonly passed: readonly Passed[];
  /** Something is due that is neither said nor dropped: the next digest looks at it again. */
  readonly waiting: boolean;
  /** Everything up to here is said or dropped. */
  readonly through: Instant;
}

function choose(due: readonly Occasion[], timetable: Timetable, assignment: Assignment, context: PlanContext): Choice {
  const { office, escalation, now } = context;
  const missed = skipped(timetable, assignment, escalation);
  if (due.length === 0 && missed.length === 0) return { chosen: null, passed: [], waiting: false, through: now };
  const passed: Passed[] = [];
  const sendable: Occasion[] = [];
  const today = dateOf(office.hours.zone, now);
  const { lastDay } = timetable;
  for (const occasion of due) {
    const { stage, dropped } = occasion;
    if (dropped !== null) {
      passed.push({ occasion, ...dropped });
    } else if (isBeforeDue(occasion) && lastDay !== null && lastDay < today) {
      passed.push({ occasion, reason: 'missed-window', detail: `${stage.id}的时机已过，时限${dayInWords(lastDay)}已到` });
    } else {
      sendable.push(occasion);
    }
  }
  const owed = [...missed, ...sendable];
  // A date that was moved is told before anybody is pressed for it.
  const told = sendable.findLast(({ stage }) => 'on' in stage.timing);
  const ready = mayClimb(escalation, today) ? owed : owed.filter((occasion) => !isAfterDue(occasion));
  const next = sendable.some(isRung) || told === undefined ? ready.find(isRung) : undefined;
  const chosen = next ?? ready.findLast((occasion) => sendable.includes(occasion)) ?? null;
  for (const occasion of sendable) {
    if (chosen !== null && occasion !== chosen && occasion.at <= chosen.at && !isRung(occasion)) {
      passed.push({ occasion, reason: 'missed-window', detail: `错过发送时机，只发最近的${chosen.stage.id}` });
    }
  }
  const over = new Set([chosen, ...passed.map(({ occasion }) => occasion)]);
  const waiting = owed.some((occasion) => !over.has(occasion));
  const first = sendable.find((occasion) => !over.has(occasion));
  const through = first === undefined ? now : Math.max(assignment.plannedThrough, Math.min(chosen?.at ?? now, first.at - 1));
  if (chosen !== null && assignment.status === 'submitted') {
    passed.push({ occasion: chosen, reason: 'completed', detail: '已提交办结，等待核验' });
    return { chosen: null, passed, waiting, through };
  }
  return { chosen, passed, waiting, through };
}

/** Rungs that nobody was told of although their day is behind what was planned: the deadline was moved behind them, or the duty was closed then. */
function skipped(timetable: Timetable, assignment: Assignment, { said }: Escalation): readonly Occasion[] {
  if (said === null) return [];
  return behind(assignment, timetable).filter(
    (occasion) => isRung(occasion) && occasion.dropped === null && !said.has(occasion.stage.id),
  );
}

function isRung({ stage }: Occasion): boolean {
  return stage.rung > 0;
}

function isAfterDue({ stage: { timing } }: Occasion): boolean {
  return 'offset' in timing && timing.offset > 0;
}

function isBeforeDue(occasion: Occasion): boolean {
  const { timing } = occasion.stage;
  return 'offset' in timing && timing.offset <= 0;
}

/**
 * Recurring duties open their next occurrence the day after the last one was due, whether it was done or not. Every look from
 * then on says so: how far this one is planned tells nothing of the next, and one that is open already is not opened again.
 */
function successorOf(
  assignment: Assignment,
  office: Office,
  now: Instant,
): { readonly due: string | null; readonly at: Instant | null } {
  const { deadline, originalDue } = assignment;
  if (deadline?.kind !== 'recurring' || originalDue === null || assignment.status === 'cancelled') return { due: null, at: null };
  const due = nextOccurrence(deadline.rule, originalDue, assignment.notice.year);
  if (due === null) return { due: null, at: null };
  const at = nextBegins(office.hours.zone, originalDue);
  return now < at ? { due: null, at } : { due, at: null };
}

function earliest(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}

import { assign } from './assign.ts';
import { type Assignment, assignmentOf, deadlineKey, isClosed } from './assignment.ts';
import type { Calendar } from './calendar.ts';
import type { IsoDate } from './deadline.ts';
import type { ChannelName } from './delivery.ts';
import { type Directory, unitById } from './directory.ts';
import type { Escalation } from './escalation.ts';
import type { Message, MessageItem } from './message.ts';
import type { Schedule } from './notice.ts';
import type { Office } from './office.ts';
import { merge, place } from './placement.ts';
import { plan } from './plan.ts';
import { nextBegins } from './recurrence.ts';
import type { Policy } from './policy.ts';
import type { Problem, Reminder, Suppression } from './reminder.ts';
import { dateOf, type Instant } from './time.ts';

export interface RehearsalInput {
  /** Schedules of one office; caps hold across them. */
  readonly schedules: readonly { readonly schedule: Schedule; readonly directory: Directory; readonly confirmedAt: Instant }[];
  /** Duties that were handed out before, as they stand at an instant; what was planned of them up to then is not rehearsed. */
  readonly standing?: { readonly assignments: readonly Assignment[]; readonly directory: Directory; readonly from: Instant };
  readonly office: Office;
  readonly policy: Policy;
  readonly calendar: Calendar;
  readonly until: Instant;
}

export interface RehearsedMessage {
  readonly at: Instant;
  readonly message: Message;
}

export interface Rehearsal {
  /** In the order in which they would go out. */
  readonly messages: readonly RehearsedMessage[];
  readonly suppressions: readonly (Suppression & { readonly subject: Assignment; readonly unitName: string })[];
  readonly problems: readonly Problem[];
}

/** Whether an SMS account is set up is the worker's affair; what is asked for is shown. */
const EVERY_CHANNEL: ReadonlySet<ChannelName> = new Set(['email', 'sms']);

interface Followed {
  assignment: Assignment;
  readonly directory: Directory;
  nextAt: Instant | null;
}

interface Draft {
  readonly day: IsoDate;
  readonly slot: number;
  sendAt: Instant;
  open: boolean;
  readonly reminders: Reminder[];
}

/**
 * Everything that would go out until `until` if nobody answered: the same planner and the same placement as the worker's,
 * on a virtual clock that jumps from look to look. Touches neither ledger nor network.
 */
export function rehearse(input: RehearsalInput): Rehearsal {
  return new Rehearsing(input).run();
}

class Rehearsing {
  readonly #input: RehearsalInput;
  #followed: Followed[] = [];
  readonly #byId = new Map<string, Followed>();
  /** Assignments whose next occurrence is open. */
  readonly #succeeded = new Set<string>();
  /** Drafts of a person on a channel, by day. */
  readonly #drafts = new Map<string, Draft[]>();
  #waiting: { key: string; draft: Draft }[] = [];
  readonly #remindedOn = new Map<string, IsoDate[]>();
  /** Reminders of a rung that have not left. */
  readonly #climbing = new Map<string, number>();
  readonly #climbedOn = new Map<string, IsoDate>();
  readonly #messages: RehearsedMessage[] = [];
  readonly #suppressions: Rehearsal['suppressions'][number][] = [];
  readonly #problems: Problem[] = [];

  constructor(input: RehearsalInput) {
    this.#input = input;
    for (const { schedule, directory, confirmedAt } of input.schedules) {
      const { assignments, problems } = assign(schedule, directory, dateOf(input.office.hours.zone, confirmedAt));
      this.#problems.push(...problems);
      for (const each of assignments)
        this.#follow(assignmentOf(each, schedule, confirmedAt, String(this.#byId.size + 1)), directory, confirmedAt);
    }
    if (input.standing === undefined) return;
    const { assignments, directory, from } = input.standing;
    for (const each of assignments) this.#follow(each, directory, isClosed(each.status) && !comesAgain(each) ? null : from);
    for (const { id } of withSuccessors(assignments)) this.#succeeded.add(id);
  }

  run(): Rehearsal {
    for (let now = this.#next(); now !== null && now <= this.#input.until; now = this.#next()) {
      this.#look(now);
      this.#send(now);
    }
    return { messages: this.#messages, suppressions: this.#suppressions, problems: this.#problems };
  }

  #follow(assignment: Assignment, directory: Directory, nextAt: Instant | null): void {
    const followed = { assignment, directory, nextAt };
    this.#followed.push(followed);
    this.#byId.set(assignment.id, followed);
  }

  #next(): Instant | null {
    let next: Instant | null = null;
    for (const { nextAt } of this.#followed) if (nextAt !== null && (next === null || nextAt < next)) next = nextAt;
    for (const { draft } of this.#waiting) if (next === null || draft.sendAt < next) next = draft.sendAt;
    return next;
  }

  #look(now: Instant): void {
    const { office, policy, calendar } = this.#input;
    // Successors are appended while this runs and are looked at in the same round.
    for (const followed of this.#followed) {
      if (followed.nextAt === null || followed.nextAt > now) continue;
      const { assignment, directory } = followed;
      const unit = unitById(directory, assignment.unit);
      const supervisor = unitById(directory, directory.supervisor);
      const escalation = this.#escalationOf(assignment.id);
      const decided = plan(assignment, { office, policy, calendar, unit, supervisor, channels: EVERY_CHANNEL, escalation, now });
      followed.assignment = { ...assignment, plannedThrough: decided.plannedThrough, ladder: decided.ladder };
      followed.nextAt = decided.nextAt;
      for (const suppression of decided.suppressions) this.#suppress(suppression);
      this.#problems.push(...decided.problems);
      for (const reminder of decided.reminders) this.#place(reminder, now);
      if (decided.successor !== null) this.#open(followed.assignment, decided.successor, directory, now);
    }
    this.#followed = this.#followed.filter(({ nextAt }) => nextAt !== null);
  }

  #escalationOf(id: string): Escalation {
    return { pending: (this.#climbing.get(id) ?? 0) > 0, lastOn: this.#climbedOn.get(id) ?? null, said: null };
  }

  #open(previous: Assignment, due: IsoDate, directory: Directory, now: Instant): void {
    if (previous.originalDue === null || this.#succeeded.has(previous.id)) return;
    this.#succeeded.add(previous.id);
    const id = `after ${previous.id}`;
    const plannedThrough = nextBegins(this.#input.office.hours.zone, previous.originalDue);
    const afresh = { confirmedAt: null, extendedAt: null, approval: null, ladder: null };
    this.#follow({ ...previous, ...afresh, id, due, originalDue: due, plannedThrough }, directory, now);
  }

  #place(reminder: Reminder, now: Instant): void {
    const { office, calendar } = this.#input;
    if (reminder.rung > 0) this.#climbing.set(reminder.assignment, (this.#climbing.get(reminder.assignment) ?? 0) + 1);
    const key = `${reminder.channel} ${reminder.address}`;
    const drafts = this.#drafts.get(key) ?? [];
    this.#drafts.set(key, drafts);
    const rules = { hours: office.hours, calendar, cap: office.caps[reminder.channel] };
    const { kind, day, slot, sendAt, holds } = place(Math.max(reminder.at, now), rules, (of) =>
      drafts.filter((draft) => draft.day === of),
    );
    for (const { reason, detail, until } of holds) {
      const { assignment, sequence, stage, occurrence, contact, channel, at } = reminder;
      this.#suppress({ assignment, sequence, stage, occurrence, contact, channel, at, reason, detail, until });
    }
    if (kind === 'open') {
      const draft: Draft = { day, slot, sendAt, open: true, reminders: [reminder] };
      drafts.push(draft);
      this.#waiting.push({ key, draft });
      return;
    }
    const joined = drafts.find((draft) => draft.day === day && draft.slot === slot);
    if (joined === undefined) throw new RangeError('placement joined a message that is not there');
    joined.reminders.push(reminder);
    joined.sendAt = Math.max(joined.sendAt, sendAt);
  }

  #send(now: Instant): void {
    const due = this.#waiting.filter(({ draft }) => draft.sendAt <= now);
    this.#waiting = this.#waiting.filter(({ draft }) => draft.sendAt > now);
    for (const { draft } of due) {
      draft.open = false;
      this.#messages.push({ at: now, message: this.#message(draft) });
    }
    const today = dateOf(this.#input.office.hours.zone, now);
    for (const { draft } of due) {
      for (const { assignment, rung } of draft.reminders) {
        if (rung > 0) {
          this.#climbedOn.set(assignment, today);
          this.#climbing.set(assignment, (this.#climbing.get(assignment) ?? 0) - 1);
        }
        const days = this.#remindedOn.get(assignment) ?? [];
        if (days.at(-1) !== today) this.#remindedOn.set(assignment, [...days, today]);
      }
    }
  }

  #message(draft: Draft): Message {
    const said = new Map<string, Reminder[]>();
    for (const reminder of draft.reminders) {
      const others = said.get(reminder.assignment);
      if (others === undefined) said.set(reminder.assignment, [reminder]);
      else others.push(reminder);
    }
    const merged = new Set([...said.values()].flatMap((each) => merge(each).map(({ one }) => one)));
    for (const reminder of merged) this.#merge(reminder);
    const spoken = [...said.values()].flatMap((each) => each.filter((reminder) => !merged.has(reminder)));
    const [first] = draft.reminders;
    if (first === undefined) throw new RangeError('a message without reminders');
    const recipient = unitById(this.#of(first.assignment).directory, first.unit);
    return {
      id: `${draft.day}-${this.#messages.length + 1}`,
      office: this.#input.office.id,
      channel: first.channel,
      address: first.address,
      to: { unit: recipient.id, unitName: recipient.name, post: first.post, name: first.name },
      day: draft.day,
      items: spoken.map((reminder) => this.#item(reminder)),
    };
  }

  #item(reminder: Reminder): MessageItem {
    const { stage, occurrence, contact, letter, rung, copy, reason } = reminder;
    const { assignment, directory } = this.#of(reminder.assignment);
    const unit = unitById(directory, assignment.unit);
    const remindedOn = this.#remindedOn.get(assignment.id) ?? [];
    return {
      stage,
      occurrence,
      contact,
      letter,
      rung,
      copy,
      reason,
      assignment,
      unitName: unit.name,
      external: unit.external,
      remindedOn,
    };
  }

  #merge({ assignment, sequence, stage, occurrence, contact, channel, at }: Reminder): void {
    const detail = '同一封信中已有同一任务更近的阶段';
    this.#suppress({ assignment, sequence, stage, occurrence, contact, channel, at, reason: 'merged', detail, until: null });
  }

  #suppress(suppression: Suppression): void {
    const { assignment, directory } = this.#of(suppression.assignment);
    const unitName = unitById(directory, assignment.unit).name;
    this.#suppressions.push({ ...suppression, subject: assignment, unitName });
  }

  #of(id: string): Followed {
    const followed = this.#byId.get(id);
    if (followed === undefined) throw new RangeError(`no assignment ${id}`);
    return followed;
  }
}

function comesAgain({ deadline }: Assignment): boolean {
  return deadline?.kind === 'recurring';
}

/** Those of which a later occurrence is there. */
function withSuccessors(assignments: readonly Assignment[]): readonly Assignment[] {
  const last = new Map<string, string>();
  const chain = (each: Assignment): string => [each.schedule, each.ref, each.unit, deadlineKey(each)].join('\n');
  for (const each of assignments) {
    const due = each.originalDue ?? '';
    if (due > (last.get(chain(each)) ?? '')) last.set(chain(each), due);
  }
  return assignments.filter((each) => comesAgain(each) && (each.originalDue ?? '') < (last.get(chain(each)) ?? ''));
}

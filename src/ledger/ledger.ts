// The ledger owns the truth. Callers see verbs, not tables. Every verb is one transaction; `now` is always an argument.

import type { Assignment, AssignmentStatus, NewAssignment } from '../domain/assignment.ts';
import type { Deadline, IsoDate } from '../domain/deadline.ts';
import type { ChannelName, DeliveryStatus, Receipt, ReceiptEnd } from '../domain/delivery.ts';
import type { Directory } from '../domain/directory.ts';
import type { Escalation } from '../domain/escalation.ts';
import type { ClaimedMessage, Frozen, Settlement } from '../domain/message.ts';
import type { Role, Schedule } from '../domain/notice.ts';
import type { Office } from '../domain/office.ts';
import type { Continued } from '../domain/revision-choice.ts';
import type { DutyChange } from '../domain/revision-redraw.ts';
import type { Plan, Problem, SuppressionReason } from '../domain/reminder.ts';
import type { Instant } from '../domain/time.ts';
import type { ClockVerbs } from './clocks.ts';
import type { Flow } from './flow.ts';
import type { Hold, HoldVerbs } from './hold.ts';
import type { InstallationVerbs } from './installation.ts';
import type { RecoveryVerbs } from './recovery.ts';
import type { Operations } from './operations.ts';

export type * from './flow.ts';
export type { Hold } from './hold.ts';
export type * from './operations.ts';

export interface Confirmation {
  readonly schedule: Schedule;
  readonly directory: Directory;
  readonly office: Office;
  readonly assignments: readonly NewAssignment[];
  readonly problems: readonly Problem[];
  readonly at: Instant;
  readonly actor: string;
}

/** A schedule as it is in force, with everything that was handed out for its tasks. */
export interface ConfirmedSchedule {
  readonly schedule: Schedule;
  /** Raised by every revision; names what somebody has seen. */
  readonly revision: number;
  readonly confirmedAt: Instant;
  /** Open and closed ones. */
  readonly assignments: readonly Assignment[];
}

export interface Revising {
  /** As it is to be in force. */
  readonly schedule: Schedule;
  /** The revision that this was compared with. */
  readonly base: number;
  readonly continues: readonly Continued[];
  readonly directory: Directory;
  readonly office: Office;
  readonly at: Instant;
  readonly actor: string;
}

export interface Revised {
  readonly revision: number;
  readonly opened: readonly NewAssignment[];
  readonly changed: readonly DutyChange[];
  /** Reminders that were planned and will now not be sent. */
  readonly voided: number;
}

/** Thrown when a verb finds another state than it expects; the message says what is there and what would be right. */
export class LedgerRefusal extends Error {
  override readonly name = 'LedgerRefusal';
}

/** Thrown when newer code has changed the ledger so that this code may not work with it any more. */
export class LedgerOutdated extends LedgerRefusal {}

export interface SweepResult {
  /** Assignments looked at; fewer than the limit means nothing more was due (or another sweeper holds it). */
  readonly looked: number;
  readonly reminders: number;
  readonly suppressions: number;
}

/** Names the assignments an answer is about. */
export interface AnswerTarget {
  readonly schedule: string;
  readonly ref: string;
  /** Unit id, name or alias. */
  readonly unit: string;
  /** Only the assignment with this due date; `ongoing` = only the undated one. Null = see each verb. */
  readonly due: IsoDate | 'ongoing' | null;
}

export interface AnswerBy {
  readonly at: Instant;
  /** Who answered, in words. */
  readonly actor: string;
  readonly means: 'command line' | 'telephone' | 'reply' | 'link' | 'demo';
  readonly note: string | null;
}

export interface AnsweredAssignment {
  readonly id: string;
  readonly ref: string;
  readonly unitName: string;
  readonly role: Role;
  readonly deadline: Deadline | null;
  readonly from: AssignmentStatus;
  readonly to: AssignmentStatus;
  readonly due: IsoDate | null;
  readonly previousDue: IsoDate | null;
  /** Reminders that were planned and will now not be sent. */
  readonly voided: number;
}

export interface Answered {
  readonly changed: readonly AnsweredAssignment[];
  /** Open assignments of the same unit and task that were left as they are. */
  readonly untouched: readonly AnsweredAssignment[];
}

export interface SentMessage {
  readonly id: string;
  readonly office: string;
  readonly channel: ChannelName;
  readonly address: string;
  readonly to: { readonly unit: string; readonly unitName: string; readonly post: string; readonly name: string };
  readonly status: DeliveryStatus;
  readonly at: Instant;
  readonly subject: string;
  readonly messageIdRevision: number;
  readonly attempts: number;
  readonly detail: string;
  readonly items: readonly {
    readonly schedule: string;
    readonly ref: string;
    readonly title: string;
    readonly unit: string;
    readonly unitName: string;
    readonly due: IsoDate | null;
    readonly stage: string;
    readonly rung: number;
    readonly copy: boolean;
  }[];
}

export interface HeldReminder {
  readonly at: Instant;
  readonly recordedAt: Instant;
  readonly schedule: string;
  readonly ref: string;
  readonly unitName: string;
  readonly stage: string;
  readonly reason: SuppressionReason;
  readonly detail: string;
  readonly until: Instant | null;
}

export interface UnitSummary {
  readonly unit: string;
  readonly unitName: string;
  readonly duties: number;
  readonly emails: number;
  readonly sms: number;
  readonly acknowledged: number;
  readonly completedInTime: number;
  readonly completedLate: number;
  readonly openOverdue: number;
  readonly open: number;
  /** Posts to which something of this unit was escalated, highest last. */
  readonly escalatedTo: readonly string[];
}

export interface LedgerStatus {
  readonly schedules: readonly {
    readonly name: string;
    readonly office: string;
    readonly title: string;
    readonly open: number;
    readonly closed: number;
    readonly overdue: number;
    /** Past due when the schedule was confirmed: not chased until the coordinator has decided. */
    readonly undecided: number;
  }[];
  readonly messages: Readonly<Partial<Record<DeliveryStatus, number>>>;
  /** Messages due but not accepted yet, and the oldest of them. */
  readonly waiting: number;
  readonly oldestWaiting: Instant | null;
  readonly dueForLook: number;
  readonly nextLook: Instant | null;
  readonly nextSend: Instant | null;
  readonly lastSweep: Instant | null;
  readonly problems: readonly (Problem & { readonly id: string; readonly openedAt: Instant; readonly office: string | null })[];
  readonly resends: number;
  /** Open ones: while there are any, something is not sent on purpose. */
  readonly holds: readonly Hold[];
}

export interface Ledger extends ClockVerbs, HoldVerbs, InstallationVerbs, RecoveryVerbs, Operations, Flow {
  /** Applies numbered forward-only migrations; safe to call from several processes at once. Returns the names applied. */
  migrate(): Promise<readonly string[]>;

  /**
   * Stores a schedule with its directory and makes its assignments, all or nothing.
   * The same content again changes nothing (returns false); other content under the same name is refused.
   * @throws LedgerRefusal
   */
  confirm(confirmation: Confirmation): Promise<boolean>;
  /** By its name, or `office/name`; null where none is confirmed. @throws LedgerRefusal where several offices use the name */
  confirmed(name: string): Promise<ConfirmedSchedule | null>;
  /**
   * Puts a revised schedule in the place of the confirmed one, all or nothing. What continues keeps its progress; a moved deadline raises
   * the sequence and voids what was planned; what is gone is cancelled; what is new is handed out from now on. What is in force already changes
   * nothing (null).
   * @throws LedgerRefusal when it was revised since `base`
   */
  revise(revising: Revising): Promise<Revised | null>;
  /** Stores offices' settings and who holds which post; open work follows the new contacts from now on. */
  updateDirectory(office: Office, directory: Directory, at: Instant): Promise<void>;
  directories(): Promise<readonly Directory[]>;
  schedules(): Promise<readonly Schedule[]>;
  /** Open assignments with their truth as of now. */
  assignments(schedule: string): Promise<readonly Assignment[]>;

  /**
   * When another configuration is in force than at the last call, every open assignment becomes due for a look: a new calendar or
   * ladder may want something said before the look that was arranged. Returns how many.
   */
  follow(version: string, now: Instant): Promise<number>;

  /**
   * Takes up to `limit` assignments whose next look is due, lets `decide` plan each, and records what it says in the
   * same transaction: reminders (grouped into messages, one per person, channel and working day within the cap; what is over
   * the cap or outside office hours waits for the next working day with a suppression that says so), suppressions, problems, successors, next looks.
   * Two sweepers never take the same assignment. A `decide` that throws becomes a problem of that assignment alone.
   */
  sweep(
    now: Instant,
    limit: number,
    decide: (assignment: Assignment, escalation: Escalation, directory: Directory) => Plan,
    /** Directories read so far, by office: the verb reads those of the offices it meets, and puts them here. */
    directories?: Map<string, Directory>,
  ): Promise<SweepResult>;

  /** Makes the coordinators' briefings of today that are due by now, once for each. Returns how many. */
  planBriefings(now: Instant): Promise<number>;

  /**
   * Claims those of the messages that are still owed. Reads every assignment again: what was completed, cancelled or re-planned
   * meanwhile is voided with a reason; a message left empty is cancelled and not returned. Nothing is claimed outside office hours.
   * A rung whose turn it is not (domain/escalation) is taken out and planned again with the next digest.
   * Leases run on the database's clock.
   */
  claim(ids: readonly string[], now: Instant, worker: string, leaseMs: number): Promise<readonly ClaimedMessage[]>;
  /** Stores the bodies about to be sent. Ids whose fence is no longer ours are left out of the answer: do not send those. */
  freeze(
    bodies: readonly { readonly id: string; readonly fence: number; readonly frozen: Frozen }[],
  ): Promise<ReadonlySet<string>>;
  /** Settles claims; those with an old fence change nothing. Returns how many were settled. */
  settle(settlements: readonly Settlement[], now: Instant): Promise<number>;
  /** Idempotent and monotone: delivered never goes back, and what is not about a part of ours changes nothing. */
  receive(channel: ChannelName, receipt: Receipt, now: Instant): Promise<ReceiptEnd>;
  /**
   * Leases that ran out become `unknown` (email: owed again at once, same Message-ID, twelve times at most; SMS: owed again only if it was not yet
   * handed to the channel, else shown to the coordinator); messages queued but never claimed for `queuedForMs` are un-queued.
   */
  reconcile(now: Instant, queuedForMs: number): Promise<{ readonly expired: number; readonly requeued: number }>;
  /** A worker known to be dead: its leases end now, as in reconcile. */
  releaseWorker(worker: string, now: Instant): Promise<number>;
  /** Notes that the bytes of these SMS are about to leave; from here on a lost outcome is `unknown`. */
  handingOver(ids: readonly string[]): Promise<void>;

  /** needs-action → acknowledged, for all open assignments of the target. */
  acknowledge(target: AnswerTarget, by: AnswerBy): Promise<Answered>;
  /**
   * Closes the target: with `due` that one; else all one-off dated ones; else the earliest open recurring one; else the undated one.
   * When every lead unit of a deadline is done, its cooperating assignments close too.
   */
  complete(target: AnswerTarget, by: AnswerBy & { readonly evidence: string | null }): Promise<Answered>;
  /** completed or cancelled → needs-action (the last closed, unless `due` names one). */
  reopen(target: AnswerTarget, by: AnswerBy): Promise<Answered>;
  cancel(target: AnswerTarget, by: AnswerBy): Promise<Answered>;
  /** Moves the due date: raises the sequence, voids what was planned, keeps the original date. */
  extend(
    target: AnswerTarget,
    to: IsoDate,
    by: AnswerBy & { readonly approvedBy: string; readonly number: string },
  ): Promise<Answered>;

  status(now: Instant): Promise<LedgerStatus>;
  /** Messages settled in [from, to), oldest first. */
  sent(from: Instant, to: Instant): Promise<readonly SentMessage[]>;
  /** Suppressions recorded for [from, to), oldest first. */
  held(from: Instant, to: Instant): Promise<readonly HeldReminder[]>;
  summary(schedule: string, now: Instant): Promise<readonly UnitSummary[]>;
  /** The earliest instant at which anything is owed: a look, a message that is not held, or the outcome of one being sent. Null when nothing is. */
  nextOwed(): Promise<Instant | null>;
  /** The earliest instant after the last sweep's at which a look, or a message that is not in the queue, falls due. Null when nothing will. */
  nextAlarm(): Promise<Instant | null>;
  close(): Promise<void>;
}

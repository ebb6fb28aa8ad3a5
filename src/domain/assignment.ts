import { type Deadline, deadlineIdentity, type IsoDate } from './deadline.ts';
import type { Notice, Role, Schedule, Task } from './notice.ts';
import type { Ladder } from './policy.ts';
import type { Instant } from './time.ts';

export type AssignmentStatus = 'needs-action' | 'acknowledged' | 'in-process' | 'submitted' | 'completed' | 'cancelled';

export function isClosed(status: AssignmentStatus): boolean {
  return status === 'completed' || status === 'cancelled';
}

/** How an assignment is followed: to a date, by a light cadence, or not before a person has decided. */
export type Pursuit = 'dated' | 'cadence' | 'undecided';

/** One unit's duty on one occurrence of a deadline, as it is when a schedule is confirmed. */
export interface NewAssignment {
  readonly ref: string;
  readonly unit: string;
  readonly role: Role;
  /** Of deadlines that mean the same the first as written; null for a task whose notice names no time at all. */
  readonly deadline: Deadline | null;
  readonly pursuit: Pursuit;
  /** Null when followed by a cadence. */
  readonly due: IsoDate | null;
}

export interface Approval {
  readonly by: string;
  readonly number: string;
}

export interface Assignment extends NewAssignment {
  readonly id: string;
  readonly office: string;
  readonly schedule: string;
  readonly notice: Notice;
  readonly task: Pick<Task, 'ref' | 'title' | 'lead' | 'cooperate' | 'deadlines'>;
  readonly originalDue: IsoDate | null;
  readonly status: AssignmentStatus;
  /** Raised by every change of due; reminders planned under a lower one are void. */
  readonly sequence: number;
  /** Null for a later occurrence of a recurring deadline: it is not handed out anew. */
  readonly confirmedAt: Instant | null;
  readonly extendedAt: Instant | null;
  /** By whom the last change of the due date was approved, and the number of the document (文号). */
  readonly approval: Approval | null;
  /** Everything up to here has been planned or was dropped with a reason. */
  readonly plannedThrough: Instant;
  /** The ladder as it was when this assignment became overdue; null before. */
  readonly ladder: Ladder | null;
}

/** Assignments of one unit and task with the same key are occurrences of one deadline. */
export function deadlineKey({ deadline }: Pick<NewAssignment, 'deadline'>): string {
  return deadline === null ? 'none' : deadlineIdentity(deadline);
}

/** What the units of a task have in common: one deadline, or one occurrence of it where it comes again. */
export function occurrenceKey({ deadline, originalDue }: Pick<Assignment, 'deadline' | 'originalDue'>): string {
  const key = deadlineKey({ deadline });
  return deadline?.kind === 'recurring' ? `${key} ${originalDue ?? ''}` : key;
}

/** A new assignment as it stands the moment its schedule is confirmed. @throws RangeError when the schedule has no such task. */
export function assignmentOf(fresh: NewAssignment, schedule: Schedule, confirmedAt: Instant, id: string): Assignment {
  const task = schedule.tasks.find(({ ref }) => ref === fresh.ref);
  if (task === undefined) throw new RangeError(`${schedule.name} has no task ${fresh.ref}`);
  // Property by property, as a spread makes objects that every later look at them is slower for.
  return {
    ref: fresh.ref,
    unit: fresh.unit,
    role: fresh.role,
    deadline: fresh.deadline,
    pursuit: fresh.pursuit,
    due: fresh.due,
    id,
    office: schedule.office,
    schedule: schedule.name,
    notice: schedule.notice,
    task,
    originalDue: fresh.due,
    status: 'needs-action',
    sequence: 0,
    confirmedAt,
    extendedAt: null,
    approval: null,
    plannedThrough: 0,
    ladder: null,
  };
}

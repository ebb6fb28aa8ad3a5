import { type Deadline, deadlineIdentity, type IsoDate } from './deadline.ts';
import type { NewAssignment, Pursuit } from './assignment.ts';
import { canonicalName, type Directory, resolveName, type Unit } from './directory.ts';
import { noticeDate, type Notice, type Role, type Schedule, type Task } from './notice.ts';
import { firstOccurrence } from './recurrence.ts';
import type { Problem } from './reminder.ts';

export interface Assigned {
  readonly assignments: readonly NewAssignment[];
  /** Names nobody answers to and tasks nobody leads; the coordinator decides. */
  readonly problems: readonly Problem[];
}

/**
 * A schedule as one unit's duties: groups expanded, deadlines that say the same thing taken once, each recurring
 * deadline with its first occurrence after the notice.
 *
 * `confirmedOn` is the day a coordinator confirms. What was due before it is not chased but put to the coordinator;
 * a start that has already passed is a running duty and gets the cadence (requirements R9).
 */
export function assign(schedule: Schedule, directory: Directory, confirmedOn: IsoDate): Assigned {
  const assignments: NewAssignment[] = [];
  const problems: Problem[] = [];
  for (const task of schedule.tasks) {
    const lead = expand(task, task.lead, directory, problems);
    const cooperate = expand(task, task.cooperate, directory, problems);
    for (const id of lead.keys()) cooperate.delete(id);
    if (lead.size === 0) {
      problems.push({ kind: 'no-unit', assignment: null, detail: `${task.ref}“${task.title}”没有牵头单位，请指定` });
    }
    const pursued = deadlines(task, schedule.notice, confirmedOn);
    const hand = (units: ReadonlyMap<string, Unit>, role: Role): void => {
      for (const unit of units.values()) {
        for (const each of pursued) assignments.push({ ref: task.ref, unit: unit.id, role, ...each });
      }
    };
    hand(lead, 'lead');
    hand(cooperate, 'cooperate');
  }
  return { assignments, problems };
}

function expand(task: Task, names: readonly string[], directory: Directory, problems: Problem[]): Map<string, Unit> {
  const units = new Map<string, Unit>();
  for (const name of names) {
    for (const resolved of meanings(task, name, directory)) {
      if (resolved === null) {
        const advice = /[、，]/u.test(name) ? '；是几个单位的，请用半角逗号“,”隔开' : '';
        problems.push({ kind: 'unknown-unit', assignment: null, detail: `${task.ref}：通讯录中没有“${name}”${advice}` });
      } else {
        units.set(resolved.id, resolved);
      }
    }
  }
  return units;
}

/** The units a printed name means in this task: the task's own reading of a group first, then the directory's. */
function meanings(task: Task, name: string, directory: Directory): readonly (Unit | null)[] {
  const own = Object.entries(task.groups).find(([group]) => canonicalName(group) === canonicalName(name));
  const names = own === undefined ? [name] : own[1];
  return names.flatMap((each): readonly (Unit | null)[] => {
    const resolution = resolveName(directory, each);
    switch (resolution.kind) {
      case 'unit':
        return [resolution.unit];
      case 'group':
        return resolution.units;
      case 'unknown':
        return [null];
    }
  });
}

type Pursued = Pick<NewAssignment, 'deadline' | 'pursuit' | 'due'>;

function deadlines(task: Task, notice: Notice, confirmedOn: IsoDate): readonly Pursued[] {
  const distinct = new Map<string, Deadline>();
  for (const deadline of task.deadlines) {
    const identity = deadlineIdentity(deadline);
    if (!distinct.has(identity)) distinct.set(identity, deadline);
  }
  const pursued: Pursued[] = [];
  let hasCadence = false;
  const cadence = (deadline: Deadline | null): void => {
    if (!hasCadence) pursued.push({ deadline, pursuit: 'cadence', due: null });
    hasCadence = true;
  };
  for (const deadline of distinct.values()) {
    switch (deadline.kind) {
      case 'by':
        pursued.push({ deadline, due: deadline.date, pursuit: pursuitOf(deadline.date, confirmedOn) });
        break;
      case 'from':
        if (deadline.date <= confirmedOn) cadence(deadline);
        else pursued.push({ deadline, due: deadline.date, pursuit: 'dated' });
        break;
      case 'recurring': {
        const due = firstOccurrence(deadline.rule, noticeDate(notice), confirmedOn, notice.year);
        // A rule that has run out (每月 of a year gone by) leaves the duty itself; its words stay with it.
        if (due === null) cadence(deadline);
        else pursued.push({ deadline, due, pursuit: 'dated' });
        break;
      }
      case 'ongoing':
        cadence(deadline);
        break;
    }
  }
  if (pursued.length === 0) cadence(null);
  return pursued;
}

function pursuitOf(due: IsoDate, confirmedOn: IsoDate): Pursuit {
  return due < confirmedOn ? 'undecided' : 'dated';
}

// What a revision means for the duties that are standing: whatever continues keeps its progress, a moved deadline is told
// anew, what is gone falls silent, and what is new is handed out as on confirmation. Pure; the ledger writes it down.

import { assign, type Assigned } from './assign.ts';
import { type Assignment, deadlineKey, isClosed, type NewAssignment, occurrenceKey } from './assignment.ts';
import { deadlineIdentity } from './deadline.ts';
import type { Directory } from './directory.ts';
import type { Role, Schedule, Task } from './notice.ts';
import { deadlineChanges } from './revision.ts';
import type { Continued } from './revision-choice.ts';
import { Redrawing, type Redrawn } from './revision-redraw.ts';
import { dateOf, type Instant } from './time.ts';

export interface Reassigning {
  readonly confirmed: Schedule;
  /** The confirmed schedule with what was chosen of the revision. */
  readonly revised: Schedule;
  readonly continues: readonly Continued[];
  /** Every assignment of the confirmed schedule's tasks, open or closed. */
  readonly standing: readonly Assignment[];
  /** As stored when this is decided. */
  readonly storedDirectory: Directory;
  readonly directory: Directory;
  readonly at: Instant;
  readonly zone: string;
}

export interface Reassigned extends Redrawn {
  readonly opened: readonly NewAssignment[];
  readonly problems: Assigned['problems'];
}

/** Duties of tasks that were not chosen are not looked at. */
export function reassign(input: Reassigning): Reassigned {
  const { confirmed, revised, continues, standing, zone, at } = input;
  const today = dateOf(zone, at);
  const had = unitsByRef(assign(confirmed, input.storedDirectory, today).assignments);
  const { assignments, problems } = assign(revised, input.directory, today);
  const wanted = grouped(assignments, ({ ref }) => ref);
  const rows = grouped(standing, ({ ref }) => ref);
  const before = new Map(confirmed.tasks.map((task) => [task.ref, task]));
  const after = new Map(revised.tasks.map((task) => [task.ref, task]));
  const drawing = new Redrawing({ at, today, zone, notice: revised.notice, noticeBefore: confirmed.notice }, standing);
  const opened: NewAssignment[] = [];
  for (const { from, to, chosen } of continues) {
    const [was, is] = [before.get(from), after.get(to)];
    if (!chosen || was === undefined || is === undefined) continue;
    opened.push(
      ...redrawTask({ was, is, rows: rows.get(from) ?? [], wanted: wanted.get(to) ?? [], had: had.get(from) ?? NONE }, drawing),
    );
  }
  const continued = new Set(continues.map(({ from }) => from));
  for (const { ref } of confirmed.tasks) {
    if (!continued.has(ref)) for (const row of rows.get(ref) ?? []) drawing.end(row, '修订后没有这项任务');
  }
  const known = new Set(continues.map(({ to }) => to));
  for (const { ref } of revised.tasks) if (!known.has(ref)) opened.push(...(wanted.get(ref) ?? []));
  return { ...drawing.drawn(), opened, problems };
}

const NONE: ReadonlySet<string> = new Set();

interface TaskRedraw {
  readonly was: Task;
  readonly is: Task;
  readonly rows: readonly Assignment[];
  readonly wanted: readonly NewAssignment[];
  /** Units that the confirmed task named: what was cancelled of theirs was cancelled by hand. */
  readonly had: ReadonlySet<string>;
}

/** Returns what is to be handed out. */
function redrawTask({ was, is, rows, wanted, had }: TaskRedraw, drawing: Redrawing): readonly NewAssignment[] {
  const byUnit = grouped(rows, ({ unit }) => unit);
  const wantedOf = grouped(wanted, ({ unit }) => unit);
  const keys: Keys = { before: keysOf(was), after: keysOf(is), moved: movedKeys(was, is) };
  for (const [unit, own] of byUnit) {
    if (!wantedOf.has(unit)) for (const row of own) drawing.end(row, '修订后不再由该单位承担');
  }
  const opened: NewAssignment[] = [];
  for (const [unit, duties] of wantedOf) {
    const own = byUnit.get(unit) ?? [];
    const { role } = duties[0] ?? { role: 'lead' as const };
    opened.push(...redrawUnit(own, duties, keys, had.has(unit), drawing));
    for (const row of own) drawing.turn(row, role);
  }
  drawing.closeCooperating(rows);
  return opened.filter((duty) => duty.role === 'lead' || !isDone(duty, rows, opened, drawing));
}

interface Keys {
  readonly before: ReadonlySet<string>;
  readonly after: ReadonlySet<string>;
  /** From the confirmed deadline to the one it moved to. */
  readonly moved: ReadonlyMap<string, string>;
}

function redrawUnit(
  own: readonly Assignment[],
  duties: readonly NewAssignment[],
  keys: Keys,
  had: boolean,
  drawing: Redrawing,
): readonly NewAssignment[] {
  const byKey = grouped(own, deadlineKey);
  const settled = new Set<string>();
  const opened: NewAssignment[] = [];
  const waiting: NewAssignment[] = [];
  for (const duty of duties) {
    const key = deadlineKey(duty);
    const standing = byKey.get(key);
    if (standing !== undefined) {
      settled.add(key);
      // What was cancelled by hand stays so; what an earlier revision ended comes back.
      const revives = !had || !keys.before.has(key);
      if (!drawing.goOn(standing, duty, revives)) opened.push(duty);
      continue;
    }
    const source = [...keys.moved].find(([from, to]) => to === key && byKey.has(from) && !settled.has(from))?.[0];
    if (source === undefined) {
      waiting.push(duty);
      continue;
    }
    settled.add(source);
    if (!drawing.move(byKey.get(source) ?? [], duty)) opened.push(duty);
  }
  for (const duty of waiting) {
    // One cadence follows all of a task's running duties, whichever of its deadlines it was opened for.
    const source = [...byKey].find(
      ([key, [first]]) => !settled.has(key) && first?.pursuit === 'cadence' && duty.pursuit === 'cadence',
    );
    if (source !== undefined) settled.add(source[0]);
    if (source === undefined || !drawing.move(source[1], duty)) opened.push(duty);
  }
  for (const [key, standing] of byKey) {
    if (settled.has(key) || keys.after.has(key) || !keys.before.has(key)) continue;
    for (const row of standing) drawing.end(row, '修订后没有这个时限');
  }
  return opened;
}

/** Where every lead unit is done, nobody is asked to help. */
function isDone(duty: NewAssignment, rows: readonly Assignment[], opened: readonly NewAssignment[], drawing: Redrawing): boolean {
  const occurrence = occurrenceKey({ ...duty, originalDue: duty.due });
  if (opened.some((other) => other.role === 'lead' && occurrenceKey({ ...other, originalDue: other.due }) === occurrence))
    return false;
  const leading = rows
    .map((row) => drawing.now(row))
    .filter((row) => row.role === 'lead' && row.status !== 'cancelled' && occurrenceKey(row) === occurrence);
  return leading.length > 0 && leading.every(({ status }) => isClosed(status));
}

function movedKeys(was: Task, is: Task): ReadonlyMap<string, string> {
  const moved = new Map<string, string>();
  for (const change of deadlineChanges(was.deadlines, is.deadlines)) {
    if (change.kind === 'moved') moved.set(deadlineIdentity(change.before), deadlineIdentity(change.after));
  }
  // A task that named no time is followed all the same.
  if (was.deadlines.length === 0) for (const { key } of undatedKey(is)) moved.set('none', key);
  if (is.deadlines.length === 0) for (const { key } of undatedKey(was)) moved.set(key, 'none');
  return moved;
}

function undatedKey({ deadlines }: Task): readonly { readonly key: string }[] {
  const likest = deadlines.find(({ kind }) => kind === 'ongoing') ?? deadlines[0];
  return likest === undefined ? [] : [{ key: deadlineIdentity(likest) }];
}

function keysOf({ deadlines }: Task): ReadonlySet<string> {
  return new Set(deadlines.length === 0 ? ['none'] : deadlines.map(deadlineIdentity));
}

function unitsByRef(
  assignments: readonly { readonly ref: string; readonly unit: string; readonly role: Role }[],
): Map<string, Set<string>> {
  const units = new Map<string, Set<string>>();
  for (const { ref, unit } of assignments) {
    const known = units.get(ref);
    if (known === undefined) units.set(ref, new Set([unit]));
    else known.add(unit);
  }
  return units;
}

function grouped<T>(all: readonly T[], key: (each: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const each of all) {
    const known = groups.get(key(each));
    if (known === undefined) groups.set(key(each), [each]);
    else known.push(each);
  }
  return groups;
}

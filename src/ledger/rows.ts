// Rows of assignments as the domain sees them. What many assignments share (task, notice, ladder) is read once.

import type { Approval, Assignment, AssignmentStatus, Pursuit } from '../domain/assignment.ts';
import type { Deadline, IsoDate } from '../domain/deadline.ts';
import type { Notice, Role, Task } from '../domain/notice.ts';
import type { Ladder } from '../domain/policy.ts';
import type { Instant } from '../domain/time.ts';
import type { Db } from './pool.ts';

/** Columns of `cuiban.assignment a` that `assignmentsOf` needs. */
export const assignmentColumns = `a.id::text AS id, a.office_id, a.task_id, a.unit_id, a.role, a.deadline, a.pursuit, a.due, a.original_due,
  a.status, a.sequence, a.confirmed_at, a.extended_at, a.approval, a.planned_through, a.ladder_hash`;

export interface AssignmentRow {
  readonly id: string;
  readonly office_id: string;
  readonly task_id: number;
  readonly unit_id: string;
  readonly role: Role;
  readonly deadline: Deadline | null;
  readonly pursuit: Pursuit;
  readonly due: IsoDate | null;
  readonly original_due: IsoDate | null;
  readonly status: AssignmentStatus;
  readonly sequence: number;
  readonly confirmed_at: Instant | null;
  readonly extended_at: Instant | null;
  readonly approval: Approval | null;
  readonly planned_through: Instant;
  readonly ladder_hash: string | null;
}

interface TaskRow {
  readonly id: number;
  readonly schedule: string;
  readonly document: Task;
  readonly notice: Notice;
}

/** The assignments of these rows, by id. Rows may repeat. */
export async function assignmentsOf(db: Db, rows: readonly AssignmentRow[]): Promise<ReadonlyMap<string, Assignment>> {
  const assignments = new Map<string, Assignment>();
  if (rows.length === 0) return assignments;
  await keepTasks(db, [...new Set(rows.map((row) => row.task_id))]);
  await keepLadders(db, [...new Set(rows.flatMap((row) => row.ladder_hash ?? []))]);
  const { tasks, ladders } = db.kept;
  for (const row of rows) {
    if (assignments.has(row.id)) continue;
    const task = required(tasks.get(row.task_id), `task ${row.task_id}`);
    assignments.set(row.id, {
      id: row.id,
      office: row.office_id,
      schedule: task.schedule,
      notice: task.notice,
      task: task.task,
      ref: task.task.ref,
      unit: row.unit_id,
      role: row.role,
      deadline: row.deadline,
      pursuit: row.pursuit,
      due: row.due,
      originalDue: row.original_due,
      status: row.status,
      sequence: row.sequence,
      confirmedAt: row.confirmed_at,
      extendedAt: row.extended_at,
      approval: row.approval,
      plannedThrough: row.planned_through,
      ladder: row.ladder_hash === null ? null : required(ladders.get(row.ladder_hash), `ladder ${row.ladder_hash}`),
    });
  }
  return assignments;
}

async function keepTasks(db: Db, ids: readonly number[]): Promise<void> {
  const missing = ids.filter((id) => !db.kept.tasks.has(id));
  if (missing.length === 0) return;
  const { rows } = await db.query<TaskRow>(
    `SELECT t.id, t.schedule, t.document, s.document->'notice' AS notice
       FROM cuiban.task t JOIN cuiban.schedule s ON s.office_id = t.office_id AND s.name = t.schedule
      WHERE t.id = ANY($1::bigint[])`,
    [missing],
  );
  for (const { id, schedule, document, notice } of rows) {
    const { ref, title, lead, cooperate, deadlines } = document;
    db.kept.tasks.set(id, { schedule, notice, task: { ref, title, lead, cooperate, deadlines } });
  }
}

async function keepLadders(db: Db, hashes: readonly string[]): Promise<void> {
  const missing = hashes.filter((hash) => !db.kept.ladders.has(hash));
  if (missing.length === 0) return;
  const { rows } = await db.query<{ hash: string; content: Ladder }>(
    'SELECT hash, content FROM cuiban.ladder WHERE hash = ANY($1::text[])',
    [missing],
  );
  for (const { hash, content } of rows) db.kept.ladders.set(hash, content);
}

/** Foreign keys promise that it is there. */
export function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new RangeError(`the ledger has no ${what}`);
  return value;
}

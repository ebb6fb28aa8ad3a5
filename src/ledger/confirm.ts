// A confirmed schedule becomes work: its tasks, and one assignment for every unit and occurrence.

import { deadlineKey } from '../domain/assignment.ts';
import type { Notice, Schedule, Task } from '../domain/notice.ts';
import { dateOf, type Instant } from '../domain/time.ts';
import { followContacts, lockOffice, storeDirectory } from './directory.ts';
import { canonicalJson, recordset } from './json.ts';
import { type Confirmation, LedgerRefusal } from './ledger.ts';
import type { Db } from './pool.ts';
import { openProblems, recordOpened } from './record.ts';

export async function confirm(db: Db, confirmation: Confirmation): Promise<boolean> {
  const { schedule, directory, office, at, actor } = confirmation;
  if (schedule.office !== office.id)
    throw new LedgerRefusal(`分解表“${schedule.name}”属于 ${schedule.office}，不是 ${office.id}`);
  await lockOffice(db, office.id);
  const stored = await db.query<{ document: Schedule; since: Instant }>(
    'SELECT document, coalesce(revised_at, confirmed_at) AS since FROM cuiban.schedule WHERE office_id = $1 AND name = $2',
    [office.id, schedule.name],
  );
  const [known] = stored.rows;
  if (known !== undefined) {
    if (isSame(known.document, schedule)) return false;
    const day = dateOf(office.hours.zone, known.since);
    throw new LedgerRefusal(
      `分解表“${schedule.name}”已于${day}确认，现在的内容与当时不同（${difference(known.document, schedule)}）；请看过差异后按修订确认，或换一个名称`,
    );
  }
  await storeDirectory(db, office, directory, at);
  await followContacts(db, office, at);
  await db.query(
    `INSERT INTO cuiban.schedule (office_id, name, document, confirmed_at, confirmed_by)
     VALUES ($1, $2, $3::jsonb, cuiban.instant($4), $5)`,
    [office.id, schedule.name, JSON.stringify(schedule), at, actor],
  );
  await storeTasks(db, schedule, schedule.tasks);
  await openAssignments(db, confirmation, { actor, means: 'confirmation' });
  await openProblems(
    db,
    confirmation.problems.map((problem) => ({ ...problem, office: office.id })),
    at,
  );
  return true;
}

/** The same content, whatever the order of its keys. */
export function isSame(one: Schedule | Task | Notice, other: Schedule | Task | Notice): boolean {
  return canonicalJson(one) === canonicalJson(other);
}

/** New rows for these of its tasks. */
export async function storeTasks(db: Db, schedule: Schedule, tasks: readonly Task[]): Promise<void> {
  if (tasks.length === 0) return;
  const positions = new Map(schedule.tasks.map(({ ref }, position) => [ref, position]));
  const rows = tasks.map((document) => ({ ref: document.ref, position: positions.get(document.ref), document }));
  await db.query(
    `INSERT INTO cuiban.task (office_id, schedule, ref, position, document)
     SELECT $1, $2, t.ref, t.position, t.document
       FROM json_to_recordset($3::json) AS t(ref text, position int, document jsonb) ORDER BY t.position`,
    [schedule.office, schedule.name, recordset(rows)],
  );
}

export async function openAssignments(
  db: Db,
  { schedule, assignments, at }: Pick<Confirmation, 'schedule' | 'assignments' | 'at'>,
  by: { readonly actor: string; readonly means: string },
): Promise<void> {
  if (assignments.length === 0) return;
  const wanted = assignments.map((assignment, n) => ({ ...assignment, n, key: deadlineKey(assignment) }));
  const { rows } = await db.query<{ id: string; due: string | null }>(
    `INSERT INTO cuiban.assignment
       (office_id, task_id, unit_id, role, deadline_key, deadline, pursuit, due, original_due, confirmed_at, planned_through, next_at)
     SELECT $1, t.id, a.unit, a.role, a.key, a.deadline, a.pursuit, a.due, a.due,
            cuiban.instant($3), to_timestamp(0), cuiban.instant($3)
       FROM json_to_recordset($4::json) AS a(n int, ref text, unit text, role text, key text, deadline jsonb, pursuit text, due date)
       JOIN cuiban.task t ON t.office_id = $1 AND t.schedule = $2 AND t.ref = a.ref AND NOT t.retired
      ORDER BY a.n
     RETURNING id::text AS id, due`,
    [schedule.office, schedule.name, at, recordset(wanted)],
  );
  if (rows.length !== wanted.length) {
    const refs = new Set(schedule.tasks.map((task) => task.ref));
    const stray = wanted.filter(({ ref }) => !refs.has(ref)).map(({ ref }) => ref);
    throw new LedgerRefusal(`分解表“${schedule.name}”没有这些任务：${stray.join('、')}`);
  }
  await recordOpened(
    db,
    rows.map(({ id, due }) => ({ office: schedule.office, assignment: id, due })),
    by,
    at,
  );
}

/** What differs, in the words of a schedule. */
function difference(before: Schedule, after: Schedule): string {
  const known = new Map(before.tasks.map((task) => [task.ref, canonicalJson(task)]));
  const now = new Map(after.tasks.map((task) => [task.ref, canonicalJson(task)]));
  const added = [...now.keys()].filter((ref) => !known.has(ref));
  const removed = [...known.keys()].filter((ref) => !now.has(ref));
  const changed = [...now].filter(([ref, text]) => known.has(ref) && known.get(ref) !== text).map(([ref]) => ref);
  const said = [['新增任务', added] as const, ['缺少任务', removed] as const, ['改动任务', changed] as const].flatMap(
    ([words, refs]) => (refs.length === 0 ? [] : [`${words}${some(refs)}`]),
  );
  return said.length === 0 ? '通知信息或任务顺序有改动' : said.join('，');
}

function some(refs: readonly string[]): string {
  return refs.length <= 5 ? refs.join('、') : `${refs.slice(0, 5).join('、')}等${refs.length}项`;
}

// A confirmed schedule becomes work: its tasks, and one assignment for every unit and occurrence.

import { deadlineIdentity } from '../domain/deadline.ts';
import type { Schedule } from '../domain/notice.ts';
import { dateOf } from '../domain/time.ts';
import { followContacts, lockOffice, storeDirectory } from './directory.ts';
import { canonicalJson, contentHash, recordset } from './json.ts';
import { type Confirmation, LedgerRefusal } from './ledger.ts';
import type { Db } from './pool.ts';
import { openProblems, recordOpened } from './record.ts';

export async function confirm(db: Db, confirmation: Confirmation): Promise<boolean> {
  const { schedule, directory, office, at, actor } = confirmation;
  if (schedule.office !== office.id)
    throw new LedgerRefusal(`分解表“${schedule.name}”属于 ${schedule.office}，不是 ${office.id}`);
  await lockOffice(db, office.id);
  const hash = contentHash(schedule);
  const stored = await db.query<{ document: Schedule; confirmed_at: number }>(
    'SELECT document, confirmed_at FROM cuiban.schedule WHERE office_id = $1 AND name = $2',
    [office.id, schedule.name],
  );
  const [known] = stored.rows;
  if (known !== undefined) {
    if (contentHash(known.document) === hash) return false;
    const day = dateOf(office.hours.zone, known.confirmed_at);
    throw new LedgerRefusal(
      `分解表“${schedule.name}”已于${day}确认，现在的内容与当时不同（${difference(known.document, schedule)}）；请换一个名称，或对单项任务用延期（extend）、撤销（cancel）`,
    );
  }
  await storeDirectory(db, office, directory, at);
  await followContacts(db, office, at);
  await db.query(
    `INSERT INTO cuiban.schedule (office_id, name, content_hash, document, confirmed_at, confirmed_by)
     VALUES ($1, $2, $3, $4::jsonb, cuiban.instant($5), $6)`,
    [office.id, schedule.name, hash, JSON.stringify(schedule), at, actor],
  );
  await storeTasks(db, schedule);
  await openAssignments(db, confirmation);
  await openProblems(
    db,
    confirmation.problems.map((problem) => ({ ...problem, office: office.id })),
    at,
  );
  return true;
}

async function storeTasks(db: Db, schedule: Schedule): Promise<void> {
  const tasks = schedule.tasks.map((document, position) => ({ ref: document.ref, position, document }));
  await db.query(
    `INSERT INTO cuiban.task (office_id, schedule, ref, position, document)
     SELECT $1, $2, t.ref, t.position, t.document
       FROM json_to_recordset($3::json) AS t(ref text, position int, document jsonb) ORDER BY t.position`,
    [schedule.office, schedule.name, recordset(tasks)],
  );
}

async function openAssignments(db: Db, { schedule, assignments, at, actor }: Confirmation): Promise<void> {
  const wanted = assignments.map((assignment, n) => ({
    ...assignment,
    n,
    key: assignment.deadline === null ? 'none' : deadlineIdentity(assignment.deadline),
  }));
  const { rows } = await db.query<{ id: string; due: string | null }>(
    `INSERT INTO cuiban.assignment
       (office_id, task_id, unit_id, role, deadline_key, deadline, pursuit, due, original_due, confirmed_at, planned_through, next_at)
     SELECT $1, t.id, a.unit, a.role, a.key, a.deadline, a.pursuit, a.due, a.due,
            cuiban.instant($3), to_timestamp(0), cuiban.instant($3)
       FROM json_to_recordset($4::json) AS a(n int, ref text, unit text, role text, key text, deadline jsonb, pursuit text, due date)
       JOIN cuiban.task t ON t.office_id = $1 AND t.schedule = $2 AND t.ref = a.ref
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
    { actor, means: 'confirmation' },
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

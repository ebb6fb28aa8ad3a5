// A confirmed schedule takes on what was chosen of a revision, all or nothing: every duty that continues keeps its progress.

import { type Assignment, deadlineKey, isClosed } from '../domain/assignment.ts';
import { assign } from '../domain/assign.ts';
import type { Directory } from '../domain/directory.ts';
import type { Schedule } from '../domain/notice.ts';
import type { Problem } from '../domain/reminder.ts';
import { type Reassigned, reassign } from '../domain/revision-duties.ts';
import type { DutyChange } from '../domain/revision-redraw.ts';
import { dateOf, type Instant } from '../domain/time.ts';
import { isSame, openAssignments, storeTasks } from './confirm.ts';
import { followContacts, lockOffice, readDirectories, storeDirectory } from './directory.ts';
import { recordset } from './json.ts';
import { type ConfirmedSchedule, LedgerRefusal, type Revised, type Revising } from './ledger.ts';
import type { Db } from './pool.ts';
import { closeProblems, openProblems, recordHistory, voidPlanned } from './record.ts';
import { type AssignmentRow, assignmentColumns, assignmentsOf } from './rows.ts';

interface ScheduleRow {
  readonly office: string;
  readonly name: string;
  readonly document: Schedule;
  readonly revision: number;
  readonly confirmed_at: Instant;
  readonly since: Instant;
  readonly by: string;
}

const scheduleColumns = `office_id AS office, name, document, revision, confirmed_at,
  coalesce(revised_at, confirmed_at) AS since, coalesce(revised_by, confirmed_by) AS by`;

/** By its name, or `office/name`; null where there is none. @throws LedgerRefusal where several offices use the name */
export async function confirmedSchedule(db: Db, wanted: string): Promise<ConfirmedSchedule | null> {
  const { rows } = await db.query<ScheduleRow>(
    `SELECT ${scheduleColumns} FROM cuiban.schedule WHERE name = $1 OR office_id || '/' || name = $1 ORDER BY office_id`,
    [wanted],
  );
  const [only, ...more] = rows;
  if (only === undefined) return null;
  if (more.length > 0) {
    const names = rows.map(({ office, name }) => `${office}/${name}`).join('、');
    throw new LedgerRefusal(`有${rows.length}个单位的分解表都叫“${wanted}”，请写明：${names}`);
  }
  const { document: schedule, revision, confirmed_at: confirmedAt } = only;
  return { schedule, revision, confirmedAt, assignments: await standingOf(db, only) };
}

export async function revise(db: Db, revising: Revising): Promise<Revised | null> {
  const { schedule, office, directory, continues, at, actor } = revising;
  await lockOffice(db, office.id);
  const known = await lockSchedule(db, revising);
  if (isSame(known.document, schedule)) return null;
  if (known.revision !== revising.base) {
    const day = dateOf(office.hours.zone, known.since);
    throw new LedgerRefusal(
      `分解表“${schedule.name}”在您查看之后已由${known.by}于${day}修订，什么也没有改变；请重新查看差异再确认`,
    );
  }
  const stored = (await readDirectories(db)).find((each) => each.office === office.id) ?? directory;
  const standing = await lockStanding(db, known);
  const reassigned = reassign({
    confirmed: known.document,
    revised: schedule,
    continues,
    standing,
    storedDirectory: stored,
    directory,
    at,
    zone: office.hours.zone,
  });
  const voided = await redraw(db, reassigned, revising);
  await storeDirectory(db, office, directory, at);
  await followContacts(db, office, at);
  await replaceDocument(db, known, revising);
  await replaceTasks(db, known, revising);
  await openAssignments(db, { schedule, assignments: reassigned.opened, at }, { actor, means: 'revision' });
  await settleProblems(db, known.document, revising, reassigned.problems);
  return { revision: known.revision + 1, opened: reassigned.opened, changed: reassigned.changed, voided };
}

async function lockSchedule(db: Db, { schedule, office }: Revising): Promise<ScheduleRow> {
  const { rows } = await db.query<ScheduleRow>(
    `SELECT ${scheduleColumns} FROM cuiban.schedule WHERE office_id = $1 AND name = $2 FOR UPDATE`,
    [office.id, schedule.name],
  );
  const [known] = rows;
  if (known === undefined) throw new LedgerRefusal(`分解表“${schedule.name}”还没有确认过，无从修订`);
  return known;
}

async function standingOf(db: Db, { office, name }: ScheduleRow): Promise<readonly Assignment[]> {
  const { rows } = await db.query<AssignmentRow>(
    `SELECT ${assignmentColumns} FROM cuiban.assignment a JOIN cuiban.task t ON t.id = a.task_id
      WHERE t.office_id = $1 AND t.schedule = $2 AND NOT t.retired ORDER BY a.id`,
    [office, name],
  );
  return [...(await assignmentsOf(db, rows)).values()];
}

/** Tasks first, as answers do. A sweep that was under way may open further occurrences until the last one is held. */
async function lockStanding(db: Db, known: ScheduleRow): Promise<readonly Assignment[]> {
  const of = [known.office, known.name];
  await db.query('SELECT id FROM cuiban.task WHERE office_id = $1 AND schedule = $2 AND NOT retired ORDER BY id FOR UPDATE', of);
  for (let held = -1; ;) {
    const { count } = await db.query(
      `SELECT a.id FROM cuiban.assignment a
        WHERE a.task_id IN (SELECT id FROM cuiban.task WHERE office_id = $1 AND schedule = $2 AND NOT retired)
        ORDER BY a.id FOR UPDATE`,
      of,
    );
    if (count === held) return standingOf(db, known);
    held = count;
  }
}

/** Writes the changed duties. Returns how many planned reminders became void. */
async function redraw(db: Db, { changed, stopped }: Reassigned, { office, at, actor }: Revising): Promise<number> {
  if (changed.length > 0) await writeDuties(db, changed, at);
  await recordHistory(
    db,
    changed.map(({ before, after, note }) => ({
      office: office.id,
      assignment: before.id,
      actor,
      means: 'revision',
      fromStatus: before.status,
      toStatus: after.status,
      fromDue: before.due,
      toDue: after.due,
      note,
      evidence: null,
    })),
    at,
  );
  await db.query(
    `UPDATE cuiban.assignment SET next_at = NULL WHERE id = ANY($1::bigint[]) AND status IN ('completed', 'cancelled')`,
    [stopped],
  );
  const over = changed.filter(({ after }) => isClosed(after.status)).map(({ before }) => before.id);
  await closeProblems(db, over, null, at);
  return voidChanged(db, changed, at);
}

async function writeDuties(db: Db, changed: readonly DutyChange[], at: Instant): Promise<void> {
  const rows = changed.map(({ before, after, look }) => {
    // What is shared by thousands (task, notice, ladder) is not carried along with each.
    const { id, role, deadline, pursuit, due, originalDue, status, sequence, confirmedAt, extendedAt, approval, plannedThrough } =
      after;
    const dates = { due, originalDue, confirmedAt, extendedAt, plannedThrough };
    const next = look === 'kept' ? null : look;
    const unfrozen = after.ladder === null;
    return {
      id,
      role,
      deadline,
      pursuit,
      status,
      sequence,
      approval,
      ...dates,
      was: before.status,
      key: deadlineKey(after),
      keep: look === 'kept',
      next,
      unfrozen,
    };
  });
  await db.query(
    `UPDATE cuiban.assignment a
        SET role = m.role, deadline_key = m.key, deadline = m.deadline, pursuit = m.pursuit, due = m.due,
            original_due = m."originalDue", status = m.status, sequence = m.sequence,
            confirmed_at = cuiban.instant(m."confirmedAt"), extended_at = cuiban.instant(m."extendedAt"), approval = m.approval,
            planned_through = cuiban.instant(m."plannedThrough"),
            next_at = CASE WHEN m.keep THEN a.next_at ELSE cuiban.instant(m.next) END,
            closed_at = CASE WHEN m.status NOT IN ('completed', 'cancelled') THEN NULL
                             WHEN m.status = m.was THEN a.closed_at ELSE cuiban.instant($2) END,
            ladder_hash = CASE WHEN m.unfrozen THEN NULL ELSE a.ladder_hash END
       FROM json_to_recordset($1::json) AS m(id bigint, was text, role text, key text, deadline jsonb, pursuit text, due date,
            "originalDue" date, status text, sequence int, "confirmedAt" float8, "extendedAt" float8, approval jsonb,
            "plannedThrough" float8, keep boolean, next float8, unfrozen boolean)
      WHERE a.id = m.id`,
    [recordset(rows), at],
  );
}

async function voidChanged(db: Db, changed: readonly DutyChange[], at: Instant): Promise<number> {
  const byWords = new Map<string, { readonly voids: NonNullable<DutyChange['voids']>; readonly ids: string[] }>();
  for (const { before, voids } of changed) {
    if (voids === null) continue;
    const same = byWords.get(`${voids.reason} ${voids.detail}`);
    if (same === undefined) byWords.set(`${voids.reason} ${voids.detail}`, { voids, ids: [before.id] });
    else same.ids.push(before.id);
  }
  let voided = 0;
  for (const { voids, ids } of byWords.values()) {
    for (const count of (await voidPlanned(db, ids, voids.reason, voids.detail, at)).values()) voided += count;
  }
  return voided;
}

async function replaceDocument(db: Db, known: ScheduleRow, { schedule, at, actor }: Revising): Promise<void> {
  await db.query(
    `WITH past AS (
       INSERT INTO cuiban.past_schedule (office_id, schedule, revision, document, at, actor)
       SELECT office_id, name, revision, document, coalesce(revised_at, confirmed_at), coalesce(revised_by, confirmed_by)
         FROM cuiban.schedule WHERE office_id = $1 AND name = $2)
     UPDATE cuiban.schedule SET document = $3::jsonb, revision = revision + 1, revised_at = cuiban.instant($4), revised_by = $5
      WHERE office_id = $1 AND name = $2`,
    [known.office, known.name, JSON.stringify(schedule), at, actor],
  );
}

/**
 * What is written of a task never changes once others may have read it: a task that reads otherwise now, and every one when the notice does,
 * is a new row that takes over the assignments.
 */
async function replaceTasks(db: Db, known: ScheduleRow, { schedule, continues }: Revising): Promise<void> {
  const of = [known.office, known.name];
  const before = new Map(known.document.tasks.map((task) => [task.ref, task]));
  const fromOf = new Map(continues.map(({ from, to }) => [to, from]));
  const renewed = !isSame(known.document.notice, schedule.notice);
  const fresh = schedule.tasks.filter((task) => {
    const was = before.get(fromOf.get(task.ref) ?? '');
    return renewed || was === undefined || !isSame(was, task);
  });
  const kept = new Set(schedule.tasks.filter((task) => !fresh.includes(task)).map(({ ref }) => ref));
  const retired = known.document.tasks.map(({ ref }) => ref).filter((ref) => !kept.has(ref));
  const { rows } = await db.query<{ id: number; ref: string }>(
    `UPDATE cuiban.task SET retired = true
      WHERE office_id = $1 AND schedule = $2 AND NOT retired AND ref = ANY($3::text[]) RETURNING id, ref`,
    [...of, retired],
  );
  await storeTasks(db, schedule, fresh);
  const oldIds = new Map(rows.map(({ id, ref }) => [ref, id]));
  const moves = fresh.flatMap(({ ref }) => {
    const id = oldIds.get(fromOf.get(ref) ?? '');
    return id === undefined ? [] : [{ id, ref }];
  });
  await db.query(
    `UPDATE cuiban.assignment a SET task_id = t.id
       FROM json_to_recordset($3::json) AS m(id bigint, ref text)
       JOIN cuiban.task t ON t.office_id = $1 AND t.schedule = $2 AND t.ref = m.ref AND NOT t.retired
      WHERE a.task_id = m.id`,
    [...of, recordset(moves)],
  );
  await db.query(
    `UPDATE cuiban.task t SET position = p.position FROM json_to_recordset($3::json) AS p(ref text, position int)
      WHERE t.office_id = $1 AND t.schedule = $2 AND t.ref = p.ref AND NOT t.retired AND t.position <> p.position`,
    [...of, recordset(schedule.tasks.map(({ ref }, position) => ({ ref, position })))],
  );
}

/** A directory in which nobody is to be found: every name that a schedule may have been asked about. */
const nobody = (office: string): Directory => ({ office, supervisor: '', units: [], groups: [] });

/** Questions that the revision answers are closed, unless another schedule asks them too; those that it raises are opened. */
async function settleProblems(
  db: Db,
  before: Schedule,
  { schedule, directory, office, at }: Revising,
  problems: readonly Problem[],
): Promise<void> {
  const today = dateOf(office.hours.zone, at);
  const { rows } = await db.query<{ document: Schedule }>(
    'SELECT document FROM cuiban.schedule WHERE office_id = $1 AND name <> $2',
    [office.id, schedule.name],
  );
  const asked = assign(before, nobody(office.id), today).problems.map(({ detail }) => detail);
  const still = [...problems, ...rows.flatMap(({ document }) => assign(document, directory, today).problems)];
  const open = new Set(still.map(({ detail }) => detail));
  await db.query(
    `UPDATE cuiban.problem SET closed_at = cuiban.instant($3)
      WHERE office_id = $1 AND kind IN ('no-unit', 'unknown-unit') AND assignment_id IS NULL AND closed_at IS NULL
        AND subject = ANY($2::text[])`,
    [office.id, asked.filter((detail) => !open.has(detail)), at],
  );
  await openProblems(
    db,
    problems.map((problem) => ({ ...problem, office: office.id })),
    at,
  );
}

// Finds what an answer is about, and locks it: the task first, then all of its assignments in order.

import { type AssignmentStatus, isClosed } from '../domain/assignment.ts';
import type { Deadline, IsoDate } from '../domain/deadline.ts';
import { canonicalName } from '../domain/directory.ts';
import type { Role } from '../domain/notice.ts';
import type { Instant } from '../domain/time.ts';
import { type AnswerTarget, LedgerRefusal } from './ledger.ts';
import { nearest } from './nearest.ts';
import type { Db } from './pool.ts';

export interface Duty {
  readonly id: string;
  readonly unit_id: string;
  readonly unit_name: string;
  readonly role: Role;
  readonly deadline: Deadline | null;
  readonly due: IsoDate | null;
  readonly original_due: IsoDate | null;
  readonly status: AssignmentStatus;
  readonly sequence: number;
  readonly closed_at: Instant | null;
}

export interface Located {
  readonly office: string;
  readonly zone: string;
  readonly schedule: string;
  readonly ref: string;
  readonly unit: string;
  readonly unitName: string;
  /** All assignments of the task, of every unit. */
  readonly duties: readonly Duty[];
  /** Those of the target's unit. */
  readonly own: readonly Duty[];
}

/** @throws LedgerRefusal naming what was given and what comes nearest. */
export async function locate(db: Db, target: AnswerTarget): Promise<Located> {
  const schedule = await scheduleOf(db, target.schedule);
  const task = await lockTask(db, schedule, target.ref);
  const { rows: duties } = await db.query<Duty>(
    `SELECT a.id::text AS id, a.unit_id, u.name AS unit_name, a.role, a.deadline, a.due, a.original_due, a.status, a.sequence, a.closed_at
       FROM cuiban.assignment a JOIN cuiban.unit u ON u.office_id = a.office_id AND u.id = a.unit_id
      WHERE a.task_id = $1 ORDER BY a.id FOR NO KEY UPDATE OF a`,
    [task.id],
  );
  const unit = await unitOf(db, schedule.office, target.unit, task.ref, duties);
  return {
    office: schedule.office,
    zone: schedule.zone,
    schedule: schedule.name,
    ref: task.ref,
    unit: unit.id,
    unitName: unit.name,
    duties,
    own: duties.filter((duty) => duty.unit_id === unit.id),
  };
}

interface ScheduleRow {
  readonly office: string;
  readonly name: string;
  readonly zone: string;
}

/** By its name, or `office/name` where several offices use one name. */
export async function scheduleOf(db: Db, wanted: string): Promise<ScheduleRow> {
  const { rows } = await db.query<ScheduleRow>(
    `SELECT s.office_id AS office, s.name, o.settings->'hours'->>'zone' AS zone
       FROM cuiban.schedule s JOIN cuiban.office o ON o.id = s.office_id ORDER BY s.office_id, s.name`,
  );
  const found = rows.filter(({ office, name }) => name === wanted || `${office}/${name}` === wanted);
  const [only, ...more] = found;
  if (only === undefined) {
    const names = rows.map(({ name }) => name);
    if (names.length === 0) throw new LedgerRefusal(`没有分解表“${wanted}”：还没有确认过任何分解表`);
    throw new LedgerRefusal(`没有分解表“${wanted}”。最接近的是：${nearest(wanted, names).join('、')}`);
  }
  if (more.length === 0) return only;
  throw new LedgerRefusal(
    `有${found.length}个单位的分解表都叫“${wanted}”，请写明：${found.map(({ office, name }) => `${office}/${name}`).join('、')}`,
  );
}

/** A revision that came in between has put another row in the task's place. */
async function lockTask(db: Db, schedule: ScheduleRow, wanted: string): Promise<{ readonly id: number; readonly ref: string }> {
  for (;;) {
    const task = await taskOf(db, schedule, wanted);
    const { count } = await db.query('SELECT id FROM cuiban.task WHERE id = $1 AND NOT retired FOR NO KEY UPDATE', [task.id]);
    if (count === 1) return task;
  }
}

async function taskOf(db: Db, schedule: ScheduleRow, wanted: string): Promise<{ readonly id: number; readonly ref: string }> {
  const { rows } = await db.query<{ id: number; ref: string }>(
    'SELECT id, ref FROM cuiban.task WHERE office_id = $1 AND schedule = $2 AND NOT retired ORDER BY position',
    [schedule.office, schedule.name],
  );
  const found = rows.find(({ ref }) => canonicalName(ref) === canonicalName(wanted));
  if (found !== undefined) return found;
  throw new LedgerRefusal(
    `分解表“${schedule.name}”没有任务“${wanted}”。最接近的是：${nearest(
      wanted,
      rows.map(({ ref }) => ref),
    ).join('、')}`,
  );
}

async function unitOf(
  db: Db,
  office: string,
  wanted: string,
  ref: string,
  duties: readonly Duty[],
): Promise<{ readonly id: string; readonly name: string }> {
  const { rows } = await db.query<{ id: string; name: string; aliases: readonly string[] | null }>(
    `SELECT u.id, u.name, (SELECT array_agg(a.alias ORDER BY a.position) FROM cuiban.unit_alias a
                            WHERE a.office_id = u.office_id AND a.unit_id = u.id) AS aliases
       FROM cuiban.unit u WHERE u.office_id = $1 ORDER BY u.retired, u.position`,
    [office],
  );
  const name = canonicalName(wanted);
  const found = rows.find(
    (unit) => unit.id === wanted || [unit.name, ...(unit.aliases ?? [])].some((each) => canonicalName(each) === name),
  );
  if (found === undefined) {
    const names = rows.flatMap((unit) => [unit.name, ...(unit.aliases ?? [])]);
    throw new LedgerRefusal(`没有单位“${wanted}”。最接近的是：${nearest(wanted, names).join('、')}`);
  }
  if (duties.some((duty) => duty.unit_id === found.id)) return found;
  const responsible = [...new Set(duties.map((duty) => duty.unit_name))];
  throw new LedgerRefusal(
    `${found.name}不承担任务“${ref}”。承担的单位：${nearest(found.name, responsible, 8).join('、')}${responsible.length > 8 ? `等${responsible.length}个` : ''}`,
  );
}

/** Those with this due date; `ongoing` means the undated ones; null means all. */
export function dueAt(duties: readonly Duty[], due: AnswerTarget['due']): readonly Duty[] {
  if (due === null) return duties;
  return duties.filter((duty) => duty.due === (due === 'ongoing' ? null : due));
}

/** @throws LedgerRefusal that lists what there is instead. */
export function nothingThere(located: Located, wanted: string): never {
  const said = located.own.map(describe);
  throw new LedgerRefusal(`${located.unitName}的任务“${located.ref}”没有${wanted}。现有：${said.join('；')}`);
}

const statusWords: Readonly<Record<AssignmentStatus, string>> = {
  'needs-action': '待签收',
  acknowledged: '已签收',
  'in-process': '办理中',
  submitted: '已报送',
  completed: '已办结',
  cancelled: '已取消',
};

export function describe({ due, role, status }: Duty): string {
  return `${due ?? '无时限'}${role === 'cooperate' ? '（配合）' : ''}${statusWords[status]}`;
}

export function isOpen({ status }: Duty): boolean {
  return !isClosed(status);
}

// What units and coordinators answer. Every change expects a state, leaves a row of history and voids what it makes pointless.

import { type Approval, type AssignmentStatus, occurrenceKey } from '../domain/assignment.ts';
import type { IsoDate } from '../domain/deadline.ts';
import { nextBegins } from '../domain/recurrence.ts';
import { dateOf, type Instant } from '../domain/time.ts';
import { recordset } from './json.ts';
import { type AnswerBy, type Answered, type AnsweredAssignment, type AnswerTarget, LedgerRefusal } from './ledger.ts';
import type { Db } from './pool.ts';
import { closeProblems, recordHistory, voidPlanned } from './record.ts';
import { describe, dueAt, type Duty, isOpen, locate, type Located, nothingThere } from './target.ts';

interface Move {
  readonly duty: Duty;
  readonly to: AssignmentStatus;
  readonly due: IsoDate | null;
  readonly sequence: number;
  readonly next: Instant | 'kept' | null;
  /** Set where what lies before is not to be said any more. */
  readonly through: Instant | null;
  readonly note: string | null;
  readonly evidence: object | null;
  readonly approval: Approval | null;
}

export async function acknowledge(db: Db, target: AnswerTarget, by: AnswerBy): Promise<Answered> {
  const located = await locate(db, target);
  const open = dueAt(located.own.filter(isOpen), target.due);
  if (open.length === 0) nothingThere(located, `未办结的事项${dateWords(target)}`);
  const fresh = open.filter((duty) => duty.status === 'needs-action');
  if (fresh.length === 0)
    throw new LedgerRefusal(`${located.unitName}的任务“${located.ref}”已经签收过：${open.map(describe).join('；')}`);
  const moves = fresh.map((duty) => move(duty, { to: 'acknowledged', next: 'kept', note: by.note }));
  return answered(located, await apply(db, located, moves, by));
}

export async function complete(
  db: Db,
  target: AnswerTarget,
  by: AnswerBy & { readonly evidence: string | null },
): Promise<Answered> {
  const located = await locate(db, target);
  const wanted = toComplete(located, target);
  const evidence = by.evidence === null ? null : { evidence: by.evidence };
  const moves = wanted.map((duty) =>
    move(duty, { to: 'completed', next: nextOccurrenceLook(located, duty), note: by.note, evidence }),
  );
  const changed = await apply(db, located, moves, by);
  await voidFor(db, changed, 'completed', '已办结', by.at);
  return answered(located, [...changed, ...(await closeCooperating(db, located, changed, by))]);
}

function toComplete(located: Located, target: AnswerTarget): readonly Duty[] {
  const open = located.own.filter(isOpen);
  const wanted = target.due === null ? byDefault(open) : dueAt(open, target.due);
  return wanted.length > 0 ? wanted : nothingThere(located, `未办结的事项${dateWords(target)}`);
}

/** All one-off dated ones; else the earliest recurring one; else the undated one. */
function byDefault(open: readonly Duty[]): readonly Duty[] {
  const oneOff = open.filter((duty) => duty.due !== null && duty.deadline?.kind !== 'recurring');
  if (oneOff.length > 0) return oneOff;
  const recurring = open.filter((duty) => duty.due !== null);
  const earliest = recurring.map((duty) => duty.due ?? '').toSorted()[0];
  return earliest === undefined ? open : recurring.filter((duty) => duty.due === earliest);
}

/** The planner opens the next occurrence of a recurring duty, done or not. */
function nextOccurrenceLook({ zone }: Located, { original_due: due, deadline }: Duty): Instant | null {
  return due === null || deadline?.kind !== 'recurring' ? null : nextBegins(zone, due);
}

/** Where every lead unit of a deadline is done, the cooperating ones are done too. */
async function closeCooperating(
  db: Db,
  located: Located,
  changed: readonly ChangedDuty[],
  by: AnswerBy,
): Promise<readonly ChangedDuty[]> {
  const now = new Map(changed.map(({ duty, to }) => [duty.id, to]));
  const duties = located.duties.map((duty) => ({ ...duty, status: now.get(duty.id) ?? duty.status }));
  const deadlines = new Set(changed.filter(({ duty }) => duty.role === 'lead').map(({ duty }) => deadlineOf(duty)));
  const moves = [...deadlines].flatMap((deadline) => {
    const same = duties.filter((duty) => deadlineOf(duty) === deadline);
    if (same.some((duty) => duty.role === 'lead' && isOpen(duty))) return [];
    return same
      .filter((duty) => duty.role === 'cooperate' && isOpen(duty))
      .map((duty) => move(duty, { to: 'completed', next: nextOccurrenceLook(located, duty), note: '牵头单位已办结' }));
  });
  const closed = await apply(db, located, moves, by);
  await voidFor(db, closed, 'completed', '牵头单位已办结', by.at);
  return closed;
}

function deadlineOf({ deadline, original_due: originalDue }: Duty): string {
  return occurrenceKey({ deadline, originalDue });
}

export async function reopen(db: Db, target: AnswerTarget, by: AnswerBy): Promise<Answered> {
  const located = await locate(db, target);
  const closed = dueAt(
    located.own.filter((duty) => !isOpen(duty)),
    target.due,
  );
  const [last] = closed.toSorted(
    (one, other) => (other.closed_at ?? 0) - (one.closed_at ?? 0) || ((one.due ?? '') < (other.due ?? '') ? 1 : -1),
  );
  if (last === undefined) nothingThere(located, `已办结或已取消的事项${dateWords(target)}`);
  const moves = [move(last, { to: 'needs-action', next: by.at, through: by.at, note: by.note })];
  return answered(located, await apply(db, located, moves, by));
}

export async function cancel(db: Db, target: AnswerTarget, by: AnswerBy): Promise<Answered> {
  const located = await locate(db, target);
  const open = dueAt(located.own.filter(isOpen), target.due);
  if (open.length === 0) nothingThere(located, `未办结的事项${dateWords(target)}`);
  const changed = await apply(
    db,
    located,
    open.map((duty) => move(duty, { to: 'cancelled', next: null, note: by.note })),
    by,
  );
  await voidFor(db, changed, 'cancelled', '已取消', by.at);
  return answered(located, changed);
}

export async function extend(
  db: Db,
  target: AnswerTarget,
  to: IsoDate,
  by: AnswerBy & { readonly approvedBy: string; readonly number: string },
): Promise<Answered> {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(to)) throw new LedgerRefusal(`“${to}”不是日期，应写作 2022-09-15`);
  const located = await locate(db, target);
  // It would be overdue the moment it is entered, and climb the ladder before anybody was told of it.
  if (to < dateOf(located.zone, by.at)) throw new LedgerRefusal(`${to}已经过去，不能作为新的时限；应写今天或以后的日期`);
  const open = dueAt(
    located.own.filter((duty) => isOpen(duty) && duty.due !== null),
    target.due,
  );
  if (open.length === 0) nothingThere(located, `可以延期的未办结事项${dateWords(target)}`);
  const dues = [...new Set(open.map((duty) => duty.due))];
  if (dues.length > 1)
    throw new LedgerRefusal(
      `${located.unitName}的任务“${located.ref}”有${dues.length}个未到期的时限，请写明是哪一个：${dues.join('、')}`,
    );
  if (dues[0] === to) throw new LedgerRefusal(`${located.unitName}的任务“${located.ref}”时限已是${to}`);
  const approval: Approval = { by: by.approvedBy, number: by.number };
  const moves = open.map((duty) =>
    move(duty, {
      to: duty.status,
      due: to,
      sequence: duty.sequence + 1,
      next: by.at,
      note: by.note,
      evidence: approval,
      approval,
    }),
  );
  const changed = await apply(db, located, moves, by);
  await voidFor(db, changed, 'superseded', `时限调整为${to}`, by.at);
  return answered(located, changed);
}

function move(duty: Duty, change: Pick<Move, 'to' | 'next' | 'note'> & Partial<Move>): Move {
  return { duty, due: duty.due, sequence: duty.sequence, through: null, evidence: null, approval: null, ...change };
}

interface ChangedDuty {
  readonly duty: Duty;
  readonly to: AssignmentStatus;
  readonly due: IsoDate | null;
  voided: number;
}

/** The rows are locked; that as many change as were expected proves it. */
async function apply(db: Db, located: Located, moves: readonly Move[], by: AnswerBy): Promise<ChangedDuty[]> {
  if (moves.length === 0) return [];
  const rows = moves.map(({ duty, to, due, sequence, next, through, approval }) => ({
    id: duty.id,
    expected: duty.status,
    before: duty.sequence,
    status: to,
    due,
    sequence,
    keep: next === 'kept',
    next: next === 'kept' ? null : next,
    through,
    approval,
  }));
  const { count } = await db.query(
    `UPDATE cuiban.assignment a
        SET status = m.status, due = m.due, sequence = m.sequence,
            next_at = CASE WHEN m.keep THEN a.next_at ELSE cuiban.instant(m.next) END,
            -- A planner whose clock was ahead may have planned beyond this instant: the new date is still to be told.
            planned_through = CASE WHEN m.sequence > a.sequence THEN least(a.planned_through, cuiban.instant($2) - interval '1 millisecond')
                                   ELSE coalesce(cuiban.instant(m.through), a.planned_through) END,
            acknowledged_at = CASE WHEN m.status = 'acknowledged' THEN coalesce(a.acknowledged_at, cuiban.instant($2)) ELSE a.acknowledged_at END,
            closed_at = CASE WHEN m.status IN ('completed', 'cancelled') THEN cuiban.instant($2) END,
            approval = coalesce(m.approval, a.approval),
            extended_at = CASE WHEN m.sequence > a.sequence THEN cuiban.instant($2) ELSE a.extended_at END,
            -- A moved deadline is not overdue: the running escalation ends.
            ladder_hash = CASE WHEN m.sequence > a.sequence THEN NULL ELSE a.ladder_hash END
       FROM json_to_recordset($1::json) AS m(id bigint, expected text, before int, status text, due date, sequence int,
            keep boolean, next float8, through float8, approval jsonb)
      WHERE a.id = m.id AND a.status = m.expected AND a.sequence = m.before`,
    [recordset(rows), by.at],
  );
  if (count !== moves.length) throw new LedgerRefusal(`任务“${located.ref}”刚刚被别人改动，请再看一次`);
  await recordHistory(
    db,
    moves.map(({ duty, to, due, note, evidence }) => ({
      office: located.office,
      assignment: duty.id,
      actor: by.actor,
      means: by.means,
      fromStatus: duty.status,
      toStatus: to,
      fromDue: duty.due,
      toDue: due,
      note,
      evidence,
    })),
    by.at,
  );
  const over = moves.filter(({ to }) => to === 'completed' || to === 'cancelled').map(({ duty }) => duty.id);
  await closeProblems(db, over, null, by.at);
  return moves.map(({ duty, to, due }) => ({ duty, to, due, voided: 0 }));
}

async function voidFor(
  db: Db,
  changed: readonly ChangedDuty[],
  reason: 'completed' | 'cancelled' | 'superseded',
  detail: string,
  now: Instant,
): Promise<void> {
  const voided = await voidPlanned(
    db,
    changed.map(({ duty }) => duty.id),
    reason,
    detail,
    now,
  );
  for (const each of changed) each.voided = voided.get(each.duty.id) ?? 0;
}

function answered(located: Located, changed: readonly ChangedDuty[]): Answered {
  const ids = new Set(changed.map(({ duty }) => duty.id));
  return {
    changed: changed.map((each) => toAnswered(located, each)),
    untouched: located.own
      .filter((duty) => isOpen(duty) && !ids.has(duty.id))
      .map((duty) => toAnswered(located, { duty, to: duty.status, due: duty.due, voided: 0 })),
  };
}

function toAnswered({ ref }: Located, { duty, to, due, voided }: ChangedDuty): AnsweredAssignment {
  return {
    id: duty.id,
    ref,
    unitName: duty.unit_name,
    role: duty.role,
    deadline: duty.deadline,
    from: duty.status,
    to,
    due,
    previousDue: due === duty.due ? null : duty.due,
    voided,
  };
}

function dateWords({ due }: AnswerTarget): string {
  if (due === null) return '';
  return due === 'ongoing' ? '（无时限的）' : `（时限${due}）`;
}

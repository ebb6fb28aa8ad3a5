// One look at what is due for a look: take, decide, record, in one transaction and a fixed number of statements.

import type { Assignment } from '../domain/assignment.ts';
import type { Escalation } from '../domain/escalation.ts';
import type { Directory } from '../domain/directory.ts';
import type { Plan } from '../domain/reminder.ts';
import type { Instant } from '../domain/time.ts';
import { readDirectories } from './directory.ts';
import type { SweepResult } from './ledger.ts';
import { Days, mergeWithin } from './placing.ts';
import { advance, type Decided, openSuccessors } from './planned.ts';
import { type Db, type LedgerLog, type Pool, sqlState } from './pool.ts';
import { closeProblems, openProblems, recordSuppressions } from './record.ts';
import { insertReminders, newReminders, placeAll } from './reminders.ts';
import { type AssignmentRow, assignmentColumns, assignmentsOf, required } from './rows.ts';
import { type RulesSource, rulesOf } from './rules.ts';
import { withoutTold } from './told.ts';
import { escalationsOf } from './rungs.ts';

/** An assignment that could not be planned is looked at again after this. */
const retryAfterMs = 3_600_000;

export interface Sweeper {
  readonly pool: Pool;
  readonly rules: RulesSource;
  readonly log: LedgerLog;
  /** Read so far. */
  readonly directories: Map<string, Directory>;
}

export type Decide = (assignment: Assignment, escalation: Escalation, directory: Directory) => Plan;

export async function sweep(sweeper: Sweeper, now: Instant, limit: number, decide: Decide): Promise<SweepResult> {
  const result = await sweepAll(sweeper, now, limit, decide);
  await sweeper.pool.query(
    `INSERT INTO cuiban.pulse (name, at) VALUES ('sweep', cuiban.instant($1))
     ON CONFLICT (name) DO UPDATE SET at = greatest(pulse.at, excluded.at)`,
    [now],
  );
  return result;
}

async function sweepAll(sweeper: Sweeper, now: Instant, limit: number, decide: Decide): Promise<SweepResult> {
  // An idle sweep costs one look at the index and no transaction.
  const { rows } = await sweeper.pool.query<{ due: boolean }>(
    'SELECT coalesce((SELECT min(next_at) FROM cuiban.assignment) <= cuiban.instant($1), false) AS due',
    [now],
  );
  if (rows[0]?.due === false) return { looked: 0, reminders: 0, suppressions: 0 };
  try {
    return await sweeper.pool.transaction((db) => sweepOnce(db, sweeper, now, limit, decide));
  } catch (error) {
    // Data the tables refuse (classes 22 and 23): one bad row must not stop the batch, so each goes alone.
    if (!/^2[23]/u.test(sqlState(error))) throw error;
    sweeper.log.warn({ err: error }, 'a batch could not be recorded; its assignments are planned one by one');
    return sweepSingly(sweeper, now, limit, decide);
  }
}

async function sweepSingly(sweeper: Sweeper, now: Instant, limit: number, decide: Decide): Promise<SweepResult> {
  const { pool } = sweeper;
  const total = { looked: 0, reminders: 0, suppressions: 0 };
  while (total.looked < limit) {
    const tried: { assignment: Assignment | null } = { assignment: null };
    const remembering: Decide = (assignment, escalation, directory) => {
      tried.assignment = assignment;
      return decide(assignment, escalation, directory);
    };
    let one: SweepResult;
    try {
      one = await pool.transaction((db) => sweepOnce(db, sweeper, now, 1, remembering));
    } catch (error) {
      if (tried.assignment === null || !/^2[23]/u.test(sqlState(error))) throw error;
      const { assignment } = tried;
      await pool.transaction((db) => advance(db, [failed(assignment, error, now)]));
      await pool.transaction((db) => openProblems(db, failed(assignment, error, now).problems, now));
      one = { looked: 1, reminders: 0, suppressions: 0 };
    }
    if (one.looked === 0) break;
    total.looked += one.looked;
    total.reminders += one.reminders;
    total.suppressions += one.suppressions;
  }
  return total;
}

async function sweepOnce(
  db: Db,
  { rules, directories }: Sweeper,
  now: Instant,
  limit: number,
  decide: Decide,
): Promise<SweepResult> {
  const { rows } = await db.query<AssignmentRow>(
    `SELECT ${assignmentColumns} FROM cuiban.assignment a
      WHERE a.next_at <= cuiban.instant($1) ORDER BY a.next_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED`,
    [now, limit],
  );
  if (rows.length === 0) return { looked: 0, reminders: 0, suppressions: 0 };
  const assignments = await assignmentsOf(db, rows);
  const missing = [...new Set(rows.map(({ office_id }) => office_id))].filter((id) => !directories.has(id));
  if (missing.length > 0) for (const each of await readDirectories(db, missing)) directories.set(each.office, each);
  const placing = await rulesOf(
    db,
    rules,
    rows.map((row) => row.office_id),
  );
  const escalationOf = await escalationsOf(db, [...assignments.values()], placing.offices, now);
  const decided = rows.map(({ id }) => {
    const assignment = required(assignments.get(id), `assignment ${id}`);
    const directory = required(directories.get(assignment.office), `directory of office ${assignment.office}`);
    return decideOne(assignment, (each) => decide(each, escalationOf(each), directory), now);
  });

  const wanted = await withoutTold(db, await newReminders(db, decided), decided, now);
  const days = await Days.lock(
    db,
    placing,
    wanted.map(({ office, reminder: { channel, address } }) => ({ office, channel, address })),
    now,
  );
  const placed = placeAll(days, wanted, now);
  const kept = decided.map((each) => {
    const error = placed.failed.get(each.assignment.id);
    return error === undefined ? each : failed(each.assignment, error, now);
  });

  await openSuccessors(db, kept, placing.offices, now);
  await days.write(db, now);
  const reminders = await insertReminders(db, placed.reminders);
  await mergeWithin(db, placed.crowded, now);
  const suppressions = await recordSuppressions(
    db,
    [
      ...kept.flatMap(({ assignment, plan }) => plan.suppressions.map((each) => ({ ...each, office: assignment.office }))),
      ...placed.holds,
    ],
    now,
  );
  await openProblems(
    db,
    kept.flatMap(({ problems }) => problems),
    now,
  );
  await closeProblems(
    db,
    kept.filter((each) => !each.failed).map(({ assignment }) => assignment.id),
    ['planning-failed'],
    now,
  );
  await advance(db, kept);
  return { looked: rows.length, reminders, suppressions };
}

function decideOne(assignment: Assignment, decide: (assignment: Assignment) => Plan, now: Instant): Decided {
  let plan: Plan;
  try {
    plan = decide(assignment);
  } catch (error) {
    return failed(assignment, error, now);
  }
  const problems = plan.problems.map((problem) => ({ ...problem, office: assignment.office }));
  if (plan.nextAt === null || plan.nextAt > now) return { assignment, plan, problems, failed: false };
  // Looking again at once would never end.
  const detail = '规划的下次查看时间不晚于本次；一小时后重试';
  return {
    assignment,
    plan: { ...plan, nextAt: now + retryAfterMs },
    problems: [...problems, { kind: 'planning-failed', assignment: assignment.id, detail, office: assignment.office }],
    failed: true,
  };
}

/** Nothing is planned and nothing forgotten: the next look starts where this one did. */
function failed(assignment: Assignment, error: unknown, now: Instant): Decided {
  const detail = error instanceof Error ? error.message : String(error);
  return {
    assignment,
    plan: {
      reminders: [],
      suppressions: [],
      problems: [],
      plannedThrough: assignment.plannedThrough,
      nextAt: now + retryAfterMs,
      successor: null,
      ladder: assignment.ladder,
    },
    problems: [{ kind: 'planning-failed', assignment: assignment.id, detail, office: assignment.office }],
    failed: true,
  };
}

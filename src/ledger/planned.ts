// What a plan changes on assignments: how far they are planned, when to look again, and the occurrence after this one.

import type { Assignment } from '../domain/assignment.ts';
import type { Office } from '../domain/office.ts';
import type { Ladder } from '../domain/policy.ts';
import { nextBegins } from '../domain/recurrence.ts';
import type { Plan } from '../domain/reminder.ts';
import type { Instant } from '../domain/time.ts';
import { Columns } from './columns.ts';
import { contentHash, recordset } from './json.ts';
import type { Db } from './pool.ts';
import { type OfficeProblem, recordOpened } from './record.ts';
import { required } from './rows.ts';

export interface Decided {
  readonly assignment: Assignment;
  readonly plan: Plan;
  readonly problems: readonly OfficeProblem[];
  readonly failed: boolean;
}

interface Advanced {
  readonly decided: Decided;
  readonly ladder: string | null;
}

const columns = new Columns<Advanced>({
  id: ['bigint', ({ decided }) => decided.assignment.id],
  through: ['float8', ({ decided }) => decided.plan.plannedThrough],
  next: ['float8', ({ decided }) => decided.plan.nextAt],
  ladder: ['text', ({ ladder }) => ladder],
});

const advanceStatement = {
  name: 'cuiban advance',
  text: `UPDATE cuiban.assignment a
        SET planned_through = cuiban.instant(p.through), next_at = cuiban.instant(p.next), ladder_hash = p.ladder
       FROM ${columns.as('p')} WHERE a.id = p.id`,
};

export async function advance(db: Db, decided: readonly Decided[]): Promise<void> {
  const hashes = await storeLadders(
    db,
    decided.map(({ plan }) => plan.ladder),
  );
  const rows = decided.map((each) => ({
    decided: each,
    ladder: each.plan.ladder === null ? null : (hashes.get(each.plan.ladder) ?? null),
  }));
  await db.prepared(advanceStatement, columns.values(rows));
}

/** Stores each distinct ladder once. */
async function storeLadders(db: Db, ladders: readonly (Ladder | null)[]): Promise<ReadonlyMap<Ladder, string>> {
  const hashes = new Map<Ladder, string>();
  for (const ladder of ladders) {
    if (ladder !== null && !hashes.has(ladder)) hashes.set(ladder, contentHash(ladder));
  }
  if (hashes.size === 0) return hashes;
  const byHash = new Map([...hashes].map(([content, hash]) => [hash, content]));
  const rows = [...byHash]
    .map(([hash, content]) => ({ hash, content }))
    .toSorted((one, other) => (one.hash < other.hash ? -1 : 1));
  await db.query(
    `INSERT INTO cuiban.ladder (hash, content)
     SELECT l.hash, l.content FROM json_to_recordset($1::json) AS l(hash text, content jsonb) ORDER BY l.hash
     ON CONFLICT DO NOTHING`,
    [recordset(rows)],
  );
  return hashes;
}

/**
 * The next occurrence of a recurring duty, to be planned at once, from the day on which it begins: after an outage that day is long
 * past, and what was missed of this occurrence, and those behind it, are found by its own looks.
 */
export async function openSuccessors(
  db: Db,
  decided: readonly Decided[],
  offices: ReadonlyMap<string, Office>,
  now: Instant,
): Promise<void> {
  const wanted = decided.flatMap(({ assignment: { id, office, originalDue }, plan }) => {
    if (plan.successor === null || originalDue === null) return [];
    const { zone } = required(offices.get(office), `office ${office}`).hours;
    return [{ id, due: plan.successor, through: nextBegins(zone, originalDue) }];
  });
  if (wanted.length === 0) return;
  const { rows } = await db.query<{ id: string; office: string; due: string }>(
    `INSERT INTO cuiban.assignment
       (office_id, task_id, unit_id, role, deadline_key, deadline, pursuit, due, original_due, planned_through, next_at)
     SELECT a.office_id, a.task_id, a.unit_id, a.role, a.deadline_key, a.deadline, a.pursuit, s.due, s.due,
            cuiban.instant(s.through), cuiban.instant($2)
       FROM json_to_recordset($1::json) AS s(id bigint, due date, through float8) JOIN cuiban.assignment a ON a.id = s.id
      ORDER BY a.id
     ON CONFLICT DO NOTHING
     RETURNING id::text AS id, office_id AS office, due`,
    [recordset(wanted), now],
  );
  await recordOpened(
    db,
    rows.map(({ id, office, due }) => ({ office, assignment: id, due })),
    { actor: 'cuiban', means: 'recurrence' },
    now,
  );
}

// How far each escalation has come, for the planner, and the last word on it when a message is claimed. A rung has ended for
// somebody when they were told of it on one channel, or when nothing of it is on its way to them any more.

import { addDays } from '../domain/calendar.ts';
import type { Assignment } from '../domain/assignment.ts';
import { CALM, type Escalation } from '../domain/escalation.ts';
import type { Office } from '../domain/office.ts';
import { dateOf, type Instant } from '../domain/time.ts';
import type { Db } from './pool.ts';
import { required } from './rows.ts';

/** Every rung of these assignments, one row per person: `owed` = on its way and told on no other channel. */
const levels = `
  SELECT r.assignment_id, r.sequence, r.rung, r.stage, r.contact, bool_or(r.state = 'sent') AS told,
         bool_or(r.state = 'planned' AND (m.owed_at IS NOT NULL OR m.lease_until IS NOT NULL)) AND NOT bool_or(r.state = 'sent') AS owed,
         max(coalesce(r.sent_at, m.settled_at)) FILTER (WHERE r.state IN ('sent', 'undeliverable') OR (r.state = 'planned' AND m.status = 'unknown')) AS ended
    FROM cuiban.reminder r JOIN cuiban.message m ON m.id = r.message_id
   WHERE r.rung > 0 AND r.assignment_id = ANY($1::bigint[])
   GROUP BY r.assignment_id, r.sequence, r.rung, r.stage, r.occurrence, r.contact`;

interface EscalationRow {
  readonly id: string;
  readonly pending: boolean | null;
  readonly ended: Instant | null;
  readonly said: readonly string[];
}

/** Of those that are overdue; nothing of the others has been escalated. */
export async function escalationsOf(
  db: Db,
  assignments: readonly Assignment[],
  offices: ReadonlyMap<string, Office>,
  now: Instant,
): Promise<(assignment: Assignment) => Escalation> {
  // A day to spare, for offices ahead of UTC.
  const tomorrow = addDays(dateOf('UTC', now), 1);
  const overdue = assignments.filter(({ due }) => due !== null && due < tomorrow);
  if (overdue.length === 0) return () => CALM;
  const { rows } = await db.query<EscalationRow>(
    `WITH level AS (${levels}),
     climbed AS (SELECT assignment_id, bool_or(owed) AS pending, max(ended) AS ended FROM level GROUP BY assignment_id)
     SELECT a.id::text AS id, c.pending, c.ended,
            ARRAY(SELECT r.stage FROM cuiban.reminder r WHERE r.assignment_id = a.id AND r.sequence = a.sequence
                   UNION SELECT s.stage FROM cuiban.suppression s WHERE s.assignment_id = a.id AND s.sequence = a.sequence) AS said
       FROM cuiban.assignment a LEFT JOIN climbed c ON c.assignment_id = a.id WHERE a.id = ANY($1::bigint[])`,
    [overdue.map(({ id }) => id)],
  );
  const known = new Map(rows.map((row) => [row.id, row]));
  return ({ id, office }) => {
    const row = known.get(id);
    if (row === undefined) return CALM;
    const { zone } = required(offices.get(office), `office ${office}`).hours;
    return {
      pending: row.pending === true,
      lastOn: row.ended === null ? null : dateOf(zone, row.ended),
      said: new Set(row.said),
    };
  };
}

interface Rung {
  readonly reminder: number;
  readonly id: string;
  readonly rung: number;
}

/** `early` waits for the rung before it; `late` would come after a higher one, which said it all. */
export type OutOfTurn = 'early' | 'late';

/** Of reminders about to be sent, those whose turn it is not. The assignments are locked: what is read here stays until the claim commits. */
export async function outOfTurn(db: Db, rows: readonly Rung[], now: Instant): Promise<ReadonlyMap<number, OutOfTurn>> {
  const rungs = rows.filter(({ rung }) => rung > 0);
  if (rungs.length === 0) return new Map();
  const { rows: found } = await db.query<{ reminder: number; late: boolean; early: boolean }>(
    `WITH level AS (${levels}),
     own AS (
       SELECT r.id, r.assignment_id, r.sequence, r.rung, r.stage, r.contact, o.settings->'hours'->>'zone' AS zone
         FROM cuiban.reminder r JOIN cuiban.office o ON o.id = r.office_id WHERE r.id = ANY($2::bigint[])),
     seen AS (
       SELECT own.id,
              bool_or(l.sequence = own.sequence AND l.rung > own.rung AND (l.told OR mine.told AND l.owed)) AS late,
              bool_or(l.rung < own.rung AND l.owed
                      OR l.rung <> own.rung AND (l.ended AT TIME ZONE own.zone)::date = (cuiban.instant($3) AT TIME ZONE own.zone)::date) AS early
         FROM own
         JOIN level l ON l.assignment_id = own.assignment_id
         JOIN level mine ON mine.assignment_id = own.assignment_id AND mine.sequence = own.sequence
                        AND mine.stage = own.stage AND mine.contact = own.contact
        GROUP BY own.id)
     SELECT id AS reminder, coalesce(late, false) AS late, coalesce(early, false) AS early FROM seen WHERE late OR early`,
    [rungs.map(({ id }) => id), rungs.map(({ reminder }) => reminder), now],
  );
  return new Map(found.map(({ reminder, late }) => [reminder, late ? 'late' : 'early']));
}

// Reminders that did not reach anybody, given back to the planner: it looks at their assignments again as of the time of the earliest.

import type { Instant } from '../domain/time.ts';
import type { Db } from './pool.ts';

/**
 * What was meant for somebody who left is owed to whoever holds the post now, what was meant for an address that takes nothing goes another
 * way, and a rung waits for its turn; the planner knows all three.
 */
export async function lookAgain(db: Db, reminders: readonly number[], now: Instant): Promise<void> {
  if (reminders.length === 0) return;
  await db.query(
    `WITH missed AS (SELECT assignment_id AS id, min(at) AS at FROM cuiban.reminder WHERE id = ANY($1::bigint[]) GROUP BY assignment_id),
     open AS (
       SELECT a.id, missed.at FROM cuiban.assignment a JOIN missed ON missed.id = a.id
        WHERE a.status NOT IN ('completed', 'cancelled') ORDER BY a.id FOR NO KEY UPDATE OF a)
     UPDATE cuiban.assignment a
        SET planned_through = least(a.planned_through, open.at - interval '1 millisecond'), next_at = least(a.next_at, cuiban.instant($2))
       FROM open WHERE a.id = open.id`,
    [reminders, now],
  );
}

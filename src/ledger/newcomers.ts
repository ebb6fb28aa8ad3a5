// Duties of which nobody could be told, once there may be somebody: a post is held again, an address was changed or is trusted again.

import type { Instant } from '../domain/time.ts';
import type { Db } from './pool.ts';
import { closeProblems } from './record.ts';

/** The last thing that was not said is planned again; if there is still nobody, that is a problem again. */
export async function tellNewcomers(db: Db, office: string, at: Instant): Promise<void> {
  const { rows } = await db.query<{ assignment: string }>(
    `WITH open AS (
       SELECT a.id, a.sequence FROM cuiban.assignment a
        WHERE a.office_id = $1 AND a.status NOT IN ('completed', 'cancelled')
          AND EXISTS (SELECT 1 FROM cuiban.problem p
                       WHERE p.assignment_id = a.id AND p.closed_at IS NULL AND p.kind IN ('nobody-at-post', 'no-address'))
        ORDER BY a.id FOR NO KEY UPDATE),
     missed AS (
       SELECT s.assignment_id AS id, max(s.at) AS at FROM cuiban.suppression s JOIN open ON open.id = s.assignment_id
        WHERE s.sequence = open.sequence AND s.reason IN ('absent', 'no-address', 'refused') GROUP BY s.assignment_id)
     UPDATE cuiban.assignment a
        SET planned_through = least(a.planned_through, missed.at - interval '1 millisecond'), next_at = least(a.next_at, cuiban.instant($2))
       FROM missed WHERE a.id = missed.id
     RETURNING a.id::text AS assignment`,
    [office, at],
  );
  await closeProblems(
    db,
    rows.map(({ assignment }) => assignment),
    ['nobody-at-post', 'no-address'],
    at,
  );
}

// Hands due messages over to the queue, urgent ones named. A digest waits until all of its day is planned.

import type { ChannelName } from '../domain/delivery.ts';
import type { Instant } from '../domain/time.ts';
import { keepHours } from './hours.ts';
import type { Dispatch } from './ledger.ts';
import type { Pool } from './pool.ts';
import type { RulesSource } from './rules.ts';

export async function dispatch(db: Pool, rules: RulesSource, now: Instant, limit: number): Promise<Dispatch> {
  // Rows that another sweeper has locked are still due, and still say so here.
  const looks = await db.query<{ due: boolean }>(
    'SELECT EXISTS (SELECT 1 FROM cuiban.assignment WHERE next_at <= cuiban.instant($1)) AS due',
    [now],
  );
  if (looks.rows[0]?.due !== false) return { complete: false, messages: [] };
  await keepHours(db, rules, now);
  const { rows } = await db.query<{ id: string; channel: ChannelName; urgent: boolean }>(
    `WITH due AS (
       SELECT id, owed_at FROM cuiban.message
        WHERE owed_at <= cuiban.instant($1) AND queued_at IS NULL AND NOT ARRAY[office_id, '*'] && (SELECT cuiban.held())
        ORDER BY owed_at, id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED),
     handed AS (
       UPDATE cuiban.message m SET queued_at = cuiban.clock() FROM due WHERE m.id = due.id
       RETURNING m.id, m.channel, m.day, due.owed_at)
     SELECT h.id, h.channel, EXISTS (
              SELECT 1 FROM cuiban.reminder r JOIN cuiban.assignment a ON a.id = r.assignment_id
               WHERE r.message_id = h.id AND r.state = 'planned' AND (r.rung > 0 OR a.due = h.day)) AS urgent
       FROM handed h ORDER BY h.owed_at, h.id`,
    [now, limit],
  );
  return { complete: true, messages: rows };
}

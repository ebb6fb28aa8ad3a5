// Finds what has stopped: leases that ran out, queue entries that vanished, receipts nobody ever claimed.

import type { Instant } from '../domain/time.ts';
import type { HandedOver } from './ledger.ts';
import { closeChannelProblems, messageProblems } from './message-problems.ts';
import type { Db } from './pool.ts';

/** A mail that was being sent when so many workers were lost is perhaps what ends them. */
const attemptsAtMost = 12;

/** A receipt that no settlement has asked for by then belongs to somebody else. */
const unmatchedReceiptsKeptFor = '7 days';

export async function reconcile(
  db: Db,
  now: Instant,
  queuedForMs: number,
): Promise<{ readonly expired: number; readonly requeued: number }> {
  const expired = await endLeases(db, now);
  const { count: requeued } = await db.query(
    `WITH lost AS (
       SELECT id FROM cuiban.message
        WHERE queued_at IS NOT NULL AND queued_at <= cuiban.clock() - $1 * interval '1 millisecond'
        ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)
     UPDATE cuiban.message m SET queued_at = NULL FROM lost WHERE m.id = lost.id`,
    [queuedForMs],
  );
  await db.query(
    'DELETE FROM cuiban.provider_part WHERE message_id IS NULL AND received_at < cuiban.instant($1) - $2::interval',
    [now, unmatchedReceiptsKeptFor],
  );
  await closeChannelProblems(db, now);
  await db.query(
    `INSERT INTO cuiban.pulse (name, at) VALUES ('reconcile', cuiban.instant($1))
     ON CONFLICT (name) DO UPDATE SET at = greatest(pulse.at, excluded.at)`,
    [now],
  );
  return { expired, requeued };
}

/** By the chunks that carry them. */
export async function handedOver(db: Db, beforeMs: number): Promise<readonly HandedOver[]> {
  const { rows } = await db.query<HandedOver>(
    `SELECT id, channel, urgent, CASE WHEN urgent THEN 1 ELSE 2 END AS priority, chunk FROM cuiban.message
      WHERE queued_at <= cuiban.clock() - $1 * interval '1 millisecond' AND chunk IS NOT NULL
      ORDER BY urgent DESC, queued_at, chunk, id`,
    [beforeMs],
  );
  return rows;
}

export async function releaseWorker(db: Db, worker: string, now: Instant): Promise<number> {
  return endLeases(db, now, worker);
}

/** Ends leases that ran out, or all of one worker's. Returns how many. */
async function endLeases(db: Db, now: Instant, worker: string | null = null): Promise<number> {
  const { rows } = await db.query<{ id: string; over: boolean }>(
    `WITH over AS (
       SELECT id, channel = 'email' OR handed_over_at IS NOT NULL AS handed FROM cuiban.message
        WHERE lease_until IS NOT NULL AND (worker = $2 OR ($2::text IS NULL AND lease_until <= cuiban.clock()))
        ORDER BY id FOR NO KEY UPDATE SKIP LOCKED),
     ended AS (
       UPDATE cuiban.message m
          SET status = CASE WHEN over.handed THEN 'unknown' ELSE 'temporary-failure' END,
              -- Mail goes again under the same Message-ID; a text that may be out does not.
              owed_at = CASE WHEN m.channel = 'email' AND m.attempts < $3 OR NOT over.handed THEN cuiban.instant($1) END,
              attempts = m.attempts - (NOT over.handed)::int,
              lease_until = NULL, settled_at = cuiban.instant($1), code = 'LEASE', detail = '发送进程失去联系，结果不明'
         FROM over WHERE m.id = over.id
       RETURNING m.id, m.channel, m.status, m.owed_at IS NULL AS over, m.office_id, m.fence, m.worker, m.code, m.detail, m.claimed_at),
     noted AS (
       INSERT INTO cuiban.attempt (office_id, message_id, fence, worker, status, code, detail, claimed_at, settled_at)
       SELECT office_id, id, fence, worker, status, code, detail, claimed_at, cuiban.instant($1) FROM ended)
     SELECT id, over FROM ended`,
    [now, worker, attemptsAtMost],
  );
  const lost = rows.filter(({ over }) => over);
  await messageProblems(
    db,
    'unknown-outcome',
    lost.map(({ id }) => id),
    now,
  );
  return rows.length;
}

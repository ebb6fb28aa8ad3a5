// A ledger restored from a backup hears from the delivery journal what was said after the backup was taken.

import type { Accepted } from '../domain/accepted.ts';
import type { Instant } from '../domain/time.ts';
import { recordset } from './json.ts';
import type { Db, Pool } from './pool.ts';
import type { Reconciled } from './recovery.ts';

/** Messages in one transaction. */
const BATCH = 500;

export async function reconcileRestored(pool: Pool, entries: readonly Accepted[], now: Instant): Promise<Reconciled> {
  let sum: Reconciled = { entries: 0, settled: 0, told: 0, known: 0 };
  for (let from = 0; from < entries.length; from += BATCH) {
    const batch = entries.slice(from, from + BATCH);
    const { settled, told, known } = await pool.transaction((db) => reconcileBatch(db, batch, now));
    sum = {
      entries: sum.entries + batch.length,
      settled: sum.settled + settled,
      told: sum.told + told,
      known: sum.known + known,
    };
  }
  return sum;
}

export async function restoredFrom(db: Db): Promise<Instant | null> {
  const { rows } = await db.query<{ at: Instant }>(`SELECT at FROM cuiban.pulse WHERE name = 'restored'`);
  return rows[0]?.at ?? null;
}

const SAID = `json_to_recordset($1::json) AS s(message uuid, fence int, channel text, office text, at float8, schedule text, ref text, unit text,
      deadline text, "originalDue" date, sequence int, stage text, occurrence text, contact text)`;

const MATCHED = `SELECT s.*, r.id AS reminder, r.state FROM ${SAID}
  LEFT JOIN (cuiban.task t JOIN cuiban.assignment a ON a.task_id = t.id)
    ON t.office_id = s.office AND t.schedule = s.schedule AND t.ref = s.ref AND a.unit_id = s.unit AND a.deadline_key = s.deadline
   AND a.original_due IS NOT DISTINCT FROM s."originalDue"
  LEFT JOIN cuiban.reminder r ON r.assignment_id = a.id AND r.sequence = s.sequence AND r.stage = s.stage
   AND r.occurrence = s.occurrence AND r.contact = s.contact AND r.channel = s.channel`;

async function reconcileBatch(db: Db, entries: readonly Accepted[], now: Instant): Promise<Omit<Reconciled, 'entries'>> {
  const said = recordset(
    entries.flatMap(({ message, fence, channel, office, at, reminders }) =>
      reminders.map((reminder) => ({ message, fence, channel, office, at: Math.min(at, now), ...reminder })),
    ),
  );
  // What was dropped is planned again before it is sent: states go their way one by one.
  await db.query(
    `UPDATE cuiban.reminder r SET state = 'planned', void_reason = NULL FROM (${MATCHED}) AS s WHERE r.id = s.reminder AND r.state = 'void'`,
    [said],
  );
  const { rows } = await db.query<{ settled: number; told: number; known: number }>(
    `WITH said AS (
${MATCHED}),
     settled AS (
       UPDATE cuiban.reminder r
          SET state = 'sent', sent_at = cuiban.instant(s.at),
              message_id = coalesce((SELECT m.id FROM cuiban.message m WHERE m.id = s.message), r.message_id)
         FROM said s WHERE r.id = s.reminder AND r.state = 'planned'
       RETURNING r.id),
     kept AS (
       INSERT INTO cuiban.told
         (office_id, schedule, ref, unit_id, deadline_key, original_due, sequence, stage, occurrence, contact, channel, message_id, accepted_at)
       SELECT office, schedule, ref, unit, deadline, "originalDue", sequence, stage, occurrence, contact, channel, message, cuiban.instant(at)
         FROM said WHERE reminder IS NULL
       ON CONFLICT DO NOTHING)
     SELECT (SELECT count(*)::int FROM settled) AS settled, (SELECT count(*)::int FROM said WHERE reminder IS NULL) AS told,
            (SELECT count(*)::int FROM said WHERE state <> 'planned') AS known`,
    [said],
  );
  await settleMessages(db, said);
  await replan(db, entries, now);
  return rows[0] ?? { settled: 0, told: 0, known: 0 };
}

async function settleMessages(db: Db, said: string): Promise<void> {
  await db.query(
    `UPDATE cuiban.message m SET status = 'sending', lease_until = cuiban.clock(), worker = 'journal', queued_at = NULL, owed_at = NULL
       FROM (SELECT DISTINCT s.message FROM ${SAID}) AS sent
      WHERE m.id = sent.message AND m.status IN ('created', 'temporary-failure', 'unknown')`,
    [said],
  );
  await db.query(
    `WITH sent AS (
       SELECT DISTINCT ON (s.message) s.message, s.fence, s.at FROM ${SAID} ORDER BY s.message, s.fence DESC),
     settled AS (
       UPDATE cuiban.message m
          SET status = 'sent', owed_at = NULL, queued_at = NULL, lease_until = NULL, settled_at = cuiban.instant(sent.at),
              fence = greatest(m.fence, sent.fence), attempts = greatest(m.attempts, 1), code = 'JOURNAL',
              detail = '台账恢复前已发出，按投递日志补记'
         FROM sent WHERE m.id = sent.message AND m.status = 'sending'
       RETURNING m.id, m.office_id, m.fence, m.code, m.detail, m.settled_at)
     INSERT INTO cuiban.attempt (office_id, message_id, fence, worker, status, code, detail, claimed_at, settled_at)
     SELECT office_id, id, fence, 'journal', 'sent', code, detail, settled_at, settled_at FROM settled`,
    [said],
  );
}

/** What was planned into a message and was not in it when it went out: whether it is still to be said is for the planner to say anew. */
async function replan(db: Db, entries: readonly Accepted[], now: Instant): Promise<void> {
  await db.query(
    `WITH left_over AS (
       UPDATE cuiban.reminder r SET state = 'void', void_reason = 'absent'
         FROM cuiban.message m WHERE m.id = r.message_id AND m.id = ANY($1::uuid[]) AND m.status = 'sent' AND r.state = 'planned'
       RETURNING r.assignment_id, r.at),
     missed AS (SELECT assignment_id AS id, min(at) AS at FROM left_over GROUP BY assignment_id)
     UPDATE cuiban.assignment a
        SET planned_through = least(a.planned_through, missed.at - interval '1 millisecond'), next_at = least(a.next_at, cuiban.instant($2))
       FROM missed WHERE a.id = missed.id AND a.status NOT IN ('completed', 'cancelled')`,
    [entries.map(({ message }) => message), now],
  );
}

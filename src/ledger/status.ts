// How things stand: for the status page, and for whoever asks when something is owed next.

import type { IsoDate } from '../domain/deadline.ts';
import type { DeliveryStatus } from '../domain/delivery.ts';
import type { Problem } from '../domain/reminder.ts';
import { dateOf, type Instant } from '../domain/time.ts';
import { recordset } from './json.ts';
import { holds } from './holds.ts';
import type { LedgerStatus } from './ledger.ts';
import type { Db } from './pool.ts';

/** Of the messages still owed and not held, queued or not, of those being sent, and of the looks. */
export async function nextOwed(db: Db): Promise<Instant | null> {
  const { rows } = await db.query<{ at: Instant | null }>(
    `SELECT least((SELECT min(next_at) FROM cuiban.assignment WHERE next_at IS NOT NULL),
                  (SELECT min(owed_at) FROM cuiban.message WHERE owed_at IS NOT NULL AND queued_at IS NULL AND NOT ARRAY[office_id, '*'] && (SELECT cuiban.held())),
                  (SELECT min(owed_at) FROM cuiban.message WHERE queued_at IS NOT NULL AND NOT ARRAY[office_id, '*'] && (SELECT cuiban.held())),
                  (SELECT min(claimed_at) FROM cuiban.message WHERE lease_until IS NOT NULL)) AS at`,
  );
  return rows[0]?.at ?? null;
}

/** What the last sweep saw is no alarm's business any more, whether it is in the queue, being sent or waiting for a place. */
export async function nextAlarm(db: Db): Promise<Instant | null> {
  const { rows } = await db.query<{ at: Instant | null }>(
    `SELECT least((SELECT min(next_at) FROM cuiban.assignment WHERE next_at > swept.at),
                  (SELECT min(owed_at) FROM cuiban.message
                    WHERE owed_at > swept.at AND queued_at IS NULL AND NOT ARRAY[office_id, '*'] && (SELECT cuiban.held()))) AS at
       FROM (SELECT coalesce(max(at), '-infinity') AS at FROM cuiban.pulse WHERE name = 'sweep') AS swept`,
  );
  return rows[0]?.at ?? null;
}

interface Figures {
  readonly waiting: number;
  readonly oldest: Instant | null;
  readonly due_for_look: number;
  readonly next_look: Instant | null;
  readonly next_send: Instant | null;
  readonly last_sweep: Instant | null;
  readonly resends: number;
}

export async function status(db: Db, now: Instant): Promise<LedgerStatus> {
  const schedules = await schedulesNow(db, now);
  const messages = await db.query<{ status: DeliveryStatus; count: number }>(
    'SELECT status, count(*)::int AS count FROM cuiban.message GROUP BY status',
  );
  const problems = await db.query<Problem & { id: string; openedAt: Instant; office: string | null }>(
    `SELECT id::text AS id, office_id AS office, kind, assignment_id::text AS assignment, detail, opened_at AS "openedAt"
       FROM cuiban.problem WHERE closed_at IS NULL ORDER BY opened_at, id`,
  );
  const figures = await db.query<Figures>(
    `SELECT owed.waiting, owed.oldest, look.due_for_look, look.next_look, next.next_send,
            (SELECT at FROM cuiban.pulse WHERE name = 'sweep') AS last_sweep,
            (SELECT coalesce(sum(resends), 0)::int FROM cuiban.message WHERE resends > 0) AS resends
       FROM (SELECT count(*)::int AS waiting, min(coalesce(owed_at, claimed_at)) AS oldest FROM cuiban.message
              WHERE owed_at <= cuiban.instant($1) OR status = 'sending') AS owed,
            (SELECT count(*) FILTER (WHERE next_at <= cuiban.instant($1))::int AS due_for_look, min(next_at) AS next_look
               FROM cuiban.assignment WHERE next_at IS NOT NULL) AS look,
            (SELECT min(owed_at) AS next_send FROM cuiban.message WHERE owed_at IS NOT NULL) AS next`,
    [now],
  );
  const [row] = figures.rows;
  return {
    schedules,
    messages: Object.fromEntries(messages.rows.map((each) => [each.status, each.count])),
    waiting: row?.waiting ?? 0,
    oldestWaiting: row?.oldest ?? null,
    dueForLook: row?.due_for_look ?? 0,
    nextLook: row?.next_look ?? null,
    nextSend: row?.next_send ?? null,
    lastSweep: row?.last_sweep ?? null,
    problems: problems.rows,
    resends: row?.resends ?? 0,
    holds: await holds(db),
  };
}

async function schedulesNow(db: Db, now: Instant): Promise<LedgerStatus['schedules']> {
  const today = await todayOf(db, now);
  const { rows } = await db.query<LedgerStatus['schedules'][number]>(
    `SELECT s.name, s.office_id AS office, s.document->'notice'->>'title' AS title,
            count(a.id) FILTER (WHERE a.status NOT IN ('completed', 'cancelled'))::int AS open,
            count(a.id) FILTER (WHERE a.status IN ('completed', 'cancelled'))::int AS closed,
            count(a.id) FILTER (WHERE a.status NOT IN ('completed', 'cancelled') AND a.due < d.date
              AND (a.pursuit <> 'undecided' OR a.extended_at IS NOT NULL))::int AS overdue,
            count(a.id) FILTER (WHERE a.status NOT IN ('completed', 'cancelled') AND a.pursuit = 'undecided'
              AND a.extended_at IS NULL)::int AS undecided
       FROM cuiban.schedule s
       JOIN json_to_recordset($1::json) AS d(office text, date date) ON d.office = s.office_id
       LEFT JOIN cuiban.task t ON t.office_id = s.office_id AND t.schedule = s.name
       LEFT JOIN cuiban.assignment a ON a.task_id = t.id
      GROUP BY s.office_id, s.name, s.document ORDER BY s.office_id, s.confirmed_at, s.name`,
    [recordset(today)],
  );
  return rows;
}

/** The date it is at each office. */
async function todayOf(db: Db, now: Instant): Promise<readonly { readonly office: string; readonly date: IsoDate }[]> {
  const { rows } = await db.query<{ office: string; zone: string }>(
    `SELECT id AS office, settings->'hours'->>'zone' AS zone FROM cuiban.office`,
  );
  return rows.map(({ office, zone }) => ({ office, date: dateOf(zone, now) }));
}

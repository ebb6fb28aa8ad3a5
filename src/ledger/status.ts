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
  // Each by the index of what it asks for: what waits is little, whatever there is.
  const figures = await db.query<Figures>(
    `WITH owed AS (
       SELECT owed_at AS at FROM cuiban.message WHERE owed_at <= cuiban.instant($1) AND queued_at IS NULL
       UNION ALL SELECT owed_at FROM cuiban.message WHERE owed_at <= cuiban.instant($1) AND queued_at IS NOT NULL
       UNION ALL SELECT claimed_at FROM cuiban.message WHERE lease_until IS NOT NULL)
     SELECT (SELECT count(*)::int FROM owed) AS waiting, (SELECT min(at) FROM owed) AS oldest,
            (SELECT count(*)::int FROM cuiban.assignment WHERE next_at <= cuiban.instant($1)) AS due_for_look,
            (SELECT min(next_at) FROM cuiban.assignment) AS next_look,
            least((SELECT min(owed_at) FROM cuiban.message WHERE owed_at IS NOT NULL AND queued_at IS NULL),
                  (SELECT min(owed_at) FROM cuiban.message WHERE queued_at IS NOT NULL)) AS next_send,
            (SELECT at FROM cuiban.pulse WHERE name = 'sweep') AS last_sweep,
            (SELECT coalesce(sum(resends), 0)::int FROM cuiban.message WHERE resends > 0) AS resends`,
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
    // Counted by task first: the documents are read once for each schedule, not once for each duty.
    `WITH counted AS (
       SELECT a.task_id, count(*) AS all,
              count(*) FILTER (WHERE a.status IN ('completed', 'cancelled')) AS closed,
              count(*) FILTER (WHERE a.status NOT IN ('completed', 'cancelled') AND a.due < d.date
                AND (a.pursuit <> 'undecided' OR a.extended_at IS NOT NULL)) AS overdue,
              count(*) FILTER (WHERE a.status NOT IN ('completed', 'cancelled') AND a.pursuit = 'undecided'
                AND a.extended_at IS NULL) AS undecided
         FROM cuiban.assignment a JOIN json_to_recordset($1::json) AS d(office text, date date) ON d.office = a.office_id
        GROUP BY a.task_id),
     summed AS (
       SELECT t.office_id, t.schedule, sum(c.all - c.closed)::int AS open, sum(c.closed)::int AS closed, sum(c.overdue)::int AS overdue,
              sum(c.undecided)::int AS undecided
         FROM counted c JOIN cuiban.task t ON t.id = c.task_id GROUP BY t.office_id, t.schedule)
     SELECT s.name, s.office_id AS office, s.document->'notice'->>'title' AS title, coalesce(m.open, 0) AS open,
            coalesce(m.closed, 0) AS closed, coalesce(m.overdue, 0) AS overdue, coalesce(m.undecided, 0) AS undecided
       FROM cuiban.schedule s LEFT JOIN summed m ON m.office_id = s.office_id AND m.schedule = s.name
      ORDER BY s.office_id, s.confirmed_at, s.name`,
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

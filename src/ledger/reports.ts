// What was said to whom, what was held back and why, and how each unit did.

import { dateOf, type Instant } from '../domain/time.ts';
import type { HeldReminder, SentMessage, UnitSummary } from './ledger.ts';
import type { Db } from './pool.ts';
import { scheduleOf } from './target.ts';

interface SentRow extends Omit<SentMessage, 'to' | 'items'> {
  readonly to_unit: string;
  readonly to_unit_name: string;
  readonly to_post: string;
  readonly to_name: string;
}

type SentItem = SentMessage['items'][number];

export async function sent(db: Db, from: Instant, to: Instant): Promise<readonly SentMessage[]> {
  const { rows } = await db.query<SentRow>(
    `SELECT m.id, m.office_id AS office, m.channel, m.address, m.status, m.settled_at AS at, coalesce(b.subject, '') AS subject,
            coalesce(b.revision, 0) AS "messageIdRevision", m.attempts, m.detail, m.to_unit, coalesce(u.name, m.to_unit) AS to_unit_name, m.to_post, m.to_name
       FROM cuiban.message m LEFT JOIN cuiban.unit u ON u.office_id = m.office_id AND u.id = m.to_unit
       LEFT JOIN cuiban.body b ON b.message_id = m.id
      WHERE m.settled_at >= cuiban.instant($1) AND m.settled_at < cuiban.instant($2) AND m.status <> 'cancelled'
      ORDER BY m.settled_at, m.office_id, m.to_unit, m.to_post, m.channel, m.id`,
    [from, to],
  );
  const items = await itemsOf(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map(({ to_unit: unit, to_unit_name: unitName, to_post: post, to_name: name, ...message }) => ({
    ...message,
    to: { unit, unitName, post, name },
    items: items.get(message.id) ?? [],
  }));
}

async function itemsOf(db: Db, messages: readonly string[]): Promise<ReadonlyMap<string, readonly SentItem[]>> {
  const { rows } = await db.query<SentItem & { message: string }>(
    `SELECT r.message_id AS message, t.schedule, t.ref, t.document->>'title' AS title, a.unit_id AS unit, u.name AS "unitName", a.due,
            r.stage, r.rung, r.copy
       FROM cuiban.reminder r
       JOIN cuiban.assignment a ON a.id = r.assignment_id
       JOIN cuiban.task t ON t.id = a.task_id
       JOIN cuiban.unit u ON u.office_id = a.office_id AND u.id = a.unit_id
      WHERE r.message_id = ANY($1::uuid[]) AND r.state IN ('planned', 'sent', 'undeliverable')
      ORDER BY a.due NULLS LAST, a.task_id, a.id, r.id`,
    [messages],
  );
  const items = new Map<string, SentItem[]>();
  for (const { message, ...item } of rows) {
    const known = items.get(message);
    if (known === undefined) items.set(message, [item]);
    else known.push(item);
  }
  return items;
}

export async function held(db: Db, from: Instant, to: Instant): Promise<readonly HeldReminder[]> {
  const { rows } = await db.query<HeldReminder>(
    `SELECT s.at, s.recorded_at AS "recordedAt", t.schedule, t.ref, u.name AS "unitName", s.stage, s.reason, s.detail, s.until
       FROM cuiban.suppression s
       JOIN cuiban.assignment a ON a.id = s.assignment_id
       JOIN cuiban.task t ON t.id = a.task_id
       JOIN cuiban.unit u ON u.office_id = a.office_id AND u.id = a.unit_id
      WHERE s.at >= cuiban.instant($1) AND s.at < cuiban.instant($2)
      ORDER BY s.at, s.id`,
    [from, to],
  );
  return rows;
}

export async function summary(db: Db, wanted: string, now: Instant): Promise<readonly UnitSummary[]> {
  const schedule = await scheduleOf(db, wanted);
  const { rows } = await db.query<UnitSummary>(
    `WITH duty AS (
       SELECT a.*, a.status NOT IN ('completed', 'cancelled') AS is_open,
              (a.closed_at AT TIME ZONE $3)::date AS closed_on
         FROM cuiban.assignment a JOIN cuiban.task t ON t.id = a.task_id
        WHERE t.office_id = $1 AND t.schedule = $2),
     told AS (
       SELECT d.unit_id, count(DISTINCT r.message_id) FILTER (WHERE r.channel = 'email' AND r.unit_id = d.unit_id)::int AS emails,
              count(DISTINCT r.message_id) FILTER (WHERE r.channel = 'sms' AND r.unit_id = d.unit_id)::int AS sms
         FROM duty d JOIN cuiban.reminder r ON r.assignment_id = d.id AND r.state = 'sent' GROUP BY d.unit_id),
     climbed AS (
       SELECT unit_id, array_agg(post ORDER BY rung, post) AS posts
         FROM (SELECT d.unit_id, r.post, max(r.rung) AS rung
                 FROM duty d JOIN cuiban.reminder r ON r.assignment_id = d.id AND r.state = 'sent' AND r.rung > 0 AND NOT r.copy
                GROUP BY d.unit_id, r.post) AS posts
        GROUP BY unit_id)
     SELECT d.unit_id AS unit, u.name AS "unitName", count(*)::int AS duties,
            coalesce(told.emails, 0) AS emails, coalesce(told.sms, 0) AS sms,
            count(d.acknowledged_at)::int AS acknowledged,
            count(*) FILTER (WHERE d.status = 'completed' AND (d.due IS NULL OR d.closed_on <= d.due))::int AS "completedInTime",
            count(*) FILTER (WHERE d.status = 'completed' AND d.closed_on > d.due)::int AS "completedLate",
            count(*) FILTER (WHERE d.is_open AND d.due < $4::date)::int AS "openOverdue",
            count(*) FILTER (WHERE d.is_open)::int AS open,
            coalesce(climbed.posts, '{}') AS "escalatedTo"
       FROM duty d
       JOIN cuiban.unit u ON u.office_id = d.office_id AND u.id = d.unit_id
       LEFT JOIN told ON told.unit_id = d.unit_id
       LEFT JOIN climbed ON climbed.unit_id = d.unit_id
      GROUP BY d.unit_id, u.name, u.position, told.emails, told.sms, climbed.posts ORDER BY u.position`,
    [schedule.office, schedule.name, schedule.zone, dateOf(schedule.zone, now)],
  );
  return rows;
}

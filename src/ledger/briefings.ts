// The coordinator's briefing of each working morning: made once a day for each address, whoever sweeps, and filled in when it is claimed.

import { type Briefing, briefingIsDue, COORDINATOR, type Counted } from '../domain/briefing.ts';
import type { IsoDate } from '../domain/deadline.ts';
import { dateOf, type Instant, instantOf } from '../domain/time.ts';
import { stillOpen } from './failures.ts';
import { recordset } from './json.ts';
import type { Db } from './pool.ts';
import { newIdOf, type RulesSource } from './rules.ts';

/** Apart from the digests of a day, which count from 0. */
const SLOT = -1;
const EXAMPLES = 5;

interface Hearer {
  readonly office: string;
  readonly unit: string;
  readonly name: string | null;
  readonly address: string | null;
}

/**
 * Makes the briefings that are due and not made: one for each mailbox of a coordinator, or the office's own where none can be reached.
 * An office without open work hears nothing. Returns how many were made.
 */
export async function planBriefings(db: Db, source: RulesSource, now: Instant): Promise<number> {
  const due = [...source.offices().values()].filter((office) => briefingIsDue(office, source.calendar(), now));
  if (due.length === 0) return 0;
  const days = due.map(({ id, hours }) => ({ id, day: dateOf(hours.zone, now) }));
  const { rows } = await db.query<Hearer>(
    `SELECT o.id AS office, o.supervisor AS unit, c.name, c.email AS address
       FROM json_to_recordset($1::json) AS d(id text, day date) JOIN cuiban.office o ON o.id = d.id
       LEFT JOIN cuiban.contact c ON c.office_id = o.id AND c.unit_id = o.supervisor AND c.post = $2 AND NOT c.removed AND c.email IS NOT NULL
             AND coalesce(c.valid_from <= d.day, true) AND coalesce(c.valid_until >= d.day, true)
             AND NOT EXISTS (SELECT 1 FROM cuiban.recipient r WHERE r.office_id = o.id AND r.channel = 'email' AND r.address = c.email
                               AND r.refused_at IS NOT NULL)
      WHERE NOT EXISTS (SELECT 1 FROM cuiban.message m WHERE m.office_id = o.id AND m.kind = 'briefing' AND m.day = d.day)
        AND EXISTS (SELECT 1 FROM cuiban.assignment a WHERE a.office_id = o.id AND a.status NOT IN ('completed', 'cancelled'))
      ORDER BY o.id, c.id`,
    [recordset(days), COORDINATOR],
  );
  if (rows.length === 0) return 0;
  const made = new Map(
    rows.map(({ office, unit, name, address }) => {
      const to = address ?? source.offices().get(office)?.replyTo.address ?? '';
      const day = days.find(({ id }) => id === office)?.day;
      return [`${office} ${to}`, { id: newIdOf(source), office, unit, name: name ?? '', address: to, day }];
    }),
  );
  const { count } = await db.query(
    `INSERT INTO cuiban.message (id, office_id, channel, address, to_unit, to_post, to_name, day, slot, kind, owed_at, due_at, created_at)
     SELECT b.id, b.office, 'email', b.address, b.unit, $3, b.name, b.day, ${SLOT}, 'briefing', cuiban.instant($2), cuiban.instant($2), cuiban.instant($2)
       FROM json_to_recordset($1::json) AS b(id uuid, office text, unit text, name text, address text, day date)
     ON CONFLICT DO NOTHING`,
    [recordset([...made.values()]), now, COORDINATOR],
  );
  return count;
}

/** What is true now, for each of these offices. */
export async function briefingsOf(
  db: Db,
  source: RulesSource,
  offices: readonly string[],
  now: Instant,
): Promise<ReadonlyMap<string, Briefing>> {
  const told = new Map<string, Briefing>();
  for (const id of new Set(offices)) told.set(id, await briefingOf(db, source, id, now));
  return told;
}

async function briefingOf(db: Db, source: RulesSource, office: string, now: Instant): Promise<Briefing> {
  const zone = source.offices().get(office)?.hours.zone ?? 'UTC';
  const calendar = source.calendar();
  const today = dateOf(zone, now);
  const since = instantOf(zone, calendar.addWorkdays(today, -1), '00:00');
  const { rows } = await db.query<{ email: number; sms: number; undeliverable: number }>(
    `SELECT count(*) FILTER (WHERE channel = 'email')::int AS email, count(*) FILTER (WHERE channel = 'sms')::int AS sms,
            (SELECT count(*)::int FROM cuiban.message m
              WHERE m.office_id = $1 AND (m.status = 'permanent-failure' OR m.status = 'unknown' AND m.owed_at IS NULL)
                AND EXISTS (SELECT 1 FROM cuiban.reminder r JOIN cuiban.assignment a ON a.id = r.assignment_id
                             WHERE r.message_id = m.id AND ${stillOpen})) AS undeliverable
       FROM cuiban.message
      WHERE office_id = $1 AND settled_at >= cuiban.instant($2) AND settled_at <= cuiban.instant($3) AND status IN ('sent', 'delivered')
        AND kind = 'reminders'`,
    [office, since, now],
  );
  const { email = 0, sms = 0, undeliverable = 0 } = rows[0] ?? {};
  return {
    sent: { email, sms },
    undeliverable,
    dueToday: await duties(db, office, today, calendar.addWorkdays(today, 1)),
    overdue: await duties(db, office, null, today),
    problems: await problemsOf(db, office),
  };
}

/** Open ones due in [from, to), those due first first. */
async function duties(db: Db, office: string, from: IsoDate | null, to: IsoDate): Promise<Counted> {
  const { rows } = await db.query<{ unit: string; title: string; total: number }>(
    `SELECT u.name AS unit, t.document->>'title' AS title, count(*) OVER ()::int AS total
       FROM cuiban.assignment a JOIN cuiban.task t ON t.id = a.task_id JOIN cuiban.unit u ON u.office_id = a.office_id AND u.id = a.unit_id
      WHERE a.office_id = $1 AND a.status NOT IN ('completed', 'cancelled') AND a.pursuit = 'dated' AND a.due < $3::date
        AND ($2::date IS NULL OR a.due >= $2::date)
      ORDER BY a.due, a.id LIMIT ${EXAMPLES}`,
    [office, from, to],
  );
  return { count: rows[0]?.total ?? 0, examples: rows.map(({ unit, title }) => `${unit}“${title}”`) };
}

async function problemsOf(db: Db, office: string): Promise<Counted> {
  const { rows } = await db.query<{ detail: string; total: number }>(
    `SELECT detail, sum(count(*)) OVER ()::int AS total FROM cuiban.problem
      WHERE (office_id = $1 OR office_id IS NULL) AND closed_at IS NULL GROUP BY detail ORDER BY min(opened_at), detail LIMIT ${EXAMPLES}`,
    [office],
  );
  return { count: rows[0]?.total ?? 0, examples: rows.map(({ detail }) => detail) };
}

/** A briefing of another day says nothing any more: it is not carried on but dropped. Returns which of the messages were. */
export async function dropBriefings(db: Db, messages: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ id: string }>(
    `UPDATE cuiban.message SET status = 'cancelled', owed_at = NULL, queued_at = NULL, code = 'EXPIRED', detail = '当日的简报已过时'
      WHERE id = ANY($1::uuid[]) AND kind = 'briefing' AND status IN ('created', 'temporary-failure') RETURNING id::text AS id`,
    [messages],
  );
  return new Set(rows.map(({ id }) => id));
}

// The breaker: more messages in an hour than an office ever has reason for are held for the coordinator before any of them leaves.
//
// An office's limit is `burst` of office.yaml where that is set; else the largest of fifty, the addresses in its directory (a morning on
// which everybody hears something is an ordinary morning) and three times the busiest hours of the last thirty days (their 99th percentile).
// What a person has just approved (the letters that follow a confirmation, a revision or an extension) counts for nothing, and a released hold approves
// what waits until the end of the next working day.

import type { Calendar } from '../domain/calendar.ts';
import { dateOf, type Instant } from '../domain/time.ts';
import { hold } from './holds.ts';
import type { Db } from './pool.ts';
import type { RulesSource } from './rules.ts';

const AT_LEAST = 50;
const BY = '数量守护';

/** Ids of messages that are due, on the way, or were sent within the hour: each of the three by its own index. */
const busy = `
  SELECT id, office_id, true AS due FROM cuiban.message WHERE owed_at <= cuiban.instant($1) AND queued_at IS NULL
  UNION ALL SELECT id, office_id, false FROM cuiban.message WHERE queued_at IS NOT NULL
  UNION ALL SELECT id, office_id, false FROM cuiban.message WHERE lease_until IS NOT NULL
  UNION ALL SELECT id, office_id, false FROM cuiban.message
             WHERE settled_at > cuiban.instant($1) - interval '1 hour' AND owed_at IS NULL AND status IN ('sent', 'delivered', 'unknown')`;

interface Busy {
  readonly office: string;
  /** Due, on the way, or sent within the hour. */
  readonly count: number;
}

/** Holds every office of which too much is about to leave; what is held this transaction hands over no more. */
export async function holdBursts(db: Db, source: RulesSource, now: Instant): Promise<void> {
  const leastLimit = Math.min(AT_LEAST, ...[...source.offices().values()].map(({ burst }) => burst ?? AT_LEAST));
  const { rows } = await db.query<Busy>(
    `SELECT office_id AS office, count(*)::int AS count FROM (${busy}) AS busy
      WHERE NOT ARRAY[office_id, '*'] && (SELECT cuiban.held()) GROUP BY office_id HAVING bool_or(due) AND count(*) > $2`,
    [now, leastLimit],
  );
  // Asked once for all of them, when the first needs it: it looks at everything that is due.
  let asked: Promise<ReadonlyMap<string, number>> | null = null;
  const unapproved = async (office: string): Promise<number> => {
    asked ??= unapprovedOf(
      db,
      rows.map((row) => row.office),
      now,
    );
    return (await asked).get(office) ?? 0;
  };
  for (const { office, count } of rows) await holdBurst(db, source, now, { office, count }, unapproved);
}

async function holdBurst(
  db: Db,
  source: RulesSource,
  now: Instant,
  { office, count }: Busy,
  unapprovedIn: (office: string) => Promise<number>,
): Promise<void> {
  const configured = source.offices().get(office);
  const own = configured?.burst ?? null;
  if (count <= (own ?? AT_LEAST)) return;
  const addresses = own === null ? await addressesOf(db, office) : 0;
  if (own === null && count <= addresses) return;
  const zone = configured?.hours.zone ?? 'UTC';
  if (await isApproved(db, office, source.calendar(), zone, now)) return;
  const busiest = own === null ? await busiestHour(db, office, now) : 0;
  const limit = own ?? Math.max(AT_LEAST, addresses, 3 * busiest);
  if (count <= limit) return;
  const unapproved = await unapprovedIn(office);
  if (unapproved <= limit) return;
  const rule =
    own === null
      ? `取 ${AT_LEAST}、通讯录地址数 ${addresses}、近30天繁忙时段每小时 ${busiest} 条的三倍中最大者`
      : 'office.yaml 的 burst';
  const detail = `一小时内将发出 ${unapproved} 条，超过上限 ${limit} 条（${rule}）。尚未发出的都已保留，请核对后恢复发送`;
  await hold(db, { office, reason: 'burst', detail, by: BY, at: now });
}

async function addressesOf(db: Db, office: string): Promise<number> {
  const { rows } = await db.query<{ addresses: number }>(
    `SELECT (count(DISTINCT email) + count(DISTINCT mobile))::int AS addresses FROM cuiban.contact WHERE office_id = $1 AND NOT removed`,
    [office],
  );
  return rows[0]?.addresses ?? 0;
}

async function busiestHour(db: Db, office: string, now: Instant): Promise<number> {
  const { rows } = await db.query<{ busiest: number | null }>(
    `SELECT percentile_disc(0.99) WITHIN GROUP (ORDER BY count)::int AS busiest FROM (
       SELECT count(*) AS count FROM cuiban.message
        WHERE office_id = $1 AND status IN ('sent', 'delivered')
          AND settled_at > cuiban.instant($2) - interval '30 days' AND settled_at <= cuiban.instant($2) - interval '1 hour'
        GROUP BY date_trunc('hour', settled_at)) AS busy`,
    [office, now],
  );
  return rows[0]?.busiest ?? 0;
}

/** Without those that speak only of duties that a person had confirmed, revised or extended within the hour before the message was made. */
async function unapprovedOf(db: Db, offices: readonly string[], now: Instant): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.query<Busy>(
    `SELECT m.office_id AS office, count(*)::int AS count FROM (${busy}) AS busy JOIN cuiban.message m USING (id)
      WHERE m.office_id = ANY($2::text[])
        AND EXISTS (SELECT 1 FROM cuiban.reminder r JOIN cuiban.assignment a ON a.id = r.assignment_id
                     WHERE r.message_id = m.id AND r.state IN ('planned', 'sent')
                       AND coalesce(greatest(a.confirmed_at, a.extended_at) < m.created_at - interval '1 hour', true))
      GROUP BY m.office_id`,
    [now, offices],
  );
  return new Map(rows.map(({ office, count }) => [office, count]));
}

async function isApproved(db: Db, office: string, calendar: Calendar, zone: string, now: Instant): Promise<boolean> {
  const { rows } = await db.query<{ at: Instant | null }>(
    `SELECT max(released_at) AS at FROM cuiban.hold WHERE reason = 'burst' AND (office_id = $1 OR office_id IS NULL)`,
    [office],
  );
  const at = rows[0]?.at ?? null;
  return at !== null && dateOf(zone, now) <= calendar.addWorkdays(dateOf(zone, at), 1);
}

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

/** Of one office and class of messages it counts no further: an office of which more waits is counted as far as its limit. */
const ENOUGH = 300;
/** What was counted is known for so long; what fell due since then waits for the next count. */
const KNOWN_MS = 5_000;

/** What one process has counted. Counting in every refill of the queue would cost more than the mails. */
export class Counted {
  #through: Instant | null = null;

  /** Up to when what is due has been counted, if that was just now. */
  through(now: Instant): Instant | null {
    const through = this.#through;
    return through !== null && through <= now && now < through + KNOWN_MS ? through : null;
  }

  /** To be said when the transaction that counted has committed. */
  note(now: Instant): void {
    this.#through = now;
  }
}

/** Ids of messages that are on the way, or were sent within the hour: each by its own index. */
const underway = `
  SELECT id, office_id FROM cuiban.message WHERE queued_at IS NOT NULL
  UNION ALL SELECT id, office_id FROM cuiban.message WHERE lease_until IS NOT NULL
  UNION ALL SELECT id, office_id FROM cuiban.message
             WHERE settled_at > cuiban.instant($1) - interval '1 hour' AND owed_at IS NULL AND status IN ('sent', 'delivered', 'unknown')`;
interface Busy {
  readonly office: string;
  /** Due, on the way, or sent within the hour. */
  readonly count: number;
  /** There may be more: not all that is due was counted. */
  readonly capped: boolean;
}

const waits = 'm.channel = waits.channel AND m.urgent = waits.urgent AND m.owed_at IS NOT NULL AND m.queued_at IS NULL';

// From office to office by the index of turns, and no further in any than it takes to know: as fast for a million due as for a thousand.
const busyStatement = {
  name: 'cuiban busy offices',
  text: `WITH RECURSIVE waiting (channel, urgent, office) AS (
       SELECT waits.channel, waits.urgent, (SELECT m.office_id FROM cuiban.message m WHERE ${waits} ORDER BY m.office_id LIMIT 1)
         FROM (VALUES ('email', true), ('email', false), ('sms', true), ('sms', false)) AS waits (channel, urgent)
       UNION ALL
       SELECT waits.channel, waits.urgent,
              (SELECT m.office_id FROM cuiban.message m WHERE ${waits} AND m.office_id > waits.office ORDER BY m.office_id LIMIT 1)
         FROM waiting AS waits WHERE waits.office IS NOT NULL),
     due AS (
       SELECT waits.office, sum(counted.count) AS count, bool_or(counted.count = coalesce(asked.enough, ${ENOUGH})) AS capped
         FROM waiting AS waits LEFT JOIN unnest($3::text[], $4::int[]) AS asked (office, enough) ON asked.office = waits.office
        CROSS JOIN LATERAL (
                SELECT count(*) AS count FROM (
                  SELECT FROM cuiban.message m
                   WHERE ${waits} AND m.office_id = waits.office AND m.owed_at <= cuiban.instant($1)
                   LIMIT coalesce(asked.enough, ${ENOUGH})) AS known) AS counted
        WHERE waits.office IS NOT NULL AND ($3 = '{}' OR asked.office IS NOT NULL) AND NOT ARRAY[waits.office, '*'] && (SELECT cuiban.held())
        GROUP BY waits.office HAVING sum(counted.count) > 0),
     others AS (SELECT office_id AS office, count(*) AS count FROM (${underway}) AS underway GROUP BY office_id)
     SELECT due.office, (due.count + coalesce(others.count, 0))::int AS count, due.capped
       FROM due LEFT JOIN others USING (office) WHERE due.count + coalesce(others.count, 0) > $2`,
};

/** Offices of which more than `least` is busy; asked of some, those are counted as far as their limit and one more. */
async function busy(db: Db, now: Instant, least: number, limits: ReadonlyMap<string, number>): Promise<readonly Busy[]> {
  const enough = [...limits.values()].map((limit) => limit + 1);
  const { rows } = await db.prepared<Busy>(busyStatement, [now, least, [...limits.keys()], enough]);
  return rows;
}

/** Holds every office of which too much is about to leave; what is held this transaction hands over no more. */
export async function holdBursts(db: Db, source: RulesSource, now: Instant): Promise<void> {
  const ownOf = (office: string): number | null => source.offices().get(office)?.burst ?? null;
  const least = Math.min(AT_LEAST, ...[...source.offices().values()].map(({ burst }) => burst ?? AT_LEAST));
  const found = await busy(db, now, least, new Map());
  if (found.length === 0) return;
  const addresses = await addressesOf(
    db,
    found.map(({ office }) => office),
  );
  const limits = new Map(
    found.map(({ office }) => [office, ownOf(office) ?? Math.max(AT_LEAST, addresses.get(office) ?? 0)] as const),
  );
  const short = found.filter(({ office, count, capped }) => capped && count <= (limits.get(office) ?? 0));
  const recounted =
    short.length === 0 ? [] : await busy(db, now, least, new Map(short.map(({ office }) => [office, limits.get(office) ?? 0])));
  const counted = new Map([...found, ...recounted].map((row) => [row.office, row]));
  const crowded = [...counted.values()].filter(({ office, count }) => count > (limits.get(office) ?? 0));
  // Asked once for all of them, when the first needs it: it looks at everything that is due.
  let asked: Promise<ReadonlyMap<string, number>> | null = null;
  const unapproved = async (office: string): Promise<number> => {
    asked ??= unapprovedOf(
      db,
      crowded.map((row) => row.office),
      now,
    );
    return (await asked).get(office) ?? 0;
  };
  for (const row of crowded) await holdBurst(db, source, now, row, addresses.get(row.office) ?? 0, unapproved);
}

async function holdBurst(
  db: Db,
  source: RulesSource,
  now: Instant,
  { office, count, capped }: Busy,
  addresses: number,
  unapprovedIn: (office: string) => Promise<number>,
): Promise<void> {
  const configured = source.offices().get(office);
  const own = configured?.burst ?? null;
  const zone = configured?.hours.zone ?? 'UTC';
  if (await isApproved(db, office, source.calendar(), zone, now)) return;
  const busiest = own === null ? await busiestHour(db, office, now) : 0;
  const limit = own ?? Math.max(AT_LEAST, addresses, 3 * busiest);
  if (count <= limit && !(capped && (await busy(db, now, limit, new Map([[office, limit]]))).length > 0)) return;
  const unapproved = await unapprovedIn(office);
  if (unapproved <= limit) return;
  const rule =
    own === null
      ? `取 ${AT_LEAST}、通讯录地址数 ${addresses}、近30天繁忙时段每小时 ${busiest} 条的三倍中最大者`
      : 'office.yaml 的 burst';
  const detail = `一小时内将发出 ${unapproved} 条，超过上限 ${limit} 条（${rule}）。尚未发出的都已保留，请核对后恢复发送`;
  await hold(db, { office, reason: 'burst', detail, by: BY, at: now });
}

async function addressesOf(db: Db, offices: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.query<{ office: string; addresses: number }>(
    `SELECT office_id AS office, (count(DISTINCT email) + count(DISTINCT mobile))::int AS addresses
       FROM cuiban.contact WHERE office_id = ANY($1::text[]) AND NOT removed GROUP BY office_id`,
    [offices],
  );
  return new Map(rows.map(({ office, addresses }) => [office, addresses]));
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
  const { rows } = await db.query<Pick<Busy, 'office' | 'count'>>(
    `SELECT m.office_id AS office, count(*)::int AS count FROM (
         SELECT id, office_id FROM cuiban.message WHERE owed_at <= cuiban.instant($1) AND queued_at IS NULL
         UNION ALL ${underway}) AS busy JOIN cuiban.message m USING (id)
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

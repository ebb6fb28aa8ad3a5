// How the ledger is, in figures that stay cheap: every one is an index scan of what is waiting or in trouble, never of all there is.

import type { Instant } from '../domain/time.ts';
import type { LedgerHealth, ProcessSeen, ProcessState } from './operations.ts';
import type { Db } from './pool.ts';

/** A hundred thousand waiting are as alarming as a million, and counting them costs a tenth. */
const HEALTH_COUNTS_AT_MOST = 100_000;

/** Without a sign of life for so long a process counts as lost: four of its beats. */
const SILENT_AFTER = '60 seconds';
const FORGOTTEN_AFTER = '1 day';

const statement = {
  name: 'cuiban health',
  text: `WITH
     held AS MATERIALIZED (SELECT cuiban.held() AS offices),
     due AS (SELECT owed_at AS at, held.offices && ARRAY['*', office_id] AS held FROM cuiban.message, held WHERE owed_at <= cuiban.instant($1) AND queued_at IS NULL ORDER BY owed_at LIMIT $2),
     queued AS (SELECT owed_at AS at FROM cuiban.message WHERE queued_at IS NOT NULL ORDER BY owed_at LIMIT $2),
     sending AS (SELECT claimed_at AS at FROM cuiban.message WHERE lease_until IS NOT NULL LIMIT $2),
     looks AS (SELECT next_at AS at FROM cuiban.assignment WHERE next_at <= cuiban.instant($1) ORDER BY next_at LIMIT $2),
     unconfirmed AS (SELECT settled_at AS at FROM cuiban.message
                      WHERE channel = 'sms' AND status = 'sent' AND settled_at > cuiban.instant($1) - interval '3 days' LIMIT $2)
     SELECT
       (SELECT json_build_array(count(*), ${epoch('min(at)')}) FROM due WHERE NOT held) AS due,
       (SELECT json_build_array(count(*), ${epoch('min(at)')}) FROM due WHERE held) AS held,
       (SELECT json_build_array(count(*), ${epoch('min(at)')}) FROM queued) AS queued,
       (SELECT json_build_array(count(*), ${epoch('min(at)')}) FROM sending) AS sending,
       (SELECT json_build_array(count(*), ${epoch('min(at)')}) FROM looks) AS looks,
       (SELECT coalesce(json_agg(t), '[]') FROM (
          SELECT status, channel, count(*)::int AS count FROM cuiban.message WHERE status = 'temporary-failure' GROUP BY status, channel
          UNION ALL
          SELECT status, channel, count(*)::int FROM cuiban.message
           WHERE status IN ('permanent-failure', 'unknown') AND settled_at > cuiban.instant($1) - interval '1 day' GROUP BY status, channel) AS t) AS trouble,
       (SELECT json_build_object(
                 'hour', count(*) FILTER (WHERE at > cuiban.instant($1) - interval '1 hour'),
                 'day', count(*) FILTER (WHERE at <= cuiban.instant($1) - interval '1 hour' AND at > cuiban.instant($1) - interval '1 day'),
                 'threeDays', count(*) FILTER (WHERE at <= cuiban.instant($1) - interval '1 day')) FROM unconfirmed) AS receipts,
       (SELECT coalesce(json_agg(p), '[]') FROM (
          SELECT kind, count(*)::int AS count, ${epoch('min(opened_at)')} AS oldest FROM cuiban.problem WHERE closed_at IS NULL GROUP BY kind) AS p) AS problems,
       (SELECT ${epoch('at')} FROM cuiban.pulse WHERE name = 'sweep') AS last_sweep,
       (SELECT ${epoch('at')} FROM cuiban.pulse WHERE name = 'reconcile') AS last_reconcile,
       (SELECT ${epoch('at')} FROM cuiban.pulse WHERE name = 'backup') AS last_backup,
       (SELECT coalesce(json_agg(h), '[]') FROM (
          SELECT reason, count(*)::int AS count, ${epoch('min(opened_at)')} AS oldest FROM cuiban.hold WHERE released_at IS NULL GROUP BY reason) AS h) AS holds,
       (SELECT coalesce(sum(resends), 0)::int FROM cuiban.message WHERE resends > 0) AS resends,
       (SELECT coalesce(json_agg(r), '[]') FROM (
          SELECT role, (count(*) FILTER (WHERE seen_at > cuiban.clock() - interval '${SILENT_AFTER}'))::int AS alive,
                 (count(*) FILTER (WHERE seen_at <= cuiban.clock() - interval '${SILENT_AFTER}'))::int AS lost FROM cuiban.process, unnest(roles) AS role GROUP BY role ORDER BY role) AS r) AS processes`,
};

function epoch(expression: string): string {
  return `floor(extract(epoch FROM ${expression}) * 1000)::float8`;
}

type Counted = readonly [number, Instant | null];

interface Row extends Pick<LedgerHealth, 'trouble' | 'receipts' | 'problems' | 'holds' | 'resends' | 'processes'> {
  readonly due: Counted;
  readonly held: Counted;
  readonly queued: Counted;
  readonly sending: Counted;
  readonly looks: Counted;
  readonly last_sweep: Instant | null;
  readonly last_reconcile: Instant | null;
  readonly last_backup: Instant | null;
}

export async function health(db: Db, now: Instant): Promise<LedgerHealth> {
  const { rows } = await db.prepared<Row>(statement, [now, HEALTH_COUNTS_AT_MOST]);
  const [row] = rows;
  if (row === undefined) throw new Error('the statement has one row');
  const waiting = ([count, oldest]: Counted): LedgerHealth['due'] => ({ count, oldest });
  const { last_sweep: lastSweep, last_reconcile: lastReconcile, last_backup: lastBackup, ...rest } = row;
  return {
    ...rest,
    due: waiting(row.due),
    held: waiting(row.held),
    queued: waiting(row.queued),
    sending: waiting(row.sending),
    looks: waiting(row.looks),
    lastSweep,
    lastReconcile,
    lastBackup,
  };
}

export async function alive(db: Db, { id, roles, version, host, pid }: ProcessSeen): Promise<void> {
  await db.query(
    `WITH forgotten AS (DELETE FROM cuiban.process WHERE seen_at < cuiban.clock() - interval '${FORGOTTEN_AFTER}' AND id <> $1)
     INSERT INTO cuiban.process (id, roles, version, host, pid, started_at, seen_at)
     VALUES ($1, $2, $3, $4, $5, cuiban.clock(), cuiban.clock())
     ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at`,
    [id, roles, version, host, pid],
  );
}

export async function takeTurn(db: Db, name: string, now: Instant, everyMs: number): Promise<boolean> {
  const { count } = await db.query(
    `INSERT INTO cuiban.pulse AS last (name, at) VALUES ($1, cuiban.instant($2))
     ON CONFLICT (name) DO UPDATE SET at = excluded.at WHERE last.at <= excluded.at - $3 * interval '1 millisecond'`,
    [name, now, everyMs],
  );
  return count === 1;
}

export async function gone(db: Db, id: string): Promise<void> {
  await db.query('DELETE FROM cuiban.process WHERE id = $1', [id]);
}

export async function processes(db: Db): Promise<readonly ProcessState[]> {
  const { rows } = await db.query<ProcessState>(
    `SELECT id, roles, version, host, pid, started_at AS "startedAt",
            extract(epoch FROM cuiban.clock() - seen_at)::float8 AS "silentFor"
       FROM cuiban.process ORDER BY seen_at DESC, id`,
  );
  return rows;
}

// How fast all workers together send to one provider: one row, and the generic cell rate algorithm (GCRA, ITU-T I.371) on the database's
// clock. A worker reserves instants some seconds ahead, several at a time; what it does not use in time is gone.

import type { Provider } from '../domain/provider.ts';
import type { Instant } from '../domain/time.ts';
import type { ProviderState, Reserved } from './flow.ts';
import type { Db } from './pool.ts';

/** Nobody reserves further ahead: what turns urgent waits no longer, and whoever dies wastes no more. */
const HORIZON_S = 10;
/** After "too fast" the rate is halved, once in so long however many hear it, and climbs back by a tenth of what it was. */
const SLOW_ONCE_IN = '10 seconds';
const STEP_S = 120;

/** As whoever started last has it set up; a provider that was slowed down stays slow unless its rate was changed. */
export async function provide(db: Db, { name, channel, rate }: Provider): Promise<void> {
  await db.query(
    `INSERT INTO cuiban.provider AS known (name, channel, configured, burst, rate, seen_at)
     VALUES ($1, $2, $3, $4, $3, cuiban.clock())
     ON CONFLICT (name) DO UPDATE
       SET rate = CASE WHEN known.configured IS DISTINCT FROM excluded.configured THEN excluded.configured ELSE known.rate END,
           ceiling = CASE WHEN known.configured IS DISTINCT FROM excluded.configured THEN NULL ELSE known.ceiling END,
           configured = excluded.configured, burst = excluded.burst, seen_at = excluded.seen_at`,
    [name, channel, rate?.perSecond ?? null, rate?.burst ?? 1],
  );
}

interface ReservedRow {
  readonly known: boolean;
  readonly waits: readonly number[] | null;
  readonly grace: number | null;
  readonly again: number | null;
}

/**
 * The terms of GCRA, in seconds: `period` between two, `tolerance` by which a burst may run ahead, `base` the theoretical arrival time from now.
 * A slot may be used up to `grace` late; that much is taken off the tolerance, or put on the period where there is none, so that late use
 * never makes a lump above the burst. A slowed provider has no burst.
 */
const reserveStatement = {
  name: 'cuiban provider reserve',
  text: `WITH own AS MATERIALIZED (
       SELECT *, cuiban.clock() AS at FROM cuiban.provider WHERE name = $1 AND rate IS NOT NULL FOR UPDATE),
     climbed AS (
       SELECT *, CASE WHEN ceiling IS NULL THEN 0 ELSE greatest(0, floor(extract(epoch FROM at - stepped_at) / ${STEP_S})) END AS steps FROM own),
     rated AS (
       SELECT *, CASE WHEN ceiling IS NULL OR rate + steps * ceiling / 10 < ceiling THEN rate + coalesce(steps * ceiling / 10, 0)
                      ELSE configured END AS speed FROM climbed),
     spaced AS (
       SELECT *, 1 / speed AS spacing, CASE WHEN speed >= configured THEN (burst - 1) / speed ELSE 0 END AS lead FROM rated),
     graced AS (
       SELECT *, least(1, greatest(0.1, lead / 2)) AS grace FROM spaced),
     terms AS (
       SELECT *, greatest(0, lead - grace) AS tolerance, spacing + greatest(0, grace - lead) AS period FROM graced),
     based AS (
       -- A clock that was set back must not stop everything until it is there again.
       SELECT *, greatest(0, least(coalesce(extract(epoch FROM free_at - at)::float8, 0), ${HORIZON_S} + tolerance + period)) AS base FROM terms),
     counted AS (
       SELECT *, least($2::int, greatest(0, floor((${HORIZON_S} + tolerance - base) / period) + 1))::int AS slots FROM based),
     taken AS (
       UPDATE cuiban.provider p
          SET rate = c.speed, ceiling = CASE WHEN c.speed < c.ceiling THEN c.ceiling END,
              stepped_at = c.stepped_at + c.steps * ${STEP_S} * interval '1 second', seen_at = c.at,
              free_at = c.at + (c.base + c.slots * c.period) * interval '1 second'
         FROM counted c WHERE p.name = c.name
       RETURNING c.speed, c.slots, c.base, c.period, c.tolerance, c.grace)
     SELECT EXISTS (SELECT 1 FROM cuiban.provider WHERE name = $1) AS known, taken.grace * 1000 AS grace,
            CASE WHEN taken.speed IS NOT NULL THEN ARRAY(
              SELECT greatest(0, taken.base + n * taken.period - taken.tolerance) * 1000 FROM generate_series(0, taken.slots - 1) AS n) END AS waits,
            greatest(0, taken.base - taken.tolerance - ${HORIZON_S}) * 1000 AS again
       FROM (SELECT) AS one LEFT JOIN taken ON true`,
};

export async function reserve(db: Db, provider: Provider, count: number): Promise<Reserved> {
  let { rows } = await db.prepared<ReservedRow>(reserveStatement, [provider.name, count]);
  if (rows[0]?.known !== true) {
    await provide(db, provider);
    ({ rows } = await db.prepared<ReservedRow>(reserveStatement, [provider.name, count]));
  }
  const [row] = rows;
  return { waits: row?.waits ?? null, graceMs: row?.grace ?? 0, againMs: row?.again ?? 0 };
}

/**
 * The provider said "too fast": half the rate for everybody from now on. Of one without a limit it is half of what it took in the last
 * minute; once it has climbed back to all of that, there is no limit again.
 */
export async function tooFast(db: Db, { name, channel }: Provider, now: Instant): Promise<void> {
  await db.query(
    `WITH lately AS (
       SELECT greatest(count(*), 2)::float8 / 60 AS rate FROM cuiban.message
        WHERE channel = $2 AND settled_at > cuiban.instant($3) - interval '1 minute' AND status IN ('sent', 'delivered')),
     own AS (
       SELECT p.name, coalesce(p.rate, lately.rate) AS rate, coalesce(p.ceiling, p.configured, p.rate, lately.rate) AS ceiling,
              coalesce(p.slowed_at + interval '${SLOW_ONCE_IN}' <= cuiban.clock(), true) AS again
         FROM cuiban.provider p CROSS JOIN lately WHERE p.name = $1 FOR UPDATE OF p)
     UPDATE cuiban.provider p
        SET throttled = p.throttled + 1,
            ceiling = CASE WHEN own.again THEN own.ceiling ELSE p.ceiling END,
            rate = CASE WHEN own.again THEN greatest(own.rate / 2, least(own.ceiling, 1 / 60.0)) ELSE p.rate END,
            slowed_at = CASE WHEN own.again THEN cuiban.clock() ELSE p.slowed_at END,
            stepped_at = CASE WHEN own.again THEN cuiban.clock() ELSE p.stepped_at END
       FROM own WHERE p.name = own.name`,
    [name, channel, now],
  );
}

export async function providers(db: Db, now: Instant): Promise<readonly ProviderState[]> {
  const { rows } = await db.query<ProviderState>(
    `SELECT p.name, p.channel, p.configured, p.burst, p.rate, p.throttled::int AS throttled, p.slowed_at AS "slowedAt",
            (SELECT count(*)::int FROM cuiban.connection_slot c WHERE c.provider = p.name AND c.lease_until > cuiban.clock()) AS connections,
            (SELECT count(*)::int FROM cuiban.message m WHERE m.channel = p.channel AND m.owed_at <= cuiban.instant($1))
              + (SELECT count(*)::int FROM cuiban.message m WHERE m.channel = p.channel AND m.lease_until IS NOT NULL) AS waiting
       FROM cuiban.provider p ORDER BY p.channel, p.name`,
    [now],
  );
  return rows;
}

/** Takes one of the provider's connections for `holder`, if one is free. */
export async function takeConnection(db: Db, { name, connections }: Provider, holder: string, leaseMs: number): Promise<boolean> {
  const { count } = await db.query(
    `INSERT INTO cuiban.connection_slot AS known (provider, slot, holder, lease_until)
     SELECT $1, n, $3, cuiban.clock() + $4 * interval '1 millisecond' FROM generate_series(1, $2::int) AS n
      WHERE NOT EXISTS (SELECT 1 FROM cuiban.connection_slot c WHERE c.provider = $1 AND c.slot = n AND c.lease_until > cuiban.clock())
      ORDER BY n LIMIT 1
     ON CONFLICT (provider, slot) DO UPDATE SET holder = excluded.holder, lease_until = excluded.lease_until
      WHERE known.lease_until <= cuiban.clock()`,
    [name, connections, holder, leaseMs],
  );
  return count > 0;
}

/** False when the lease had run out: somebody else may have the connection. */
export async function keepConnection(db: Db, holder: string, leaseMs: number): Promise<boolean> {
  const { count } = await db.query(
    `UPDATE cuiban.connection_slot SET lease_until = cuiban.clock() + $2 * interval '1 millisecond'
      WHERE holder = $1 AND lease_until > cuiban.clock()`,
    [holder, leaseMs],
  );
  return count > 0;
}

export async function giveBackConnection(db: Db, holder: string): Promise<void> {
  await db.query('DELETE FROM cuiban.connection_slot WHERE holder = $1', [holder]);
}

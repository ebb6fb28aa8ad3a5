// Hands due messages over to the queue, never more than workers soon drain. A digest waits until all of its day is planned.

import type { ChannelName } from '../domain/delivery.ts';
import { inChunks, inTurn, type Placed, type Turn, type Waiting } from '../domain/handing-out.ts';
import { dateOf, type Instant } from '../domain/time.ts';
import { type Counted, holdBursts } from './bursts.ts';
import { closedOffices, keepHours } from './hours.ts';
import { recordset } from './json.ts';
import type { Dispatch, HandedOver } from './ledger.ts';
import type { Db, Pool } from './pool.ts';
import { required } from './rows.ts';
import { newIdOf, type RulesSource } from './rules.ts';

/** Messages of one channel and urgency that are handed over and not yet claimed: filled up to the first when they fall under the second. */
const HIGH_WATER = 4_000;
const LOW_WATER = 2_000;
/** So many of an office's messages pass all that others have waiting. */
const FIRST = 50;
/** Message ids in one job of the queue (performance.md): a crash leaves little in flight. */
const CHUNK = 50;
/** Of a provider with a rate: no more than it takes in so long is on the way, so that what is urgent waits no longer behind it. */
const LIMITED_MS = 30_000;
const LIMITED_CHUNK_MS = 5_000;

/** Tried in each sweep while a channel is away; when one is taken, all others follow. */
const PROBE = 4;

const handOverLock = 'cuiban hand over';
const channels: readonly ChannelName[] = ['email', 'sms'];
const nothing: Dispatch = { complete: true, messages: [] };

interface Due {
  readonly looks: boolean;
  readonly waiting: boolean;
  /** Null where no channel was asked about. */
  readonly low: boolean | null;
}

export async function dispatch(pool: Pool, rules: RulesSource, counted: Counted, now: Instant, limit: number): Promise<Dispatch> {
  const due = await look(pool, now);
  // Rows that another sweeper has locked are still due, and still say so here.
  if (due.looks) return { complete: false, messages: [] };
  if (!due.waiting) return nothing;
  await keepHours(pool, rules, now);
  const messages = await pool.transaction(async (db) => {
    await db.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [handOverLock]);
    await holdBursts(db, rules, now);
    return handOver(db, rules, now, now, limit, PROBE);
  });
  counted.note(now);
  return { complete: true, messages };
}

/** For whoever has just finished a chunk: one look unless the queue runs low. Who comes second leaves it to the first. */
export async function refill(
  pool: Pool,
  rules: RulesSource,
  counted: Counted,
  channel: ChannelName,
  now: Instant,
  limit: number,
): Promise<Dispatch> {
  const due = await look(pool, now, channel);
  if (due.looks || !due.waiting || due.low !== true) return nothing;
  const known = counted.through(now);
  const messages = await pool.transaction(async (db) => {
    const { rows } = await db.query<{ ours: boolean }>('SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS ours', [
      handOverLock,
    ]);
    if (rows[0]?.ours !== true) return null;
    if (known === null) await holdBursts(db, rules, now);
    return handOver(db, rules, now, known ?? now, limit, 0);
  });
  if (messages === null) return nothing;
  if (known === null) counted.note(now);
  return { complete: true, messages };
}

// By the first of the index: a kept plan that asks whether any is due by then reads the whole table when none is.
const lookStatement = {
  name: 'cuiban dispatch look',
  text: `SELECT coalesce((SELECT min(next_at) FROM cuiban.assignment) <= cuiban.instant($1), false) AS looks,
            coalesce((SELECT min(owed_at) FROM cuiban.message WHERE queued_at IS NULL) <= cuiban.instant($1), false) AS waiting,
            CASE WHEN $3::text IS NOT NULL THEN
              (SELECT count(*) FROM (SELECT 1 FROM cuiban.message WHERE queued_at IS NOT NULL AND channel = $3 LIMIT $2) AS queued) < $2
            END AS low`,
};

async function look(db: Db, now: Instant, channel: ChannelName | null = null): Promise<Due> {
  const { rows } = await db.prepared<Due>(lookStatement, [now, LOW_WATER, channel]);
  return rows[0] ?? { looks: true, waiting: false, low: false };
}

interface Load {
  readonly office: string;
  readonly channel: ChannelName;
  readonly urgent: boolean;
  readonly queued: number;
  readonly sending: number;
}

/** Under the lock: nobody else counts or hands over meanwhile. What fell due after `through` stays. */
async function handOver(
  db: Db,
  rules: RulesSource,
  now: Instant,
  through: Instant,
  limit: number,
  probe: number,
): Promise<readonly HandedOver[]> {
  const { rows: loads } = await db.query<Load>(
    `SELECT office_id AS office, channel, urgent, count(*) FILTER (WHERE queued_at IS NOT NULL)::int AS queued,
            count(*) FILTER (WHERE lease_until IS NOT NULL)::int AS sending
       FROM cuiban.message WHERE queued_at IS NOT NULL OR lease_until IS NOT NULL GROUP BY office_id, channel, urgent`,
  );
  const paces = await pacesOf(db);
  const handed: HandedOver[] = [];
  for (const urgent of [true, false]) {
    for (const channel of channels) {
      const pace = required(paces.get(channel), `the pace of ${channel}`);
      if (!pace.waiting.includes(urgent)) continue;
      handed.push(...(await next(db, rules, now, limit - handed.length, { channel, urgent, loads, ...pace, probe, through })));
    }
  }
  if (handed.length === 0) return [];
  await db.query(
    `UPDATE cuiban.message m SET queued_at = cuiban.clock(), chunk = h.chunk
       FROM unnest($1::uuid[], $2::uuid[]) AS h(id, chunk) WHERE m.id = h.id`,
    [handed.map(({ id }) => id), handed.map(({ chunk }) => chunk)],
  );
  return handed;
}

interface Pace {
  /** Messages per second, of the provider that the channel used last; null: no limit. */
  readonly rate: number | null;
  /** Away when it was last tried, and nothing has been taken since. */
  readonly down: boolean;
  /** Whether what is urgent, or is not, waits there at all, due or not. */
  readonly waiting: readonly boolean[];
}

// By the first of the index, here too: EXISTS is planned as a join with all that waits.
async function pacesOf(db: Db): Promise<ReadonlyMap<ChannelName, Pace>> {
  const { rows } = await db.query<Pace & { channel: ChannelName }>(
    `SELECT channel, (SELECT p.rate FROM cuiban.provider p WHERE p.channel = c.channel ORDER BY p.seen_at DESC, p.name LIMIT 1) AS rate,
            EXISTS (SELECT 1 FROM cuiban.channel_down d WHERE d.channel = c.channel) AS down,
            ARRAY(SELECT u.urgent FROM unnest(ARRAY[true, false]) AS u(urgent) WHERE (
              SELECT true FROM cuiban.message m
               WHERE m.channel = c.channel AND m.urgent = u.urgent AND m.owed_at IS NOT NULL AND m.queued_at IS NULL
               ORDER BY m.office_id LIMIT 1)) AS waiting
       FROM unnest($1::text[]) AS c(channel)`,
    [channels],
  );
  return new Map(rows.map(({ channel, ...pace }) => [channel, pace]));
}

interface Class extends Pace {
  /** How many may be tried while the channel is away. */
  readonly probe: number;
  readonly channel: ChannelName;
  readonly urgent: boolean;
  readonly loads: readonly Load[];
  readonly through: Instant;
}

async function next(
  db: Db,
  rules: RulesSource,
  now: Instant,
  limit: number,
  { channel, urgent, loads, rate, down, probe, through }: Class,
): Promise<readonly HandedOver[]> {
  const own = loads.filter((load) => load.channel === channel && load.urgent === urgent);
  const outstanding = own.reduce((sum, { queued, sending }) => sum + queued + (rate === null ? 0 : sending), 0);
  const high = down ? probe : rate === null ? HIGH_WATER : Math.min(HIGH_WATER, Math.ceil((rate * LIMITED_MS) / 1_000));
  const room = outstanding < Math.min(LOW_WATER, high / 2) ? high - outstanding : 0;
  const first = down || rate !== null ? 0 : FIRST;
  if (limit <= 0 || room + first <= 0) return [];
  const onTheWay = new Map(own.map(({ office, queued }) => [office, queued]));
  const waiting = await candidates(db, rules, now, { channel, urgent, room, first, onTheWay, through });
  const placed = inTurn(waiting, { room, first, onTheWay, urgent }).slice(0, limit);
  const size = rate === null ? CHUNK : Math.max(1, Math.min(CHUNK, Math.ceil((rate * LIMITED_CHUNK_MS) / 1_000)));
  return inChunks(placed, size).flatMap((messages) => named(messages, channel, rules));
}

function named(messages: readonly Placed[], channel: ChannelName, rules: RulesSource): readonly HandedOver[] {
  const chunk = newIdOf(rules);
  return messages.map(({ id, priority }) => ({ id, channel, urgent: priority === 1, priority, chunk }));
}

/** Each open office's longest waiting, as many as its share of the room comes to. Those of a past day wait to be placed anew. */
async function candidates(
  db: Db,
  rules: RulesSource,
  now: Instant,
  { channel, urgent, room, first, onTheWay, through }: Pick<Class, 'channel' | 'urgent' | 'through'> & Omit<Turn, 'urgent'>,
): Promise<readonly Waiting[]> {
  const closed = new Set(closedOffices(rules, now));
  const offices = [...rules.offices().values()].map(({ id, hours }) => ({
    id,
    closed: closed.has(id),
    today: dateOf(hours.zone, now),
    queued: onTheWay.get(id) ?? 0,
  }));
  const owed = 'm.channel = $2 AND m.urgent = $3 AND m.owed_at IS NOT NULL AND m.queued_at IS NULL';
  const { rows } = await db.query<Waiting>(
    `WITH RECURSIVE known AS (SELECT * FROM json_to_recordset($6::json) AS o(id text, closed bool, today date, queued int)),
     office (id) AS (
       (SELECT m.office_id FROM cuiban.message m WHERE ${owed} ORDER BY m.office_id LIMIT 1)
       UNION ALL
       SELECT (SELECT m.office_id FROM cuiban.message m WHERE ${owed} AND m.office_id > office.id ORDER BY m.office_id LIMIT 1)
         FROM office WHERE office.id IS NOT NULL),
     due AS MATERIALIZED (
       SELECT office.id, known.today, coalesce(known.queued, 0) AS queued FROM office LEFT JOIN known ON known.id = office.id
        WHERE office.id IS NOT NULL AND known.closed IS NOT TRUE AND NOT ARRAY[office.id, '*'] && (SELECT cuiban.held())
          AND (SELECT min(m.owed_at) FROM cuiban.message m WHERE ${owed} AND m.office_id = office.id) <= cuiban.instant($1))
     SELECT m.id, due.id AS office, m.owed_at AS "owedAt" FROM due CROSS JOIN LATERAL (
       SELECT m.id, m.owed_at FROM cuiban.message m
        WHERE ${owed} AND m.office_id = due.id AND m.owed_at <= cuiban.instant($1)
          AND (due.today IS NULL OR m.day >= due.today OR m.status = 'unknown')
        ORDER BY m.owed_at, m.id
        LIMIT greatest($5::int - due.queued, ceil($4::float8 / (SELECT count(*) FROM due)), 0)::int
          FOR NO KEY UPDATE SKIP LOCKED) AS m`,
    [through, channel, urgent, room, first, recordset(offices)],
  );
  return rows;
}

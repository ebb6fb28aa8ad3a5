// What only the tables tell, asked when all is quiet: nothing left over, nothing lost, every step a declared one, every change on record.

import { dateOf, type Instant, instantOf } from '../../src/domain/time.ts';
import { ZONE } from './chaos.ts';
import type { SeedDatabase } from './database.ts';
import type { Counters } from './invariants.ts';
import { stamp } from './kernel.ts';
import type { Sink } from './sink.ts';
import { keyOf, type World } from './world.ts';

const DECLARED: Readonly<Record<string, readonly string[]>> = {
  'message created': ['sending', 'cancelled'],
  'message sending': ['sent', 'temporary-failure', 'permanent-failure', 'unknown', 'cancelled'],
  'message temporary-failure': ['sending', 'cancelled'],
  'message unknown': ['sending', 'sent', 'delivered', 'permanent-failure'],
  'message sent': ['delivered', 'permanent-failure'],
  'message delivered': [],
  'message permanent-failure': ['temporary-failure', 'unknown'],
  'message cancelled': [],
  'reminder planned': ['sent', 'undeliverable', 'merged', 'void'],
  'reminder sent': ['undeliverable'],
  'reminder undeliverable': ['planned'],
  'reminder void absent': ['planned'],
  'reminder void rung-order': ['planned'],
  'reminder void refused': ['planned'],
};

/** Nothing that was recorded so many working days ago is still open. */
export async function resolution(
  now: Instant,
  world: World,
  database: SeedDatabase,
  counters: Counters,
  patience: number,
): Promise<void> {
  const { calendar } = world.settled;
  const today = dateOf(ZONE, now);
  const before = instantOf(ZONE, calendar.addWorkdays(calendar.lastWorkdayOnOrBefore(today), -patience), '09:00');
  const longAgo = instantOf(ZONE, calendar.addWorkdays(calendar.lastWorkdayOnOrBefore(today), -patience - 6), '09:00');
  const rows = await database.rows<{
    stage: string;
    at: number;
    status: string;
    owed: string | null;
    id: string;
    duty: string;
    fine: boolean;
  }>(
    `SELECT r.stage, extract(epoch FROM r.at) * 1000 AS at, m.status, m.owed_at::text AS owed, m.id::text AS id, r.assignment_id::text AS duty,
            m.status = 'unknown' AND m.owed_at IS NULL AS fine
       FROM cuiban.reminder r JOIN cuiban.message m ON m.id = r.message_id
      WHERE r.state = 'planned' AND ((r.at <= cuiban.instant($1) AND m.created_at <= cuiban.instant($1)) OR r.at <= cuiban.instant($2))`,
    [before, longAgo],
  );
  counters.check(
    2,
    rows.every(({ fine }) => fine),
    () => `at ${stamp(now)} these are still open: ${JSON.stringify(rows.filter(({ fine }) => !fine))}`,
  );
}

export async function audit(world: World, sink: Sink, database: SeedDatabase, counters: Counters): Promise<void> {
  await messages(sink, database, counters);
  await steps(database, counters);
  await history(world, database, counters);
}

async function messages(sink: Sink, database: SeedDatabase, counters: Counters): Promise<void> {
  const rows = await database.rows<{ id: string; address: string; status: string; hopeless: boolean }>(
    `SELECT id::text AS id, address, status, attempts >= 12 OR code = 'RENDER' AS hopeless FROM cuiban.message`,
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const silent = await database.rows<{ id: string; stage: string }>(
    `SELECT r.assignment_id::text AS id, r.stage FROM cuiban.reminder r WHERE r.state = 'void' AND NOT EXISTS (
       SELECT 1 FROM cuiban.suppression s WHERE s.assignment_id = r.assignment_id AND s.sequence = r.sequence AND s.stage = r.stage
          AND s.occurrence = r.occurrence AND s.contact = r.contact AND s.channel = r.channel AND s.reason = r.void_reason)`,
  );
  const forgotten = await database.rows<{ id: string; stage: string; contact: string }>(
    `SELECT r.assignment_id::text AS id, r.stage, r.contact FROM cuiban.reminder r JOIN cuiban.assignment a ON a.id = r.assignment_id
      WHERE r.state = 'void' AND r.void_reason = 'absent' AND r.sequence = a.sequence AND a.status NOT IN ('completed', 'cancelled')
        AND NOT EXISTS (SELECT 1 FROM cuiban.reminder o WHERE o.assignment_id = r.assignment_id AND o.sequence = r.sequence
              AND o.stage = r.stage AND o.occurrence = r.occurrence AND o.contact <> r.contact)
        AND NOT EXISTS (SELECT 1 FROM cuiban.suppression s WHERE s.assignment_id = r.assignment_id AND s.sequence = r.sequence
              AND s.stage = r.stage AND s.occurrence = r.occurrence AND s.contact IS NULL)`,
  );
  counters.check(
    1,
    forgotten.length === 0,
    () => `meant for somebody who left, and for nobody since: ${JSON.stringify(forgotten)}`,
  );
  const putOff = await database.rows<{ id: string; stage: string; contact: string }>(
    `SELECT r.assignment_id::text AS id, r.stage, r.contact FROM cuiban.reminder r JOIN cuiban.assignment a ON a.id = r.assignment_id
      WHERE r.state = 'void' AND r.void_reason = 'rung-order' AND r.sequence = a.sequence AND a.status IN ('needs-action', 'acknowledged')
        AND NOT EXISTS (SELECT 1 FROM cuiban.reminder o WHERE o.assignment_id = r.assignment_id AND o.sequence = r.sequence
              AND o.stage = r.stage AND o.occurrence = r.occurrence AND o.contact <> r.contact)
        AND NOT EXISTS (SELECT 1 FROM cuiban.suppression s WHERE s.assignment_id = r.assignment_id AND s.sequence = r.sequence
              AND s.stage = r.stage AND s.occurrence = r.occurrence AND s.reason <> 'rung-order')`,
  );
  counters.check(9, putOff.length === 0, () => `put off to another day, and never said: ${JSON.stringify(putOff)}`);
  counters.check(2, silent.length === 0, () => `voided without a reason on record: ${JSON.stringify(silent)}`);
  for (const { id, address, status } of rows.filter((row) => row.status === 'sent' || row.status === 'delivered')) {
    const arrived = sink.byMessage.get(id)?.some((each) => each.acceptedAt !== null && each.to === address) === true;
    counters.check(3, arrived, () => `message ${id} is ${status} and never arrived at ${address}`);
  }
  for (const { message, identity, to, channel } of sink.accepted) {
    const row = byId.get(message);
    const refused = channel === 'sms' || row?.hopeless === true || sink.refused.has(message);
    const status = row?.status ?? 'not there';
    counters.check(
      4,
      row?.address === to && (['sent', 'delivered', 'unknown'].includes(status) || (status === 'permanent-failure' && refused)),
      () => `${identity} arrived at ${to}; its row is ${status}`,
    );
  }
}

async function steps(database: SeedDatabase, counters: Counters): Promise<void> {
  const rows = await database.rows<{ kind: string; before: string; after: string; example: string }>(
    `SELECT kind, before, after, min(id) AS example FROM simulation.step WHERE kind <> 'assignment' GROUP BY 1, 2, 3`,
  );
  for (const { kind, before, after, example } of rows) {
    counters.check(
      13,
      DECLARED[`${kind} ${before}`]?.includes(after) === true,
      () => `${kind} ${example} went from ${before} to ${after}`,
    );
  }
}

async function history(world: World, database: SeedDatabase, counters: Counters): Promise<void> {
  const strayed = await database.rows<{ id: string; before: string; after: string; rows: number }>(
    `SELECT s.id, s.before, s.after, h.rows FROM simulation.step s
       CROSS JOIN LATERAL (SELECT count(*)::int AS rows FROM cuiban.history h
         WHERE h.assignment_id = s.id::bigint AND h.xmin::text::bigint = s.transaction::text::bigint & 4294967295) h
      WHERE s.kind = 'assignment' AND h.rows <> 1`,
  );
  counters.check(
    18,
    strayed.length === 0,
    () => `changes without exactly one row of history in their transaction: ${JSON.stringify(strayed)}`,
  );
  const broken = await database.rows<{ id: string }>(
    `SELECT assignment_id::text AS id FROM (
       SELECT *, lag(to_status) OVER chain AS was, lag(to_due) OVER chain AS was_due, lead(id) OVER chain IS NULL AS newest
         FROM cuiban.history WINDOW chain AS (PARTITION BY assignment_id ORDER BY id)) h
       JOIN cuiban.assignment a ON a.id = h.assignment_id
      WHERE from_status IS DISTINCT FROM was OR from_due IS DISTINCT FROM was_due
         OR (newest AND (to_status <> a.status OR to_due IS DISTINCT FROM a.due))`,
  );
  counters.check(18, broken.length === 0, () => `history with gaps: ${JSON.stringify(broken)}`);
  const counts = await database.rows<{
    schedule: string;
    ref: string;
    unit: string;
    deadline: string;
    original: string | null;
    rows: number;
  }>(
    `SELECT t.schedule, t.ref, a.unit_id AS unit, a.deadline_key AS deadline, a.original_due::text AS original, count(h.id)::int AS rows
       FROM cuiban.assignment a JOIN cuiban.task t ON t.id = a.task_id LEFT JOIN cuiban.history h ON h.assignment_id = a.id
      GROUP BY a.id, t.id`,
  );
  for (const { schedule, ref, unit, deadline, original, rows } of counts) {
    const duty = world.duties.get(keyOf(schedule, ref, unit, deadline, original));
    counters.check(
      18,
      duty?.changes === rows,
      () =>
        `${duty?.key ?? `${schedule} ${ref} ${unit} ${original}`} changed ${duty?.changes ?? 0} times and has ${rows} rows of history`,
    );
  }
  counters.check(
    1,
    counts.length === world.duties.size,
    () => `there are ${world.duties.size} duties, and the ledger has ${counts.length}`,
  );
}

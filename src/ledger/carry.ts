// A message that leaves on a later day becomes part of that day: it joins the digest that is there, or takes a slot of its own.

import type { Instant } from '../domain/time.ts';
import { dropBriefings } from './briefings.ts';
import { recordset } from './json.ts';
import { type Addressee, Days, mergeWithin } from './placing.ts';
import type { Db } from './pool.ts';
import { type RulesSource, rulesOf } from './rules.ts';

export interface Carried extends Addressee {
  readonly id: string;
  readonly retryAt: Instant;
  /** Never tried, so on its new day it still takes reminders. */
  readonly open: boolean;
  readonly urgent: boolean;
}

export async function carryOver(db: Db, source: RulesSource, all: readonly Carried[], now: Instant): Promise<void> {
  if (all.length === 0) return;
  const dropped = await dropBriefings(
    db,
    all.map(({ id }) => id),
  );
  const carried = all.filter(({ id }) => !dropped.has(id));
  if (carried.length === 0) return;
  const rules = await rulesOf(
    db,
    source,
    carried.map(({ office }) => office),
  );
  const days = await Days.lock(db, rules, carried, now);
  const joins: { id: string; into: string }[] = [];
  const moves: { id: string; day: string; slot: number; at: Instant }[] = [];
  const holds: { id: string; reason: string; detail: string; until: Instant }[] = [];
  for (const message of carried.toSorted((one, other) => (one.id < other.id ? -1 : 1))) {
    const { placement, joins: into } = days.find(message, message.retryAt);
    holds.push(...placement.holds.map((hold) => ({ id: message.id, ...hold })));
    if (into === null) {
      days.occupy(message, placement.day, { id: message.id, slot: placement.slot, open: message.open });
      moves.push({ id: message.id, day: placement.day, slot: placement.slot, at: placement.sendAt });
    } else {
      days.use(into, message.urgent);
      days.postpone(into, placement.sendAt);
      joins.push({ id: message.id, into });
    }
  }
  await days.write(db, now);
  await recordHolds(db, holds, now);
  await move(db, moves);
  await join(db, joins, now);
}

async function move(db: Db, moves: readonly object[]): Promise<void> {
  if (moves.length === 0) return;
  await db.query(
    `UPDATE cuiban.message m SET day = v.day, slot = v.slot, owed_at = cuiban.instant(v.at)
       FROM json_to_recordset($1::json) AS v(id uuid, day date, slot int, at float8) WHERE m.id = v.id`,
    [recordset(moves)],
  );
}

async function join(db: Db, joins: readonly { readonly id: string; readonly into: string }[], now: Instant): Promise<void> {
  if (joins.length === 0) return;
  await db.query(
    `WITH joined AS (
       UPDATE cuiban.message m SET status = 'cancelled', owed_at = NULL, code = 'MERGED', detail = '未能送出，其内容并入次日的一封'
         FROM json_to_recordset($1::json) AS j(id uuid, "into" uuid) WHERE m.id = j.id
       RETURNING m.id, j."into")
     UPDATE cuiban.reminder r SET message_id = joined."into" FROM joined
      WHERE r.message_id = joined.id AND r.state = 'planned'`,
    [recordset(joins)],
  );
  await mergeWithin(db, [...new Set(joins.map(({ into }) => into))], now);
}

/** What moves further than its retry, because a day is full, says so. */
async function recordHolds(db: Db, holds: readonly object[], now: Instant): Promise<void> {
  if (holds.length === 0) return;
  await db.query(
    `INSERT INTO cuiban.suppression
       (office_id, assignment_id, sequence, stage, occurrence, contact, channel, reason, detail, at, until, recorded_at)
     SELECT r.office_id, r.assignment_id, r.sequence, r.stage, r.occurrence, r.contact, r.channel, h.reason, h.detail, r.at,
            cuiban.instant(h.until), cuiban.instant($2)
       FROM json_to_recordset($1::json) AS h(id uuid, reason text, detail text, until float8)
       JOIN cuiban.reminder r ON r.message_id = h.id AND r.state = 'planned'
     ON CONFLICT DO NOTHING`,
    [recordset(holds), now],
  );
}

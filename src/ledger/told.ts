// What was said before the ledger was restored from an older backup: recorded as sent when the planner wants to say it, and not said again.

import { deadlineKey } from '../domain/assignment.ts';
import type { Instant } from '../domain/time.ts';
import { recordset } from './json.ts';
import type { Decided } from './planned.ts';
import type { Db } from './pool.ts';
import type { Wanted } from './reminders.ts';

/** Those of the reminders that were not said. The others become reminders that are sent, in the message that said them. */
export async function withoutTold(
  db: Db,
  wanted: readonly Wanted[],
  decided: readonly Decided[],
  now: Instant,
): Promise<readonly Wanted[]> {
  if (wanted.length === 0) return wanted;
  const { rows: any } = await db.query<{ any: boolean }>('SELECT EXISTS (SELECT 1 FROM cuiban.told) AS any');
  if (any[0]?.any !== true) return wanted;
  const assignments = new Map(decided.map(({ assignment }) => [assignment.id, assignment]));
  const rows = wanted.flatMap(({ office, reminder }, n) => {
    const about = assignments.get(reminder.assignment);
    if (about === undefined) return [];
    const { schedule, ref, originalDue } = about;
    return [{ ...reminder, n, office, schedule, ref, own: about.unit, deadline: deadlineKey(about), originalDue }];
  });
  const { rows: said } = await db.query<{ n: number }>(
    `WITH said AS (
       DELETE FROM cuiban.told t
        USING json_to_recordset($1::json) AS w(n int, office text, schedule text, ref text, own text, deadline text, "originalDue" date,
              sequence int, stage text, occurrence text, contact text, channel text, assignment bigint, letter text, rung int, unit text,
              post text, copy boolean, address text, name text, at float8, reason text)
        WHERE t.office_id = w.office AND t.schedule = w.schedule AND t.ref = w.ref AND t.unit_id = w.own AND t.deadline_key = w.deadline
          AND t.original_due IS NOT DISTINCT FROM w."originalDue" AND t.sequence = w.sequence AND t.stage = w.stage
          AND t.occurrence = w.occurrence AND t.contact = w.contact AND t.channel = w.channel
        RETURNING t.message_id, t.accepted_at, w.*),
     carried AS (
       -- Its day's place is taken: that person has had a message on that day.
       INSERT INTO cuiban.message
         (id, office_id, channel, address, to_unit, to_post, to_name, day, slot, status, attempts, code, detail, settled_at, created_at)
       SELECT DISTINCT ON (s.message_id) s.message_id, s.office, s.channel, s.address, s.unit, s.post, s.name, d.day,
              (SELECT coalesce(max(m.slot), -1) FROM cuiban.message m
                WHERE m.office_id = s.office AND m.channel = s.channel AND m.address = s.address AND m.day = d.day)
                + dense_rank() OVER (PARTITION BY s.office, s.channel, s.address, d.day ORDER BY s.message_id),
              'sent', 1, 'JOURNAL', '台账恢复前已发出，按投递日志补记', s.accepted_at, cuiban.instant($2)
         FROM said s JOIN cuiban.office o ON o.id = s.office
        CROSS JOIN LATERAL (SELECT (s.accepted_at AT TIME ZONE (o.settings->'hours'->>'zone'))::date AS day) AS d
        ORDER BY s.message_id
       ON CONFLICT (id) DO NOTHING)
     INSERT INTO cuiban.reminder AS known
       (office_id, assignment_id, sequence, stage, occurrence, contact, channel, letter, rung, unit_id, post, copy, address, name, at, reason,
        state, message_id, sent_at)
     SELECT s.office, s.assignment, s.sequence, s.stage, s.occurrence, s.contact, s.channel, s.letter, s.rung, s.unit, s.post, s.copy,
            s.address, s.name, cuiban.instant(s.at), s.reason, 'sent', s.message_id, s.accepted_at
       FROM said s
     -- One that was dropped because its contact had changed.
     ON CONFLICT (assignment_id, sequence, stage, occurrence, contact, channel) DO UPDATE
       SET state = 'planned', void_reason = NULL, message_id = excluded.message_id, sent_at = excluded.sent_at
     RETURNING (SELECT s.n FROM said s WHERE s.assignment = known.assignment_id AND s.sequence = known.sequence AND s.stage = known.stage
                   AND s.occurrence = known.occurrence AND s.contact = known.contact AND s.channel = known.channel) AS n`,
    [recordset(rows), now],
  );
  await db.query(
    `UPDATE cuiban.reminder r SET state = 'sent' FROM cuiban.message m
      WHERE m.id = r.message_id AND m.status = 'sent' AND m.code = 'JOURNAL' AND r.state = 'planned' AND r.sent_at IS NOT NULL
        AND r.assignment_id = ANY($1::bigint[])`,
    [rows.map(({ assignment }) => assignment)],
  );
  const over = new Set(said.map(({ n }) => n));
  return wanted.filter((_, n) => !over.has(n));
}

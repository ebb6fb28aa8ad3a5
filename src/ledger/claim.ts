// A claim takes messages for one worker, after reading every assignment in them again. From the shared locks on, completion
// and claim take turns: no claim commits after a completion it did not see. So do holds, by a lock of their own.

import type { IsoDate } from '../domain/deadline.ts';
import type { ChannelName, DeliveryStatus } from '../domain/delivery.ts';
import type { ClaimedMessage, Frozen, MessageItem } from '../domain/message.ts';
import type { Suppression, SuppressionReason } from '../domain/reminder.ts';
import type { Instant } from '../domain/time.ts';
import { briefingsOf } from './briefings.ts';
import { closedOffices } from './hours.ts';
import { lookAgain } from './look-again.ts';
import type { Db } from './pool.ts';
import { recordSuppressions } from './record.ts';
import { type AssignmentRow, assignmentColumns, assignmentsOf, required } from './rows.ts';
import type { RulesSource } from './rules.ts';
import { type OutOfTurn, outOfTurn } from './rungs.ts';

interface TakenRow {
  readonly id: string;
  readonly office_id: string;
  readonly channel: ChannelName;
  readonly address: string;
  readonly to_unit: string;
  readonly to_unit_name: string;
  readonly to_post: string;
  readonly to_name: string;
  readonly day: IsoDate;
  readonly fence: number;
  readonly attempts: number;
  readonly previous: DeliveryStatus;
  readonly due_at: Instant | null;
  readonly kind: 'reminders' | 'briefing';
  readonly subject: string | null;
  readonly text: string | null;
  readonly html: string | null;
  readonly hash: string | null;
  readonly revision: number | null;
}

interface ReminderRow extends AssignmentRow {
  readonly reminder: number;
  readonly message: string;
  readonly stage: string;
  readonly occurrence: IsoDate | 'once';
  readonly contact: string;
  readonly channel: ChannelName;
  readonly letter: string;
  readonly rung: number;
  readonly copy: boolean;
  readonly reason: string;
  readonly at: Instant;
  readonly planned_sequence: number;
  readonly unit_name: string;
  readonly external: boolean;
  readonly present: boolean;
  readonly refused: boolean;
  readonly instead_of: string | null;
  /** In order, as `DISTINCT` sorts. */
  readonly reminded_on: readonly IsoDate[] | null;
}

export async function claim(
  db: Db,
  rules: RulesSource,
  ids: readonly string[],
  now: Instant,
  worker: string,
  leaseMs: number,
): Promise<readonly ClaimedMessage[]> {
  const closed = closedOffices(rules, now);
  const taken = await take(db, ids, now, worker, leaseMs, closed);
  if (taken.length < ids.length) await giveBack(db, ids, closed);
  if (taken.length === 0) return [];
  const reminders = await remindersOf(
    db,
    taken.map(({ id }) => id),
    now,
  );
  const turns = await outOfTurn(db, reminders, now);
  const stale = reminders.flatMap((row) => {
    const why = reasonToVoid(row) ?? reasonToWait(turns.get(row.reminder));
    return why === null ? [] : [{ row, ...why }];
  });
  await voidStale(db, stale, now);
  const dropped = new Set(stale.map(({ row }) => row));
  const live = reminders.filter((row) => !dropped.has(row));
  const items = await itemsOf(db, live);
  await cancelEmpty(
    db,
    taken.filter(({ id, kind }) => kind === 'reminders' && !items.has(id)),
  );
  const briefed = taken.filter(({ kind }) => kind === 'briefing').map((row) => row.office_id);
  const briefings = briefed.length === 0 ? null : await briefingsOf(db, rules, briefed, now);
  return taken.flatMap((row) => {
    const own = items.get(row.id);
    if (own !== undefined) return [claimed(row, own)];
    const briefing = row.kind === 'briefing' ? briefings?.get(row.office_id) : undefined;
    return briefing === undefined ? [] : [{ ...claimed(row, []), briefing }];
  });
}

// What is looked up for each row is a subquery, here and below: of joins the server would read the other table whole (few rows, and many claims).
const takeStatement = {
  name: 'cuiban claim take',
  text: `WITH owed AS (
       SELECT id, office_id, to_unit, status, fence FROM cuiban.message
        WHERE id = ANY($1::uuid[]) AND owed_at <= cuiban.instant($2) AND status IN ('created', 'temporary-failure', 'unknown')
          AND office_id <> ALL($5::text[]) AND NOT ARRAY[office_id, '*'] && (SELECT cuiban.held_at_claim())
        ORDER BY id FOR NO KEY UPDATE),
     known AS MATERIALIZED (
       SELECT owed.id, owed.status, b.*, coalesce((SELECT u.name FROM cuiban.unit u WHERE u.office_id = owed.office_id AND u.id = owed.to_unit),
                                     owed.to_unit) AS to_unit_name
         FROM owed LEFT JOIN LATERAL (
           SELECT subject, text, html, hash, revision FROM cuiban.body WHERE message_id = owed.id AND owed.fence > 0 LIMIT 1) AS b ON true)
     UPDATE cuiban.message m
        SET status = 'sending', fence = m.fence + 1, lease_until = cuiban.clock() + $4 * interval '1 millisecond',
            worker = $3, claimed_at = cuiban.instant($2), handed_over_at = NULL, owed_at = NULL, queued_at = NULL,
            attempts = m.attempts + 1,
            resends = m.resends + (known.status = 'unknown' AND known.hash IS NOT NULL)::int
       FROM known WHERE m.id = known.id AND m.id = ANY($1::uuid[])
     RETURNING m.id, m.office_id, m.channel, m.address, m.to_unit, known.to_unit_name, m.to_post, m.to_name, m.day, m.due_at, m.kind,
               m.fence, m.attempts - 1 AS attempts, known.status AS previous, known.subject, known.text, known.html, known.hash, known.revision`,
};

async function take(
  db: Db,
  ids: readonly string[],
  now: Instant,
  worker: string,
  leaseMs: number,
  closed: readonly string[],
): Promise<readonly TakenRow[]> {
  const { rows } = await db.prepared<TakenRow>(takeStatement, [ids, now, worker, leaseMs, closed]);
  // In the order in which they were handed over, whatever the server made of it.
  const place = new Map(ids.map((id, n) => [id, n]));
  return rows.toSorted((one, other) => (place.get(one.id) ?? 0) - (place.get(other.id) ?? 0));
}

/** Handed to the queue in time and claimed too late, or held meanwhile: owed still, and a later dispatch finds it another hour. */
async function giveBack(db: Db, ids: readonly string[], closed: readonly string[]): Promise<void> {
  await db.query(
    `WITH late AS (
       SELECT id FROM cuiban.message
        WHERE id = ANY($1::uuid[]) AND (office_id = ANY($2::text[]) OR ARRAY[office_id, '*'] && (SELECT cuiban.held())) AND owed_at IS NOT NULL AND queued_at IS NOT NULL
        ORDER BY id FOR NO KEY UPDATE)
     UPDATE cuiban.message m SET queued_at = NULL FROM late WHERE m.id = late.id`,
    [ids, closed],
  );
}

const remindersStatement = {
  name: 'cuiban claim reminders',
  text: `SELECT r.id AS reminder, r.message_id AS message, r.stage, r.occurrence, r.contact, r.channel, r.letter, r.rung, r.copy, r.reason, r.instead_of, r.at,
            r.sequence AS planned_sequence, ${assignmentColumns},
            (SELECT u.name FROM cuiban.unit u WHERE u.office_id = a.office_id AND u.id = a.unit_id) AS unit_name,
            (SELECT u.external FROM cuiban.unit u WHERE u.office_id = a.office_id AND u.id = a.unit_id) AS external,
            (SELECT array_agg(DISTINCT (told.sent_at AT TIME ZONE (o.settings->'hours'->>'zone'))::date::text)
               FROM cuiban.reminder told WHERE told.assignment_id = a.id AND told.state = 'sent') AS reminded_on,
            coalesce((SELECT NOT c.removed AND c.post = r.post AND c.unit_id = r.unit_id
                             AND r.address = CASE r.channel WHEN 'email' THEN c.email ELSE c.mobile END
                             AND coalesce(c.valid_from <= today.date, true) AND coalesce(c.valid_until >= today.date, true)
                        FROM cuiban.contact c WHERE c.office_id = r.office_id AND c.id = r.contact), false) AS present,
            coalesce((SELECT p.refused_at IS NOT NULL FROM cuiban.recipient p
                       WHERE p.office_id = r.office_id AND p.channel = r.channel AND p.address = r.address), false) AS refused
       FROM cuiban.reminder r
       JOIN cuiban.assignment a ON a.id = r.assignment_id
       JOIN cuiban.office o ON o.id = r.office_id
      CROSS JOIN LATERAL (SELECT (cuiban.instant($2) AT TIME ZONE (o.settings->'hours'->>'zone'))::date AS date) AS today
      WHERE r.message_id = ANY($1::uuid[]) AND r.state = 'planned'
      ORDER BY a.id, r.id FOR SHARE OF a`,
};

async function remindersOf(db: Db, messages: readonly string[], now: Instant): Promise<readonly ReminderRow[]> {
  const { rows } = await db.prepared<ReminderRow>(remindersStatement, [messages, now]);
  return rows;
}

function reasonToVoid(row: ReminderRow): { readonly reason: SuppressionReason; readonly detail: string } | null {
  if (row.status === 'completed') return { reason: 'completed', detail: '发送前已办结' };
  if (row.status === 'submitted') return { reason: 'completed', detail: '发送前已报送' };
  if (row.status === 'cancelled') return { reason: 'cancelled', detail: '发送前已取消' };
  if (row.sequence !== row.planned_sequence) return { reason: 'superseded', detail: '时限已调整' };
  if (!row.present) return { reason: 'absent', detail: '联系人或其联系方式已变更' };
  if (row.refused) return { reason: 'refused', detail: '这个地址收不到信，改用其他联系方式' };
  return null;
}

function reasonToWait(turn: OutOfTurn | undefined): { readonly reason: SuppressionReason; readonly detail: string } | null {
  if (turn === undefined) return null;
  if (turn === 'late') return { reason: 'superseded', detail: '已逐级催办到更高一级' };
  return { reason: 'rung-order', detail: '前一级尚未发完，一个工作日只催办一级，改日再发' };
}

/** The planner knows who is to be told instead, by which address, or when. */
const OWED_STILL: readonly SuppressionReason[] = ['absent', 'refused', 'rung-order'];

async function voidStale(
  db: Db,
  stale: readonly { readonly row: ReminderRow; readonly reason: SuppressionReason; readonly detail: string }[],
  now: Instant,
): Promise<void> {
  if (stale.length === 0) return;
  await db.query(
    `UPDATE cuiban.reminder r SET state = 'void', void_reason = s.reason
       FROM unnest($1::bigint[], $2::text[]) AS s(id, reason) WHERE r.id = s.id AND r.state = 'planned'`,
    [stale.map(({ row }) => row.reminder), stale.map(({ reason }) => reason)],
  );
  const suppressions = stale.map(({ row, reason, detail }): Suppression & { office: string } => ({
    office: row.office_id,
    assignment: row.id,
    sequence: row.planned_sequence,
    stage: row.stage,
    occurrence: row.occurrence,
    contact: row.contact,
    channel: row.channel,
    reason,
    detail,
    at: row.at,
    until: null,
  }));
  await recordSuppressions(db, suppressions, now);
  await lookAgain(
    db,
    stale.filter(({ reason }) => OWED_STILL.includes(reason)).map(({ row }) => row.reminder),
    now,
  );
}

/** Nothing is left to say. One whose body may be out keeps saying so: it stays unknown and is not sent again. */
async function cancelEmpty(db: Db, empty: readonly TakenRow[]): Promise<void> {
  if (empty.length === 0) return;
  await db.query(
    `UPDATE cuiban.message m
        SET status = CASE WHEN e.maybe THEN 'unknown' ELSE 'cancelled' END, lease_until = NULL, attempts = m.attempts - 1,
            resends = m.resends - e.maybe::int,
            code = CASE WHEN e.maybe THEN m.code ELSE 'EMPTY' END,
            detail = CASE WHEN e.maybe THEN m.detail ELSE '其中的提醒均已作废' END
       FROM unnest($1::uuid[], $2::boolean[]) AS e(id, maybe)
      WHERE m.id = e.id`,
    [empty.map(({ id }) => id), empty.map(mayBeOut)],
  );
}

function mayBeOut({ previous, hash }: TakenRow): boolean {
  return previous === 'unknown' && hash !== null;
}

async function itemsOf(db: Db, rows: readonly ReminderRow[]): Promise<ReadonlyMap<string, readonly MessageItem[]>> {
  const items = new Map<string, MessageItem[]>();
  if (rows.length === 0) return items;
  const assignments = await assignmentsOf(db, rows);
  for (const row of rows.toSorted(byDue)) {
    const item = {
      stage: row.stage,
      occurrence: row.occurrence,
      contact: row.contact,
      letter: row.letter,
      rung: row.rung,
      copy: row.copy,
      reason: row.reason,
      assignment: required(assignments.get(row.id), `assignment ${row.id}`),
      unitName: row.unit_name,
      external: row.external,
      remindedOn: row.reminded_on ?? [],
      ...(row.instead_of === null ? {} : { insteadOf: row.instead_of }),
    };
    const known = items.get(row.message);
    if (known === undefined) items.set(row.message, [item]);
    else known.push(item);
  }
  return items;
}

/** What is due first stands first; undated duties last; else in the order of the notice. */
function byDue(one: ReminderRow, other: ReminderRow): number {
  if (one.due !== other.due) return (one.due ?? '9999') < (other.due ?? '9999') ? -1 : 1;
  return one.task_id - other.task_id || Number(one.id) - Number(other.id) || one.reminder - other.reminder;
}

function claimed(row: TakenRow, items: readonly MessageItem[]): ClaimedMessage {
  return {
    id: row.id,
    office: row.office_id,
    channel: row.channel,
    address: row.address,
    to: { unit: row.to_unit, unitName: row.to_unit_name, post: row.to_post, name: row.to_name },
    day: row.day,
    items,
    fence: row.fence,
    attempts: row.attempts,
    previousStatus: row.previous,
    dueAt: row.due_at,
    frozen: frozenOf(row),
  };
}

function frozenOf({ subject, text, html, hash, revision }: TakenRow): Frozen | null {
  if (subject === null || text === null || html === null || hash === null || revision === null) return null;
  return { subject, text, html, hash, revision };
}

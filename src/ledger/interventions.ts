// What a person does to messages: another try, or an end. Both name the states they expect and are recorded with who and why.

import type { DeliveryStatus } from '../domain/delivery.ts';
import { type Instant, nextSendable } from '../domain/time.ts';
import { stillOpen } from './failures.ts';
import { recordset } from './json.ts';
import { type AnswerBy, LedgerRefusal } from './ledger.ts';
import type { Intervened } from './operations.ts';
import type { Db } from './pool.ts';
import { closeProblems, recordSuppressions } from './record.ts';
import { trustAddresses } from './refused.ts';
import { required } from './rows.ts';
import { type RulesSource, rulesOf } from './rules.ts';

interface Locked {
  readonly id: string;
  readonly office: string;
  readonly status: DeliveryStatus;
  /** A copy may be out: unknown now, or refused only when it was sent again after that. */
  readonly doubted: boolean;
  /** Assignments it speaks of that are still open. */
  readonly assignments: readonly string[];
}

const words: Readonly<Record<DeliveryStatus, string>> = {
  created: '待发，尚未试过',
  sending: '正在发送，请稍候',
  sent: '已提交',
  delivered: '已送达',
  'temporary-failure': '暂时失败',
  'permanent-failure': '未能送达',
  unknown: '结果不明',
  cancelled: '已取消',
};

export async function retry(db: Db, source: RulesSource, ids: readonly string[], by: AnswerBy): Promise<readonly Intervened[]> {
  const messages = await lock(db, ids, ['permanent-failure', 'temporary-failure', 'unknown'], '重发');
  const trusted = await trustAddresses(db, ids, by.at);
  const idle = messages.find(({ id, assignments }) => assignments.length === 0 && !trusted.has(id));
  if (idle !== undefined) throw new LedgerRefusal(`消息 ${idle.id} 不必重发：其中的事项都已办结、撤销或改期`);
  const { offices, calendar } = await rulesOf(
    db,
    source,
    messages.map(({ office }) => office),
  );
  const changes = messages.map(({ id, office, status, doubted, assignments }) => {
    const { hours } = required(offices.get(office), `office ${office}`);
    const over = assignments.length === 0;
    const to = over ? status : doubted ? ('unknown' as const) : ('temporary-failure' as const);
    return { id, office, from: status, to, at: over ? null : nextSendable(hours, calendar, by.at), trusted: trusted.has(id) };
  });
  await db.query(
    `UPDATE cuiban.message m SET status = c.to, owed_at = cuiban.instant(c.at), queued_at = NULL, attempts = 0
       FROM json_to_recordset($1::json) AS c(id uuid, "from" text, "to" text, at float8) WHERE m.id = c.id AND m.status = c.from`,
    [recordset(changes.filter(({ at }) => at !== null))],
  );
  await db.query(
    `UPDATE cuiban.reminder r SET state = 'planned' FROM cuiban.assignment a
      WHERE r.message_id = ANY($1::uuid[]) AND r.state = 'undeliverable' AND a.id = r.assignment_id AND ${stillOpen}`,
    [ids],
  );
  await record(db, changes, by);
  await settleProblems(db, messages, by.at);
  return changes.map(({ id, from, to, at, trusted: again }) => ({ id, from, to, at, ...(again ? { trusted: true } : {}) }));
}

export async function cancelMessages(db: Db, ids: readonly string[], by: AnswerBy): Promise<readonly Intervened[]> {
  const messages = await lock(db, ids, ['created', 'temporary-failure', 'permanent-failure', 'unknown'], '取消');
  const changes = messages.map(({ id, office, status, doubted }) => ({
    id,
    office,
    from: status,
    to: doubted ? status : ('cancelled' as const),
    at: null,
  }));
  await db.query(
    `UPDATE cuiban.message m
        SET status = c.to, owed_at = NULL, queued_at = NULL,
            code = CASE c.to WHEN 'cancelled' THEN 'OPERATOR' ELSE m.code END,
            detail = CASE c.to WHEN 'cancelled' THEN $2 ELSE m.detail END
       FROM json_to_recordset($1::json) AS c(id uuid, "from" text, "to" text) WHERE m.id = c.id AND m.status = c.from`,
    [recordset(changes), by.note ?? '由人取消'],
  );
  await voidReminders(db, ids, by);
  await record(db, changes, by);
  await settleProblems(db, messages, by.at);
  return changes.map(({ id, from, to, at }) => ({ id, from, to, at }));
}

/** @throws LedgerRefusal for the first that is in none of these states */
async function lock(db: Db, ids: readonly string[], states: readonly DeliveryStatus[], what: string): Promise<readonly Locked[]> {
  const { rows } = await db.query<Omit<Locked, 'assignments'>>(
    `SELECT id::text AS id, office_id AS office, status, status = 'unknown' OR resends > 0 AS doubted
       FROM cuiban.message WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    [ids],
  );
  const missing = ids.find((id) => !rows.some((row) => row.id === id));
  if (missing !== undefined) throw new LedgerRefusal(`没有编号为 ${missing} 的消息；编号见 cuiban status`);
  const wrong = rows.find(({ status }) => !states.includes(status));
  if (wrong !== undefined) {
    const may = states.map((state) => words[state]).join('、');
    throw new LedgerRefusal(`消息 ${wrong.id} 现为“${words[wrong.status]}”，不能${what}；可以${what}的是：${may}`);
  }
  const open = await db.query<{ message: string; assignment: string }>(
    `SELECT DISTINCT r.message_id::text AS message, a.id::text AS assignment FROM cuiban.reminder r JOIN cuiban.assignment a ON a.id = r.assignment_id
      WHERE r.message_id = ANY($1::uuid[]) AND ${stillOpen} ORDER BY 1, 2`,
    [ids],
  );
  return rows.map((row) => ({
    ...row,
    assignments: open.rows.filter(({ message }) => message === row.id).map(({ assignment }) => assignment),
  }));
}

/** What was planned and is not out is void, with a reason; what could not be delivered stays what it is. */
async function voidReminders(db: Db, ids: readonly string[], by: AnswerBy): Promise<void> {
  const { rows } = await db.query<Omit<Parameters<typeof recordSuppressions>[1][number], 'reason' | 'detail' | 'until'>>(
    `UPDATE cuiban.reminder r SET state = 'void', void_reason = 'cancelled'
      WHERE r.message_id = ANY($1::uuid[]) AND r.state = 'planned'
      RETURNING r.office_id AS office, r.assignment_id::text AS assignment, r.sequence, r.stage, r.occurrence, r.contact, r.channel, r.at`,
    [ids],
  );
  const detail = `${by.actor}取消了这条消息${by.note === null ? '' : `：${by.note}`}`;
  await recordSuppressions(
    db,
    rows.map((row) => ({ ...row, reason: 'cancelled', detail, until: null })),
    by.at,
  );
}

async function record(
  db: Db,
  changes: readonly {
    readonly id: string;
    readonly office: string;
    readonly from: DeliveryStatus;
    readonly to: DeliveryStatus;
  }[],
  { at, actor, means, note }: AnswerBy,
): Promise<void> {
  await db.query(
    `INSERT INTO cuiban.message_history (office_id, message_id, at, actor, means, from_status, to_status, note)
     SELECT c.office, c.id, cuiban.instant($2), $3, $4, c.from, c.to, $5
       FROM json_to_recordset($1::json) AS c(id uuid, office text, "from" text, "to" text)`,
    [recordset(changes), at, actor, means, note],
  );
}

/** A person has seen to it. An assignment of which another message is stuck keeps its problem. */
async function settleProblems(db: Db, messages: readonly Locked[], now: Instant): Promise<void> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT a.id::text AS id FROM unnest($1::bigint[]) AS a(id)
      WHERE NOT EXISTS (SELECT 1 FROM cuiban.reminder r JOIN cuiban.message m ON m.id = r.message_id
                         WHERE r.assignment_id = a.id AND m.id <> ALL($2::uuid[]) AND r.state IN ('planned', 'undeliverable')
                           AND (m.status = 'permanent-failure' OR m.status = 'unknown' AND m.owed_at IS NULL))`,
    [[...new Set(messages.flatMap(({ assignments }) => assignments))], messages.map(({ id }) => id)],
  );
  await closeProblems(
    db,
    rows.map(({ id }) => id),
    ['undeliverable', 'unknown-outcome'],
    now,
  );
}

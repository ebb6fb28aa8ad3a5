// What providers say later. A receipt may come before the settlement that names its part: the part is then kept and waits.

import type { ChannelName, Receipt, ReceiptEnd } from '../domain/delivery.ts';
import type { Instant } from '../domain/time.ts';
import { recordset } from './json.ts';
import { messageProblems } from './message-problems.ts';
import type { Db } from './pool.ts';
import { closeProblems } from './record.ts';

export interface Part {
  readonly office: string;
  readonly channel: ChannelName;
  readonly providerId: string;
  readonly message: string;
}

/** The part's message went to the number that its receipt speaks of. */
const OWN = `SELECT 1 FROM cuiban.message m WHERE m.id = excluded.message_id AND m.address LIKE '%' || part.recipient`;

/** Notes the parts of settled messages, and applies receipts that came before. The first owner of an id keeps it. */
export async function attachParts(db: Db, parts: readonly Part[], now: Instant): Promise<void> {
  if (parts.length === 0) return;
  const once = new Map(parts.map((part) => [`${part.channel} ${part.providerId}`, part]));
  const sorted = [...once].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, part]) => part);
  const { rows } = await db.query<{ message: string; early: boolean }>(
    `INSERT INTO cuiban.provider_part AS part (channel, provider_id, office_id, message_id)
     SELECT p.channel, p."providerId", p.office, p.message
       FROM json_to_recordset($1::json) AS p(channel text, "providerId" text, office text, message uuid)
     ON CONFLICT (channel, provider_id) DO UPDATE
       SET office_id = excluded.office_id, message_id = excluded.message_id,
           -- What came early about another number was never about this part.
           state = CASE WHEN part.recipient IS NULL OR EXISTS (${OWN}) THEN part.state END,
           code = CASE WHEN part.recipient IS NULL OR EXISTS (${OWN}) THEN part.code END
      WHERE part.message_id IS NULL
     RETURNING message_id AS message, state IS NOT NULL AS early`,
    [recordset(sorted)],
  );
  await applyReceipts(
    db,
    rows.filter(({ early }) => early).map(({ message }) => message),
    now,
  );
}

/** Says what it came to; one that is not about a part of ours, or about another number, changes no message. */
export async function receive(db: Db, channel: ChannelName, receipt: Receipt, now: Instant): Promise<ReceiptEnd> {
  // The message is locked before its part, as a settlement does.
  const known = await db.query<{ address: string }>(
    `SELECT m.address FROM cuiban.message m JOIN cuiban.provider_part p ON p.message_id = m.id
      WHERE p.channel = $1 AND p.provider_id = $2 FOR NO KEY UPDATE OF m`,
    [channel, receipt.providerId],
  );
  const { recipient } = receipt;
  if (recipient !== undefined && known.rows.some(({ address }) => !address.endsWith(recipient))) return 'foreign';
  const { rows } = await db.query<{ message: string | null }>(
    `INSERT INTO cuiban.provider_part AS part (channel, provider_id, state, code, received_at, recipient)
     VALUES ($1, $2, $3, $4, cuiban.instant($5), $6)
     ON CONFLICT (channel, provider_id) DO UPDATE
       SET state = coalesce(part.state, excluded.state), code = coalesce(part.code, excluded.code),
           received_at = coalesce(part.received_at, excluded.received_at), recipient = coalesce(part.recipient, excluded.recipient)
     RETURNING message_id AS message`,
    [channel, receipt.providerId, receipt.state, receipt.code, now, recipient ?? null],
  );
  const message = rows[0]?.message ?? null;
  if (message === null) return 'unknown';
  await applyReceipts(db, [message], now);
  return 'taken';
}

/** Delivered when all parts are; failed as soon as one is. What is final stays. */
async function applyReceipts(db: Db, messages: readonly string[], now: Instant): Promise<void> {
  if (messages.length === 0) return;
  const { rows } = await db.query<{ id: string; status: string; assignments: readonly string[] | null }>(
    `WITH parts AS (
       SELECT message_id AS id, bool_and(coalesce(state = 'delivered', false)) AS all_in, bool_or(state IN ('failed', 'expired')) AS lost,
              max(code) FILTER (WHERE state IN ('failed', 'expired')) AS code
         FROM cuiban.provider_part WHERE message_id = ANY($1::uuid[]) GROUP BY message_id),
     final AS (
       UPDATE cuiban.message m
          SET status = CASE WHEN p.lost THEN 'permanent-failure' ELSE 'delivered' END, owed_at = NULL, queued_at = NULL,
              settled_at = coalesce(m.settled_at, cuiban.instant($2)),
              code = CASE WHEN p.lost THEN p.code ELSE m.code END,
              detail = CASE WHEN p.lost THEN '回执：未送达' ELSE m.detail END
         FROM parts p WHERE m.id = p.id AND m.status IN ('sent', 'unknown') AND (p.all_in OR p.lost)
       RETURNING m.id, m.status),
     told AS (
       UPDATE cuiban.reminder r
          SET state = CASE f.status WHEN 'delivered' THEN 'sent' ELSE 'undeliverable' END,
              sent_at = coalesce(r.sent_at, cuiban.instant($2))
         FROM final f WHERE r.message_id = f.id AND r.state IN ('planned', 'sent')
       RETURNING r.message_id, r.assignment_id)
     SELECT f.id, f.status, array_agg(DISTINCT t.assignment_id::text) FILTER (WHERE t.assignment_id IS NOT NULL) AS assignments
       FROM final f LEFT JOIN told t ON t.message_id = f.id GROUP BY f.id, f.status`,
    [messages, now],
  );
  const lost = rows.filter(({ status }) => status === 'permanent-failure').map(({ id }) => id);
  await messageProblems(db, 'undeliverable', lost, now);
  await closeProblems(
    db,
    rows.flatMap(({ assignments }) => assignments ?? []),
    ['unknown-outcome'],
    now,
  );
}

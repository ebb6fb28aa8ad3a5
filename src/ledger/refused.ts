// Addresses that take nothing. The far side's word that there is no such mailbox or number is kept with the address: nothing is sent there
// any more, what it was to be told is planned again another way, and the coordinator is told once, until a person changes or trusts it.

import type { ChannelName } from '../domain/delivery.ts';
import type { Instant } from '../domain/time.ts';
import { recordset } from './json.ts';
import { lookAgain } from './look-again.ts';
import { tellNewcomers } from './newcomers.ts';
import type { Addressee } from './placing.ts';
import type { Db } from './pool.ts';
import { openProblems } from './record.ts';

interface RefusedRow extends Addressee {
  readonly id: string;
  readonly unit: string;
  readonly post: string;
  readonly name: string;
  readonly code: string;
  readonly detail: string;
}

/** The addresses of these messages, which have just been refused for good. */
export async function markRefused(db: Db, messages: readonly string[], now: Instant): Promise<void> {
  if (messages.length === 0) return;
  const { rows } = await db.query<RefusedRow>(
    `SELECT m.id::text AS id, m.office_id AS office, m.channel, m.address, coalesce(u.name, m.to_unit) AS unit, m.to_post AS post, m.to_name AS name,
            m.code, m.detail
       FROM cuiban.message m LEFT JOIN cuiban.unit u ON u.office_id = m.office_id AND u.id = m.to_unit
      WHERE m.id = ANY($1::uuid[]) ORDER BY m.office_id, m.channel, m.address, m.id`,
    [messages],
  );
  const reminders = await db.query<{ id: number }>(
    `SELECT id FROM cuiban.reminder WHERE message_id = ANY($1::uuid[]) AND state = 'undeliverable' ORDER BY id`,
    [messages],
  );
  await lookAgain(
    db,
    reminders.rows.map(({ id }) => id),
    now,
  );
  const once = [...new Map(rows.map((row) => [`${row.office} ${subjectOf(row)}`, row])).values()];
  await db.query(
    `INSERT INTO cuiban.recipient (office_id, channel, address, refused_at, refused_code)
     SELECT r.office, r.channel, r.address, cuiban.instant($2), r.code
       FROM json_to_recordset($1::json) AS r(office text, channel text, address text, code text)
     ON CONFLICT (office_id, channel, address) DO UPDATE SET refused_at = excluded.refused_at, refused_code = excluded.refused_code`,
    [recordset(once), now],
  );
  const problems = once.map((row) => ({
    office: row.office,
    kind: 'address-refused' as const,
    assignment: null,
    subject: subjectOf(row),
    detail: inWords(row),
  }));
  await openProblems(db, problems, now);
}

function inWords({ id, channel, unit, post, name, code, detail }: RefusedRow): string {
  const what = channel === 'email' ? '邮箱' : '手机号';
  const why = [code, detail].filter((each) => each !== '').join(' ');
  return `${unit}${post}${name}的${what}收不到信，不再使用，改送其他联系方式：请更正通讯录后运行 cuiban confirm；若已能收信，运行 cuiban retry ${id.slice(0, 8)}（${why}）`;
}

function subjectOf({ channel, address }: Pick<Addressee, 'channel' | 'address'>): string {
  return `${channel} ${address}`;
}

/** A person says that these messages' addresses take mail again. Returns the messages whose address was refused. */
export async function trustAddresses(db: Db, messages: readonly string[], now: Instant): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ id: string; office: string }>(
    `WITH trusted AS (
       UPDATE cuiban.recipient r SET refused_at = NULL, refused_code = NULL
         FROM (SELECT DISTINCT office_id, channel, address FROM cuiban.message WHERE id = ANY($1::uuid[])) AS m
        WHERE r.office_id = m.office_id AND r.channel = m.channel AND r.address = m.address AND r.refused_at IS NOT NULL
       RETURNING r.office_id, r.channel, r.address),
     closed AS (
       UPDATE cuiban.problem p SET closed_at = cuiban.instant($2) FROM trusted t
        WHERE p.kind = 'address-refused' AND p.closed_at IS NULL AND p.office_id = t.office_id AND p.subject = t.channel || ' ' || t.address)
     SELECT m.id::text AS id, t.office_id AS office
       FROM cuiban.message m JOIN trusted t ON t.office_id = m.office_id AND t.channel = m.channel AND t.address = m.address
      WHERE m.id = ANY($1::uuid[])`,
    [messages, now],
  );
  for (const office of new Set(rows.map(({ office: id }) => id))) await tellNewcomers(db, office, now);
  return new Set(rows.map(({ id }) => id));
}

/** What nobody has as an address any more is forgotten: should it come back, somebody has seen to it. */
export async function forgetRefused(db: Db, office: string, now: Instant): Promise<void> {
  await db.query(
    `WITH gone AS (
       UPDATE cuiban.recipient r SET refused_at = NULL, refused_code = NULL
        WHERE r.office_id = $1 AND r.refused_at IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM cuiban.contact c WHERE c.office_id = r.office_id AND NOT c.removed
                            AND r.address = CASE r.channel WHEN 'email' THEN c.email ELSE c.mobile END)
       RETURNING r.office_id, r.channel, r.address)
     UPDATE cuiban.problem p SET closed_at = cuiban.instant($2) FROM gone
      WHERE p.kind = 'address-refused' AND p.closed_at IS NULL AND p.office_id = gone.office_id AND p.subject = gone.channel || ' ' || gone.address`,
    [office, now],
  );
}

/** Which of these offices' addresses take nothing, as `office|channel|address`. */
export async function refusedAddresses(db: Db, offices: readonly string[] | null): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ office: string; channel: ChannelName; address: string }>(
    `SELECT office_id AS office, channel, address FROM cuiban.recipient
      WHERE refused_at IS NOT NULL AND ($1::text[] IS NULL OR office_id = ANY($1))`,
    [offices],
  );
  return new Set(rows.map(({ office, channel, address }) => `${office}|${channel}|${address}`));
}

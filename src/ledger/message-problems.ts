// A message that will not arrive, or may not have, becomes a problem of every assignment in it.

import type { ChannelName } from '../domain/delivery.ts';
import type { Problem } from '../domain/reminder.ts';
import type { Instant } from '../domain/time.ts';
import type { Db } from './pool.ts';
import { openProblems } from './record.ts';

interface AffectedRow {
  readonly office: string;
  readonly assignment: string;
  readonly channel: ChannelName;
  readonly post: string;
  readonly name: string;
  readonly code: string;
  readonly detail: string;
}

export async function messageProblems(
  db: Db,
  kind: Extract<Problem['kind'], 'undeliverable' | 'unknown-outcome'>,
  messages: readonly string[],
  now: Instant,
): Promise<void> {
  if (messages.length === 0) return;
  const { rows } = await db.query<AffectedRow>(
    `SELECT DISTINCT m.office_id AS office, r.assignment_id::text AS assignment, m.channel, r.post, r.name, m.code, m.detail
       FROM cuiban.message m JOIN cuiban.reminder r ON r.message_id = m.id AND r.state IN ('planned', 'sent', 'undeliverable')
      WHERE m.id = ANY($1::uuid[]) ORDER BY 1, 2`,
    [messages],
  );
  const problems = rows.map(({ office, assignment, channel, post, name, code, detail }) => {
    const way = channel === 'email' ? '邮件' : '短信';
    const what = kind === 'undeliverable' ? '无法送达' : '是否送达不明，请电话确认';
    const why = [code, detail].filter((each) => each !== '').join(' ');
    return { office, kind, assignment, detail: `致${post}${name}的${way}${what}${why === '' ? '' : `：${why}`}` };
  });
  await openProblems(db, problems, now);
}

/** Trouble of a channel as a whole: one problem for each office and code, however many messages wait for its end. */
export async function channelProblems(db: Db, messages: readonly string[], now: Instant): Promise<void> {
  if (messages.length === 0) return;
  const { rows } = await db.query<{ office: string; channel: ChannelName; code: string; detail: string }>(
    `SELECT DISTINCT ON (office_id, channel, code) office_id AS office, channel, code, detail FROM cuiban.message
      WHERE id = ANY($1::uuid[]) ORDER BY office_id, channel, code, id`,
    [messages],
  );
  const problems = rows.map(({ office, channel, code, detail }) => ({
    office,
    kind: 'channel-down' as const,
    assignment: null,
    subject: `${channel} ${code}`,
    detail: `${channel === 'email' ? '邮件' : '短信'}发不出去，请检查设置和对方服务器；修好后自动补发：${code} ${detail}`,
  }));
  await openProblems(db, problems, now);
}

/** Over as soon as nothing waits for it any more. */
export async function closeChannelProblems(db: Db, now: Instant): Promise<void> {
  await db.query(
    `UPDATE cuiban.problem p SET closed_at = cuiban.instant($1)
      WHERE p.kind = 'channel-down' AND p.closed_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM cuiban.message m
                         WHERE m.office_id = p.office_id AND (m.owed_at IS NOT NULL OR m.lease_until IS NOT NULL) AND m.status <> 'created'
                           AND m.channel || ' ' || m.code = p.subject)`,
    [now],
  );
}

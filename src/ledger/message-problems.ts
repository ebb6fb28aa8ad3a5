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

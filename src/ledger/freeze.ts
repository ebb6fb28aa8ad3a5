// What is about to leave: the last look at the fence, and the body as it goes out.

import type { Frozen } from '../domain/message.ts';
import { LedgerRefusal } from './ledger.ts';
import type { Db } from './pool.ts';

interface Body {
  readonly id: string;
  readonly fence: number;
  readonly frozen: Frozen;
}

/** One statement, so that it needs no transaction around it; the server keeps one for each number of bodies, and chunks are mostly full. */
export async function freeze(db: Db, bodies: readonly Body[]): Promise<ReadonlySet<string>> {
  if (bodies.length === 0) return new Set();
  const values: unknown[] = bodies.flatMap(({ id, fence, frozen: { revision, hash, subject, text, html } }) => [
    id,
    fence,
    revision,
    hash,
    subject,
    text,
    html,
  ]);
  const text = `WITH wanted (id, fence, revision, hash, subject, text, html) AS (VALUES ${placeholders(bodies.length)}),
     ours AS (
       SELECT m.id, m.office_id, b.hash IS NULL OR b.hash = w.hash OR b.revision < w.revision AS kept
         FROM cuiban.message m JOIN wanted w ON w.id = m.id AND w.fence = m.fence
         LEFT JOIN LATERAL (SELECT hash, revision FROM cuiban.body WHERE message_id = m.id LIMIT 1) AS b ON true
        WHERE m.id = ANY($${bodies.length * 7 + 1}::uuid[]) AND m.status = 'sending' AND m.lease_until > cuiban.clock()
        ORDER BY m.id FOR NO KEY UPDATE OF m),
     frozen AS (
       INSERT INTO cuiban.body AS known (message_id, office_id, revision, hash, subject, text, html)
       SELECT w.id, ours.office_id, w.revision, w.hash, w.subject, w.text, w.html FROM wanted w JOIN ours ON ours.id = w.id AND ours.kept
       ON CONFLICT (message_id) DO UPDATE
         SET revision = excluded.revision, hash = excluded.hash, subject = excluded.subject, text = excluded.text, html = excluded.html
       WHERE known.hash <> excluded.hash)
     SELECT id, kept FROM ours`;
  const { rows } = await db.prepared<{ id: string; kept: boolean }>({ name: `cuiban freeze ${bodies.length}`, text }, [
    ...values,
    bodies.map(({ id }) => id),
  ]);
  const changed = rows.filter((row) => !row.kept).map(({ id }) => id);
  if (changed.length > 0) {
    throw new LedgerRefusal(`消息 ${changed.join('、')} 的正文已变，修订号却没有增加：同一 Message-ID 不得有两种正文`);
  }
  return new Set(rows.map(({ id }) => id));
}

/** Bodies are long: as parameters of their own they cost the server no parsing, as JSON they would. */
function placeholders(count: number): string {
  return Array.from({ length: count }, (_, row) => {
    const at = (column: number): string => `$${row * 7 + column}`;
    return `(${at(1)}::uuid, ${at(2)}::int, ${at(3)}::int, ${at(4)}::text, ${at(5)}::text, ${at(6)}::text, ${at(7)}::text)`;
  }).join(', ');
}

export async function handingOver(db: Db, ids: readonly string[]): Promise<void> {
  const { count } = await db.query(
    `UPDATE cuiban.message SET handed_over_at = cuiban.clock()
      WHERE id = ANY($1::uuid[]) AND status = 'sending' AND lease_until > cuiban.clock()`,
    [ids],
  );
  if (count !== ids.length) throw new LedgerRefusal(`${ids.length - count} 条消息已不归本进程发送（租约已过），不得交出`);
}

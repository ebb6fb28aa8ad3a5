// What is in trouble and why, and which messages a person means by an id or a description.

import { canonicalName } from '../domain/directory.ts';
import { LedgerRefusal } from './ledger.ts';
import { nearest } from './nearest.ts';
import type { Chosen, ChosenMessage, Trouble } from './operations.ts';
import type { Db } from './pool.ts';
import { scheduleOf } from './target.ts';

/** Something in the message would still be said: its duty is open and its deadline has not moved since. */
export const stillOpen = `a.status NOT IN ('completed', 'cancelled', 'submitted') AND a.sequence = r.sequence AND r.state IN ('planned', 'undeliverable')`;

const IDS_SHOWN = 3;

export async function trouble(db: Db, limit: number): Promise<readonly Trouble[]> {
  const { rows } = await db.query<Trouble>(
    `SELECT status, channel, code, (array_agg(detail ORDER BY settled_at DESC))[1] AS detail, count(*)::int AS count,
            min(settled_at) AS since, min(owed_at) AS next, (array_agg(id::text ORDER BY settled_at DESC, id))[1:${IDS_SHOWN}] AS ids
       FROM cuiban.message m
      WHERE status IN ('temporary-failure', 'permanent-failure', 'unknown')
        AND EXISTS (SELECT 1 FROM cuiban.reminder r JOIN cuiban.assignment a ON a.id = r.assignment_id
                     WHERE r.message_id = m.id AND ${stillOpen})
      GROUP BY status, channel, code ORDER BY count DESC, since LIMIT $1`,
    [limit],
  );
  return rows;
}

export async function chosen(db: Db, wanted: Chosen): Promise<readonly ChosenMessage[]> {
  if ('ids' in wanted) return describe(db, await Promise.all([...new Set(wanted.ids)].map((id) => wholeId(db, id))));
  const schedule = wanted.schedule === null ? null : await scheduleOf(db, wanted.schedule);
  const units = wanted.unit === null ? null : await unitsNamed(db, wanted.unit);
  const { rows } = await db.query<{ id: string }>(
    `SELECT m.id::text AS id FROM cuiban.message m
      WHERE (m.status = 'permanent-failure' OR m.status = 'unknown' AND m.owed_at IS NULL)
        AND ($1::text IS NULL OR m.code = $1)
        AND ($2::text[] IS NULL OR m.office_id || ' ' || m.to_unit = ANY($2))
        AND EXISTS (SELECT 1 FROM cuiban.reminder r JOIN cuiban.assignment a ON a.id = r.assignment_id JOIN cuiban.task t ON t.id = a.task_id
                     WHERE r.message_id = m.id AND ${stillOpen} AND ($3::text IS NULL OR (t.office_id = $3 AND t.schedule = $4)))
      ORDER BY m.settled_at, m.id`,
    [wanted.reason, units, schedule?.office ?? null, schedule?.name ?? null],
  );
  return describe(
    db,
    rows.map(({ id }) => id),
  );
}

async function describe(db: Db, ids: readonly string[]): Promise<readonly ChosenMessage[]> {
  const { rows } = await db.query<ChosenMessage>(
    `SELECT m.id::text AS id, m.office_id AS office, m.channel, m.status, coalesce(u.name, m.to_unit) AS "unitName", m.to_post AS post, m.code, m.detail,
            coalesce((SELECT array_agg(DISTINCT t.ref) FROM cuiban.reminder r JOIN cuiban.assignment a ON a.id = r.assignment_id
                        JOIN cuiban.task t ON t.id = a.task_id WHERE r.message_id = m.id AND ${stillOpen}), '{}') AS refs
       FROM cuiban.message m LEFT JOIN cuiban.unit u ON u.office_id = m.office_id AND u.id = m.to_unit
      WHERE m.id = ANY($1::uuid[]) ORDER BY m.settled_at NULLS LAST, m.id`,
    [ids],
  );
  return rows;
}

/** The range of ids that begin so is a range of the primary key. */
async function wholeId(db: Db, given: string): Promise<string> {
  const digits = given.toLowerCase().replaceAll('-', '');
  if (!/^[0-9a-f]{8,32}$/u.test(digits))
    throw new LedgerRefusal(`“${given}”不是消息编号：应为 cuiban status 列出的编号，或其前 8 位以上`);
  const { rows } = await db.query<{ id: string }>(
    'SELECT id::text AS id FROM cuiban.message WHERE id BETWEEN $1::uuid AND $2::uuid ORDER BY id LIMIT 2',
    [digits.padEnd(32, '0'), digits.padEnd(32, 'f')],
  );
  const [only, more] = rows;
  if (only === undefined) throw new LedgerRefusal(`没有编号为 ${given} 的消息；编号见 cuiban status`);
  if (more !== undefined) throw new LedgerRefusal(`不止一条消息的编号以 ${given} 开头，请写全`);
  return only.id;
}

/** `office id` pairs. */
async function unitsNamed(db: Db, wanted: string): Promise<readonly string[]> {
  const { rows } = await db.query<{ office: string; id: string; names: readonly string[] }>(
    `SELECT u.office_id AS office, u.id, array_append(ARRAY(SELECT a.alias FROM cuiban.unit_alias a
              WHERE a.office_id = u.office_id AND a.unit_id = u.id), u.name) AS names FROM cuiban.unit u`,
  );
  const name = canonicalName(wanted);
  const found = rows.filter(({ id, names }) => id === wanted || names.some((each) => canonicalName(each) === name));
  if (found.length > 0) return found.map(({ office, id }) => `${office} ${id}`);
  const names = rows.flatMap((each) => each.names);
  throw new LedgerRefusal(`没有单位“${wanted}”。最接近的是：${nearest(wanted, names).join('、')}`);
}

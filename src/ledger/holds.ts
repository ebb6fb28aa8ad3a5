// Holds in the ledger: who stopped sending, when and why, and who let it go on.

import { type Hold, HOLD_WORDS, type Holding, type Releasing } from './hold.ts';
import { LedgerRefusal } from './ledger.ts';
import type { Db } from './pool.ts';
import { openProblems } from './record.ts';

export async function hold(db: Db, { office, reason, detail, by, at }: Holding): Promise<void> {
  // Waits for the claims under way; every later one sees what is committed here.
  await db.query('SELECT cuiban.stop_claims()');
  const offices = await db.query<{ id: string }>('SELECT id FROM cuiban.office WHERE $1::text IS NULL OR id = $1 ORDER BY id', [
    office,
  ]);
  if (office !== null && offices.rows.length === 0) throw new LedgerRefusal(`台账里没有办公室 ${office}`);
  const { rows } = await db.query<{ id: string }>(
    `INSERT INTO cuiban.hold AS open (office_id, reason, detail, opened_at, opened_by) VALUES ($1, $2, $3, cuiban.instant($4), $5)
     ON CONFLICT (office_id, reason) WHERE released_at IS NULL DO UPDATE SET detail = excluded.detail
     RETURNING id::text AS id`,
    [office, reason, detail, at, by],
  );
  const problems = offices.rows.map(({ id }) => ({
    office: id,
    kind: 'held' as const,
    assignment: null,
    subject: `hold ${rows[0]?.id ?? ''}`,
    detail: `已暂停发送（${HOLD_WORDS[reason]}，${by}）：${detail}；恢复发送：cuiban release${office === null ? '' : ` --office ${office}`}`,
  }));
  await openProblems(db, problems, at);
}

export async function release(db: Db, { office, reason, by, at, note = null }: Releasing): Promise<number> {
  const { rows } = await db.query<{ id: string }>(
    `UPDATE cuiban.hold SET released_at = cuiban.instant($4), released_by = $3, release_note = $5
      WHERE released_at IS NULL AND office_id IS NOT DISTINCT FROM $1 AND ($2::text IS NULL OR reason = $2)
     RETURNING id::text AS id`,
    [office, reason, by, at, note],
  );
  await db.query(
    `UPDATE cuiban.problem SET closed_at = cuiban.instant($2)
      WHERE kind = 'held' AND closed_at IS NULL AND subject = ANY($1::text[])`,
    [rows.map(({ id }) => `hold ${id}`), at],
  );
  return rows.length;
}

export async function holds(db: Db): Promise<readonly Hold[]> {
  const { rows } = await db.query<Hold>(
    `SELECT id::text AS id, office_id AS office, reason, detail, opened_at AS "openedAt", opened_by AS "openedBy"
       FROM cuiban.hold WHERE released_at IS NULL ORDER BY opened_at, id`,
  );
  return rows;
}

// A calendar or a ladder that changed moves dates that were looked up before: open work is then looked at again.

import type { Instant } from '../domain/time.ts';
import type { Pool } from './pool.ts';

/** Returns how many assignments are due for a look because what they were planned by is not what is in force now. */
export async function follow(pool: Pool, version: string, now: Instant): Promise<number> {
  const name = `configuration ${version}`;
  const { rows } = await pool.query<{ known: boolean }>('SELECT EXISTS (SELECT 1 FROM cuiban.pulse WHERE name = $1) AS known', [
    name,
  ]);
  if (rows[0]?.known === true) return 0;
  return pool.transaction(async (db) => {
    await db.query(`DELETE FROM cuiban.pulse WHERE name LIKE 'configuration %' AND name <> $1`, [name]);
    const { count: noted } = await db.query(
      'INSERT INTO cuiban.pulse (name, at) VALUES ($1, cuiban.instant($2)) ON CONFLICT DO NOTHING',
      [name, now],
    );
    if (noted === 0) return 0;
    const { count } = await db.query(
      `WITH open AS (
         SELECT id FROM cuiban.assignment WHERE status NOT IN ('completed', 'cancelled') ORDER BY id FOR NO KEY UPDATE)
       UPDATE cuiban.assignment a SET next_at = least(a.next_at, cuiban.instant($1)) FROM open WHERE a.id = open.id`,
      [now],
    );
    return count;
  });
}

// How the tables that change most keep: their size, the dead rows in them, and when they were last vacuumed.

import type { TableState } from './flow.ts';
import type { Db } from './pool.ts';

/** Those of the ledger, and of the queue where it lives in the same database; the largest first. Counts are the server's own estimates. */
export async function tables(db: Db): Promise<readonly TableState[]> {
  const { rows } = await db.query<TableState>(
    `SELECT s.schemaname || '.' || s.relname AS name, pg_total_relation_size(s.relid)::float8 AS bytes, s.n_live_tup::float8 AS live,
            s.n_dead_tup::float8 AS dead, s.n_tup_upd::float8 AS updated, s.n_tup_hot_upd::float8 AS "updatedInPlace",
            greatest(s.last_vacuum, s.last_autovacuum) AS "vacuumedAt", greatest(s.last_analyze, s.last_autoanalyze) AS "analyzedAt"
       FROM pg_stat_user_tables s
      WHERE s.schemaname = 'cuiban'
         OR EXISTS (SELECT 1 FROM pg_class c WHERE c.relnamespace = s.schemaname::regnamespace AND c.relname = 'scheduler_next_idx')
      ORDER BY bytes DESC, name`,
  );
  return rows;
}

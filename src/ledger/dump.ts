// A backup of the whole ledger as of one moment, while everything runs: one snapshot, every table by COPY, nothing kept in memory.

import pg from 'pg';

import type { Instant } from '../domain/time.ts';
import { type BackupHead, FORMAT, jsonLine, Sum, TABLE_END, type TableSum } from './backup-format.ts';
import { copyOut } from './copy.ts';
import type { Db } from './pool.ts';

/** What belongs to the processes that run now, and what a migration fills: a restored ledger has its own. */
export const TRANSIENT: readonly string[] = ['connection_slot', 'console_session', 'gate', 'process', 'provider'];

/** The uncompressed backup, block by block. The snapshot ends when the last was read or reading was given up. */
export async function* dump(url: string, takenAt: Instant): AsyncGenerator<Buffer> {
  const client = new pg.Client({ connectionString: url, application_name: 'cuiban-backup', keepAlive: true });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('SET statement_timeout = 0');
    await client.query('SET timezone = UTC');
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const tables = await tablesOf(client);
    const { rows: migrations } = await client.query<{ name: string }>('SELECT name FROM cuiban.kysely_migration ORDER BY name');
    yield jsonLine({ cuiban: 'backup', format: FORMAT, takenAt, migrations: migrations.map(({ name }) => name), tables });
    const sums: TableSum[] = [];
    for (const { name, columns } of tables) {
      const sum = new Sum(name);
      for await (const block of copyOut(client, `COPY cuiban.${name} (${columns.map(quoted).join(', ')}) TO STDOUT`)) {
        sum.add(block);
        yield block;
      }
      yield TABLE_END;
      sums.push(sum.result());
    }
    // Sequences know no snapshots: read last, they are beyond every id in it.
    yield jsonLine({ tables: sums, sequences: await sequencesOf(client) });
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

/** The server counts rows written, and forgets when it crashes: that looks like a change. Signs of life are none. */
export async function changes(db: Db): Promise<string> {
  const { rows } = await db.query<{ vector: string | null }>(
    `SELECT string_agg(relname || ' ' || n_tup_ins || ' ' || n_tup_upd || ' ' || n_tup_del, ',' ORDER BY relname) AS vector
       FROM pg_stat_user_tables WHERE schemaname = 'cuiban' AND relname <> ALL($1::text[])`,
    [[...TRANSIENT, 'pulse']],
  );
  return rows[0]?.vector ?? '';
}

export function quoted(name: string): string {
  return pg.escapeIdentifier(name);
}

/** In an order in which whatever is referred to is there already. */
async function tablesOf(client: pg.Client): Promise<BackupHead['tables']> {
  const { rows } = await client.query<{ name: string; columns: string[]; needs: string[] }>(
    `SELECT c.relname AS name,
            array_agg(a.attname::text ORDER BY a.attnum) AS columns,
            ARRAY(SELECT DISTINCT f.confrelid::regclass::text FROM pg_constraint f
                   WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid <> c.oid) AS needs
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      WHERE c.relnamespace = 'cuiban'::regnamespace AND c.relkind = 'r' AND c.relname !~ '^kysely' AND c.relname <> ALL($1::text[])
      GROUP BY c.oid, c.relname ORDER BY c.relname`,
    [TRANSIENT],
  );
  const waiting = new Map(rows.map((row) => [row.name, row]));
  const ordered: { name: string; columns: string[] }[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting.values()].filter(({ needs }) => !needs.some((need) => waiting.has(need.replace(/^cuiban\./u, ''))));
    if (ready.length === 0) throw new Error(`tables refer to each other in a circle: ${[...waiting.keys()].join(', ')}`);
    for (const { name, columns } of ready) {
      ordered.push({ name, columns });
      waiting.delete(name);
    }
  }
  return ordered;
}

async function sequencesOf(client: pg.Client): Promise<{ table: string; column: string; last: number }[]> {
  const { rows } = await client.query<{ table: string; column: string; last: string }>(
    `SELECT c.relname AS "table", a.attname AS "column", s.last_value::text AS last
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attidentity <> ''
       JOIN pg_sequences s ON s.schemaname = 'cuiban'
                          AND format('%I.%I', s.schemaname, s.sequencename) = pg_get_serial_sequence(format('cuiban.%I', c.relname), a.attname)
      WHERE c.relnamespace = 'cuiban'::regnamespace AND s.last_value IS NOT NULL ORDER BY 1, 2`,
  );
  return rows.map(({ table, column, last }) => ({ table, column, last: Number(last) }));
}

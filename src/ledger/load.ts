// A backup becomes a ledger: only where none is, all of it or nothing, and held until a person lets it send.

import pg from 'pg';

import type { Instant } from '../domain/time.ts';
import { BackupReader, type BackupHead, type BackupTail, Sum, type TableSum } from './backup-format.ts';
import { copyIn } from './copy.ts';
import { quoted, TRANSIENT } from './dump.ts';
import { hold } from './holds.ts';
import { LedgerRefusal } from './ledger.ts';
import { knownMigrations, migrate } from './migrate.ts';
import { onClient } from './pool.ts';
import type { Restored } from './recovery.ts';

/** @throws LedgerRefusal when a ledger is there already, processes still work on it, or the file is not whole */
export async function load(url: string, blocks: AsyncIterable<Buffer>, by: string, at: Instant): Promise<Restored> {
  const reader = new BackupReader(blocks);
  const head = await reader.head();
  const known = await knownMigrations();
  const unknown = head.migrations.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new LedgerRefusal(`备份来自更新的版本（${unknown.join('、')}），请用那个版本恢复`);
  const client = new pg.Client({ connectionString: url, application_name: 'cuiban-restore', keepAlive: true });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await mustBeEmpty(client);
    // Without rows it is nobody's, whatever version made it.
    await client.query('DROP SCHEMA IF EXISTS cuiban CASCADE');
    await migrate(url, head.migrations.at(-1));
    const rows = await fill(client, reader, head, by, at);
    await migrate(url);
    return { takenAt: head.takenAt, rows, waiting: await waitingNow(client, at) };
  } finally {
    await client.end();
  }
}

async function mustBeEmpty(client: pg.Client): Promise<void> {
  const { rows: others } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'cuiban-ledger' AND pid <> pg_backend_pid()`,
  );
  if ((others[0]?.count ?? 0) > 0) throw new LedgerRefusal('还有进程连着这本台账；请先停下所有 cuiban 进程再恢复');
  const { rows: tables } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = to_regnamespace('cuiban') AND relkind = 'r'
        AND relname !~ '^kysely' AND relname <> ALL($1::text[]) AND relname <> 'pulse'`,
    [TRANSIENT],
  );
  for (const { name } of tables) {
    const { rows } = await client.query<{ any: boolean }>(`SELECT EXISTS (SELECT 1 FROM cuiban.${quoted(name)}) AS any`);
    if (rows[0]?.any === true)
      throw new LedgerRefusal('这里已经有一本台账；只能恢复到空的库里（换一个 CUIBAN_DATA 或 DATABASE_URL）');
  }
}

async function fill(client: pg.Client, reader: BackupReader, head: BackupHead, by: string, at: Instant): Promise<number> {
  await client.query('SET statement_timeout = 0');
  await client.query('SET timezone = UTC');
  await client.query('BEGIN');
  try {
    const sums: TableSum[] = [];
    // Rows may come before those they belong to: that is asked when all are here.
    for (const { name } of head.tables) await client.query(`ALTER TABLE cuiban.${quoted(name)} DISABLE TRIGGER USER`);
    for (const { name, columns } of head.tables) {
      const sum = new Sum(name);
      const text = `COPY cuiban.${quoted(name)} (${columns.map(quoted).join(', ')}) FROM STDIN`;
      await copyIn(client, text, summed(reader.table(), sum));
      sums.push(sum.result());
    }
    const tail = await reader.tail();
    await verify(client, tail, sums);
    for (const { name } of head.tables) await client.query(`ALTER TABLE cuiban.${quoted(name)} ENABLE TRIGGER USER`);
    for (const { table, column, last } of tail.sequences) {
      await client.query('SELECT setval(pg_get_serial_sequence($1, $2), $3)', [`cuiban.${quoted(table)}`, column, last]);
    }
    // No queue has them now.
    await client.query('UPDATE cuiban.message SET queued_at = NULL WHERE queued_at IS NOT NULL');
    const taken = new Date(head.takenAt).toISOString();
    const db = onClient(client);
    await hold(db, {
      office: null,
      reason: 'restored',
      detail: `台账由 ${taken} 的备份恢复，此后发出的可能重发；核对后再恢复发送`,
      by,
      at,
    });
    await db.query(
      `INSERT INTO cuiban.pulse (name, at) VALUES ('restored', cuiban.instant($1)) ON CONFLICT (name) DO UPDATE SET at = excluded.at`,
      [head.takenAt],
    );
    await client.query('COMMIT');
    return sums.reduce((sum, { rows }) => sum + rows, 0);
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function* summed(blocks: AsyncIterable<Buffer>, sum: Sum): AsyncGenerator<Buffer> {
  for await (const block of blocks) {
    sum.add(block);
    yield block;
  }
}

/** What was read is what was written, and what was written has arrived. */
async function verify(client: pg.Client, tail: BackupTail, sums: readonly TableSum[]): Promise<void> {
  for (const expected of tail.tables) {
    const read = sums.find(({ name }) => name === expected.name);
    const { rows } = await client.query<{ count: number }>(`SELECT count(*)::int AS count FROM cuiban.${quoted(expected.name)}`);
    if (read?.sha256 !== expected.sha256 || read.rows !== expected.rows || rows[0]?.count !== expected.rows) {
      throw new LedgerRefusal(`备份文件已损坏：表 ${expected.name} 的行数或校验和不符；什么也没有恢复`);
    }
  }
  for (const [child, key, parent] of BELONGING) {
    const { rows } = await client.query<{ any: boolean }>(
      `SELECT EXISTS (SELECT FROM cuiban.${child} c WHERE NOT EXISTS (SELECT FROM cuiban.${parent} p WHERE p.id = c.${key})) AS any`,
    );
    if (rows[0]?.any === true)
      throw new LedgerRefusal(`备份文件已损坏：表 ${child} 中有的行在表 ${parent} 中没有所属；什么也没有恢复`);
  }
}

/** What triggers ask of each row that comes in (migration 0025); foreign keys ask by themselves. */
const BELONGING = [
  ['message', 'office_id', 'office'],
  ['reminder', 'assignment_id', 'assignment'],
  ['reminder', 'message_id', 'message'],
  ['suppression', 'assignment_id', 'assignment'],
  ['attempt', 'message_id', 'message'],
  ['body', 'message_id', 'message'],
] as const;

/** What this ledger would send now, so may have been sent before. */
async function waitingNow(client: pg.Client, at: Instant): Promise<Restored['waiting']> {
  const { rows } = await client.query<{ messages: number; looks: number }>(
    `SELECT (SELECT count(*)::int FROM cuiban.message WHERE owed_at <= cuiban.instant($1) OR status = 'sending') AS messages,
            (SELECT count(*)::int FROM cuiban.assignment WHERE next_at <= cuiban.instant($1)) AS looks`,
    [at],
  );
  return rows[0] ?? { messages: 0, looks: 0 };
}

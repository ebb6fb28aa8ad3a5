// Numbered, forward-only SQL files, applied in order by Kysely's migrator under an advisory lock.

import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { Kysely, type Migration, type MigrationProvider, type MigrationResultSet, Migrator, PostgresDialect, sql } from 'kysely';
import pg from 'pg';

import { LedgerOutdated } from './ledger.ts';
import { type Db, sqlState } from './pool.ts';

const folder = new URL('./migrations/', import.meta.url);
/** 催办 as code points: names this lock among all users of the server. */
const migrationLock = 0x50ac_529e;
/** How long a migration waits for a lock, with everybody else waiting behind it, and how often it tries. */
const LOCK_PATIENCE = '2s';
const TRIES = 60;
/** lock_not_available */
const LOCKED = '55P03';

async function files(): Promise<readonly string[]> {
  return (await readdir(fileURLToPath(folder))).filter((file) => file.endsWith('.sql')).toSorted();
}

/** Which ledger this code is for: the number of its newest migration. */
export async function codeVersion(): Promise<number> {
  return Number.parseInt((await files()).at(-1) ?? '0', 10);
}

class SqlFiles implements MigrationProvider {
  async getMigrations(): Promise<Record<string, Migration>> {
    const migrations: Record<string, Migration> = {};
    for (const file of await files()) {
      const text = await readFile(new URL(file, folder), 'utf8');
      migrations[file.replace(/\.sql$/u, '')] = { up: async (db) => void (await sql.raw(text).execute(db)) };
    }
    return migrations;
  }
}

/** Of this code, oldest first. */
export async function knownMigrations(): Promise<readonly string[]> {
  return (await files()).map((file) => file.replace(/\.sql$/u, ''));
}

/**
 * Brings the ledger to this code's version, or to the migration named `upTo`. Works beside processes that are at work: each migration
 * is a transaction of its own that waits briefly for its locks and tries again, so that nobody waits long behind it.
 * Returns the names of the migrations this call applied; none where the ledger is newer, and older code may still work with it.
 * @throws LedgerOutdated where it may not
 */
export async function migrate(url: string, upTo?: string): Promise<readonly string[]> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 2,
    application_name: 'cuiban-migrate',
    options: `-c lock_timeout=${LOCK_PATIENCE}`,
  });
  pool.on('error', () => undefined);
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  const holder = await pool.connect();
  try {
    // Kysely's own lock does not cover the making of its tables.
    await holder.query('SET lock_timeout = 0');
    await holder.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    const applied = await appliedTo(holder);
    if (await isNewer(holder, applied)) return [];
    const migrator = new Migrator({
      db,
      provider: new SqlFiles(),
      migrationTableSchema: 'cuiban',
      allowUnorderedMigrations: true,
    });
    // A new ledger is nobody's yet: all at once. Else one by one.
    if (applied.length === 0) {
      return done(await (upTo === undefined ? migrator.migrateToLatest() : migrator.migrateTo(upTo)));
    }
    const names: string[] = [];
    for (let tries = 1; ;) {
      const result = await migrator.migrateUp();
      if (sqlState(result.error) === LOCKED && tries < TRIES) {
        tries += 1;
        // What waited behind us goes first.
        await holder.query('SELECT pg_sleep(0.5)');
        continue;
      }
      const more = done(result);
      if (more.length === 0) return names;
      names.push(...more);
    }
  } finally {
    await holder.query('SELECT pg_advisory_unlock($1)', [migrationLock]).catch(() => undefined);
    holder.release(true);
    await db.destroy();
  }
}

function done({ error, results }: MigrationResultSet): readonly string[] {
  if (error !== undefined) throw error instanceof Error ? error : new Error('a migration failed', { cause: error });
  return (results ?? []).filter((each) => each.status === 'Success').map((each) => each.migrationName);
}

async function appliedTo(client: pg.ClientBase): Promise<readonly string[]> {
  const { rows: made } = await client.query<{ made: boolean }>(
    `SELECT to_regclass('cuiban.kysely_migration') IS NOT NULL AS made`,
  );
  if (made[0]?.made !== true) return [];
  const { rows } = await client.query<{ name: string }>('SELECT name FROM cuiban.kysely_migration ORDER BY name');
  return rows.map(({ name }) => name);
}

/** Whether newer code has been here. @throws LedgerOutdated where it left nothing that this code may work with */
async function isNewer(client: pg.ClientBase, applied: readonly string[]): Promise<boolean> {
  const known = await knownMigrations();
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length === 0) return false;
  const { rows } = await client.query<{ minimum: number }>('SELECT minimum FROM cuiban.gate');
  const minimum = rows[0]?.minimum ?? 0;
  const version = await codeVersion();
  const lacking = known.filter((name) => !applied.includes(name));
  if (version >= minimum && lacking.length === 0) return true;
  throw new LedgerOutdated(
    `台账已由更新的版本升级（${unknown.join('、')}），本程序（台账版本 ${version}）不能再用它；请换用新版本的 cuiban`,
  );
}

/** Names of migrations that are brought along and have not been applied to this database. A newer database has them all. */
export async function pending(db: Db): Promise<readonly string[]> {
  const { rows } = await db.query<{ name: string }>('SELECT name FROM cuiban.kysely_migration');
  const applied = new Set(rows.map(({ name }) => name));
  return Object.keys(await new SqlFiles().getMigrations()).filter((name) => !applied.has(name));
}

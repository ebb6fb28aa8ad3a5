// Numbered, forward-only SQL files, applied in order by Kysely's migrator under an advisory lock.

import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { Kysely, type Migration, type MigrationProvider, Migrator, PostgresDialect, sql } from 'kysely';
import pg from 'pg';

import type { Db } from './pool.ts';

const folder = new URL('./migrations/', import.meta.url);
/** 催办 as code points: names this lock among all users of the server. */
const migrationLock = 0x50ac_529e;

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

/** Returns the names of the migrations this call applied. */
export async function migrate(url: string): Promise<readonly string[]> {
  const pool = new pg.Pool({ connectionString: url, max: 2, application_name: 'cuiban-migrate' });
  pool.on('error', () => undefined);
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  const holder = await pool.connect();
  try {
    // Kysely's own lock does not cover the making of its tables.
    await holder.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    const migrator = new Migrator({ db, provider: new SqlFiles(), migrationTableSchema: 'cuiban' });
    const { error, results } = await migrator.migrateToLatest();
    if (error !== undefined) throw error instanceof Error ? error : new Error('a migration failed', { cause: error });
    return (results ?? []).filter((each) => each.status === 'Success').map((each) => each.migrationName);
  } finally {
    await holder.query('SELECT pg_advisory_unlock($1)', [migrationLock]).catch(() => undefined);
    holder.release(true);
    await db.destroy();
  }
}

/** Names of migrations that are brought along and have not been applied to this database. A newer database has them all. */
export async function pending(db: Db): Promise<readonly string[]> {
  const { rows } = await db.query<{ name: string }>('SELECT name FROM cuiban.kysely_migration');
  const applied = new Set(rows.map(({ name }) => name));
  return Object.keys(await new SqlFiles().getMigrations()).filter((name) => !applied.has(name));
}

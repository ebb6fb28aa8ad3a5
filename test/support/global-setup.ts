/**
 * One real PostgreSQL for the whole test run, in a folder that goes away with it, and on it one migrated ledger to copy. It does not
 * wait for the disk: what a crash of a server leaves is the matter of tests that have a server of their own.
 */
import { rm } from 'node:fs/promises';
import type { TestProject } from 'vitest/node';
import pg from 'pg';
import { migrate } from '../../src/ledger/migrate.ts';
import { openEmbeddedPostgres } from '../../src/postgres.ts';
import { scratch } from './scratch.ts';

const MIGRATED = 'cuiban_migrated';

declare module 'vitest' {
  interface ProvidedContext {
    /** The administrator's address of the run's PostgreSQL. */
    readonly postgresUrl: string;
    /** A database there with all migrations and no rows, that nobody uses. */
    readonly migrated: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await scratch('cuiban-test-');
  const server = await openEmbeddedPostgres({ dataDir, report: (line) => console.warn(line) });
  const client = new pg.Client({ connectionString: server.url('postgres') });
  await client.connect();
  for (const setting of ['fsync', 'full_page_writes']) await client.query(`ALTER SYSTEM SET ${setting} = off`);
  await client.query('SELECT pg_reload_conf()');
  await client.end();
  await server.ensureDatabase(MIGRATED);
  await migrate(server.url(MIGRATED));
  project.provide('postgresUrl', server.url('postgres'));
  project.provide('migrated', MIGRATED);
  return async () => {
    await server.release();
    await rm(dataDir, { recursive: true, force: true });
  };
}

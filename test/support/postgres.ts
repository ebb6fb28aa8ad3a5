/** A database of one's own on the run's PostgreSQL (global-setup.ts). */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import './global-setup.ts';

export interface TestDatabase {
  readonly url: string;
  /** Runs one statement as the administrator, in this database. */
  query(text: string, values?: unknown[]): Promise<pg.QueryResult<Record<string, unknown>>>;
  /** Runs one statement in a transaction that stays open, with its locks, until `end`. */
  hold(text: string): Promise<{ end(): Promise<void> }>;
  /** Cuts every other connection to this database, as a restart of the server would. */
  cutConnections(): Promise<void>;
  /** Lets nobody in until `reopen`: connections are refused with an error of the server. */
  shut(): Promise<void>;
  reopen(): Promise<void>;
  drop(): Promise<void>;
}

/** `name` is a hint for whoever looks at the server; each call makes a new database: a ledger without rows, or one that is to be migrated yet. */
export async function testDatabase(name: string, ledger: 'migrated' | 'none' = 'migrated'): Promise<TestDatabase> {
  const admin = inject('postgresUrl');
  const database = `${name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, 40)}_${randomBytes(4).toString('hex')}`;
  const address = new URL(admin);
  address.pathname = `/${database}`;
  const template = ledger === 'migrated' ? inject('migrated') : 'template0';
  await statement(admin, `CREATE DATABASE "${database}" TEMPLATE "${template}"`);
  const cutConnections = async (): Promise<void> => {
    await statement(admin, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [database]);
  };
  return {
    url: address.href,
    query: (text, values) => statement(address.href, text, values),
    hold: async (text) => {
      const client = new pg.Client({ connectionString: address.href });
      client.on('error', () => undefined);
      await client.connect();
      await client.query('BEGIN');
      await client.query(text);
      return { end: () => client.end() };
    },
    cutConnections,
    shut: async () => {
      await statement(admin, `ALTER DATABASE "${database}" ALLOW_CONNECTIONS false`);
      await cutConnections();
    },
    reopen: async () => {
      await statement(admin, `ALTER DATABASE "${database}" ALLOW_CONNECTIONS true`);
    },
    drop: async () => {
      await statement(admin, `DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
    },
  };
}

async function statement(url: string, text: string, values?: unknown[]): Promise<pg.QueryResult<Record<string, unknown>>> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await client.query(text, values);
  } finally {
    await client.end();
  }
}

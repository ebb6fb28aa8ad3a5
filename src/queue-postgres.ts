/** The queue in a PostgreSQL schema: one pool for queries and for the LISTEN of each worker. */
import { Socket } from 'node:net';
import { createPostgresBackend, runMigrations } from 'bullmq';
import type { PgPool } from 'bullmq';
import pg from 'pg';
import type { Backend } from './queue-backend.ts';
import { reason } from './queue-faults.ts';

/** How long the server may take to answer at start before we refuse to run without it. */
const START_MS = 10_000;
/** Connections for queries, beside the one each worker keeps for LISTEN. */
const QUERY_CONNECTIONS = 8;

/** An address without its password, for logs and errors. */
function shown(url: string): string {
  if (!URL.canParse(url)) return '(an address that is no URL)';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

export async function openPostgres(
  url: string,
  prefix: string,
  workers: number,
  report: (error: Error) => void,
): Promise<Backend> {
  // BullMQ remembers a first connection that failed for ever, so what may fail is done here, before it sees the pool.
  const migrator = new pg.Client({ connectionString: url, connectionTimeoutMillis: START_MS });
  migrator.on('error', report);
  try {
    await migrator.connect();
    await runMigrations(migrator, prefix);
  } catch (error) {
    throw new Error(`the queue's PostgreSQL at ${shown(url)} cannot be used: ${reason(error)}`, {
      cause: error,
    });
  } finally {
    await migrator.end().catch(() => undefined);
  }
  const sockets = new Set<Socket>();
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'cuiban-queue',
    max: workers + QUERY_CONNECTIONS,
    connectionTimeoutMillis: 5_000,
    // A query that gets no answer on a dead line must not stop a worker for ever.
    query_timeout: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // BullMQ's statements name no schema. `options=-c search_path` would lose to an `options` in the URL, and poolers refuse it.
    // The queue is rebuilt from the ledger, so it need not wait for the disk: a crash may lose its last second, never its order.
    onConnect: (client) => client.query(`SET search_path TO "${prefix}"; SET synchronous_commit TO off`),
    stream: () => {
      const socket = new Socket();
      sockets.add(socket);
      return socket.once('close', () => sockets.delete(socket));
    },
  });
  // Each of BullMQ's objects listens for errors on the shared pool.
  pool.setMaxListeners(0);
  pool.on('error', report);
  return {
    options: { connection: pool, prefix },
    // BullMQ describes node-postgres by a type of its own, which its own kind of overloads keeps pg.Pool from matching.
    factory: (name, options, use) => createPostgresBackend(name, { ...options, connection: pool as unknown as PgPool }, use),
    close: () => pool.end(),
    sever: () => {
      if (!pool.ending) pool.end().catch(report);
      for (const socket of sockets) socket.destroy();
    },
  };
}

/**
 * Where the queue keeps its jobs: a PostgreSQL schema or a Redis (Valkey) server. This file opens the connections, checks the
 * server, and can cut them at once. What is done with them is in queue.ts; nobody else imports this file.
 */
import { Socket } from 'node:net';
import { createPostgresBackend, createRedisBackend, runMigrations } from 'bullmq';
import type { BackendFactory, IQueueBackend, PgPool } from 'bullmq';
import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import pg from 'pg';

export type BackendAddress =
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'redis'; readonly url: string };

export interface Backend {
  /** What every BullMQ object of this queue is built with. */
  readonly options: { readonly connection: unknown; readonly prefix: string };
  readonly factory: BackendFactory<IQueueBackend, unknown>;
  /** Closes politely; the objects that used it are closed already. */
  close(): Promise<void>;
  /** Cuts every connection now, whatever is under way on it. */
  sever(): void;
}

/** How long a server may take to answer at start before we refuse to run without it. */
const START_MS = 10_000;
/** Connections for queries, beside the one each worker keeps for LISTEN. */
const QUERY_CONNECTIONS = 8;

/** An address without its password, for logs and errors. */
function shown(url: string): string {
  if (!URL.canParse(url)) return '(an address that is no URL)';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

export async function openBackend(
  address: BackendAddress,
  prefix: string,
  workers: number,
  report: (error: Error) => void,
): Promise<Backend> {
  const open = address.kind === 'postgres' ? openPostgres : openRedis;
  return open(address.url, prefix, workers, report);
}

async function openPostgres(url: string, prefix: string, workers: number, report: (error: Error) => void): Promise<Backend> {
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

/** A client whose copies (BullMQ makes one per worker, to block on) can be cut with it. */
class RedisFamily extends Redis {
  readonly copies = new Set<Redis>();

  override duplicate(override?: Partial<RedisOptions>): Redis {
    const copy = super.duplicate(override);
    this.copies.add(copy);
    return copy.once('end', () => this.copies.delete(copy));
  }
}

async function openRedis(url: string, prefix: string, _workers: number, report: (error: Error) => void): Promise<Backend> {
  const client = new RedisFamily(url, {
    connectionName: 'cuiban-queue',
    // Commands wait for the server to come back; whoever cannot wait has a time limit of his own (queue.ts).
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
    // After a failover the old primary answers READONLY: connect again and repeat the command.
    reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 2 : false),
    // Longer than the longest block of a worker (10 s): no answer for this long means a dead line.
    socketTimeout: 20_000,
  });
  const sever = (): void => {
    for (const one of [client, ...client.copies]) one.disconnect();
  };
  let timer: NodeJS.Timeout | undefined;
  const away = new Promise<never>((_resolve, reject) => {
    client.once('error', reject);
    timer = setTimeout(() => reject(new Error(`no answer within ${START_MS / 1000} s`)), START_MS);
  });
  try {
    const refusal = refuseRedis(await Promise.race([client.info(), away]));
    if (refusal) throw new Error(refusal);
  } catch (error) {
    sever();
    throw new Error(`the queue's Redis at ${shown(url)} cannot be used: ${reason(error)}`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
    client.on('error', report);
  }
  return {
    options: { connection: client, prefix },
    factory: (name, options, use) => createRedisBackend(name, { ...options, connection: client }, use),
    close: async () => {
      await client.quit();
    },
    sever,
  };
}

/** Why this server cannot carry the queue, from its own INFO; nothing if it can. */
function refuseRedis(info: string): string | undefined {
  const field = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const version = field('redis_version') ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  // Valkey and other descendants state the Redis version they are compatible with.
  if (!(major > 6 || (major === 6 && minor >= 2))) {
    return `version 6.2 or later is needed, this is ${version || 'of unknown version'}`;
  }
  const policy = field('maxmemory_policy');
  if (policy !== 'noeviction') {
    return (
      `maxmemory-policy is "${policy ?? 'unknown'}"; it must be "noeviction", or Redis may throw queued jobs away. ` +
      `Set "maxmemory-policy noeviction" in redis.conf, or run: redis-cli CONFIG SET maxmemory-policy noeviction`
    );
  }
  return undefined;
}

/** A refused connection to a name with two addresses arrives as an AggregateError without a message. */
export function reason(error: unknown): string {
  if (error instanceof AggregateError && !error.message) return error.errors.map(reason).join('; ');
  return error instanceof Error ? error.message : String(error);
}

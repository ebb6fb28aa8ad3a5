// What all of one run stand on: one PostgreSQL, one Redis, one folder, one kind of sink. Started when first asked for.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import pg from 'pg';

import { openEmbeddedPostgres } from '../../../src/postgres.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';
import type { Cleanup } from './cleanup.ts';
import { chooseSink, type SinkKind } from './sinks.ts';

export interface Ground {
  readonly folder: string;
  readonly cleanup: Cleanup;
  readonly say: (line: string) => void;
  /** An empty database of this name, or a copy of `template`; returns its address. */
  database(name: string, template?: string): Promise<string>;
  drop(name: string): Promise<void>;
  /** Runs statements as the administrator, in `database`. */
  sql(database: string, text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  urlOf(database: string): Promise<string>;
  /** Null where there is none; the reason has been said. */
  redis(): Promise<TestRedis | null>;
  sinks(): Promise<SinkKind>;
}

export interface GroundOptions {
  readonly cleanup: Cleanup;
  readonly say: (line: string) => void;
  /** The address of a server that is there already; default: an embedded one of our own. */
  readonly postgresUrl?: string;
  readonly sinks?: SinkKind;
}

export async function openGround(options: GroundOptions): Promise<Ground> {
  const { cleanup, say } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'cuiban-bench-'));
  cleanup.add(() => rm(folder, { recursive: true, force: true }));
  const admin = once(() =>
    options.postgresUrl === undefined ? embedded(folder, cleanup, say) : Promise.resolve(options.postgresUrl),
  );
  const redis = once(async () => {
    const starting = startRedis();
    cleanup.add(async () => (await starting.catch(() => null))?.stop());
    return starting;
  });
  const urlOf = async (database: string): Promise<string> => {
    const url = new URL(await admin());
    url.pathname = `/${database}`;
    return url.href;
  };
  const sql: Ground['sql'] = async (database, text, values = []) => {
    const client = new pg.Client({ connectionString: await urlOf(database) });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text, [...values])).rows;
    } finally {
      await client.end();
    }
  };
  const drop = async (name: string): Promise<void> => {
    await sql('postgres', `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  };
  return {
    folder,
    cleanup,
    say,
    urlOf,
    sql,
    drop,
    redis,
    sinks: once(() => (options.sinks === undefined ? chooseSink(say) : Promise.resolve(options.sinks))),
    async database(name, template) {
      await drop(name);
      await sql('postgres', `CREATE DATABASE "${name}"${template === undefined ? '' : ` TEMPLATE "${template}"`}`);
      return urlOf(name);
    },
  };
}

async function embedded(folder: string, cleanup: Cleanup, say: (line: string) => void): Promise<string> {
  // Whoever interrupts us while it starts must find it in the list.
  const opening = openEmbeddedPostgres({ dataDir: path.join(folder, 'postgres'), report: say });
  cleanup.add(async () => (await opening.catch(() => null))?.release());
  return (await opening).url('postgres');
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

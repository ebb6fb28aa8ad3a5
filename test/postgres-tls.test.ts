/** DATABASE_URL over TLS: ledger and queue both verify who answers. */
import { chmod, chown, copyFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { openLedger } from '../src/ledger/index.ts';
import { type EmbeddedPostgres, openEmbeddedPostgres } from '../src/postgres.ts';
import { openQueue } from '../src/queue.ts';
import { calendar, office } from './ledger/cast.ts';
import { type Authority, makeAuthority } from './support/authority.ts';

let dataDir: string;
let server: EmbeddedPostgres;
let authority: Authority;
let stranger: Authority;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cuiban-postgres-tls-'));
  authority = makeAuthority();
  stranger = makeAuthority();
  server = await openEmbeddedPostgres({ dataDir });
  await server.ensureDatabase('cuiban');
  const { cert, key } = authority.sign('database', 'DNS:localhost');
  const client = new pg.Client({ connectionString: server.url('postgres') });
  await client.connect();
  const { rows } = await client.query<{ data: string }>("SELECT current_setting('data_directory') AS data");
  // The server runs as another user where this is root, and reads only what is its own.
  const data = rows[0]?.data ?? '';
  const owner = await stat(data);
  for (const [from, to] of [
    [cert, 'server.crt'],
    [key, 'server.key'],
  ] as const) {
    await copyFile(from, join(data, to));
    await chown(join(data, to), owner.uid, owner.gid);
    await chmod(join(data, to), 0o600);
  }
  await client.query('ALTER SYSTEM SET ssl = on');
  await client.query('SELECT pg_reload_conf()');
  await client.end();
}, 120_000);

afterAll(async () => {
  await server.release();
  authority.remove();
  stranger.remove();
  await rm(dataDir, { recursive: true, force: true });
});

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const addressed = (query: string): string => `${server.url('cuiban').replace('127.0.0.1', 'localhost')}?${query}`;

test('the ledger and the queue go over TLS to a server that proves its name', async () => {
  const url = addressed(`sslmode=verify-full&sslrootcert=${authority.ca}`);
  const ledger = await openLedger({ url, offices: () => new Map([[office.id, office]]), calendar: () => calendar });
  await ledger.migrate();
  const queue = await openQueue({ backend: { kind: 'postgres', url }, log }, []);
  const look = new pg.Client({ connectionString: server.url('cuiban') });
  await look.connect();
  expect(await ledger.nextOwed()).toBeNull();
  const { rows } = await look.query<{ name: string; ssl: boolean }>(
    `SELECT application_name AS name, bool_and(ssl) AS ssl FROM pg_stat_activity JOIN pg_stat_ssl USING (pid)
      WHERE application_name LIKE 'cuiban-%' GROUP BY 1`,
  );
  expect(rows).toContainEqual({ name: 'cuiban-ledger', ssl: true });
  expect(rows.every(({ ssl }) => ssl)).toBe(true);
  await look.end();
  await queue.close();
  await ledger.close();
});

test('neither speaks to a server of a stranger', async () => {
  const url = addressed(`sslmode=verify-full&sslrootcert=${stranger.ca}`);
  const opening = openQueue({ backend: { kind: 'postgres', url }, log }, []);
  await expect(opening).rejects.toThrow(
    /queue's PostgreSQL at postgres:\/\/localhost:\d+\/cuiban cannot be used: .*(self-signed|verify|certificate)/,
  );
  const ledger = await openLedger({ url, offices: () => new Map(), calendar: () => calendar });
  await expect(ledger.migrate()).rejects.toThrow(/self-signed|verify|certificate/);
  await ledger.close();
});

// Owns: the embedded PostgreSQL as the rest of Cuiban sees it. Promises: one server for a folder however many processes open it,
// stopped by the last that lets go; one left behind by a kill -9 is taken up again.
import { access, mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { lock as lockFile } from 'proper-lockfile';
import pg from 'pg';
import { EmbeddedPostgresError, chooseLauncher, findPostgresBinaries, reason } from './postgres-binaries.ts';
import { type ServerFolder, isSameFolder, lastLines, limitLog, serverFolder } from './postgres-folder.ts';
import {
  type RunningServer,
  SUPERUSER,
  findServer,
  initialise,
  settledServer,
  startServer,
  stopServer,
} from './postgres-server.ts';
import { countUsers, registerUser } from './postgres-users.ts';

export { EmbeddedPostgresError } from './postgres-binaries.ts';

const LOCK_WAIT_MS = 150_000;
const LOCK_POLL_MS = 25;
const LOG_CHECK_MS = 3_600_000;
/** Making databases is serialised between processes by an advisory lock of this number. */
const DATABASES_LOCK = 20_240_118;

type Report = (line: string) => void;

export interface EmbeddedPostgres {
  readonly port: number;
  /** A connection string for this database; it carries the password, so it never goes into a log. */
  url(database: string): string;
  /** Creates the database if it is missing. Names are lower-case letters, digits and `_`. */
  ensureDatabase(name: string): Promise<void>;
  /** Drops the database, open connections included (they get an `error` event), and creates it empty. */
  resetDatabase(name: string): Promise<void>;
  /** Lets go; the last of all processes to do so stops the server. Calling it twice is harmless. */
  release(): Promise<void>;
}

/**
 * Opens the PostgreSQL server of `dataDir`: makes the folder on the first call, starts the server if none runs, shares it otherwise.
 * `report` gets lines for the operator (a first start, a fallback). Every failure is an EmbeddedPostgresError whose message says
 * what failed, what the server said last and what to do; after it nothing of ours is left running.
 */
export async function openEmbeddedPostgres(options: { dataDir: string; report?: Report }): Promise<EmbeddedPostgres> {
  const folder = serverFolder(resolve(options.dataDir));
  const users = join(folder.root, 'users');
  const report = options.report ?? (() => undefined);
  try {
    await mkdir(folder.root, { recursive: true, mode: 0o700 });
    await readFile(folder.password).catch(unlessMissing);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `The folder ${folder.root} cannot be used: ${reason(cause)}. Run Cuiban as the user who owns it, or choose another folder.`,
      { cause },
    );
  }
  const opened = await locked(folder, report, async () => {
    await limitLog(folder);
    const others = await countUsers(users);
    const registration = await registerUser(users);
    try {
      return { registration, ...(await serverFor(folder, report)) };
    } catch (error) {
      await rm(registration, { force: true });
      if (others === 0) await stopServer(folder);
      throw error;
    }
  });
  return handle(folder, users, report, opened);
}

interface Opened {
  readonly registration: string;
  readonly port: number;
  readonly password: string;
}

function handle(folder: ServerFolder, users: string, report: Report, { registration, port, password }: Opened): EmbeddedPostgres {
  const url = (database: string): string => urlOf(port, password, database);
  const logCheck = setInterval(() => void limitLog(folder).catch(() => undefined), LOG_CHECK_MS).unref();
  let released: Promise<void> | undefined;
  const release = async (): Promise<void> => {
    clearInterval(logCheck);
    await rm(registration, { force: true });
    await locked(folder, report, async () => {
      if ((await countUsers(users)) === 0) await stopServer(folder);
    });
  };
  return {
    port,
    url,
    ensureDatabase: (name) =>
      withDatabases(url, async (client) => {
        const { rowCount } = await client.query('select from pg_database where datname = $1', [checked(name)]);
        if (rowCount === 0) await client.query(`create database "${name}" template template0`);
      }),
    resetDatabase: (name) =>
      withDatabases(url, async (client) => {
        await client.query(`drop database if exists "${checked(name)}" with (force)`);
        await client.query(`create database "${name}" template template0`);
      }),
    release: () => (released ??= release()),
  };
}

async function serverFor(folder: ServerFolder, report: Report): Promise<{ port: number; password: string }> {
  let server = await settledServer(folder);
  if (!server) {
    const binaries = await findPostgresBinaries();
    const launcher = await chooseLauncher(binaries, folder.root, folder.data);
    if (launcher.note) report(launcher.note);
    const made = await access(folder.data).then(
      () => true,
      () => false,
    );
    if (!made) {
      report(`Making the embedded PostgreSQL in ${folder.root}; this happens once and takes a few seconds.`);
      await initialise(folder, binaries, launcher);
    }
    server = await startServer(folder, binaries, launcher);
  }
  const password = await readFile(folder.password, 'utf8').catch(unlessMissing);
  await prove(folder, server, password ?? '');
  return { port: server.port, password: password ?? '' };
}

/** The password is known to this folder's server alone, and scram proves it both ways; the path guards against a copied folder. */
async function prove(folder: ServerFolder, server: RunningServer, password: string): Promise<void> {
  try {
    const client = await connect(urlOf(server.port, password, 'postgres'));
    try {
      const { rows } = await client.query<{ path: string }>("select current_setting('data_directory') as path");
      const path = rows[0]?.path ?? '';
      if (!(await isSameFolder(path, folder.data))) throw new Error(`the server on port ${server.port} works in ${path}`);
    } finally {
      await client.end();
    }
  } catch (cause) {
    const wrong = (cause as { code?: string }).code === '28P01' || password === '';
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL server in ${folder.data} (process ${server.pid}, port ${server.port}) refuses us: ${reason(cause)}` +
        `${await lastLines(folder.log)}\n` +
        (wrong
          ? `The file ${folder.password} is missing or is not the one this data was made with: restore it from the backup of the folder.`
          : `Stop everything that uses the folder and start again; if that does not help, end process ${server.pid} first.`),
      { cause },
    );
  }
}

async function withDatabases(url: (database: string) => string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = await connect(url('postgres'));
  try {
    await client.query('select pg_advisory_lock($1)', [DATABASES_LOCK]);
    await work(client);
  } finally {
    await client.end();
  }
}

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 });
  // Without a listener a server that goes away would end our process; the query under way rejects anyway.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

function urlOf(port: number, password: string, database: string): string {
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
}

function checked(name: string): string {
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(name)) return name;
  throw new EmbeddedPostgresError(
    `"${name}" is no database name: lower-case letters, digits and _ only, 63 at most, no digit first.`,
  );
}

async function locked<T>(folder: ServerFolder, report: Report, work: () => Promise<T>): Promise<T> {
  const unlock = await lockFile(folder.root, {
    lockfilePath: join(folder.root, 'open.lock'),
    stale: 5_000,
    update: 1_000,
    retries: { retries: LOCK_WAIT_MS / LOCK_POLL_MS, factor: 1, minTimeout: LOCK_POLL_MS, maxTimeout: LOCK_POLL_MS },
    onCompromised: (error) => report(`The lock on ${folder.root} was taken from us: ${error.message}`),
  }).catch(async (cause: unknown) => {
    const server = await findServer(folder).catch(() => undefined);
    throw new EmbeddedPostgresError(
      `Another process has been opening or closing ${folder.root} for too long (server: ${server?.pid ?? 'none'}): ${reason(cause)}. ` +
        'Look for a Cuiban process that hangs and end it, then start again.',
      { cause },
    );
  });
  try {
    return await work();
  } finally {
    await unlock().catch(() => undefined);
  }
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}

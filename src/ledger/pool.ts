// Connections to PostgreSQL: how values cross the border, and what a transaction is.

import pg from 'pg';

import type { Assignment } from '../domain/assignment.ts';
import type { Notice } from '../domain/notice.ts';
import type { Ladder } from '../domain/policy.ts';

export interface LedgerLog {
  warn(facts: object, text: string): void;
  error(facts: object, text: string): void;
}

/** Whatever can run a statement: the pool itself, or the connection of one transaction. */
export interface Db {
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Result<Row>>;
  /** As `query`, for the few statements that run all day: the server keeps their plan. */
  prepared<Row extends object>(statement: Prepared, values: readonly unknown[]): Promise<Result<Row>>;
  readonly kept: Kept;
}

export interface Prepared {
  readonly name: string;
  readonly text: string;
}

/** Rows that never change once they are written, kept by whoever reads them first. */
export interface Kept {
  readonly tasks: Map<number, KeptTask>;
  readonly ladders: Map<string, Ladder>;
}

export interface KeptTask {
  readonly schedule: string;
  readonly notice: Notice;
  readonly task: Assignment['task'];
}

export interface Result<Row> {
  readonly rows: readonly Row[];
  /** Rows inserted, updated or selected by the statement. */
  readonly count: number;
}

export interface Pool extends Db {
  /** Runs `work` in one transaction; a deadlock or serialization failure runs it again. */
  transaction<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /** The same for work that is one statement and needs no transaction around it. */
  retried<T>(work: () => Promise<T>): Promise<T>;
  connect(): Promise<pg.PoolClient>;
  state(): { readonly total: number; readonly idle: number; readonly waiting: number };
  close(): Promise<void>;
}

const serverOptions = [
  'search_path=cuiban,pg_catalog',
  'timezone=UTC',
  'jit=off',
  'statement_timeout=60s',
  'lock_timeout=30s',
  'idle_in_transaction_session_timeout=60s',
];

/** Dates stay calendar dates, instants become epoch milliseconds, int8 must be exact. */
const parsers = new Map<number, (text: string) => unknown>([
  [1082, (text) => text],
  [1184, (text) => Date.parse(`${text.slice(0, 10)}T${text.slice(11).replace(/\+00$/u, 'Z')}`)],
  [20, safeInteger],
]);

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond exact integers`);
  return value;
}

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => {
    const own = format === 'binary' ? undefined : parsers.get(oid);
    return own ?? (pg.types.getTypeParser(oid, format) as (text: string) => unknown);
  },
};

/** `version` = which ledger the code is for; claims tell it to the gate. */
export function openPool(url: string, size: number, version: number, log: LedgerLog): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    types,
    application_name: 'cuiban-ledger',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    options: [...serverOptions, `cuiban.code_version=${version}`].map((option) => `-c ${option}`).join(' '),
  });
  let closing = false;
  // An idle connection that breaks must not end the process; the next query opens another. The error itself carries the whole client.
  pool.on('error', (error) => {
    if (!closing) log.warn({ code: sqlState(error), reason: error.message }, 'an idle database connection broke');
  });
  const kept: Kept = { tasks: new Map(), ladders: new Map() };
  return {
    ...dbOn(pool, kept),
    transaction: (work) => retried(() => transaction(pool, kept, work), log),
    retried: (work) => retried(work, log),
    connect: () => pool.connect(),
    state: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => {
      closing = true;
      return pool.end();
    },
  };
}

function dbOn(on: { query(config: pg.QueryConfig): Promise<pg.QueryResult> }, kept: Kept): Db {
  const run = async <Row>(config: pg.QueryConfig): Promise<Result<Row>> => {
    const { rows, rowCount } = await on.query(config);
    return { rows: rows as Row[], count: rowCount ?? 0 };
  };
  return {
    query: (text, values = []) => run({ text, values: [...values] }),
    prepared: ({ name, text }, values) => run({ name, text, values: [...values] }),
    kept,
  };
}

/** The verbs' view of a connection that somebody else opened. */
export function onClient(client: pg.Client): Db {
  return dbOn(client, { tasks: new Map(), ladders: new Map() });
}

async function transaction<T>(pool: pg.Pool, kept: Kept, work: (db: Db) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | boolean = false;
  // A server that goes away between two statements tells nobody but this listener; without one the process would end.
  const broke = (error: Error): void => {
    broken = error;
  };
  client.on('error', broke);
  try {
    await client.query('BEGIN');
    const result = await work(dbOn(client, kept));
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.off('error', broke);
    client.release(broken);
  }
}

const attempts = 5;

/** Lock order makes deadlocks rare, not unthinkable; the one that lost has changed nothing and goes again. */
async function retried<T>(work: () => Promise<T>, log: LedgerLog): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const code = sqlState(error);
      if (attempt >= attempts || (code !== '40P01' && code !== '40001')) throw error;
      log.warn({ code, attempt }, 'a transaction lost a race and runs again');
    }
  }
}

/** The server works and takes no write: disk_full, out_of_memory, configuration_limit_exceeded, read_only_sql_transaction, io_error. */
export function isUnwritable(error: unknown): boolean {
  return ['53100', '53200', '53400', '25006', '58030'].includes(sqlState(error));
}

/** The five characters PostgreSQL gives an error, or ''. */
export function sqlState(error: unknown): string {
  return error instanceof pg.DatabaseError ? (error.code ?? '') : '';
}

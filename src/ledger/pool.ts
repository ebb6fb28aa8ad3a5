// Connections to PostgreSQL: how values cross the border, and what a transaction is.

import pg from 'pg';

export interface LedgerLog {
  warn(facts: object, text: string): void;
  error(facts: object, text: string): void;
}

/** Whatever can run a statement: the pool itself, or the connection of one transaction. */
export interface Db {
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Result<Row>>;
}

export interface Result<Row> {
  readonly rows: readonly Row[];
  /** Rows inserted, updated or selected by the statement. */
  readonly count: number;
}

export interface Pool extends Db {
  /** Runs `work` in one transaction; a deadlock or serialization failure runs it again. */
  transaction<T>(work: (db: Db) => Promise<T>): Promise<T>;
  connect(): Promise<pg.PoolClient>;
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

export function openPool(url: string, size: number, log: LedgerLog): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    types,
    application_name: 'cuiban-ledger',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    options: serverOptions.map((option) => `-c ${option}`).join(' '),
  });
  // An idle connection that breaks must not end the process; the next query opens another.
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection broke'));
  return {
    query: (text, values) => run(pool, text, values),
    transaction: (work) => retried(() => transaction(pool, work), log),
    connect: () => pool.connect(),
    close: () => pool.end(),
  };
}

async function run<Row extends object>(
  on: { query(text: string, values?: unknown[]): Promise<pg.QueryResult> },
  text: string,
  values: readonly unknown[] = [],
): Promise<Result<Row>> {
  const { rows, rowCount } = await on.query(text, [...values]);
  return { rows: rows as Row[], count: rowCount ?? 0 };
}

async function transaction<T>(pool: pg.Pool, work: (db: Db) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | boolean = false;
  try {
    await client.query('BEGIN');
    const result = await work({ query: (text, values) => run(client, text, values) });
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
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

/** The five characters PostgreSQL gives an error, or ''. */
export function sqlState(error: unknown): string {
  return error instanceof pg.DatabaseError ? (error.code ?? '') : '';
}

// Where the ledger is: the server of DATABASE_URL or the embedded one, and the databases that practice has for itself.

import path from 'node:path';

import type { Configuration } from './configuration/index.ts';
import { openLedger } from './ledger/index.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Logger } from './log.ts';
import { openEmbeddedPostgres } from './postgres.ts';
import type { Settings } from './settings.ts';

/** The configuration in force; replaced as a whole or not at all. */
export interface ConfigurationInForce {
  current(): Configuration;
}

export interface LedgerHandle {
  readonly ledger: Ledger;
  readonly url: string;
  close(): Promise<void>;
}

/** A database on the embedded server, wherever the real ledger is; emptied when it is opened. */
export type PracticeDatabase = 'cuiban_drill' | 'cuiban_demo';

type Where = Pick<Settings, 'databaseUrl' | 'dataDir'>;

/** Opens the ledger: the server of DATABASE_URL, or the embedded one under `dataDir`; migrates it. */
export async function openLedgerOf(
  settings: Where,
  configuration: ConfigurationInForce,
  log: Logger,
  practice?: PracticeDatabase,
  poolSize?: number,
): Promise<LedgerHandle> {
  const database = await openDatabaseOf(settings, log, practice);
  try {
    const ledger = await openLedgerAt(database.url, configuration, log, poolSize);
    return {
      ledger,
      url: database.url,
      close: async () => {
        await ledger.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** The database alone, as it is. */
export async function openDatabaseOf(
  settings: Where,
  log: Logger,
  practice?: PracticeDatabase,
): Promise<Omit<LedgerHandle, 'ledger'>> {
  // What is practised never stands where real work is followed: a later start would take it for real.
  const real = practice === undefined ? settings.databaseUrl : null;
  if (real !== null) return { url: real, close: () => Promise.resolve() };
  const server = await openEmbeddedPostgres({
    dataDir: path.join(settings.dataDir, 'postgres'),
    report: (line) => log.info(line),
  });
  try {
    const database = practice ?? 'cuiban';
    await (practice === undefined ? server.ensureDatabase(database) : server.resetDatabase(database));
    return { url: server.url(database), close: () => server.release() };
  } catch (error) {
    await server.release();
    throw error;
  }
}

/** @param poolSize connections at most; they are made as they are needed and given up when idle. 10 unless stated */
export async function openLedgerAt(
  url: string,
  configuration: ConfigurationInForce,
  log: Logger,
  poolSize?: number,
): Promise<Ledger> {
  const ledger = await openLedger({
    url,
    offices: () => configuration.current().offices,
    calendar: () => configuration.current().calendar,
    log,
    ...(poolSize === undefined ? {} : { poolSize }),
  });
  try {
    const applied = await ledger.migrate();
    if (applied.length > 0) log.info({ applied }, 'ledger migrated');
    return ledger;
  } catch (error) {
    await ledger.close();
    throw error;
  }
}

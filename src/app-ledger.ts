// Where the ledger is: the server of DATABASE_URL or the embedded one, and the databases that practice has for itself.

import path from 'node:path';

import type { Configuration } from './configuration/index.ts';
import { openLedger } from './ledger/index.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Logger } from './log.ts';
import { type EmbeddedPostgres, openEmbeddedPostgres } from './postgres.ts';
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

/** Opens the ledger: the server of DATABASE_URL, or the embedded one under `dataDir`; migrates it. */
export async function openLedgerOf(
  settings: Pick<Settings, 'databaseUrl' | 'dataDir'>,
  configuration: ConfigurationInForce,
  log: Logger,
  practice?: PracticeDatabase,
  poolSize?: number,
): Promise<LedgerHandle> {
  const database = practice ?? 'cuiban';
  // What is practised never stands where real work is followed: a later start would take it for real.
  const real = practice === undefined ? settings.databaseUrl : null;
  let server: EmbeddedPostgres | null = null;
  if (real === null) {
    server = await openEmbeddedPostgres({ dataDir: path.join(settings.dataDir, 'postgres'), report: (line) => log.info(line) });
  }
  try {
    await (practice === undefined ? server?.ensureDatabase(database) : server?.resetDatabase(database));
    const url = server === null ? (real ?? '') : server.url(database);
    const ledger = await openLedgerAt(url, configuration, log, poolSize);
    return {
      ledger,
      url,
      close: async () => {
        await ledger.close();
        await server?.release();
      },
    };
  } catch (error) {
    await server?.release();
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

import type { Configuration } from '../configuration/index.ts';
import type { Instant } from '../domain/time.ts';
import { type Ledger, LedgerRefusal } from '../ledger/ledger.ts';
import type { Settings } from '../settings.ts';
import { Failure } from './failure.ts';
import { loadConfiguration } from './material.ts';

export interface AtTheLedger {
  readonly ledger: Ledger;
  readonly configuration: Configuration;
  readonly now: Instant;
  /** The time as it goes on, for a command that stays. */
  readonly clock: () => Instant;
  /** Where the ledger is; the queue too, unless it is on Redis. Carries the password. */
  readonly databaseUrl: string;
}

/** Opens the ledger for one command and closes it whatever happens. A refusal becomes a Failure with the ledger's words. */
export async function withLedger<T>(settings: Settings, run: (at: AtTheLedger) => Promise<T>): Promise<T> {
  // Only now: most runs of a command that may ask the ledger never do, and the database's client takes a second to load.
  const [{ openLedgerOf }, { wallClock }, { openLog }] = await Promise.all([
    import('../app-ledger.ts'),
    import('../app-clock.ts'),
    import('../log.ts'),
  ]);
  const configuration = await loadConfiguration(settings);
  // A command's own words are enough; the log is for what goes wrong.
  const log = openLog(settings.logLevel === 'info' ? 'warn' : settings.logLevel);
  const handle = await openLedgerOf(settings, { current: () => configuration }, log);
  try {
    return await run({
      ledger: handle.ledger,
      configuration,
      now: wallClock.now(),
      clock: () => wallClock.now(),
      databaseUrl: handle.url,
    });
  } catch (error) {
    if (error instanceof LedgerRefusal) throw new Failure(error.message);
    throw error;
  } finally {
    await handle.close();
  }
}

/** Opens the database where a ledger is to be, without making one. */
export async function withEmptyDatabase<T>(settings: Settings, run: (url: string) => Promise<T>): Promise<T> {
  const [{ openDatabaseOf }, { openLog }] = await Promise.all([import('../app-ledger.ts'), import('../log.ts')]);
  const database = await openDatabaseOf(settings, openLog(settings.logLevel === 'info' ? 'warn' : settings.logLevel));
  try {
    return await run(database.url);
  } catch (error) {
    if (error instanceof LedgerRefusal) throw new Failure(error.message);
    throw error;
  } finally {
    await database.close();
  }
}

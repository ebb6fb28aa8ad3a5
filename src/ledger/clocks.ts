// The latest time at which anybody planned or sent, and the database's own clock: what a host's clock is measured by.

import type { Instant } from '../domain/time.ts';
import type { Db } from './pool.ts';

export interface ClockVerbs {
  /** `mark` = the latest time that was noted, null at first; `server` = the database's clock now. */
  clocks(): Promise<{ readonly mark: Instant | null; readonly server: Instant }>;
  /** Notes that the time is `at`. The mark only grows, unless a person has said that it was wrong: then `reset` puts it back. */
  markTime(at: Instant, how?: 'grow' | 'reset'): Promise<void>;
}

export async function clocks(db: Db): Promise<{ readonly mark: Instant | null; readonly server: Instant }> {
  const { rows } = await db.query<{ mark: Instant | null; server: Instant }>(
    `SELECT (SELECT at FROM cuiban.pulse WHERE name = 'clock') AS mark, cuiban.clock() AS server`,
  );
  const [row] = rows;
  if (row === undefined) throw new RangeError('the ledger tells no time');
  return row;
}

export async function markTime(db: Db, at: Instant, how: 'grow' | 'reset' = 'grow'): Promise<void> {
  await db.query(
    `INSERT INTO cuiban.pulse (name, at) VALUES ('clock', cuiban.instant($1))
     ON CONFLICT (name) DO UPDATE SET at = CASE WHEN $2 THEN excluded.at ELSE greatest(pulse.at, excluded.at) END`,
    [at, how === 'reset'],
  );
}

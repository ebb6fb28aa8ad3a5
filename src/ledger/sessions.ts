// Who is logged in at the console.

import type { Instant } from '../domain/time.ts';
import type { ConsoleSession } from './operations.ts';
import type { Db } from './pool.ts';

export async function openSession(db: Db, { tokenHash, operator, credential }: ConsoleSession, now: Instant): Promise<void> {
  await db.query(
    `WITH old AS (DELETE FROM cuiban.console_session WHERE opened_at < cuiban.instant($4) - interval '1 day')
     INSERT INTO cuiban.console_session (token_hash, operator, credential, opened_at, seen_at)
     VALUES ($1, $2, $3, cuiban.instant($4), cuiban.instant($4))`,
    [tokenHash, operator, credential, now],
  );
}

export async function useSession(
  db: Db,
  tokenHash: string,
  now: Instant,
  { openMs, idleMs }: { readonly openMs: number; readonly idleMs: number },
): Promise<Pick<ConsoleSession, 'operator' | 'credential'> | null> {
  const { rows } = await db.query<Pick<ConsoleSession, 'operator' | 'credential'>>(
    `UPDATE cuiban.console_session SET seen_at = greatest(seen_at, cuiban.instant($2))
      WHERE token_hash = $1 AND opened_at > cuiban.instant($2) - $3 * interval '1 millisecond'
        AND seen_at > cuiban.instant($2) - $4 * interval '1 millisecond'
      RETURNING operator, credential`,
    [tokenHash, now, openMs, idleMs],
  );
  return rows[0] ?? null;
}

export async function closeSession(db: Db, tokenHash: string): Promise<void> {
  await db.query('DELETE FROM cuiban.console_session WHERE token_hash = $1', [tokenHash]);
}

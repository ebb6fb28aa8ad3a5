// What is wrong with the installation as a whole, and of no single office: told once, and over as soon as it is mended.

import type { Problem } from '../domain/reminder.ts';
import type { Instant } from '../domain/time.ts';
import { recordset } from './json.ts';
import { type Db, isUnwritable, sqlState } from './pool.ts';

export type InstallationKind = Extract<Problem['kind'], 'calendar-missing' | 'backup-failed'>;

export interface InstallationProblem {
  /** What tells it apart from others of its kind. */
  readonly subject: string;
  readonly detail: string;
}

export interface InstallationVerbs {
  /** Opens those that are not open yet and closes all others of this kind. */
  installationProblems(kind: InstallationKind, found: readonly InstallationProblem[], now: Instant): Promise<void>;
  /** The backups hold all there is, as of `at`. */
  backedUp(at: Instant): Promise<void>;
  /** Tries a write. Null where it is taken, else the SQLSTATE that says why not. @throws where the ledger does not answer at all */
  unwritable(): Promise<string | null>;
}

export async function installationProblems(
  db: Db,
  kind: InstallationKind,
  found: readonly InstallationProblem[],
  now: Instant,
): Promise<void> {
  await db.query(
    `WITH found AS (SELECT * FROM json_to_recordset($1::json) AS f(subject text, detail text)),
     over AS (
       UPDATE cuiban.problem p SET closed_at = cuiban.instant($2)
        WHERE p.office_id IS NULL AND p.closed_at IS NULL AND p.kind = $3
          AND NOT EXISTS (SELECT 1 FROM found f WHERE f.subject = p.subject))
     INSERT INTO cuiban.problem (office_id, kind, assignment_id, subject, detail, opened_at)
     SELECT NULL, $3, NULL, f.subject, f.detail, cuiban.instant($2) FROM found f
     ON CONFLICT (office_id, kind, assignment_id, subject) WHERE closed_at IS NULL DO NOTHING`,
    [recordset(found), now, kind],
  );
}

export async function backedUp(db: Db, at: Instant): Promise<void> {
  await db.query(
    `INSERT INTO cuiban.pulse (name, at) VALUES ('backup', cuiban.instant($1))
     ON CONFLICT (name) DO UPDATE SET at = greatest(pulse.at, excluded.at)`,
    [at],
  );
}

export async function unwritable(db: Db): Promise<string | null> {
  try {
    await db.query(
      `INSERT INTO cuiban.pulse (name, at) VALUES ('written', cuiban.clock()) ON CONFLICT (name) DO UPDATE SET at = excluded.at`,
    );
    return null;
  } catch (error) {
    if (isUnwritable(error)) return sqlState(error);
    throw error;
  }
}

// Nothing leaves outside office hours, and what its own day went by without goes with the mail of the day on which it leaves.

import { dateOf, type Instant, nextSendable, withinHours } from '../domain/time.ts';
import { carryOver } from './carry.ts';
import { recordset } from './json.ts';
import type { Db, Pool } from './pool.ts';
import type { RulesSource } from './rules.ts';

/** Offices in which nothing is sent now. */
export function closedOffices(source: RulesSource, now: Instant): readonly string[] {
  const calendar = source.calendar();
  return [...source.offices().values()].filter(({ hours }) => !withinHours(hours, calendar, now)).map(({ id }) => id);
}

interface Missed {
  readonly id: string;
  readonly office: string;
  readonly channel: 'email' | 'sms';
  readonly address: string;
  readonly unsent: boolean;
  readonly fresh: boolean;
  readonly urgent: boolean;
}

/**
 * Messages that are due and not in the queue, of an office that is closed or of a day that is over (the worker was down, the
 * queue was lost, a lease ran out at night): they are placed anew, under the cap. Only one whose body may be out stays what it is and
 * merely waits for the office to open.
 */
export async function keepHours(pool: Pool, source: RulesSource, now: Instant): Promise<void> {
  const closed = new Set(closedOffices(source, now));
  const offices = [...source.offices().values()].map(({ id, hours }) => ({
    id,
    today: dateOf(hours.zone, now),
    closed: closed.has(id),
    opens: nextSendable(hours, source.calendar(), now),
  }));
  const from = `FROM cuiban.message m JOIN json_to_recordset($2::json) AS o(id text, today date, closed bool) ON o.id = m.office_id
     WHERE m.owed_at <= cuiban.instant($1) AND m.queued_at IS NULL AND (o.closed OR (m.day < o.today AND m.status <> 'unknown'))`;
  const values = [now, recordset(offices)];
  const { rows } = await pool.query<{ any: boolean }>(`SELECT EXISTS (SELECT 1 ${from}) AS any`, values);
  if (rows[0]?.any !== true) return;
  await pool.transaction(async (db) => {
    const missed = await db.query<Missed>(
      `SELECT m.id, m.office_id AS office, m.channel, m.address, m.status <> 'unknown' AS unsent, m.status = 'created' AS fresh, m.urgent ${from}
        ORDER BY m.id FOR NO KEY UPDATE OF m SKIP LOCKED`,
      values,
    );
    const again = missed.rows.filter(({ unsent }) => unsent);
    await carryOver(
      db,
      source,
      again.map((each) => ({ ...each, open: each.fresh, retryAt: now })),
      now,
    );
    const opens = new Map(offices.map((office) => [office.id, office.opens]));
    await wait(
      db,
      missed.rows.filter(({ unsent }) => !unsent).map(({ id, office }) => ({ id, at: opens.get(office) })),
    );
  });
}

async function wait(db: Db, until: readonly object[]): Promise<void> {
  if (until.length === 0) return;
  await db.query(
    `UPDATE cuiban.message m SET owed_at = cuiban.instant(u.at)
       FROM json_to_recordset($1::json) AS u(id uuid, at float8) WHERE m.id = u.id`,
    [recordset(until)],
  );
}

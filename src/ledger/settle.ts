// What became of what was sent. Only the holder of the fence is heard.

import type { IsoDate } from '../domain/deadline.ts';
import type { ChannelName } from '../domain/delivery.ts';
import type { Settlement } from '../domain/message.ts';
import { dateOf, type Instant } from '../domain/time.ts';
import { type Carried, carryOver } from './carry.ts';
import { recordset } from './json.ts';
import type { Db } from './pool.ts';
import { attachParts } from './receipts.ts';
import { channelProblems, messageProblems } from './message-problems.ts';
import { markRefused } from './refused.ts';
import { required } from './rows.ts';
import { type RulesSource, rulesOf } from './rules.ts';

interface SettledRow {
  readonly id: string;
  readonly office_id: string;
  readonly channel: ChannelName;
  readonly address: string;
  readonly day: IsoDate;
  readonly status: Settlement['status'];
  readonly retry_at: Instant | null;
  readonly urgent: boolean;
}

/** Accepted mail needs nothing after the one statement, so no transaction around it either. */
export function isPlain({ status, providerIds }: Settlement): boolean {
  return status === 'sent' && providerIds.length === 0;
}

export async function settlePlain(db: Db, settlements: readonly Settlement[], now: Instant): Promise<number> {
  return (await write(db, settlements, now)).length;
}

export async function settle(db: Db, rules: RulesSource, settlements: readonly Settlement[], now: Instant): Promise<number> {
  if (settlements.length === 0) return 0;
  const settled = await write(db, settlements, now);
  const byId = new Map(settlements.map((settlement) => [settlement.id, settlement]));
  const parts = settled.flatMap(({ id, channel, office_id }) =>
    required(byId.get(id), `settlement of ${id}`).providerIds.map((providerId) => ({
      office: office_id,
      channel,
      providerId,
      message: id,
    })),
  );
  const stuck = settled.filter(
    ({ status, retry_at }) => status === 'permanent-failure' || (status === 'temporary-failure' && retry_at === null),
  );
  const refused = stuck.map(({ id }) => id).filter((id) => byId.get(id)?.refused === true);
  await markRefused(db, refused, now);
  await messageProblems(
    db,
    'undeliverable',
    stuck.map(({ id }) => id).filter((id) => !refused.includes(id)),
    now,
  );
  const lost = settled.filter(({ status, retry_at }) => status === 'unknown' && retry_at === null);
  await messageProblems(
    db,
    'unknown-outcome',
    lost.map(({ id }) => id),
    now,
  );
  const down = settled.filter(({ id }) => byId.get(id)?.channelDown === true);
  await channelProblems(
    db,
    down.map(({ id }) => id),
    now,
  );
  await channelsDown(db, down, now);
  await carryOver(db, rules, await laterDays(db, rules, settled), now);
  await attachParts(db, parts, now);
  return settled.length;
}

/** Until one message is taken, hand over no more than a probe of them (dispatch.ts). */
async function channelsDown(db: Db, down: readonly SettledRow[], now: Instant): Promise<void> {
  if (down.length === 0) return;
  await db.query(
    `INSERT INTO cuiban.channel_down (channel, since, code)
     SELECT DISTINCT ON (channel) channel, cuiban.instant($2), code FROM cuiban.message WHERE id = ANY($1::uuid[]) ORDER BY channel, id
     ON CONFLICT (channel) DO NOTHING`,
    [down.map(({ id }) => id), now],
  );
}

const settleStatement = {
  name: 'cuiban settle',
  text: `WITH said AS (
       SELECT * FROM json_to_recordset($1::json)
         AS s(id uuid, fence int, status text, code text, detail text, "retryAt" float8, attempted bool)),
     ours AS (
       SELECT m.id, s.status, s.code, s.detail, s.attempted, cuiban.instant(s."retryAt") AS retry_at
         FROM cuiban.message m JOIN said s ON s.id = m.id AND s.fence = m.fence
        -- Also by their ids, so that the server looks only at those rows.
        WHERE m.id = ANY($3::uuid[])
          -- A lease may have run out while the far side was saying yes: that yes still ends the doubt.
          AND (m.status = 'sending' OR (m.status = 'unknown' AND s.status = 'sent'))
        ORDER BY m.id FOR NO KEY UPDATE OF m),
     settled AS (
       UPDATE cuiban.message m
          SET status = o.status, code = o.code, detail = o.detail, owed_at = o.retry_at, queued_at = NULL,
              lease_until = NULL, settled_at = cuiban.instant($2), attempts = m.attempts - (NOT o.attempted)::int
         FROM ours o WHERE m.id = o.id AND m.id = ANY($3::uuid[])
       RETURNING m.id, m.office_id, m.channel, m.address, m.day, m.status, m.urgent, o.retry_at, m.fence, m.worker, m.claimed_at, m.code, m.detail),
     attempted AS (
       INSERT INTO cuiban.attempt (office_id, message_id, fence, worker, status, code, detail, claimed_at, settled_at)
       SELECT office_id, id, fence, worker, status, code, detail, claimed_at, cuiban.instant($2) FROM settled),
     told AS (
       UPDATE cuiban.reminder r
          SET state = CASE s.status WHEN 'sent' THEN 'sent' ELSE 'undeliverable' END,
              sent_at = CASE s.status WHEN 'sent' THEN cuiban.instant($2) END
         FROM settled s
        WHERE r.message_id = s.id AND r.message_id = ANY($3::uuid[]) AND r.state = 'planned' AND s.status IN ('sent', 'permanent-failure')),
     back AS (
       DELETE FROM cuiban.channel_down d WHERE EXISTS (SELECT 1 FROM settled s WHERE s.channel = d.channel AND s.status = 'sent'))
     SELECT id, office_id, channel, address, day, status, urgent, retry_at FROM settled`,
};

/** One statement for all of it in the ordinary case; a claim that is not ours any more finds no row. */
async function write(db: Db, settlements: readonly Settlement[], now: Instant): Promise<readonly SettledRow[]> {
  const { rows } = await db.prepared<SettledRow>(settleStatement, [
    recordset(settlements.map(owedAgain)),
    now,
    settlements.map(({ id }) => id),
  ]);
  return rows;
}

/** What is over is owed no more, whatever the settlement says. */
function owedAgain(settlement: Settlement): object {
  const { id, fence, status, code, detail, retryAt, attempted } = settlement;
  const again = status === 'temporary-failure' || status === 'unknown';
  return { id, fence, status, code, detail, attempted, retryAt: again ? retryAt : null };
}

/** Never the unknown ones: their body may be out, on their day. */
async function laterDays(db: Db, rules: RulesSource, settled: readonly SettledRow[]): Promise<readonly Carried[]> {
  const failed = settled.filter(({ status, retry_at }) => status === 'temporary-failure' && retry_at !== null);
  if (failed.length === 0) return [];
  const { offices } = await rulesOf(
    db,
    rules,
    failed.map((row) => row.office_id),
  );
  return failed.flatMap(({ id, office_id: office, channel, address, day, urgent, retry_at: retryAt }) => {
    if (retryAt === null || dateOf(required(offices.get(office), `office ${office}`).hours.zone, retryAt) <= day) return [];
    return [{ id, office, channel, address, retryAt, urgent, open: false }];
  });
}

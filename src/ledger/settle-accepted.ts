// Accepted, written down, and not settled: what the delivery journal knows and the ledger does not. The fence is respected: once
// another worker has claimed the message, its word counts.

import type { Accepted } from '../domain/accepted.ts';
import type { Settlement } from '../domain/message.ts';
import type { Instant } from '../domain/time.ts';
import { recordset } from './json.ts';
import type { Db } from './pool.ts';
import type { RulesSource } from './rules.ts';
import { settle } from './settle.ts';

/** They count as sent when they were accepted. Returns how many were settled by this. */
export async function settleAccepted(db: Db, rules: RulesSource, entries: readonly Accepted[], now: Instant): Promise<number> {
  const claims = entries.map(({ message, fence }, n) => ({ n, message, fence }));
  const { rows } = await db.query<{ n: number }>(
    `SELECT c.n FROM json_to_recordset($1::json) AS c(n int, message uuid, fence int)
       JOIN cuiban.message m ON m.id = c.message AND m.fence = c.fence WHERE m.status IN ('sending', 'unknown') ORDER BY c.n`,
    [recordset(claims)],
  );
  const byTime = new Map<Instant, Settlement[]>();
  for (const { n } of rows) {
    const entry = entries[n];
    if (entry === undefined) continue;
    // A journal written by a clock that was ahead must not say that a message will have been sent.
    const at = Math.min(entry.at, now);
    byTime.set(at, [...(byTime.get(at) ?? []), settlementOf(entry)]);
  }
  let settled = 0;
  for (const [at, settlements] of byTime) settled += await settle(db, rules, settlements, at);
  return settled;
}

function settlementOf({ message: id, fence, providerIds }: Accepted): Settlement {
  return {
    id,
    fence,
    status: 'sent',
    providerIds,
    code: 'JOURNAL',
    detail: '发送进程中断，按投递日志补记',
    retryAt: null,
    attempted: true,
    channelDown: false,
  };
}

// What the ledger takes from outside of itself after something went wrong: the words of the delivery journal.

import type { Accepted } from '../domain/accepted.ts';
import type { Instant } from '../domain/time.ts';

export interface RecoveryVerbs {
  /**
   * What a channel accepted and the ledger never heard of, from the delivery journal, becomes sent as of when it was accepted. Entries whose claim is
   * settled, or whose message another worker has claimed since, change nothing. Returns how many changed something.
   */
  settleAccepted(entries: readonly Accepted[], now: Instant): Promise<number>;
}

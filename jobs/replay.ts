import type { Context } from './context.ts';

/**
 * Tells the ledger what this host's processes wrote down as accepted and did not settle: they were killed in between, or the ledger did not
 * answer for longer than their leases. Never throws: the next minute tries again.
 */
export async function replay({ journal, ledger, log, now }: Context): Promise<void> {
  try {
    const settled = await journal.replay((entries) => ledger.settleAccepted(entries, now()));
    if (settled > 0) log.warn({ settled }, 'messages had been accepted before the ledger heard of it; the journal knew');
  } catch (error) {
    log.error({ err: error }, 'the delivery journal could not be replayed; what it knows may go out again');
  }
}

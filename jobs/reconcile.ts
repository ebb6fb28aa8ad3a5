import { z } from 'zod';

import type { Job } from './context.ts';
import { handOverAgain } from './hand-over.ts';
import { replay } from './replay.ts';

/** After so long a chunk that nobody has claimed is given to the queue again; where it is still there, that does nothing. */
const AGAIN_MS = 20_000;
/** After so long the queue is taken to hold a chunk that it will never run. */
const STUCK_MS = 3_600_000;

/** Finds what is recorded but no longer on its way: leases that ran out, queue entries that vanished. */
export const reconcile: Job<Record<string, never>> = {
  name: 'reconcile',
  payload: z.strictObject({}),
  concurrency: 1,
  async run(context) {
    // First: what a dead worker wrote down is sent, and its lease nobody's concern any more.
    await replay(context);
    const { expired, requeued } = await context.ledger.reconcile(context.now(), STUCK_MS);
    if (expired + requeued > 0) context.log.warn({ expired, requeued }, 'work that had stopped is owed again');
    await handOverAgain(context, AGAIN_MS);
  },
};

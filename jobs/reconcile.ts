import { z } from 'zod';

import type { Job } from './context.ts';

/** A message that was handed to the queue and not claimed for so long is taken to be lost there. */
const QUEUED_FOR_MS = 120_000;

/** Finds what is recorded but no longer on its way: leases that ran out, queue entries that vanished. */
export const reconcile: Job<Record<string, never>> = {
  name: 'reconcile',
  payload: z.strictObject({}),
  concurrency: 1,
  async run(context) {
    const { expired, requeued } = await context.ledger.reconcile(context.now(), QUEUED_FOR_MS);
    if (expired + requeued > 0) context.log.warn({ expired, requeued }, 'work that had stopped is owed again');
  },
};

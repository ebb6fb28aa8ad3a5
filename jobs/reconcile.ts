import { z } from 'zod';

import { missingYear } from '../src/domain/calendar.ts';
import { dateOf } from '../src/domain/time.ts';
import type { Context, Job } from './context.ts';
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
    await watchCalendar(context);
  },
};

/** Dates are reckoned by a calendar that somebody has to keep up: its absence is told in time, and once. */
async function watchCalendar({ ledger, config, now }: Context): Promise<void> {
  const { offices, calendar } = config();
  const [office] = offices.values();
  if (office === undefined) return;
  const year = missingYear(calendar, dateOf(office.hours.zone, now()));
  const detail = `${year}年的放假安排还没有写入 config/calendar.yaml，该年日期暂按周一至周五推算；公布后请补上并运行 cuiban check`;
  await ledger.installationProblems('calendar-missing', year === null ? [] : [{ subject: String(year), detail }], now());
}

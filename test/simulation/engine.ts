// The engine under test, loaded from a tree: the real one, or a copy with a bug planted in it. The judges load the real domain for themselves.

import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import type { Job } from '../../jobs/context.ts';
import type * as deliverJob from '../../jobs/deliver.ts';
import type * as reconcileJob from '../../jobs/reconcile.ts';
import type * as replayJob from '../../jobs/replay.ts';
import type * as sweepJob from '../../jobs/sweep.ts';
import type * as ledgerRoom from '../../src/ledger/index.ts';

export const HOME = fileURLToPath(new URL('../../', import.meta.url));

export interface Engine {
  readonly openLedger: typeof ledgerRoom.openLedger;
  readonly replay: typeof replayJob.replay;
  readonly jobs: ReadonlyMap<string, Job<unknown>>;
}

export async function loadEngine(root: string): Promise<Engine> {
  const load = async <T>(path: string): Promise<T> => (await import(pathToFileURL(join(root, path)).href)) as T;
  const { openLedger } = await load<typeof ledgerRoom>('src/ledger/index.ts');
  const { sweep } = await load<typeof sweepJob>('jobs/sweep.ts');
  const { deliver } = await load<typeof deliverJob>('jobs/deliver.ts');
  const { reconcile } = await load<typeof reconcileJob>('jobs/reconcile.ts');
  const { replay } = await load<typeof replayJob>('jobs/replay.ts');
  const jobs = [sweep, deliver, reconcile].map((job): [string, Job<unknown>] => [job.name, job as unknown as Job<unknown>]);
  return { openLedger, replay, jobs: new Map(jobs) };
}

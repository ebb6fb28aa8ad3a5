// What the queue says of itself: BullMQ's own Prometheus export, and how long the job that is next has waited.

import type { Store } from './queue-line.ts';

export interface QueueFigures {
  /** Prometheus text; every metric once, with the samples of all queues. */
  readonly text: string;
  /** When the job that is next was added, by the clock of the process that added it; null where none waits. */
  readonly next: Readonly<Record<string, number | null>>;
}

/** BullMQ counts finished jobs only where each job also pays for a statement that counts it; ours are counted by `cuiban_job_duration_seconds`. */
const NOT_COUNTED = /^(?:# (?:HELP|TYPE) )?bullmq_job_(?:completed|failed)_total\b/u;

export async function figuresOf(stores: ReadonlyMap<string, Store>): Promise<QueueFigures> {
  const all = [...stores];
  const [exports, next] = await Promise.all([
    Promise.all(all.map(([, store]) => store.exportPrometheusMetrics())),
    Promise.all(all.map(async ([name, store]) => [name, await nextIn(store)] as const)),
  ]);
  const lines = exports.flatMap((text) => text.split('\n')).filter((line) => line !== '' && !NOT_COUNTED.test(line));
  const heads = new Set(lines.filter((line) => line.startsWith('#')));
  const samples = lines.filter((line) => !line.startsWith('#'));
  return { text: `${[...heads, ...samples].join('\n')}\n`, next: Object.fromEntries(next) };
}

async function nextIn(store: Store): Promise<number | null> {
  const [[plain], [urgent]] = await Promise.all([store.getWaiting(0, 0), store.getPrioritized(0, 0)]);
  const added = [plain, urgent].flatMap((job) => (job === undefined ? [] : [job.timestamp]));
  return added.length === 0 ? null : Math.min(...added);
}

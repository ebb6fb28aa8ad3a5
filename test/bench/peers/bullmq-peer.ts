// BullMQ on Redis and nodemailer, no ledger: one job per mail, 50 at a time, added and worked off by one process.

import { Queue, Worker } from 'bullmq';

import { obey, wall } from '../support/child.ts';
import { type Mailer, type MailerOrders, openMailer } from './mailer.ts';
import { UNDER_WAY } from './peer.ts';

export interface BullmqOrders extends MailerOrders {
  readonly redisUrl: string;
}

const QUEUE = 'mail';
const BATCH = 1_000;

let mailer: Mailer | null = null;
let queue: Queue<{ n: number }> | null = null;
let worker: Worker<{ n: number }> | null = null;
let mails = 0;

obey<BullmqOrders | { kind: 'begin' }>(
  async (order) => {
    if (order.kind === 'begin') {
      const first = wall();
      void add();
      return first;
    }
    mailer = openMailer(order);
    mails = order.mails;
    const connection = { url: order.redisUrl, maxRetriesPerRequest: null };
    queue = new Queue(QUEUE, { connection, defaultJobOptions: { removeOnComplete: true, removeOnFail: true } });
    worker = new Worker(QUEUE, (job) => mailer?.send(job.data.n) ?? Promise.resolve(), { connection, concurrency: UNDER_WAY });
    await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
    return undefined;
  },
  async () => {
    await worker?.close();
    await queue?.close();
    mailer?.close();
  },
);

async function add(): Promise<void> {
  for (let from = 0; from < mails; from += BATCH) {
    const size = Math.min(BATCH, mails - from);
    await queue?.addBulk(Array.from({ length: size }, (_, n) => ({ name: QUEUE, data: { n: from + n } })));
  }
}

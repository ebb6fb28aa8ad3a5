// pg-boss, tuned: jobs inserted in batches, four workers that fetch 500 at a time, nodemailer's pool. No ledger.

import PgBoss from 'pg-boss';

import { obey, wall } from '../support/child.ts';
import { type Mailer, type MailerOrders, openMailer } from './mailer.ts';

export interface PgBossOrders extends MailerOrders {
  readonly databaseUrl: string;
}

const QUEUE = 'mail';
const BATCH = 500;
const WORKERS = 4;
/** The shortest it takes. */
const POLL_SECONDS = 0.5;

let mailer: Mailer | null = null;
let boss: PgBoss | null = null;
let mails = 0;

obey<PgBossOrders | { kind: 'begin' }>(
  async (order) => {
    if (order.kind === 'begin') {
      const first = wall();
      void add();
      return first;
    }
    mailer = openMailer(order);
    mails = order.mails;
    boss = new PgBoss({ connectionString: order.databaseUrl, max: 10 });
    boss.on('error', (error) => console.warn(error));
    await boss.start();
    await boss.createQueue(QUEUE);
    for (let n = 0; n < WORKERS; n += 1) {
      await boss.work<{ n: number }>(QUEUE, { batchSize: BATCH, pollingIntervalSeconds: POLL_SECONDS }, async (jobs) => {
        await Promise.all(jobs.map(async ({ data }) => mailer?.send(data.n)));
      });
    }
    return undefined;
  },
  async () => {
    await boss?.stop({ graceful: false, wait: true });
    mailer?.close();
  },
);

async function add(): Promise<void> {
  for (let from = 0; from < mails; from += BATCH) {
    const size = Math.min(BATCH, mails - from);
    await boss?.insert(Array.from({ length: size }, (_, n) => ({ name: QUEUE, data: { n: from + n } })));
  }
}

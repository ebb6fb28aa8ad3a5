// Nodemailer with nothing around it, in a process of its own: as many mails under way as its pool takes, or one after the other.

import { obey, wall } from '../support/child.ts';
import { type Mailer, type MailerOrders, openMailer } from './mailer.ts';
import { CONNECTIONS, UNDER_WAY } from './peer.ts';

export type Way = 'pool' | 'one by one, pool' | 'one by one';

export interface NodemailerOrders extends MailerOrders {
  readonly way: Way;
}

let mailer: Mailer | null = null;
let mails = 0;
let lanes = 1;

obey<NodemailerOrders | { kind: 'begin' }>(
  (order) => {
    if (order.kind === 'prepare') {
      mailer = openMailer(order, order.way === 'pool' ? CONNECTIONS : order.way === 'one by one' ? null : 1);
      mails = order.mails;
      lanes = order.way === 'pool' ? UNDER_WAY : 1;
      return Promise.resolve();
    }
    const first = wall();
    void run();
    return Promise.resolve(first);
  },
  () => Promise.resolve(mailer?.close()),
);

async function run(): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < mails) {
      next += 1;
      await mailer?.send(next - 1);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

// The far side of a storm, a process of its own that nothing kills: an SMTP server and an SMSC that write down what they accepted.
// Their record is the independent count; it never asks the ledger.

import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

import { type MailReply, startMailSink } from '../../src/demo/mail-sink.ts';
import { startSmsSink } from '../../src/demo/sms-sink.ts';

export type Manner = 'plain' | 'drop' | 'accept-drop' | 'greylist';

export interface Accepted {
  readonly at: number;
  readonly channel: 'email' | 'sms';
  readonly to: string;
  /** Message-ID; for a text its recipient. */
  readonly id: string;
  readonly hash: string;
  readonly text: string;
  /** The line was broken after it was accepted, so that the sender can't know. */
  readonly broken: boolean;
}

const [file = '', slowMs = '0'] = process.argv.slice(2);
let manner: Manner = 'plain';
let turn = 0;

const keep = (accepted: Omit<Accepted, 'at' | 'hash'>): void => {
  const hash = createHash('sha256').update(accepted.text).digest('hex');
  appendFileSync(file, `${JSON.stringify({ at: Date.now(), hash, ...accepted })}\n`);
};
/** In a bad manner every third is met by it. */
const reply = (): MailReply => {
  turn += 1;
  if (manner === 'plain' || turn % 3 !== 0) return 'accept';
  return manner === 'greylist' ? { code: 451, text: '4.7.1 greylisted, try again' } : manner;
};
const replies = new Map<string, MailReply>();

const mail = await startMailSink({
  respond: async ({ messageId }) => {
    await wait(Number(slowMs));
    const answer = reply();
    replies.set(messageId, answer);
    return answer;
  },
  onMail: ({ to, messageId, text }) =>
    keep({ channel: 'email', to: to.address, id: messageId, text, broken: replies.get(messageId) === 'accept-drop' }),
});
const sms = await startSmsSink({
  now: () => new Date(),
  onSms: ({ to, text }) => keep({ channel: 'sms', to, id: to, text, broken: false }),
});
process.on('message', (wanted: Manner) => {
  manner = wanted;
});
process.on('disconnect', () => process.exit());
process.send?.({ mail: mail.port, sms: sms.port });

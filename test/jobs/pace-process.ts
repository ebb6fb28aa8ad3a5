// One of several processes of pace.test.ts: a mail channel that shares rate and connections with the others through the ledger.

import { Pace } from '../../jobs/pace.ts';
import { monotonic, realTimers } from '../../src/app-clock.ts';
import { openEmail } from '../../src/channels/email.ts';
import { mail, never } from '../channels/mails.ts';
import { at, open } from '../ledger/cast.ts';

const [databaseUrl = '', smtpUrl = '', count = '0'] = process.argv.slice(2);
const silent = (): void => undefined;
const ledger = await open(databaseUrl);
const log = { info: silent, warn: silent, error: silent };
const means = { ledger, now: () => at('2022-08-01'), monotonic, timers: realTimers, log };
const email = openEmail({ url: smtpUrl, gate: (provider) => new Pace(provider, means) });
async function work(): Promise<void> {
  const outcomes = await Promise.all(Array.from({ length: Number(count) }, () => email.send(mail(), never)));
  process.send?.({ accepted: outcomes.filter(({ outcome }) => outcome === 'accepted').length });
  await email.close();
  await ledger.close();
  process.disconnect();
}

process.on('message', () => void work());
process.send?.('ready');

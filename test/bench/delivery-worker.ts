// One process of the delivery profile: the real app, or a bare nodemailer pool loop. It says `ready`, works at `go`, and tells at `end`
// what it cost.

import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import path from 'node:path';

import { createTransport } from 'nodemailer';

import { openApp } from '../../src/app.ts';
import { clockFrom } from '../../src/app-clock.ts';
import { openLedgerAt } from '../../src/app-ledger.ts';
import { messageIdOf } from '../../src/domain/message.ts';
import { openLog } from '../../src/log.ts';
import { readSettings } from '../../src/settings.ts';
import { configuration, NOW, office } from './delivery-load.ts';

export interface Cost {
  readonly cpuMs: number;
  readonly rssMb: number;
}

export interface BareMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const [kind = 'app', given = '{}'] = process.argv.slice(2);
const say = (message: unknown): void => void process.send?.(message);
const told = (what: string): Promise<void> =>
  new Promise((resolve) => {
    const hear = (message: unknown): void => {
      if (message !== what) return;
      process.off('message', hear);
      resolve();
    };
    process.on('message', hear);
  });

let rss = 0;
const watch = setInterval(() => (rss = Math.max(rss, process.memoryUsage.rss())), 50);
let since = process.cpuUsage();
const inspector = new Session();
const begin = async (): Promise<void> => {
  if (process.env['PROFILE_DIR'] !== undefined) {
    inspector.connect();
    await inspector.post('Profiler.enable');
    await inspector.post('Profiler.start');
  }
  say('ready');
  await told('go');
  since = process.cpuUsage();
};
const cost = (): Cost => {
  const { user, system } = process.cpuUsage(since);
  return { cpuMs: (user + system) / 1_000, rssMb: Math.max(rss, process.memoryUsage.rss()) / 2 ** 20 };
};

async function app(): Promise<void> {
  const settings = readSettings({ ...process.env, LOG_LEVEL: 'warn' });
  const log = openLog(settings.logLevel);
  const url = settings.databaseUrl ?? '';
  const inForce = { current: () => configuration };
  const ledger = await openLedgerAt(url, inForce, log);
  const opened = await openApp({
    settings,
    configuration: inForce,
    clock: clockFrom(NOW),
    drill: false,
    ledger,
    databaseUrl: url,
    log,
  });
  await begin();
  await opened.queue.enqueue('sweep', {});
  await told('end');
  say(cost());
  await keepProfile();
  await opened.stop(2_000);
  await ledger.close();
}

/** What the promises are measured against: the same mails, known beforehand, sent and forgotten. */
async function bare(count: number, body: BareMail): Promise<void> {
  const { hostname, port } = new URL(process.env['SMTP_URL'] ?? '');
  const transport = createTransport({
    host: hostname,
    port: Number(port),
    pool: true,
    maxConnections: 10,
    maxMessages: Infinity,
  });
  const { from, replyTo } = office();
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) {
      await transport.sendMail({
        ...body,
        from,
        replyTo,
        to: { name: '联络员', address: `u${n}.0@ruicheng.example` },
        messageId: messageIdOf(String(n), 0, 'ruicheng.example'),
      });
    }
  };
  await begin();
  const started = performance.now();
  await Promise.all(Array.from({ length: 50 }, lane));
  say({ ...cost(), ms: performance.now() - started });
  await keepProfile();
  transport.close();
}

/** Only of the work itself: the start of a process is another matter. */
async function keepProfile(): Promise<void> {
  const folder = process.env['PROFILE_DIR'];
  if (folder === undefined) return;
  const { profile } = await inspector.post('Profiler.stop');
  await writeFile(path.join(folder, `${kind}-${process.pid}.cpuprofile`), JSON.stringify(profile));
}

await (kind === 'bare' ? bare(...(JSON.parse(given) as [number, BareMail])) : app());
clearInterval(watch);
process.disconnect();

// Three processes, one mail server, one rate and one number of connections for all of them.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Gate, Provider } from '../../src/domain/provider.ts';
import { openEmail } from '../../src/channels/email.ts';
import { type MailSink, startMailSink } from '../../src/demo/mail-sink.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { mail, never } from '../channels/mails.ts';
import { open } from '../ledger/cast.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';

let database: TestDatabase;
let ledger: Ledger;
let sink: MailSink;
let door: Server;
const arrivals: number[] = [];
let connected = 0;
let mostConnected = 0;

beforeAll(async () => {
  database = await testDatabase('jobs_pace');
  ledger = await open(database.url);
  await ledger.migrate();
  sink = await startMailSink({ onMail: () => void arrivals.push(performance.now()) });
  door = createServer((near) => {
    connected += 1;
    mostConnected = Math.max(mostConnected, connected);
    const far = connect(sink.port, '127.0.0.1');
    near.pipe(far).pipe(near);
    for (const each of [near, far]) each.on('error', () => undefined);
    near.once('close', () => {
      connected -= 1;
      far.destroy();
    });
    far.once('close', () => near.destroy());
  }).listen(0, '127.0.0.1');
  await once(door, 'listening');
});

afterAll(async () => {
  door.close();
  await sink.close();
  await ledger.close();
  await database.drop();
});

async function start(options: string, count: number): Promise<ChildProcess> {
  const url = `smtp://127.0.0.1:${(door.address() as AddressInfo).port}?${options}`;
  const child = fork(fileURLToPath(new URL('pace-process.ts', import.meta.url)), [database.url, url, String(count)], {
    execArgv: ['--import', 'tsx'],
  });
  await once(child, 'message');
  return child;
}

async function accepted(children: readonly ChildProcess[]): Promise<number> {
  const told = children.map(async (child) => {
    const [{ accepted: count }] = (await once(child, 'message')) as [{ accepted: number }];
    return count;
  });
  for (const child of children) child.send('go');
  return (await Promise.all(told)).reduce((sum, count) => sum + count, 0);
}

describe('three processes with one mail server', () => {
  it('together send no faster than the rate, one of them frozen for a while', async () => {
    const options = 'rate=20/s&burst=5&connections=3';
    const children = await Promise.all([1, 2, 3].map(() => start(options, 16)));
    arrivals.length = 0;
    const done = accepted(children);
    const [frozen] = children;
    while (arrivals.length < 20) await once(door, 'connection', { signal: AbortSignal.timeout(50) }).catch(() => undefined);
    frozen?.kill('SIGSTOP');
    await wait(1_000);
    frozen?.kill('SIGCONT');
    expect(await done).toBe(48);
    // between the instant at which a mail is begun and its arrival lies the conversation with the server
    const talk = 400;
    for (const [n, from] of arrivals.entries()) {
      for (const [more, to] of arrivals.slice(n).entries()) {
        expect(more + 1, `in ${to - from} ms`).toBeLessThanOrEqual(5 + (20 * (to - from + talk)) / 1_000);
      }
    }
    expect((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThan(((48 - 5) / 20) * 1_000 - talk);
  }, 60_000);

  it('together keep to the number of connections, and all come to their turn', async () => {
    const children = await Promise.all([1, 2, 3].map(() => start('connections=2&totalConnections=2', 6)));
    mostConnected = connected;
    expect(await accepted(children)).toBe(18);
    expect(mostConnected).toBeLessThanOrEqual(2);
  }, 60_000);
});

describe('a channel whose pace is not its own', () => {
  function gate(changes: Partial<Gate>): { gate: (provider: Provider) => Gate; told: string[] } {
    const told: string[] = [];
    const whole: Gate = {
      pass: () => Promise.resolve(true),
      tooFast: () => void told.push('too fast'),
      connect: () => Promise.resolve(null),
      ...changes,
    };
    return {
      told,
      gate: (provider) => {
        told.push(provider.name);
        return whole;
      },
    };
  }

  it('begins nothing when its turn does not come', async () => {
    const { gate: shut } = gate({ pass: () => Promise.resolve(false) });
    arrivals.length = 0;
    const email = openEmail({ url: sink.url, gate: shut });
    expect(await email.send(mail(), never)).toMatchObject({ outcome: 'retryable', begun: false });
    expect(arrivals).toEqual([]);
    await email.close();
  });

  it('passes on that the provider says too fast, but not when it means one recipient', async () => {
    const texts = ['550 Ip frequency limited', '550 Mailbox unavailable or access denied', '554 MI:SFQ too many', '554 RP:TRC'];
    const replies = texts.map((text) => ({ code: Number(text.slice(0, 3)), text: text.slice(4) }));
    const strict = await startMailSink({ respond: () => replies.shift() ?? 'accept' });
    const { gate: watched, told } = gate({});
    const email = openEmail({ url: strict.url, gate: watched });
    for (const _ of texts) expect(await email.send(mail(), never)).toMatchObject({ outcome: 'throttled' });
    expect(told).toEqual([strict.url, 'too fast', 'too fast']);
    await email.close();
    await strict.close();
  });
});

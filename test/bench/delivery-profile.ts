// Where the time of a delivery goes: messages due in the ledger, one worker process (or more), Debian's smtp-sink as the relay, a bare
// nodemailer pool loop beside it, all in one run and in turns. With --prof the worker leaves a .cpuprofile in that folder.
//
//   node --import tsx test/bench/delivery-profile.ts --messages 5000 --rounds 3 --queues redis,postgres --workers 1 [--prof DIR]

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import pg from 'pg';

import { openEmbeddedPostgres } from '../../src/postgres.ts';
import { startRedis } from '../support/redis.ts';
import { NOW, prepare } from './delivery-load.ts';
import type { BareMail, Cost } from './delivery-worker.ts';

const BUILT = fileURLToPath(new URL('support/built.mjs', import.meta.url));
const WORKER = fileURLToPath(new URL('delivery-worker.ts', import.meta.url));

interface Round extends Cost {
  readonly ms: number;
}

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '3' },
    queues: { type: 'string', default: 'redis,postgres' },
    workers: { type: 'string', default: '1' },
    connections: { type: 'string', default: '5' },
    bare: { type: 'boolean', default: true },
    prof: { type: 'string' },
  },
  allowNegative: true,
});
const messages = Number(values.messages);

async function startSink(): Promise<{ port: number; close(): Promise<void> }> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  probe.close();
  const { port } = address;
  const sink = spawn('/usr/sbin/smtp-sink', ['-u', 'nobody', `127.0.0.1:${port}`, '1000'], { stdio: 'ignore' });
  for (let tries = 0; tries < 100; tries += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
    if (open) break;
    await wait(20);
  }
  return {
    port,
    close: async () => {
      const gone = once(sink, 'exit');
      sink.kill('SIGKILL');
      await gone;
    },
  };
}

function start(environment: Record<string, string>, ...words: string[]): ChildProcess {
  const profiling = values.prof === undefined ? {} : { PROFILE_DIR: values.prof };
  return fork(BUILT, [WORKER, ...words], {
    execArgv: [],
    env: { ...process.env, ...environment, ...profiling },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

async function heard(child: ChildProcess): Promise<unknown> {
  const [message]: unknown[] = await once(child, 'message');
  return message;
}

/** The same work owed once more, as if it had never been sent. */
async function oweAgain(client: pg.Client): Promise<void> {
  await client.query(`TRUNCATE cuiban.attempt, cuiban.body`);
  await client.query(`UPDATE cuiban.reminder SET state = 'planned', sent_at = NULL`);
  await client.query(
    `UPDATE cuiban.message SET status = 'created', owed_at = to_timestamp($1::float8 / 1000), queued_at = NULL, fence = 0, attempts = 0,
            settled_at = NULL, claimed_at = NULL, worker = NULL`,
    [NOW],
  );
  await client.query('VACUUM (FULL, ANALYZE) cuiban.message');
  await client.query('VACUUM (FULL, ANALYZE) cuiban.reminder');
  await client.query('CHECKPOINT');
}

async function allSent(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ open: string }>(
      `SELECT count(*) AS open FROM cuiban.message WHERE status <> 'sent' AND channel = 'email'`,
    );
    if (rows[0]?.open === '0') return;
    await wait(200);
  }
}

async function appRound(client: pg.Client, environment: Record<string, string>): Promise<Round> {
  await oweAgain(client);
  const workers = Array.from({ length: Number(values.workers) }, () => start(environment));
  await Promise.all(workers.map(heard));
  const started = performance.now();
  for (const worker of workers) worker.send('go');
  await allSent(client);
  const ms = performance.now() - started;
  const costs = await Promise.all(
    workers.map(async (worker) => {
      const said = heard(worker);
      worker.send('end');
      const cost = (await said) as Cost;
      await once(worker, 'exit');
      return cost;
    }),
  );
  return {
    ms,
    cpuMs: costs.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    rssMb: Math.max(...costs.map(({ rssMb }) => rssMb)),
  };
}

async function bareRound(environment: Record<string, string>, body: BareMail): Promise<Round> {
  const child = start(environment, 'bare', JSON.stringify([messages, body]));
  await heard(child);
  const said = heard(child);
  child.send('go');
  const round = (await said) as Round;
  await once(child, 'exit');
  return round;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}

const folder = await mkdtemp(path.join(tmpdir(), 'cuiban-profile-'));
const server = await openEmbeddedPostgres({ dataDir: folder });
const redis = await startRedis();
const sink = await startSink();
try {
  await server.ensureDatabase('profile');
  const url = server.url('profile');
  const swept = await prepare(url, messages);
  console.warn(`planned ${swept.reminders} reminders, ${Math.round((swept.reminders / swept.sweepMs) * 1_000)}/s`);
  const client = new pg.Client(url);
  // the server goes away before this connection does
  client.on('error', () => undefined);
  await client.connect();
  // To owe again what was sent is a step that the ledger refuses to everybody else.
  await client.query('SET session_replication_role = replica');
  const common = {
    DATABASE_URL: url,
    SMTP_URL: `smtp://127.0.0.1:${sink.port}?requireTLS=false&connections=${values.connections}`,
  };
  const rounds = new Map<string, Round[]>();
  const note = (what: string, round: Round): void => {
    rounds.set(what, [...(rounds.get(what) ?? []), round]);
    console.warn(`${what}: ${Math.round((messages / round.ms) * 1_000)}/s, ${Math.round((round.cpuMs / messages) * 1_000)} us`);
  };
  for (let n = 0; n < Number(values.rounds); n += 1) {
    for (const queue of values.queues.split(',')) {
      if (queue === 'redis') await redis?.command('FLUSHALL');
      note(queue, await appRound(client, queue === 'redis' ? { ...common, REDIS_URL: redis?.url ?? '' } : common));
    }
    const { rows } = await client.query<BareMail>('SELECT subject, text, html FROM cuiban.body LIMIT 1');
    if (values.bare && rows[0] !== undefined) note('bare', await bareRound(common, rows[0]));
  }
  const bare = median((rounds.get('bare') ?? []).map(({ ms }) => ms));
  console.table(
    Object.fromEntries(
      [...rounds].map(([what, all]) => {
        const ms = median(all.map((round) => round.ms));
        return [
          what,
          {
            'messages/s': Math.round((messages / ms) * 1_000),
            'CPU us each': Math.round((median(all.map(({ cpuMs }) => cpuMs)) / messages) * 1_000),
            'x bare': bare === 0 ? '' : (bare / ms).toFixed(2),
            'RSS MB': Math.round(Math.max(...all.map(({ rssMb }) => rssMb))),
          },
        ];
      }),
    ),
  );
  await client.end();
} finally {
  await sink.close();
  await redis?.stop();
  await server.release();
  await rm(folder, { recursive: true, force: true });
}

// Several hosts' worth of processes on one ledger: two schedulers and three workers, one of each killed with -9 while mails go out.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';

import { type MailSink, startMailSink } from '../../src/demo/mail-sink.ts';
import { type BackendAddress, openQueue } from '../../src/queue.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { folder, killAll, type Running, start, until } from './cuiban.ts';
import { noonConfiguration } from './noon.ts';
import { countBy } from './played.ts';
import { foundTown } from './town.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const BUREAUS = 300;
const LEASE_SECONDS = 5;

let data: Awaited<ReturnType<typeof folder>>;
let config: string;
let redis: TestRedis | null;

beforeAll(async () => {
  data = await folder();
  config = await noonConfiguration(data.path, 'worked');
  redis = await startRedis();
});

afterAll(async () => {
  await killAll();
  await redis?.stop();
  await data.remove();
});

interface Crowd {
  readonly mails: readonly { readonly to: string; readonly messageId: string }[];
  /** Resolves when so many mails have come. */
  readonly reach: (count: number) => Promise<void>;
  readonly sink: MailSink;
}

interface Member extends Running {
  /** Its name in claims. */
  readonly worker: string;
}

async function postOffice(): Promise<Crowd> {
  const mails: { to: string; messageId: string }[] = [];
  const waiting = new Set<{ readonly count: number; readonly tell: () => void }>();
  const sink = await startMailSink({
    onMail: ({ to, messageId }) => {
      mails.push({ to: to.address, messageId });
      for (const each of waiting) if (mails.length >= each.count) each.tell();
    },
  });
  const reach = (count: number): Promise<void> =>
    new Promise((tell) => (mails.length >= count ? tell() : void waiting.add({ count, tell })));
  return { mails, reach, sink };
}

async function crowd(name: string, database: TestDatabase, redisUrl: string | null): Promise<void> {
  const owed = await foundTown(database.url, config, BUREAUS);
  const { mails, reach, sink } = await postOffice();
  const environment = {
    CUIBAN_DATA: data.path,
    CUIBAN_CONFIG: config,
    CUIBAN_LEASE_SECONDS: `${LEASE_SECONDS}`,
    CUIBAN_HTTP: 'off',
    DATABASE_URL: database.url,
    SMTP_URL: sink.url,
    ...(redisUrl === null ? {} : { REDIS_URL: redisUrl }),
  };
  const begin = async (role: string): Promise<Member> => {
    const running = start(['start', '--role', role], environment);
    const line = await running.line(`a ${role}`, (each) => each.includes('"started"'));
    return { ...running, worker: z.object({ worker: z.string() }).parse(JSON.parse(line)).worker };
  };
  const workers = await Promise.all(['worker', 'worker', 'worker'].map(begin));
  const schedulers = ['scheduler', 'scheduler'].map(begin);
  await reach(BUREAUS / 4);
  // One that has something under way.
  const victim = await until('a worker is sending', async () => {
    const { rows } = await database.query("SELECT worker FROM cuiban.message WHERE status = 'sending' LIMIT 1");
    return workers.find(({ worker }) => worker === rows[0]?.['worker']) ?? null;
  });
  victim.kill('SIGKILL');
  await reach(BUREAUS / 2);
  // Whichever began first has swept; nobody takes its place, for there is none.
  const [killed, left] = await Promise.all(schedulers);
  killed?.kill('SIGKILL');

  // The minute is long in a test: what those left ask for each minute is asked for each second.
  const backend: BackendAddress = redisUrl === null ? { kind: 'postgres', url: database.url } : { kind: 'redis', url: redisUrl };
  const nothing = z.strictObject({});
  const kinds = ['sweep', 'reconcile'].map((kind) => ({ name: kind, payload: nothing, concurrency: 1 }));
  const silent = (): void => undefined;
  const minutes = await openQueue({ backend, works: [], log: { info: silent, warn: silent, error: silent } }, kinds);
  const hurry = setInterval(() => {
    for (const { name: kind } of kinds) minutes.enqueue(kind, {}).catch(silent);
  }, 1_000);
  await until(
    `everybody of ${name} has a mail`,
    () => (new Set(mails.map(({ to }) => to)).size >= BUREAUS ? true : null),
    150_000,
  );
  const settled = async (): Promise<true | null> => {
    const { rows } = await database.query("SELECT count(*)::int AS open FROM cuiban.message WHERE status <> 'sent'");
    return rows[0]?.['open'] === 0 ? true : null;
  };
  await until(`all of ${name} is written down`, settled, 60_000);
  clearInterval(hurry);
  await minutes.close();

  // Lost: nobody. Doubled: only what was with the killed worker, as one mail with one Message-ID.
  expect(countBy(mails, ({ to }) => to).size).toBe(BUREAUS);
  expect([...new Set(mails.map(({ to }) => to))].toSorted()).toEqual(owed);
  expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(BUREAUS);
  const { rows } = await database.query("SELECT count(*)::int AS lost FROM cuiban.attempt WHERE code = 'LEASE'");
  const doubles = mails.length - BUREAUS;
  const lost = Number(rows[0]?.['lost']);
  console.info(`${name}: ${BUREAUS} mails; ${lost} were with the killed worker, ${doubles} of them arrived twice`);
  expect(lost).toBeGreaterThan(0);
  expect(doubles).toBeLessThanOrEqual(lost);
  const rest = [...workers, left].flatMap((each) => (each === undefined || each === victim ? [] : [each]));
  for (const each of rest) each.kill('SIGTERM');
  const ended = await Promise.all(rest.map((each) => each.ended));
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
  await sink.close();
}

describe('two schedulers and three workers, of which one each is killed with -9 in mid-burst', () => {
  it('lose nothing and double only what was in flight, with the queue on PostgreSQL', async () => {
    const database = await testDatabase('crowd-postgres');
    await crowd('PostgreSQL', database, null);
    await database.drop();
  });

  it('lose nothing and double only what was in flight, with the queue on Redis', async ({ skip }) => {
    if (redis === null) return skip('no redis-server');
    const database = await testDatabase('crowd-redis');
    await crowd('Redis', database, redis.url);
    await database.drop();
    return undefined;
  });
});

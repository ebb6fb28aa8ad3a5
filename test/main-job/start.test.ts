// `cuiban start` as a process of its own, against a mail server and an SMS gateway of the test.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { type SunkMail, type MailSink, startMailSink } from '../../src/demo/mail-sink.ts';
import { type SmsSink, startSmsSink, type SunkSms } from '../../src/demo/sms-sink.ts';
import type { LedgerStatus } from '../../src/ledger/ledger.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { cuiban, folder, jsonLines, killAll, processesIn, type Running, start, until } from './cuiban.ts';
import { edit, noonConfiguration } from './noon.ts';
import { countBy } from './played.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 240_000 });

const SOON = 120_000;

let data: Awaited<ReturnType<typeof folder>>;
let mailSink: MailSink;
let smsSink: SmsSink;
let mails: SunkMail[];
let sms: SunkSms[];
let database: TestDatabase;

beforeEach(async () => {
  data = await folder();
  mails = [];
  sms = [];
  mailSink = await startMailSink({ onMail: (mail) => mails.push(mail) });
  smsSink = await startSmsSink({ onSms: (text) => sms.push(text) });
  database = await testDatabase('main_job_start');
});

afterEach(async () => {
  await killAll();
  await mailSink.close();
  await smsSink.close();
  await database.drop();
  await data.remove();
});

async function stopsInOrder(worker: Running): Promise<void> {
  const asked = performance.now();
  // A terminal tells the whole group, and npm tells its child once more.
  worker.kill('SIGTERM');
  worker.kill('SIGINT');
  worker.kill('SIGTERM');
  const { code, signal } = await worker.ended;
  expect([code, signal]).toEqual([0, null]);
  expect(performance.now() - asked).toBeLessThan(10_000);
}

interface Rehearsed {
  readonly at: string;
  readonly channel: string;
  readonly to: { readonly address: string };
  readonly tasks: readonly { readonly ref: string; readonly unit: string; readonly due: string | null; readonly stage: string }[];
}

describe('a drill', () => {
  let rehearsed: readonly Rehearsed[];
  let redis: TestRedis | null;

  beforeAll(async () => {
    redis = await startRedis();
    const args = ['rehearse', '--json', '--schedule', 'ruicheng-2022', '--to', '2022-08-30'];
    rehearsed = jsonLines<Rehearsed>((await cuiban(args, {})).out);
  });

  afterAll(async () => {
    await redis?.stop();
  });

  /** Who was told something up to then: those are owed one letter each when everything is caught up with. */
  const owed = (before: string, channel = 'email'): string[] =>
    [...new Set(rehearsed.filter((each) => each.channel === channel && each.at < before).map(({ to }) => to.address))].toSorted();

  it('sends at once what is owed, to those it is owed, says 演练 everywhere, and leaves the real ledger alone', async () => {
    const environment = { CUIBAN_DATA: data.path, SMTP_URL: mailSink.url, SMPP_URL: smsSink.url };
    const worker = start(['start', '--now', '2022-08-30T08:59:50+08:00', '--schedule', 'ruicheng-2022'], environment);
    const expected = owed('2022-08-30T08:59:50+08:00');
    expect(expected).toHaveLength(40);
    await worker.line('its start', (line) => line.includes('"started"'), SOON);
    await until('everybody has a letter', () => (mails.length >= expected.length ? true : null), SOON);
    await stopsInOrder(worker);
    expect(mails.map(({ to }) => to.address).toSorted()).toEqual(expected);
    for (const { subject, text, html } of mails) {
      expect(subject).toMatch(/^【演练】/u);
      expect(text).toContain('演练');
      expect(html).toContain('演练');
    }
    const { out } = await cuiban(['status', '--json'], { CUIBAN_DATA: data.path });
    expect(JSON.parse(out)).toMatchObject({
      schedules: [],
      messages: {},
      waiting: 0,
      dueForLook: 0,
      lastSweep: null,
      problems: [],
    });
    expect(await processesIn(data.path)).toEqual([]);
  });

  it('does the same with its queue on Redis, texts included, and leaves nothing in the real database', async ({ skip }) => {
    if (redis === null) return skip('no redis-server');
    const environment = {
      CUIBAN_DATA: data.path,
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      SMTP_URL: mailSink.url,
      SMPP_URL: smsSink.url,
    };
    const args = ['start', '--now', '2022-08-30T09:00:00+08:00', '--schedule', 'ruicheng-2022'];
    const worker = start(args, environment);
    const letters = owed('2022-08-30T09:00:01+08:00');
    const texts = rehearsed.filter(({ channel, at }) => channel === 'sms' && at === '2022-08-30T09:00:00+08:00');
    expect(texts).toHaveLength(8);
    await until('everybody is told', () => (mails.length >= letters.length && sms.length >= texts.length ? true : null), SOON);
    expect(Number(await redis.command('DBSIZE'))).toBeGreaterThan(0);
    await stopsInOrder(worker);
    expect(mails.map(({ to }) => to.address).toSorted()).toEqual(letters);
    expect(sms.map(({ to }) => `+${to}`).toSorted()).toEqual(texts.map(({ to }) => to.address).toSorted());
    for (const { text } of sms) expect(text).toMatch(/^【芮城县政府办】演练：/u);

    const status = await cuiban(['status', '--json'], environment);
    expect(JSON.parse(status.out)).toMatchObject({ schedules: [], messages: {} });
    return undefined;
  });
});

describe('the worker on the wall clock', () => {
  it('puts what was past due to the coordinator, takes a right configuration and no wrong one, and stops in order', async () => {
    const config = await noonConfiguration(data.path, 'worked');
    const secret = join(data.path, 'smtp');
    await writeFile(secret, `${mailSink.url}\n`);
    const environment = {
      CUIBAN_DATA: data.path,
      CUIBAN_CONFIG: config,
      DATABASE_URL: database.url,
      SMTP_URL_FILE: secret,
      SMPP_URL: smsSink.url,
    };
    const confirmed = await cuiban(['confirm', 'ruicheng-2022', '--yes', '--json', '--actor', '许子轩'], environment);
    expect(confirmed.code, confirmed.err).toBe(0);
    const headline = JSON.parse(confirmed.out) as { confirmed: boolean; pastDue: number; onBusiestDay: number; people: number };
    expect(headline).toMatchObject({ confirmed: true });
    expect(headline.pastDue).toBe(18);

    const worker = start(['start'], environment);
    await until('all letters are out', () => (mails.length >= headline.onBusiestDay ? true : null), SOON);
    expect(mails).toHaveLength(headline.onBusiestDay);
    expect(Math.max(...countBy(mails, ({ to }) => to.address).values())).toBe(1);
    const toCoordinator = mails.filter(({ subject }) => subject.startsWith('【待定】'));
    expect(toCoordinator.map(({ to }) => to.address)).toEqual(['coordinator@county-office.ruicheng.example']);
    // Those of units outside the office's line stand in a part of their own.
    const [, here, elsewhere] =
      /^【待定】(\d+)项任务确认时已过时限，请定夺；另有(\d+)项$/u.exec(toCoordinator[0]?.subject ?? '') ?? [];
    expect(Number(here) + Number(elsewhere)).toBe(headline.pastDue);
    // Nobody is pressed for what was over before anybody was asked.
    expect(mails.filter(({ subject }) => /逾期|催办|督办|演练/u.test(subject))).toEqual([]);
    expect(sms).toEqual([]);

    const inForce = await readFile(join(config, 'policy.yaml'), 'utf8');
    await writeFile(join(config, 'policy.yaml'), `${inForce}\nrubbish: [\n`);
    await writeFile(
      join(config, 'office.yaml'),
      (await readFile(join(config, 'office.yaml'), 'utf8')).replace('signature:', 'signatur:'),
    );
    process.kill(worker.pid, 'SIGHUP');
    const refusal = await worker.line('a refusal', (line) => line.includes('the one in force stays'));
    expect(refusal).toMatch(/policy\.yaml:\d+:\d+/u);
    expect(refusal).toMatch(/office\.yaml:\d+:\d+/u);

    await edit(config, 'office.yaml', (text) => text.replace('signatur:', 'signature:'));
    await writeFile(join(config, 'policy.yaml'), inForce.replace('before: 30 }', 'before: 29 }'));
    process.kill(worker.pid, 'SIGHUP');
    await worker.line('a replacement', (line) => line.includes('configuration replaced'));

    await stopsInOrder(worker);
    const { out } = await cuiban(['status', '--json'], environment);
    const status = JSON.parse(out) as LedgerStatus;
    expect(status).toMatchObject({ messages: { sent: mails.length }, waiting: 0, dueForLook: 0, resends: 0 });
    expect(status.schedules).toMatchObject([{ name: 'ruicheng-2022', closed: 0 }]);
  });

  it('sends nothing on a day of rest, and knows when it will', async () => {
    const environment = {
      CUIBAN_DATA: data.path,
      CUIBAN_CONFIG: await noonConfiguration(data.path, 'free'),
      DATABASE_URL: database.url,
      SMTP_URL: mailSink.url,
    };
    expect((await cuiban(['confirm', 'ruicheng-2022', '--yes'], environment)).code).toBe(0);
    const worker = start(['start'], environment);
    const swept = await until(
      'it has looked at everything',
      async () => {
        if (!(await database.query("SELECT to_regclass('cuiban.assignment') AS there")).rows[0]?.['there']) return null;
        const { rows } = await database.query(
          `SELECT count(*) FILTER (WHERE next_at <= now())::int AS due, min(next_at) AS next FROM cuiban.assignment`,
        );
        return rows[0]?.['due'] === 0 ? rows[0] : null;
      },
      SOON,
    );
    await stopsInOrder(worker);
    expect(mails).toEqual([]);
    expect(Date.parse(String(swept['next']))).toBeGreaterThan(Date.now() + 12 * 3_600_000);
  });
});

describe('a worker that cannot start', () => {
  it('says what it needs when there is nowhere to send mail', async () => {
    const ended = await cuiban(['start'], { CUIBAN_DATA: data.path, DATABASE_URL: database.url });
    expect([ended.code, ended.out]).toEqual([2, '']);
    expect(ended.err).toContain('没有设置 SMTP_URL');
    expect(ended.err).toContain('smtp://用户:密码@mail.example:587');
    expect(ended.err).not.toMatch(/\n\s+at /u);
  });

  it('names every bad setting at once and repeats no secret', async () => {
    const secret = join(data.path, 'smtp');
    await writeFile(secret, 'smtp://user:hush@mail.example');
    const ended = await cuiban(['start'], {
      CUIBAN_DATA: data.path,
      DATABASE_URL: 'mysql://user:hush@db.example/x',
      REDIS_URL: 'hush',
      SMTP_URL: 'smtp://user:hush@mail.example',
      SMTP_URL_FILE: secret,
      SMPP_URL_FILE: join(data.path, 'nowhere'),
      CUIBAN_LEASE_SECONDS: '2',
      LOG_LEVEL: 'loud',
    });
    expect(ended.code).toBe(2);
    for (const name of ['DATABASE_URL', 'REDIS_URL', 'SMTP_URL', 'SMPP_URL_FILE', 'CUIBAN_LEASE_SECONDS', 'LOG_LEVEL']) {
      expect(ended.err).toContain(`  ${name}：`);
    }
    expect(ended.err).not.toContain('hush');
    expect(ended.err).not.toMatch(/\n\s+at /u);
  });
});

// What a process says of itself and of all over HTTP, on real parts.
import { afterEach, describe, expect, it } from 'vitest';

import { startRedis } from '../support/redis.ts';
import { duty, MORNING, openWatched, type Wanted, type Watched } from './app.ts';
import { metricsOf } from './exposition.ts';

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  ends.length = 0;
});

async function watched(wanted: Wanted = {}): Promise<Watched> {
  const process = await openWatched('console_http', wanted);
  ends.push(() => process.close());
  return process;
}

describe('a process that does everything', () => {
  it('lives, is ready, and tells in figures what became of the day’s letters, naming nobody', async () => {
    const process = await watched();
    await process.confirm([duty('一', 'edu', '2022-08-24'), duty('二', 'edu', '2022-08-31')]);
    await process.app.keepTime();
    await process.app.tick();
    expect(process.mails.length).toBeGreaterThan(0);

    const alive = await process.get('/healthz');
    expect([alive.status, await alive.json()]).toMatchObject([
      200,
      { alive: true, roles: ['worker', 'scheduler', 'console'], version: '0.1.0' },
    ]);
    const ready = await process.get('/readyz');
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { ready: true, checks: { ledger: null, migrations: null, writing: null, queue: null, jobs: null, sweep: null } },
    ]);

    const answer = await process.get('/metrics');
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await answer.text();
    const metrics = metricsOf(text);
    const value = (name: string, labels: Record<string, string> = {}): number | undefined => metrics.value(name, labels);
    expect(value('cuiban_ledger_up')).toBe(1);
    expect(value('cuiban_queue_up')).toBe(1);
    expect(value('cuiban_office_open')).toBe(1);
    expect(value('cuiban_messages_waiting', { stage: 'due' })).toBe(0);
    expect(value('cuiban_message_outcomes_total', { channel: 'email', outcome: 'sent', reason: 'none' })).toBe(
      process.mails.length,
    );
    expect(value('cuiban_message_lateness_seconds_count', { channel: 'email' })).toBe(process.mails.length);
    expect(value('cuiban_job_duration_seconds_count', { job: 'deliver', result: 'done' })).toBeGreaterThan(0);
    expect(value('cuiban_processes', { role: 'worker', state: 'alive' })).toBe(1);
    expect(value('cuiban_last_sweep_timestamp_seconds')).toBeGreaterThanOrEqual(MORNING / 1_000);
    expect(value('cuiban_calendar_next_year_missing')).toBe(0);
    expect(value('bullmq_job_count', { queue: 'deliver', state: 'waiting' })).toBe(0);
    expect(value('process_resident_memory_bytes')).toBeGreaterThan(1e7);
    for (const told of ['教育局', 'ruicheng.example', '任务', ...process.mails.map(({ to }) => to.address)]) {
      expect(text).not.toContain(told);
    }
  });

  it('shows what failed, and with which code', async () => {
    const process = await watched();
    process.answers({ code: 550, text: 'no such user' });
    await process.confirm([duty('一', 'edu', '2022-08-24')]);
    await process.app.tick();
    const before = metricsOf(await (await process.get('/metrics')).text());
    expect(before.value('cuiban_problems_open', { kind: 'undeliverable' })).toBeGreaterThan(0);
    expect(before.value('cuiban_messages_in_trouble', { status: 'permanent-failure', channel: 'email' })).toBeGreaterThan(0);
    const reasons = before.labels('cuiban_message_outcomes_total').map(({ outcome, reason }) => `${outcome} ${reason}`);
    expect(reasons).toEqual(['permanent-failure 550']);
  });

  it('asks the ledger once however many scrape', async () => {
    const process = await watched();
    let asked = 0;
    const health = process.ledger.health.bind(process.ledger);
    Object.assign(process.ledger, {
      health: (now: number) => {
        asked += 1;
        return health(now);
      },
    });
    await Promise.all(Array.from({ length: 10 }, () => process.get('/metrics').then((answer) => answer.text())));
    await process.get('/readyz');
    expect(asked).toBe(1);
  });
});

describe('a process that is not well', () => {
  it('lives on while its ledger is away, but is not ready, and leaves out figures that it cannot know', async () => {
    const process = await watched();
    await process.database.shut();
    expect((await process.get('/healthz')).status).toBe(200);
    const ready = await process.get('/readyz');
    expect(ready.status).toBe(503);
    const { checks } = (await ready.json()) as { checks: Record<string, string | null> };
    expect(checks['ledger']).toEqual(expect.any(String));
    expect(JSON.stringify(checks)).not.toContain('postgres://');
    const metrics = metricsOf(await (await process.get('/metrics')).text());
    expect(metrics.value('cuiban_ledger_up')).toBe(0);
    expect(metrics.value('cuiban_last_sweep_timestamp_seconds')).toBeUndefined();
    expect(metrics.value('cuiban_messages_waiting', { stage: 'due' })).toBeUndefined();
    expect(metrics.names).toContain('cuiban_messages_waiting');
    await process.database.reopen();
  });

  it('is not ready as a scheduler once the last sweep is minutes old', async () => {
    const process = await watched({ roles: ['scheduler'] });
    await process.database.query(`INSERT INTO cuiban.pulse VALUES ('sweep', cuiban.instant($1))`, [MORNING - 300_000]);
    const ready = await process.get('/readyz');
    expect([ready.status, await ready.json()]).toMatchObject([
      503,
      { checks: { ledger: null, sweep: expect.stringMatching(/^the last sweep was \d+ s ago$/u) } },
    ]);
  });

  it('takes its row along when it stops in order', async () => {
    const first = await watched({ roles: ['worker'] });
    const second = await openWatched('console_http', { roles: ['scheduler'], database: first.database });
    expect((await first.ledger.processes()).map(({ roles }) => roles)).toEqual(
      expect.arrayContaining([['worker'], ['scheduler']]),
    );
    await second.close();
    expect((await first.ledger.processes()).map(({ roles }) => roles)).toEqual([['worker']]);
  });
});

it('the queue on Redis is told of as well', async ({ skip }) => {
  const redis = await startRedis();
  if (redis === null) return skip('no redis-server');
  ends.push(() => redis.stop());
  const process = await watched({ redisUrl: redis.url, roles: ['scheduler'] });
  await process.app.queue.enqueue('deliver', { ids: ['x'] });
  const metrics = metricsOf(await (await process.get('/metrics')).text());
  expect(metrics.value('bullmq_job_count', { queue: 'deliver', state: 'waiting' })).toBe(1);
  expect(metrics.value('cuiban_queue_oldest_job_seconds', { queue: 'deliver' })).toBeGreaterThanOrEqual(0);
  return undefined;
});

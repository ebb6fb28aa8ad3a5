// A queue that forgets, and one that is only slow: what was handed over is handed over again, without copies.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Context } from '../../jobs/context.ts';
import { deliver } from '../../jobs/deliver.ts';
import { handOver, handOverAgain } from '../../jobs/hand-over.ts';
import { openQueue, type Queue } from '../../src/queue.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { at, duty, openWork, type Work } from './cast.ts';

const now = at('2022-08-26');
const silent = (): void => undefined;

let work: Work;
let context: Context;
let queue: Queue;
let redis: TestRedis | null = null;

beforeEach(async () => {
  work = await openWork('jobs_hand_over');
});

afterEach(async () => {
  await queue.close(0);
  await redis?.stop();
  redis = null;
  await work.close();
});

async function openOn(kind: 'postgres' | 'redis', url: string): Promise<void> {
  queue = await openQueue({ backend: { kind, url }, log: { info: silent, warn: silent, error: silent } }, [
    { name: deliver.name, payload: deliver.payload, concurrency: 1 },
  ]);
  context = { ...work.context, enqueue: (job, payloads) => queue.enqueueMany(job, payloads) };
  await work.confirm([duty('a', 'edu', '2022-08-31')], at('2022-08-25'));
  await work.database.query('UPDATE cuiban.assignment SET next_at = NULL');
  await work.database.query(
    `INSERT INTO cuiban.message (office_id, channel, address, to_unit, to_post, to_name, day, slot, owed_at, created_at)
     SELECT 'ruicheng', 'email', 'p' || n || '@ruicheng.example', 'edu', '联络员', '王芳', '2022-08-26', 1, cuiban.instant($1), cuiban.instant($1)
       FROM generate_series(1, 230) AS n`,
    [now],
  );
}

const waiting = async (): Promise<number> => (await queue.counts())[deliver.name]?.waiting ?? 0;

async function forgets(): Promise<void> {
  await handOver(context, now, new AbortController().signal);
  expect(await waiting()).toBe(5);
  expect(await handOverAgain(context, 0)).toBe(230);
  await handOverAgain(context, 0);
  expect(await waiting()).toBe(5);
  await queue.drain();
  expect(await waiting()).toBe(0);
  await handOverAgain(context, 0);
  expect(await waiting()).toBe(5);
}

describe('a queue that is only slow has each chunk once, however often it is given; one that was emptied has them all again', () => {
  it('on PostgreSQL', async () => {
    await openOn('postgres', work.database.url);
    await forgets();
  });

  it('on Redis', async ({ skip }) => {
    redis = await startRedis();
    if (redis === null) return skip('Redis is not here');
    await openOn('redis', redis.url);
    await forgets();
  });
});

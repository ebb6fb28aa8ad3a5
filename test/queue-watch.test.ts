/** A queue whose connections went deaf while the server lives, as after some failovers: it notices, and goes on over new ones. */
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openQueue } from '../src/queue.ts';
import type { BackendAddress, JobDefinition, Queue } from '../src/queue.ts';
import { testDatabase } from './support/postgres.ts';
import { type Proxy, startProxy } from './support/proxy.ts';
import { startRedis } from './support/redis.ts';

const redis = await startRedis();
const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function behindProxy(kind: BackendAddress['kind']): Promise<{ proxy: Proxy; address: BackendAddress }> {
  const server = kind === 'redis' ? { url: redis?.url ?? '', end: () => redis?.stop() } : await database();
  const url = new URL(server.url);
  const proxy = await startProxy(Number(url.port));
  closers.push(() => proxy.close(), server.end);
  url.port = `${proxy.port}`;
  return { proxy, address: { kind, url: String(url) } };
}

async function database(): Promise<{ url: string; end(): Promise<void> }> {
  const made = await testDatabase('queue-watch');
  return { url: made.url, end: () => made.drop() };
}

describe.each(['postgres', 'redis'] as const)('a deaf queue on %s', (kind) => {
  test.skipIf(kind === 'redis' && redis === null)('is noticed, and goes on over new connections without being told', async () => {
    const { proxy, address } = await behindProxy(kind);
    const got = new Set<string>();
    const job: JobDefinition<string> = {
      name: 'greet',
      payload: z.string(),
      concurrency: 2,
      run: async (to) => void got.add(to),
    };
    const said: string[] = [];
    const log = { info: () => undefined, warn: () => undefined, error: (_: object, words: string) => void said.push(words) };
    const options = { backend: address, log, stuckMs: 800, patienceMs: 400, lockMs: 2_000, stalledMs: 500 };
    const queue: Queue = await openQueue(options, [job]);
    closers.unshift(() => queue.close(2_000));
    await queue.work([job]);
    await queue.enqueue('greet', 'before');
    await expect.poll(() => got.has('before')).toBe(true);

    proxy.deafen();
    const deaf = performance.now();
    await expect(queue.enqueue('greet', 'into the void')).rejects.toThrow('no answer from the queue’s backend'.replace('’', "'"));
    const asking = async (): Promise<boolean> =>
      queue.enqueue('greet', 'after').then(
        () => true,
        () => false,
      );
    await expect.poll(asking, { timeout: 15_000 }).toBe(true);
    await expect.poll(() => got.has('after'), { timeout: 5_000 }).toBe(true);
    // Without the watch: 20 s on Redis, 30 s on PostgreSQL, until a line that says nothing is given up.
    expect(performance.now() - deaf).toBeLessThan(15_000);
    expect(said).toContain('the queue was stuck and has new connections');
  });

  test.skipIf(kind === 'redis' && redis === null)('is left alone while its only worker is busy, or nothing waits', async () => {
    if (kind === 'redis') await redis?.restart();
    const { proxy, address } = await behindProxy(kind);
    let finish: () => void = () => undefined;
    const long = new Promise<void>((resolve) => (finish = resolve));
    const got: string[] = [];
    const run = async (to: string): Promise<void> => {
      got.push(to);
      if (to === 'long') await long;
    };
    const job: JobDefinition<string> = { name: 'greet', payload: z.string(), concurrency: 1, run };
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const queue = await openQueue({ backend: address, log, stuckMs: 400 }, [job]);
    closers.unshift(() => queue.close(2_000));
    await queue.work([job]);
    await queue.enqueue('greet', 'long');
    await queue.enqueue('greet', 'behind it');
    await expect.poll(() => got.length).toBe(1);
    const { made } = proxy;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    finish();
    await expect.poll(() => got).toEqual(['long', 'behind it']);
    await new Promise((resolve) => setTimeout(resolve, 800));
    // A pool may open one more for a query; new connections for everything are more.
    expect(proxy.made - made).toBeLessThan(kind === 'redis' ? 1 : 3);
  });
});

/** REDIS_URL as offices need it: TLS, users, Sentinels, clusters; and what becomes of the jobs when a primary is killed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openQueue } from '../src/queue.ts';
import type { JobDefinition, Queue, QueueOptions } from '../src/queue.ts';
import { readRedisUrl } from '../src/queue-redis-url.ts';
import { type Authority, makeAuthority } from './support/authority.ts';
import { freePort, redisIsHere, startRedis } from './support/redis.ts';
import { type ClusterGroup, type SentinelGroup, startCluster, startSentinels } from './support/redis-group.ts';

const here = await redisIsHere();
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const open: Queue[] = [];
const closers: (() => unknown)[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((queue) => queue.close(2_000)));
  for (const close of closers.splice(0)) await close();
});

function greet(got: Set<string>): JobDefinition<string> {
  return { name: 'greet', payload: z.string(), concurrency: 4, run: async (to) => void got.add(to) };
}

async function queueAt(url: string, got = new Set<string>(), more: Partial<QueueOptions> = {}): Promise<Queue> {
  const job = greet(got);
  const queue = await openQueue({ backend: { kind: 'redis', url }, log, lockMs: 2_000, stalledMs: 500, ...more }, [job]);
  open.push(queue);
  await queue.work([job]);
  return queue;
}

/** What a queue at this address is refused with. */
async function refusal(url: string): Promise<string> {
  const opening = openQueue({ backend: { kind: 'redis', url }, log }, []);
  return opening.then(
    async (queue) => {
      await queue.close();
      return 'it was taken';
    },
    (error: unknown) => String(error),
  );
}

async function greets(queue: Queue, got: Set<string>, name: string): Promise<void> {
  await queue.enqueue('greet', name);
  await expect.poll(() => got.has(name), { timeout: 10_000 }).toBe(true);
}

describe('REDIS_URL', () => {
  test('names one server, the Sentinels of a primary, or nodes of a cluster', () => {
    expect(readRedisUrl('redis://redis.office')).toMatchObject({
      kind: 'server',
      nodes: [{ host: 'redis.office', port: 6379 }],
      username: null,
      password: null,
      db: 0,
      tls: null,
    });
    expect(readRedisUrl('redis://u:p%40ss@[::1]:7000/3')).toMatchObject({
      nodes: [{ host: '::1', port: 7000 }],
      username: 'u',
      password: 'p@ss',
      db: 3,
    });
    expect(readRedisUrl('redis://:only@h')).toMatchObject({ username: null, password: 'only' });
    expect(readRedisUrl('rediss-sentinel://u:p@s1,s2:26380/mymaster?sentinelPassword=q&db=2')).toMatchObject({
      kind: 'sentinel',
      nodes: [
        { host: 's1', port: 26379 },
        { host: 's2', port: 26380 },
      ],
      db: 2,
      tls: { rejectUnauthorized: true },
      sentinel: { name: 'mymaster', username: null, password: 'q', tls: true },
    });
    expect(readRedisUrl('redis-cluster://n1:7000,n2:7001?tls=true&serverName=redis.office')).toMatchObject({
      kind: 'cluster',
      nodes: [
        { host: 'n1', port: 7000 },
        { host: 'n2', port: 7001 },
      ],
      tls: { servername: 'redis.office' },
    });
  });

  test.each([
    ['redis://u:se/cret@h', '%2F'],
    ['redis://u:se%cret@h', 'percent-encoded'],
    ['redis://u:secret@', 'names no host'],
    ['redis://u:secret@h:0', 'port outside 1 to 65535'],
    ['redis://u:secret@h1,h2', 'redis-sentinel://…/name where they are Sentinels'],
    ['redis://u:secret@h/zero', 'database that is no number'],
    ['redis://u:secret@h?caFile=/x', 'need rediss:// or tls=true'],
    ['rediss://u:secret@h?caFile=/nowhere', 'caFile that cannot be read: /nowhere'],
    ['rediss://u:secret@h?certFile=/dev/null', 'holds no PEM'],
    ['redis://u:secret@h?family=6', 'known here: tls, caFile, serverName'],
    ['redis-sentinel://u:secret@h1,h2', 'names no primary: redis-sentinel://h1:26379,h2:26379/mymaster'],
    ['redis-cluster://u:secret@h1,h2/3', 'names a database'],
    ['redis-cluster://u:secret@h1?sentinelPassword=secret', 'option it does not know'],
  ])('is refused with what would be right and without its password: %s', (url, words) => {
    expect(() => readRedisUrl(url)).toThrow(words);
    expect(() => readRedisUrl(url)).not.toThrow(/se.?cret/);
  });
});

describe.skipIf(!here)('one server with TLS and users', () => {
  let authority: Authority;
  let url: (login: string, query: string) => string;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    authority = makeAuthority();
    const { cert, key } = authority.sign('redis', 'DNS:redis.office');
    const tlsPort = await freePort();
    const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', authority.ca];
    const user = ['--user', 'cuiban', 'on', '>hush', '~bullmq:*', '&bullmq:*', '+@all', '-@dangerous', '+info'];
    const server = await startRedis('--tls-port', `${tlsPort}`, ...files, ...user);
    if (server === null) throw new Error('there was a Redis a moment ago');
    stop = () => server.stop();
    url = (login, query) => `rediss://${login}@127.0.0.1:${tlsPort}/0?${query}`;
  });
  afterAll(async () => {
    await stop();
    authority.remove();
  });

  test('carries the queue for a user that may touch nothing but its keys, with a certificate of our own', async () => {
    const { cert, key } = authority.sign('cuiban', 'DNS:cuiban.office');
    const got = new Set<string>();
    const query = `caFile=${authority.ca}&serverName=redis.office&certFile=${cert}&keyFile=${key}`;
    const queue = await queueAt(url('cuiban:hush', query), got);
    await queue.repeat('greet', 60_000, 'the clock');
    await greets(queue, got, 'a');
    await expect.poll(() => got.has('the clock')).toBe(true);
    expect(await queue.counts()).toMatchObject({ greet: { waiting: 0, delayed: 1 } });
    await queue.drain();
  });

  test('is not trusted without its authority or under another name, and says who is not let in', async () => {
    const { cert, key } = authority.sign('cuiban', 'DNS:cuiban.office');
    const own = `certFile=${cert}&keyFile=${key}`;
    expect(await refusal(url('cuiban:hush', `serverName=redis.office&${own}`))).toMatch(/self-signed|unable to verify/);
    expect(await refusal(url('cuiban:hush', `caFile=${authority.ca}&serverName=other.office&${own}`))).toMatch(/altnames/);
    const right = `caFile=${authority.ca}&serverName=redis.office`;
    expect(await refusal(url('cuiban:hush', right))).toMatch(/certificate required|cannot be used/);
    const wrong = await refusal(url('cuiban:guess', `${right}&${own}`));
    expect(wrong).toMatch(/rediss:\/\/127\.0\.0\.1:\d+\/0 cannot be used: .*WRONGPASS/);
    expect(wrong).not.toContain('guess');
  });
});

describe.skipIf(!here)('a server that is not what the address says', () => {
  test('is refused when it is a replica, or a node of a cluster, or no cluster', async () => {
    const primary = await startRedis();
    const replica = await startRedis('--dir', tmpdir(), '--replicaof', '127.0.0.1', `${primary?.port ?? 0}`);
    const dir = await mkdtemp(join(tmpdir(), 'cuiban-redis-node-'));
    const node = await startRedis('--dir', dir, '--cluster-enabled', 'yes', '--cluster-port', `${await freePort()}`);
    closers.push(
      () => Promise.all([primary?.stop(), replica?.stop(), node?.stop()]),
      () => rm(dir, { recursive: true }),
    );
    expect(await refusal(replica?.url ?? '')).toContain('it is a replica, which takes no jobs: name its primary');
    expect(await refusal(node?.url ?? '')).toContain('write redis-cluster://');
    expect(await refusal((primary?.url ?? '').replace('redis:', 'redis-cluster:'))).toMatch(/cluster support disabled/);
  });
});

describe.skipIf(!here)('a primary that Sentinels watch', () => {
  let group: SentinelGroup;
  const sentinelUrl = (query = 'sentinelPassword=hush2'): string =>
    `redis-sentinel://:hush@${group.sentinels.map((port) => `127.0.0.1:${port}`).join(',')}/mymaster?${query}`;

  beforeAll(async () => {
    group = await startSentinels('hush', 'hush2');
  });
  afterAll(() => group.end());

  test('may be killed: the jobs go on with the next one within seconds', async () => {
    const got = new Set<string>();
    const queue = await queueAt(sentinelUrl(), got, { patienceMs: 1_000 });
    const other = await queueAt(sentinelUrl(), got, { patienceMs: 1_000, works: [] });
    await greets(other, got, 'before');
    const before = await group.primary();
    await group.kill(before);
    const killed = performance.now();
    const asking = async (): Promise<boolean> =>
      other.enqueue('greet', 'after').then(
        () => true,
        () => false,
      );
    await expect.poll(asking, { timeout: 30_000 }).toBe(true);
    await expect.poll(() => got.has('after'), { timeout: 10_000 }).toBe(true);
    const took = performance.now() - killed;
    console.info(`a job ran ${Math.round(took)} ms after the primary was killed (given up by the Sentinels after 1000 ms)`);
    expect(await group.primary()).not.toBe(before);
    await greets(queue, got, 'and on');
    expect(took).toBeLessThan(20_000);
  });

  test('is not found with a wrong password, or under a wrong name', async () => {
    expect(await refusal(sentinelUrl('sentinelPassword=guess'))).toMatch(/WRONGPASS|Sentinels|sentinels/);
    expect(await refusal(sentinelUrl().replace('mymaster', 'other'))).toMatch(/cannot be used: .*No such master with that name/);
  });
});

describe.skipIf(!here)('a cluster', () => {
  let group: ClusterGroup;
  const clusterUrl = (): string => `redis-cluster://${group.primaries.map((port) => `127.0.0.1:${port}`).join(',')}`;

  beforeAll(async () => {
    group = await startCluster('{bullmq}');
  });
  afterAll(() => group.end());

  test('carries everything that a queue does', async () => {
    const got = new Set<string>();
    const queue = await queueAt(clusterUrl(), got);
    await queue.repeat('greet', 60_000, 'the clock');
    const many = Array.from({ length: 300 }, (_, at) => ({ payload: `m-${at}`, priority: 1 + (at % 2) }));
    await queue.enqueueMany('greet', many);
    await expect.poll(() => got.size, { timeout: 10_000 }).toBe(301);
    expect(await queue.counts()).toMatchObject({ greet: { waiting: 0, delayed: 1 } });
    await queue.drain();
    expect(await queue.counts()).toMatchObject({ greet: { waiting: 0, delayed: 0 } });
  });

  test('may lose the node that holds the jobs to kill -9: they go on with its replica', async () => {
    const got = new Set<string>();
    const queue = await queueAt(clusterUrl(), got, { patienceMs: 1_000 });
    await greets(queue, got, 'before');
    await group.kill(group.holder);
    const killed = performance.now();
    const asking = async (): Promise<boolean> =>
      queue.enqueue('greet', 'after').then(
        () => true,
        () => false,
      );
    await expect.poll(asking, { timeout: 30_000 }).toBe(true);
    await expect.poll(() => got.has('after'), { timeout: 20_000 }).toBe(true);
    const took = performance.now() - killed;
    console.info(`a job ran ${Math.round(took)} ms after its node was killed (given up by the cluster after 1000 ms)`);
    expect(took).toBeLessThan(30_000);
  });
});

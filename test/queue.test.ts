/** One suite of promises, kept on every backend: a real PostgreSQL and a real Redis. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openQueue } from '../src/queue.ts';
import type { BackendAddress, JobDefinition, JobFailure, Queue, QueueOptions } from '../src/queue.ts';
import { testDatabase } from './support/postgres.ts';
import { startRedis } from './support/redis.ts';

interface Bench {
  readonly address: BackendAddress;
  /** Breaks every connection once, as a restart does. */
  restart(): Promise<void>;
  /** Takes the backend away, and brings it back. */
  down(): Promise<void>;
  up(): Promise<void>;
  end(): Promise<void>;
}

const redis = await startRedis();

async function postgresBench(): Promise<Bench> {
  const database = await testDatabase('queue');
  return {
    address: { kind: 'postgres', url: database.url },
    restart: () => database.cutConnections(),
    down: () => database.shut(),
    up: () => database.reopen(),
    end: () => database.drop(),
  };
}

async function redisBench(): Promise<Bench> {
  if (!redis) throw new Error('this suite is skipped without Redis');
  return {
    address: { kind: 'redis', url: redis.url },
    restart: async () => {
      await redis.kill();
      await redis.restart();
    },
    down: () => redis.kill(),
    up: () => redis.restart(),
    end: () => redis.stop(),
  };
}

const greeting = z.object({ to: z.string(), at: z.number().int().optional() });
type Greeting = z.infer<typeof greeting>;
type Greet = JobDefinition<Greeting>;

function greet(run: Greet['run'], more: Partial<Greet> = {}): Greet {
  return { name: 'greet', payload: greeting, concurrency: 4, run, ...more };
}

const other = (run: Greet['run']): Greet => greet(run, { name: 'other' });

/** Something that has yet to happen; a test waits on it, never on the clock. */
function happening<T = void>() {
  let happen: (value: T) => void = () => undefined;
  const happened = new Promise<T>((resolve) => (happen = resolve));
  return { happened, happen };
}

/** Collects, and tells when so many have come. */
function collector<T>() {
  const items: T[] = [];
  const waiting: { readonly count: number; readonly enough: () => void }[] = [];
  return {
    items,
    add(item: T): void {
      items.push(item);
      for (const { count, enough } of waiting) if (items.length >= count) enough();
    },
    reach(count: number): Promise<void> {
      return new Promise((enough) => (items.length >= count ? enough() : void waiting.push({ count, enough })));
    },
  };
}

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const benches = [
  { backend: 'PostgreSQL', bench: postgresBench, available: true },
  { backend: 'Redis', bench: redisBench, available: redis !== null },
];

for (const { backend, bench: openBench, available } of benches) {
  describe.skipIf(!available)(`the queue on ${backend}`, () => {
    let bench: Bench;
    const open: Queue[] = [];

    beforeAll(async () => {
      bench = await openBench();
    });
    afterEach(async () => {
      const broom = await queueOf([greet(async () => undefined), other(async () => undefined)]);
      await broom.drain();
      await Promise.all(open.splice(0).map((queue) => queue.close(2_000)));
    });
    afterAll(() => bench.end());

    async function queueOf(jobs: readonly JobDefinition<unknown>[], more: Partial<QueueOptions> = {}): Promise<Queue> {
      const queue = await openQueue({ backend: bench.address, log, lockMs: 2_000, stalledMs: 500, ...more }, jobs);
      open.push(queue);
      return queue;
    }

    async function working(job: Greet, more: Partial<QueueOptions> = {}): Promise<Queue> {
      const queue = await queueOf([job], more);
      await queue.work([job]);
      return queue;
    }

    test('hands a payload over, once', async () => {
      const got = collector<Greeting>();
      const queue = await working(greet(async (payload) => got.add(payload)));
      await queue.enqueue('greet', { to: '信息公开处', at: 3 });
      await got.reach(1);
      await queue.enqueue('greet', { to: 'the next' });
      await got.reach(2);
      expect(got.items).toEqual([{ to: '信息公开处', at: 3 }, { to: 'the next' }]);
    });

    test('hands over what was enqueued before anybody worked', async () => {
      const got = collector<string>();
      const job = greet(async ({ to }) => got.add(to));
      const queue = await queueOf([job]);
      await queue.enqueue('greet', { to: 'early' });
      expect((await queue.counts())['greet']).toEqual({
        waiting: 1,
        active: 0,
        delayed: 0,
        failed: 0,
      });
      await queue.work([job]);
      await got.reach(1);
      expect(got.items).toEqual(['early']);
    });

    test('takes many at once, each run once, and forgets them', async () => {
      const got = collector<number>();
      const queue = await working(greet(async ({ at = -1 }) => got.add(at), { concurrency: 16 }));
      const items = Array.from({ length: 2_500 }, (_, at) => ({
        payload: { to: 'all', at },
        jobId: `m-${at}`,
      }));
      await queue.enqueueMany('greet', items);
      await got.reach(2_500);
      await expect.poll(() => queue.counts()).toEqual({ greet: { waiting: 0, active: 0, delayed: 0, failed: 0 } });
      expect(new Set(got.items).size).toBe(2_500);
      expect(got.items).toHaveLength(2_500);
    });

    test('runs no more at once than the concurrency', async () => {
      let now = 0;
      let most = 0;
      const done = collector<number>();
      const run = async (): Promise<void> => {
        now += 1;
        most = Math.max(most, now);
        await later(30);
        now -= 1;
        done.add(1);
      };
      const queue = await working(greet(run, { concurrency: 3 }));
      await queue.enqueueMany(
        'greet',
        Array.from({ length: 12 }, (_, at) => ({ payload: { to: 'x', at } })),
      );
      await done.reach(12);
      expect(most).toBe(3);
    });

    test('runs a job id again after it was done, and after it failed', async () => {
      const got = collector<string>();
      const failures = collector<JobFailure>();
      const run = async ({ to }: Greeting): Promise<void> => {
        got.add(to);
        if (to === 'bad') throw new Error('refused');
      };
      const queue = await working(greet(run, { attempts: 1 }), { onJobFailed: (failure) => failures.add(failure) });
      for (let time = 1; time <= 3; time += 1) {
        await queue.enqueue('greet', { to: 'good' }, { jobId: 'the-same' });
        await got.reach(time);
        await expect.poll(async () => (await queue.counts())['greet']?.active).toBe(0);
      }
      for (let time = 1; time <= 3; time += 1) {
        await queue.enqueue('greet', { to: 'bad' }, { jobId: 'the-same' });
        await failures.reach(time);
      }
      expect(got.items).toEqual(['good', 'good', 'good', 'bad', 'bad', 'bad']);
    });

    test('does nothing when an id is added that already waits', async () => {
      const got = collector<string>();
      const job = greet(async ({ to }) => got.add(to));
      const queue = await queueOf([job]);
      await queue.enqueue('greet', { to: 'first' }, { jobId: 'a' });
      await queue.enqueue('greet', { to: 'second' }, { jobId: 'a' });
      await queue.enqueueMany('greet', [{ payload: { to: 'third' }, jobId: 'a' }, { payload: { to: 'other' } }]);
      await queue.work([job]);
      await got.reach(2);
      expect(got.items.toSorted()).toEqual(['first', 'other']);
    });

    test('tries a failing job as often as it may, then drops and tells it', async () => {
      const failures = collector<JobFailure>();
      let runs = 0;
      const run = async (): Promise<void> => {
        runs += 1;
        throw new Error(`no ${runs}`);
      };
      const queue = await working(greet(run, { attempts: 4 }), { onJobFailed: (failure) => failures.add(failure) });
      await queue.enqueue('greet', { to: 'nobody' }, { jobId: 'poison' });
      await failures.reach(1);
      expect(failures.items).toMatchObject([
        {
          queue: 'greet',
          jobId: 'poison',
          payload: { to: 'nobody' },
          attempts: 4,
          error: { message: 'no 4' },
        },
      ]);
      expect(runs).toBe(4);
      expect(await queue.counts()).toEqual({
        greet: { waiting: 0, active: 0, delayed: 0, failed: 0 },
      });
    });

    test('goes on with the others when onJobFailed itself throws', async () => {
      const got = collector<string>();
      const run = async ({ to }: Greeting): Promise<void> => {
        if (to === 'bad') throw new Error('bad');
        got.add(to);
      };
      const onJobFailed = (): void => {
        throw new Error('and this too');
      };
      const queue = await working(greet(run, { attempts: 1, concurrency: 1 }), { onJobFailed });
      await queue.enqueue('greet', { to: 'bad' });
      await queue.enqueue('greet', { to: 'good' });
      await got.reach(1);
    });

    test('refuses at the door what does not fit', async () => {
      const queue = await queueOf([greet(async () => undefined)]);
      await expect(queue.enqueue('greet', { to: 7 })).rejects.toThrow(/invalid payload for the job "greet".*at to/s);
      await expect(queue.enqueueMany('greet', [{ payload: { to: 'a' } }, { payload: {} }])).rejects.toThrow(/invalid payload/);
      await expect(queue.enqueue('unknown', {})).rejects.toThrow('there is no job "unknown"');
      await expect(queue.enqueue('greet', { to: 'a' }, { jobId: 'a:b' })).rejects.toThrow('may not contain ":"');
      await expect(queue.enqueue('greet', { to: 'a' }, { jobId: 'a:b:c' })).rejects.toThrow('may not contain ":"');
      await expect(queue.enqueue('greet', { to: 'a' }, { jobId: '17' })).rejects.toThrow('may not be an integer');
      await expect(queue.enqueue('greet', { to: 'a' }, { priority: 0 })).rejects.toThrow(/priority/);
      expect((await queue.counts())['greet']?.waiting).toBe(0);
    });

    test('never runs a payload that no longer fits, and does not try it again', async () => {
      const failures = collector<JobFailure>();
      let runs = 0;
      const strict: JobDefinition<Greeting> = {
        ...greet(async () => void (runs += 1)),
        payload: greeting.refine(({ to }) => to !== 'old', 'no longer known'),
      };
      const producer = await queueOf([greet(async () => undefined)]);
      await producer.enqueue('greet', { to: 'old' });
      await working(strict, { onJobFailed: (failure) => failures.add(failure) });
      await failures.reach(1);
      expect(failures.items[0]?.error.message).toMatch(/invalid payload.*no longer known/s);
      expect(failures.items[0]?.attempts).toBe(1);
      expect(runs).toBe(0);
    });

    test('refuses to start half-wired', async () => {
      const job = greet(async () => undefined);
      const second = other(async () => undefined);
      await expect(queueOf([job, job])).rejects.toThrow('declared twice');
      const queue = await queueOf([job, second]);
      await expect(queue.work([job])).rejects.toThrow('"other" has no handler');
      await expect(queue.work([job, job, second])).rejects.toThrow('"greet" has two handlers');
      await expect(queue.work([job, second, { ...job, name: 'third' }])).rejects.toThrow('not opened for the job "third"');
      await queue.work([job, second]);
      await expect(queue.work([job, second])).rejects.toThrow('has its workers already');
    });

    test('works only the jobs that this process is there for, and enqueues all of them', async () => {
      const got = collector<string>();
      const jobs = (process: string) => [
        greet(async ({ to }) => got.add(`${process} greets ${to}`)),
        other(async ({ to }) => got.add(`${process} does other to ${to}`)),
      ];
      await expect(queueOf(jobs('x'), { works: ['third'] })).rejects.toThrow('no job "third" to work');
      const greeter = await queueOf(jobs('greeter'), { works: ['greet'] });
      const asker = await queueOf(jobs('asker'), { works: [] });
      await expect(greeter.work(jobs('greeter').slice(0, 1))).rejects.toThrow('"other" has no handler');
      await greeter.work(jobs('greeter'));
      await asker.work(jobs('asker'));
      await asker.enqueue('other', { to: 'later' });
      await asker.enqueue('greet', { to: 'a' });
      await greeter.enqueue('greet', { to: 'b' });
      await got.reach(2);
      expect(got.items.toSorted()).toEqual(['greeter greets a', 'greeter greets b']);
      expect((await asker.counts())['other']).toMatchObject({ waiting: 1, active: 0 });
      const second = await queueOf(jobs('second'), { works: ['other'] });
      await second.work(jobs('second'));
      await got.reach(3);
      expect(got.items.at(-1)).toBe('second does other to later');
    });

    test('runs jobs in the order of their priority, those without any first', async () => {
      const got = collector<string>();
      const job = greet(async ({ to }) => got.add(to), { concurrency: 1 });
      const queue = await queueOf([job]);
      await queue.enqueue('greet', { to: 'third' }, { priority: 3 });
      await queue.enqueue('greet', { to: 'second a' }, { priority: 2 });
      await queue.enqueue('greet', { to: 'none' });
      await queue.enqueueMany('greet', [
        { payload: { to: 'second b' }, priority: 2 },
        { payload: { to: 'first' }, priority: 1 },
      ]);
      await queue.work([job]);
      await got.reach(5);
      expect(got.items).toEqual(['none', 'first', 'second a', 'second b', 'third']);
    });

    test('shares the load between two, each job run once', async () => {
      const got = collector<string>();
      const run =
        (who: string): Greet['run'] =>
        async ({ at }) => {
          await later(5);
          got.add(`${who} ${at}`);
        };
      const one = await working(greet(run('one'), { concurrency: 2 }));
      await working(greet(run('two'), { concurrency: 2 }));
      await one.enqueueMany(
        'greet',
        Array.from({ length: 200 }, (_, at) => ({ payload: { to: 'x', at } })),
      );
      await got.reach(200);
      await later(100);
      const numbers = got.items.map((item) => item.split(' ')[1]);
      expect(new Set(numbers).size).toBe(200);
      expect(numbers).toHaveLength(200);
      expect(new Set(got.items.map((item) => item.split(' ')[0]))).toEqual(new Set(['one', 'two']));
    });

    test('several that open and start at once do not disturb each other', async () => {
      const got = collector<number>();
      const queues = await Promise.all(Array.from({ length: 4 }, () => working(greet(async ({ at = -1 }) => got.add(at)))));
      await Promise.all(queues.map((queue, at) => queue.enqueue('greet', { to: 'x', at })));
      await got.reach(4);
      expect(new Set(got.items)).toEqual(new Set([0, 1, 2, 3]));
    });

    test('closes after the running job, and takes no other', async () => {
      const started = happening();
      const goOn = happening();
      const ended: string[] = [];
      const signals: AbortSignal[] = [];
      const run: Greet['run'] = async ({ to }, signal) => {
        signals.push(signal);
        started.happen();
        await goOn.happened;
        ended.push(to);
      };
      const queue = await working(greet(run, { concurrency: 1 }));
      await queue.enqueueMany('greet', [{ payload: { to: 'running' } }, { payload: { to: 'waiting' } }]);
      await started.happened;
      let closed = false;
      const closing = queue.close(10_000).then(() => (closed = true));
      await later(200);
      expect(closed).toBe(false);
      goOn.happen();
      await closing;
      expect(ended).toEqual(['running']);
      expect(signals.map((signal) => signal.aborted)).toEqual([false]);
      const next = await queueOf([greet(async () => undefined)]);
      expect((await next.counts())['greet']).toMatchObject({ waiting: 1, active: 0 });
      await expect(queue.enqueue('greet', { to: 'late' })).rejects.toThrow('is closed');
    });

    test('tells a job that does not end by its signal, and closes within the grace; another runs it again', async () => {
      const started = happening();
      const told = happening<string>();
      const run: Greet['run'] = (_payload, signal) =>
        new Promise(() => {
          signal.addEventListener('abort', () => told.happen(String(signal.reason)));
          started.happen();
        });
      const queue = await working(greet(run), { lockMs: 800, stalledMs: 200 });
      await queue.enqueue('greet', { to: 'stuck' });
      await started.happened;
      const begun = performance.now();
      await queue.close(1_000);
      expect(performance.now() - begun).toBeLessThan(1_300);
      expect(await told.happened).toBe('the queue is closing');
      const got = collector<string>();
      await working(
        greet(async ({ to }) => got.add(to)),
        { lockMs: 800, stalledMs: 200 },
      );
      await got.reach(1);
      expect(got.items).toEqual(['stuck']);
    });

    test('keeps the lock of a long job, and tells it by its signal when the lock is lost', async () => {
      const started = happening();
      const told = happening<string>();
      let runs = 0;
      const run: Greet['run'] = async (_payload, signal) => {
        runs += 1;
        signal.addEventListener('abort', () => told.happen(String(signal.reason)));
        started.happen();
        await told.happened;
      };
      const queue = await working(greet(run), { lockMs: 800, stalledMs: 200 });
      const other = await working(greet(run), { lockMs: 800, stalledMs: 200 });
      await queue.enqueue('greet', { to: 'long' });
      await started.happened;
      await later(2_500);
      expect(runs).toBe(1);
      await other.drain();
      expect(await told.happened).toBe('the lock on the job is lost');
    });

    test('goes on after everything was emptied, running jobs included', async () => {
      const got = collector<string>();
      const started = happening();
      const goOn = happening();
      const run = async ({ to }: Greeting): Promise<void> => {
        if (to === 'running') {
          started.happen();
          await goOn.happened;
        }
        got.add(to);
      };
      const queue = await working(greet(run, { concurrency: 2 }));
      const other = await working(greet(run, { concurrency: 2 }));
      await queue.enqueue('greet', { to: 'running' }, { jobId: 'same' });
      await started.happened;
      for (let round = 1; round <= 3; round += 1) {
        await queue.drain();
        expect(await queue.counts()).toEqual({
          greet: { waiting: 0, active: 0, delayed: 0, failed: 0 },
        });
        await queue.enqueue('greet', { to: `after ${round}` }, { jobId: `after-${round}` });
        await got.reach(round);
      }
      await queue.enqueue('greet', { to: 'same id' }, { jobId: 'same' });
      await got.reach(4);
      goOn.happen();
      await got.reach(5);
      await other.enqueue('greet', { to: 'last' });
      await got.reach(6);
      expect(got.items).toEqual(['after 1', 'after 2', 'after 3', 'same id', 'running', 'last']);
    });

    test('repeats, however often that is asserted, and again after it was emptied', async () => {
      const got = collector<string>();
      const queue = await working(greet(async ({ to }) => got.add(to)));
      const begun = performance.now();
      await queue.repeat('greet', 400, { to: 'tick' });
      await got.reach(1);
      const assertions = setInterval(() => void queue.repeat('greet', 400, { to: 'tick' }).catch(() => undefined), 60);
      await got.reach(4);
      clearInterval(assertions);
      const took = performance.now() - begun;
      expect(took).toBeGreaterThan(700);
      expect(took).toBeLessThan(3_000);
      await queue.drain();
      await later(300);
      const before = got.items.length;
      await later(900);
      expect(got.items).toHaveLength(before);
      await queue.repeat('greet', 400, { to: 'tick' });
      await got.reach(before + 3);
    });

    test('outlives a restart of its server and goes on by itself', async () => {
      const got = collector<string>();
      const queue = await working(greet(async ({ to }) => got.add(to)));
      await queue.enqueue('greet', { to: 'before' });
      await got.reach(1);
      for (let round = 2; round <= 4; round += 1) {
        await bench.restart();
        await expect
          .poll(() =>
            queue.enqueue('greet', { to: `${round}` }).then(
              () => true,
              () => false,
            ),
          )
          .toBe(true);
        await got.reach(round);
      }
      expect(got.items.length).toBeGreaterThanOrEqual(4);
    });

    test('outlives a server that is away for a while, without a storm of errors or a callers’ wait without end', async () => {
      const got = collector<string>();
      const complaints: string[] = [];
      const loud = {
        ...log,
        error: (_about: object, message: string) => void complaints.push(message),
      };
      const queue = await working(
        greet(async ({ to }) => got.add(to)),
        { log: loud, patienceMs: 1_000 },
      );
      await queue.enqueue('greet', { to: 'before' });
      await got.reach(1);
      await bench.down();
      await expect(queue.enqueue('greet', { to: 'into the void' })).rejects.toThrow();
      await later(2_000);
      await bench.up();
      await expect
        .poll(
          () =>
            queue.enqueue('greet', { to: 'after' }).then(
              () => true,
              () => false,
            ),
          { timeout: 10_000 },
        )
        .toBe(true);
      await expect.poll(() => got.items, { timeout: 10_000 }).toContain('after');
      expect(complaints.length).toBeGreaterThan(0);
      expect(complaints.length).toBeLessThan(12);
    });

    test('closes within the grace when its server is away', async () => {
      const queue = await working(greet(async () => undefined));
      await bench.down();
      const begun = performance.now();
      await queue.close(4_000);
      expect(performance.now() - begun).toBeLessThan(4_300);
      await bench.up();
    });

    test('says what is wrong when there is no server', async () => {
      const url = `${bench.address.kind}://someone:secret@127.0.0.1:9/1`;
      const opening = openQueue({ backend: { ...bench.address, url }, log }, []);
      await expect(opening).rejects.toThrow(/cannot be used: .*ECONNREFUSED/);
      await expect(opening).rejects.not.toThrow(/secret/);
    });
  });
}

test('keeps BullMQ’s tables out of the public schema, and sets two prefixes apart', async () => {
  const database = await testDatabase('queue-schema', 'none');
  const job = greet(async () => undefined);
  const kinds = [job];
  const backend: BackendAddress = {
    kind: 'postgres',
    url: `${database.url}?options=-c%20search_path%3Dpublic`,
  };
  const one = await openQueue({ backend, log }, kinds);
  const two = await openQueue({ backend, log, prefix: 'elsewhere' }, kinds);
  await one.enqueue('greet', { to: 'x' });
  expect([await one.counts(), await two.counts()]).toMatchObject([{ greet: { waiting: 1 } }, { greet: { waiting: 0 } }]);
  await Promise.all([one.close(), two.close()]);
  const { rows } = await database.query(`SELECT DISTINCT table_schema AS name FROM information_schema.tables
    WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`);
  expect(rows).toEqual([{ name: 'bullmq' }, { name: 'elsewhere' }]);
  await database.drop();
});

describe.skipIf(!redis)('a Redis that may lose jobs', () => {
  test('is refused, with what to do', async () => {
    const lossy = await startRedis('--maxmemory-policy', 'allkeys-lru');
    if (!lossy) throw new Error('there was a Redis a moment ago');
    const opening = openQueue({ backend: { kind: 'redis', url: lossy.url }, log }, []);
    await expect(opening).rejects.toThrow(/maxmemory-policy is "allkeys-lru"; it must be "noeviction"/);
    await lossy.stop();
  });
});

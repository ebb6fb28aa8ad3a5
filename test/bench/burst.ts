// The morning: ten thousand digests due at nine, how late each is; and how late a reminder is that is due all alone.

import { ours } from './peers/ours.ts';
import { percentile, shown, spreadOf } from './support/figures.ts';
import type { Ground } from './support/ground.ts';
import { type Prepared, prepareMorning } from './support/ledgers.ts';
import type { Options } from './support/options.ts';
import { against, type Measured, plain, type Result } from './support/report.ts';
import { play } from './support/rounds.ts';

const LAST_SECONDS = 10;
const LONE_SECONDS = 1.5;
/** Between two lone reminders, and the steps by which they miss full seconds. */
const APART_MS = 1_500;
const ASKEW_MS = 37;

export async function benchBurst(ground: Ground, options: Options): Promise<Result> {
  const mails = options.mails ?? (options.quick ? 300 : 10_000);
  const rounds = options.rounds ?? (options.quick ? 1 : 3);
  const lone = options.quick ? 5 : 50;
  const redis = await ground.redis();
  const queues = redis === null ? (['postgres'] as const) : (['redis', 'postgres'] as const);
  const ledgers = await prepareMorning(ground, mails);
  const measured: Measured[] = [];
  for (const queue of queues) {
    const lateness: { p50: number; p99: number; last: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      lateness.push(await morning(ground, queue, mails, ledgers));
      ground.say(
        `${NAMES[queue]}，${mails} 封 09:00 到期，第 ${round + 1}/${rounds} 轮：最后一封 ${shown(lateness.at(-1)?.last ?? 0, 's')}`,
      );
    }
    const median = (of: (one: (typeof lateness)[number]) => number): number => spreadOf(lateness.map(of)).median;
    const what = `09:00 到期 ${mails} 封，${NAMES[queue]}，1 个工作进程`;
    measured.push(
      against(
        `${what}：最后一封`,
        median(({ last }) => last),
        { most: LAST_SECONDS, unit: 's' },
      ),
      plain(
        `${what}：晚点 p50 / p99`,
        `${shown(
          median(({ p50 }) => p50),
          's',
        )} / ${shown(
          median(({ p99 }) => p99),
          's',
        )}`,
        median(({ p99 }) => p99),
        's',
      ),
    );
  }
  for (const queue of queues) {
    const late = await lonely(ground, queue, lone, ledgers);
    measured.push(
      against(
        `单独到期的提醒 ${lone} 条，${NAMES[queue]}：晚点 p99`,
        percentile(late, 99),
        { most: LONE_SECONDS, unit: 's' },
        `${shown(percentile(late, 99), 's')}（p50 ${shown(percentile(late, 50), 's')}）`,
      ),
    );
  }
  return {
    bench: 'burst',
    title: '早晨的高峰，与单独到期的一条',
    how: [`从到期的时刻计到收信端接受；一个工作进程，从规划起，${rounds} 轮取中位；进程已在运行、空闲`],
    measured,
    missing: redis === null ? [{ what: '队列在 Redis', why: '没有 redis-server，也装不上' }] : [],
  };
}

const NAMES = { redis: '队列在 Redis', postgres: '队列在自带 PostgreSQL' } as const;

async function morning(
  ground: Ground,
  queue: 'redis' | 'postgres',
  mails: number,
  ledgers: Prepared,
): Promise<{ p50: number; p99: number; last: number }> {
  const seen = { p50: 0, p99: 0, last: 0 };
  await play(
    ground,
    ours({ queue, workers: 1, from: 'due' }),
    { mails, letters: [], ledgers },
    {
      look: (sink, first) => {
        const after = (part: number): number => (sink.at(Math.ceil(mails * part)) - first) / 1_000;
        Object.assign(seen, { p50: after(0.5), p99: after(0.99), last: after(1) });
      },
    },
  );
  return seen;
}

/** Lateness of each in seconds, ascending. */
async function lonely(ground: Ground, queue: 'redis' | 'postgres', mails: number, ledgers: Prepared): Promise<readonly number[]> {
  const due = Array.from({ length: mails }, (_, n) => n * APART_MS + ((n * ASKEW_MS) % 1_000));
  const late: number[] = [];
  const contender = ours({
    queue,
    workers: 1,
    from: 'due',
    alter: async (its, database, nine) => {
      await its.sql(database, 'UPDATE cuiban.assignment SET next_at = NULL');
      await its.sql(
        database,
        `UPDATE cuiban.assignment a SET next_at = to_timestamp(d.at / 1000)
           FROM unnest($1::float8[]) WITH ORDINALITY AS d(at, n) WHERE a.id = d.n`,
        [due.map((after) => nine + after)],
      );
    },
  });
  await play(
    ground,
    contender,
    { mails, letters: [], ledgers },
    {
      look: (sink, first) => late.push(...due.map((after, n) => (sink.at(n + 1) - first - after) / 1_000)),
    },
  );
  return late.toSorted((one, other) => one - other);
}

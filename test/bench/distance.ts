// A relay far away: mails per second through a line with a delay, with few and many connections.

import { ours } from './peers/ours.ts';
import { shown, spreadOf } from './support/figures.ts';
import type { Ground } from './support/ground.ts';
import { prepareMorning } from './support/ledgers.ts';
import type { Options } from './support/options.ts';
import { startChild } from './support/processes.ts';
import { type Measured, plain, type Result } from './support/report.ts';
import { play } from './support/rounds.ts';

const ROUND_TRIPS_MS = [5, 20];
const CONNECTIONS = [1, 10, 20];
/** About so many round trips a mail takes; only to give every combination as many mails as it sends in the time. */
const TRIPS_PER_MAIL = 2.3;

export async function benchDistance(ground: Ground, options: Options): Promise<Result> {
  const rounds = options.rounds ?? (options.quick ? 1 : 3);
  const seconds = options.quick ? 1 : 6;
  const most = options.mails ?? (options.quick ? 300 : 5_000);
  const redis = await ground.redis();
  const queue = redis === null ? 'postgres' : 'redis';
  const ledgers = await prepareMorning(ground, most);
  const measured: Measured[] = [];
  for (const roundTripMs of ROUND_TRIPS_MS) {
    for (const connections of CONNECTIONS) {
      const mails = Math.min(most, Math.ceil(((seconds * 1_000) / (roundTripMs * TRIPS_PER_MAIL)) * connections));
      const contender = ours({
        queue,
        workers: 1,
        from: 'planned',
        connections,
        alter: async (its, database) => {
          await its.sql(
            database,
            `UPDATE cuiban.message SET owed_at = NULL WHERE id NOT IN (SELECT id FROM cuiban.message ORDER BY id LIMIT $1)`,
            [mails],
          );
        },
      });
      const speeds: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const run = await play(
          ground,
          contender,
          { mails, letters: [], ledgers },
          {
            through: async (port, cleanup) => {
              const proxy = startChild(new URL('support/delay-proxy.ts', import.meta.url), cleanup);
              return (await proxy.ask<{ port: number }>({ kind: 'listen', port, roundTripMs })).port;
            },
          },
        );
        speeds.push(run.mailsPerSecond);
      }
      const speed = spreadOf(speeds);
      ground.say(`往返 ${roundTripMs} ms，${connections} 条连接：${shown(speed.median)} 封/秒`);
      measured.push(plain(`往返 ${roundTripMs} ms，${connections} 条连接`, `${shown(speed.median)} 封/秒`, speed, 'mails/s'));
    }
  }
  return {
    bench: 'distance',
    title: '邮件服务器的距离',
    how: [
      `一个工作进程，队列在 ${queue === 'redis' ? 'Redis' : '自带 PostgreSQL'}，已规划；TCP 延迟代理在收信端之前，${rounds} 轮取中位`,
    ],
    measured,
    missing: [],
  };
}

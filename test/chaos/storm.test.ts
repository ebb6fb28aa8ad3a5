// The short form of `npm run chaos`: one storm over real processes and one death at each point, both at once in worlds of their own,
// for most of their time is waiting; counted at the far side.
import { it } from 'vitest';

import { redisIsHere } from '../support/redis.ts';
import { kills } from './kills.ts';
import { POINTS } from './points.ts';
import { storm } from './storm.ts';

/** One of each kind; the long form has them all, several times. */
const SHORT = [
  'kill -9 of a worker',
  'kill -9 of a scheduler',
  'longer than its lease',
  'kill -9 of PostgreSQL',
  'disk is full',
  'FLUSHALL',
  'no memory left',
  'line to the relay is cut',
];

it.concurrent('loses nothing, doubles nothing but what was in flight, and recovers by itself, whatever is killed, cut, frozen or full', async ({
  expect,
}) => {
  const said: string[] = [];
  const verdict = await storm({
    seed: 20_261,
    queue: 'redis',
    rounds: 1,
    units: 25,
    patienceMs: 240_000,
    calmMs: 0,
    only: SHORT,
    say: (line) => said.push(line),
  });
  expect(verdict.faults, said.join('\n')).toEqual([]);
  expect(verdict.accepted).toBeGreaterThanOrEqual(verdict.owed - verdict.told);
  expect(verdict.told).toBeLessThan(verdict.owed / 10);
  for (const { ms, code } of verdict.stops ?? []) {
    expect(code).toBe(0);
    expect(ms).toBeLessThan(10_000);
  }
}, 600_000);

it.concurrent('loses and doubles nothing but what was in flight by a death at any point between a plan and its acknowledgement', async ({
  expect,
}) => {
  const said: string[] = [];
  const verdict = await kills({
    seed: 20_261,
    queue: (await redisIsHere()) ? 'redis' : 'postgres',
    kills: Object.keys(POINTS).length,
    units: 20,
    patienceMs: 240_000,
    say: (line) => said.push(line),
  });
  expect(verdict.faults, said.join('\n')).toEqual([]);
  for (const point of ['K1', 'K2', 'K3'] as const) expect(verdict.points[point].doubles, point).toBe(0);
}, 600_000);

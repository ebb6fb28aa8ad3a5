// What a storm does to the parts of a world, one thing at a time. Each fault ends as it found things, so that what follows is recovery.

import { setTimeout as wait } from 'node:timers/promises';

import type { Proxy } from './proxy.ts';
import type { Manner } from './sinks.ts';
import { LEASE_S, type World } from './world.ts';

/** A whole number from 0 on, below `sides`. */
export type Dice = (sides: number) => number;

export interface Fault {
  readonly name: string;
  /** What it does may leave a message of which nobody knows whether it arrived. */
  readonly ambiguous: boolean;
  /** Null where the world has no such part. */
  strike(world: World, dice: Dice): (() => Promise<void>) | null;
}

const some = <T>(list: readonly T[], dice: Dice): T => {
  const one = list[dice(list.length)];
  if (one === undefined) throw new RangeError('nothing to choose from');
  return one;
};

function line(name: string, pick: (world: World) => Proxy | null, how: 'cut' | 'hold', longestMs: number): Fault {
  return {
    name,
    ambiguous: true,
    strike: (world, dice) => {
      const proxy = pick(world);
      if (proxy === null) return null;
      return async () => {
        proxy[how]();
        await wait(1_000 + dice(longestMs - 1_000));
        proxy.heal();
      };
    },
  };
}

function crew(name: string, kind: 'workers' | 'schedulers', away: number): Fault {
  return {
    name,
    ambiguous: true,
    strike: (world, dice) => async () => {
      const victim = some(world[kind], dice);
      await victim.kill();
      await wait(dice(away));
      victim.start();
    },
  };
}

function frozen(name: string, forMs: number): Fault {
  return {
    name,
    ambiguous: true,
    strike: (world, dice) => async () => {
      const victim = some([...world.workers, ...world.schedulers], dice);
      victim.freeze();
      await wait(forMs);
      victim.thaw();
    },
  };
}

function relay(name: string, manner: Manner, ambiguous: boolean): Fault {
  return {
    name,
    ambiguous,
    strike: (world, dice) => async () => {
      world.manner(manner);
      await wait(1_000 + dice(2_000));
      world.manner('plain');
    },
  };
}

export const FAULTS: readonly Fault[] = [
  crew('kill -9 of a worker', 'workers', 2_000),
  crew('kill -9 of another worker', 'workers', 500),
  crew('kill -9 of a scheduler', 'schedulers', 3_000),
  frozen('a process frozen for a moment', 2_000),
  frozen('a process frozen for longer than its lease', (LEASE_S + 4) * 1_000),
  {
    name: 'kill -9 of PostgreSQL',
    ambiguous: true,
    strike:
      ({ postgres }, dice) =>
      async () => {
        await postgres.kill();
        await wait(dice(2_000));
        await postgres.start();
      },
  },
  {
    name: 'PostgreSQL is stopped at once and started again',
    ambiguous: true,
    strike:
      ({ postgres }, dice) =>
      async () => {
        await postgres.stopAtOnce();
        await wait(dice(2_000));
        await postgres.start();
      },
  },
  {
    name: 'the ledger’s disk is full',
    ambiguous: true,
    strike: ({ postgres: { disk } }) =>
      disk === null
        ? null
        : async () => {
            await disk.fill();
            await wait(6_000);
            await disk.empty();
          },
  },
  {
    name: 'kill -9 of Redis, which comes back empty',
    ambiguous: false,
    strike: ({ redis }, dice) =>
      redis === null
        ? null
        : async () => {
            await redis.kill();
            await wait(dice(3_000));
            await redis.restart();
          },
  },
  {
    name: 'FLUSHALL',
    ambiguous: false,
    strike: ({ redis }) => (redis === null ? null : async () => void (await redis.command('FLUSHALL'))),
  },
  {
    name: 'Redis has no memory left (noeviction)',
    ambiguous: false,
    strike: ({ redis }, dice) =>
      redis === null
        ? null
        : async () => {
            await redis.command('CONFIG', 'SET', 'maxmemory', '1');
            await wait(2_000 + dice(3_000));
            await redis.command('CONFIG', 'SET', 'maxmemory', '0');
          },
  },
  line('the line to PostgreSQL is cut', ({ lines }) => lines.postgres, 'cut', 4_000),
  line('the line to PostgreSQL swallows everything', ({ lines }) => lines.postgres, 'hold', 8_000),
  line('the line to Redis is cut', ({ lines }) => lines.redis, 'cut', 4_000),
  line('the line to Redis swallows everything', ({ lines }) => lines.redis, 'hold', 6_000),
  line('the line to the relay is cut', ({ lines }) => lines.smtp, 'cut', 4_000),
  line('the line to the relay swallows everything', ({ lines }) => lines.smtp, 'hold', 4_000),
  line('the line to the SMSC is cut', ({ lines }) => lines.smpp, 'cut', 4_000),
  relay('the relay puts every third mail off', 'greylist', false),
  relay('the relay breaks off after every third mail it took', 'accept-drop', true),
  relay('the relay breaks off at the end of every third mail', 'drop', true),
];

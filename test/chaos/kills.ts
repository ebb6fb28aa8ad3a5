// kill -9 at every point between a plan and its acknowledgement, again and again, while work comes due: then the far side is counted.
// Each process dies by its own hand at its point (points.ts), and the next takes its place at once.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { Told } from './doomed.ts';
import { type Point, POINTS } from './points.ts';
import { confirming, diceOf, ledgerSays, type Owed, recovered, shuffled, type Struck } from './storm.ts';
import { groupBy, judge, type Verdict } from './verdict.ts';
import { openWorld, type World } from './world.ts';

/** Short, so that what a dead process held is soon owed again; long enough for a busy machine. */
const LEASE_S = 20;
/** What a dead process held is looked for once a minute after its lease has ended. */
const FOUND_MS = (LEASE_S + 60) * 1_000;
const REACHED_MS = 120_000;
/** A worker is let pass its point so often at most; a scheduler comes to its own once a minute. */
const PASSES = 4;
const PLANNING: readonly Point[] = ['K1', 'K2', 'K3'];
const SENDING: readonly Point[] = ['K4', 'K5', 'K6', 'K7', 'K8', 'K9'];

export interface KillsOptions {
  readonly seed: number;
  readonly queue: 'redis' | 'postgres';
  /** At all points together. */
  readonly kills: number;
  readonly units: number;
  readonly patienceMs: number;
  readonly say: (line: string) => void;
}

interface Killed {
  readonly point: Point;
  readonly at: number;
  readonly worker: string;
}

export interface KillsVerdict extends Verdict {
  readonly points: Readonly<Record<Point, { readonly kills: number; readonly doubles: number }>>;
}

export async function kills(options: KillsOptions): Promise<KillsVerdict> {
  const dice = diceOf(options.seed);
  const each = Math.ceil(options.kills / (PLANNING.length + SENDING.length));
  const times = (points: readonly Point[]): Point[] => shuffled(Array<readonly Point[]>(each).fill(points).flat(), dice).slice();
  const planning = times(PLANNING);
  const sending = times(SENDING);
  const world = await openWorld({
    offices: planning.length + sending.length,
    queue: options.queue,
    workers: 0,
    schedulers: 0,
    slowMs: 5,
    leaseS: LEASE_S,
  });
  const crew = crewOf(world);
  try {
    const killed: Killed[] = [];
    const owed: Owed[] = [];
    const confirm = await confirming(world, options.units);
    let number = 0;
    const work = async (): Promise<void> => void owed.push(await confirm((number += 1) - 1));
    const lane = async (role: string, points: Point[]): Promise<void> => {
      for (let point = points.shift(); point !== undefined; point = points.shift()) {
        await work();
        const dead = await crew.die(role, point, role === 'worker' ? 1 + dice(PASSES) : 1, points.length > 0);
        if (dead === null) options.say(`nobody came to ${point}`);
        else killed.push({ point, ...dead });
        if (killed.length % 50 === 0) options.say(`${killed.length} killed`);
      }
    };
    const [planners, ...senders] = [
      lane('scheduler', planning).then(() => crew.live('scheduler')),
      lane('worker', sending),
      lane('worker', sending),
    ];
    await Promise.all([planners, ...senders]);
    options.say(`${killed.length} killed; now what is left goes out`);
    for (const role of ['worker', 'worker']) crew.live(role);
    await recovered(world, owed, options.patienceMs);
    const accepted = await world.accepted();
    const lost = await leftBehind(world);
    const struck = killed.map(({ point, at, worker }): Struck => {
      return { name: point, from: at, to: at + FOUND_MS, inFlight: lost.filter((one) => one.worker === worker).length };
    });
    const verdict = judge(accepted, owed, struck, await ledgerSays(world));
    const faults = [...verdict.faults];
    const counted = new Map(killed.map(({ point }) => [point, { kills: 0, doubles: 0 }]));
    for (const { point } of killed) (counted.get(point) ?? { kills: 0 }).kills += 1;
    for (const [to, got] of groupBy(accepted)) {
      if (got.length === 1) continue;
      const guilty = killed
        .filter(({ worker }) => lost.some((one) => one.worker === worker && one.to === to))
        .toSorted(byTime(got));
      if (got.length - 1 > guilty.length) faults.push(`doubled though no process that held it was killed: ${to}`);
      for (const { point } of guilty.slice(0, got.length - 1)) (counted.get(point) ?? { doubles: 0 }).doubles += 1;
    }
    for (const [point, { kills: count, doubles }] of counted) {
      options.say(`${point} ${POINTS[point]}: ${count} kills, ${doubles} doubles`);
      if (count < each) faults.push(`only ${count} of ${each} kills at ${point}`);
    }
    return { ...verdict, faults, points: Object.fromEntries(counted) as KillsVerdict['points'] };
  } finally {
    await crew.end();
    await world.end();
  }
}

/** Those first that came soonest after it had arrived: it may have been held by several that died, and have left with one of them. */
function byTime(got: readonly { readonly at: number }[]): (one: Killed, other: Killed) => number {
  const since = ({ at }: Killed): number => Math.min(...got.map((each) => (at >= each.at - 50 ? at - each.at : Infinity)));
  return (one, other) => since(one) - since(other);
}

/** Claims that ended with their lease: of each it is unknown whether its mail arrived. */
async function leftBehind(world: World): Promise<readonly { readonly to: string; readonly worker: string }[]> {
  return world.postgres.query(
    `SELECT trim(LEADING '+' FROM address) AS to, a.worker FROM cuiban.attempt a JOIN cuiban.message m ON m.id = a.message_id WHERE a.code = 'LEASE'`,
  );
}

function crewOf(world: World) {
  const log = join(world.dir, 'crew.log');
  const all = new Set<ChildProcess>();
  const spare = new Map<string, Promise<ChildProcess>[]>();
  const load = async (role: string): Promise<ChildProcess> => {
    const child = fork(resolve(import.meta.dirname, 'doomed.ts'), [role], {
      execArgv: ['--import', 'tsx'],
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...world.environment, CUIBAN_DATA: join(world.dir, role) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    all.add(child);
    child.once('exit', () => all.delete(child));
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => appendFileSync(log, chunk));
    await once(child, 'message');
    return child;
  };
  const next = (role: string): Promise<ChildProcess> => spare.get(role)?.shift() ?? load(role);
  const reap = (): void => {
    for (const child of all) child.kill('SIGKILL');
  };
  process.once('exit', reap);
  return {
    /** Null where it never came to its point. */
    die: async (role: string, point: Point, passes: number, more: boolean): Promise<Omit<Killed, 'point'> | null> => {
      const child = await next(role);
      let worker = '';
      child.once('message', (said: string) => (worker = said));
      const late = setTimeout(() => child.kill('SIGTERM'), REACHED_MS);
      const gone = once(child, 'exit');
      child.send({ point, passes } satisfies Told);
      // The next loads meanwhile.
      if (more) spare.set(role, [...(spare.get(role) ?? []), load(role)]);
      const [code, signal] = (await gone) as [number | null, string | null];
      clearTimeout(late);
      if (signal === 'SIGTERM') return null;
      if (signal !== 'SIGKILL') throw new Error(`a ${role} that was to die at ${point} ended with ${code ?? signal}`);
      return { at: Date.now(), worker };
    },
    live: (role: string): void => void next(role).then((child) => child.send({} satisfies Told)),
    end: async (): Promise<void> => {
      for (const waiting of spare.values()) await Promise.all(waiting);
      const gone = [...all].map((child) => once(child, 'exit'));
      reap();
      await Promise.all(gone);
      process.removeListener('exit', reap);
    },
  };
}

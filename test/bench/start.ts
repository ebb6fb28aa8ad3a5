// What a process costs that does nothing yet, and one that does all it can; and how long it is from the start to the first reminder.

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { everyRole } from '../../src/app-roles.ts';
import type { TestRedis } from '../support/redis.ts';
import { type Beginning, type Opening, ours, startWorker } from './peers/ours.ts';
import type { Contender } from './peers/peer.ts';
import { wall } from './support/child.ts';
import { Cleanup } from './support/cleanup.ts';
import { shown, spreadOf } from './support/figures.ts';
import type { Ground } from './support/ground.ts';
import { type Prepared, prepareMorning } from './support/ledgers.ts';
import type { Options } from './support/options.ts';
import { startProgram } from './support/processes.ts';
import { against, type Measured, type Result } from './support/report.ts';
import { play } from './support/rounds.ts';

const CUIBAN = fileURLToPath(new URL('../../src/bin.mjs', import.meta.url));
const RSS_MB = 200;
const FIRST_SECONDS = 10;
const AGAIN_SECONDS = 5;
/** An instant of the drill at which something is due. */
const DRILL = ['--now', '2022-08-24T09:00:05+08:00', '--schedule', 'ruicheng-2022'];

export async function benchStart(ground: Ground, options: Options): Promise<Result> {
  const rounds = options.rounds ?? (options.quick ? 1 : 3);
  const first: number[] = [];
  const again: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const folder = path.join(ground.folder, `data-${round}`);
    await mkdir(folder);
    first.push(await startDrill(ground, folder));
    again.push(await startDrill(ground, folder));
    ground.say(`到第一条提醒：首次 ${shown(first.at(-1) ?? 0, 's')}，再次 ${shown(again.at(-1) ?? 0, 's')}`);
  }
  return {
    bench: 'start',
    title: '启动与内存',
    how: [
      `启动：cuiban start --now …，从起进程到第一封被接受，${rounds} 次取中位；“首次”含建立自带 PostgreSQL`,
      '内存：进程的常驻内存；满载为全程最高值',
    ],
    measured: [
      against('到第一条提醒，自带 PostgreSQL，首次', spreadOf(first).median, { most: FIRST_SECONDS, unit: 's' }),
      against('到第一条提醒，自带 PostgreSQL，再次', spreadOf(again).median, { most: AGAIN_SECONDS, unit: 's' }),
      ...(await memory(ground, options)),
    ],
    missing: [],
  };
}

async function startDrill(ground: Ground, folder: string): Promise<number> {
  const cleanup = new Cleanup();
  const undo = ground.cleanup.add(() => cleanup.end());
  try {
    const sink = await (await ground.sinks()).start(cleanup);
    cleanup.add(() => sink.stop());
    const began = wall();
    const cuiban = startProgram(process.execPath, [CUIBAN, 'start', ...DRILL], cleanup, {
      SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
      CUIBAN_DATA: folder,
      LOG_LEVEL: 'error',
    });
    let words = '';
    for (const stream of [cuiban.process.stdout, cuiban.process.stderr]) {
      stream?.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-2_000)));
    }
    const ended = new Promise<never>((_, reject) => {
      cuiban.process.once('exit', () => reject(new Error(`cuiban start ended: ${words}`)));
    });
    ended.catch(() => undefined);
    return ((await Promise.race([sink.reached(1), ended])) - began) / 1_000;
  } finally {
    await undo();
  }
}

/** All roles in one process, and each in its own. */
async function memory(ground: Ground, options: Options): Promise<Measured[]> {
  const mails = options.mails ?? (options.quick ? 200 : 5_000);
  const ledgers = await prepareMorning(ground, mails);
  const redis = await ground.redis();
  const queues = redis === null ? (['postgres'] as const) : (['postgres', 'redis'] as const);
  const measured: Measured[] = [];
  const measure = async (contender: Contender, names: readonly string[]): Promise<void> => {
    const { memory: each } = await play(ground, contender, { mails, letters: [], ledgers });
    for (const [n, { idleMb, peakMb }] of each.entries()) {
      const words = `${shown(peakMb, 'MB')}（空闲 ${shown(idleMb, 'MB')}）`;
      measured.push(against(`内存满载，${names[n] ?? ''}`, peakMb, { most: RSS_MB, unit: 'MB' }, words));
    }
  };
  for (const queue of queues) {
    const where = queue === 'redis' ? 'Redis' : '自带 PostgreSQL';
    await measure(ours({ queue, workers: 1, from: 'due' }), [`一个进程做所有的事，队列在 ${where}`]);
  }
  const roles = everyRole().map((role) => [role]);
  const queue = queues.at(-1) ?? 'postgres';
  await measure(
    ours({ queue, workers: roles.length, from: 'due', roles }),
    roles.map((own) => `只做 ${own.join('、')}`),
  );
  if (redis !== null) measured.push(await scaledOut(ground, ledgers, redis, options.rounds ?? (options.quick ? 1 : 3)));
  return measured;
}

/** A process that joins with DATABASE_URL and REDIS_URL, when something is due already: from its start to the first mail. */
async function scaledOut(ground: Ground, ledgers: Prepared, redis: TestRedis, rounds: number): Promise<Measured> {
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const cleanup = new Cleanup();
    const undo = ground.cleanup.add(() => cleanup.end());
    try {
      const databaseUrl = await ground.database('bench_start', ledgers.due);
      cleanup.add(() => ground.drop('bench_start'));
      await redis.command('FLUSHALL');
      const sink = await (await ground.sinks()).start(cleanup);
      cleanup.add(() => sink.stop());
      const began = wall();
      const worker = startWorker(cleanup);
      await worker.ask({
        kind: 'open',
        databaseUrl,
        redisUrl: redis.url,
        smtpUrl: `smtp://127.0.0.1:${sink.port}`,
        configDir: ledgers.province.configDir,
        dataDir: path.join(ground.folder, `joined-${round}`),
        roles: null,
      } satisfies Opening);
      await worker.ask({ kind: 'begin', clock: { at: wall(), shows: ledgers.province.nine + 1_000 } } satisfies Beginning);
      seconds.push(((await sink.reached(1)) - began) / 1_000);
    } finally {
      await undo();
    }
  }
  return against('到第一条提醒，DATABASE_URL + REDIS_URL', spreadOf(seconds).median, { most: AGAIN_SECONDS, unit: 's' });
}

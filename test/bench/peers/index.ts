// Everybody there is, in the order of the table.

import type { TestRedis } from '../../support/redis.ts';
import { wall } from '../support/child.ts';
import { debianProgram } from '../support/debian.ts';
import type { Ground } from '../support/ground.ts';
import { startChild, startProgram } from '../support/processes.ts';
import { alertmanager } from './alertmanager.ts';
import type { NodemailerOrders, Way } from './nodemailer-peer.ts';
import { ours } from './ours.ts';
import type { BullmqOrders } from './bullmq-peer.ts';
import type { Candidate, Contender, Running, Task } from './peer.ts';
import type { PgBossOrders } from './pg-boss-peer.ts';

export const OURS = {
  postgres: ours({ queue: 'postgres', workers: 1, from: 'due' }),
  postgresPlanned: ours({ queue: 'postgres', workers: 1, from: 'planned' }),
  redis: ours({ queue: 'redis', workers: 1, from: 'due' }),
  redisPlanned: ours({ queue: 'redis', workers: 1, from: 'planned' }),
  redisTwo: ours({ queue: 'redis', workers: 2, from: 'due' }),
  redisTwoPlanned: ours({ queue: 'redis', workers: 2, from: 'planned' }),
} as const;

export const BARE = nodemailer('bare', 'nodemailer 连接池直发，无队列无台账', 'pool');

/** By id, in the order of the table. Nobody is looked for, let alone installed, before they are asked for. */
const EVERYBODY: readonly (readonly [id: string, find: (ground: Ground) => Promise<Candidate> | Candidate])[] = [
  ...[OURS.redis, OURS.redisPlanned, OURS.redisTwo, OURS.redisTwoPlanned].map(
    (contender) => [contender.id, (ground: Ground) => onRedis(ground, contender, () => contender.start)] as const,
  ),
  [OURS.postgres.id, () => OURS.postgres],
  [OURS.postgresPlanned.id, () => OURS.postgresPlanned],
  [BARE.id, () => BARE],
  ['bullmq', (ground) => onRedis(ground, { id: 'bullmq', name: 'BullMQ（Redis）+ nodemailer，并发 50，无台账' }, viaBullmq)],
  ['alertmanager', ({ say }) => alertmanager(say)],
  ['sequential', () => nodemailer('sequential', '办公室脚本：逐封发送，复用连接', 'one by one, pool')],
  ['sequential-plain', () => nodemailer('sequential-plain', '办公室脚本：逐封发送，每封重新连接', 'one by one')],
  ['pg-boss', () => ({ id: 'pg-boss', name: 'pg-boss 调优（每批 500，4 个工作者）+ nodemailer', start: viaPgBoss })],
  ['smtp-source', smtpSource],
];

/** Everybody, or those with these ids; whoever cannot be had comes with the reason. */
export async function candidates(ground: Ground, only: readonly string[] | null): Promise<readonly Candidate[]> {
  const found: Candidate[] = [];
  for (const [id, find] of EVERYBODY) if (only?.includes(id) ?? true) found.push(await find(ground));
  return found;
}

async function onRedis(
  ground: Ground,
  { id, name }: Pick<Contender, 'id' | 'name'>,
  start: (redis: TestRedis) => Contender['start'],
): Promise<Candidate> {
  const redis = await ground.redis();
  return redis === null ? { id, name, missing: '没有 redis-server，也装不上' } : { id, name, start: start(redis) };
}

function viaBullmq(redis: TestRedis): Contender['start'] {
  return async (task) => {
    await redis.command('FLUSHALL');
    return viaChild(new URL('bullmq-peer.ts', import.meta.url), task, { redisUrl: redis.url } satisfies Partial<BullmqOrders>);
  };
}

async function viaPgBoss(task: Task): Promise<Running> {
  const databaseUrl = await task.ground.database('bench_pg_boss');
  task.cleanup.add(() => task.ground.drop('bench_pg_boss'));
  return viaChild(new URL('pg-boss-peer.ts', import.meta.url), task, { databaseUrl } satisfies Partial<PgBossOrders>);
}

function nodemailer(id: string, name: string, way: Way): Contender {
  return {
    id,
    name,
    start: (task) => viaChild(new URL('nodemailer-peer.ts', import.meta.url), task, { way } satisfies Partial<NodemailerOrders>),
  };
}

async function viaChild(program: URL, { cleanup, port, mails, letters }: Task, more: object): Promise<Running> {
  const child = startChild(program, cleanup);
  await child.ask({ kind: 'prepare', port, mails, letters, ...more });
  return { pids: [child.pid], begin: () => child.ask<number>({ kind: 'begin' }) };
}

/** Nobody is faster: mails of zeros from a program in C. */
async function smtpSource(ground: Ground): Promise<Candidate> {
  const id = 'smtp-source';
  const name = '上限：postfix smtp-source（C，20 个会话）';
  const found = await debianProgram('smtp-source', 'postfix', ground.say);
  if ('missing' in found) return { id, name, missing: found.missing };
  return {
    id,
    name,
    start: ({ cleanup, port, mails }) =>
      Promise.resolve({
        pids: [],
        begin: () => {
          const first = wall();
          startProgram(
            found.program,
            [
              '-m',
              `${mails}`,
              '-s',
              '20',
              '-l',
              '6000',
              '-f',
              'cuiban@county.example',
              '-t',
              'unit@county.example',
              `127.0.0.1:${port}`,
            ],
            cleanup,
          );
          return Promise.resolve(first);
        },
      }),
  };
}

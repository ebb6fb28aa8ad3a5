// Messages per second end to end, side by side: Cuiban against those who do less, each from its first intake to the last mail accepted.

import { BARE, candidates, OURS } from './peers/index.ts';
import { type Candidate, CONNECTIONS, type Contender } from './peers/peer.ts';
import { percentile, shown, shownSpread, spreadOf } from './support/figures.ts';
import type { Ground } from './support/ground.ts';
import { prepareMorning } from './support/ledgers.ts';
import type { Options } from './support/options.ts';
import { lettersOf } from './support/province.ts';
import { against, type Measured, plain, type Result } from './support/report.ts';
import { playRounds, type Runs } from './support/rounds.ts';

/** Who is held against whom, and how many times as fast. The bare loop has no planning: both our figures are shown against it. */
const RATIOS: readonly { readonly one: Contender; readonly other: string; readonly least: number; readonly says: string }[] = [
  { one: OURS.redisPlanned, other: BARE.id, least: 2.6, says: 'Redis（已规划）÷ nodemailer 连接池' },
  { one: OURS.redis, other: BARE.id, least: 2.6, says: 'Redis（从规划起）÷ nodemailer 连接池' },
  { one: OURS.postgresPlanned, other: BARE.id, least: 2.2, says: '自带 PostgreSQL（已规划）÷ nodemailer 连接池' },
  { one: OURS.postgres, other: BARE.id, least: 2.2, says: '自带 PostgreSQL（从规划起）÷ nodemailer 连接池' },
  { one: OURS.redis, other: 'alertmanager', least: 2, says: 'Redis（从规划起）÷ alertmanager' },
  { one: OURS.postgres, other: 'alertmanager', least: 2, says: '自带 PostgreSQL（从规划起）÷ alertmanager' },
  { one: OURS.redis, other: 'pg-boss', least: 2, says: 'Redis（从规划起）÷ pg-boss' },
  { one: OURS.postgres, other: 'pg-boss', least: 2, says: '自带 PostgreSQL（从规划起）÷ pg-boss' },
  { one: OURS.redis, other: 'sequential', least: 3.4, says: 'Redis（从规划起）÷ 办公室脚本（复用连接）' },
  { one: OURS.postgres, other: 'sequential', least: 3.4, says: '自带 PostgreSQL（从规划起）÷ 办公室脚本（复用连接）' },
  { one: OURS.redis, other: 'bullmq', least: 1, says: 'Redis（从规划起）÷ BullMQ 无台账' },
  { one: OURS.redisTwo, other: OURS.redis.id, least: 1.15, says: '两个工作进程 ÷ 一个（Redis，从规划起）' },
  { one: OURS.redisTwoPlanned, other: OURS.redisPlanned.id, least: 1.15, says: '两个工作进程 ÷ 一个（Redis，已规划）' },
  { one: OURS.redisTwoPlanned, other: 'smtp-source', least: 0.3, says: '两个工作进程（已规划）÷ smtp-source' },
];

export async function benchDelivery(ground: Ground, options: Options): Promise<Result> {
  const mails = options.mails ?? (options.quick ? 200 : 5_000);
  const rounds = options.rounds ?? (options.quick ? 1 : 5);
  const all = await candidates(ground, options.peers);
  const ledgers = await prepareMorning(ground, mails);
  const letters = lettersOf(ledgers.province);
  const there = all.flatMap((one) => ('start' in one ? [one] : []));
  const runs = await playRounds(ground, there, rounds, { mails, letters, ledgers });
  const { name } = await ground.sinks();
  return {
    bench: 'delivery',
    title: '投递：封/秒，端到端',
    how: [
      `每轮每方 ${mails} 封约 6 KB 的中文文本 + HTML 邮件，各给一个收件人；${rounds} 轮交错，收信端 ${name} 计数`,
      `每轮进程全新，从第一次接收任务（我们的是 09:00 规划）计到最后一封被接受；各方 SMTP 连接 ${CONNECTIONS} 条`,
      'nodemailer 各方发现成的信，不必自己拟稿',
    ],
    measured: [...there.map((one) => line(one, runs)), ...ratios(runs)],
    missing: all.flatMap((one: Candidate) => ('missing' in one ? [{ what: one.name, why: one.missing }] : [])),
  };
}

function line({ id, name }: Contender, runs: Runs): Measured {
  const own = runs.get(id) ?? [];
  const speed = spreadOf(own.map(({ mailsPerSecond }) => mailsPerSecond));
  const cpu = own.flatMap(({ cpuMicrosPerMail }) => cpuMicrosPerMail ?? []);
  const cost = cpu.length === 0 ? '' : `，每封 CPU ${shown(spreadOf(cpu).median, 'µs')}`;
  const copies = own.reduce((sum, { surplus }) => sum + surplus, 0);
  const doubled = copies === 0 ? '' : `，重复 ${copies} 封`;
  return plain(name, `${shownSpread(speed)} 封/秒${cost}${doubled}`, speed, 'mails/s');
}

/** Of medians; in brackets the least and the most of any one round. */
function ratios(runs: Runs): Measured[] {
  const speeds = (id: string): readonly number[] => (runs.get(id) ?? []).map(({ mailsPerSecond }) => mailsPerSecond);
  const median = (numbers: readonly number[]): number =>
    percentile(
      numbers.toSorted((one, other) => one - other),
      50,
    );
  return RATIOS.flatMap(({ one, other, least, says }) => {
    const [ones, others] = [speeds(one.id), speeds(other)];
    if (ones.length === 0 || others.length === 0) return [];
    const each = spreadOf(ones.map((speed, round) => speed / (others[round] ?? Number.NaN)));
    const ratio = median(ones) / median(others);
    return [against(says, ratio, { least, unit: '×' }, `${shown(ratio, '×')}（${shown(each.least)}–${shown(each.most)}）`)];
  });
}

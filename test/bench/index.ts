// `npm run bench`: what Cuiban costs, measured side by side in one run. A table for people, a JSON file for machines.
// `npm run bench -- delivery sweep --quick` measures some of it with small numbers.

import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { benchBurst } from './burst.ts';
import { benchDelivery } from './delivery.ts';
import { benchDistance } from './distance.ts';
import { benchPlanner } from './planner.ts';
import { benchReading } from './reading.ts';
import { benchScale } from './scale.ts';
import { benchStart } from './start.ts';
import { cleanly } from './support/cleanup.ts';
import { type Ground, openGround } from './support/ground.ts';
import type { Options } from './support/options.ts';
import { printResult, type Result } from './support/report.ts';
import { benchSweep } from './sweep.ts';

const BENCHES: Readonly<Record<string, (ground: Ground, options: Options) => Promise<Result>>> = {
  delivery: benchDelivery,
  burst: benchBurst,
  sweep: benchSweep,
  planner: benchPlanner,
  start: benchStart,
  distance: benchDistance,
  scale: benchScale,
  reading: async ({ say }) => ({
    bench: 'reading',
    title: '读通知',
    how: ['每次一个新进程，取三次中最快的'],
    measured: await benchReading(say),
    missing: [],
  }),
};

const USAGE = `用法：npm run bench -- [${Object.keys(BENCHES).join('|')} ...] [选项]
  不写名称则全部测量。
  --quick        小数目，只看能否跑通，不作评判
  --rounds <n>   对比测量的轮数（默认 5）
  --mails <n>    每轮邮件数（默认各测量自定）
  --peers <名称> 投递测量只比这些，逗号分隔，如 ours-redis-1-due,bare,alertmanager（默认全部）
  --json <文件>  结果写到哪里（默认 .cuiban/bench.json）
  有目标未达到时退出码为 1。`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    mails: { type: 'string' },
    peers: { type: 'string' },
    json: { type: 'string', default: path.join('.cuiban', 'bench.json') },
    help: { type: 'boolean', default: false },
  },
});

const unknown = positionals.filter((name) => !Object.hasOwn(BENCHES, name));
if (values.help || unknown.length > 0) {
  if (unknown.length > 0) console.error(`没有这些测量：${unknown.join('、')}`);
  console.error(USAGE);
  process.exit(unknown.length > 0 ? 2 : 0);
}

const count = (text: string | undefined): number | null => {
  if (text === undefined) return null;
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  console.error(`应为正整数：${text}`);
  return process.exit(2);
};
const options: Options = {
  quick: values.quick,
  rounds: count(values.rounds),
  mails: count(values.mails),
  peers: values.peers?.split(',') ?? null,
};
const chosen = Object.entries(BENCHES).filter(([name]) => positionals.length === 0 || positionals.includes(name));

const loadBefore = loadavg();
const results = await cleanly(async (cleanup) => {
  const ground = await openGround({ cleanup, say: (line) => console.warn(line) });
  const done: Result[] = [];
  for (const [, bench] of chosen) {
    const result = await bench(ground, options);
    printResult(result);
    done.push(result);
  }
  return done;
});
const machine = {
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  cpus: `${cpus().length} × ${cpus()[0]?.model ?? '?'}`,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  loadBefore,
  loadAfter: loadavg(),
};
await mkdir(path.dirname(path.resolve(values.json)), { recursive: true });
await writeFile(values.json, `${JSON.stringify({ at: new Date().toISOString(), options, machine, results }, null, 1)}\n`);
const [before = 0] = loadBefore;
console.log(
  `\n本机：${machine.cpus}，${machine.memoryGb} GB，Node ${machine.node}，开始前负载 ${before.toFixed(2)}。结果：${values.json}`,
);
const missed = results.flatMap(({ measured }) => measured.filter(({ reached }) => !reached));
if (values.quick) console.log('--quick：数目小，不作评判。');
else if (missed.length > 0) console.log(`未达到 ${missed.length} 项：${missed.map(({ what }) => what).join('；')}`);
process.exitCode = values.quick || missed.length === 0 ? 0 : 1;

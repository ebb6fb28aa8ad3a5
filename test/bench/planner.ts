// The pure planner over a province's year: how fast, and whether its memory stays flat. In a process of its own.

import { spreadOf, shown } from './support/figures.ts';
import type { Ground } from './support/ground.ts';
import type { Options } from './support/options.ts';
import { startChild } from './support/processes.ts';
import { against, plain, type Result } from './support/report.ts';

/** A province: 117 counties of 100 units with 33 tasks of 8 stages each. */
const COUNTIES = 117;
export const TASKS = 33;
export const STAGES = 8;
const SECONDS = 30;
/** Heap at the end against that at a tenth of the way. */
const FLAT = 1.25;
const FULL_RUN_SECONDS = 60;

export interface PlannedYear {
  readonly reminders: number;
  readonly looks: number;
  /** Of processor time: on one core and left alone it takes as long. */
  readonly seconds: number;
  /** After a collection, at a tenth of the way and at the end. */
  readonly heapMbAtTenth: number;
  readonly heapMbAtEnd: number;
}

export async function benchPlanner(ground: Ground, options: Options): Promise<Result> {
  const child = startChild(new URL('planner-child.ts', import.meta.url), ground.cleanup, ['--expose-gc']);
  const plan = (counties: number): Promise<PlannedYear> => child.ask({ kind: 'plan', counties, folder: ground.folder });
  const [warming, sample] = options.quick ? [0.1, 0.3] : [1, 3];
  await plan(warming);
  const samples: PlannedYear[] = [];
  for (let n = 0; n < (options.rounds ?? 3); n += 1) samples.push(await plan(sample));
  const expected = (spreadOf(samples.map(({ seconds }) => seconds)).median / sample) * COUNTIES;
  const full = !options.quick && expected <= FULL_RUN_SECONDS;
  ground.say(`规划：预计全省 ${shown(expected, 's')}${full ? '，跑全程' : '，由样本推算'}`);
  const whole = full ? await plan(COUNTIES) : await plan(sample * 10);
  await child.stop();
  const seconds = full ? whole.seconds : expected;
  const rates = samples.map((one) => one.reminders / one.seconds);
  return {
    bench: 'planner',
    title: '规划：一个省的一年',
    how: [
      `${COUNTIES} 个县 × 100 个单位 × ${TASKS} 项任务 × ${STAGES} 个环节，逐次查看、逐次规划；秒为处理器时间`,
      full ? '跑了全程' : `由 ${sample} 个县的样本推算到 ${COUNTIES} 个县；内存看的是 ${sample * 10} 个县`,
    ],
    measured: [
      against('全省一年的规划用时', seconds, { most: SECONDS, unit: 's' }),
      plain('提醒/秒', shown(spreadOf(rates).median), spreadOf(rates), 'reminders/s'),
      plain('提醒总数', shown((whole.reminders / (full ? COUNTIES : sample * 10)) * COUNTIES), null),
      against(
        '内存：走完时的堆 ÷ 走到一成时的堆',
        whole.heapMbAtEnd / whole.heapMbAtTenth,
        { most: FLAT, unit: '×' },
        `${shown(whole.heapMbAtTenth)} → ${shown(whole.heapMbAtEnd, 'MB')}`,
      ),
    ],
    missing: [],
  };
}

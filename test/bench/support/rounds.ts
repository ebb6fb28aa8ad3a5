// Interleaved rounds: every contender once per round, the order turning, each with fresh processes and a fresh sink.

import { setTimeout as wait } from 'node:timers/promises';

import type { Contender, Task } from '../peers/peer.ts';
import { Cleanup } from './cleanup.ts';
import type { Ground } from './ground.ts';
import { type Used, usedBy } from './processes.ts';

export interface Run {
  readonly mailsPerSecond: number;
  readonly seconds: number;
  /** Of the contender's own processes, over the run. Null where that cannot be told. */
  readonly cpuMicrosPerMail: number | null;
  readonly idle: Used | null;
  readonly busy: Used | null;
  /** Mails that came although all were there. */
  readonly surplus: number;
}

export type Runs = ReadonlyMap<string, readonly Run[]>;

/** After the last mail: what comes now is a copy. */
const AFTER_MS = 200;

export async function playRounds(
  ground: Ground,
  contenders: readonly Contender[],
  rounds: number,
  task: Pick<Task, 'mails' | 'letters' | 'ledgers'>,
): Promise<Runs> {
  const runs = new Map<string, Run[]>(contenders.map(({ id }) => [id, []]));
  for (let round = 0; round < rounds; round += 1) {
    const turned = contenders.map((_, n) => contenders[(n + round) % contenders.length]);
    for (const contender of turned) {
      if (contender === undefined) continue;
      const run = await play(ground, contender, task);
      runs.get(contender.id)?.push(run);
      const copies = run.surplus === 0 ? '' : `，另有 ${run.surplus} 封重复`;
      ground.say(`第 ${round + 1}/${rounds} 轮 ${contender.name}：${Math.round(run.mailsPerSecond)} 封/秒${copies}`);
    }
  }
  return runs;
}

export async function play(
  ground: Ground,
  contender: Contender,
  task: Pick<Task, 'mails' | 'letters' | 'ledgers'>,
  port?: number,
): Promise<Run> {
  const cleanup = new Cleanup();
  const undo = ground.cleanup.add(() => cleanup.end());
  try {
    const sink = await (await ground.sinks()).start(cleanup);
    cleanup.add(() => sink.stop());
    const running = await contender.start({ ...task, ground, cleanup, port: port ?? sink.port });
    const idle = usedBy(running.pids);
    const first = await running.begin();
    const last = await sink.reached(task.mails);
    const busy = usedBy(running.pids);
    await wait(AFTER_MS);
    const seconds = (last - first) / 1_000;
    return {
      mailsPerSecond: task.mails / seconds,
      seconds,
      cpuMicrosPerMail: idle === null || busy === null ? null : ((busy.cpuSeconds - idle.cpuSeconds) * 1e6) / task.mails,
      idle,
      busy,
      surplus: sink.count() - task.mails,
    };
  } catch (error) {
    throw new Error(`${contender.name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    await undo();
  }
}

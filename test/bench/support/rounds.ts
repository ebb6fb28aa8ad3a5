// Interleaved rounds: every contender once per round, the order turning, each with fresh processes and a fresh sink.

import { setTimeout as wait } from 'node:timers/promises';

import type { Contender, Task } from '../peers/peer.ts';
import { Cleanup } from './cleanup.ts';
import type { Ground } from './ground.ts';
import { type Used, used } from './processes.ts';
import type { Sink } from './sinks.ts';

export interface Run {
  readonly mailsPerSecond: number;
  readonly seconds: number;
  /** Of the contender's own processes, over the run. Null where that cannot be told. */
  readonly cpuMicrosPerMail: number | null;
  /** Memory of each process, before and at its most. Empty where that cannot be told. */
  readonly memory: readonly { readonly idleMb: number; readonly peakMb: number }[];
  /** Mails that came although all were there. */
  readonly surplus: number;
}

export type Runs = ReadonlyMap<string, readonly Run[]>;

/** What may be special about a run. */
export interface Way {
  /** Something between the contender and the sink: the port it listens on. */
  readonly through?: (port: number, cleanup: Cleanup) => Promise<number>;
  /** Looks at the sink once all mails are there; `first` is the instant of the first intake. */
  readonly look?: (sink: Sink, first: number) => void;
}

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
  way: Way = {},
): Promise<Run> {
  const cleanup = new Cleanup();
  const undo = ground.cleanup.add(() => cleanup.end());
  try {
    const sink = await (await ground.sinks()).start(cleanup);
    cleanup.add(() => sink.stop());
    const running = await contender.start({
      ...task,
      ground,
      cleanup,
      port: (await way.through?.(sink.port, cleanup)) ?? sink.port,
    });
    const idle = running.pids.map(used);
    const first = await running.begin();
    const last = await sink.reached(task.mails);
    const busy = running.pids.map(used);
    way.look?.(sink, first);
    await wait(AFTER_MS);
    const seconds = (last - first) / 1_000;
    return {
      mailsPerSecond: task.mails / seconds,
      seconds,
      cpuMicrosPerMail: cpuMicros(idle, busy, task.mails),
      memory: busy.flatMap((one, n) => (one === null ? [] : [{ idleMb: idle[n]?.rssMb ?? 0, peakMb: one.peakMb }])),
      surplus: sink.count() - task.mails,
    };
  } catch (error) {
    throw new Error(`${contender.name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    await undo();
  }
}

/** Null without processes of one's own, or where the kernel does not tell. */
function cpuMicros(before: readonly (Used | null)[], after: readonly (Used | null)[], mails: number): number | null {
  if (after.length === 0) return null;
  let seconds = 0;
  for (const [n, one] of after.entries()) {
    const was = before[n] ?? null;
    if (one === null || was === null) return null;
    seconds += one.cpuSeconds - was.cpuSeconds;
  }
  return (seconds * 1e6) / mails;
}

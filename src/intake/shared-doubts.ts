// A doubt about units that a third of all tasks share is a habit of the document: it is asked once, for all of them. Doubts about
// times stay with their task, however many there are.

import type { Doubt, ReadTask } from './reading.ts';

const FEWEST = 5;
const SHARE = 1 / 3;

export function withSharedDoubts(
  tasks: readonly ReadTask[],
  doubts: readonly string[],
): { readonly tasks: readonly ReadTask[]; readonly doubts: readonly string[] } {
  const having = new Map<string, ReadTask[]>();
  for (const task of tasks) {
    for (const kind of new Set(task.doubts.filter(isOfUnits).map(kindOf))) {
      const known = having.get(kind);
      if (known === undefined) having.set(kind, [task]);
      else known.push(task);
    }
  }
  const shared = new Map([...having].filter(([, { length }]) => length >= FEWEST && length > tasks.length * SHARE));
  if (shared.size === 0) return { tasks, doubts };
  const isShared = (doubt: Doubt): boolean => isOfUnits(doubt) && shared.has(kindOf(doubt));
  return {
    tasks: tasks.map((task) => ({ ...task, doubts: task.doubts.filter((doubt) => !isShared(doubt)) })),
    doubts: [...doubts, ...[...shared].map(([kind, concerned]) => told(kind, concerned))],
  };
}

function isOfUnits({ field }: Doubt): boolean {
  return field === 'lead' || field === 'cooperate';
}

/** The sentence without the words that it quotes. */
function kindOf({ reason }: Doubt): string {
  return reason.replaceAll(/“[^“”]{0,400}”/gu, '“…”');
}

const SHOWN = 3;

function told(kind: string, concerned: readonly ReadTask[]): string {
  const refs = concerned.slice(0, SHOWN).map(({ ref }) => ref);
  const example = concerned[0]?.doubts.find((doubt) => kindOf(doubt) === kind)?.reason ?? kind;
  return `${concerned.length} 项任务（${refs.join('、')}等）都是这样，请一并确认：${example}`;
}

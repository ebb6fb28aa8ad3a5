// The tasks of clauses and of tables as one list: in reading order, each ref once, and a word where both say the same.

import type { PartTasks } from './clause-tasks.ts';
import { freeRef } from './refs.ts';
import type { ReadTask } from '../reading.ts';
import type { TableTasks } from '../tables/table-tasks.ts';

export function together(
  parts: readonly PartTasks[],
  { tables, doubts }: TableTasks,
): { readonly tasks: readonly ReadTask[]; readonly doubts: readonly string[] } {
  const clauses = parts.flatMap(({ tasks }) => tasks);
  const rows = tables.flat();
  const main = parts.toSorted((one, other) => other.tasks.length - one.tasks.length)[0];
  const before = main === undefined ? 0 : parts.indexOf(main);
  const sources = [
    ...parts.map(({ label, tasks }, index) => ({ tasks, prefix: `${label === '' ? (index < before ? '通知' : '附') : label}-` })),
    ...tables.map((tasks, index) => ({ tasks, prefix: tables.length > 1 ? `表${index + 1}-` : '表-' })),
  ];
  // The part with most tasks keeps its refs bare.
  const taken = new Set<string>();
  const named = sources
    .toSorted((one, other) => other.tasks.length - one.tasks.length)
    .flatMap(({ tasks, prefix }) => withFreeRefs(tasks, prefix, taken));
  const same = sameDuties(clauses, rows);
  return {
    tasks: named.toSorted(
      (one, other) => one.source.span.start - other.source.span.start || one.source.span.end - other.source.span.end,
    ),
    doubts: [
      ...(named.length === 0 ? ['没有读到任务'] : []),
      ...doubts,
      ...(same > 0 && same >= rows.length / 4 ? [`表中有 ${same} 项与正文的条目说的是同一件事，两处都已读入，请只留一处`] : []),
    ],
  };
}

/** A ref that another part has already is told with its part's name; one that is printed twice is counted. */
function withFreeRefs(tasks: readonly ReadTask[], prefix: string, taken: Set<string>): ReadTask[] {
  const clashes = tasks.some(({ ref }) => taken.has(ref));
  return tasks.map((task) => {
    return { ...task, ref: freeRef(clashes ? `${prefix}${task.ref}` : task.ref, taken) };
  });
}

const SAID = 14;

/** Rows that begin a sentence as some clause does. */
function sameDuties(clauses: readonly ReadTask[], rows: readonly ReadTask[]): number {
  if (clauses.length === 0 || rows.length === 0) return 0;
  const known = new Set(clauses.flatMap(({ source }) => beginnings(source.quote)));
  return rows.filter(({ source }) => beginnings(source.quote).some((each) => known.has(each))).length;
}

function beginnings(quote: string): string[] {
  return quote
    .normalize('NFKC')
    .split(/[。.;；:：\n\t]/u)
    .map((sentence) => sentence.replaceAll(/\s|\*|^[(（]?[\d一二三四五六七八九十]{1,3}[)）、]?/gu, '').slice(0, SAID))
    .filter((each) => each.length === SAID);
}

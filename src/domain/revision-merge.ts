// A revised notice as read, with what a coordinator had settled by hand in the confirmed schedule: kept where the document
// still says the same, asked again where it says something else.

import type { Deadline } from './deadline.ts';
import { canonicalName } from './directory.ts';
import { clipped, line } from './letter-words.ts';
import type { Schedule, Task } from './notice.ts';
import { matchTasks, type Pair, plainWords } from './revision-match.ts';
import { deadlineChanges } from './revision.ts';
import { deadlineInWords } from './revision-words.ts';

/** Review lines that begin so concern the notice as a whole; they stand with its first task. */
const WHOLE = '整份文件：';
const LONGEST_REVIEW = 900;

/** Tasks and their order are the revision's; name and office are the confirmed schedule's. */
export function merged(confirmed: Schedule, revised: Schedule): Schedule {
  const { pairs } = matchTasks(confirmed, revised);
  const before = new Map(pairs.map((pair) => [pair.after, pair]));
  const tasks = revised.tasks.map((task) => {
    const pair = before.get(task);
    return pair === undefined ? task : mergedTask(pair, confirmed.notice.year === revised.notice.year);
  });
  return { ...revised, name: confirmed.name, office: confirmed.office, tasks };
}

function mergedTask(pair: Pair, sameYear: boolean): Task {
  const { before, after } = pair;
  return before.quote !== null && after.quote !== null && saysTheSame(before.quote, after.quote)
    ? settled(pair, sameYear)
    : reread(pair);
}

function saysTheSame(one: string, other: string): boolean {
  return plainWords(one) === plainWords(other);
}

/** The document says what it said: what was settled stays so, and what was open then is open still. */
function settled({ before, after }: Pair, sameYear: boolean): Task {
  // 8月底前 of another year is another date.
  if (!sameYear)
    return withGroups(
      { ...before, ref: after.ref, quote: after.quote, deadlines: after.deadlines, review: after.review },
      before.groups,
    );
  const review = [
    ...after.review.filter((each) => each.startsWith(WHOLE)),
    ...before.review.filter((each) => !each.startsWith(WHOLE)),
  ];
  return { ...before, ref: after.ref, quote: after.quote, review };
}

function reread({ before, after }: Pair): Task {
  const { title } = before;
  const kept = {
    deadlines: after.deadlines.length === 0 ? before.deadlines : after.deadlines,
    lead: after.lead.length === 0 ? before.lead.filter((name) => !named(after.cooperate, name)) : after.lead,
  };
  const changed = before.quote !== null && after.quote !== null;
  const differences = [
    ...(deadlineChanges(before.deadlines, after.deadlines).some(({ kind }) => kind !== 'reworded')
      ? [`时限${listed(before.deadlines.map((each: Deadline) => deadlineInWords(each)))}`]
      : []),
    ...(['lead', 'cooperate'] as const).flatMap((role) =>
      sameNames(before[role], after[role]) ? [] : [`${role === 'lead' ? '牵头' : '配合'}${listed(before[role])}`],
    ),
  ];
  const words = [
    ...(changed ? ['通知原文有改动'] : []),
    ...(differences.length === 0 ? [] : [`确认稿中为：${differences.join('；')}`]),
    ...(changed && canonicalName(title) !== canonicalName(after.title) ? [`标题沿用确认稿的（这次拟作“${after.title}”）`] : []),
  ].join('，');
  const review = words === '' ? after.review : [...after.review, clipped(line(`${words}，请核对`), LONGEST_REVIEW)];
  return withGroups({ ...after, ...kept, title, review }, before.groups);
}

/** What a group means in this task, as far as the task still names it. */
function withGroups(task: Task, groups: Task['groups']): Task {
  const still = Object.entries(groups).filter(([name]) => named([...task.lead, ...task.cooperate], name));
  return { ...task, groups: { ...Object.fromEntries(still), ...task.groups } };
}

function named(names: readonly string[], wanted: string): boolean {
  return names.some((name) => canonicalName(name) === canonicalName(wanted));
}

function sameNames(one: readonly string[], other: readonly string[]): boolean {
  return one.map(canonicalName).toSorted().join('\n') === other.map(canonicalName).toSorted().join('\n');
}

function listed(words: readonly string[]): string {
  return words.length === 0 ? '（无）' : words.join('、');
}

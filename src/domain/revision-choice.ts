// A person takes over all of a revision, or part of it: the schedule that comes of the choice, and which task of it
// continues which confirmed one.

import { canonicalName } from './directory.ts';
import type { Schedule, Task } from './notice.ts';
import type { Result } from './result.ts';
import type { Revision } from './revision.ts';
import type { Pair } from './revision-match.ts';

/** `only` and `except` hold numbers as the revision counts; 原3 is the confirmed task 3, 通知 the notice's own title, number and date. */
export interface Choice {
  readonly only: readonly string[] | null;
  readonly except: readonly string[];
}

export const EVERYTHING: Choice = { only: null, except: [] };

export interface Continued {
  /** Its number in the confirmed schedule. */
  readonly from: string;
  readonly to: string;
  /** False where it was not chosen and everything about it stays. */
  readonly chosen: boolean;
}

export interface Chosen {
  readonly schedule: Schedule;
  readonly continues: readonly Continued[];
  /** The part of the revision that was chosen. */
  readonly revision: Revision;
}

const NOTICE = '通知';
const BEFORE = '原';

/** Errors, in words: numbers that nothing has, and numbers that two tasks would have. */
export function choose(confirmed: Schedule, revised: Schedule, revision: Revision, choice: Choice): Result<Chosen, string> {
  const unknown = [...(choice.only ?? []), ...choice.except].filter((ref) => !isKnown(ref, revision));
  if (unknown.length > 0) return { ok: false, errors: unknown.map((ref) => unknownInWords(ref, revision)) };
  const picks = picker(choice, revision);
  const pairs = [...revision.changed, ...revision.unchanged];
  const taken = {
    notice: picks.notice ? revision.notice : [],
    changed: revision.changed.filter(picks.pair),
    unchanged: revision.unchanged.filter(picks.pair),
    fresh: revision.fresh.filter(picks.fresh),
    gone: revision.gone.filter(picks.gone),
  };
  const whole = pairs.every(picks.pair) && revision.fresh.every(picks.fresh) && revision.gone.every(picks.gone);
  const tasks = whole ? revised.tasks : mixed(confirmed, revised, pairs, picks);
  const doubled = tasks.map(({ ref }) => canonicalName(ref)).filter((ref, at, refs) => refs.indexOf(ref) !== at);
  if (doubled.length > 0) {
    return {
      ok: false,
      errors: doubled.map(
        (ref) => `只取一部分，会有两项任务都编为 ${ref}：请把修订后的 ${ref} 和原来的 ${ref}（${BEFORE}${ref}）一并取舍`,
      ),
    };
  }
  const notice = picks.notice ? revised.notice : confirmed.notice;
  const continues = pairs.map((pair): Continued => {
    const chosen = picks.pair(pair);
    return { from: pair.before.ref, to: chosen ? pair.after.ref : pair.before.ref, chosen };
  });
  const kept = revision.gone.filter((task) => !picks.gone(task)).map(({ ref }) => ({ from: ref, to: ref, chosen: false }));
  return {
    ok: true,
    value: {
      schedule: { name: confirmed.name, office: confirmed.office, notice, tasks },
      continues: [...continues, ...kept],
      revision: taken,
    },
  };
}

function isKnown(wanted: string, { changed, unchanged, fresh, gone }: Revision): boolean {
  const pairs = [...changed, ...unchanged];
  const before = [...pairs.map((pair) => pair.before), ...gone].map(({ ref }) => canonicalName(ref));
  const after = [...pairs.map((pair) => pair.after), ...fresh].map(({ ref }) => canonicalName(ref));
  const ref = canonicalName(wanted);
  if (ref === NOTICE || before.includes(ref) || after.includes(ref)) return true;
  return ref.startsWith(BEFORE) && before.includes(ref.slice(BEFORE.length));
}

function unknownInWords(ref: string, { changed, fresh, gone }: Revision): string {
  const refs = [
    ...changed.map(({ after }) => after.ref),
    ...fresh.map((task) => task.ref),
    ...gone.map((task) => `${BEFORE}${task.ref}`),
  ];
  const shown = `${refs.slice(0, 20).join('、')}${refs.length > 20 ? `等${refs.length}项` : ''}`;
  return `没有任务“${ref}”。有改动的：${shown === '' ? '无' : shown}`;
}

interface Picker {
  readonly notice: boolean;
  pair(this: void, pair: Pair): boolean;
  fresh(this: void, task: Task): boolean;
  gone(this: void, task: Task): boolean;
}

function picker({ only, except }: Choice, revision: Revision): Picker {
  const wanted = only === null ? null : new Set(only.map(canonicalName));
  const unwanted = new Set(except.map(canonicalName));
  const pairs = [...revision.changed, ...revision.unchanged];
  // A number that the revision has means its task there; else it can only mean the confirmed one.
  const inRevision = new Set(
    [...pairs.map(({ after }) => after.ref), ...revision.fresh.map(({ ref }) => ref)].map(canonicalName),
  );
  const old = (ref: string): string[] => [`${BEFORE}${ref}`, ...(inRevision.has(ref) ? [] : [ref])];
  const picked = (names: readonly string[]): boolean =>
    (wanted === null || names.some((name) => wanted.has(name))) && !names.some((name) => unwanted.has(name));
  return {
    notice: picked([NOTICE]),
    pair: ({ before, after }) => picked([canonicalName(after.ref), ...old(canonicalName(before.ref))]),
    fresh: ({ ref }) => picked([canonicalName(ref)]),
    gone: ({ ref }) => picked(old(canonicalName(ref))),
  };
}

/** The confirmed order; what is new stands behind the task that it stands behind in the revision. */
function mixed(confirmed: Schedule, revised: Schedule, pairs: readonly Pair[], picks: Picker): readonly Task[] {
  const byBefore = new Map(pairs.map((pair) => [pair.before, pair]));
  const beforeOf = new Map(pairs.map((pair) => [pair.after, pair.before]));
  const followers = new Map<Task | null, Task[]>();
  let last: Task | null = null;
  for (const task of revised.tasks) {
    const before = beforeOf.get(task);
    if (before !== undefined) last = before;
    else if (picks.fresh(task)) followers.set(last, [...(followers.get(last) ?? []), task]);
  }
  const tasks = [...(followers.get(null) ?? [])];
  for (const task of confirmed.tasks) {
    const pair = byBefore.get(task);
    if (pair !== undefined) tasks.push(picks.pair(pair) ? pair.after : pair.before);
    else if (!picks.gone(task)) tasks.push(task);
    tasks.push(...(followers.get(task) ?? []));
  }
  return tasks;
}

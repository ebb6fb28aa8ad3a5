// What a revised notice changes in a confirmed schedule, task by task, and the schedule that a person's choice among the
// changes comes to. Notes for review are no change, nor are line breaks and the width of characters.

import { type Deadline, deadlineIdentity } from './deadline.ts';
import { canonicalName, type Directory, resolveName } from './directory.ts';
import type { Notice, Role, Schedule, Task } from './notice.ts';
import { matchTasks, type NameKey, type Pair, plainWords } from './revision-match.ts';

export type DeadlineChange =
  | { readonly kind: 'moved'; readonly before: Deadline; readonly after: Deadline }
  /** The same time in other words. */
  | { readonly kind: 'reworded'; readonly before: Deadline; readonly after: Deadline }
  | { readonly kind: 'added'; readonly after: Deadline }
  | { readonly kind: 'left'; readonly before: Deadline };

export type UnitChange =
  | { readonly kind: 'added' | 'left'; readonly name: string; readonly role: Role }
  | { readonly kind: 'role'; readonly name: string; readonly from: Role; readonly to: Role };

export interface GroupChange {
  readonly name: string;
  readonly before: readonly string[] | null;
  readonly after: readonly string[] | null;
}

export interface TaskChange extends Pair {
  readonly renumbered: boolean;
  readonly title: boolean;
  /** The document's words changed; false where one of the two was typed by hand and has none. */
  readonly quote: boolean;
  readonly deadlines: readonly DeadlineChange[];
  readonly units: readonly UnitChange[];
  /** Groups that mean something else in this task now. */
  readonly groups: readonly GroupChange[];
}

export interface NoticeChange {
  readonly field: keyof Notice;
  readonly before: string | number | null;
  readonly after: string | number | null;
}

export interface Revision {
  readonly notice: readonly NoticeChange[];
  /** In the order of the revision. */
  readonly changed: readonly TaskChange[];
  readonly unchanged: readonly Pair[];
  readonly fresh: readonly Task[];
  readonly gone: readonly Task[];
}

/** `directory` tells when two printed names mean one unit; without it they are compared as printed. */
export function diff(confirmed: Schedule, revised: Schedule, directory: Directory | null = null): Revision {
  const nameKey = directory === null ? canonicalName : meaningIn(directory);
  const { pairs, gone, fresh } = matchTasks(confirmed, revised, nameKey);
  const compared = pairs.map((pair) => compare(pair, nameKey));
  return {
    notice: noticeChanges(confirmed.notice, revised.notice),
    changed: compared.filter(isChange),
    unchanged: compared.filter((each) => !isChange(each)).map(({ before, after }) => ({ before, after })),
    fresh,
    gone,
  };
}

export function isEmpty({ notice, changed, fresh, gone }: Revision): boolean {
  return notice.length + changed.length + fresh.length + gone.length === 0;
}

function meaningIn(directory: Directory): NameKey {
  const known = new Map<string, string>();
  return (name) => {
    const remembered = known.get(name);
    if (remembered !== undefined) return remembered;
    const meant = resolveName(directory, name);
    const key =
      meant.kind === 'unit'
        ? `unit ${meant.unit.id}`
        : meant.kind === 'group'
          ? `group ${meant.group.name}`
          : canonicalName(name);
    known.set(name, key);
    return key;
  };
}

const NOTICE_FIELDS = ['title', 'number', 'issuer', 'issuedOn', 'assumedIssuedOn', 'year'] as const;

function noticeChanges(before: Notice, after: Notice): readonly NoticeChange[] {
  return NOTICE_FIELDS.filter((field) => before[field] !== after[field]).map((field) => ({
    field,
    before: before[field],
    after: after[field],
  }));
}

function compare({ before, after }: Pair, nameKey: NameKey): TaskChange {
  const differs = (one: string, other: string): boolean => canonicalName(one) !== canonicalName(other);
  return {
    before,
    after,
    renumbered: differs(before.ref, after.ref),
    title: differs(before.title, after.title),
    quote: before.quote !== null && after.quote !== null && plainWords(before.quote) !== plainWords(after.quote),
    deadlines: deadlineChanges(before.deadlines, after.deadlines),
    units: unitChanges(before, after, nameKey),
    groups: groupChanges(before, after, nameKey),
  };
}

function isChange(change: TaskChange): boolean {
  const { renumbered, title, quote, deadlines, units, groups } = change;
  return renumbered || title || quote || deadlines.length + units.length + groups.length > 0;
}

/** Deadlines that mean the same stay; of the others those of one kind are taken for moved, in order, then whatever is left on both sides. */
export function deadlineChanges(before: readonly Deadline[], after: readonly Deadline[]): readonly DeadlineChange[] {
  const old = distinct(before);
  const fresh = distinct(after);
  const changes: DeadlineChange[] = [];
  for (const [identity, deadline] of old) {
    const same = fresh.get(identity);
    if (same === undefined) continue;
    if (canonicalName(same.text) !== canonicalName(deadline.text))
      changes.push({ kind: 'reworded', before: deadline, after: same });
    old.delete(identity);
    fresh.delete(identity);
  }
  for (const alike of [sameKind, anyKind]) {
    for (const [identity, deadline] of old) {
      const found = [...fresh].find(([, other]) => alike(deadline, other));
      if (found === undefined) continue;
      changes.push({ kind: 'moved', before: deadline, after: found[1] });
      old.delete(identity);
      fresh.delete(found[0]);
    }
  }
  for (const deadline of old.values()) changes.push({ kind: 'left', before: deadline });
  for (const deadline of fresh.values()) changes.push({ kind: 'added', after: deadline });
  return changes;
}

function distinct(deadlines: readonly Deadline[]): Map<string, Deadline> {
  const byIdentity = new Map<string, Deadline>();
  for (const each of deadlines) if (!byIdentity.has(deadlineIdentity(each))) byIdentity.set(deadlineIdentity(each), each);
  return byIdentity;
}

function sameKind(one: Deadline, other: Deadline): boolean {
  return one.kind === other.kind;
}

function anyKind(): boolean {
  return true;
}

function unitChanges(before: Task, after: Task, nameKey: NameKey): readonly UnitChange[] {
  const roles = (task: Task): Map<string, { name: string; role: Role }> => {
    const named = new Map<string, { name: string; role: Role }>();
    for (const name of task.cooperate) named.set(nameKey(name), { name, role: 'cooperate' });
    for (const name of task.lead) named.set(nameKey(name), { name, role: 'lead' });
    return named;
  };
  const [old, now] = [roles(before), roles(after)];
  const changes: UnitChange[] = [];
  for (const [key, { name, role }] of now) {
    const was = old.get(key);
    if (was === undefined) changes.push({ kind: 'added', name, role });
    else if (was.role !== role) changes.push({ kind: 'role', name, from: was.role, to: role });
  }
  for (const [key, { name, role }] of old) if (!now.has(key)) changes.push({ kind: 'left', name, role });
  return changes;
}

function groupChanges(before: Task, after: Task, nameKey: NameKey): readonly GroupChange[] {
  const readings = (task: Task): Map<string, { name: string; members: readonly string[] }> =>
    new Map(Object.entries(task.groups).map(([name, members]) => [canonicalName(name), { name, members }]));
  const [old, now] = [readings(before), readings(after)];
  const members = (reading: { members: readonly string[] } | undefined): string =>
    (reading?.members ?? []).map(nameKey).toSorted().join('\n');
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((key) => {
    const [was, is] = [old.get(key), now.get(key)];
    if (members(was) === members(is)) return [];
    return [{ name: is?.name ?? was?.name ?? key, before: was?.members ?? null, after: is?.members ?? null }];
  });
}

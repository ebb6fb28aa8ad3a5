// What a revision comes to for the people who are written to: the letters from now on with it, against those without.

import { type Assignment, assignmentOf } from './assignment.ts';
import type { Calendar } from './calendar.ts';
import type { IsoDate } from './deadline.ts';
import type { ChannelName } from './delivery.ts';
import type { Directory } from './directory.ts';
import type { Office } from './office.ts';
import type { Policy } from './policy.ts';
import { type RehearsedMessage, rehearse } from './rehearsal.ts';
import type { Reassigned, Reassigning } from './revision-duties.ts';
import { dateOf, type Instant } from './time.ts';

export interface Recipient {
  readonly unitName: string;
  readonly post: string;
  readonly name: string;
  readonly channel: ChannelName;
  /** Letters on days that had none. */
  readonly more: number;
  /** Days that no longer have one. */
  readonly fewer: number;
  /** Letters that say something else. */
  readonly other: number;
}

export interface Effect {
  readonly until: IsoDate;
  readonly before: Readonly<Record<ChannelName, number>>;
  readonly after: Readonly<Record<ChannelName, number>>;
  /** Those for whom anything differs, most letters first. */
  readonly recipients: readonly Recipient[];
}

export interface EffectContext {
  readonly office: Office;
  readonly policy: Policy;
  readonly calendar: Calendar;
  readonly until: Instant;
}

/** Supposes that nobody answers. Letters that are planned already and wait for their day are in neither count. */
export function effectOf(reassigning: Reassigning, reassigned: Reassigned, context: EffectContext): Effect {
  const { standing, storedDirectory, directory, at } = reassigning;
  const letters = (all: readonly Assignment[], of: Directory): readonly RehearsedMessage[] => {
    // Units that are not in the directory are refused when it is stored; nothing can be said to them here.
    const known = new Set(of.units.map(({ id }) => id));
    const assignments = all.filter(({ unit }) => known.has(unit));
    return rehearse({ schedules: [], standing: { assignments, directory: of, from: at }, ...context }).messages;
  };
  const before = letters(standing, storedDirectory);
  const after = letters(standingAfter(reassigning, reassigned), directory);
  return {
    until: dateOf(context.office.hours.zone, context.until),
    before: counted(before),
    after: counted(after),
    recipients: recipientsOf(before, after),
  };
}

/** The duties as they stand once a revision is in force. */
export function standingAfter(
  { standing, revised, continues, at }: Reassigning,
  { changed, stopped, opened }: Reassigned,
): readonly Assignment[] {
  const drawn = new Map(changed.map(({ before, after }) => [before.id, after]));
  const over = new Set(stopped);
  const tasks = new Map(revised.tasks.map((task) => [task.ref, task]));
  const toOf = new Map(continues.map(({ from, to }) => [from, to]));
  const kept = standing.flatMap((row): readonly Assignment[] => {
    const now = drawn.get(row.id) ?? row;
    const task = tasks.get(toOf.get(row.ref) ?? '');
    if (over.has(row.id) || task === undefined) return [];
    return [{ ...now, ref: task.ref, task, notice: revised.notice }];
  });
  return [...kept, ...opened.map((duty, n) => assignmentOf(duty, revised, at, `new ${n + 1}`))];
}

function counted(messages: readonly RehearsedMessage[]): Readonly<Record<ChannelName, number>> {
  const emails = messages.filter(({ message }) => message.channel === 'email').length;
  return { email: emails, sms: messages.length - emails };
}

function recipientsOf(before: readonly RehearsedMessage[], after: readonly RehearsedMessage[]): readonly Recipient[] {
  const people = new Map<
    string,
    { message: RehearsedMessage['message']; before: Map<string, string>; after: Map<string, string> }
  >();
  for (const [when, messages] of [
    ['before', before],
    ['after', after],
  ] as const) {
    for (const { message } of messages) {
      const key = `${message.channel} ${message.address}`;
      const person = people.get(key) ?? { message, before: new Map<string, string>(), after: new Map<string, string>() };
      people.set(key, person);
      const slot = [...Array(10).keys()].map((n) => `${message.day} ${n}`).find((each) => !person[when].has(each)) ?? message.day;
      person[when].set(slot, contentOf(message));
    }
  }
  const recipients = [...people.values()].map(({ message: { to, channel }, ...days }): Recipient => {
    const more = [...days.after.keys()].filter((day) => !days.before.has(day)).length;
    const fewer = [...days.before.keys()].filter((day) => !days.after.has(day)).length;
    const other = [...days.after].filter(([day, content]) => days.before.has(day) && days.before.get(day) !== content).length;
    return { unitName: to.unitName, post: to.post, name: to.name, channel, more, fewer, other };
  });
  return recipients
    .filter(({ more, fewer, other }) => more + fewer + other > 0)
    .toSorted((a, b) => b.more + b.fewer + b.other - (a.more + a.fewer + a.other));
}

/** What a letter is about; not its wording. */
function contentOf({ items }: RehearsedMessage['message']): string {
  return items
    .map(({ stage, occurrence, copy, unitName, assignment: { task, due, role } }) =>
      [stage, occurrence, copy, unitName, task.title, due, role].join('|'),
    )
    .toSorted()
    .join('\n');
}

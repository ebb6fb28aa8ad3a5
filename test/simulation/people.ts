// What people do: planned from the seed alone, so that the same people live through a year with faults and through one without.

import { isClosed } from '../../src/domain/assignment.ts';
import { addDays } from '../../src/domain/calendar.ts';
import type { Directory } from '../../src/domain/directory.ts';
import type { IsoDate } from '../../src/domain/deadline.ts';
import type { ClaimedMessage } from '../../src/domain/message.ts';
import type { Schedule } from '../../src/domain/notice.ts';
import { nextOccurrence } from '../../src/domain/recurrence.ts';
import { dateOf, type Instant, instantOf } from '../../src/domain/time.ts';
import { ZONE } from './chaos.ts';
import { person, SUPERVISOR } from './office.ts';
import type { Random } from './random.ts';
import { type Duty, World } from './world.ts';

export type Act = { readonly at: Instant } & (
  | { readonly kind: 'confirm'; readonly schedule: Schedule }
  | { readonly kind: 'acknowledge' | 'complete' | 'cancel' | 'reopen'; readonly duty: string }
  | { readonly kind: 'extend'; readonly duty: string; readonly days: number }
  | { readonly kind: 'directory'; readonly change: (directory: Directory, today: IsoDate) => Directory; readonly words: string }
  | { readonly kind: 'caps'; readonly cap: number }
  | { readonly kind: 'hold' | 'release' }
);

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Everything that people will try to do until `to`, in the order of time. */
export function script(
  random: Random,
  schedules: readonly { readonly schedule: Schedule; readonly at: Instant }[],
  directory: Directory,
  to: Instant,
): readonly Act[] {
  const acts: Act[] = [];
  for (const { schedule, at } of schedules) {
    acts.push({ kind: 'confirm', schedule, at });
    const world = new World(schedule.office);
    world.directories.push({ from: at, directory });
    world.confirm(schedule, at);
    for (const duty of world.duties.values()) acts.push(...ofDuty(random, duty, at, to));
  }
  const [first] = schedules;
  if (first !== undefined) acts.push(...ofOffice(random, directory, first.at, to));
  return acts.filter(({ at }) => at < to).toSorted((one, other) => one.at - other.at);
}

/** One duty and its later occurrences, each with a fate of its own. */
function ofDuty(random: Random, duty: Duty, from: Instant, to: Instant): readonly Act[] {
  const acts: Act[] = [];
  let begins = from;
  const { deadline } = duty.fresh;
  for (let due = duty.originalDue, first = true; first || due !== null; first = false) {
    const key = due === duty.originalDue ? duty.key : duty.key.replace(/[^|]*$/u, due ?? '-');
    const ends = due === null ? to : instantOf(ZONE, due, '23:59');
    const span = Math.max(5 * DAY, ends - begins);
    const when = (part: number): Instant => Math.round(begins + part * span);
    if (random.chance(0.5)) acts.push({ kind: 'acknowledge', duty: key, at: when(random.next()) });
    const fate = random.next();
    // In time, late (up to six weeks), or never.
    const done = fate < 0.45 ? when(random.next() ** 0.5) : fate < 0.8 ? ends + Math.round(42 * DAY * random.next() ** 2) : null;
    if (due !== null && random.chance(0.2))
      acts.push({ kind: 'extend', duty: key, days: random.between(-20, 40), at: when(0.3 + random.next()) });
    if (done !== null) {
      acts.push({ kind: 'complete', duty: key, at: done });
      if (random.chance(0.08)) {
        const again = done + Math.round(20 * DAY * random.next());
        acts.push(
          { kind: 'reopen', duty: key, at: again },
          { kind: 'complete', duty: key, at: again + Math.round(30 * DAY * random.next()) },
        );
      }
    } else if (deadline?.kind !== 'recurring' && random.chance(0.2))
      acts.push({ kind: 'cancel', duty: key, at: when(0.5 + random.next()) });
    if (due === null || deadline?.kind !== 'recurring' || ends > to) return acts;
    begins = ends;
    due = nextOccurrence(deadline.rule, due, duty.schedule.notice.year);
  }
  return acts;
}

function ofOffice(random: Random, directory: Directory, from: Instant, to: Instant): readonly Act[] {
  const acts: Act[] = [];
  const sometime = (): Instant => Math.round(from + (to - from) * random.next());
  const years = (to - from) / (365 * DAY);
  const times = (perYear: number): number => Math.round(perYear * years * 2 * random.next());
  for (let n = 0; n < times(5); n += 1) {
    const unit = random.pick(directory.units).id;
    const fresh = person(
      random,
      unit,
      random.pick(unit === SUPERVISOR ? ['督办', '分管领导', '协调人'] : ['联络员', '主要负责人']),
      n + 2,
    );
    const gone = random.chance(0.2);
    const atOnce = random.chance(0.6);
    acts.push({
      kind: 'directory',
      at: sometime(),
      words: `${unit} ${fresh.post} ${gone ? 'leaves' : 'is replaced'}`,
      change: (now, today) => replace(now, unit, fresh.post, gone ? null : fresh, atOnce ? null : today),
    });
  }
  if (random.chance(0.5)) {
    const [one, other] = [random.pick(directory.units), random.pick(directory.units)];
    acts.push({ kind: 'directory', at: sometime(), words: `${one.name} is renamed`, change: (now) => rename(now, one.id) });
    if (one.id !== other.id && one.id !== SUPERVISOR && other.id !== SUPERVISOR && random.chance(0.5)) {
      acts.push({
        kind: 'directory',
        at: sometime(),
        words: `${one.name} goes into ${other.name}`,
        change: (now) => merge(now, one.id, other.id),
      });
    }
  }
  for (let n = 0; n < times(1); n += 1) acts.push({ kind: 'caps', cap: random.between(1, 3), at: sometime() });
  for (let n = 0; n < times(1.5); n += 1) {
    // Some of them while the morning's letters are about to leave.
    const at = random.chance(0.5) ? sometime() : instantOf(ZONE, today(sometime()), '09:00') + random.between(40, 140);
    acts.push({ kind: 'hold', at }, { kind: 'release', at: at + Math.round(3 * DAY * random.next()) });
  }
  return acts;
}

/** While a message is being sent: the duty is done, its deadline moves, or whoever gets it leaves. */
export function worst(random: Random, at: Instant, duty: string, message: ClaimedMessage): Act {
  const kind = random.next();
  if (kind < 0.4) return { kind: 'complete', duty, at };
  if (kind < 0.7) return { kind: 'extend', duty, days: random.between(1, 40), at };
  const { unit, post } = message.to;
  const fresh = person(random, unit, post, 1_000 + random.between(0, 999));
  return { kind: 'directory', at, words: `${unit} ${post} is replaced`, change: (now) => replace(now, unit, post, fresh, null) };
}

/** At once, or with the old one there until the end of today. */
function replace(
  directory: Directory,
  unit: string,
  post: string,
  fresh: Directory['units'][number]['contacts'][number] | null,
  lastDay: IsoDate | null,
): Directory {
  return withUnit(directory, unit, (known) => {
    const others = known.contacts.filter((each) => each.post !== post);
    const old = known.contacts.filter((each) => each.post === post && (each.until === null || each.until > (lastDay ?? '')));
    const kept = lastDay === null ? [] : old.map((each) => ({ ...each, until: lastDay }));
    const from = lastDay === null || fresh === null ? null : addDays(lastDay, 1);
    return { ...known, contacts: [...others, ...kept, ...(fresh === null ? [] : [{ ...fresh, from }])] };
  });
}

function rename(directory: Directory, unit: string): Directory {
  return withUnit(directory, unit, (known) => ({
    ...known,
    name: `${known.name}（新）`,
    aliases: [...known.aliases, known.name],
  }));
}

/** The same people answer for both from now on. */
function merge(directory: Directory, one: string, into: string): Directory {
  const target = directory.units.find(({ id }) => id === into);
  if (target === undefined) return directory;
  const contacts = target.contacts.map((each) => ({ ...each, id: `${one}/${each.id}` }));
  return withUnit(directory, one, (known) => ({
    ...known,
    name: `${target.name}（${known.name}）`,
    aliases: [...known.aliases, known.name],
    contacts,
  }));
}

function withUnit(
  directory: Directory,
  id: string,
  change: (unit: Directory['units'][number]) => Directory['units'][number],
): Directory {
  return { ...directory, units: directory.units.map((each) => (each.id === id ? change(each) : each)) };
}

/** Whether the truth allows it now; the ledger must agree. */
export function allowed(act: Act, duty: Duty, today: IsoDate): boolean {
  switch (act.kind) {
    case 'acknowledge':
      return duty.status === 'needs-action';
    case 'complete':
    case 'cancel':
      return !isClosed(duty.status);
    case 'reopen':
      return isClosed(duty.status);
    case 'extend': {
      if (isClosed(duty.status) || duty.due === null) return false;
      const to = addDays(duty.due, act.days);
      return to >= today && to !== duty.due;
    }
    default:
      return true;
  }
}

export function today(at: Instant): IsoDate {
  return dateOf(ZONE, at);
}

// The truth about an office's duties and people, kept by those who act on it: what the ledger should know, told by nobody of the ledger.

import { assign } from '../../src/domain/assign.ts';
import {
  type Assignment,
  assignmentOf,
  type AssignmentStatus,
  deadlineKey,
  isClosed,
  type NewAssignment,
  occurrenceKey,
} from '../../src/domain/assignment.ts';
import type { IsoDate } from '../../src/domain/deadline.ts';
import { type Directory, holders, isAt, unitById } from '../../src/domain/directory.ts';
import type { Schedule } from '../../src/domain/notice.ts';
import { occasionsOf, type PlainOccasion as Occasion } from '../support/occasions.ts';
import { ladderOf } from '../../src/domain/plan.ts';
import type { Stage } from '../../src/domain/policy.ts';
import { nextBegins, nextOccurrence } from '../../src/domain/recurrence.ts';
import { dateOf, type Instant } from '../../src/domain/time.ts';
import type { Settled } from '../../jobs/context.ts';
import { ZONE } from './chaos.ts';

/** Occasions are worked out this far ahead, and kept. */
const FORESIGHT = 60 * 24 * 3_600_000;

export interface Spell {
  readonly from: Instant;
  to: Instant | null;
  readonly sequence: number;
  readonly due: IsoDate | null;
  readonly extendedAt: Instant | null;
}

export interface Duty {
  readonly key: string;
  readonly schedule: Schedule;
  readonly fresh: NewAssignment;
  readonly originalDue: IsoDate | null;
  readonly confirmedAt: Instant | null;
  status: AssignmentStatus;
  due: IsoDate | null;
  sequence: number;
  extendedAt: Instant | null;
  closedAt: Instant | null;
  /** Times in which it was open and of one sequence. */
  readonly spells: Spell[];
  /** Rows of history that it must have. */
  changes: number;
}

export class World {
  readonly duties = new Map<string, Duty>();
  /** Oldest first. */
  readonly directories: { readonly from: Instant; readonly directory: Directory }[] = [];
  readonly holds: { readonly from: Instant; to: Instant | null }[] = [];
  readonly configurations: { readonly from: Instant; readonly settled: Settled }[] = [];
  /** `channel address` of those that ever took nothing. */
  readonly refused = new Set<string>();
  readonly office: string;
  readonly #occasions = new Map<Spell, { readonly horizon: Instant; readonly occasions: readonly Occasion[] }>();
  readonly #succeeded = new Set<string>();

  constructor(office: string) {
    this.office = office;
  }

  get directory(): Directory {
    return last(this.directories).directory;
  }

  get settled(): Settled {
    return last(this.configurations).settled;
  }

  confirm(schedule: Schedule, at: Instant): void {
    for (const fresh of assign(schedule, this.directory, dateOf(ZONE, at)).assignments)
      this.#open(schedule, fresh, fresh.due, at, at);
  }

  find(said: { schedule: string; ref: string; unit: string; deadline: string; originalDue: IsoDate | null }): Duty | undefined {
    return this.duties.get(keyOf(said.schedule, said.ref, said.unit, said.deadline, said.originalDue));
  }

  /** Occurrences that begin are duties of their own, whoever has looked. */
  openSuccessors(now: Instant): void {
    for (const duty of this.duties.values()) {
      const { deadline } = duty.fresh;
      if (
        deadline?.kind !== 'recurring' ||
        duty.originalDue === null ||
        duty.status === 'cancelled' ||
        this.#succeeded.has(duty.key)
      )
        continue;
      const begins = nextBegins(ZONE, duty.originalDue);
      if (begins > now) continue;
      this.#succeeded.add(duty.key);
      const due = nextOccurrence(deadline.rule, duty.originalDue, duty.schedule.notice.year);
      if (due !== null) this.#open(duty.schedule, duty.fresh, due, null, begins);
    }
  }

  acknowledge(duty: Duty): void {
    duty.status = 'acknowledged';
    duty.changes += 1;
  }

  /** Also closes who cooperates, once everybody who leads is done. Returns all that closed. */
  complete(duty: Duty, at: Instant): readonly Duty[] {
    const closed = [duty];
    this.close(duty, 'completed', at);
    if (duty.fresh.role === 'lead') {
      const same = [...this.duties.values()].filter((each) => sameOccurrence(each, duty) && each.spells.length > 0);
      if (same.every((each) => each.fresh.role !== 'lead' || isClosed(each.status))) {
        for (const each of same.filter(({ fresh, status }) => fresh.role === 'cooperate' && !isClosed(status))) {
          this.close(each, 'completed', at);
          closed.push(each);
        }
      }
    }
    return closed;
  }

  close(duty: Duty, status: 'completed' | 'cancelled', at: Instant): void {
    duty.status = status;
    duty.closedAt = at;
    duty.changes += 1;
    endSpell(duty, at);
  }

  reopen(duty: Duty, at: Instant): void {
    duty.status = 'needs-action';
    duty.closedAt = null;
    duty.changes += 1;
    beginSpell(duty, at);
  }

  extend(duty: Duty, due: IsoDate, at: Instant): void {
    endSpell(duty, at);
    duty.due = due;
    duty.sequence += 1;
    duty.extendedAt = at;
    duty.changes += 1;
    beginSpell(duty, at);
  }

  held(at: Instant): boolean {
    return this.holds.some(({ from, to }) => from <= at && (to === null || to > at));
  }

  /** What the ladder wants said in a spell, up to the first after `horizon`. */
  occasions(duty: Duty, spell: Spell, horizon: Instant): readonly Occasion[] {
    const known = this.#occasions.get(spell);
    if (known !== undefined && known.horizon >= horizon) return known.occasions;
    const ahead = horizon + FORESIGHT;
    const occasions = this.#occasionsOf(duty, spell, ahead);
    this.#occasions.set(spell, { horizon: ahead, occasions });
    return occasions;
  }

  #occasionsOf(duty: Duty, spell: Spell, horizon: Instant): readonly Occasion[] {
    const { policy, calendar, offices } = this.settled;
    const office = offices.get(this.office);
    if (office === undefined) throw new RangeError(`no office ${this.office}`);
    const assignment = this.assignment(duty, spell);
    return occasionsOf(
      assignment,
      ladderOf(assignment, policy, unitById(this.directory, assignment.unit)),
      calendar,
      office,
      horizon,
    );
  }

  stage(duty: Duty, id: string): Stage | undefined {
    const assignment = this.assignment(duty, last(duty.spells));
    return ladderOf(assignment, this.settled.policy, unitById(this.directory, assignment.unit)).stages.find(
      (each) => each.id === id,
    );
  }

  stages(duty: Duty): readonly Stage[] {
    const assignment = this.assignment(duty, last(duty.spells));
    return ladderOf(assignment, this.settled.policy, unitById(this.directory, assignment.unit)).stages;
  }

  /** Who is to be told at a stage on a day, by address. */
  addressees(duty: Duty, stage: Stage, channel: 'email' | 'sms', on: IsoDate, directory = this.directory): ReadonlySet<string> {
    const addresses = new Set<string>();
    for (const { of, post } of [...stage.to, ...stage.cc]) {
      const unit = unitById(directory, of === 'unit' ? duty.fresh.unit : directory.supervisor);
      for (const contact of holders(unit, post, on)) {
        const address = channel === 'email' ? contact.email : contact.mobile;
        if (address !== null) addresses.add(address);
      }
    }
    return addresses;
  }

  /** The same, and whoever stands in for one of them whose mailbox or number took nothing at some time. */
  hearers(duty: Duty, stage: Stage, channel: 'email' | 'sms', on: IsoDate, directory = this.directory): ReadonlySet<string> {
    const hearers = new Set(this.addressees(duty, stage, channel, on, directory));
    for (const { of, post } of [...stage.to, ...stage.cc]) {
      const unit = unitById(directory, of === 'unit' ? duty.fresh.unit : directory.supervisor);
      const stood = holders(unit, post, on).some(
        ({ email, mobile }) => this.refused.has(`email ${email}`) || this.refused.has(`sms ${mobile}`),
      );
      for (const contact of stood ? unit.contacts.filter((each) => isAt(each, on)) : []) {
        const address = channel === 'email' ? contact.email : contact.mobile;
        if (address !== null) hearers.add(address);
      }
    }
    return hearers;
  }

  assignment(duty: Duty, spell: Spell): Assignment {
    const base = assignmentOf({ ...duty.fresh, due: duty.originalDue }, duty.schedule, spell.from, duty.key);
    return {
      ...base,
      due: spell.due,
      originalDue: duty.originalDue,
      status: 'needs-action',
      sequence: spell.sequence,
      confirmedAt: duty.confirmedAt,
      extendedAt: spell.extendedAt,
    };
  }

  #open(schedule: Schedule, fresh: NewAssignment, due: IsoDate | null, confirmedAt: Instant | null, from: Instant): void {
    const key = keyOf(schedule.name, fresh.ref, fresh.unit, deadlineKey(fresh), due);
    const duty: Duty = {
      key,
      schedule,
      fresh,
      originalDue: due,
      confirmedAt,
      status: 'needs-action',
      due,
      sequence: 0,
      extendedAt: null,
      closedAt: null,
      spells: [],
      changes: 1,
    };
    this.duties.set(key, duty);
    beginSpell(duty, from);
  }
}

export function keyOf(schedule: string, ref: string, unit: string, deadline: string, originalDue: IsoDate | null): string {
  return [schedule, ref, unit, deadline, originalDue ?? '-'].join('|');
}

function sameOccurrence(one: Duty, other: Duty): boolean {
  const key = ({ fresh, originalDue, schedule }: Duty): string =>
    `${schedule.name} ${fresh.ref} ${occurrenceKey({ deadline: fresh.deadline, originalDue })}`;
  return key(one) === key(other);
}

function beginSpell(duty: Duty, from: Instant): void {
  duty.spells.push({ from, to: null, sequence: duty.sequence, due: duty.due, extendedAt: duty.extendedAt });
}

function endSpell(duty: Duty, at: Instant): void {
  const open = duty.spells.at(-1);
  if (open !== undefined && open.to === null) open.to = at;
}

function last<T>(of: readonly T[]): T {
  const one = of.at(-1);
  if (one === undefined) throw new RangeError('there is nothing yet');
  return one;
}

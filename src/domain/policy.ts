// The ladder: which stages a duty passes, when, to whom, by which channel, with which letter.

import type { DeadlineKind, Rule } from './deadline.ts';
import type { ChannelName } from './delivery.ts';
import type { Role } from './notice.ts';

export type StageTiming =
  /** Tied to what happens to the assignment: a schedule confirmed, a due date moved, a date already past at confirmation. */
  | { readonly on: 'confirmed' | 'extended' | 'past-due' }
  /** Days from the due date: negative before it, zero on it, positive after it. */
  | { readonly offset: number; readonly days: 'working' | 'calendar' }
  /** Undated duties: `before` working days before the end of every period. */
  | { readonly every: 'month' | 'quarter' | 'half-year' | 'year'; readonly before: number };

/** A post of the responsible unit, or of the office that supervises. */
export interface Recipient {
  readonly of: 'unit' | 'supervisor';
  readonly post: string;
}

export interface Stage {
  /** `d-7`, `o+3`: what people call it. */
  readonly id: string;
  readonly timing: StageTiming;
  /** Comes again every so many working days after its first time, until the duty is closed; null = once. */
  readonly repeatEvery: number | null;
  readonly to: readonly Recipient[];
  readonly cc: readonly Recipient[];
  readonly via: readonly ChannelName[];
  /** Name of the letter in config/templates/letters.yaml. */
  readonly letter: string;
  /** Rung of the escalation, 1 upwards; 0 for a reminder. Rungs are never skipped, not even after an outage. */
  readonly rung: number;
}

export interface Ladder {
  readonly name: string;
  readonly stages: readonly Stage[];
}

/** Which duties a ladder is for; what is left out matches everything. */
export interface LadderMatch {
  readonly roles?: readonly Role[];
  readonly kinds?: readonly DeadlineKind[];
  readonly rules?: readonly Rule[];
  readonly external?: boolean;
  readonly units?: readonly string[];
  readonly schedules?: readonly string[];
  readonly refs?: readonly string[];
}

export interface Policy {
  readonly version: string;
  readonly ladders: ReadonlyMap<string, Ladder>;
  /** The first rule that matches decides; the last one matches everything. */
  readonly rules: readonly { readonly match: LadderMatch; readonly ladder: string }[];
}

/** What a rule of the policy may ask about a duty. */
export interface LadderSubject {
  readonly role: Role;
  readonly kind: DeadlineKind;
  readonly rule: Rule | null;
  readonly external: boolean;
  readonly unit: string;
  readonly schedule: string;
  readonly ref: string;
}

/** @throws RangeError when no rule matches or it names a ladder that is not there (the check refuses both before). */
export function ladderFor(policy: Policy, subject: LadderSubject): Ladder {
  const rule = policy.rules.find(({ match }) => matches(match, subject));
  const ladder = rule === undefined ? undefined : policy.ladders.get(rule.ladder);
  if (ladder === undefined) {
    throw new RangeError(`policy ${policy.version} has no ladder for ${subject.schedule} ${subject.ref} ${subject.unit}`);
  }
  return ladder;
}

function matches(match: LadderMatch, subject: LadderSubject): boolean {
  return (
    among(match.roles, subject.role) &&
    among(match.kinds, subject.kind) &&
    (match.rules === undefined || (subject.rule !== null && match.rules.includes(subject.rule))) &&
    (match.external === undefined || match.external === subject.external) &&
    among(match.units, subject.unit) &&
    among(match.schedules, subject.schedule) &&
    among(match.refs, subject.ref)
  );
}

function among<T>(wanted: readonly T[] | undefined, value: T): boolean {
  return wanted === undefined || wanted.includes(value);
}

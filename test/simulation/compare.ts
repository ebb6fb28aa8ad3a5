// The same people lived through the same time without faults: what was said to whom must be the same, but for what has a reason.

import { dateOf, type Instant } from '../../src/domain/time.ts';
import { ZONE } from './chaos.ts';
import type { Counters } from './invariants.ts';
import { saidKey } from './judge.ts';
import { stamp } from './kernel.ts';
import type { Lived } from './simulation.ts';
import type { Handover, Said } from './sink.ts';

const DAY = 24 * 3_600_000;

interface Told {
  readonly said: Said;
  readonly handover: Handover;
}

/** @throws Violation where one life says something to somebody of which the other neither says it nor why not. */
export function compare(faulty: Lived, quiet: Lived, counters: Counters): void {
  const [rough, smooth] = [toldIn(faulty), toldIn(quiet)];
  for (const [key, told] of smooth) {
    const fine = rough.has(key) || hasReason(faulty, told);
    counters.check(
      invariantOf(faulty),
      fine,
      () => `without faults ${key} was told at ${stamp(told.handover.dataAt)}; with them it was not, and no reason is on record`,
    );
  }
  for (const [key, told] of rough) {
    // Told later, to whoever held the post then, or after more of the ladder than there was time for without faults.
    const fine = smooth.has(key) || quiet.outcomes.has(saidKey(told.said)) || lateEnough(faulty, told);
    counters.check(
      invariantOf(faulty),
      fine,
      () => `with faults ${key} was told at ${stamp(told.handover.dataAt)}; without them nobody ever wanted that`,
    );
  }
}

function invariantOf({ mode }: Lived): number {
  return mode === 'queue' ? 16 : 21;
}

/** By duty, stage, channel and recipient. */
function toldIn({ sink }: Lived): ReadonlyMap<string, Told> {
  const told = new Map<string, Told>();
  for (const handover of sink.accepted) {
    for (const said of handover.items) {
      const key = `${saidKey(said)} ${handover.channel} ${handover.to}`;
      if (!told.has(key)) told.set(key, { said, handover });
    }
  }
  return told;
}

/** It is on record what became of it; or the duty was over, or other people were there, before a sweep came by. */
function hasReason(lived: Lived, { said, handover }: Told): boolean {
  const duty = lived.world.find(said);
  if (duty === undefined) return false;
  const outcomes = lived.outcomes.get(saidKey(said)) ?? [];
  if (outcomes.length > 0) return true;
  const spell = duty.spells.findLast(({ sequence, from }) => sequence === said.sequence && from <= handover.dataAt);
  const next = nextSweep(lived, handover.dataAt - DAY);
  if (spell?.to !== null && spell !== undefined && spell.to < next + 3 * DAY) return true;
  // The rungs before it took their days.
  const days = workdays(lived, handover.dataAt, spell?.to ?? lived.sweeps.at(-1) ?? 0);
  return (
    said.rung + (said.occurrence === 'once' ? 0 : 3) > 0 &&
    (days <= 4 || !lived.chaos.calm(handover.dataAt - 12 * DAY, handover.dataAt + DAY))
  );
}

function lateEnough(lived: Lived, { handover }: Told): boolean {
  const changed = lived.world.directories.some(({ from }, n) => n > 0 && Math.abs(from - handover.dataAt) < 12 * DAY);
  return changed || !lived.chaos.calm(handover.dataAt - 12 * DAY, handover.dataAt);
}

function nextSweep({ sweeps }: Lived, after: Instant): Instant {
  return sweeps.find((at) => at > after) ?? Infinity;
}

function workdays(lived: Lived, from: Instant, to: Instant): number {
  return lived.world.settled.calendar.workdaysBetween(dateOf(ZONE, from), dateOf(ZONE, to));
}

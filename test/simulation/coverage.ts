// Holds what the ladders demand, by the pure domain and the truth about the duties, against what the ledger recorded after each sweep.

import { dateOf, type Instant } from '../../src/domain/time.ts';
import { ZONE } from './chaos.ts';
import type { SeedDatabase } from './database.ts';
import type { Counters } from './invariants.ts';
import { stamp } from './kernel.ts';
import { type Duty, keyOf, type Spell, type World } from './world.ts';

const DAY = 24 * 3_600_000;
/** A rung or a repeat waits for the one before it to be told on an earlier day. */
const PATIENCE_WORKDAYS = 3;

interface Demand {
  readonly duty: Duty;
  readonly spell: Spell;
  readonly stage: string;
  readonly occurrence: string;
  readonly at: Instant;
  readonly waits: boolean;
  /** When it was first, or last with a good reason, not there. */
  since: Instant;
}

interface Row {
  readonly id: string;
  readonly sequence: number;
  readonly stage: string;
  readonly occurrence: string;
  readonly address: string | null;
  readonly contact: string | null;
  readonly channel: 'email' | 'sms' | null;
  readonly what: string;
}

export class Coverage {
  readonly #world: World;
  readonly #database: SeedDatabase;
  readonly #counters: Counters;
  readonly #through = new Map<Spell, Instant>();
  readonly #next = new Map<Spell, Instant>();
  #ids = new Map<string, string>();
  #pending: Demand[] = [];

  constructor(world: World, database: SeedDatabase, counters: Counters) {
    this.#world = world;
    this.#database = database;
    this.#counters = counters;
  }

  /** A sweep that began at `now` by its own clock, and at `began` by the true one, has come to its end. */
  async swept(now: Instant, began: Instant): Promise<void> {
    this.#world.openSuccessors(now);
    for (const duty of this.#world.duties.values()) this.#demand(duty, now, began);
    this.#pending = this.#pending.filter(({ spell }) => spell.to === null);
    if (this.#pending.length === 0) return;
    const rows = await this.#rows();
    const left: Demand[] = [];
    for (const demand of this.#pending) {
      const own = rows.get(this.#ids.get(demand.duty.key) ?? '') ?? [];
      const found = own.filter(
        (row) => row.sequence === demand.spell.sequence && row.stage === demand.stage && row.occurrence === demand.occurrence,
      );
      if (found.length > 0) this.#everybody(demand, found, now);
      else if (this.#mayWait(demand, own, left, now)) left.push(demand);
    }
    this.#pending = left;
  }

  #demand(duty: Duty, now: Instant, began: Instant): void {
    const spell = duty.spells.at(-1);
    if (spell === undefined || spell.to !== null || spell.from > began || (this.#next.get(spell) ?? 0) > now) return;
    const through = this.#through.get(spell) ?? spell.from - 1;
    const occasions = this.#world.occasions(duty, spell, now);
    for (const { stage, occurrence, at, dropped } of occasions) {
      if (at <= through || at > now || dropped !== null) continue;
      this.#pending.push({
        duty,
        spell,
        stage: stage.id,
        occurrence,
        at,
        waits: stage.rung > 0 || stage.repeatEvery !== null,
        since: now,
      });
    }
    this.#through.set(spell, now);
    this.#next.set(spell, occasions.find(({ at }) => at > now)?.at ?? Infinity);
  }

  #mayWait(demand: Demand, own: readonly Row[], before: readonly Demand[], now: Instant): boolean {
    if (demand.waits && (own.some(({ what }) => what === 'planned') || before.some(({ duty }) => duty === demand.duty)))
      demand.since = now;
    const { calendar } = this.#world.settled;
    const waited = calendar.workdaysBetween(dateOf(ZONE, demand.since), dateOf(ZONE, now));
    const fine = demand.waits && waited <= PATIENCE_WORKDAYS;
    this.#counters.check(
      1,
      fine,
      () =>
        `${demand.stage} ${demand.occurrence} of ${demand.duty.key}, demanded at ${stamp(demand.at)}, is neither planned nor dropped after the sweep of ${stamp(now)}`,
    );
    return true;
  }

  #everybody(demand: Demand, found: readonly Row[], now: Instant): void {
    const { directories } = this.#world;
    const stage = this.#world.stage(demand.duty, demand.stage);
    const changed = (directories.at(-1)?.from ?? 0) > Math.min(demand.at, now) - 2 * DAY && directories.length > 1;
    // Dropped as a whole, or said to those who were there then.
    if (stage === undefined || changed || found.some(({ contact }) => contact === null))
      return this.#counters.check(1, true, () => '');
    for (const channel of stage.via) {
      for (const address of this.#world.addressees(demand.duty, stage, channel, dateOf(ZONE, now))) {
        const rows = found.filter((row) => row.channel === channel && (row.address === address || row.what === 'refused'));
        this.#counters.check(1, rows.length > 0, () => `${demand.stage} of ${demand.duty.key} is not recorded for ${address}`);
      }
    }
  }

  async #rows(): Promise<ReadonlyMap<string, readonly Row[]>> {
    if (this.#pending.some(({ duty }) => !this.#ids.has(duty.key))) {
      const all = await this.#database.rows<{
        id: string;
        schedule: string;
        ref: string;
        unit: string;
        deadline: string;
        original: string | null;
      }>(
        `SELECT a.id::text AS id, t.schedule, t.ref, a.unit_id AS unit, a.deadline_key AS deadline, a.original_due::text AS original
           FROM cuiban.assignment a JOIN cuiban.task t ON t.id = a.task_id`,
      );
      this.#ids = new Map(
        all.map(({ id, schedule, ref, unit, deadline, original }) => [keyOf(schedule, ref, unit, deadline, original), id]),
      );
    }
    const ids = [...new Set(this.#pending.map(({ duty }) => this.#ids.get(duty.key) ?? '0'))];
    const rows = await this.#database.rows<Row>(
      `SELECT assignment_id::text AS id, sequence, stage, occurrence, address, contact, channel, state AS what
         FROM cuiban.reminder WHERE assignment_id = ANY($1::bigint[])
        UNION ALL
       SELECT assignment_id::text, sequence, stage, occurrence, NULL, contact, channel, reason
         FROM cuiban.suppression WHERE assignment_id = ANY($1::bigint[])`,
      [ids],
    );
    const by = new Map<string, Row[]>();
    for (const row of rows) {
      const known = by.get(row.id);
      if (known === undefined) by.set(row.id, [row]);
      else known.push(row);
    }
    return by;
  }
}

// Watches what verbs commit and what the far side gets, and says at once which invariant is broken.

import { deadlineKey, isClosed } from '../../src/domain/assignment.ts';
import type { Accepted } from '../../src/domain/accepted.ts';
import type { ClaimedMessage, Settlement } from '../../src/domain/message.ts';
import { dateOf, type Instant, nextSendable, withinHours } from '../../src/domain/time.ts';
import type { Office } from '../../src/domain/office.ts';
import { type Chaos, ZONE } from './chaos.ts';
import { COARSE_MS, type SeedDatabase } from './database.ts';
import type { Host } from './host.ts';
import type { Counters } from './invariants.ts';
import { type Kernel, stamp } from './kernel.ts';
import type { Handover, Said, Sink } from './sink.ts';
import { type Duty, keyOf, type World } from './world.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** What lies between a look at the clock and the bytes, where nothing is stopped. */
const SLOWEST_START = 5 * MINUTE;

/** Stages tied to what people did: no reminders. */
const AT_ONCE: ReadonlySet<string> = new Set(['assigned', 'extended', 'decide']);

interface Lease {
  readonly fence: number;
  readonly host: Host;
  readonly generation: number;
  readonly at: Instant;
  readonly until: Instant;
  /** Settled, or ended by reconcile. */
  over: boolean;
  /** Settled as sent. */
  sent: boolean;
  /** Its end was told, and it was not that nobody knows. */
  certain: boolean;
}

export interface JudgeWorld {
  readonly kernel: Kernel;
  readonly chaos: Chaos;
  readonly world: World;
  readonly sink: Sink;
  readonly database: SeedDatabase;
  readonly counters: Counters;
  readonly leaseMs: number;
}

export class Judge {
  duplicates = 0;
  readonly #of: JudgeWorld;
  readonly #leases = new Map<string, Lease>();
  readonly #bodyOf = new Map<string, string>();
  readonly #identityOf = new Map<string, Handover>();
  readonly #bodies = new Map<string, Handover>();
  readonly #perDay = new Map<string, Set<string>>();
  readonly #mentioned = new Map<string, Handover>();
  /** Messages that may have left before, for all that the ledger can know. */
  readonly #doubted = new Set<string>();
  /** Messages of which the ledger has been told that they were refused for good. */
  readonly #refusals = new Set<string>();
  /** `channel address` of those that the ledger knows to take nothing. */
  readonly #dead = new Set<string>();
  readonly #addressOf = new Map<string, string>();
  /** The first day on which a rung of a duty was told. */
  readonly #rungTold = new Map<string, string>();

  constructor(of: JudgeWorld) {
    this.#of = of;
  }

  async witness(host: Host, verb: string, args: readonly unknown[], result: unknown): Promise<void> {
    this.#of.world.openSuccessors(this.#of.kernel.now);
    if (verb === 'claim') await this.#claimed(host, args[3] as number, result as readonly ClaimedMessage[]);
    if (verb === 'settle') this.#settled(args[0] as readonly Settlement[], result as number);
    if (verb === 'settleAccepted')
      this.#settled(
        (args[0] as readonly Accepted[]).map(({ message, fence }) => ({ id: message, fence, status: 'sent' })),
        result as number,
      );
    if (verb === 'reconcile')
      for (const lease of this.#leases.values()) if (lease.until <= this.#of.kernel.now + COARSE_MS) lease.over = true;
  }

  async #claimed(host: Host, leaseMs: number, messages: readonly ClaimedMessage[]): Promise<void> {
    const { kernel, counters, world } = this.#of;
    const { now } = kernel;
    for (const message of messages) {
      const before = this.#leases.get(message.id);
      counters.check(
        14,
        before === undefined || ((before.over || before.until <= now + COARSE_MS) && before.fence < message.fence),
        () =>
          `message ${message.id} is claimed by ${host.name} with fence ${message.fence} while ${before?.host.name} holds it with fence ${before?.fence} until ${stamp(before?.until ?? 0)}`,
      );
      if (before?.certain === false) this.#doubted.add(message.id);
      this.#leases.set(message.id, {
        fence: message.fence,
        host,
        generation: host.generation,
        at: now,
        until: now + leaseMs,
        over: false,
        sent: false,
        certain: false,
      });
      for (const each of this.#of.sink.byMessage.get(message.id) ?? []) each.doubted ||= !each.settled;
      const address = `${message.channel} ${message.address}`;
      this.#addressOf.set(message.id, address);
      counters.check(22, !this.#dead.has(address), () => `message ${message.id} is claimed for ${address}, which takes nothing`);
      counters.check(10, !world.held(now), () => `message ${message.id} is claimed while a hold is open`);
      for (const item of message.items) {
        const duty = world.duties.get(
          keyOf(
            item.assignment.schedule,
            item.assignment.ref,
            item.assignment.unit,
            deadlineKey(item.assignment),
            item.assignment.originalDue,
          ),
        );
        const what = `${item.stage} of ${item.assignment.schedule} ${item.assignment.ref} ${item.assignment.unit} ${item.assignment.originalDue ?? ''}`;
        if (duty === undefined) {
          counters.check(1, false, () => `${what} is claimed, and nobody was ever given that duty`);
          continue;
        }
        counters.check(
          8,
          !isClosed(duty.status),
          () => `${what} is claimed after the duty was ${duty.status} at ${stamp(duty.closedAt ?? 0)}`,
        );
        counters.check(
          11,
          item.assignment.sequence === duty.sequence && item.assignment.due === duty.due,
          () =>
            `${what} is claimed with due ${item.assignment.due} sequence ${item.assignment.sequence}; the duty has ${duty.due} sequence ${duty.sequence}`,
        );
        const stage = world.stage(duty, item.stage);
        const right =
          stage === undefined ? new Set<string>() : world.hearers(duty, stage, message.channel, dateOf(ZONE, now + host.skew));
        counters.check(
          11,
          right.has(message.address),
          () => `${what} is claimed for ${message.address}; it is for ${[...right].join(', ')} now`,
        );
        if (item.rung > 1) await this.#order(duty, item, what);
      }
    }
  }

  async #order(duty: Duty, item: ClaimedMessage['items'][number], what: string): Promise<void> {
    const { kernel, counters, world, database } = this.#of;
    const today = dateOf(ZONE, kernel.now);
    for (const below of world.stages(duty).filter(({ rung }) => rung > 0 && rung < item.rung)) {
      const told = this.#rungTold.get(`${duty.key} ${duty.sequence} ${below.id}`);
      if (told !== undefined) {
        counters.check(9, told < today, () => `${what} is claimed on ${today}, the day on which ${below.id} was told`);
        continue;
      }
      const rows = await database.rows<{ state: string; status: string; owed: boolean; reason: string | null }>(
        `SELECT r.state, r.void_reason AS reason, m.status, m.owed_at IS NOT NULL OR m.lease_until IS NOT NULL AS owed
           FROM cuiban.reminder r JOIN cuiban.message m ON m.id = r.message_id
          WHERE r.assignment_id = $1::bigint AND r.sequence = $2 AND r.stage = $3`,
        [item.assignment.id, duty.sequence, below.id],
      );
      const why = await database.rows<{ reason: string }>(
        'SELECT reason FROM cuiban.suppression WHERE assignment_id = $1::bigint AND sequence = $2 AND stage = $3',
        [item.assignment.id, duty.sequence, below.id],
      );
      const over = rows.every(
        ({ state, status, owed }) =>
          state === 'undeliverable' ||
          state === 'void' ||
          (state === 'planned' && status === 'unknown' && !owed) ||
          state === 'sent',
      );
      const reasoned =
        rows.length > 0 ||
        why.some(({ reason }) =>
          ['absent', 'no-address', 'refused', 'no-channel', 'before-notice', 'recurrence-shorter'].includes(reason),
        ) ||
        this.#beforeSpell(duty, below.id);
      counters.check(
        9,
        over && reasoned,
        () => `${what} is claimed, and ${below.id} below it was told to nobody: ${JSON.stringify(rows)} ${JSON.stringify(why)}`,
      );
    }
  }

  /** What lay before it was reopened is not said any more. */
  #beforeSpell(duty: Duty, stage: string): boolean {
    const spell = duty.spells.at(-1);
    if (spell === undefined) return false;
    const occasion = this.#of.world.occasions(duty, spell, this.#of.kernel.now).find((each) => each.stage.id === stage);
    return occasion === undefined || occasion.at <= spell.from || occasion.dropped !== null;
  }

  #settled(settlements: readonly Pick<Settlement, 'id' | 'fence' | 'status' | 'refused'>[], count: number): void {
    const { counters, sink } = this.#of;
    const current = settlements.filter(({ id, fence, status }) => {
      const lease = this.#leases.get(id);
      return lease !== undefined && lease.fence === fence && !lease.sent && (!lease.over || status === 'sent');
    });
    counters.check(
      14,
      count <= current.length,
      () => `${count} settlements were taken, and only ${current.length} of ${settlements.length} were of a live fence`,
    );
    for (const { id, status, refused } of current) {
      const handovers = sink.byMessage.get(id) ?? [];
      if (status === 'sent') {
        counters.check(
          3,
          handovers.some(({ acceptedAt }) => acceptedAt !== null),
          () => `message ${id} is settled as sent, and nothing of it ever arrived`,
        );
      }
      if (count < current.length) continue;
      const lease = this.#leases.get(id);
      if (lease === undefined) continue;
      const address = this.#addressOf.get(id);
      if (refused === true && address !== undefined) {
        this.#dead.add(address);
        this.#of.world.refused.add(address);
      }
      lease.over = true;
      lease.sent = status === 'sent';
      lease.certain = status !== 'unknown';
      if ((sink.refused.get(id) ?? 0) >= lease.at) this.#refusals.add(id);
      if (status === 'sent') for (const each of handovers) each.settled = true;
    }
  }

  /** A person says that its address is fine. */
  trusted(message: string): void {
    this.#refusals.delete(message);
    this.#dead.delete(this.#addressOf.get(message) ?? '');
  }

  /** Addresses that nobody has any more. */
  forgotten(): void {
    const known = new Set(
      this.#of.world.directory.units.flatMap(({ contacts }) =>
        contacts.flatMap(({ email, mobile }) => [`email ${email}`, `sms ${mobile}`]),
      ),
    );
    for (const address of this.#dead) if (!known.has(address)) this.#dead.delete(address);
  }

  /** Bytes begin to leave. */
  data(host: Host, handover: Handover): void {
    const { kernel, counters, world, sink, leaseMs } = this.#of;
    const { now } = kernel;
    const { hours } = this.#office();
    const { calendar } = world.settled;
    const what = `${handover.channel} ${handover.identity} to ${handover.to}`;
    const open = (at: Instant): boolean => withinHours(hours, calendar, at) || withinHours(hours, calendar, at + host.skew);
    counters.check(
      10,
      handover.stalled || open(now) || (open(handover.askedAt) && now - handover.askedAt <= SLOWEST_START),
      () => `${what} leaves at ${stamp(now)}, outside office hours`,
    );
    const lease = this.#leases.get(handover.message);
    counters.check(
      14,
      handover.stalled || (lease?.host === host && lease.generation === host.generation && lease.until > handover.askedAt),
      () =>
        `${what} leaves ${host.name} at ${stamp(now)}, whose lease is ${lease === undefined ? 'not there' : `${lease.host.name}'s until ${stamp(lease.until)}`}`,
    );
    if (lease !== undefined && now > lease.until + leaseMs && !handover.stalled)
      throw new Error(`a send of ${what} outlived its lease`);
    const earlier = (sink.byMessage.get(handover.message) ?? []).filter((each) => each !== handover);
    counters.check(
      5,
      earlier.every(({ settled }) => !settled),
      () => `${what} leaves again, and the ledger had recorded that it was accepted`,
    );
    counters.check(
      5,
      handover.channel === 'email' || earlier.every(({ declined }) => declined),
      () => `${what} leaves again: an SMS is never repeated blindly`,
    );
    counters.check(13, !this.#refusals.has(handover.message), () => `${what} leaves again after it was refused for good`);
    for (const item of handover.items) {
      const duty = world.find(item);
      const closed = duty?.closedAt ?? null;
      counters.check(
        8,
        handover.stalled || closed === null || now - closed <= 2 * MINUTE,
        () => `${what} leaves at ${stamp(now)} with ${item.stage} of ${item.ref} ${item.unit}, closed at ${stamp(closed ?? 0)}`,
      );
    }
    const duties = handover.items.map((item) => keyOf(item.schedule, item.ref, item.unit, item.deadline, item.originalDue));
    counters.check(12, new Set(duties).size === duties.length, () => `${what} mentions one duty twice: ${handover.body}`);
    // An SMS has no identity of its own: one that a person tries again after a refusal says what is true by then.
    const anew = handover.channel === 'sms' && earlier.every(({ declined }) => declined);
    const body = anew ? undefined : this.#bodyOf.get(handover.identity);
    counters.check(6, body === undefined || body === handover.body, () => `${what} has two bodies:\n${body}\n${handover.body}`);
    this.#bodyOf.set(handover.identity, handover.body);
    this.#identities(handover, what);
  }

  /** What is said to one person on one channel has one identity, but where the copy before was refused or is in doubt. */
  #identities(handover: Handover, what: string): void {
    const { counters } = this.#of;
    const inDoubt = (before: Handover): boolean => before.acceptedAt === null || !before.settled;
    for (const item of handover.items) {
      const key = `${saidKey(item)} ${handover.channel} ${handover.to}`;
      const before = this.#identityOf.get(key);
      const same = before === undefined || before.identity === handover.identity;
      counters.check(
        6,
        same || inDoubt(before),
        () => `${what} says ${key}, which ${before?.identity} had said at ${stamp(before?.dataAt ?? 0)}`,
      );
      this.#identityOf.set(key, handover);
    }
    const key = `${handover.to}\n${handover.body}`;
    const twin = this.#bodies.get(key);
    counters.check(
      7,
      twin === undefined || twin.identity === handover.identity || (twin.message !== handover.message && inDoubt(twin)),
      () => `${what} has the body of ${twin?.identity} of ${stamp(twin?.dataAt ?? 0)}`,
    );
    this.#bodies.set(key, handover);
  }

  accepted(handover: Handover): void {
    const { kernel, counters, sink, chaos } = this.#of;
    const { now } = kernel;
    const copies = (sink.byMessage.get(handover.message) ?? []).filter(({ acceptedAt }) => acceptedAt !== null);
    const what = `${handover.channel} ${handover.identity} to ${handover.to}`;
    if (copies.length > 1) this.duplicates += 1;
    counters.check(
      5,
      copies.slice(0, -1).every(({ settled }) => !settled),
      () => `${what} arrives again at ${stamp(now)}`,
    );
    counters.check(
      5,
      copies.length === 1 || !chaos.calm(now - 5 * DAY, now),
      () => `${what} arrives again at ${stamp(now)}, and nothing had gone wrong`,
    );
    const today = dateOf(ZONE, handover.dataAt);
    // One that was left in doubt counts for the day on which it may first have arrived.
    const before = (sink.byMessage.get(handover.message) ?? []).filter((each) => each !== handover && !each.declined);
    if (before.length === 0 && !this.#doubted.has(handover.message)) this.#quota(handover, today, what);
    for (const item of handover.items) this.#told(handover, item, today, what);
  }

  #quota(handover: Handover, today: string, what: string): void {
    const { counters, world } = this.#of;
    const key = `${handover.channel} ${handover.to} ${today}`;
    const messages = this.#perDay.get(key) ?? new Set();
    messages.add(handover.message);
    this.#perDay.set(key, messages);
    const cap = Math.max(
      ...world.configurations.slice(-2).map(({ settled }) => settled.offices.get(world.office)?.caps[handover.channel] ?? 1),
    );
    counters.check(12, messages.size <= cap, () => `${what} is number ${messages.size} of ${today}, the cap is ${cap}`);
    for (const item of handover.items) {
      // That a date was moved is told at once, whatever else the day brought.
      if (AT_ONCE.has(item.stage)) continue;
      const mention = `${key} ${keyOf(item.schedule, item.ref, item.unit, item.deadline, item.originalDue)}`;
      const before = this.#mentioned.get(mention);
      counters.check(
        12,
        before === undefined || before.message === handover.message || !before.settled,
        () => `${what} mentions ${mention} again, after ${before?.identity}`,
      );
      this.#mentioned.set(mention, handover);
    }
  }

  #told(handover: Handover, item: Said, today: string, what: string): void {
    const { counters, world } = this.#of;
    const duty = world.find(item);
    const spell = duty?.spells.findLast(({ sequence }) => sequence === item.sequence);
    const said = `${item.stage} ${item.occurrence} of ${item.ref} ${item.unit} ${item.due ?? ''}`;
    if (duty === undefined || spell === undefined)
      return counters.check(1, false, () => `${what} tells ${said}, which is nobody's duty`);
    const stage = world.stages(duty).find(({ id }) => id === item.stage);
    const ever =
      stage === undefined
        ? []
        : world.directories
            .slice(-4)
            .flatMap(({ directory }) =>
              [-1, 0].flatMap((days) => [
                ...world.hearers(duty, stage, handover.channel, dateOf(ZONE, handover.dataAt + days * DAY), directory),
              ]),
            );
    counters.check(
      19,
      ever.includes(handover.to),
      () => `${what} tells ${said} to somebody whom it is not for: ${ever.join(', ')}`,
    );
    if (item.rung > 0) {
      const key = `${duty.key} ${item.sequence} ${item.stage}`;
      if (!this.#rungTold.has(key)) this.#rungTold.set(key, today);
    }
    const occasion = world
      .occasions(duty, spell, this.#of.kernel.now)
      .find((each) => each.stage.id === item.stage && each.occurrence === item.occurrence);
    counters.check(
      1,
      occasion !== undefined && occasion.dropped === null,
      () => `${what} tells ${said}, which the ladder does not want`,
    );
    if (occasion !== undefined)
      this.#punctual(handover, item, occasion.at, Math.max(occasion.at, spell.from), `${what} tells ${said}`);
  }

  #punctual(handover: Handover, item: Said, at: Instant, wanted: Instant, what: string): void {
    const { counters, world, chaos, kernel } = this.#of;
    counters.check(15, handover.dataAt >= at - 60_000, () => `${what} at ${stamp(handover.dataAt)}, before ${stamp(at)}`);
    const { hours, caps } = this.#office();
    const { calendar } = world.settled;
    const expected = nextSendable(hours, calendar, wanted);
    // After a storm there is something to make up for; rungs wait for each other; a full day puts off to the next.
    const excused =
      item.rung > 0 ||
      !chaos.calm(expected - 8 * DAY, kernel.now) ||
      world.holds.some(({ from, to }) => from < kernel.now && (to === null || to > expected - DAY));
    if (excused) return;
    let latest = expected;
    for (let tries = 0; tries < 30; tries += 1) {
      const day = dateOf(ZONE, latest);
      const full =
        (this.#perDay.get(`${handover.channel} ${handover.to} ${day}`)?.size ?? 0) >= caps[handover.channel] &&
        day < dateOf(ZONE, handover.dataAt);
      if (!full) break;
      latest = nextSendable(hours, calendar, latest + DAY);
    }
    const repeated = item.occurrence !== 'once' || world.directories.length > 1 || item.stage === 'extended';
    counters.check(
      15,
      handover.dataAt - latest <= 10 * MINUTE || repeated,
      () => `${what} at ${stamp(handover.dataAt)}, due at ${stamp(latest)}`,
    );
  }

  /** How many hand-overs were left in doubt: as many copies more may there be. */
  bound(): number {
    return this.#of.sink.handovers.filter(({ doubted }) => doubted).length;
  }

  #office(): Office {
    const office = this.#of.world.settled.offices.get(this.#of.world.office);
    if (office === undefined) throw new RangeError('no office');
    return office;
  }
}

export function saidKey({ schedule, ref, unit, deadline, originalDue, sequence, stage, occurrence }: Said): string {
  return `${keyOf(schedule, ref, unit, deadline, originalDue)} ${sequence} ${stage} ${occurrence}`;
}

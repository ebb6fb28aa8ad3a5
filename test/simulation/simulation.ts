// One seed, lived through: a county and its people, the real engine in virtual processes, faults until it heals, and judges all the way.

import type { Settled } from '../../jobs/context.ts';
import { readConfiguration } from '../../src/configuration/index.ts';
import { deadlineKey } from '../../src/domain/assignment.ts';
import { addDays, type Calendar } from '../../src/domain/calendar.ts';
import type { ClaimedMessage, Settlement } from '../../src/domain/message.ts';
import type { Office } from '../../src/domain/office.ts';
import { dateOf, type Instant, instantOf } from '../../src/domain/time.ts';
import type { AnswerBy, Ledger } from '../../src/ledger/ledger.ts';
import { assign } from '../../src/domain/assign.ts';
import { audit, resolution } from './audit.ts';
import { channelsOf } from './channels.ts';
import { Chaos, ZONE } from './chaos.ts';
import { Coverage } from './coverage.ts';
import type { SeedDatabase, Server } from './database.ts';
import { type Engine, HOME } from './engine.ts';
import { Host } from './host.ts';
import { Counters, Violation } from './invariants.ts';
import { Judge } from './judge.ts';
import { Journals } from './journal.ts';
import { Kernel } from './kernel.ts';
import { letter } from './letters.ts';
import { directoryOf, scheduleOf } from './office.ts';
import { type Act, allowed, script, today, worst } from './people.ts';
import { QueueModel } from './queue.ts';
import { type Random, randomOf } from './random.ts';
import { Sink } from './sink.ts';
import { type Duty, keyOf, World } from './world.ts';

const OFFICE = 'shili';
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const LEASE_MS = 300_000;
/** Ticks that found nothing to do before they come less often. */
const PATIENT_TICKS = 6;
const LONGEST_TICK = 30 * MINUTE;

const read = await readConfiguration(`${HOME}config`);
if (!read.ok) throw new Error('the configuration of the house is not valid');
const configuration = read.value;

export interface Lived {
  readonly seed: number;
  readonly mode: 'faults' | 'fury' | 'queue' | 'quiet';
  readonly violation: { readonly invariant: number; readonly words: string; readonly events: readonly string[] } | null;
  readonly counters: Counters;
  readonly faults: ReadonlyMap<string, number>;
  readonly steps: number;
  readonly hash: string;
  readonly sends: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly ambiguous: number;
  readonly flushes: number;
  /** What people did, to be done again by the same people in another life. */
  readonly acts: readonly Act[];
  readonly sink: Sink;
  readonly world: World;
  readonly chaos: Chaos;
  /** Ends of sweeps, by the true clock. */
  readonly sweeps: readonly Instant[];
  /** Every reminder and suppression: key, and what became of it. */
  readonly outcomes: ReadonlyMap<string, readonly string[]>;
}

export interface Life {
  readonly engine: Engine;
  readonly server: Server;
  readonly seed: number;
  readonly years: number;
  readonly mode: Lived['mode'];
  /** Given, these are done instead of what the seed makes people do. */
  readonly acts?: readonly Act[];
}

/** When a sweep and a reconcile will next find something, as the tables were after so many touches. */
interface ToDo {
  readonly touched: number;
  readonly sweep: Instant;
  readonly reconcile: Instant;
}

export async function live(life: Life): Promise<Lived> {
  const database = await life.server.fresh(life.engine);
  try {
    return await new Simulation(life, database).run();
  } finally {
    await database.drop();
  }
}

class Simulation {
  readonly #life: Life;
  readonly #database: SeedDatabase;
  readonly #kernel: Kernel;
  readonly #chaos: Chaos;
  readonly #random: Random;
  readonly #counters = new Counters();
  readonly #sink = new Sink();
  readonly #world = new World(OFFICE);
  readonly #hosts: Host[] = [];
  readonly #queue: QueueModel;
  readonly #judge: Judge;
  readonly #coverage: Coverage;
  readonly #acts: readonly Act[];
  readonly #done: Act[] = [];
  readonly #sweeps: Instant[] = [];
  readonly #from: Instant;
  readonly #to: Instant;
  #ledger: Ledger | null = null;
  #violation: Lived['violation'] = null;
  #nextMinute: Instant | null = null;
  /** A configuration is in force that no sweep has followed. */
  #following = true;
  #idleTicks = 0;
  #toDo: ToDo | null = null;
  #configurations = 0;

  constructor(life: Life, database: SeedDatabase) {
    this.#life = life;
    this.#database = database;
    const { seed, years, mode } = life;
    const making = randomOf(seed, 'office');
    const year = making.between(2021, 2026 - years);
    const directory = directoryOf(making, OFFICE);
    const schedules = Array.from({ length: years }, (_, n) => {
      const at = instantOf(ZONE, `${year + n}-03-01`, '08:00') + Math.round(making.next() * 30 * DAY);
      return { schedule: scheduleOf(making, OFFICE, directory, year + n), at };
    });
    const calendar: Calendar = configuration.calendar;
    this.#from = instantOf(ZONE, `${year}-02-28`, '12:00');
    this.#to = this.#from + years * 365 * DAY;
    this.#kernel = new Kernel(this.#from);
    this.#chaos = new Chaos(seed, this.#from, this.#to, calendar, mode);
    this.#random = randomOf(seed, 'latency');
    this.#queue = new QueueModel(this.#kernel, this.#chaos, this.#hosts);
    this.#world.directories.push({ from: this.#from, directory });
    this.#configure(1);
    this.#acts = life.acts ?? script(randomOf(seed, 'people'), schedules, directory, this.#to);
    const shared = {
      kernel: this.#kernel,
      world: this.#world,
      sink: this.#sink,
      chaos: this.#chaos,
      database,
      counters: this.#counters,
    };
    this.#judge = new Judge({ ...shared, leaseMs: LEASE_MS });
    this.#coverage = new Coverage(this.#world, database, this.#counters);
  }

  async run(): Promise<Lived> {
    const ids = randomOf(this.#life.seed, 'ids');
    const ledger = await this.#life.engine.openLedger({
      url: this.#database.url,
      poolSize: 2,
      offices: () => this.#world.settled.offices,
      calendar: () => this.#world.settled.calendar,
      newId: () => ids.uuid(),
    });
    this.#ledger = ledger;
    const outcomes = new Map<string, string[]>();
    try {
      this.#open(ledger);
      await this.#kernel.run(this.#to, () => this.#violation !== null);
      this.#heal();
      await this.#kernel.run(this.#liveUntil(), () => this.#violation !== null);
      if (this.#violation === null) await this.#judged(() => this.#atTheEnd(outcomes));
    } finally {
      await ledger.close();
    }
    return {
      seed: this.#life.seed,
      mode: this.#life.mode,
      violation: this.#violation,
      counters: this.#counters,
      faults: this.#chaos.counts,
      steps: this.#kernel.steps,
      hash: this.#kernel.hash(),
      sends: this.#sink.handovers.length,
      accepted: this.#sink.accepted.length,
      duplicates: this.#judge.duplicates,
      ambiguous: this.#judge.bound(),
      flushes: this.#queue.flushes,
      acts: this.#done,
      sink: this.#sink,
      world: this.#world,
      chaos: this.#chaos,
      sweeps: this.#sweeps,
      outcomes,
    };
  }

  #open(ledger: Ledger): void {
    const { mode, seed } = this.#life;
    const kernel = this.#kernel;
    const far = {
      kernel,
      chaos: this.#chaos,
      latency: this.#random,
      sink: this.#sink,
      onData: (host: Host, handover: Parameters<Judge['data']>[1]) => void this.#judged(() => this.#judge.data(host, handover)),
      onAccept: (handover: Parameters<Judge['accepted']>[0]) => void this.#judged(() => this.#judge.accepted(handover)),
      receipt: (receipt: Parameters<Ledger['receive']>[1]) => this.#receipt(ledger, receipt),
    };
    const shared = {
      kernel,
      chaos: this.#chaos,
      ids: randomOf(seed, 'workers'),
      latency: this.#random,
      database: this.#database,
      ledger,
      jobs: this.#life.engine.jobs,
      settled: () => this.#world.settled,
      channelsOf: channelsOf(far),
      queue: () => this.#queue,
      journals: new Journals(),
      replay: this.#life.engine.replay,
      witness: (host: Host, verb: string, args: readonly unknown[], result: unknown) => this.#witness(host, verb, args, result),
      swept: (host: Host, now: Instant) => this.#swept(now, now - host.skew),
      died: (host: Host) => this.#restart(host),
      leaseMs: LEASE_MS,
    };
    for (const name of mode === 'quiet' ? ['A', 'B'] : ['A', 'B', 'C']) this.#hosts.push(new Host(name, shared));
    for (const host of this.#hosts) this.#start(host);
    for (const act of this.#acts) kernel.after(act.at - kernel.now, `people: ${act.kind}`, null, () => this.#act(act));
    for (const { from } of this.#chaos.outages) {
      kernel.after(Math.max(0, from - kernel.now), 'everything goes down', null, () => {
        for (const host of this.#hosts) host.kill('everything goes down');
      });
    }
    for (const { from } of this.#chaos.relayAway)
      kernel.after(Math.max(0, from - kernel.now), 'the relay is away', null, () => undefined);
    this.#checkpoint();
    this.#wake();
  }

  #start(host: Host): void {
    this.#idleTicks = 0;
    host.skew = this.#life.mode === 'faults' || this.#life.mode === 'fury' ? this.#chaos.random.between(-30_000, 30_000) : 0;
    host.start();
    this.#queue.pump();
    this.#wake();
  }

  /** After seconds, seldom days; never while everything is down. */
  #restart(host: Host): void {
    const kernel = this.#kernel;
    const up = kernel.now + this.#chaos.restartDelay();
    const outage = this.#chaos.outages.find(({ from, to }) => up >= from && up < to);
    const delay = (outage === undefined ? up : outage.to + this.#chaos.random.between(1, 600) * 1_000) - kernel.now;
    kernel.after(delay, `${host.name} is started again`, null, () => {
      if (!host.alive) this.#start(host);
    });
  }

  #heal(): void {
    this.#chaos.heal();
    this.#kernel.note('everything heals');
    for (const host of this.#hosts) {
      host.resumesAt = 0;
      if (!host.alive) this.#start(host);
    }
    for (const { kind } of this.#world.held(this.#kernel.now) ? [{ kind: 'release' as const }] : []) {
      this.#kernel.after(0, 'people: release', null, () => this.#act({ kind, at: this.#kernel.now }));
    }
    this.#queue.pump();
    this.#wake();
  }

  /** Long enough for all rungs that wait for each other, and two working days. */
  #liveUntil(): Instant {
    const { calendar } = this.#world.settled;
    return instantOf(ZONE, calendar.addWorkdays(calendar.firstWorkdayOnOrAfter(dateOf(ZONE, this.#to)), 7), '17:00');
  }

  async #witness(host: Host, verb: string, args: readonly unknown[], result: unknown): Promise<void> {
    if (verb === 'follow') this.#following = false;
    if (didSomething(verb, result)) {
      this.#idleTicks = 0;
      this.#wake();
    }
    await this.#judged(() => this.#judge.witness(host, verb, args, result));
    if (verb === 'settle') this.#mend(args[0] as readonly Settlement[]);
    if (verb === 'dispatch' && handedOver(result)) this.#holdNow();
    if (verb !== 'claim') return;
    for (const message of result as readonly ClaimedMessage[]) {
      if (!this.#chaos.strikes('people act at the worst instant', this.#kernel.now)) continue;
      const { assignment } = this.#random.pick(message.items);
      const duty = keyOf(assignment.schedule, assignment.ref, assignment.unit, deadlineKey(assignment), assignment.originalDue);
      this.#kernel.after(this.#random.between(0, 120), 'people: just now', null, () =>
        this.#act(worst(this.#random, this.#kernel.now, duty, message)),
      );
    }
  }

  /** Within three days the coordinator has asked what is wrong with an address, and says that it is fine. */
  #mend(settlements: readonly Settlement[]): void {
    for (const { id, refused } of settlements) {
      if (refused !== true) continue;
      this.#kernel.after(this.#random.between(1, 3 * 24 * 60) * MINUTE, 'people: trust an address', null, () => this.#trust(id));
    }
  }

  async #trust(message: string): Promise<void> {
    const ledger = this.#ledger;
    if (ledger === null) return;
    const { now } = this.#kernel;
    this.#database.setTime(now);
    await this.#judged(async () => {
      try {
        await ledger.retry([message], { at: now, actor: '王芳', means: 'command line', note: '邮箱已恢复' });
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'LedgerRefusal') throw error;
        return;
      }
      this.#judge.trusted(message);
    });
    this.#idleTicks = 0;
    this.#wake();
  }

  /** Between the hand-over and the claim. */
  #holdNow(): void {
    const { now } = this.#kernel;
    if (!this.#chaos.strikes('people act at the worst instant', now)) return;
    const act = (delay: number, kind: 'hold' | 'release'): void =>
      this.#kernel.after(delay, `people: ${kind}`, null, () => this.#act({ kind, at: this.#kernel.now }));
    act(this.#random.between(0, 30), 'hold');
    act(this.#random.between(1, 48) * 60 * MINUTE, 'release');
  }

  async #swept(asked: Instant, began: Instant): Promise<void> {
    this.#sweeps.push(this.#kernel.now);
    await this.#judged(() => this.#coverage.swept(asked, began));
  }

  /** Something changed: the next minute may have something to do. */
  #wake(): void {
    const { now } = this.#kernel;
    this.#minuteAt(Math.ceil(now / MINUTE) * MINUTE);
  }

  /** The minute: both repeating jobs, by whoever lives. Where a tick would find nothing to do, it is left out. */
  #minuteAt(at: Instant): void {
    if (this.#nextMinute !== null && this.#nextMinute <= at && this.#nextMinute > this.#kernel.now) return;
    this.#nextMinute = at;
    this.#kernel.after(at - this.#kernel.now, 'minute', null, async () => {
      if (this.#nextMinute !== at) return;
      this.#nextMinute = null;
      const { now } = this.#kernel;
      const awake = this.#hosts.some(({ alive, resumesAt }) => alive && resumesAt <= now);
      const { next, stopped } = await this.#nextToDo();
      if (next === null) return;
      if (next > now) return this.#minuteAt(Math.ceil(next / MINUTE) * MINUTE);
      if (awake) {
        this.#queue.addOnce('sweep');
        if (stopped) this.#queue.addOnce('reconcile');
        for (const host of this.#hosts) if (host.alive && host.resumesAt <= now) host.lookAtJournals();
      } else if (!this.#hosts.some(({ alive }) => alive)) return;
      this.#idleTicks += 1;
      this.#minuteAt(now + Math.min(LONGEST_TICK, MINUTE * 2 ** Math.max(0, this.#idleTicks - PATIENT_TICKS)));
    });
  }

  /** When a sweep or a reconcile will next find something; what was asked for and not done yet, too. */
  async #nextToDo(): Promise<{ readonly next: Instant | null; readonly stopped: boolean }> {
    const { now } = this.#kernel;
    // What nobody touched is as it was.
    const known = this.#toDo?.touched === this.#database.touched ? this.#toDo : await this.#look();
    this.#toDo = known;
    const sweep = this.#following ? now : known.sweep;
    const next = Math.min(sweep, known.reconcile);
    return { next: next === Infinity ? null : next, stopped: known.reconcile <= now };
  }

  async #look(): Promise<ToDo> {
    const { touched } = this.#database;
    const [row] = await this.#database.rows<{ sweep: number | null; reconcile: number | null }>(
      `SELECT extract(epoch FROM least((SELECT min(next_at) FROM cuiban.assignment),
                (SELECT min(owed_at) FROM cuiban.message WHERE queued_at IS NULL)))::float8 * 1000 AS sweep,
              extract(epoch FROM least((SELECT min(queued_at) + interval '20 seconds' FROM cuiban.message),
                (SELECT min(lease_until) FROM cuiban.message)))::float8 * 1000 AS reconcile`,
    );
    return { touched, sweep: row?.sweep ?? Infinity, reconcile: row?.reconcile ?? Infinity };
  }

  #receipt(ledger: Ledger, receipt: Parameters<Ledger['receive']>[1]): void {
    const living = this.#hosts.filter(({ alive, resumesAt }) => alive && resumesAt <= this.#kernel.now);
    if (living.length === 0) return;
    const host = this.#random.pick(living);
    host
      .call(`receive ${receipt.state}`, () => ledger.receive('sms', receipt, this.#kernel.now + host.skew))
      .catch(() => undefined);
  }

  /** Every working day at 17:00, when all has been well for some days: is anything left over? */
  #checkpoint(): void {
    const { calendar } = this.#world.settled;
    const next = calendar.firstWorkdayOnOrAfter(addDays(dateOf(ZONE, this.#kernel.now), 7));
    const at = instantOf(ZONE, next, '17:00');
    this.#kernel.after(at - this.#kernel.now, 'is anything left over?', null, async () => {
      const { now } = this.#kernel;
      const since = instantOf(ZONE, calendar.addWorkdays(next, -8), '09:00');
      const up =
        this.#chaos.calm(since, now) && !this.#world.holds.some(({ from, to }) => from < now && (to === null || to > since));
      if (up) await this.#judged(() => resolution(now, this.#world, this.#database, this.#counters, 2));
      // Amid faults it takes longer, but not for ever, while somebody is there and the relay is.
      const month = instantOf(ZONE, calendar.addWorkdays(next, -16), '09:00');
      const there =
        this.#chaos.there(month, now) && !this.#world.holds.some(({ from, to }) => from < now && (to === null || to > month));
      if (there) await this.#judged(() => resolution(now, this.#world, this.#database, this.#counters, 13));
      this.#checkpoint();
    });
  }

  async #atTheEnd(outcomes: Map<string, string[]>): Promise<void> {
    this.#world.openSuccessors(this.#kernel.now);
    await resolution(this.#kernel.now, this.#world, this.#database, this.#counters, 2);
    await audit(this.#world, this.#sink, this.#database, this.#counters);
    this.#counters.check(
      5,
      this.#judge.duplicates <= this.#judge.bound(),
      () => `${this.#judge.duplicates} duplicates, and only ${this.#judge.bound()} sends in doubt`,
    );
    const rows = await this.#database.rows<{ key: string; what: string }>(
      `WITH said AS (
         SELECT r.assignment_id, r.sequence, r.stage, r.occurrence, coalesce(r.channel, '') AS channel, concat_ws(' ', r.state, r.void_reason, m.status) AS what
           FROM cuiban.reminder r JOIN cuiban.message m ON m.id = r.message_id
         UNION ALL SELECT assignment_id, sequence, stage, occurrence, coalesce(channel, ''), 'no ' || reason FROM cuiban.suppression)
       SELECT concat_ws('|', t.schedule, t.ref, a.unit_id, a.deadline_key, coalesce(a.original_due::text, '-')) || ' ' || concat_ws(' ', s.sequence, s.stage, s.occurrence) AS key, s.what
         FROM said s JOIN cuiban.assignment a ON a.id = s.assignment_id JOIN cuiban.task t ON t.id = a.task_id`,
    );
    for (const { key, what } of rows) outcomes.set(key, [...(outcomes.get(key) ?? []), what]);
  }

  async #judged(judgement: () => void | Promise<void>): Promise<void> {
    if (this.#violation !== null) return;
    try {
      const judged = judgement();
      if (judged !== undefined) await judged;
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      this.#violation ??= { invariant: error.invariant, words: error.message, events: this.#kernel.recent() };
    }
  }

  async #act(act: Act): Promise<void> {
    const { now } = this.#kernel;
    const ledger = this.#ledger;
    if (ledger === null) return;
    this.#database.setTime(now);
    this.#world.openSuccessors(now);
    await this.#judged(async () => {
      if (await this.#perform(ledger, act, now)) this.#done.push({ ...act, at: now });
    });
    this.#idleTicks = 0;
    this.#wake();
  }

  /** Whether it was done. */
  async #perform(ledger: Ledger, act: Act, at: Instant): Promise<boolean> {
    const world = this.#world;
    switch (act.kind) {
      case 'confirm': {
        const { assignments, problems } = assign(act.schedule, world.directory, dateOf(ZONE, at));
        await ledger.confirm({
          schedule: act.schedule,
          directory: world.directory,
          office: this.#officeNow(),
          assignments,
          problems,
          at,
          actor: '王芳',
        });
        world.confirm(act.schedule, at);
        return true;
      }
      case 'directory': {
        const directory = act.change(world.directory, today(at));
        this.#kernel.note(`people: ${act.words}`);
        await ledger.updateDirectory(this.#officeNow(), directory, at);
        world.directories.push({ from: at, directory });
        this.#judge.forgotten();
        return true;
      }
      case 'caps':
        this.#configure(act.cap);
        return true;
      case 'hold':
      case 'release':
        return this.#hold(ledger, act.kind, at);
      default: {
        const duty = world.duties.get(act.duty);
        if (duty === undefined || !allowed(act, duty, today(at))) return false;
        // Two occurrences that were moved to one day cannot be told apart by whoever answers.
        const namesakes = [...world.duties.values()].filter((each) => each.due === duty.due && sameTask(each, duty));
        if (namesakes.length > 1) return false;
        return this.#answer(ledger, act, duty, at);
      }
    }
  }

  async #answer(ledger: Ledger, act: Extract<Act, { duty: string }>, duty: Duty, at: Instant): Promise<boolean> {
    const world = this.#world;
    const target = {
      schedule: duty.schedule.name,
      ref: duty.fresh.ref,
      unit: duty.fresh.unit,
      due: duty.due ?? ('ongoing' as const),
    };
    const by: AnswerBy = { at, actor: '李强', means: 'telephone', note: null };
    this.#kernel.note(`people: ${act.kind} ${duty.key}`);
    try {
      switch (act.kind) {
        case 'acknowledge':
          await ledger.acknowledge(target, by);
          world.acknowledge(duty);
          return true;
        case 'complete': {
          const { changed } = await ledger.complete(target, { ...by, evidence: null });
          const closed = world.complete(duty, at);
          this.#counters.check(
            18,
            changed.length === closed.length,
            () => `completing ${duty.key} closed ${changed.length}, not ${closed.length}`,
          );
          return true;
        }
        case 'cancel':
          await ledger.cancel(target, by);
          world.close(duty, 'cancelled', at);
          return true;
        case 'reopen':
          await ledger.reopen(target, by);
          world.reopen(duty, at);
          return true;
        case 'extend': {
          const to = addDays(duty.due ?? '', act.days);
          await ledger.extend(target, to, { ...by, approvedBy: '分管领导', number: '示政办〔1〕号' });
          world.extend(duty, to, at);
          return true;
        }
      }
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'LedgerRefusal') throw error;
      // A later occurrence is there when a sweep has opened it, and two of one unit may be due on one day.
      const opened = this.#sweeps.some((each) => each > (duty.spells[0]?.from ?? 0) + 2 * MINUTE);
      this.#counters.check(
        18,
        duty.confirmedAt === null && !opened,
        () => `${act.kind} of ${duty.key} is refused: ${error.message}`,
      );
      return false;
    }
  }

  async #hold(ledger: Ledger, kind: 'hold' | 'release', at: Instant): Promise<boolean> {
    if (!('hold' in ledger) || !('release' in ledger)) return false;
    const holding = ledger as unknown as Record<'hold' | 'release', (of: object) => Promise<unknown>>;
    if (kind === 'hold') {
      await holding.hold({ office: OFFICE, reason: 'operator', detail: '核对名单', by: '王芳', at });
      if (!this.#world.held(at)) this.#world.holds.push({ from: at, to: null });
    } else {
      await holding.release({ office: OFFICE, reason: null, by: '王芳', at });
      for (const hold of this.#world.holds) hold.to ??= at;
    }
    return true;
  }

  #configure(cap: number): void {
    const known = configuration.offices.get(OFFICE);
    if (known === undefined) throw new RangeError(`no office ${OFFICE}`);
    const office: Office = { ...known, caps: { email: cap, sms: cap } };
    const { policy, calendar } = configuration;
    this.#configurations += 1;
    const settled: Settled = {
      version: `${configuration.version}-${this.#configurations}`,
      offices: new Map([[OFFICE, office]]),
      policy,
      calendar,
      render: (message) => {
        if (this.#chaos.strikes('body cannot be rendered', this.#kernel.now)) throw new Error('this letter cannot be written');
        return letter(message);
      },
    };
    this.#following = true;
    this.#world.configurations.push({ from: this.#kernel.now, settled });
  }

  #officeNow(): Office {
    const office = this.#world.settled.offices.get(OFFICE);
    if (office === undefined) throw new RangeError(`no office ${OFFICE}`);
    return office;
  }
}

function sameTask(one: Duty, other: Duty): boolean {
  return one.schedule.name === other.schedule.name && one.fresh.ref === other.fresh.ref && one.fresh.unit === other.fresh.unit;
}

/** Verbs that only look: what they find is no news. */
const LOOKS: ReadonlySet<string> = new Set(['directories', 'holds']);

function handedOver(dispatched: unknown): boolean {
  return (dispatched as { messages: readonly unknown[] }).messages.length > 0;
}

function didSomething(verb: string, result: unknown): boolean {
  if (Array.isArray(result)) return !LOOKS.has(verb) && result.length > 0;
  if (typeof result !== 'object' || result === null) return verb === 'settle';
  return Object.values(result).some((each) => (typeof each === 'number' && each > 0) || (Array.isArray(each) && each.length > 0));
}

// Plays a schedule from the day its notice was issued: a year of reminding in about a minute, through the real worker, a real
// mail server and a real SMS gateway.

import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { openLedgerOf } from '../app-ledger.ts';
import type { Configuration } from '../configuration/index.ts';
import { assign, type Assigned } from '../domain/assign.ts';
import { addDays } from '../domain/calendar.ts';
import type { IsoDate } from '../domain/deadline.ts';
import type { Directory } from '../domain/directory.ts';
import type { Schedule } from '../domain/notice.ts';
import type { Office } from '../domain/office.ts';
import { type Instant, instantOf } from '../domain/time.ts';
import { type Answered, type Ledger, LedgerRefusal } from '../ledger/ledger.ts';
import { openLog } from '../log.ts';
import type { Settings } from '../settings.ts';
import { Crew } from './crew.ts';
import { startInbox } from './inbox.ts';
import { type SunkMail, startMailSink } from './mail-sink.ts';
import { type DemoAnswer, People } from './people.ts';
import { startSmsSink, type SunkSms } from './sms-sink.ts';
import type { Audience, DemoDay } from './story.ts';
import { tallyOf } from './tally.ts';

export interface DemoOptions {
  readonly settings: Settings;
  readonly configuration: Configuration;
  readonly schedule: Schedule;
  readonly directory: Directory;
  readonly office: Office;
  /** The day a coordinator confirms; stages before it are not sent. */
  readonly from: IsoDate;
  readonly to: IsoDate;
  /** Simulated days per second, at most: the work itself takes what it takes. */
  readonly speed: number;
  readonly seed: number;
  /** Nobody answers: then the demo sends what a rehearsal says, to the letter. */
  readonly silent: boolean;
  readonly audience: Audience;
  /** Aborted by ctrl-C: the day is finished, then everything closes. */
  readonly signal: AbortSignal;
  /** After the end the inbox page stays until this resolves. */
  readonly linger: () => Promise<void>;
}

export async function play(options: DemoOptions): Promise<void> {
  const closers: (() => Promise<void>)[] = [];
  try {
    await playOn(options, (close) => closers.unshift(close));
  } finally {
    for (const close of closers) await close();
  }
}

/** `later` takes what is to be closed at the end, last opened first. */
async function playOn(options: DemoOptions, later: (close: () => Promise<void>) => void): Promise<void> {
  const { settings, configuration, office, audience } = options;
  const folder = path.join(settings.dataDir, 'demo');
  const outbox = path.join(folder, 'mail');
  const smsFile = path.join(folder, 'sms.jsonl');
  await rm(folder, { recursive: true, force: true });
  await mkdir(outbox, { recursive: true });
  // What happens is told by the audience; the log is for what goes wrong.
  const logLevel = settings.logLevel === 'info' ? 'warn' : settings.logLevel;
  const own = { databaseUrl: null, dataDir: settings.dataDir };
  const handle = await openLedgerOf(own, { current: () => configuration }, openLog(logLevel), 'cuiban_demo');
  later(() => handle.close());
  const clock = { now: instantOf(office.hours.zone, options.from, office.hours.sendAt) };
  const mails: SunkMail[] = [];
  const texts: SunkSms[] = [];
  const mailServer = await startMailSink({ dir: outbox, onMail: (mail) => mails.push(mail) });
  later(() => mailServer.close());
  const gateway = await startSmsSink({ file: smsFile, now: () => new Date(clock.now), onSms: (sms) => texts.push(sms) });
  later(() => gateway.close());
  const inbox = await startInbox({ dir: outbox, smsFile });
  later(() => inbox.close());
  const crew = new Crew({
    orders: {
      settings: { ...settings, redisUrl: null, smtpUrl: mailServer.url, smppUrl: gateway.url, logLevel },
      databaseUrl: handle.url,
    },
    ledger: handle.ledger,
    onStart: (pid) => audience.worker(pid, 'started'),
    onDeath: (pid) => audience.worker(pid, 'killed'),
  });
  later(() => crew.stop());

  const started = performance.now();
  const stage = new Stage(options, handle.ledger, crew, clock);
  audience.begins({ ...(await stage.confirm()), inbox: inbox.url, outbox });
  await stage.run(started);
  if (options.signal.aborted) return;
  await receiptsIn(handle.ledger, texts.length);
  const sent = await handle.ledger.sent(0, FOREVER);
  const { tally, inInbox } = tallyOf(sent, mails, texts, office, options.directory);
  const units = await handle.ledger.summary(options.schedule.name, clock.now);
  const suppressed: Record<string, number> = {};
  for (const { reason } of await handle.ledger.held(0, FOREVER)) suppressed[reason] = (suppressed[reason] ?? 0) + 1;
  audience.ends({
    units: units.map((unit) => ({ ...unit, inInbox: inInbox.get(unit.unit) ?? 0 })),
    tally,
    suppressed,
    outbox,
    smsFile,
    seconds: (performance.now() - started) / 1_000,
  });
  await crew.stop();
  await options.linger();
}

/** The last millisecond that PostgreSQL and a Date can both say; later than any message. */
const FOREVER = Date.UTC(9_999, 11, 31);

/** Receipts come on their own time; the gateway has sent one for every text by now. */
async function receiptsIn(ledger: Ledger, texts: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const { messages } = await ledger.status(0);
    if ((messages.delivered ?? 0) >= texts) return;
    await wait(20);
  }
}

class Stage {
  readonly #options: DemoOptions;
  readonly #ledger: Ledger;
  readonly #crew: Crew;
  readonly #clock: { now: Instant };
  readonly #people: People;
  readonly #assigned: Assigned;
  #heardUpTo: Instant = 0;

  constructor(options: DemoOptions, ledger: Ledger, crew: Crew, clock: { now: Instant }) {
    const { schedule, directory, office, configuration, seed } = options;
    this.#options = options;
    this.#ledger = ledger;
    this.#crew = crew;
    this.#clock = clock;
    this.#assigned = assign(schedule, directory, options.from);
    const leading = new Set(
      this.#assigned.assignments.filter(({ role }) => role === 'lead').map(({ ref, unit }) => `${ref} ${unit}`),
    );
    const leads = (ref: string, unit: string): boolean => leading.has(`${ref} ${unit}`);
    this.#people = new People({ seed, office, calendar: configuration.calendar, leads });
  }

  async confirm(): Promise<{
    schedule: string;
    title: string;
    tasks: number;
    duties: number;
    units: number;
    from: IsoDate;
    to: IsoDate;
  }> {
    const { schedule, directory, office, from, to } = this.#options;
    const { assignments, problems } = this.#assigned;
    await this.#ledger.confirm({ schedule, directory, office, assignments, problems, at: this.#clock.now, actor: '演示' });
    const units = new Set(assignments.map(({ unit }) => unit)).size;
    return {
      schedule: schedule.name,
      title: schedule.notice.title,
      tasks: schedule.tasks.length,
      duties: assignments.length,
      units,
      from,
      to,
    };
  }

  async run(started: number): Promise<void> {
    const { from, to, speed, audience, signal } = this.#options;
    let day = 0;
    for (let date = from; date <= to && !signal.aborted; date = addDays(date, 1), day += 1) {
      audience.day(await this.#live(date));
      const ahead = (day + 1) * (1_000 / speed) - (performance.now() - started);
      if (ahead > 1) await wait(ahead, undefined, { signal }).catch(() => undefined);
    }
  }

  /** One day: whatever is owed and whatever people answer, in the order of the clock. */
  async #live(date: IsoDate): Promise<DemoDay> {
    const { zone } = this.#options.office.hours;
    const start = instantOf(zone, date, '00:00');
    const end = instantOf(zone, addDays(date, 1), '00:00');
    const answers: (DemoAnswer & { voided: number })[] = [];
    const messages: DemoDay['messages'][number][] = [];
    for (;;) {
      const owed = await this.#ledger.nextOwed();
      const answered = this.#people.nextAt();
      const next = Math.min(owed ?? Infinity, answered ?? Infinity);
      if (next >= end) break;
      this.#clock.now = Math.max(this.#clock.now, next);
      for (const answer of this.#people.take(this.#clock.now)) {
        const given = await this.#give(answer);
        if (given !== null) answers.push({ ...answer, voided: given });
      }
      if (owed !== null && owed <= this.#clock.now) await this.#crew.tick(this.#clock.now);
      messages.push(...(await this.#listen()));
    }
    const held = (await this.#ledger.held(start, end)).filter(({ reason }) => reason !== 'before-notice');
    return { date, messages, held, answers };
  }

  /** What has been sent since the last time is read by the people it went to. */
  async #listen(): Promise<DemoDay['messages']> {
    const upTo = this.#clock.now + 1;
    const sent = await this.#ledger.sent(this.#heardUpTo, upTo);
    this.#heardUpTo = upTo;
    if (!this.#options.silent) for (const message of sent) this.#people.read(message);
    return sent;
  }

  /** Returns how many planned reminders the answer made void; null when the duty had been closed meanwhile. */
  async #give({ at, kind, ref, unit, unitName, due, to }: DemoAnswer): Promise<number | null> {
    const target = {
      schedule: this.#options.schedule.name,
      ref,
      unit,
      due: kind === 'acknowledge' ? null : (due ?? 'ongoing'),
    } as const;
    const by = { at, actor: `${unitName}联络员`, means: 'demo', note: null } as const;
    const answer = (): Promise<Answered> => {
      if (kind === 'acknowledge') return this.#ledger.acknowledge(target, by);
      if (kind === 'complete' || to === null) return this.#ledger.complete(target, { ...by, evidence: null });
      const number = `${this.#options.office.signature}延〔${to.slice(0, 4)}〕1号`;
      return this.#ledger.extend(target, to, { ...by, approvedBy: '分管领导', number });
    };
    try {
      const { changed } = await answer();
      return changed.reduce((voided, each) => voided + each.voided, 0);
    } catch (error) {
      if (error instanceof LedgerRefusal) return null;
      throw error;
    }
  }
}

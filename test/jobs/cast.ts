// A worker whose clock is moved by hand: the real ledger, the real configuration, a real mail server; the jobs run when they are told to.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Context, Settled } from '../../jobs/context.ts';
import { deliver } from '../../jobs/deliver.ts';
import { reconcile } from '../../jobs/reconcile.ts';
import { sweep } from '../../jobs/sweep.ts';
import { realTimers } from '../../src/app-clock.ts';
import { openEmail } from '../../src/channels/email.ts';
import { readConfiguration } from '../../src/configuration/index.ts';
import { type MailReply, startMailSink, type SunkMail } from '../../src/demo/mail-sink.ts';
import type { NewAssignment } from '../../src/domain/assignment.ts';
import type { Contact, Directory, Unit } from '../../src/domain/directory.ts';
import type { Office } from '../../src/domain/office.ts';
import { dateOf, type Instant } from '../../src/domain/time.ts';
import { FileJournal } from '../../src/journal.ts';
import { openLedger } from '../../src/ledger/index.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { at, confirmation, contact, zone } from '../ledger/cast.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';

export { answer, at, contact, duty, schedule, task } from '../ledger/cast.ts';

const read = await readConfiguration('config');
if (!read.ok) throw new Error('the configuration of the house is not valid');
const configuration = read.value;

export const office: Office = required(configuration.offices.get('ruicheng'));

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it should be there');
  return value;
}

/** The bureau has a liaison and a head, the county office everybody who supervises. */
export function unit(id: string, name: string, posts: readonly string[], extra: Partial<Contact> = {}): Unit {
  const contacts = posts.map((post, n) => contact(`${id}/${n}/1`, post, `${name}${post}`, { mobile: null, ...extra }));
  return { id, name, aliases: [], external: false, contacts };
}

export const directory: Directory = {
  office: 'ruicheng',
  supervisor: 'office',
  units: [unit('office', '县政府办公室', ['协调人', '督办', '分管领导']), unit('edu', '县教育局', ['联络员', '主要负责人'])],
  groups: [],
};

export const LIAISON = 'edu.0.1@ruicheng.example';
export const HEAD = 'edu.1.1@ruicheng.example';

export interface Mail {
  readonly day: string;
  readonly time: string;
  readonly to: string;
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
}

type Answer = MailReply | Promise<MailReply> | ((mail: SunkMail) => MailReply);

export interface Work {
  readonly database: TestDatabase;
  readonly ledger: Ledger;
  /** Of the delivery journals. */
  readonly journals: string;
  readonly context: Context;
  /** In the order in which they came. */
  readonly mails: readonly Mail[];
  /** How the server answers from now on. */
  answers(reply: Answer): void;
  /** The process is told to stop. */
  stop(): void;
  /** Another configuration is in force from now on. */
  configure(changed: Partial<Settled>): void;
  confirm(duties: readonly NewAssignment[], when: Instant, extra?: Partial<Parameters<Ledger['confirm']>[0]>): Promise<boolean>;
  /** One sweep, and every delivery it asked for. */
  tick(now: Instant): Promise<void>;
  /** Ticks at nine in the morning, one and six in the evening of every day from one to another. */
  live(from: string, to: string): Promise<void>;
  /** Sweeps, and leaves what is to be delivered in the queue. */
  sweep(now: Instant): Promise<void>;
  /** Runs the deliveries that wait in the queue, and those that they ask for. */
  deliver(now: Instant, signal?: AbortSignal): Promise<void>;
  reconcile(now: Instant): Promise<void>;
  setTime(to: Instant): void;
  /** What waits in the queue. */
  queued(): readonly unknown[];
  /** Runs one delivery in another context. */
  deliverWith(other: Context, job: unknown): Promise<void>;
  /** What waits in the queue is gone. */
  forget(): void;
  rows(text: string): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** `briefs`: coordinators get their briefings. */
export async function openWork(name: string, { briefs = false } = {}): Promise<Work> {
  let inForce: Partial<Settled> = {};
  const database = await testDatabase(name);
  const mails: Mail[] = [];
  let reply: Answer = 'accept';
  const stopping = new AbortController();
  let now = 0;
  const sink = await startMailSink({
    respond: (mail) => (typeof reply === 'function' ? reply(mail) : reply),
    onMail: (mail) => mails.push(received(mail, now)),
  });
  const email = openEmail({ url: sink.url, connections: 2 });
  const ledger = await openLedger({
    url: database.url,
    poolSize: 5,
    offices: () => inForce.offices ?? configuration.offices,
    calendar: () => inForce.calendar ?? configuration.calendar,
  });
  await ledger.migrate();
  let waiting: unknown[] = [];
  const silent = (): void => undefined;
  const journals = await mkdtemp(join(tmpdir(), 'cuiban-journal-'));
  const journal = new FileJournal({ folder: journals, worker: 'w1', wall: () => now, log: { warn: silent, error: silent } });
  const context: Context = {
    ledger,
    journal,
    channels: { email, sms: null },
    config: () => ({
      version: configuration.version,
      offices: configuration.offices,
      policy: configuration.policy,
      calendar: configuration.calendar,
      render: (message, when) =>
        configuration.templates.render(message, {
          office,
          calendar: configuration.calendar,
          now: when,
          today: dateOf(zone, when),
          drill: false,
        }),
      ...inForce,
    }),
    now: () => now,
    monotonic: () => performance.now(),
    timers: realTimers,
    log: { info: silent, warn: silent, error: silent },
    worker: 'w1',
    leaseMs: 60_000,
    briefs,
    stopping: stopping.signal,
    enqueue: (_job, payloads) => {
      waiting.push(...payloads.map(({ payload }) => payload));
      return Promise.resolve();
    },
  };
  const work: Work = {
    database,
    ledger,
    journals,
    context,
    mails,
    answers: (to) => void (reply = to),
    stop: () => stopping.abort(),
    configure: (changed) => void (inForce = { ...inForce, ...changed }),
    confirm: (duties, when, extra = {}) => ledger.confirm({ ...confirmation(duties), office, directory, at: when, ...extra }),
    async tick(to) {
      await work.sweep(to);
      await work.deliver(to);
    },
    async live(from, to) {
      for (let day = from; day <= to; day = dateOf(zone, at(day) + 24 * 3_600_000)) {
        for (const time of ['00:00', '09:00', '13:00', '18:00']) await work.tick(at(day, time));
      }
    },
    async sweep(to) {
      now = to;
      await sweep.run(context, {}, new AbortController().signal);
    },
    async deliver(to, signal = new AbortController().signal) {
      now = to;
      for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
        await deliver.run(context, deliver.payload.parse(job), signal);
      }
    },
    async reconcile(to) {
      now = to;
      await reconcile.run(context, {}, new AbortController().signal);
    },
    setTime: (to) => void (now = to),
    queued: () => waiting,
    deliverWith: (other, job) => deliver.run(other, deliver.payload.parse(job), new AbortController().signal),
    forget: () => void (waiting = []),
    rows: async (text) => (await database.query(text)).rows,
    async close() {
      await email.close();
      await sink.close();
      await journal.close();
      await rm(journals, { recursive: true, force: true });
      await ledger.close();
      await database.drop();
    },
  };
  return work;
}

function received({ to, messageId, subject, text }: SunkMail, now: Instant): Mail {
  const local = new Date(now + 8 * 3_600_000).toISOString();
  return { day: local.slice(0, 10), time: local.slice(11, 16), to: to.address, messageId, subject, text };
}

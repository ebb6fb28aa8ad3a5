// The wiring: settings -> ledger -> queue -> channels -> the jobs of this process's roles, and an ordered stop.

import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import path from 'node:path';

import type { Context } from '../jobs/context.ts';
import { Pace } from '../jobs/pace.ts';
import { sweep } from '../jobs/sweep.ts';
import { atMost, type Clock, monotonic, realTimers } from './app-clock.ts';
import { ClockGuard, elapsedSinceBoot, isWitness } from './app-clock-guard.ts';
import { Gate } from './app-gate.ts';
import { keepJournal, openJournal } from './app-journal.ts';
import type { ConfigurationInForce } from './app-ledger.ts';
import { type Companion, everyRole, JOBS, type Role, ROLES, type WatchOptions } from './app-roles.ts';
import { settle } from './app-settled.ts';
import { Timekeeper } from './app-timekeeping.ts';
import { VERSION, Watching } from './app-watching.ts';
import { WriteGuard } from './app-writing.ts';
import { openChannels } from './channels/index.ts';
import type { Provider } from './domain/provider.ts';
import type { Channels, Receipt } from './domain/delivery.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Logger } from './log.ts';
import { openQueue, type Queue, type QueueOptions } from './queue.ts';
import type { Settings } from './settings.ts';

export interface AppOptions {
  readonly settings: Settings;
  readonly configuration: ConfigurationInForce;
  readonly clock: Clock;
  /** Every message says 演练. */
  readonly drill: boolean;
  /** Opened by the caller, who closes it after the app has stopped. */
  readonly ledger: Ledger;
  /** Carries the queue too where REDIS_URL is not set. */
  readonly databaseUrl: string;
  readonly log: Logger;
  /** Where the delivery journal of this ledger is, unless in `dataDir`: practice has one of its own. */
  readonly journalFolder?: string;
  /** All there are, unless stated. */
  readonly roles?: readonly Role[];
  readonly queue?: Pick<QueueOptions, 'lockMs' | 'stalledMs'>;
  /** Off unless stated. */
  readonly watch?: WatchOptions;
}

export interface App {
  readonly worker: string;
  readonly queue: Queue;
  readonly channels: Channels;
  /** Where it answers over HTTP; null: nowhere. */
  readonly httpUrl: string | null;
  /** Resolves, with words for a person, when newer code has changed the ledger so that this process must stop. */
  readonly outdated: Promise<string>;
  /** Asks for sweeps from now on, where this process is a scheduler. */
  keepTime(): Promise<void>;
  /** One sweep now, through the queue. Resolves when everything owed up to now has been tried. For a stepped clock, and all roles. */
  tick(): Promise<void>;
  /**
   * Begins nothing new, gives back at once what was claimed and not begun, lets what is under way end, breaks it off while there is
   * still time to write that down, and closes. Takes at most `graceMs` (10 s unless stated), whoever does not answer.
   */
  stop(graceMs?: number): Promise<void>;
}

/** Parts of the grace; what is left is the caller's, who closes the ledger. */
const FOR_JOBS = 0.7;
const FOR_CHANNELS = 0.15;

export async function openApp(options: AppOptions): Promise<App> {
  const { settings, configuration, ledger, log, roles = everyRole() } = options;
  if (settings.smtpUrl === null) throw new Error('an app needs an SMTP_URL');
  const guard = options.clock.kind === 'wall' ? guarded(options) : null;
  const clock = guard ?? options.clock;
  await guard?.start();
  const providers: Provider[] = [];
  const gate = (provider: Provider): Pace => {
    providers.push(provider);
    return new Pace(provider, { ledger, now: () => clock.now(), monotonic, timers: realTimers, log });
  };
  const channels = openChannels({ smtpUrl: settings.smtpUrl, smppUrl: settings.smppUrl, gate, log });
  for (const provider of providers) await ledger.provide(provider);
  const worker = randomUUID();
  const watching = new Watching();
  const version = new Gate(ledger, log);
  const writing = new WriteGuard(log);
  const folder = options.journalFolder ?? path.join(settings.dataDir, options.drill ? 'journal-drill' : 'journal');
  const journal = openJournal(folder, worker, log);
  const stopping = new AbortController();
  // Every send that waits for its turn listens.
  setMaxListeners(0, stopping.signal);
  const definitions = JOBS.map((job) =>
    job(
      () => context,
      (name) => {
        if (name === sweep.name) timekeeper.swept();
      },
    ),
  );
  const { otlpUrl } = settings;
  const tracing =
    otlpUrl === null ? null : (await import('./app-tracing.ts')).openTracing(otlpUrl, { version: VERSION, id: worker, roles });
  const jobs = roles.flatMap((role) => ROLES[role].jobs);
  const queue = await openQueue(
    {
      backend:
        settings.redisUrl === null ? { kind: 'postgres', url: options.databaseUrl } : { kind: 'redis', url: settings.redisUrl },
      // The ids of one ledger mean nothing to a worker of another, and on one Redis each would take what is the other's.
      ...(options.drill && settings.redisUrl !== null ? { prefix: 'drill' } : {}),
      works: jobs,
      ...(tracing === null ? {} : { telemetry: tracing.telemetry }),
      log,
      onJobFailed: ({ queue: name, error }) =>
        log.error({ job: name, err: error }, 'a job was given up; the ledger will owe it again'),
      ...options.queue,
    },
    definitions,
  );
  const timekeeper = new Timekeeper({ queue, ledger, clock, log });
  const own: Context = {
    ledger: version.watched(watching.measures.watched(writing.watched(ledger))),
    channels,
    journal,
    config: () => settle(configuration.current(), options.drill),
    now: () => clock.now(),
    monotonic,
    timers: realTimers,
    log,
    worker,
    leaseMs: settings.leaseMs,
    briefs: options.clock.kind === 'wall',
    stopping: stopping.signal,
    enqueue: (job, payloads) => queue.enqueueMany(job, payloads),
  };
  channels.sms?.onReceipt((receipt) => void hear(own, receipt));
  const context = tracing?.traced(own) ?? own;
  const { watch = { http: null, heartbeatUrl: null } } = options;
  const parts = {
    settings,
    databaseUrl: options.databaseUrl,
    configuration,
    clock,
    ledger,
    queue,
    context,
    roles,
    log,
    watching,
    writing,
    watch,
    jobs,
  };
  const beside: Awaited<ReturnType<Companion['open']>>[] = [];
  let journalKeeper: Awaited<ReturnType<typeof keepJournal>> | null = null;
  const stop = async (graceMs: number): Promise<void> => {
    stopping.abort();
    timekeeper.stop();
    guard?.stop();
    version.close();
    writing.close();
    const companionsClosed = Promise.all(beside.map((companion) => companion.close()));
    await Promise.all([queue.close(graceMs * FOR_JOBS), atMost(graceMs * FOR_JOBS, companionsClosed)]);
    await atMost(graceMs * FOR_CHANNELS, Promise.all([channels.email.close(), channels.sms?.close(), journalKeeper?.close()]));
    await tracing?.close();
  };
  try {
    journalKeeper = await keepJournal(journal, context);
    for (const companion of new Set(roles.flatMap((role) => ROLES[role].beside))) beside.push(await companion.open(parts));
    await queue.work(definitions.map((definition) => watching.job(definition)));
  } catch (error) {
    await stop(0);
    throw error;
  }
  return {
    worker,
    queue,
    channels,
    httpUrl: watching.httpUrl,
    outdated: version.outdated,
    async keepTime() {
      if (roles.some((role) => ROLES[role].keepsTime)) await timekeeper.keep();
    },
    tick: () => timekeeper.tick(),
    stop: (graceMs = 10_000) => stop(graceMs),
  };
}

/** Never rejects. */
async function hear({ ledger, now, log }: Context, receipt: Receipt): Promise<void> {
  try {
    const end = await ledger.receive('sms', receipt, now());
    if (end === 'foreign') log.warn({}, 'a receipt speaks of another number than its text went to; it changes nothing');
  } catch (error) {
    log.error({ err: error }, 'a receipt could not be stored; the provider will be asked again by nobody');
  }
}

/** The host's clock, watched. */
function guarded({ clock, ledger, log, databaseUrl }: AppOptions): ClockGuard {
  return new ClockGuard({ clock, elapsed: elapsedSinceBoot(), witness: isWitness(databaseUrl), ledger, log });
}

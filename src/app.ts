// The wiring: settings -> ledger -> queue -> channels -> workers, and an ordered stop. The only clock.

import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

import type { Context, Job, Settled, Timers } from '../jobs/context.ts';
import { deliver } from '../jobs/deliver.ts';
import { reconcile } from '../jobs/reconcile.ts';
import { sweep } from '../jobs/sweep.ts';
import type { ConfigurationInForce } from './app-ledger.ts';
import { openChannels } from './channels/index.ts';
import type { Configuration } from './configuration/index.ts';
import type { Channels } from './domain/delivery.ts';
import type { Message, Rendered } from './domain/message.ts';
import { dateOf, type Instant } from './domain/time.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Logger } from './log.ts';
import { type JobDefinition, openQueue, type Queue, type QueueOptions } from './queue.ts';
import type { Settings } from './settings.ts';

/** Where "now" comes from. */
export interface Clock {
  now(): Instant;
}

export const wallClock: Clock = { now: () => Date.now() };

export const realTimers: Timers = {
  wait: (ms) => wait(ms),
  expiry: (ms) => AbortSignal.timeout(ms),
};

/** A clock that started at `from` when this was called and runs on from there: for drills. */
export function clockFrom(from: Instant): Clock {
  const started = performance.now();
  return { now: () => Math.round(from + performance.now() - started) };
}

/** A clock that stands until it is told the time. */
export function steppedClock(at: Instant): Clock & { set(to: Instant): void } {
  let now = at;
  return {
    now: () => now,
    set: (to) => {
      if (to > now) now = to;
    },
  };
}

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
  readonly queue?: Pick<QueueOptions, 'lockMs' | 'stalledMs'>;
}

export interface App {
  readonly worker: string;
  readonly queue: Queue;
  readonly channels: Channels;
  /** Sweeps every minute by the queue's own scheduler, with a plain timer behind it that needs no queue. */
  keepTime(): Promise<void>;
  /** One sweep now, through the queue. Resolves when everything owed up to now has been tried. For a stepped clock. */
  tick(): Promise<void>;
  /** Finishes what is under way, at most `graceMs`, then closes queue and channels. */
  stop(graceMs?: number): Promise<void>;
}

const MINUTE = 60_000;

/** Every job, ready to be given its context and told what to do after each run. */
const JOBS = [bind(sweep), bind(deliver), bind(reconcile)];

function bind<Payload>(job: Job<Payload>): (context: () => Context, ran: (name: string) => void) => JobDefinition<unknown> {
  return (context, ran) => ({
    name: job.name,
    payload: job.payload,
    concurrency: job.concurrency,
    async run(payload, signal) {
      await job.run(context(), job.payload.parse(payload), signal);
      ran(job.name);
    },
  });
}

export async function openApp(options: AppOptions): Promise<App> {
  const { settings, configuration, clock, ledger, log } = options;
  if (settings.smtpUrl === null) throw new Error('an app needs an SMTP_URL');
  const channels = openChannels({ smtpUrl: settings.smtpUrl, smppUrl: settings.smppUrl, log });
  channels.sms?.onReceipt((receipt) => {
    ledger.receive('sms', receipt, clock.now()).catch((error: unknown) => {
      log.error({ err: error }, 'a receipt could not be stored; the provider will be asked again by nobody');
    });
  });
  const worker = randomUUID();
  const swept = new Signal();
  const definitions = JOBS.map((job) =>
    job(
      () => context,
      (name) => {
        if (name === sweep.name) swept.fire();
      },
    ),
  );
  const queue = await openQueue(
    {
      backend:
        settings.redisUrl === null ? { kind: 'postgres', url: options.databaseUrl } : { kind: 'redis', url: settings.redisUrl },
      // The ids of one ledger mean nothing to a worker of another, and on one Redis each would take what is the other's.
      ...(options.drill && settings.redisUrl !== null ? { prefix: 'drill' } : {}),
      log,
      onJobFailed: ({ queue: name, error }) =>
        log.error({ job: name, err: error }, 'a job was given up; the ledger will owe it again'),
      ...options.queue,
    },
    definitions,
  );
  const context: Context = {
    ledger,
    channels,
    config: () => settle(configuration.current(), options.drill),
    now: () => clock.now(),
    monotonic: () => performance.now(),
    timers: realTimers,
    log,
    worker,
    leaseMs: settings.leaseMs,
    enqueue: (job, payloads) => queue.enqueueMany(job, payloads),
  };
  await queue.work(definitions);

  let timer: NodeJS.Timeout | null = null;
  let alarm: NodeJS.Timeout | undefined;
  let lastSweep = performance.now();
  // Between the minutes: what is owed at 09:00:00 is swept at 09:00:00, not up to a minute later.
  const setAlarm = async (): Promise<void> => {
    const next = await ledger.nextOwed();
    const ahead = next === null ? Infinity : next - clock.now();
    clearTimeout(alarm);
    if (timer !== null && ahead > 0 && ahead < MINUTE) alarm = setTimeout(() => void sweepNow(), ahead);
  };
  const sweepNow = async (): Promise<void> => {
    try {
      await queue.enqueue(sweep.name, {});
    } catch (error) {
      log.error({ err: error }, 'a sweep could not be asked for; the next minute asks again');
    }
  };
  swept.listen(() => {
    lastSweep = performance.now();
    if (timer === null) return;
    setAlarm().catch((error: unknown) => log.warn({ err: error }, 'the next alarm could not be set'));
  });
  const wake = async (): Promise<void> => {
    await queue.repeat(sweep.name, MINUTE, {});
    await queue.repeat(reconcile.name, MINUTE, {});
    if (performance.now() - lastSweep > 1.5 * MINUTE) await queue.enqueue(sweep.name, {});
  };
  return {
    worker,
    queue,
    channels,
    async keepTime() {
      timer = setInterval(() => {
        wake().catch((error: unknown) => log.error({ err: error }, 'the queue could not be woken; trying again in a minute'));
      }, MINUTE);
      await wake();
    },
    async tick() {
      do {
        const done = swept.next();
        await queue.enqueue(sweep.name, {});
        await done;
        const patience = performance.now() + SWEEP_AGAIN_MS;
        while (performance.now() < patience && (await owed(ledger, clock.now()))) await wait(POLL_MS);
      } while (await owed(ledger, clock.now()));
    },
    async stop(graceMs = 10_000) {
      if (timer !== null) clearInterval(timer);
      timer = null;
      clearTimeout(alarm);
      await queue.close(graceMs);
      await Promise.all([channels.email.close(), channels.sms?.close()]);
    },
  };
}

const POLL_MS = 4;
/** What is still owed after so long has perhaps been left by a worker that was killed: sweep again. */
const SWEEP_AGAIN_MS = 1_000;

async function owed(ledger: Ledger, now: Instant): Promise<boolean> {
  const next = await ledger.nextOwed();
  return next !== null && next <= now;
}

function settle(configuration: Configuration, drill: boolean): Settled {
  const { version, offices, policy, calendar, templates } = configuration;
  const render = (message: Message, now: Instant): Rendered => {
    const office = offices.get(message.office);
    if (office === undefined) throw new RangeError(`office ${message.office} is not configured`);
    return templates.render(message, { office, calendar, now, today: dateOf(office.hours.zone, now), drill });
  };
  return { version, offices, policy, calendar, render };
}

/** Lets several wait for one thing that happens again and again. */
class Signal {
  readonly #listeners = new Set<() => void>();

  listen(listener: () => void): void {
    this.#listeners.add(listener);
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      const once = (): void => {
        this.#listeners.delete(once);
        resolve();
      };
      this.#listeners.add(once);
    });
  }

  fire(): void {
    for (const listener of this.#listeners) listener();
  }
}

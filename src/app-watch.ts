/**
 * Beside the jobs of every process: its sign of life in the ledger, the heartbeat that tells the world outside that all is well, and
 * its HTTP server.
 */
import { hostname } from 'node:os';

import type { Hono } from 'hono';
import { collectDefaultMetrics } from 'prom-client';

import { monotonic, wallClock } from './app-clock.ts';
import type { AppParts, Companion } from './app-roles.ts';
import { VERSION } from './app-watching.ts';
import { beat } from './console/heartbeat.ts';
import { openGauges, type QueueSays } from './console/gauges.ts';
import { readiness } from './console/ready.ts';
import { openServer } from './console/server.ts';
import { shared, within } from './console/shared.ts';
import type { Surroundings } from './console/verdict.ts';

const BEAT_MS = 15_000;
const HEARTBEAT_MS = 60_000;
/** Ten scrapers cost the ledger one question in so long. */
const FRESH_MS = 5_000;
/** Sizes are looked up on disk, and change slowly. */
const TABLES_MS = 60_000;
const PATIENCE_MS = 5_000;

export const watch: Companion = {
  async open(parts) {
    const { context, ledger, clock, roles, settings, watching, log } = parts;
    const { http, heartbeatUrl: url } = parts.watch;
    const about = { id: context.worker, roles, version: VERSION, host: hostname(), pid: process.pid };
    const surroundings = (): Surroundings => {
      const { offices, calendar } = parts.configuration.current();
      return { now: clock.now(), offices, calendar };
    };
    const health = shared(() => within(PATIENCE_MS, 'ledger', ledger.health(clock.now())), FRESH_MS, monotonic);
    const providers = shared(() => within(PATIENCE_MS, 'ledger', ledger.providers(clock.now())), FRESH_MS, monotonic);
    const tables = shared(() => within(PATIENCE_MS, 'ledger', ledger.tables()), TABLES_MS, monotonic);
    const queue = shared(() => within(PATIENCE_MS, 'queue', queueSays(parts)), FRESH_MS, monotonic);
    await ledger.alive(about);
    const signOfLife = every(
      BEAT_MS,
      () => ledger.alive(about),
      (error) => log.warn({ err: error }, 'no sign of life could be given'),
    );
    const heartbeat =
      url === null
        ? null
        : every(
            HEARTBEAT_MS,
            () => beat({ url, ledger, surroundings, everyMs: HEARTBEAT_MS }),
            (error) => log.warn({ reason: error instanceof Error ? error.message : 'unknown' }, 'no heartbeat was given'),
          );
    const stop = async (): Promise<void> => {
      await Promise.all([signOfLife.stop(), heartbeat?.stop()]);
      // Where the ledger is away the row stays, and says that we were lost; that is not worth waiting for.
      await within(1_000, 'ledger', ledger.gone(about.id)).catch(() => undefined);
    };
    if (http === null) return { close: stop };
    collectDefaultMetrics({ register: watching.registry });
    const server = await openServer({
      at: http,
      about: { roles, version: VERSION, id: about.id },
      metrics: openGauges(watching.registry, {
        health,
        queue,
        providers,
        tables,
        pool: () => ledger.pool(),
        writable: () => parts.writing.writable,
        surroundings,
        version: VERSION,
        roles,
      }),
      readiness: () =>
        readiness({
          roles,
          health,
          queue,
          pending: () => within(PATIENCE_MS, 'ledger', ledger.pending()),
          jobs: parts.jobs,
          writable: () => parts.writing.writable,
          runs: () => watching.measures.runs,
          lastEnd: () => watching.measures.lastEnd,
          now: () => clock.now(),
          monotonic,
          leaseMs: settings.leaseMs,
        }),
      admin: roles.includes('console') ? await adminOf(parts) : null,
    }).catch(async (error: unknown) => {
      if (!http.required && taken(error)) return null;
      await stop();
      throw error;
    });
    if (server === null) {
      log.warn(
        { port: http.port },
        'another process answers on the usual port; this one has no HTTP. Set CUIBAN_HTTP to give it its own',
      );
      return { close: stop };
    }
    watching.httpUrl = server.url;
    log.info({ url: server.url }, 'http');
    return {
      close: async () => {
        await server.close();
        await stop();
      },
    };
  },
};

async function adminOf({ ledger, settings, clock, queue, log }: AppParts): Promise<Hono> {
  const [{ adminPages }, { readOperators }] = await Promise.all([import('./console/admin.ts'), import('./console/operators.ts')]);
  let board: Promise<Hono> | null = null;
  return adminPages({
    ledger,
    operators: settings.operators === null ? null : readOperators(settings.operators),
    publicUrl: settings.publicUrl,
    now: () => clock.now(),
    monotonic,
    log,
    // A second copy of BullMQ comes with it: only whoever looks pays for it.
    board: () => {
      board ??= import('./console/board.ts').then(({ openBoard }) => openBoard(() => queue.forDashboard(), '/admin/queues'));
      return board;
    },
  });
}

function taken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

async function queueSays({ queue }: AppParts): Promise<QueueSays> {
  const { text, next } = await queue.figures();
  const now = wallClock.now();
  const waited = Object.entries(next).map(([name, added]) => [name, added === null ? null : Math.max(0, now - added)] as const);
  return { text, waited: Object.fromEntries(waited) };
}

/** Each `ms`, never two at a time. `stop` waits for the one under way. */
function every(ms: number, work: () => Promise<void>, failed: (error: unknown) => void): { stop(): Promise<void> } {
  let under: Promise<void> | null = null;
  const run = (): void => {
    under ??= work()
      .catch(failed)
      .finally(() => {
        under = null;
      });
  };
  const timer = setInterval(run, ms);
  return {
    stop: async () => {
      clearInterval(timer);
      await under;
    },
  };
}

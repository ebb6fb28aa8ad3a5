// The demo's worker process: the same app as `cuiban start`, on a clock that its parent moves. It ends with its parent.

import path from 'node:path';

import { steppedClock } from '../app-clock.ts';
import { openLedgerAt } from '../app-ledger.ts';
import { type App, openApp } from '../app.ts';
import { readConfiguration } from '../configuration/index.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openLog } from '../log.ts';
import { formatErrors } from '../yaml.ts';
import type { FromWorker, Orders, ToWorker } from './crew.ts';

const clock = steppedClock(0);
let app: App | null = null;
let ledger: Ledger | null = null;

async function begin({ settings, databaseUrl, now }: Orders): Promise<string> {
  const read = await readConfiguration(settings.configDir);
  if (!read.ok) throw new Error(formatErrors(read.errors));
  const configuration = { current: () => read.value };
  const log = openLog(settings.logLevel);
  clock.set(now);
  ledger = await openLedgerAt(databaseUrl, configuration, log);
  // A killed worker's jobs come back soon; whether their messages are still owed is the ledger's to say.
  app = await openApp({
    settings,
    configuration,
    clock,
    drill: false,
    ledger,
    databaseUrl,
    // Gone with the demo's other files when the next one begins.
    journalFolder: path.join(settings.dataDir, 'demo', 'journal'),
    log,
    queue: { lockMs: 5_000, stalledMs: 2_500 },
  });
  return app.worker;
}

async function obey(order: ToWorker): Promise<FromWorker> {
  switch (order.kind) {
    case 'begin':
      return { kind: 'ready', worker: await begin(order.orders) };
    case 'tick':
      clock.set(order.now);
      await app?.tick();
      return { kind: 'done' };
    case 'stop':
      await app?.stop(5_000);
      await ledger?.close();
      process.disconnect();
      return { kind: 'done' };
  }
}

function answer(what: FromWorker): void {
  if (process.connected) process.send?.(what);
}

process.on('message', (order: ToWorker) => {
  obey(order).then(answer, (error: unknown) =>
    answer({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  );
});
// Ctrl-C goes to everybody in the terminal, a supervisor's SIGTERM to the whole group; the parent stops us in order.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => {
  process.exit();
});

// A process of ours that dies at a point: `doomed.ts ROLE`, then told {point, passes} once it has loaded everything; {} lives until told 'stop'.

import { once } from 'node:events';

import { wallClock } from '../../src/app-clock.ts';
import { openLedgerAt } from '../../src/app-ledger.ts';
import { readRoles } from '../../src/app-roles.ts';
import { openApp } from '../../src/app.ts';
import { readConfiguration } from '../../src/configuration/index.ts';
import { openLog } from '../../src/log.ts';
import { readSettings } from '../../src/settings.ts';
import { armed, type Point } from './points.ts';

export interface Told {
  readonly point?: Point;
  readonly passes?: number;
}

process.on('disconnect', () => process.exit(1));
const settings = readSettings();
const read = await readConfiguration(settings.configDir);
if (!read.ok || settings.databaseUrl === null) throw new Error('nothing to work on');
const configuration = { current: () => read.value };
process.send?.('ready');
const [{ point, passes = 1 }] = (await once(process, 'message')) as [Told];

const log = openLog(settings.logLevel);
const plain = await openLedgerAt(settings.databaseUrl, configuration, log);
const ledger = point === undefined ? plain : armed(plain, point, passes);
const app = await openApp({
  settings,
  configuration,
  clock: wallClock,
  drill: false,
  ledger,
  databaseUrl: settings.databaseUrl,
  log,
  roles: readRoles(process.argv.slice(2)),
  // What a dead neighbour was at is found within seconds.
  queue: { lockMs: 4_000, stalledMs: 2_000 },
});
process.send?.(app.worker);
await app.keepTime();
await once(process, 'message');
await app.stop();
await plain.close();
process.exit(0);

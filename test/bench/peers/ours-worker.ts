// A worker process of the measurements: the app of `cuiban start`, on a clock that the parent sets.

import { openLedgerAt } from '../../../src/app-ledger.ts';
import { clockFrom } from '../../../src/app-clock.ts';
import { type App, type AppOptions, openApp } from '../../../src/app.ts';
import { readConfiguration } from '../../../src/configuration/index.ts';
import { openLog } from '../../../src/log.ts';
import { readSettings } from '../../../src/settings.ts';
import { formatErrors } from '../../../src/yaml.ts';
import { obey, wall } from '../support/child.ts';
import type { Beginning, Opening } from './ours.ts';

let options: Omit<AppOptions, 'clock'> | null = null;
let app: App | null = null;

async function open({ databaseUrl, redisUrl, smtpUrl, configDir, dataDir, roles }: Opening): Promise<void> {
  const settings = readSettings({
    DATABASE_URL: databaseUrl,
    ...(redisUrl === null ? {} : { REDIS_URL: redisUrl }),
    SMTP_URL: smtpUrl,
    CUIBAN_CONFIG: configDir,
    CUIBAN_DATA: dataDir,
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'error',
  });
  const read = await readConfiguration(settings.configDir);
  if (!read.ok) throw new Error(formatErrors(read.errors));
  const configuration = { current: () => read.value };
  const log = openLog(settings.logLevel);
  const ledger = await openLedgerAt(databaseUrl, configuration, log);
  options = { settings, configuration, drill: false, ledger, databaseUrl, log, ...(roles === null ? {} : { roles }) };
}

async function begin({ clock }: Beginning): Promise<void> {
  if (options === null) throw new Error('nothing is open');
  app = await openApp({ ...options, clock: clockFrom(clock.shows + wall() - clock.at) });
  await app.keepTime();
}

obey<Opening | Beginning>(
  (order) => (order.kind === 'open' ? open(order) : begin(order)),
  async () => {
    await app?.stop(2_000);
    await options?.ledger.close();
  },
);

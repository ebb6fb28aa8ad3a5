import { afterEach, expect, it } from 'vitest';

import { steppedClock } from '../src/app-clock.ts';
import { type App, openApp } from '../src/app.ts';
import { readConfiguration } from '../src/configuration/index.ts';
import { startMailSink } from '../src/demo/mail-sink.ts';
import { openLog } from '../src/log.ts';
import { readSettings } from '../src/settings.ts';
import { at, open } from './ledger/cast.ts';
import { testDatabase } from './support/postgres.ts';
import { startRedis } from './support/redis.ts';

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  ends.length = 0;
});

async function worker(drill: boolean, redisUrl: string, smtpUrl: string): Promise<App> {
  const database = await testDatabase('drill');
  ends.push(() => database.drop());
  const ledger = await open(database.url);
  ends.push(() => ledger.close());
  await ledger.migrate();
  const read = await readConfiguration('config');
  if (!read.ok) throw new Error('the configuration of the house is not valid');
  const app = await openApp({
    settings: { ...readSettings({}), redisUrl, smtpUrl },
    configuration: { current: () => read.value },
    clock: steppedClock(at('2022-08-01')),
    drill,
    ledger,
    databaseUrl: database.url,
    log: openLog('silent'),
  });
  ends.push(() => app.stop());
  return app;
}

it('a drill on the Redis of the real worker takes none of its jobs and gives it none', async ({ skip }) => {
  const redis = await startRedis();
  if (redis === null) return skip('no redis-server');
  ends.push(() => redis.stop());
  const sink = await startMailSink();
  ends.push(() => sink.close());
  const real = await worker(false, redis.url, sink.url);
  await worker(true, redis.url, sink.url);
  // Jobs that another ledger's worker takes are swept nowhere: twenty ticks would wait for sweeps that never come.
  for (let n = 0; n < 20; n += 1) await real.tick();
  const keys = (await redis.command('KEYS', '*')) as string[];
  expect(new Set(keys.map((key) => key.split(':')[0])).size).toBe(2);
});

// SIGTERM while a mail server has swallowed a mail and says nothing: the process ends in time, and nothing of what it knows is lost.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { startMailSink } from '../../src/demo/mail-sink.ts';
import { startRelay, type ScriptedRelay } from '../channels/scripted-smtp.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { folder, killAll, start, until } from './cuiban.ts';
import { noonConfiguration } from './noon.ts';
import { foundTown } from './town.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const BUREAUS = 30;

let data: Awaited<ReturnType<typeof folder>>;
let database: TestDatabase;
let relay: ScriptedRelay;

beforeEach(async () => {
  data = await folder();
  database = await testDatabase('main_job_stop');
  relay = await startRelay({ dot: 'hang' });
});

afterEach(async () => {
  await killAll();
  await relay.close();
  await database.drop();
  await data.remove();
});

describe('a process that is told to stop while its mail server hangs', () => {
  it('gives back at once what it had not begun, ends within ten seconds, and knows what may be out', async () => {
    const config = await noonConfiguration(data.path, 'worked');
    const environment = { CUIBAN_DATA: data.path, CUIBAN_CONFIG: config, DATABASE_URL: database.url };
    const owed = await foundTown(database.url, config, BUREAUS);
    const statuses = async (): Promise<Record<string, number>> => {
      const { rows } = await database.query('SELECT status, count(*)::int AS count FROM cuiban.message GROUP BY 1');
      return Object.fromEntries(rows.map(({ status, count }) => [String(status), Number(count)]));
    };

    const swallowed = relay.seen('message');
    const worker = start(['start'], { ...environment, SMTP_URL: relay.url });
    await swallowed;
    const told = performance.now();
    worker.kill('SIGTERM');
    await until('what had not begun is given back', async () => ((await statuses())['sending'] === 1 ? true : null), 5_000);
    expect(performance.now() - told).toBeLessThan(5_000);
    const { code, signal, err } = await worker.ended;
    const took = performance.now() - told;
    expect([code, signal], err).toEqual([0, null]);
    expect(took).toBeLessThan(10_000);
    expect(err).not.toContain('ended before all was closed');
    expect(await statuses()).toEqual({ unknown: 1, 'temporary-failure': BUREAUS - 1 });

    // The next process owes the rest at once, and the swallowed one later, as the same mail.
    const to: string[] = [];
    const sink = await startMailSink({ onMail: (mail) => to.push(mail.to.address) });
    start(['start'], { ...environment, SMTP_URL: sink.url });
    await until('the rest is sent', () => (to.length >= BUREAUS - 1 ? true : null));
    const late = owed.filter((address) => !to.includes(address));
    expect(late).toHaveLength(1);
    expect(relay.messages[0]).toContain(late[0]);
    expect(new Set(to).size).toBe(BUREAUS - 1);
    await killAll();
    await sink.close();
  });
});

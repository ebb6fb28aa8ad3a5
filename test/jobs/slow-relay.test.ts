import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Context, Timers } from '../../jobs/context.ts';
import { deliver } from '../../jobs/deliver.ts';
import { openEmail } from '../../src/channels/email.ts';
import { type MailReply, type MailSink, startMailSink } from '../../src/demo/mail-sink.ts';
import { answer, at, directory, duty, openWork, schedule, task, unit, type Work } from './cast.ts';

let work: Work;
let sink: MailSink;

/** Time that goes by when it is told to. */
function scripted(): { timers: Timers; monotonic: () => number; pass(ms: number): void } {
  let now = 0;
  const waiting: { at: number; end: AbortController }[] = [];
  return {
    monotonic: () => now,
    timers: {
      wait: () => Promise.resolve(),
      expiry: (ms) => {
        const end = new AbortController();
        waiting.push({ at: now + ms, end });
        return end.signal;
      },
    },
    pass(ms) {
      now += ms;
      for (const each of waiting) if (each.at <= now) each.end.abort();
    },
  };
}

beforeEach(async () => {
  work = await openWork('jobs_slow');
});

afterEach(async () => {
  await sink.close();
  await work.close();
});

describe('a relay that takes its time over one mail', () => {
  it('holds up the next ones, but what is completed while they wait is not sent, and the rest is claimed anew and sent', async () => {
    const bureaus = ['edu', 'fin', 'water'].map((id) => unit(id, `县${id}局`, ['联络员', '主要负责人']));
    const now = at('2022-08-01');
    await work.confirm(
      bureaus.map(({ id }) => duty('a', id, '2022-12-30')),
      now,
      { schedule: schedule([task('a')]), directory: { ...directory, units: [...directory.units.slice(0, 1), ...bureaus] } },
    );
    await work.sweep(now);
    const ids = (await work.rows('SELECT id FROM cuiban.message ORDER BY id')).map(({ id }) => String(id));
    expect(ids).toHaveLength(3);

    const arrived: string[] = [];
    let first = (): void => undefined;
    const begun = new Promise<void>((resolve) => (first = resolve));
    let release = (_reply: MailReply): void => undefined;
    const held = new Promise<MailReply>((resolve) => (release = resolve));
    sink = await startMailSink({
      respond: ({ to }) => {
        arrived.push(to.address);
        if (arrived.length > 1) return 'accept';
        first();
        return held;
      },
    });
    const email = openEmail({ url: sink.url, connections: 1 });
    const clock = scripted();
    const context: Context = { ...work.context, ...clock, channels: { email, sms: null }, leaseMs: 300_000 };
    const done = deliver.run(context, { ids }, new AbortController().signal);
    await begun;
    const waiting = bureaus.map(({ id }) => id).find((id) => arrived[0]?.startsWith(id) === false) ?? '';
    await work.ledger.complete(
      { schedule: 'ruicheng-2022', ref: 'a', unit: waiting, due: null },
      { ...answer(now), evidence: null },
    );
    clock.pass(60_000);
    release('accept');
    await done;
    await email.close();

    expect(arrived).toHaveLength(2);
    expect(arrived.filter((address) => address.startsWith(`${waiting}.`))).toEqual([]);
    const statuses = await work.rows('SELECT status, attempts FROM cuiban.message ORDER BY status');
    expect(statuses).toEqual([
      { status: 'cancelled', attempts: 0 },
      { status: 'sent', attempts: 1 },
      { status: 'sent', attempts: 1 },
    ]);
  });
});

// An SMS is noted as leaving when it leaves: not while it waits for its turn.

import { expect, it, onTestFinished } from 'vitest';

import { openSmpp } from '../../src/channels/smpp.ts';
import { startSmsSink } from '../../src/demo/sms-sink.ts';
import type { Gate } from '../../src/domain/provider.ts';
import { at, directory, duty, openWork, type Work } from './cast.ts';

const morning = at('2022-08-01', '09:00');
const mobile = '+8613900000001';

async function texting(
  name: string,
  gate: Gate,
): Promise<Work & { readonly texts: readonly string[]; context: Work['context'] }> {
  const work = await openWork(name);
  const texts: string[] = [];
  const sink = await startSmsSink({ onSms: ({ text }) => texts.push(text) });
  const sms = openSmpp({ url: sink.url, gate: () => gate });
  onTestFinished(async () => {
    await sms.close();
    await sink.close();
    await work.close();
  });
  const units = directory.units.map((unit) => ({ ...unit, contacts: unit.contacts.map((each) => ({ ...each, mobile })) }));
  await work.confirm([duty('a', 'edu', '2022-08-01')], at('2022-07-31'), { directory: { ...directory, units } });
  await work.ledger.sweep(morning, 10, (assignment) => ({
    reminders: [
      {
        assignment: assignment.id,
        sequence: 0,
        stage: 'd-0',
        occurrence: 'once',
        letter: 'today',
        rung: 0,
        unit: 'edu',
        contact: 'edu/0/1',
        post: '联络员',
        copy: false,
        channel: 'sms',
        address: mobile,
        name: '王芳',
        at: morning,
        reason: '当日',
      },
    ],
    suppressions: [],
    problems: [],
    plannedThrough: morning,
    nextAt: null,
    successor: null,
    ladder: null,
  }));
  work.setTime(morning);
  return { ...work, texts, context: { ...work.context, channels: { ...work.context.channels, sms } } };
}

const gateWith = (pass: Gate['pass']): Gate => ({ pass, tooFast: () => undefined, connect: () => Promise.resolve(null) });

it('one whose worker is lost while it waits for its turn is owed again, not in doubt', async () => {
  let asked: () => void = () => undefined;
  const waiting = new Promise<void>((resolve) => (asked = resolve));
  const never = gateWith((turn) => {
    asked();
    return new Promise((resolve) => turn.addEventListener('abort', () => resolve(false), { once: true }));
  });
  const work = await texting('jobs_leaving', never);
  const { messages } = await work.ledger.dispatch(morning, 10);
  const ended = new AbortController();
  const run = work.deliverWith({ ...work.context, stopping: ended.signal }, { ids: messages.map(({ id }) => id) });
  await waiting;
  expect(await work.ledger.releaseWorker('w1', morning)).toBe(1);
  expect(await work.rows('SELECT status, attempts, owed_at IS NOT NULL AS owed FROM cuiban.message')).toEqual([
    { status: 'temporary-failure', attempts: 0, owed: true },
  ]);
  ended.abort();
  await run;
  expect(work.texts).toEqual([]);
  expect((await work.ledger.status(morning)).problems).toEqual([]);
});

it('one that the ledger does not note is not sent', async () => {
  const work = await texting(
    'jobs_leaving_unnoted',
    gateWith(() => Promise.resolve(true)),
  );
  const { messages } = await work.ledger.dispatch(morning, 10);
  const deaf = { ...work.context.ledger, handingOver: () => Promise.reject(new Error('Connection terminated unexpectedly')) };
  await work.deliverWith({ ...work.context, ledger: deaf }, { ids: messages.map(({ id }) => id) });
  expect(work.texts).toEqual([]);
  expect(await work.rows('SELECT status, code FROM cuiban.message')).toEqual([
    { status: 'temporary-failure', code: 'NOT-NOTED' },
  ]);
  await work.deliverWith(work.context, { ids: messages.map(({ id }) => id) });
  work.setTime(at('2022-08-01', '09:02'));
  await work.deliverWith(work.context, { ids: messages.map(({ id }) => id) });
  expect(work.texts).toHaveLength(1);
});

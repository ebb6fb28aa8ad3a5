// What the ledger tells the planner of an escalation, and what a claim does with a text that its gateway kept too long.

import { afterAll, beforeAll, expect, it } from 'vitest';

import type { Escalation } from '../../src/domain/escalation.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { at, claimAll, confirmation, duty, nothing, open, reminder, settled } from './cast.ts';

let database: TestDatabase;
let ledger: Ledger;

beforeAll(async () => {
  database = await testDatabase('ledger_rungs');
  ledger = await open(database.url);
  await ledger.migrate();
  await ledger.confirm(confirmation([duty('a', 'edu', '2022-08-31')]));
});

afterAll(async () => {
  await ledger.close();
  await database.drop();
});

/** Looks once; what is told at that look, and what the planner is told of the escalation. */
async function look(now: number, stage: string, rung: number, channels: readonly ('email' | 'sms')[]): Promise<Escalation> {
  const seen: Escalation[] = [];
  await database.query('UPDATE cuiban.assignment SET next_at = $1', [new Date(now)]);
  await ledger.sweep(now, 10, (assignment, escalation) => {
    seen.push(escalation);
    return {
      ...nothing,
      reminders: channels.map((channel) => reminder(assignment, stage, now, { rung, channel })),
      plannedThrough: now,
    };
  });
  const [escalation] = seen;
  if (escalation === undefined) throw new Error('nothing was looked at');
  return escalation;
}

it('a gateway that is away holds nobody up who was told by mail, and its text is not sent after the next rung', async () => {
  const [first, second] = [at('2022-09-01'), at('2022-09-05')];
  expect(await look(first, 'o+1', 1, ['email', 'sms'])).toEqual({ pending: false, lastOn: null, said: new Set() });
  const claimed = await claimAll(ledger, first);
  expect(claimed.map(({ channel }) => channel).toSorted()).toEqual(['email', 'sms']);
  const escalation = await look(first, 'none', 0, []);
  expect(escalation).toMatchObject({ pending: true, said: new Set(['o+1']) });

  await ledger.settle(
    claimed.map((message) =>
      message.channel === 'email'
        ? settled(message)
        : settled(message, 'temporary-failure', { retryAt: second, channelDown: true, code: 'GONE' }),
    ),
    first,
  );
  expect(await look(second, 'o+3', 2, ['email'])).toEqual({ pending: false, lastOn: '2022-09-01', said: new Set(['o+1']) });
  const next = await claimAll(ledger, second);
  expect(next.map(({ channel, items }) => [channel, items.map(({ stage }) => stage)])).toEqual([['email', ['o+3']]]);
  expect(await ledger.held(0, at('2022-12-31'))).toContainEqual(
    expect.objectContaining({ stage: 'o+1', reason: 'superseded', detail: '已逐级催办到更高一级' }),
  );
});

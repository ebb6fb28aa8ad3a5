// A relay that is away: a few messages ask after it each minute, and when it takes one the others follow at once.
import { afterAll, beforeAll, expect, it } from 'vitest';

import { openEmail } from '../../src/channels/email.ts';
import { at, directory, duty, openWork, unit, type Work } from './cast.ts';

const UNITS = 120;
const NINE = at('2022-03-30');
const MINUTE = 60_000;

let work: Work;

beforeAll(async () => {
  work = await openWork('relay_away');
  const bureaus = Array.from({ length: UNITS }, (_, n) => unit(`bureau${n}`, `县第${n}局`, ['联络员']));
  const many = { ...directory, units: [...directory.units, ...bureaus] };
  const duties = bureaus.map(({ id }) => duty('1', id, '2022-03-31'));
  await work.confirm(duties, at('2022-03-01'), { directory: many });
});

afterAll(async () => {
  await work.close();
});

async function tried(): Promise<number> {
  const rows = await work.rows(`SELECT count(*)::int AS count FROM cuiban.attempt`);
  return Number(rows[0]?.['count']);
}

it('is asked by few, and told once', async () => {
  const { context } = work;
  const nobody = openEmail({ url: 'smtp://127.0.0.1:9' });
  const real = context.channels;
  Object.assign(context, { channels: { ...real, email: nobody } });
  await work.tick(NINE);
  const first = await tried();
  expect(first).toBe(UNITS);
  for (const minute of [1, 2, 3]) await work.tick(NINE + minute * MINUTE);
  expect((await tried()) - first).toBeLessThanOrEqual(3 * 8);
  expect((await work.ledger.status(NINE)).problems.filter(({ kind }) => kind === 'channel-down')).toHaveLength(1);
  Object.assign(context, { channels: real });
  await nobody.close();
});

it('is followed by all the others in the minute in which it takes one', async () => {
  expect(work.mails).toEqual([]);
  const back = NINE + 4 * MINUTE;
  await work.sweep(back);
  await work.deliver(back);
  expect(work.mails).toHaveLength(UNITS);
  await work.reconcile(back + MINUTE);
  expect((await work.ledger.status(back)).problems.filter(({ kind }) => kind === 'channel-down')).toEqual([]);
});

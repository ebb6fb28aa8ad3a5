import { afterEach, beforeEach, expect, it } from 'vitest';

import type { Ledger } from '../../src/ledger/ledger.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { at, claimAll, confirmation, duty, freezeAll, open, tell } from './cast.ts';

const now = at('2022-08-01');

let database: TestDatabase;
let ledger: Ledger;

beforeEach(async () => {
  database = await testDatabase('ledger_review');
  ledger = await open(database.url);
  await ledger.migrate();
});

afterEach(async () => {
  await ledger.close();
  await database.drop();
});

it('a mail that ends every worker that sends it is put to the coordinator, not sent for ever', async () => {
  await ledger.confirm(confirmation([duty('a', 'edu', '2022-08-31')]));
  await ledger.sweep(now, 10, tell('assigned', now));
  let copies = 0;
  for (let n = 0; n < 20; n += 1) {
    const claimed = await claimAll(ledger, now, 'doomed');
    copies += claimed.length;
    if (n === 0) await freezeAll(ledger, claimed);
    await ledger.releaseWorker('doomed', now);
  }
  expect(copies).toBe(12);
  expect(await ledger.nextOwed()).toBeNull();
  const status = await ledger.status(now);
  expect(status.messages).toEqual({ unknown: 1 });
  expect(status.problems).toMatchObject([{ kind: 'unknown-outcome' }]);
});

// The dead man's switch: a URL outside hears once a minute that all is well, or what is not, or nothing.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { beat } from '../../src/console/heartbeat.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { at, calendar, confirmation, duty, office, open, tell } from '../ledger/cast.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';

const NINE = at('2022-08-24');
let database: TestDatabase;
let ledger: Ledger;
let server: ReturnType<typeof createServer>;
let heard: string[];
let status: number;

beforeEach(async () => {
  database = await testDatabase('heartbeat');
  ledger = await open(database.url);
  await ledger.migrate();
  heard = [];
  status = 200;
  server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      heard.push(`${request.method ?? ''} ${request.url ?? ''}${body === '' ? '' : `\n${body}`}`);
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  for (const [id, role] of Object.entries({ s: 'scheduler', w: 'worker' })) {
    await ledger.alive({ id, roles: [role], version: '0', host: 'h', pid: 1 });
  }
});

afterEach(async () => {
  server.close();
  await ledger.close();
  await database.drop();
});

function give(now: number): Promise<void> {
  return beat({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping/abc?a=b`,
    ledger,
    surroundings: () => ({ now, offices: new Map([[office.id, office]]), calendar }),
    everyMs: 60_000,
  });
}

async function sweptAndReconciled(now: number): Promise<void> {
  await ledger.sweep(now, 10, tell('d-5', NINE));
  await ledger.reconcile(now, 60_000);
}

it('is given once a minute while all is well, however many processes there are', async () => {
  await sweptAndReconciled(NINE);
  await Promise.all([give(NINE), give(NINE), give(NINE)]);
  expect(heard).toEqual(['GET /ping/abc?a=b']);
  await give(NINE + 30_000);
  expect(heard).toHaveLength(1);
  await Promise.all([give(NINE + 60_000), give(NINE + 60_000)]);
  expect(heard).toHaveLength(2);
});

it('says /fail and why, and nothing about anybody, when something due is not sent', async () => {
  await ledger.confirm(confirmation([duty('一', 'edu', '2022-08-31')]));
  await sweptAndReconciled(NINE);
  const late = NINE + 20 * 60_000;
  await ledger.sweep(late, 10, tell('d-5', NINE));
  await ledger.reconcile(late, 3_600_000);
  await give(late);
  expect(heard).toEqual(['POST /ping/abc/fail?a=b\nunsent: 1 条到点未发，最早的已等 20 分钟']);
});

it('is not given by a process that cannot ask the ledger, and one whose address refuses says so', async () => {
  await sweptAndReconciled(NINE);
  status = 500;
  await expect(give(NINE)).rejects.toThrow('answered 500');
  heard = [];
  await database.shut();
  await expect(give(NINE + 60_000)).rejects.toThrow();
  expect(heard).toEqual([]);
  await database.reopen();
});

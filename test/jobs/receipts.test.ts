// Receipts as a real gateway sends them, and as somebody else may.

import smpp from 'smpp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openSmpp } from '../../src/channels/smpp.ts';
import { type SmsSink, startSmsSink } from '../../src/demo/sms-sink.ts';
import type { Channel, OutgoingSms, Receipt, ReceiptEnd } from '../../src/domain/delivery.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { at, claimAll, confirmation, duty, freezeAll, open, settled, tell } from '../ledger/cast.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';

const now = at('2022-08-01');
const never = new AbortController().signal;
const OURS = '8613900000000';
const OTHERS = '8613911111111';

let database: TestDatabase;
let ledger: Ledger;
let sink: SmsSink;
let channel: Channel<OutgoingSms>;
let heard: { readonly receipt: Receipt; readonly end: ReceiptEnd }[];
let listener: (() => void) | null;
let states: readonly string[];

beforeEach(async () => {
  database = await testDatabase('jobs_receipts');
  ledger = await open(database.url);
  await ledger.migrate();
  heard = [];
  listener = null;
  states = [];
  sink = await startSmsSink({ receipts: () => states });
  channel = openSmpp({ url: sink.url });
  const hear = async (receipt: Receipt): Promise<void> => {
    heard.push({ receipt, end: await ledger.receive('sms', receipt, now) });
    listener?.();
  };
  channel.onReceipt((receipt) => void hear(receipt));
  await ledger.confirm(confirmation([duty('a', 'edu', '2022-08-02')]));
  await ledger.sweep(now, 10, tell('d-1', now, { channel: 'sms' }));
});

afterEach(async () => {
  await channel.close();
  await sink.close();
  await ledger.close();
  await database.drop();
});

/** Sends the SMS that is due; `settle` notes it as accepted. */
async function send(): Promise<{ readonly ids: readonly string[]; readonly settle: () => Promise<number> }> {
  const [message] = await claimAll(ledger, now);
  if (message === undefined) throw new Error('nothing is due');
  await freezeAll(ledger, [message]);
  const outcome = await channel.send({ deliveryId: message.id, to: message.address, text: '【芮城县政府办】明日到期' }, never);
  const ids = outcome.outcome === 'accepted' ? outcome.providerIds : [];
  return { ids, settle: () => ledger.settle([settled(message, 'sent', { providerIds: ids })], now) };
}

function come(from: string, id: string, state: string): void {
  const text = `id:${id} sub:001 dlvrd:001 submit date:2208010900 done date:2208010901 stat:${state} err:000 text:`;
  sink.sendRaw(
    new smpp.PDU('deliver_sm', { esm_class: 4, source_addr: from, destination_addr: '10690000', short_message: text }).toBuffer(),
  );
}

/** Resolves when so many receipts have been dealt with; what each came to. */
async function ends(count: number): Promise<ReceiptEnd[]> {
  while (heard.length < count) await new Promise<void>((resolve) => (listener = resolve));
  return heard.map(({ end }) => end);
}

async function status(): Promise<unknown> {
  return (await database.query('SELECT status FROM cuiban.message')).rows[0]?.['status'];
}

describe('a receipt', () => {
  it('that comes twice, and then says something else, changes the message once', async () => {
    const { ids, settle } = await send();
    await settle();
    for (const state of ['DELIVRD', 'DELIVRD', 'UNDELIV', 'EXPIRED']) come(OURS, ids[0] ?? '', state);
    expect(await ends(4)).toEqual(['taken', 'taken', 'taken', 'taken']);
    expect(await status()).toBe('delivered');
  });

  it('of a failure is not undone by one that says delivered later', async () => {
    const { ids, settle } = await send();
    await settle();
    come(OURS, ids[0] ?? '', 'UNDELIV');
    come(OURS, ids[0] ?? '', 'DELIVRD');
    await ends(2);
    expect(await status()).toBe('permanent-failure');
  });

  it('about another number than the text went to changes nothing; the true one still counts', async () => {
    const { ids, settle } = await send();
    await settle();
    come(OTHERS, ids[0] ?? '', 'UNDELIV');
    expect(await ends(1)).toEqual(['foreign']);
    expect(await status()).toBe('sent');
    come(`+${OURS}`, ids[0] ?? '', 'DELIVRD');
    expect(await ends(2)).toEqual(['foreign', 'taken']);
    expect(await status()).toBe('delivered');
  });

  it('with an id that we never had changes nothing, also when the next text gets that id', async () => {
    // What is forged comes before the settlement.
    const { ids, settle } = await send();
    come(OTHERS, ids[0] ?? '', 'UNDELIV');
    come(OTHERS, 'sink-77', 'UNDELIV');
    expect(await ends(2)).toEqual(['unknown', 'unknown']);
    await settle();
    expect(await status()).toBe('sent');
    come(OURS, ids[0] ?? '', 'DELIVRD');
    expect(await ends(3)).toEqual(['unknown', 'unknown', 'taken']);
    expect(await status()).toBe('delivered');
  });

  it('that is true and comes before the settlement counts with it', async () => {
    states = ['DELIVRD'];
    const { settle } = await send();
    expect(await ends(1)).toEqual(['unknown']);
    await settle();
    expect(await status()).toBe('delivered');
    expect(heard[0]?.receipt.recipient).toBe('13900000000');
  });
});

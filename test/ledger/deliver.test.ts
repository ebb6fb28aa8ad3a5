import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ClaimedMessage } from '../../src/domain/message.ts';
import { type Ledger, LedgerRefusal } from '../../src/ledger/ledger.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import {
  answer,
  at,
  claimAll,
  confirmation,
  contact,
  directory,
  duty,
  freezeAll,
  office,
  open,
  sendAll,
  settled,
  tell,
} from './cast.ts';

const now = at('2022-08-01');
const edu = { schedule: 'ruicheng-2022', ref: 'a', unit: 'edu', due: null } as const;

let database: TestDatabase;
let ledger: Ledger;

beforeEach(async () => {
  database = await testDatabase('ledger_deliver');
  ledger = await open(database.url);
  await ledger.migrate();
});

afterEach(async () => {
  await ledger.close();
  await database.drop();
});

/** One message to the education bureau, planned and due. */
async function planned(channel: 'email' | 'sms' = 'email'): Promise<void> {
  await ledger.confirm(confirmation([duty('a', 'edu', '2022-08-31')]));
  await ledger.sweep(
    now,
    10,
    tell('assigned', now, { channel, address: channel === 'email' ? 'edu.liaison.1@ruicheng.example' : '+8613900000000' }),
  );
}

async function claimedOne(worker = 'w1', leaseMs = 60_000, when = now): Promise<ClaimedMessage> {
  const [message, ...more] = await claimAll(ledger, when, worker, leaseMs);
  if (message === undefined || more.length > 0) throw new Error('exactly one message should have been claimed');
  return message;
}

async function message(): Promise<Record<string, unknown>> {
  const { rows } = await database.query('SELECT status, attempts, resends, fence, detail, code FROM cuiban.message');
  return rows[0] ?? {};
}

describe('a claim', () => {
  it('gives a message to one worker, until its lease ends', async () => {
    await planned();
    const claimed = await claimedOne();
    expect(claimed).toMatchObject({
      channel: 'email',
      address: 'edu.liaison.1@ruicheng.example',
      fence: 1,
      attempts: 0,
      previousStatus: 'created',
      frozen: null,
      to: { unitName: '县教育局', post: '联络员' },
    });
    expect(await ledger.claim([claimed.id], now, 'w2', 60_000)).toEqual([]);
  });

  it('takes nothing before its time', async () => {
    await ledger.confirm(confirmation([duty('a', 'edu', '2022-08-31')]));
    await ledger.sweep(at('2022-08-01', '20:00'), 10, tell('assigned', at('2022-08-01', '20:00')));
    const { rows } = await database.query('SELECT id FROM cuiban.message');
    expect(await ledger.claim([String(rows[0]?.['id'])], at('2022-08-02', '08:59'), 'w1', 60_000)).toEqual([]);
  });

  it('cancels a message whose duty was completed meanwhile', async () => {
    await planned();
    const { messages } = await ledger.dispatch(now, 10);
    const { changed } = await ledger.complete(edu, { ...answer(now), evidence: null });
    expect(changed.map(({ voided }) => voided)).toEqual([1]);
    expect(
      await ledger.claim(
        messages.map(({ id }) => id),
        now,
        'w1',
        60_000,
      ),
    ).toEqual([]);
    expect(await message()).toMatchObject({ status: 'cancelled', attempts: 0 });
    expect(await ledger.held(now, now + 1)).toMatchObject([{ reason: 'completed' }]);
    expect((await ledger.status(now)).waiting).toBe(0);
  });

  it('leaves out only what is void and keeps the rest', async () => {
    await ledger.confirm(confirmation([duty('a', 'edu', '2022-08-31'), duty('b', 'edu', '2022-09-30')]));
    await ledger.sweep(now, 10, tell('assigned', now));
    await ledger.extend(edu, '2022-09-15', { ...answer(now), approvedBy: '赵县长', number: '芮政批〔2022〕3号' });
    await ledger.sweep(now, 10, () => ({
      reminders: [],
      suppressions: [],
      problems: [],
      plannedThrough: now,
      nextAt: null,
      successor: null,
      ladder: null,
    }));
    expect((await claimedOne()).items.map(({ assignment }) => assignment.ref)).toEqual(['b']);
    expect(await ledger.held(now, now + 1)).toMatchObject([{ reason: 'superseded', detail: '时限调整为2022-09-15' }]);
  });

  it('says on which days the duty was brought up before', async () => {
    await ledger.confirm(confirmation([duty('a', 'edu', '2022-08-31')]));
    for (const day of ['2022-08-01', '2022-08-24', '2022-08-26']) {
      await database.query('UPDATE cuiban.assignment SET next_at = to_timestamp($1 / 1000.0)', [at(day)]);
      await ledger.sweep(at(day), 10, tell(`stage ${day}`, at(day)));
      const [sent] = await sendAll(ledger, at(day));
      if (day === '2022-08-26') expect(sent?.items[0]?.remindedOn).toEqual(['2022-08-01', '2022-08-24']);
    }
  });

  it('does not write to somebody who no longer holds the post', async () => {
    await planned();
    const { messages } = await ledger.dispatch(now, 10);
    await database.query(`UPDATE cuiban.contact SET valid_until = '2022-07-31' WHERE id = 'edu/liaison/1'`);
    expect(
      await ledger.claim(
        messages.map(({ id }) => id),
        now,
        'w1',
        60_000,
      ),
    ).toEqual([]);
    expect(await ledger.held(now, now + 1)).toMatchObject([{ reason: 'absent' }]);
  });

  it('follows a new address of the same contact', async () => {
    await planned();
    const moved = {
      ...directory,
      units: directory.units.map((unit) =>
        unit.id === 'edu'
          ? { ...unit, contacts: [contact('edu/liaison/1', '联络员', '新人', { email: 'new@ruicheng.example' })] }
          : unit,
      ),
    };
    await ledger.updateDirectory(office, moved, now);
    expect(await ledger.held(now, now + 1)).toMatchObject([{ reason: 'absent' }]);
    const [assignment] = await ledger.assignments('ruicheng-2022');
    expect(assignment?.plannedThrough).toBe(now - 1);
    await ledger.sweep(now, 10, tell('assigned', now, { address: 'new@ruicheng.example' }));
    expect((await claimAll(ledger, now)).map(({ address }) => address)).toEqual(['new@ruicheng.example']);
  });
});

describe('freezing and settling', () => {
  it('lets only the holder of the fence freeze and settle', async () => {
    await planned();
    const first = await claimedOne('w1', 0);
    expect((await ledger.reconcile(now, 60_000)).expired).toBe(1);
    const second = await claimedOne('w2');
    expect(second.fence).toBe(2);
    expect([...(await freezeAll(ledger, [first]))]).toEqual([]);
    expect(await ledger.settle([settled(first, 'permanent-failure')], now)).toBe(0);
    expect(await ledger.settle([settled(first)], now)).toBe(0);
    expect([...(await freezeAll(ledger, [second]))]).toEqual([second.id]);
    expect(await ledger.settle([settled(second)], now)).toBe(1);
    expect(await ledger.settle([settled(second, 'permanent-failure')], now)).toBe(0);
    expect(await message()).toMatchObject({ status: 'sent', attempts: 2 });
  });

  it('refuses to freeze once the lease has run out', async () => {
    await planned();
    const claimed = await claimedOne('w1', 0);
    expect([...(await freezeAll(ledger, [claimed]))]).toEqual([]);
  });

  it('hears a late yes of a lease that ran out, while nobody else has claimed', async () => {
    await planned();
    const claimed = await claimedOne('w1', 0);
    await ledger.reconcile(now, 60_000);
    expect(await ledger.settle([settled(claimed)], now)).toBe(1);
    expect(await ledger.nextOwed()).toBeNull();
  });

  it('never lets one Message-ID have two bodies', async () => {
    await planned();
    const claimed = await claimedOne();
    await freezeAll(ledger, [claimed], '一');
    const other = { subject: '提醒', text: '二', html: '', hash: '二', revision: 0 };
    await expect(ledger.freeze([{ id: claimed.id, fence: claimed.fence, frozen: other }])).rejects.toThrow(LedgerRefusal);
    expect([...(await ledger.freeze([{ id: claimed.id, fence: claimed.fence, frozen: { ...other, revision: 1 } }]))]).toEqual([
      claimed.id,
    ]);
  });

  it('shows what can not be delivered', async () => {
    await planned();
    await ledger.settle([settled(await claimedOne(), 'permanent-failure', { code: '550', detail: 'no such user' })], now);
    expect((await ledger.status(now)).problems).toMatchObject([
      { kind: 'undeliverable', detail: '致联络员联络员的邮件无法送达：550 no such user' },
    ]);
    expect(await ledger.sent(now, now + 1)).toMatchObject([{ status: 'permanent-failure', items: [{ ref: 'a' }] }]);
  });

  it('keeps one row for every claim that ended', async () => {
    await planned();
    await ledger.settle(
      [settled(await claimedOne(), 'temporary-failure', { code: '450', retryAt: at('2022-08-01', '09:10') })],
      now,
    );
    await ledger.settle([settled(await claimedOne('w2', 60_000, at('2022-08-01', '09:10')))], at('2022-08-01', '09:10'));
    expect((await database.query('SELECT fence, worker, status, code FROM cuiban.attempt ORDER BY id')).rows).toEqual([
      { fence: 1, worker: 'w1', status: 'temporary-failure', code: '450' },
      { fence: 2, worker: 'w2', status: 'sent', code: '' },
    ]);
  });
});

describe('a lost outcome', () => {
  it('of a mail is owed again at once, with the body as it was, and counted', async () => {
    await planned();
    const claimed = await claimedOne('w1', 0);
    await database.query(`UPDATE cuiban.message SET lease_until = clock_timestamp() + interval '1 minute'`);
    await freezeAll(ledger, [claimed]);
    expect(await ledger.releaseWorker('w1', now)).toBe(1);
    expect(await message()).toMatchObject({ status: 'unknown' });
    const again = await claimedOne('w2');
    expect(again).toMatchObject({ previousStatus: 'unknown', attempts: 1, frozen: { text: '正文', revision: 0 } });
    expect((await ledger.status(now)).resends).toBe(1);
  });

  it('is no second copy where nothing had been frozen yet', async () => {
    await planned();
    await claimedOne('w1', 0);
    await ledger.reconcile(now, 60_000);
    expect(await claimedOne('w2')).toMatchObject({ previousStatus: 'unknown', frozen: null });
    expect((await ledger.status(now)).resends).toBe(0);
  });

  it('stays unknown when the duty was completed since', async () => {
    await planned();
    await freezeAll(ledger, [await claimedOne()]);
    await ledger.releaseWorker('w1', now);
    await ledger.complete(edu, { ...answer(now), evidence: null });
    expect(await claimAll(ledger, now)).toEqual([]);
    expect(await message()).toMatchObject({ status: 'unknown', resends: 0 });
    expect(await ledger.nextOwed()).toBeNull();
  });

  it('of a text that was handed over is shown, not sent again', async () => {
    await planned('sms');
    const claimed = await claimedOne();
    await freezeAll(ledger, [claimed]);
    await ledger.handingOver([claimed.id]);
    await ledger.releaseWorker('w1', now);
    expect(await message()).toMatchObject({ status: 'unknown' });
    expect((await ledger.status(now)).problems).toMatchObject([{ kind: 'unknown-outcome' }]);
    expect(await ledger.nextOwed()).toBeNull();
  });

  it('of a text that was not handed over is no loss', async () => {
    await planned('sms');
    await freezeAll(ledger, [await claimedOne()]);
    await ledger.releaseWorker('w1', now);
    expect(await claimedOne('w2')).toMatchObject({ attempts: 0, previousStatus: 'temporary-failure' });
    expect((await ledger.status(now)).problems).toEqual([]);
  });

  it('refuses to hand over what is not ours any more', async () => {
    await planned('sms');
    const claimed = await claimedOne('w1', 0);
    await expect(ledger.handingOver([claimed.id])).rejects.toThrow('不得交出');
  });

  it('of the queue is found by the time since it was queued', async () => {
    await planned();
    expect((await ledger.dispatch(now, 10)).messages).toHaveLength(1);
    expect((await ledger.reconcile(now, 60_000)).requeued).toBe(0);
    expect((await ledger.dispatch(now, 10)).messages).toHaveLength(0);
    expect((await ledger.reconcile(now, 0)).requeued).toBe(1);
    expect((await ledger.dispatch(now, 10)).messages).toHaveLength(1);
  });
});

describe('receipts', () => {
  const receipt = (
    providerId: string,
    state: 'delivered' | 'failed' | 'expired' = 'delivered',
  ): { providerId: string; state: typeof state; code: string } => ({
    providerId,
    state,
    code: state === 'delivered' ? 'DELIVRD' : 'UNDELIV',
  });

  async function sentText(...providerIds: string[]): Promise<void> {
    await planned('sms');
    await ledger.settle([settled(await claimedOne(), 'sent', { providerIds })], now);
  }

  it('make a text delivered when all its parts are', async () => {
    await sentText('p1', 'p2');
    expect(await ledger.receive('sms', receipt('p1'), now)).toBe('taken');
    expect(await message()).toMatchObject({ status: 'sent' });
    expect(await ledger.receive('sms', receipt('p1'), now)).toBe('taken');
    expect(await message()).toMatchObject({ status: 'sent' });
    await ledger.receive('sms', receipt('p2'), now);
    expect(await message()).toMatchObject({ status: 'delivered' });
  });

  it('make it failed as soon as one part is, for good', async () => {
    await sentText('p1', 'p2');
    await ledger.receive('sms', receipt('p2', 'failed'), now);
    await ledger.receive('sms', receipt('p1'), now);
    await ledger.receive('sms', receipt('p2'), now);
    expect(await message()).toMatchObject({ status: 'permanent-failure', code: 'UNDELIV' });
    expect((await ledger.status(now)).problems).toMatchObject([{ kind: 'undeliverable' }]);
  });

  it('never take a delivery back', async () => {
    await sentText('p1');
    await ledger.receive('sms', receipt('p1'), now);
    await ledger.receive('sms', receipt('p1', 'expired'), now);
    expect(await message()).toMatchObject({ status: 'delivered' });
  });

  it('that come before the settlement are not lost', async () => {
    await planned('sms');
    const claimed = await claimedOne();
    expect(await ledger.receive('sms', receipt('p1'), now)).toBe('unknown');
    await ledger.settle([settled(claimed, 'sent', { providerIds: ['p1'] })], now);
    expect(await message()).toMatchObject({ status: 'delivered' });
  });

  it('end the doubt about a text whose fate was unknown', async () => {
    await planned('sms');
    const claimed = await claimedOne();
    await ledger.settle([settled(claimed, 'unknown', { providerIds: ['p1'] })], now);
    expect((await ledger.status(now)).problems).toHaveLength(1);
    await ledger.receive('sms', receipt('p1'), now);
    expect(await message()).toMatchObject({ status: 'delivered' });
    expect((await ledger.status(now)).problems).toEqual([]);
  });

  it('of other channels and strangers are not known', async () => {
    await sentText('p1');
    expect(await ledger.receive('email', receipt('p1'), now)).toBe('unknown');
    expect(await ledger.receive('sms', receipt('p9'), now)).toBe('unknown');
  });
});

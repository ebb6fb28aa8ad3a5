// What those who run it see of the ledger, and what they can do about a message.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ClaimedMessage, Settlement } from '../../src/domain/message.ts';
import type { AnswerBy, Ledger } from '../../src/ledger/ledger.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { answer, at, claimAll, confirmation, duty, freezeAll, nothing, open, sendAll, settled, tell } from './cast.ts';

const NINE = at('2022-08-24');
const DIRECTOR: AnswerBy = { at: at('2022-08-24', '10:00'), actor: '许子轩', means: 'command line', note: '邮箱已更正' };

let database: TestDatabase;
let ledger: Ledger;

beforeEach(async () => {
  database = await testDatabase('ledger_operations');
  ledger = await open(database.url);
  await ledger.migrate();
});

afterEach(async () => {
  await ledger.close();
  await database.drop();
});

async function rows(text: string): Promise<readonly Record<string, unknown>[]> {
  return (await database.query(text)).rows;
}

/** 县教育局 and 县财政局 each have one mail, due at nine; their liaisons share a telephone, so a text goes to both at once. */
async function twoMessages(channel: 'email' | 'sms' = 'email'): Promise<void> {
  await ledger.confirm(confirmation([duty('一', 'edu', '2022-08-31'), duty('二', 'fin', '2022-08-31')]));
  await ledger.sweep(at('2022-08-23'), 10, tell('d-5', NINE, { channel }));
}

/** Both are tried at nine; 县教育局's ends as told, 县财政局's is sent. */
async function tried(status: Settlement['status'], extra: Partial<Settlement> = {}): Promise<ClaimedMessage> {
  const claimed = await claimAll(ledger, NINE);
  await freezeAll(ledger, claimed);
  const edu = claimed.find(({ to }) => to.unit === 'edu');
  if (edu === undefined) throw new Error('县教育局 has no message');
  await ledger.settle(
    claimed.map((message) => (message === edu ? settled(message, status, extra) : settled(message))),
    NINE,
  );
  return edu;
}

/** 县教育局's mail may have arrived, is sent again as it was, and is refused then. */
async function refusedInDoubt(): Promise<ClaimedMessage> {
  const message = await tried('unknown', { retryAt: DIRECTOR.at });
  await ledger.settle(
    (await claimAll(ledger, DIRECTOR.at)).map((again) => settled(again, 'permanent-failure', { code: '550' })),
    DIRECTOR.at,
  );
  return message;
}

describe('health', () => {
  it('of a ledger with nothing in it says nothing is waiting', async () => {
    expect(await ledger.health(NINE)).toEqual({
      due: { count: 0, oldest: null },
      held: { count: 0, oldest: null },
      queued: { count: 0, oldest: null },
      sending: { count: 0, oldest: null },
      looks: { count: 0, oldest: null },
      trouble: [],
      receipts: { hour: 0, day: 0, threeDays: 0 },
      problems: [],
      holds: [],
      lastSweep: null,
      lastReconcile: null,
      lastBackup: null,
      resends: 0,
      processes: [],
    });
  });

  it('follows two messages from due over queued and sending to sent', async () => {
    await ledger.confirm(confirmation([duty('一', 'edu', '2022-08-31'), duty('二', 'fin', '2022-08-31')]));
    expect((await ledger.health(NINE)).looks.count).toBe(2);
    await ledger.sweep(at('2022-08-23'), 10, tell('d-5', NINE));
    expect(await ledger.health(NINE - 1)).toMatchObject({ due: { count: 0 }, lastSweep: at('2022-08-23') });
    expect(await ledger.health(NINE + 60_000)).toMatchObject({ due: { count: 2, oldest: NINE } });
    const { messages } = await ledger.dispatch(NINE, 10);
    expect(await ledger.health(NINE)).toMatchObject({ due: { count: 0 }, queued: { count: 2, oldest: NINE } });
    const claimed = await ledger.claim(
      messages.map(({ id }) => id),
      NINE + 1_000,
      'w1',
      60_000,
    );
    expect(await ledger.health(NINE)).toMatchObject({ queued: { count: 0 }, sending: { count: 2, oldest: NINE + 1_000 } });
    await ledger.settle(
      claimed.map((message) => settled(message)),
      NINE + 2_000,
    );
    expect(await ledger.health(NINE)).toMatchObject({ due: { count: 0 }, sending: { count: 0 }, trouble: [] });
  });

  it('counts what failed, the problems that it made, and when what stopped was last looked for', async () => {
    await twoMessages();
    await tried('permanent-failure', { code: '550', detail: 'no such user' });
    await ledger.reconcile(NINE, 60_000);
    expect(await ledger.health(NINE + 1)).toMatchObject({
      trouble: [{ status: 'permanent-failure', channel: 'email', count: 1 }],
      problems: [{ kind: 'undeliverable', count: 1, oldest: NINE }],
      lastReconcile: NINE,
      lastBackup: null,
    });
    expect((await ledger.health(NINE + 2 * 86_400_000)).trouble).toEqual([]);
  });

  it('counts texts whose receipt has not come by how long ago they were accepted', async () => {
    await twoMessages('sms');
    await sendAll(ledger, NINE);
    expect((await ledger.health(NINE + 60_000)).receipts).toEqual({ hour: 1, day: 0, threeDays: 0 });
    expect((await ledger.health(NINE + 2 * 3_600_000)).receipts).toEqual({ hour: 0, day: 1, threeDays: 0 });
    expect((await ledger.health(NINE + 2 * 86_400_000)).receipts).toEqual({ hour: 0, day: 0, threeDays: 1 });
    expect((await ledger.health(NINE + 4 * 86_400_000)).receipts).toEqual({ hour: 0, day: 0, threeDays: 0 });
  });

  it('tells what is held back from what is late', async () => {
    await twoMessages();
    await ledger.hold({ office: 'ruicheng', reason: 'operator', detail: '待核实', by: '许子轩', at: NINE });
    expect(await ledger.health(NINE)).toMatchObject({
      due: { count: 0, oldest: null },
      held: { count: 2, oldest: NINE },
      holds: [{ reason: 'operator', count: 1, oldest: NINE }],
    });
  });

  it('says how late a message is from the time for which it was placed, however often it is put off since', async () => {
    await twoMessages();
    const { id, fence } = await tried('temporary-failure', { retryAt: NINE + 1_800_000 });
    expect(fence).toBe(1);
    const [again] = await claimAll(ledger, NINE + 1_800_000);
    expect(again).toMatchObject({ id, dueAt: NINE });
  });

  it('knows which migrations are missing', async () => {
    expect(await ledger.pending()).toEqual([]);
    await database.query(`DELETE FROM cuiban.kysely_migration WHERE name LIKE '0011%'`);
    expect(await ledger.pending()).toEqual(['0011_watch']);
  });
});

describe('processes', () => {
  const worker = { id: 'p1', roles: ['worker', 'console'], version: '0.1.0', host: 'a', pid: 7 };

  it('stand as alive, as lost once they are silent for a minute, and not at all once they stopped in order', async () => {
    await ledger.alive(worker);
    await ledger.alive({ ...worker, id: 'p2', pid: 8 });
    expect((await ledger.health(NINE)).processes).toEqual([
      { role: 'console', alive: 2, lost: 0 },
      { role: 'worker', alive: 2, lost: 0 },
    ]);
    await database.query(`UPDATE cuiban.process SET seen_at = seen_at - interval '2 minutes' WHERE id = 'p2'`);
    expect((await ledger.health(NINE)).processes).toMatchObject([
      { alive: 1, lost: 1 },
      { alive: 1, lost: 1 },
    ]);
    const [first, second] = await ledger.processes();
    expect(first).toMatchObject(worker);
    expect(second?.silentFor).toBeGreaterThan(119);
    await ledger.gone('p1');
    expect((await ledger.processes()).map(({ id }) => id)).toEqual(['p2']);
  });

  it('are forgotten after a day of silence', async () => {
    await ledger.alive(worker);
    await database.query(`UPDATE cuiban.process SET seen_at = seen_at - interval '25 hours'`);
    await ledger.alive({ ...worker, id: 'p2' });
    expect((await ledger.processes()).map(({ id }) => id)).toEqual(['p2']);
  });
});

describe('what is in trouble', () => {
  it('stands by reason with the newest ids, as long as something in it is open', async () => {
    await twoMessages();
    const { id } = await tried('permanent-failure', { code: '550 5.1.1', detail: 'recipient: unknown' });
    expect(await ledger.trouble(10)).toEqual([
      {
        status: 'permanent-failure',
        channel: 'email',
        code: '550 5.1.1',
        detail: 'recipient: unknown',
        count: 1,
        since: NINE,
        next: null,
        ids: [id],
      },
    ]);
    await ledger.complete({ schedule: 'ruicheng-2022', ref: '一', unit: 'edu', due: null }, { ...answer(NINE), evidence: null });
    expect(await ledger.trouble(10)).toEqual([]);
  });
});

describe('retry', () => {
  it('makes an undeliverable message owed at once, closes its problem, and writes down who and why', async () => {
    await twoMessages();
    const { id } = await tried('permanent-failure', { code: '550' });
    expect((await ledger.status(NINE)).problems).toHaveLength(1);
    expect(await ledger.retry([id], DIRECTOR)).toEqual([
      { id, from: 'permanent-failure', to: 'temporary-failure', at: DIRECTOR.at },
    ]);
    expect((await ledger.status(NINE)).problems).toEqual([]);
    const [again] = await sendAll(ledger, DIRECTOR.at);
    expect(again).toMatchObject({ id, attempts: 0, items: [{ stage: 'd-5' }] });
    expect(await rows('SELECT message_id AS id, actor, note, from_status, to_status FROM cuiban.message_history')).toEqual([
      { id, actor: '许子轩', note: '邮箱已更正', from_status: 'permanent-failure', to_status: 'temporary-failure' },
    ]);
    expect(await rows('SELECT DISTINCT state FROM cuiban.reminder')).toEqual([{ state: 'sent' }]);
  });

  it('asked for at night waits for the office to open', async () => {
    await twoMessages();
    const { id } = await tried('permanent-failure');
    const [changed] = await ledger.retry([id], { ...DIRECTOR, at: at('2022-08-24', '22:00') });
    expect(changed?.at).toBe(at('2022-08-25'));
    expect((await ledger.dispatch(at('2022-08-25') - 1, 10)).messages).toEqual([]);
    expect((await ledger.dispatch(at('2022-08-25'), 10)).messages).toMatchObject([{ id }]);
  });

  it('sends one whose fate is unknown as it was, so that both copies are one mail', async () => {
    await twoMessages();
    const { id } = await tried('unknown', { retryAt: null });
    await ledger.retry([id], DIRECTOR);
    const [again] = await claimAll(ledger, DIRECTOR.at);
    expect(again).toMatchObject({ id, previousStatus: 'unknown', frozen: { text: '正文', revision: 0 } });
    expect((await ledger.health(NINE)).resends).toBe(1);
  });

  it('keeps in doubt what was refused only when it was sent again: the first copy may have arrived', async () => {
    await twoMessages();
    const { id } = await refusedInDoubt();
    const later = DIRECTOR.at + 3_600_000;
    expect(await ledger.retry([id], { ...DIRECTOR, at: later })).toMatchObject([{ from: 'permanent-failure', to: 'unknown' }]);
    await ledger.complete({ schedule: 'ruicheng-2022', ref: '一', unit: 'edu', due: null }, { ...answer(later), evidence: null });
    expect(await claimAll(ledger, later)).toEqual([]);
    expect(await rows(`SELECT status FROM cuiban.message WHERE id = '${id}'`)).toEqual([{ status: 'unknown' }]);
  });

  it('refuses what is sent, what is being sent and what speaks of nothing open, and then changes none of them', async () => {
    await twoMessages();
    const { id } = await tried('permanent-failure');
    const [sent] = await rows(`SELECT id::text AS id FROM cuiban.message WHERE status = 'sent'`);
    await expect(ledger.retry([id, String(sent?.['id'])], DIRECTOR)).rejects.toThrow('现为“已提交”，不能重发');
    expect(await rows(`SELECT status FROM cuiban.message WHERE id = '${id}'`)).toEqual([{ status: 'permanent-failure' }]);
    await ledger.complete({ schedule: 'ruicheng-2022', ref: '一', unit: 'edu', due: null }, { ...answer(NINE), evidence: null });
    await expect(ledger.retry([id], DIRECTOR)).rejects.toThrow('都已办结、撤销或改期');
    expect(await rows('SELECT 1 FROM cuiban.message_history')).toEqual([]);
  });

  it('leaves the problem open while another message about the same duty is stuck', async () => {
    await twoMessages();
    const { id } = await tried('permanent-failure');
    const later = at('2022-08-25');
    await database.query(
      'UPDATE cuiban.assignment SET next_at = due_at FROM (SELECT min(due_at) AS due_at FROM cuiban.message) AS m',
    );
    await ledger.sweep(NINE + 1, 10, (assignment) =>
      assignment.unit === 'edu' ? { ...tell('d-4', later)(assignment) } : { ...nothing },
    );
    const claimed = await claimAll(ledger, later);
    expect(claimed).toHaveLength(1);
    await ledger.settle(
      claimed.map((message) => settled(message, 'permanent-failure', { code: '550' })),
      later,
    );
    await ledger.retry([id], { ...DIRECTOR, at: later });
    expect((await ledger.status(later)).problems).toMatchObject([{ kind: 'undeliverable' }]);
  });
});

describe('a refusal told by a host whose clock is ahead', () => {
  it('puts off no look that is due before', async () => {
    await twoMessages();
    const claimed = await claimAll(ledger, NINE);
    await freezeAll(ledger, claimed);
    const target = { schedule: 'ruicheng-2022', ref: '一', unit: 'edu', due: null };
    await ledger.extend(target, '2022-09-05', { ...answer(NINE), approvedBy: '分管领导', number: '芮政办〔1〕号' });
    await ledger.settle(
      claimed.map((message) => settled(message, 'permanent-failure', { code: '550', refused: true })),
      NINE + 20_000,
    );
    expect((await ledger.sweep(NINE + 10_000, 10, () => nothing)).looked).toBe(1);
  });
});

describe('cancelling a message', () => {
  it('that waits voids what it carries, with the reason', async () => {
    await twoMessages();
    const [edu] = await rows(`SELECT id::text AS id FROM cuiban.message WHERE to_unit = 'edu'`);
    const id = String(edu?.['id']);
    const note = { ...DIRECTOR, note: '电话已告知' };
    expect(await ledger.cancelMessages([id], note)).toEqual([{ id, from: 'created', to: 'cancelled', at: null }]);
    expect((await ledger.dispatch(NINE, 10)).messages).toHaveLength(1);
    expect(await ledger.held(NINE, NINE + 1)).toMatchObject([
      { reason: 'cancelled', detail: '许子轩取消了这条消息：电话已告知' },
    ]);
  });

  it('whose body may be out keeps its state and is not sent again', async () => {
    await twoMessages();
    const { id } = await tried('unknown', { retryAt: DIRECTOR.at });
    expect(await ledger.cancelMessages([id], DIRECTOR)).toEqual([{ id, from: 'unknown', to: 'unknown', at: null }]);
    expect((await ledger.dispatch(DIRECTOR.at, 10)).messages).toEqual([]);
    expect(await ledger.trouble(10)).toEqual([]);
  });

  it('that was refused only when it was sent again is not called cancelled: the first copy may have arrived', async () => {
    await twoMessages();
    const { id } = await refusedInDoubt();
    const [change] = await ledger.cancelMessages([id], { ...DIRECTOR, at: DIRECTOR.at + 3_600_000 });
    expect(change).toMatchObject({ from: 'permanent-failure', to: 'permanent-failure' });
  });

  it('is refused while it is being sent', async () => {
    await twoMessages();
    const [claimed] = await claimAll(ledger, NINE);
    await expect(ledger.cancelMessages([claimed?.id ?? ''], DIRECTOR)).rejects.toThrow('正在发送');
  });
});

describe('the messages a person means', () => {
  it('are found by the beginning of an id, or by schedule, unit and reason among what will not go by itself', async () => {
    await twoMessages();
    const { id } = await tried('permanent-failure', { code: '550', detail: '' });
    const mean = (extra: object): Promise<readonly { readonly id: string }[]> =>
      ledger.messages({ undeliverable: true, schedule: null, unit: null, reason: null, ...extra });
    expect(await ledger.messages({ ids: [id.slice(0, 8)] })).toEqual([
      {
        id,
        office: 'ruicheng',
        channel: 'email',
        status: 'permanent-failure',
        unitName: '县教育局',
        post: '联络员',
        code: '550',
        detail: '',
        refs: ['一'],
      },
    ]);
    expect(await mean({})).toMatchObject([{ id }]);
    expect(await mean({ unit: '教育局', schedule: 'ruicheng-2022', reason: '550' })).toMatchObject([{ id }]);
    expect(await mean({ unit: 'fin' })).toEqual([]);
    expect(await mean({ reason: '551' })).toEqual([]);
    await expect(mean({ unit: '教育厅' })).rejects.toThrow('没有单位“教育厅”');
    await expect(ledger.messages({ ids: ['00000000'] })).rejects.toThrow('没有编号为 00000000 的消息');
    await expect(ledger.messages({ ids: ['xyz'] })).rejects.toThrow('不是消息编号');
  });
});

describe('sessions of the console', () => {
  const limits = { openMs: 8 * 3_600_000, idleMs: 1_800_000 };
  const session = { tokenHash: 'h', operator: 'xu', credential: 'c' };

  it('end after the hours they may last, after the minutes they may be idle, and at once when closed', async () => {
    await ledger.openSession(session, NINE);
    for (let minute = 25; minute < 8 * 60; minute += 25) {
      expect(await ledger.useSession('h', NINE + minute * 60_000, limits)).toEqual({ operator: 'xu', credential: 'c' });
    }
    expect(await ledger.useSession('h', NINE + limits.openMs, limits)).toBeNull();
    await ledger.openSession({ ...session, tokenHash: 'i' }, NINE);
    expect(await ledger.useSession('i', NINE + limits.idleMs, limits)).toBeNull();
    await ledger.openSession({ ...session, tokenHash: 'j' }, NINE);
    await ledger.closeSession('j');
    expect(await ledger.useSession('j', NINE + 1, limits)).toBeNull();
    expect(await ledger.useSession('never', NINE, limits)).toBeNull();
  });
});

import { setTimeout as wait } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Ledger } from '../../src/ledger/ledger.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { at, claimAll, confirmation, directory, duty, office, open, reminder, nothing, sendAll, tell, unit } from './cast.ts';

const now = at('2022-08-01');
const operator = { reason: 'operator', by: '王芳', at: now } as const;

let database: TestDatabase;
let ledger: Ledger;
let other: Ledger;

beforeEach(async () => {
  database = await testDatabase('ledger_holds');
  ledger = await open(database.url);
  other = await open(database.url);
  await ledger.migrate();
});

afterEach(async () => {
  await ledger.close();
  await other.close();
  await database.drop();
});

async function scalar(text: string): Promise<unknown> {
  const { rows } = await database.query(text);
  return Object.values(rows[0] ?? {})[0];
}

async function twoPlanned(): Promise<void> {
  await ledger.confirm(confirmation([duty('1', 'edu', '2022-08-31'), duty('2', 'fin', '2022-08-31')]));
  await ledger.sweep(now, 10, tell('assigned', now));
}

describe('while a hold is open', () => {
  it.each([[null], ['ruicheng']])('nothing of its office is dispatched or claimed (%s); released, it goes out', async (held) => {
    await twoPlanned();
    await ledger.hold({ ...operator, office: held, detail: '通知有误，待核实' });
    expect((await ledger.dispatch(now, 10)).messages).toEqual([]);
    // A drill would wait for ever for what may not go.
    expect(await ledger.nextOwed()).toBeNull();
    expect(await ledger.release({ office: held, reason: null, by: '王芳', at: now })).toBe(1);
    expect(await ledger.nextOwed()).toBe(now);
    expect(await sendAll(ledger, now)).toHaveLength(2);
  });

  it('what the queue has already is not claimed, and is owed again after the release', async () => {
    await twoPlanned();
    const { messages } = await ledger.dispatch(now, 10);
    const ids = messages.map(({ id }) => id);
    await ledger.hold({ ...operator, office: 'ruicheng', detail: '核实' });
    expect(await ledger.claim(ids, now, 'w1', 60_000)).toEqual([]);
    await ledger.release({ office: 'ruicheng', reason: 'operator', by: '王芳', at: now });
    expect(await claimAll(ledger, now)).toHaveLength(2);
  });

  it('other offices go on, and so does planning', async () => {
    const yongji = { ...office, id: 'yongji' };
    const both = await open(database.url, { office: yongji });
    await twoPlanned();
    const schedule = { ...confirmation([duty('1', 'edu', '2022-08-31')]).schedule, office: 'yongji', name: 'yongji-2022' };
    await both.confirm(
      confirmation([duty('1', 'edu', '2022-08-31')], { schedule, office: yongji, directory: { ...directory, office: 'yongji' } }),
    );
    await ledger.hold({ ...operator, office: 'ruicheng', detail: '核实' });
    expect((await both.sweep(now, 10, tell('assigned', now))).reminders).toBe(1);
    const { messages } = await both.dispatch(now, 10);
    const claimed = await both.claim(
      messages.map(({ id }) => id),
      now,
      'w1',
      60_000,
    );
    expect(claimed.map((message) => message.office)).toEqual(['yongji']);
    await both.close();
  });

  it('stands in the status, with who and why, and is a problem for the coordinator', async () => {
    await twoPlanned();
    await ledger.hold({ ...operator, office: null, detail: '通知有误' });
    const { holds, problems } = await ledger.status(now);
    expect(holds).toMatchObject([{ office: null, reason: 'operator', detail: '通知有误', openedAt: now, openedBy: '王芳' }]);
    expect(problems).toMatchObject([{ kind: 'held', office: 'ruicheng', assignment: null }]);
    expect(problems[0]?.detail).toContain('通知有误');
    await ledger.release({ office: null, reason: null, by: '李强', at: now + 1, note: '已核实' });
    expect(await ledger.status(now)).toMatchObject({ holds: [], problems: [] });
    expect((await database.query('SELECT released_by, release_note FROM cuiban.hold')).rows).toEqual([
      { released_by: '李强', release_note: '已核实' },
    ]);
  });
});

/** Notes what is about to commit, in that order: deferred triggers run last in their transactions, under all of their locks. */
const commitOrder = `
  CREATE TABLE public.committed (n bigint GENERATED ALWAYS AS IDENTITY, what text);
  CREATE FUNCTION public.committing() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO public.committed (what) VALUES (TG_ARGV[0]); RETURN NULL; END $$;
  CREATE CONSTRAINT TRIGGER a AFTER UPDATE ON cuiban.message DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (new.status = 'sending') EXECUTE FUNCTION public.committing('message');
  CREATE CONSTRAINT TRIGGER a AFTER INSERT ON cuiban.hold DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.committing('hold');
  CREATE CONSTRAINT TRIGGER b AFTER UPDATE ON cuiban.hold DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.committing('release')`;

describe('a hold', () => {
  it('is one per office and reason: a second only says it anew, and a release lifts no others', async () => {
    await twoPlanned();
    await ledger.hold({ ...operator, office: 'ruicheng', detail: '核实' });
    await ledger.hold({ ...operator, office: 'ruicheng', detail: '再核实', by: '李强' });
    await ledger.hold({ office: 'ruicheng', reason: 'burst', detail: '待发 5,000 条', by: 'cuiban', at: now });
    await ledger.hold({ office: null, reason: 'disk', detail: '磁盘将满', by: 'cuiban', at: now });
    expect((await ledger.holds()).map(({ reason, detail, openedBy }) => [reason, detail, openedBy])).toEqual([
      ['operator', '再核实', '王芳'],
      ['burst', '待发 5,000 条', 'cuiban'],
      ['disk', '磁盘将满', 'cuiban'],
    ]);
    expect(await ledger.release({ office: null, reason: 'burst', by: '王芳', at: now })).toBe(0);
    expect(await ledger.release({ office: 'ruicheng', reason: 'operator', by: '王芳', at: now })).toBe(1);
    expect((await ledger.holds()).map(({ reason }) => reason)).toEqual(['burst', 'disk']);
    expect((await ledger.dispatch(now, 10)).messages).toEqual([]);
  });

  it('of an office that is not there is refused', async () => {
    await expect(ledger.hold({ ...operator, office: 'nowhere', detail: '核实' })).rejects.toThrow('台账里没有办公室 nowhere');
  });

  it('that commits before a claim stops it, in 200 races', async () => {
    const tasks = Array.from({ length: 200 }, (_, n) => `t${n}`);
    const units = tasks.map((ref) => unit(`u-${ref}`, `单位${ref}`));
    await ledger.confirm(
      confirmation(
        tasks.map((ref) => duty(ref, `u-${ref}`, '2022-08-31')),
        { directory: { ...directory, units: [...directory.units, ...units] } },
      ),
    );
    await ledger.sweep(now, 500, (assignment) => ({ ...nothing, reminders: [reminder(assignment, 'assigned', now)] }));
    const { messages } = await ledger.dispatch(now, 500);
    expect(messages).toHaveLength(200);
    await database.query(commitOrder);
    let first = 0;
    for (const [n, { id }] of messages.entries()) {
      const [claimed] = await Promise.all([
        // From the same moment to well after the hold began.
        wait((n % 10) / 2).then(() => ledger.claim([id], now, 'w1', 60_000)),
        other.hold({ ...operator, office: null, detail: '核实' }),
      ]);
      first += claimed.length;
      expect(await ledger.claim([id], now, 'w1', 60_000)).toEqual([]);
      await other.release({ office: null, reason: null, by: '王芳', at: now });
    }
    expect(await scalar(`SELECT count(*)::int FROM cuiban.message WHERE status = 'sending'`)).toBe(first);
    const { rows: inOrder } = await database.query('SELECT what FROM public.committed ORDER BY n');
    const words = inOrder.map(({ what }) => String(what)).join(' ');
    expect(words.match(/hold/gu)).toHaveLength(200);
    // A claim stands before the hold that it raced with, or it found nothing to claim.
    expect(words).toMatch(/^(?:(?:message )?hold release ?)+$/u);
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(200);
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { answer, at, directory, duty, HEAD, LIAISON, office, openWork, schedule, task, type Work } from './cast.ts';

let work: Work;

beforeEach(async () => {
  work = await openWork('jobs_refused');
  work.answers((mail) => (mail.to.address === LIAISON ? { code: 550, text: '5.1.1 no such user' } : 'accept'));
  await work.confirm([duty('a', 'edu', '2022-08-31')], at('2022-08-01'));
  await work.tick(at('2022-08-01'));
  await work.tick(at('2022-08-01', '09:01'));
});

afterEach(async () => {
  await work.close();
});

const asked = (): Promise<readonly Record<string, unknown>[]> =>
  work.rows('SELECT m.address, a.status FROM cuiban.attempt a JOIN cuiban.message m ON m.id = a.message_id ORDER BY a.id');

const problems = async (): Promise<string[]> => (await work.ledger.status(at('2022-08-02'))).problems.map(({ kind }) => kind);

describe('a mailbox that the server refused for good', () => {
  it('is passed by at once: somebody else of the unit is told, and why', async () => {
    expect(work.mails.map(({ to, time }) => `${time} ${to}`)).toEqual([`09:01 ${HEAD}`]);
    expect(work.mails[0]?.text).toContain('联络员县教育局联络员的邮箱收不到信，故发到这里，请告知本办更正。');
    expect((await work.ledger.status(at('2022-08-02'))).problems).toMatchObject([
      { kind: 'address-refused', detail: expect.stringContaining('县教育局联络员县教育局联络员的邮箱收不到信') as string },
    ]);
    expect(await work.ledger.held(at('2022-08-01'), at('2022-08-02'))).toMatchObject([
      {
        stage: 'assigned',
        reason: 'refused',
        detail: '县教育局联络员县教育局联络员的邮箱收不到信，改送主要负责人县教育局主要负责人',
      },
    ]);
  });

  it('is never asked again, whatever falls due', async () => {
    await work.live('2022-08-02', '2022-09-02');
    expect((await asked()).filter(({ address }) => address === LIAISON)).toHaveLength(1);
    expect(new Set(work.mails.map(({ to }) => to))).toEqual(new Set([HEAD]));
    expect(work.mails.length).toBeGreaterThan(4);
  });

  it('is written to again under its new address, and the coordinator is rid of it', async () => {
    const fresh = { ...directory.units[1]?.contacts[0], email: 'new@edu.example' };
    const units = directory.units.map((unit) =>
      unit.id === 'edu' ? { ...unit, contacts: [fresh as never, ...unit.contacts.slice(1)] } : unit,
    );
    await work.ledger.updateDirectory(office, { ...directory, units }, at('2022-08-02'));
    expect(await problems()).toEqual([]);
    await work.live('2022-08-02', '2022-08-11');
    expect(work.mails.at(-1)).toMatchObject({ to: 'new@edu.example', day: '2022-08-10' });
    await work.ledger.updateDirectory(office, directory, at('2022-08-12'));
    work.answers('accept');
    await work.live('2022-08-12', '2022-08-22');
    expect(work.mails.at(-1)).toMatchObject({ to: LIAISON, day: '2022-08-22' });
  });

  it('is trusted again where a person retries what it refused, also when that is done meanwhile', async () => {
    const [row] = await work.rows(`SELECT id FROM cuiban.message WHERE status = 'permanent-failure'`);
    const id = String(row?.['id']);
    await work.ledger.complete(
      { schedule: 'ruicheng-2022', ref: 'a', unit: 'edu', due: null },
      { ...answer(at('2022-08-02')), evidence: null },
    );
    expect(await work.ledger.retry([id], answer(at('2022-08-02')))).toEqual([
      { id, from: 'permanent-failure', to: 'permanent-failure', at: null, trusted: true },
    ]);
    expect(await problems()).toEqual([]);
    await expect(work.ledger.retry([id], answer(at('2022-08-02')))).rejects.toThrow('不必重发');
    work.answers('accept');
    await work.confirm([duty('b', 'edu', '2022-09-30')], at('2022-08-03'), { schedule: schedule([task('b')], 'second') });
    await work.tick(at('2022-08-03'));
    expect(work.mails.at(-1)).toMatchObject({ to: LIAISON, day: '2022-08-03' });
  });
});

describe('where nobody is left', () => {
  it('the duty is put to the coordinator, and told as soon as somebody can be reached', async () => {
    work.answers({ code: 550, text: '5.1.1 no such user' });
    const extra = { schedule: schedule([task('b')], 'second') };
    await work.confirm([duty('b', 'edu', '2022-09-30')], at('2022-08-02'), extra);
    await work.live('2022-08-02', '2022-08-03');
    expect(await problems()).toEqual(['address-refused', 'address-refused', 'no-address']);
    work.answers('accept');
    const mended = directory.units.map((unit) => ({
      ...unit,
      contacts: unit.contacts.map((each) => (each.email === LIAISON ? { ...each, email: 'new@edu.example' } : each)),
    }));
    await work.ledger.updateDirectory(office, { ...directory, units: mended }, at('2022-08-04'));
    await work.tick(at('2022-08-04'));
    expect(work.mails.at(-1)).toMatchObject({ to: 'new@edu.example', day: '2022-08-04' });
    expect(work.mails.at(-1)?.text).toContain('任务b');
    expect(await problems()).toEqual(['address-refused']);
  });
});

describe('what was planned for a mailbox before it was refused', () => {
  it('is taken back when its turn comes, with the reason, and goes another way', async () => {
    // Placed for the morning after, while the one of today is on its way.
    await work.rows(`UPDATE cuiban.recipient SET refused_at = NULL, refused_code = NULL`);
    await work.confirm([duty('b', 'edu', '2022-09-30')], at('2022-08-01', '18:00'), {
      schedule: schedule([task('b')], 'second'),
    });
    await work.sweep(at('2022-08-01', '18:00'));
    await work.rows(`UPDATE cuiban.recipient SET refused_at = cuiban.clock() WHERE address = '${LIAISON}'`);
    const before = work.mails.length;
    await work.tick(at('2022-08-02'));
    await work.tick(at('2022-08-02', '09:01'));
    expect(work.mails.slice(before).map(({ to }) => to)).toEqual([HEAD]);
    expect(await work.rows(`SELECT state, void_reason FROM cuiban.reminder WHERE void_reason IS NOT NULL`)).toEqual([
      { state: 'void', void_reason: 'refused' },
    ]);
  });
});

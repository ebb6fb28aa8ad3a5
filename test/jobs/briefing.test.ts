import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { answer, at, directory, duty, office, openWork, type Work } from './cast.ts';

const COORDINATOR = 'office.0.1@ruicheng.example';

let work: Work;

beforeEach(async () => {
  work = await openWork('jobs_briefing', { briefs: true });
});

afterEach(async () => {
  await work.close();
});

const briefings = (): string[] =>
  work.mails
    .filter(({ subject }) => subject.includes('简报'))
    .map(({ day, time, to, subject }) => `${day} ${time} ${to} ${subject}`);

describe('the coordinator', () => {
  it('hears once every working morning, whoever sweeps and however often, until nothing is open', async () => {
    await work.confirm([duty('a', 'edu', '2022-09-30')], at('2022-08-25'));
    await work.tick(at('2022-08-26', '08:34'));
    expect(briefings()).toEqual([]);
    const now = at('2022-08-26', '08:35');
    expect((await Promise.all([1, 2, 3, 4].map(() => work.ledger.planBriefings(now)))).reduce((sum, made) => sum + made)).toBe(1);
    for (const time of ['08:35', '08:36', '16:00']) await work.tick(at('2022-08-26', time));
    await work.live('2022-08-27', '2022-08-29');
    expect(briefings()).toEqual([
      `2022-08-26 08:35 ${COORDINATOR} 【催办简报】8月26日（周五）：一切正常`,
      `2022-08-29 09:00 ${COORDINATOR} 【催办简报】8月29日（周一）：一切正常`,
    ]);
    await work.ledger.complete(
      { schedule: 'ruicheng-2022', ref: 'a', unit: 'edu', due: null },
      { ...answer(at('2022-08-29')), evidence: null },
    );
    await work.live('2022-08-30', '2022-08-31');
    expect(briefings()).toHaveLength(2);
  });

  it('hears what is true when the mail leaves, and a letter of the same day is not merged into it nor put off for it', async () => {
    await work.confirm(
      [duty('a', 'edu', '2022-08-24'), duty('b', 'edu', '2022-08-20', { pursuit: 'undecided' })],
      at('2022-08-24', '08:40'),
    );
    await work.tick(at('2022-08-24', '08:40'));
    await work.tick(at('2022-08-24', '09:00'));
    const mails = work.mails.filter(({ to }) => to === COORDINATOR);
    expect(mails.map(({ subject }) => subject)).toEqual([
      '【催办简报】8月24日（周三）：今日到期1项',
      '【待定】“任务b”确认时已过时限，请定夺',
    ]);
    expect(mails[0]?.text).toContain('今日到期1项：县教育局“任务a”。');
  });

  it('hears nothing while sending is held; the briefing of a day that is over is dropped', async () => {
    await work.confirm([duty('a', 'edu', '2022-09-30')], at('2022-08-25'));
    await work.ledger.hold({ office: null, reason: 'operator', detail: '', by: '王芳', at: at('2022-08-26') });
    await work.tick(at('2022-08-26', '08:35'));
    await work.tick(at('2022-08-27'));
    await work.ledger.release({ office: null, reason: null, by: '王芳', at: at('2022-08-28') });
    await work.live('2022-08-28', '2022-08-29');
    expect(briefings()).toEqual([`2022-08-29 09:00 ${COORDINATOR} 【催办简报】8月29日（周一）：一切正常`]);
    expect(await work.rows(`SELECT day::text, status, code FROM cuiban.message WHERE kind = 'briefing' ORDER BY day`)).toEqual([
      { day: '2022-08-26', status: 'cancelled', code: 'EXPIRED' },
      { day: '2022-08-29', status: 'sent', code: '' },
    ]);
  });

  it('that nobody can reach is heard for by the mailbox of the office itself', async () => {
    const units = directory.units.map((unit) => (unit.id === 'office' ? { ...unit, contacts: unit.contacts.slice(1) } : unit));
    await work.confirm([duty('a', 'edu', '2022-09-30')], at('2022-08-25'), { directory: { ...directory, units } });
    await work.tick(at('2022-08-26', '08:35'));
    expect(briefings()).toEqual([expect.stringContaining(office.replyTo.address)]);
  });

  it('hears of a briefing whose fate was unknown a second time under one Message-ID', async () => {
    await work.confirm([duty('a', 'edu', '2022-09-30')], at('2022-08-25'));
    await work.tick(at('2022-08-25'));
    work.answers('accept-drop');
    await work.tick(at('2022-08-26', '08:35'));
    work.answers('accept');
    await work.tick(at('2022-08-26', '09:00'));
    const copies = work.mails.filter(({ to, day }) => to === COORDINATOR && day === '2022-08-26');
    expect(copies).toHaveLength(2);
    expect(new Set(copies.map(({ messageId }) => messageId)).size).toBe(1);
  });
});

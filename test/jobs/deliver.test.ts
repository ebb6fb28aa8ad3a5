import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { answer, at, duty, HEAD, LIAISON, type Mail, openWork, schedule, task, type Work } from './cast.ts';

const edu = { schedule: 'ruicheng-2022', ref: 'a', unit: 'edu', due: null } as const;

let work: Work;

beforeEach(async () => {
  work = await openWork('jobs_deliver');
});

afterEach(async () => {
  await work.close();
});

const when = ({ day, time }: Mail): string => `${day} ${time}`;

/** The queue forgets everything, as after a crash or a FLUSHALL. */
async function loseTheQueue(now: number): Promise<void> {
  work.forget();
  await work.ledger.reconcile(now, 0);
}

describe('a mail that its day went by', () => {
  it('goes out on the next working day together with what is due then, as one mail', async () => {
    // 31 August is a Wednesday: three working days before it is Friday 26, two is Monday 29.
    await work.confirm([duty('a', 'edu', '2022-08-31')], at('2022-08-01'));
    await work.tick(at('2022-08-01'));
    await work.live('2022-08-02', '2022-08-25');
    const before = work.mails.length;
    await work.sweep(at('2022-08-26'));
    await loseTheQueue(at('2022-08-26'));
    await work.tick(at('2022-08-27', '02:00'));
    expect(work.mails.slice(before)).toEqual([]);
    expect(await work.ledger.nextOwed()).toBe(at('2022-08-29'));
    await work.confirm([duty('b', 'edu', '2022-08-29')], at('2022-08-28'), { schedule: schedule([task('b')], 'second') });
    await work.tick(at('2022-08-29'));
    expect(work.mails.slice(before).map((mail) => [when(mail), mail.to])).toEqual([['2022-08-29 09:00', LIAISON]]);
    expect(work.mails.at(-1)?.text).toContain('任务a');
    expect(work.mails.at(-1)?.text).toContain('任务b');
  });

  it('two days in a row are one mail on the third', async () => {
    await work.confirm([duty('a', 'edu', '2022-08-31')], at('2022-08-01'));
    await work.tick(at('2022-08-01'));
    await work.live('2022-08-02', '2022-08-29');
    const before = work.mails.length;
    for (const day of ['2022-08-30', '2022-08-31']) {
      await work.sweep(at(day));
      await loseTheQueue(at(day));
    }
    await work.live('2022-09-01', '2022-09-02');
    const late = work.mails.slice(before);
    expect(late.map((mail) => `${when(mail)} ${mail.to}`).toSorted()).toEqual([
      `2022-09-01 09:00 ${LIAISON}`,
      `2022-09-01 09:00 ${HEAD}`,
    ]);
    expect(late.map(({ subject }) => subject).join()).not.toContain('下班前');
  });
});

describe('outside office hours nothing leaves', () => {
  it('although it was handed to the queue before closing time', async () => {
    await work.confirm([duty('a', 'edu', '2022-09-30')], at('2022-08-26', '17:29'));
    await work.sweep(at('2022-08-26', '17:29'));
    await work.deliver(at('2022-08-26', '17:30'));
    expect(work.mails).toEqual([]);
    await work.tick(at('2022-08-26', '17:31'));
    await work.tick(at('2022-08-29'));
    expect(work.mails.map(when)).toEqual(['2022-08-29 09:00']);
    expect(await work.ledger.held(at('2022-08-26'), at('2022-08-27'))).toMatchObject([
      { stage: 'assigned', reason: 'outside-hours', until: at('2022-08-29') },
    ]);
  });

  it('although the worker that had it died and its lease ran out in the night', async () => {
    await work.confirm([duty('a', 'edu', '2022-09-30')], at('2022-08-26', '17:00'));
    work.answers('hang');
    await work.sweep(at('2022-08-26', '17:00'));
    const ids = (await work.rows('SELECT id FROM cuiban.message')).map((row) => String(row['id']));
    const claimed = await work.ledger.claim(ids, at('2022-08-26', '17:00'), 'dead', 1);
    expect(claimed).toHaveLength(1);
    work.forget();
    work.answers('accept');
    await work.reconcile(at('2022-08-27', '02:00'));
    await work.tick(at('2022-08-27', '02:00'));
    expect(work.mails).toEqual([]);
    await work.tick(at('2022-08-29'));
    expect(work.mails.map(when)).toEqual(['2022-08-29 09:00']);
  });
});

describe('a mail whose fate is unknown', () => {
  it('keeps its Message-ID until it is accepted, also when the relay puts it off to another day', async () => {
    await work.confirm([duty('a', 'edu', '2022-09-30')], at('2022-08-30', '17:00'));
    work.answers('accept-drop');
    await work.tick(at('2022-08-30', '17:00'));
    expect(work.mails).toHaveLength(1);
    work.answers({ code: 451, text: '4.7.1 greylisted' });
    await work.tick(at('2022-08-30', '17:15'));
    await work.tick(at('2022-08-30', '17:20'));
    work.answers('accept');
    await work.live('2022-08-31', '2022-08-31');
    expect(work.mails).toHaveLength(2);
    expect(new Set(work.mails.map(({ messageId }) => messageId)).size).toBe(1);
    expect((await work.ledger.status(at('2022-08-31', '18:00'))).resends).toBeGreaterThan(0);
  });

  it('keeps it when the worker is stopped before it could be repeated', async () => {
    await work.confirm([duty('a', 'edu', '2022-09-30')], at('2022-08-30', '17:00'));
    work.answers('accept-drop');
    await work.tick(at('2022-08-30', '17:00'));
    work.answers('accept');
    await work.sweep(at('2022-08-30', '17:16'));
    await work.deliver(at('2022-08-30', '17:16'), AbortSignal.abort());
    await work.live('2022-08-31', '2022-08-31');
    expect(work.mails).toHaveLength(2);
    expect(new Set(work.mails.map(({ messageId }) => messageId)).size).toBe(1);
  });
});

describe('a worker that is told to stop', () => {
  it('gives back at once what it has claimed and not begun, and the next one sends it', async () => {
    const now = at('2022-08-30', '17:00');
    await work.confirm([duty('a', 'edu', '2022-09-30')], now);
    await work.sweep(now);
    work.stop();
    await work.deliver(now);
    expect(work.mails).toEqual([]);
    expect(await work.rows('SELECT status, lease_until AS lease FROM cuiban.message')).toEqual([
      { status: 'temporary-failure', lease: null },
    ]);
    expect(await work.ledger.nextOwed()).toBe(now);
  });
});

describe('what was answered between planning and sending', () => {
  it('is not sent: completed, cancelled or moved', async () => {
    await work.confirm(
      [duty('a', 'edu', '2022-08-31'), duty('b', 'edu', '2022-08-31'), duty('c', 'edu', '2022-08-31')],
      at('2022-08-01'),
    );
    await work.tick(at('2022-08-01'));
    await work.live('2022-08-02', '2022-08-25');
    const before = work.mails.length;
    const now = at('2022-08-26');
    await work.sweep(now);
    await work.ledger.complete(edu, { ...answer(now), evidence: null });
    await work.ledger.cancel({ ...edu, ref: 'b' }, answer(now));
    await work.ledger.extend({ ...edu, ref: 'c' }, '2022-12-30', { ...answer(now), approvedBy: '赵县长', number: '3号' });
    await work.deliver(now);
    expect(work.mails.slice(before)).toEqual([]);
  });
});

describe('a relay that takes nothing because our settings are wrong', () => {
  it('loses no mail, is told once however many wait, and is forgotten when it is mended', async () => {
    const problems = async (now: number): Promise<readonly string[]> =>
      (await work.ledger.status(now)).problems.map(({ kind, detail }) => `${kind} ${detail}`);
    await work.confirm([duty('a', 'edu', '2022-08-31'), duty('b', 'edu', '2022-08-31')], at('2022-08-01'), {
      schedule: schedule([task('a'), task('b')]),
    });
    await work.tick(at('2022-08-01'));
    work.answers({ code: 530, text: '5.7.0 authentication required' });
    const before = work.mails.length;
    await work.live('2022-08-26', '2022-09-01');
    await work.reconcile(at('2022-09-01', '18:00'));
    expect(work.mails).toHaveLength(before);
    expect(await problems(at('2022-09-01', '18:00'))).toEqual([
      expect.stringMatching(/^channel-down 邮件发不出去，请检查设置和对方服务器；修好后自动补发：530 5\.7\.0 /u),
    ]);

    work.answers('accept');
    await work.live('2022-09-02', '2022-09-02');
    await work.reconcile(at('2022-09-02', '18:00'));
    expect(
      work.mails
        .slice(before)
        .map(({ to }) => to)
        .toSorted(),
    ).toEqual([LIAISON, HEAD].toSorted());
    expect(await problems(at('2022-09-02', '18:00'))).toEqual([]);
  });
});

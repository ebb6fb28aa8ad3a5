import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Deadline } from '../../src/domain/deadline.ts';
import { answer, at, duty, HEAD, LIAISON, openWork, type Work } from './cast.ts';

const monthly: Deadline = { kind: 'recurring', rule: 'monthly', text: '每月' };
const edu = { schedule: 'ruicheng-2022', ref: 'a', unit: 'edu', due: null } as const;
const done = (when: number) => ({ ...answer(when), evidence: null });

let work: Work;

beforeEach(async () => {
  work = await openWork('jobs_sweep');
});

afterEach(async () => {
  await work.close();
});

async function dues(): Promise<readonly string[]> {
  const rows = await work.rows('SELECT due::text AS due FROM cuiban.assignment ORDER BY due');
  return rows.map(({ due }) => String(due));
}

describe('a monthly duty', () => {
  const confirmed = (): Promise<boolean> =>
    work.confirm([duty('a', 'edu', '2022-08-31', { deadline: monthly })], at('2022-08-01'));

  it('done before the worker was down for three months comes again for every month since', async () => {
    await confirmed();
    await work.tick(at('2022-08-01'));
    await work.ledger.complete(edu, done(at('2022-08-10')));
    await work.tick(at('2022-12-05'));
    expect(await dues()).toEqual(['2022-08-31', '2022-09-30', '2022-10-31', '2022-11-30', '2022-12-31']);
  });

  it('is escalated one rung a working day for each month that went by unnoticed, and reminded of the month to come', async () => {
    await confirmed();
    await work.tick(at('2022-08-01'));
    await work.ledger.complete(edu, done(at('2022-08-10')));
    await work.live('2022-12-05', '2022-12-09');
    const told = await work.rows(
      `SELECT a.due::text AS due, r.stage, min(r.sent_at AT TIME ZONE 'Asia/Shanghai')::date::text AS on
         FROM cuiban.reminder r JOIN cuiban.assignment a ON a.id = r.assignment_id
        WHERE r.rung > 0 AND r.state = 'sent' AND a.due = '2022-10-31' GROUP BY 1, 2 ORDER BY 3`,
    );
    expect(told.map(({ stage, on }) => `${String(stage)} ${String(on)}`)).toEqual([
      'o+1 2022-12-05',
      'o+3 2022-12-06',
      'o+7 2022-12-07',
    ]);
    const perDay = work.mails.filter(({ to }) => to === HEAD).map(({ day }) => day);
    expect(perDay).toEqual([...new Set(perDay)]);
    expect(work.mails.filter(({ to }) => to === LIAISON).length).toBeGreaterThan(0);
  });

  it('goes on when its occurrence was cancelled by mistake and reopened after the next one should have begun', async () => {
    await confirmed();
    await work.tick(at('2022-08-01'));
    await work.ledger.cancel(edu, answer(at('2022-08-20')));
    await work.tick(at('2022-09-05'));
    await work.ledger.reopen(edu, answer(at('2022-09-05', '10:00')));
    await work.tick(at('2022-09-05', '10:01'));
    expect(await dues()).toEqual(['2022-08-31', '2022-09-30']);
  });

  it('begins its next occurrence in time although this one was extended beyond it and then done', async () => {
    await confirmed();
    await work.tick(at('2022-08-01'));
    const approval = { ...answer(at('2022-08-20')), approvedBy: '赵县长', number: '3号' };
    await work.ledger.extend(edu, '2022-10-15', approval);
    await work.ledger.complete(edu, done(at('2022-08-22')));
    await work.tick(at('2022-09-01', '00:00'));
    expect(await dues()).toEqual(['2022-09-30', '2022-10-15']);
  });

  it('extended by a few days is reminded of the new date, also before the old one', async () => {
    await confirmed();
    await work.tick(at('2022-08-01'));
    const approval = { ...answer(at('2022-08-20')), approvedBy: '赵县长', number: '3号' };
    await work.ledger.extend(edu, '2022-09-02', approval);
    await work.live('2022-08-22', '2022-08-31');
    const told = await work.rows(`SELECT stage FROM cuiban.reminder WHERE sequence = 1 AND state = 'sent' ORDER BY at`);
    expect(told.map(({ stage }) => stage)).toEqual(['extended', 'd-3']);
  });
});

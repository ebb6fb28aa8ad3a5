import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { type AnswerTarget, type Ledger, LedgerRefusal } from '../../src/ledger/ledger.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import {
  answer,
  at,
  claimAll,
  confirmation,
  directory,
  duty,
  nothing,
  office,
  open,
  reminder,
  schedule,
  sendAll,
  task,
  tell,
} from './cast.ts';

const now = at('2022-08-24');
const edu: AnswerTarget = { schedule: 'ruicheng-2022', ref: 'a', unit: '县教育局', due: null };
const yearly = { kind: 'recurring', rule: 'yearly 03-31', text: '每年3月底前' } as const;

let database: TestDatabase;
let ledger: Ledger;

beforeEach(async () => {
  database = await testDatabase('ledger_answers');
  ledger = await open(database.url);
  await ledger.migrate();
});

afterEach(async () => {
  await ledger.close();
  await database.drop();
});

async function confirmed(...duties: ReturnType<typeof duty>[]): Promise<void> {
  await ledger.confirm(confirmation(duties));
}

function done(when = now): ReturnType<typeof answer> & { evidence: string | null } {
  return { ...answer(when), evidence: 'http://ruicheng.example/1' };
}

async function statuses(): Promise<readonly unknown[]> {
  const { rows } = await database.query(
    `SELECT unit_id || ' ' || coalesce(due::text, '-') || ' ' || status AS said FROM cuiban.assignment ORDER BY id`,
  );
  return rows.map(({ said }) => said);
}

describe('confirming', () => {
  it('stores all or nothing, and the same content once', async () => {
    const first = confirmation([duty('a', 'edu', '2022-08-31')], {
      problems: [{ kind: 'unknown-unit', assignment: null, detail: '有关部门' }],
    });
    expect(await ledger.confirm(first)).toBe(true);
    expect(await ledger.confirm({ ...first, at: now })).toBe(false);
    expect(await ledger.schedules()).toEqual([first.schedule]);
    expect(await ledger.directories()).toEqual([directory]);
    expect(await statuses()).toEqual(['edu 2022-08-31 needs-action']);
    expect((await ledger.status(now)).problems).toMatchObject([{ kind: 'unknown-unit', detail: '有关部门' }]);
  });

  it('refuses other content under the same name, and says what differs', async () => {
    await ledger.confirm(confirmation([duty('a', 'edu', '2022-08-31')]));
    const other = confirmation([duty('b', 'edu', '2022-08-31')], {
      schedule: schedule([task('a', { title: '改了' }), task('b')]),
    });
    await expect(ledger.confirm(other)).rejects.toThrow('已于2022-08-01确认，现在的内容与当时不同（新增任务b，改动任务a）');
  });

  it('confirms once when two do it at the same moment', async () => {
    const second = await open(database.url);
    const both = await Promise.all([ledger, second].map((each) => each.confirm(confirmation([duty('a', 'edu', '2022-08-31')]))));
    await second.close();
    expect(both.toSorted()).toEqual([false, true]);
  });

  it('lets no unit leave the directory while it has open work, and any other', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'));
    const without = (...gone: string[]) => ({ ...directory, units: directory.units.filter(({ id }) => !gone.includes(id)) });
    const before = await ledger.directories();
    await expect(ledger.updateDirectory(office, without('edu', 'fin'), now)).rejects.toThrow('还有未办结的任务');
    expect(await ledger.directories()).toEqual(before);
    await ledger.updateDirectory(office, without('fin'), now);
    const [stored] = await ledger.directories();
    expect(stored?.units.map(({ id }) => id)).not.toContain('fin');
    expect(stored?.units.map(({ id }) => id)).toContain('edu');
  });
});

describe('answering', () => {
  it('acknowledges every open duty of the unit in that task, once', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'), duty('a', 'edu', null), duty('b', 'edu', '2022-08-31'));
    const { changed, untouched } = await ledger.acknowledge({ ...edu, unit: '教育局' }, answer(now));
    expect(changed.map(({ from, to, due }) => [from, to, due])).toEqual([
      ['needs-action', 'acknowledged', '2022-08-31'],
      ['needs-action', 'acknowledged', null],
    ]);
    expect(untouched).toEqual([]);
    await expect(ledger.acknowledge(edu, answer(now))).rejects.toThrow('已经签收过');
  });

  it('completes all dated duties and leaves the undated one', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'), duty('a', 'edu', '2022-10-31'), duty('a', 'edu', null));
    const { changed, untouched } = await ledger.complete(edu, done());
    expect(changed.map(({ due }) => due)).toEqual(['2022-08-31', '2022-10-31']);
    expect(untouched.map(({ due, to }) => [due, to])).toEqual([[null, 'needs-action']]);
    expect((await ledger.complete(edu, done())).changed.map(({ due }) => due)).toEqual([null]);
    await expect(ledger.complete(edu, done())).rejects.toThrow(
      '没有未办结的事项。现有：2022-08-31已办结；2022-10-31已办结；无时限已办结',
    );
  });

  it('completes the one that is named', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'), duty('a', 'edu', '2022-10-31'), duty('a', 'edu', null));
    expect((await ledger.complete({ ...edu, due: '2022-10-31' }, done())).changed.map(({ due }) => due)).toEqual(['2022-10-31']);
    expect((await ledger.complete({ ...edu, due: 'ongoing' }, done())).changed.map(({ due }) => due)).toEqual([null]);
    await expect(ledger.complete({ ...edu, due: '2022-09-30' }, done())).rejects.toThrow('没有未办结的事项（时限2022-09-30）');
  });

  it('completes one occurrence of a recurring duty and lets the planner open the next', async () => {
    await confirmed(duty('a', 'edu', '2023-03-31', { deadline: yearly }), duty('b', 'fin', '2022-08-31'));
    await ledger.sweep(now, 10, () => nothing);
    await ledger.complete(edu, done());
    expect(await ledger.nextOwed()).toBe(at('2023-04-01', '00:00'));
    await ledger.complete({ ...edu, ref: 'b', unit: 'fin' }, done());
    const looks = await database.query('SELECT count(next_at)::int AS n FROM cuiban.assignment');
    expect(looks.rows).toEqual([{ n: 1 }]);
  });

  it('closes cooperating duties when every lead unit is done', async () => {
    await confirmed(
      duty('a', 'edu', '2022-08-31'),
      duty('a', 'fin', '2022-08-31'),
      duty('a', 'water', '2022-08-31', { role: 'cooperate' }),
      duty('a', 'water', '2022-10-31', { role: 'cooperate' }),
    );
    await ledger.sweep(now, 10, tell('d-5', now));
    await ledger.complete(edu, done());
    expect((await statuses()).slice(2)).toEqual(['water 2022-08-31 needs-action', 'water 2022-10-31 needs-action']);
    const { changed } = await ledger.complete({ ...edu, unit: '县财政局' }, done());
    expect(changed.map(({ unitName, voided }) => [unitName, voided])).toEqual([
      ['县财政局', 1],
      ['县水利局', 1],
    ]);
    expect((await statuses()).slice(2)).toEqual(['water 2022-08-31 completed', 'water 2022-10-31 needs-action']);
    const { rows } = await database.query(`SELECT note FROM cuiban.history WHERE to_status = 'completed' ORDER BY id`);
    expect(rows).toEqual([{ note: null }, { note: null }, { note: '牵头单位已办结' }]);
    expect((await claimAll(ledger, now)).map(({ items }) => items.map(({ assignment }) => assignment.due))).toEqual([
      ['2022-10-31'],
    ]);
  });

  it('sees the last lead even when two are completed at the same moment', async () => {
    const refs = Array.from({ length: 30 }, (_, n) => `t${n}`);
    await confirmed(
      ...refs.flatMap((ref) => [
        duty(ref, 'edu', '2022-08-31'),
        duty(ref, 'fin', '2022-08-31'),
        duty(ref, 'water', '2022-08-31', { role: 'cooperate' as const }),
      ]),
    );
    const second = await open(database.url);
    await Promise.all(
      refs.flatMap((ref) => [ledger.complete({ ...edu, ref }, done()), second.complete({ ...edu, ref, unit: 'fin' }, done())]),
    );
    await second.close();
    expect((await statuses()).filter((said) => !String(said).endsWith('completed'))).toEqual([]);
  });

  it('moves a due date: what was planned is void, the sequence rises, the original stays', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'));
    await ledger.sweep(now, 10, tell('d-5', now));
    const { changed } = await ledger.extend(edu, '2022-09-15', {
      ...answer(now),
      approvedBy: '赵县长',
      number: '芮政批〔2022〕3号',
    });
    expect(changed).toMatchObject([
      { due: '2022-09-15', previousDue: '2022-08-31', voided: 1, from: 'needs-action', to: 'needs-action' },
    ]);
    expect(await ledger.assignments('ruicheng-2022')).toMatchObject([
      {
        due: '2022-09-15',
        originalDue: '2022-08-31',
        sequence: 1,
        extendedAt: now,
        approval: { by: '赵县长', number: '芮政批〔2022〕3号' },
      },
    ]);
    expect(await ledger.nextOwed()).toBe(now);
    await ledger.sweep(now, 10, tell('extended', now));
    expect((await sendAll(ledger, now)).map(({ items }) => items.map(({ stage }) => stage))).toEqual([['extended']]);
    const { rows } = await database.query(
      'SELECT from_due::text, to_due::text, evidence FROM cuiban.history ORDER BY id DESC LIMIT 1',
    );
    expect(rows).toEqual([
      { from_due: '2022-08-31', to_due: '2022-09-15', evidence: { by: '赵县长', number: '芮政批〔2022〕3号' } },
    ]);
  });

  it('asks which of several dates is meant', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'), duty('a', 'edu', '2022-10-31'));
    const approval = { ...answer(now), approvedBy: '赵县长', number: '3号' };
    await expect(ledger.extend(edu, '2022-11-15', approval)).rejects.toThrow('请写明是哪一个：2022-08-31、2022-10-31');
    expect((await ledger.extend({ ...edu, due: '2022-10-31' }, '2022-11-15', approval)).untouched.map(({ due }) => due)).toEqual([
      '2022-08-31',
    ]);
    await expect(ledger.extend({ ...edu, due: '2022-11-15' }, '2022-11-15', approval)).rejects.toThrow('时限已是2022-11-15');
    await expect(ledger.extend(edu, '9月15日', approval)).rejects.toThrow('不是日期');
  });

  it('reopens the last closed duty without saying old things again', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'), duty('a', 'edu', '2022-10-31'));
    await ledger.complete({ ...edu, due: '2022-10-31' }, done(now));
    await ledger.complete({ ...edu, due: '2022-08-31' }, done(at('2022-08-25')));
    const later = at('2022-08-26');
    expect((await ledger.reopen(edu, answer(later))).changed).toMatchObject([
      { from: 'completed', to: 'needs-action', due: '2022-08-31' },
    ]);
    expect(await ledger.assignments('ruicheng-2022')).toMatchObject([{ due: '2022-08-31', plannedThrough: later }]);
    expect(await ledger.nextOwed()).toBe(later);
  });

  it('cancels, and cancels for good', async () => {
    await confirmed(duty('a', 'edu', '2023-03-31', { deadline: yearly }));
    await ledger.sweep(now, 10, tell('d-5', now, {}, { nextAt: at('2022-08-25') }));
    expect((await ledger.cancel(edu, answer(now))).changed).toMatchObject([{ to: 'cancelled', voided: 1 }]);
    expect(await claimAll(ledger, now)).toEqual([]);
    expect(await ledger.nextOwed()).toBeNull();
  });

  it('names what comes nearest where a name is not known', async () => {
    await confirmed(duty('三(二)-1', 'edu', '2022-08-31'));
    const refused = async (target: Partial<AnswerTarget>): Promise<string> => {
      const error: unknown = await ledger
        .acknowledge({ ...edu, ref: '三(二)-1', ...target }, answer(now))
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(LedgerRefusal);
      return String(error);
    };
    expect(await refused({ schedule: 'ruichen-2022' })).toContain('没有分解表“ruichen-2022”。最接近的是：ruicheng-2022');
    expect(await refused({ ref: '三(二)-2' })).toContain('最接近的是：三(二)-1');
    expect(await refused({ unit: '县水务局' })).toContain('没有单位“县水务局”。最接近的是：县水利局');
    expect(await refused({ unit: '县财政局' })).toContain('县财政局不承担任务“三(二)-1”。承担的单位：县教育局');
    expect((await ledger.acknowledge({ ...edu, ref: '三（二）-1' }, answer(now))).changed).toHaveLength(1);
  });

  it('leaves exactly one row of history for every change, and none can be altered', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'));
    await ledger.acknowledge(edu, answer(now));
    await ledger.extend(edu, '2022-09-15', { ...answer(now), approvedBy: '赵县长', number: '3号' });
    await ledger.complete(edu, done());
    await ledger.reopen(edu, answer(now));
    await ledger.cancel(edu, answer(now));
    const { rows } = await database.query(
      `SELECT coalesce(from_status, '') || ' > ' || to_status AS step FROM cuiban.history ORDER BY id`,
    );
    expect(rows.map(({ step }) => step)).toEqual([
      ' > needs-action',
      'needs-action > acknowledged',
      'acknowledged > acknowledged',
      'acknowledged > completed',
      'completed > needs-action',
      'needs-action > cancelled',
    ]);
    for (const text of [`UPDATE cuiban.history SET note = 'x'`, 'DELETE FROM cuiban.history', 'TRUNCATE cuiban.history']) {
      await expect(database.query(text)).rejects.toThrow('only grows');
    }
  });
});

describe('the summary of a schedule', () => {
  it('counts what each unit was told and did', async () => {
    await confirmed(duty('a', 'edu', '2022-08-31'), duty('b', 'edu', '2022-09-30'), duty('a', 'fin', '2022-08-31'));
    await ledger.sweep(at('2022-08-01'), 10, tell('assigned', at('2022-08-01'), {}, { nextAt: at('2022-09-01') }));
    await sendAll(ledger, at('2022-08-01'));
    await ledger.acknowledge(edu, answer(at('2022-08-02')));
    await ledger.complete(edu, done(at('2022-08-31', '23:59')));
    const leader = {
      unit: 'office',
      contact: 'office/liaison/1',
      post: '分管领导',
      rung: 2,
      address: 'office.liaison.1@ruicheng.example',
    };
    await ledger.updateDirectory(
      office,
      {
        ...directory,
        units: directory.units.map((each) =>
          each.id === 'office' ? { ...each, contacts: each.contacts.map((one) => ({ ...one, post: '分管领导' })) } : each,
        ),
      },
      at('2022-09-01'),
    );
    await ledger.sweep(at('2022-09-01'), 10, (assignment) =>
      assignment.unit === 'fin'
        ? {
            ...nothing,
            reminders: [reminder(assignment, 'o+1', at('2022-09-01')), reminder(assignment, 'o+7', at('2022-09-01'), leader)],
          }
        : nothing,
    );
    await sendAll(ledger, at('2022-09-01'));
    expect(await ledger.summary('ruicheng-2022', at('2022-09-01'))).toEqual([
      {
        unit: 'edu',
        unitName: '县教育局',
        duties: 2,
        emails: 1,
        sms: 0,
        acknowledged: 1,
        completedInTime: 1,
        completedLate: 0,
        openOverdue: 0,
        open: 1,
        escalatedTo: [],
      },
      {
        unit: 'fin',
        unitName: '县财政局',
        duties: 1,
        emails: 2,
        sms: 0,
        acknowledged: 0,
        completedInTime: 0,
        completedLate: 0,
        openOverdue: 1,
        open: 1,
        escalatedTo: ['分管领导'],
      },
    ]);
    expect((await ledger.status(at('2022-09-01'))).schedules).toEqual([
      {
        name: 'ruicheng-2022',
        office: 'ruicheng',
        title: '2022年政务公开工作要点',
        open: 2,
        closed: 1,
        overdue: 1,
        undecided: 0,
      },
    ]);
  });
});

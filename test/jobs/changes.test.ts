import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Contact, Directory } from '../../src/domain/directory.ts';
import { Calendar } from '../../src/domain/calendar.ts';
import { answer, at, contact, directory, duty, LIAISON, office, openWork, schedule, task, type Work } from './cast.ts';

const edu = { schedule: 'ruicheng-2022', ref: 'a', unit: 'edu', due: null } as const;

let work: Work;

beforeEach(async () => {
  work = await openWork('jobs_changes');
});

afterEach(async () => {
  await work.close();
});

/** The directory with these people at the bureau. */
function staffed(...contacts: readonly Contact[]): Directory {
  return { ...directory, units: directory.units.map((each) => (each.id === 'edu' ? { ...each, contacts } : each)) };
}

const head = contact('edu/1/1', '主要负责人', '李强', { mobile: null });
const liaison = (extra: Partial<Contact> = {}): Contact => contact('edu/0/1', '联络员', '王芳', { mobile: null, ...extra });

describe('a directory that changes', () => {
  it('with the confirmation of another schedule is followed by what is planned already', async () => {
    const evening = at('2022-08-26', '20:00');
    await work.confirm([duty('a', 'edu', '2022-09-30')], evening);
    await work.tick(evening);
    const moved = staffed(liaison({ email: 'new@ruicheng.example' }), head);
    await work.confirm([duty('b', 'edu', '2022-09-30')], at('2022-08-27'), {
      directory: moved,
      schedule: schedule([task('b')], 'second'),
    });
    await work.tick(at('2022-08-29'));
    expect(work.mails.map(({ to }) => to)).toEqual(['new@ruicheng.example']);
  });

  it('while a sweep plans with the old one does not send to the old address', async () => {
    await work.confirm([duty('a', 'edu', '2022-09-30')], at('2022-08-29'));
    await work.sweep(at('2022-08-29'));
    // As if the sweep had read the directory before, and recorded after, the address was changed.
    await work.database.query(`UPDATE cuiban.contact SET email = 'new@ruicheng.example' WHERE id = 'edu/0/1'`);
    await work.deliver(at('2022-08-29'));
    await work.tick(at('2022-08-29', '09:01'));
    expect(work.mails.map(({ to }) => to)).toEqual(['new@ruicheng.example']);
  });

  it('gives the letter of who left to who came, when the one left while it was held', async () => {
    const evening = at('2022-08-31', '20:00');
    const people = [
      liaison({ until: '2022-08-31' }),
      contact('edu/0/2', '联络员', '张伟', { mobile: null, from: '2022-09-01' }),
      head,
    ];
    await work.confirm([duty('a', 'edu', '2022-09-30')], evening, { directory: staffed(...people) });
    await work.tick(evening);
    await work.live('2022-09-01', '2022-09-02');
    expect(work.mails.map(({ to, subject }) => `${to} ${subject.slice(0, 4)}`)).toEqual(['edu.0.2@ruicheng.example 【交办】']);
  });

  it('tells a newcomer what nobody could be told, and closes the problem', async () => {
    await work.confirm([duty('a', 'edu', '2022-09-30')], at('2022-08-29'), { directory: staffed(head) });
    await work.tick(at('2022-08-29'));
    const problems = async (): Promise<readonly string[]> =>
      (await work.ledger.status(at('2022-08-30'))).problems.map(({ kind }) => kind);
    expect(await problems()).toEqual(['nobody-at-post']);
    await work.ledger.updateDirectory(office, staffed(liaison({ email: null }), head), at('2022-08-29', '10:00'));
    await work.tick(at('2022-08-29', '10:01'));
    expect(await problems()).toEqual(['no-address']);
    await work.ledger.updateDirectory(office, staffed(liaison(), head), at('2022-08-29', '11:00'));
    await work.tick(at('2022-08-29', '11:01'));
    expect(await problems()).toEqual([]);
    expect(work.mails.map(({ to, subject }) => `${to} ${subject.slice(0, 4)}`)).toEqual([`${LIAISON} 【交办】`]);
  });
});

describe('a letter about an event before the digest of the day', () => {
  it('waits for the digest and does not take its place', async () => {
    await work.confirm([duty('a', 'edu', '2022-08-31'), duty('b', 'edu', '2022-09-30')], at('2022-08-01'));
    await work.tick(at('2022-08-01'));
    await work.live('2022-08-02', '2022-08-30');
    const before = work.mails.length;
    const early = at('2022-08-31', '08:40');
    await work.ledger.extend({ ...edu, ref: 'b' }, '2022-10-31', { ...answer(early), approvedBy: '赵县长', number: '3号' });
    await work.tick(early);
    await work.live('2022-08-31', '2022-08-31');
    const mails = work.mails.slice(before).filter(({ to }) => to === LIAISON);
    expect(mails.map(({ day, time }) => `${day} ${time}`)).toEqual(['2022-08-31 09:00']);
    expect(mails[0]?.subject).toContain('今日到期');
    expect(mails[0]?.text).toContain('10月31日');
  });
});

describe('a new date', () => {
  it('that is past already is refused: it would be escalated at once', async () => {
    await work.confirm([duty('a', 'edu', '2022-08-31')], at('2022-08-01'));
    const approval = { ...answer(at('2022-08-20')), approvedBy: '赵县长', number: '3号' };
    await expect(work.ledger.extend(edu, '2021-09-15', approval)).rejects.toThrow('2021-09-15已经过去');
    await expect(work.ledger.extend(edu, '2022-08-19', approval)).rejects.toThrow('已经过去');
    expect((await work.ledger.extend(edu, '2022-08-20', approval)).changed).toHaveLength(1);
  });

  it('that is earlier voids what was planned for the old one and is reminded of in time', async () => {
    await work.confirm([duty('a', 'edu', '2022-09-30')], at('2022-08-01'));
    await work.tick(at('2022-08-01'));
    await work.live('2022-08-02', '2022-08-19');
    const before = work.mails.length;
    const now = at('2022-08-22');
    await work.ledger.extend(edu, '2022-08-26', { ...answer(now), approvedBy: '赵县长', number: '3号' });
    await work.live('2022-08-22', '2022-08-29');
    const told = work.mails
      .slice(before)
      .map(({ day, to, subject }) => `${day.slice(5)} ${to.slice(0, 5)} ${subject.slice(0, 6)}`);
    expect(told.toSorted()).toEqual([
      '08-22 edu.0 【时限调整】',
      '08-23 edu.0 【临期】“任',
      '08-25 edu.0 【临期】“任',
      '08-26 edu.0 【今日到期】',
      '08-29 edu.0 【逾期1个工',
      '08-29 edu.1 【逾期1个工',
    ]);
  });
});

describe('a new date that is entered while a sweeper’s clock is ahead', () => {
  it('is told all the same', async () => {
    await work.confirm([duty('a', 'edu', '2022-09-30')], at('2022-08-01'));
    await work.tick(at('2022-08-01'));
    await work.live('2022-08-02', '2022-08-19');
    await work.ledger.follow('looked at again', at('2022-08-22', '10:02'));
    await work.sweep(at('2022-08-22', '10:02'));
    await work.ledger.extend(edu, '2022-10-31', { ...answer(at('2022-08-22', '10:01')), approvedBy: '赵县长', number: '3号' });
    await work.tick(at('2022-08-22', '10:03'));
    expect(work.mails.at(-1)?.subject).toContain('【时限调整】');
  });
});

describe('a calendar that changes', () => {
  it('moves what lies ahead, also to before the look that was arranged', async () => {
    await work.confirm([duty('a', 'edu', '2022-10-10')], at('2022-09-01'));
    await work.tick(at('2022-09-01'));
    await work.live('2022-09-02', '2022-09-27');
    const before = work.mails.length;
    // Known late: two days before the due date are no working days, so one working day before it is Friday 30 September.
    const { calendar } = work.context.config();
    const exceptions = new Map([
      ...calendar.data.exceptions,
      ...['2022-10-08', '2022-10-09'].map((day) => [day, { workday: false, name: '放假' }] as const),
    ]);
    work.configure({ version: 'another', calendar: new Calendar({ ...calendar.data, exceptions }) });
    await work.live('2022-09-28', '2022-10-10');
    const told = work.mails.slice(before).map(({ day, subject }) => `${day} ${subject.slice(0, 6)}`);
    expect(told).toEqual(['2022-09-28 【临期】“任', '2022-09-30 【临期】“任', '2022-10-10 【今日到期】']);
  });
});

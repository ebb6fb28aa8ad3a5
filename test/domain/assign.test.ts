import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { assign } from '../../src/domain/assign.ts';
import type { Deadline } from '../../src/domain/deadline.ts';
import type { Directory, Unit } from '../../src/domain/directory.ts';
import type { Schedule, Task } from '../../src/domain/notice.ts';
import { education, notice, supervisor } from '../support/cast.ts';

function unit(id: string, name: string, aliases: readonly string[] = []): Unit {
  return { id, name, aliases, external: false, contacts: [] };
}

/** The county: 县教育局, 县财政局 (also 财政部门), 县住建局, and two townships that go by 各乡镇（街道）. */
const directory: Directory = {
  office: 'ruicheng',
  supervisor: supervisor.id,
  units: [
    supervisor,
    education,
    unit('finance', '县财政局', ['财政部门']),
    unit('housing', '县住建局'),
    unit('guwei', '古魏镇'),
    unit('monan', '陌南镇'),
  ],
  groups: [
    { name: '各乡镇（街道）', aliases: ['各乡镇'], members: ['guwei', 'monan'], review: null },
    { name: '有关部门', aliases: [], members: ['education', 'finance', 'housing'], review: '请确认' },
  ],
};

const august: Deadline = { kind: 'by', date: '2022-08-31', text: '2022年8月底前' };
const ongoing: Deadline = { kind: 'ongoing', text: '年内持续推进' };

function task(change: Partial<Task> = {}): Task {
  return {
    ref: '三(二)-1',
    title: '公开清单',
    quote: null,
    deadlines: [august],
    lead: ['县教育局'],
    cooperate: [],
    review: [],
    groups: {},
    ...change,
  };
}

function handed(change: Partial<Task>, confirmedOn = '2022-07-12') {
  const schedule: Schedule = { name: 'ruicheng-2022', office: 'ruicheng', notice, tasks: [task(change)] };
  return assign(schedule, directory, confirmedOn);
}

const who = (change: Partial<Task>) => handed(change).assignments.map(({ unit: id, role }) => `${role} ${id}`);
const when = (deadlines: readonly Deadline[], confirmedOn?: string) =>
  handed({ deadlines }, confirmedOn).assignments.map(({ pursuit, due, deadline }) => `${pursuit} ${due} ${deadline?.text}`);

describe('who answers for a task', () => {
  it('is every unit it names, found by name or alias, leads before those who cooperate', () => {
    expect(who({ lead: ['县教育局', '财政部门'], cooperate: ['县住建局'] })).toEqual([
      'lead education',
      'lead finance',
      'cooperate housing',
    ]);
  });

  it('is every member of a group, however its brackets and spaces are typed', () => {
    expect(who({ lead: ['各乡镇(街道)'], cooperate: [' 有关 部门'] })).toEqual([
      'lead guwei',
      'lead monan',
      'cooperate education',
      'cooperate finance',
      'cooperate housing',
    ]);
  });

  it('is what the task itself means by a group, before what the directory does', () => {
    expect(who({ lead: ['县教育局'], cooperate: ['有关部门'], groups: { 有关部门: ['县住建局', '各乡镇'] } })).toEqual([
      'lead education',
      'cooperate housing',
      'cooperate guwei',
      'cooperate monan',
    ]);
  });

  it('is asked once, though a unit is named by itself and in a group', () => {
    expect(who({ lead: ['县财政局', '财政部门', '有关部门'] })).toEqual(['lead finance', 'lead education', 'lead housing']);
  });

  it('leads when it would both lead and cooperate', () => {
    expect(who({ lead: ['县教育局'], cooperate: ['有关部门'] })).toEqual([
      'lead education',
      'cooperate finance',
      'cooperate housing',
    ]);
  });

  it('is put to the coordinator where a name is unknown, and the others are not held up', () => {
    const { assignments, problems } = handed({ lead: ['县教育局', '县气象局'] });
    expect(assignments.map(({ unit: id }) => id)).toEqual(['education']);
    expect(problems).toEqual([{ kind: 'unknown-unit', assignment: null, detail: '三(二)-1：通讯录中没有“县气象局”' }]);
  });

  it('is told how to part names that were written as one', () => {
    const { problems } = handed({ lead: ['县气象局、县文旅局'] });
    expect(problems[0]?.detail).toBe('三(二)-1：通讯录中没有“县气象局、县文旅局”；是几个单位的，请用半角逗号“,”隔开');
  });

  it('is put to the coordinator where nobody leads, and those who cooperate are told all the same', () => {
    const { assignments, problems } = handed({ lead: [], cooperate: ['县住建局'] });
    expect(assignments.map(({ unit: id, role }) => `${role} ${id}`)).toEqual(['cooperate housing']);
    expect(problems).toEqual([{ kind: 'no-unit', assignment: null, detail: '三(二)-1“公开清单”没有牵头单位，请指定' }]);
  });
});

describe('by when', () => {
  it('is asked once when body and bracket say the same, in the words of the first', () => {
    expect(when([august, { ...august, text: '8月底前', inferred: '年份取自通知标题' }])).toEqual([
      'dated 2022-08-31 2022年8月底前',
    ]);
  });

  it('is asked of every unit for every date: 10月起 and 9月底前 are both pursued', () => {
    const both: Deadline[] = [
      { kind: 'from', date: '2022-10-01', text: '10月起' },
      { kind: 'by', date: '2022-09-30', text: '9月底前' },
    ];
    expect(when(both)).toEqual(['dated 2022-10-01 10月起', 'dated 2022-09-30 9月底前']);
    expect(handed({ deadlines: both, lead: ['各乡镇'] }).assignments).toHaveLength(4);
  });

  it('is a date and a cadence where the body has one and the bracket the other', () => {
    expect(when([{ kind: 'by', date: '2022-12-31', text: '年底前' }, ongoing])).toEqual([
      'dated 2022-12-31 年底前',
      'cadence null 年内持续推进',
    ]);
  });

  it('is a cadence for a duty without any time', () => {
    expect(when([])).toEqual(['cadence null undefined']);
  });

  it('is one cadence, though several words call for it', () => {
    expect(when([{ kind: 'from', date: '2022-07-01', text: '7月开始执行' }, ongoing])).toEqual(['cadence null 7月开始执行']);
  });

  it('is pursued on the day itself and put to the coordinator from the day after', () => {
    expect(when([august], '2022-08-31')).toEqual(['dated 2022-08-31 2022年8月底前']);
    expect(when([august], '2022-09-01')).toEqual(['undecided 2022-08-31 2022年8月底前']);
  });

  it('is a running duty when it starts today or has started, and a date when it starts tomorrow', () => {
    const start: Deadline = { kind: 'from', date: '2022-10-01', text: '10月起' };
    expect(when([start], '2022-09-30')).toEqual(['dated 2022-10-01 10月起']);
    expect(when([start], '2022-10-01')).toEqual(['cadence null 10月起']);
  });

  it('is the first time after the notice for what comes again: 每年3月底前 in July is March of the next year', () => {
    expect(when([{ kind: 'recurring', rule: 'yearly 03-31', text: '每年3月底前' }])).toEqual(['dated 2023-03-31 每年3月底前']);
  });

  it('is three dates for every month, every quarter and every half-year, though two of them fall together', () => {
    const rules = (['monthly', 'quarterly', 'half-yearly'] as const).map((rule): Deadline => ({
      kind: 'recurring',
      rule,
      text: rule,
    }));
    expect(when(rules)).toEqual(['dated 2022-07-31 monthly', 'dated 2022-09-30 quarterly', 'dated 2022-12-31 half-yearly']);
  });

  it('is never nothing: a rule that has run out leaves the cadence, with its words', () => {
    expect(when([{ kind: 'recurring', rule: 'monthly', text: '每月' }], '2023-02-01')).toEqual(['cadence null 每月']);
  });
});

describe('for any names in any order', () => {
  const names = fc.array(
    fc.constantFrom('县教育局', '县财政局', '财政部门', '县住建局', '古魏镇', '各乡镇', '各乡镇（街道）', '有关部门', '县气象局'),
    { maxLength: 6 },
  );

  it('no unit is asked twice for one date, none in two roles, and all dates are asked of each', () => {
    fc.assert(
      fc.property(
        names,
        names,
        fc.subarray([august, ongoing, { kind: 'by', date: '2022-09-30', text: '9月底前' } as Deadline]),
        (lead, cooperate, deadlines) => {
          const { assignments } = handed({ lead, cooperate, deadlines });
          const keys = assignments.map(({ unit: id, due }) => `${id} ${due}`);
          expect(new Set(keys).size).toBe(keys.length);
          const units = new Set(assignments.map(({ unit: id }) => id));
          expect(new Set(assignments.map(({ unit: id, role }) => `${id} ${role}`)).size).toBe(units.size);
          expect(assignments).toHaveLength(units.size * Math.max(1, deadlines.length));
        },
      ),
      { numRuns: 200 },
    );
  });
});

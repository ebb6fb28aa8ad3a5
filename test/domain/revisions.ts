// Schedules to revise: a small one of our own writing, and arbitrary ones.

import fc from 'fast-check';

import type { Deadline } from '../../src/domain/deadline.ts';
import type { Notice, Schedule, Task } from '../../src/domain/notice.ts';

export const notice: Notice = {
  title: '示例县2026年政务公开工作要点',
  number: '示政办发〔2026〕3号',
  issuer: '示例县人民政府办公室',
  issuedOn: '2026-03-02',
  assumedIssuedOn: null,
  year: 2026,
};

export function by(date: string, text = `${Number(date.slice(5, 7))}月底前`): Deadline {
  return { kind: 'by', date, text };
}

export const ongoing: Deadline = { kind: 'ongoing', text: '持续推进' };

export function task(ref: string, change: Partial<Task> = {}): Task {
  return {
    ref,
    title: `任务${ref}`,
    quote: null,
    deadlines: [by('2026-06-30')],
    lead: ['县教育局'],
    cooperate: [],
    groups: {},
    review: [],
    ...change,
  };
}

export function schedule(tasks: readonly Task[], change: Partial<Schedule> = {}): Schedule {
  return { name: 'shili-2026', office: 'shili', notice, tasks, ...change };
}

/** Three clauses that a county might write. */
export const bus = task('1', {
  title: '公布校车线路',
  quote: '1.公布城区校车线路和停靠站点，开学前在县政府网站更新一次，方便家长查询。（责任单位：县教育局）',
});
export const meals = task('2', {
  title: '公布食堂抽检结果',
  quote: '2.学校食堂抽检结果按月向社会公布，不合格的写明整改情况和复检日期。（责任单位：县市场监管局、县教育局）',
  lead: ['县市场监管局'],
  cooperate: ['县教育局'],
  deadlines: [{ kind: 'recurring', rule: 'monthly', text: '按月' }],
});
export const wells = task('3', {
  title: '核对机井台账',
  quote: '3.各乡镇核对农村机井台账，9月底前报县水利局汇总并公开。（责任单位：县水利局，各乡镇）',
  lead: ['县水利局'],
  cooperate: ['各乡镇'],
  deadlines: [by('2026-09-30')],
});

const UNITS = ['县教育局', '县水利局', '县财政局', '县民政局', '各乡镇', '县税务局'];
const WORDS = [
  '公布',
  '核对',
  '台账',
  '清单',
  '校车',
  '机井',
  '食堂',
  '抽检',
  '结果',
  '名单',
  '补助',
  '审批',
  '时限',
  '网站',
  '栏目',
  '更新',
  '培训',
  '通报',
  '低保',
  '线路',
];

const deadline: fc.Arbitrary<Deadline> = fc.oneof(
  fc.integer({ min: 1, max: 12 }).map((month): Deadline => by(`2026-${String(month).padStart(2, '0')}-28`)),
  fc.constantFrom<Deadline>(
    ongoing,
    { kind: 'recurring', rule: 'quarterly', text: '每季度' },
    { kind: 'from', date: '2026-10-01', text: '10月起' },
  ),
);

const body = fc.record({
  words: fc.array(fc.constantFrom(...WORDS), { minLength: 2, maxLength: 8 }),
  quoted: fc.boolean(),
  deadlines: fc.array(deadline, { maxLength: 3 }),
  units: fc.uniqueArray(fc.constantFrom(...UNITS), { minLength: 1, maxLength: 4 }),
  leading: fc.integer({ min: 1, max: 3 }),
  review: fc.array(fc.constantFrom('请核对', '名单以“等”字收尾'), { maxLength: 1 }),
});

export const tasks: fc.Arbitrary<readonly Task[]> = fc.array(body, { minLength: 1, maxLength: 9 }).map((bodies) =>
  bodies.map(({ words, quoted, deadlines, units, leading, review }, at) => {
    const text = words.join('');
    return task(String(at + 1), {
      title: text.slice(0, 8),
      quote: quoted ? `${at + 1}.${text}。` : null,
      deadlines,
      lead: units.slice(0, leading),
      cooperate: units.slice(leading),
      review,
    });
  }),
);

export const schedules: fc.Arbitrary<Schedule> = tasks.map((each) => schedule(each));

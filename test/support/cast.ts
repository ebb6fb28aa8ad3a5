// The known cast: a county office, a unit that answers, and the calendar of 2022 and early 2023 typed from the
// State Council's notices, so that no library is its own judge.

import type { Assignment } from '../../src/domain/assignment.ts';
import { Calendar, type DayException } from '../../src/domain/calendar.ts';
import type { Contact, Unit } from '../../src/domain/directory.ts';
import { CALM } from '../../src/domain/escalation.ts';
import type { Notice } from '../../src/domain/notice.ts';
import type { Office } from '../../src/domain/office.ts';
import type { PlanContext } from '../../src/domain/plan.ts';
import type { Ladder, Policy, Recipient, Stage, StageTiming } from '../../src/domain/policy.ts';
import { type Instant, instantOf } from '../../src/domain/time.ts';

const HOLIDAYS = [
  '2022-01-03',
  '2022-01-31',
  '2022-02-01',
  '2022-02-02',
  '2022-02-03',
  '2022-02-04',
  '2022-04-04',
  '2022-04-05',
  '2022-05-02',
  '2022-05-03',
  '2022-05-04',
  '2022-06-03',
  '2022-09-12',
  '2022-10-03',
  '2022-10-04',
  '2022-10-05',
  '2022-10-06',
  '2022-10-07',
  '2023-01-02',
  '2023-01-23',
  '2023-01-24',
  '2023-01-25',
  '2023-01-26',
  '2023-01-27',
  '2023-04-05',
];
const MADE_UP = [
  '2022-01-29',
  '2022-01-30',
  '2022-04-02',
  '2022-04-24',
  '2022-05-07',
  '2022-10-08',
  '2022-10-09',
  '2023-01-28',
  '2023-01-29',
];

export const calendar = new Calendar({
  version: 'typed by hand',
  firstYear: 2021,
  lastYear: 2024,
  announcedYears: new Set([2022, 2023]),
  exceptions: new Map<string, DayException>([
    ...HOLIDAYS.map((date) => [date, { workday: false, name: '放假' }] as const),
    ...MADE_UP.map((date) => [date, { workday: true, name: '调休上班' }] as const),
  ]),
});

export const office: Office = {
  id: 'ruicheng',
  name: '芮城县人民政府办公室',
  signature: '芮城县政府办',
  locale: 'zh-CN',
  hours: { zone: 'Asia/Shanghai', start: '08:30', end: '17:30', sendAt: '09:00' },
  caps: { email: 1, sms: 1 },
  from: { name: '芮城县人民政府办公室', address: 'cuiban@ruicheng.example' },
  replyTo: { name: '芮城县人民政府办公室', address: 'zwgk@ruicheng.example' },
  phone: '0359-0000000',
  contactPerson: '县政府办公室政务公开股',
};

export const notice: Notice = {
  title: '芮城县2022年政务公开工作要点',
  number: '芮政办发〔2022〕26号',
  issuer: '芮城县人民政府办公室',
  issuedOn: '2022-07-12',
  assumedIssuedOn: null,
  year: 2022,
};

function person(unit: string, post: string, name: string): Contact {
  return {
    id: `${unit}/${post}/1`,
    post,
    name,
    email: `${encodeURIComponent(name).replaceAll('%', '')}@${unit}.example`,
    mobile: '+8612000000001',
    from: null,
    until: null,
  };
}

/** 县教育局: leads, answers late. */
export const education: Unit = {
  id: 'education',
  name: '县教育局',
  aliases: [],
  external: false,
  contacts: [person('education', '联络员', '王芳'), person('education', '主要负责人', '李强')],
};

/** 县政府办公室: coordinates and supervises. */
export const supervisor: Unit = {
  id: 'county-office',
  name: '县政府办公室',
  aliases: [],
  external: false,
  contacts: [
    person('county-office', '协调人', '赵敏'),
    person('county-office', '督办', '周斌'),
    person('county-office', '分管领导', '孙杰'),
  ],
};

const liaison: Recipient = { of: 'unit', post: '联络员' };
const head: Recipient = { of: 'unit', post: '主要负责人' };

function stage(id: string, timing: StageTiming, rest: Partial<Stage> = {}): Stage {
  return { id, timing, repeatEvery: null, to: [liaison], cc: [], via: ['email'], letter: id, rung: 0, ...rest };
}

const after = (offset: number): StageTiming => ({ offset, days: 'working' });

export const lead: Ladder = {
  name: 'lead',
  stages: [
    stage('assigned', { on: 'confirmed' }),
    stage('extended', { on: 'extended' }),
    stage('decide', { on: 'past-due' }, { to: [{ of: 'supervisor', post: '协调人' }] }),
    ...[30, 15, 7, 3, 1, 0].map((days) => stage(`d-${days}`, after(-days))),
    stage('o+1', after(1), { to: [head], cc: [liaison], rung: 1 }),
    stage('o+3', after(3), { to: [{ of: 'supervisor', post: '督办' }], cc: [liaison], rung: 2 }),
    stage('o+7', after(7), { to: [{ of: 'supervisor', post: '分管领导' }], cc: [head], rung: 3 }),
    stage('o-weekly', after(12), { repeatEvery: 5 }),
  ],
};

export const undated: Ladder = {
  name: 'undated',
  stages: [stage('assigned', { on: 'confirmed' }), stage('progress', { every: 'quarter', before: 5 })],
};

export const policy: Policy = {
  version: 'test',
  ladders: new Map([
    ['lead', lead],
    ['undated', undated],
  ]),
  rules: [
    { match: { kinds: ['ongoing'] }, ladder: 'undated' },
    { match: {}, ladder: 'lead' },
  ],
};

/** An instant on the office's clock: `at('2022-08-31 09:00')`. */
export function at(text: string): Instant {
  const [date = '', time = '09:00'] = text.split(' ');
  return instantOf('Asia/Shanghai', date, time);
}

export function context(now: Instant): PlanContext {
  return { office, policy, calendar, unit: education, supervisor, channels: new Set(['email', 'sms']), escalation: CALM, now };
}

/** 三(二)-1 of 芮城县: the 8月底 list, led by 县教育局, confirmed on the morning the notice was issued. */
export function duty(change: Partial<Assignment> = {}): Assignment {
  const due = change.due === undefined ? '2022-08-31' : change.due;
  const deadline = change.deadline ?? { kind: 'by', date: '2022-08-31', text: '8月底前', inferred: '年份取自通知标题' };
  return {
    id: '1',
    office: office.id,
    schedule: 'ruicheng-2022',
    notice,
    task: { ref: '三(二)-1', title: '公共企事业单位公开清单', lead: ['县教育局'], cooperate: [], deadlines: [deadline] },
    ref: '三(二)-1',
    unit: education.id,
    role: 'lead',
    deadline,
    pursuit: 'dated',
    originalDue: due,
    status: 'needs-action',
    sequence: 0,
    confirmedAt: at('2022-07-12 10:00'),
    extendedAt: null,
    approval: null,
    plannedThrough: 0,
    ladder: null,
    ...change,
    due,
  };
}

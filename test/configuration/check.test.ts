import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';

import { check, type Finding } from '../../src/configuration/check.ts';
import { readDirectory } from '../../src/configuration/directory.ts';
import { type Configuration, readConfiguration } from '../../src/configuration/index.ts';
import { readPolicy } from '../../src/configuration/policy.ts';
import type { Contact, Directory, Unit } from '../../src/domain/directory.ts';
import type { Schedule, Task } from '../../src/domain/notice.ts';
import { endOfAugust, notice } from './cast.ts';
import { shipped, valueOf } from './support.ts';

let configuration: Configuration;
beforeAll(async () => {
  configuration = valueOf(await readConfiguration('config'));
});

const contact = (post: string, changes: Partial<Contact> = {}): Contact => ({
  id: `${post}/1`,
  post,
  name: '某某',
  email: 'a@unit.example',
  mobile: '+8612000010001',
  from: null,
  until: null,
  ...changes,
});
const office: Unit = {
  id: 'county-office',
  name: '县政府办公室',
  aliases: [],
  external: false,
  contacts: ['联络员', '主要负责人', '协调人', '督办', '分管领导'].map((post) => contact(post)),
};
const education = (...contacts: readonly Contact[]): Unit => ({
  id: 'education',
  name: '县教育局',
  aliases: [],
  external: false,
  contacts,
});
const staffed = education(contact('联络员'), contact('主要负责人'));
const directoryOf = (...units: readonly Unit[]): Directory => ({
  office: 'ruicheng',
  supervisor: 'county-office',
  units,
  groups: [],
});

const task: Task = {
  ref: '三(二)-1',
  title: '公布主动公开事项清单',
  quote: null,
  deadlines: [endOfAugust],
  lead: ['县教育局'],
  cooperate: [],
  review: [],
  groups: {},
};
const scheduleOf = (changes: Partial<Task> = {}): Schedule => ({
  name: 'ruicheng-2022',
  office: 'ruicheng',
  notice,
  tasks: [{ ...task, ...changes }],
});
const words = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ level, where, message }) => `${level} ${where} ${message}`);
const checked = (schedule: Schedule, directory: Directory, changes: Partial<Configuration> = {}): readonly string[] =>
  words(check({ ...configuration, ...changes }, [{ schedule, directory }]));

describe('a configuration and a schedule in order', () => {
  it('have no findings', () => {
    expect(checked(scheduleOf(), directoryOf(office, staffed))).toEqual([]);
  });

  it.each(['ruicheng-2022', 'shanxi-2022', 'daixian-2021', 'guanxian-2022', 'shangdang-2022'])(
    'the directory of %s staffs every supervising post',
    (name) => {
      const file = `seeds/${name}/directory.yaml`;
      const directory = valueOf(readDirectory({ file, text: readFileSync(file, 'utf8') }));
      const lead = directory.units.filter(({ external }) => !external).map((unit) => unit.name);
      const schedule: Schedule = { ...scheduleOf({ lead }), office: directory.office };
      expect(check(configuration, [{ schedule, directory }]).filter(({ level }) => level === 'error')).toEqual([]);
    },
  );
});

describe('somebody who cannot be reached is found before the first letter', () => {
  it('a unit without a head: every stage that would go to the head is named', () => {
    expect(checked(scheduleOf(), directoryOf(office, education(contact('联络员'))))).toEqual([
      'error ruicheng-2022/县教育局 县教育局在 2022-09-01 没有在任的主要负责人：o+1、o-weekly 无人可送',
    ]);
  });

  it('a head who leaves before the rung is due', () => {
    const leaving = education(contact('联络员'), contact('主要负责人', { until: '2022-08-31' }));
    expect(checked(scheduleOf(), directoryOf(office, leaving))[0]).toContain('县教育局在 2022-09-01 没有在任的主要负责人');
  });

  it('a liaison without an address on any channel of a stage', () => {
    const silent = education(contact('联络员', { email: null, mobile: null }), contact('主要负责人'));
    expect(checked(scheduleOf(), directoryOf(office, silent))[0]).toMatch(
      /^error ruicheng-2022\/县教育局 县教育局的联络员没有 assigned、.*d-0.* 所需的邮箱或手机号$/u,
    );
  });

  it('an office without a leader for the third rung', () => {
    const headless = { ...office, contacts: office.contacts.filter(({ post }) => post !== '分管领导') };
    expect(checked(scheduleOf(), directoryOf(headless, staffed))).toEqual([
      'error ruicheng-2022/县政府办公室 县政府办公室在 2022-09-09 没有在任的分管领导：o+7 无人可送',
    ]);
  });

  it('a mere copy that reaches nobody is a warning', () => {
    const { stages, ladders } = configuration.places;
    const { policy } = valueOf(
      readPolicy(shipped('config/policy.yaml', ['cc: [责任单位.主要负责人]', 'cc: [责任单位.分管负责人]'])),
    );
    const places = { ...configuration.places, stages, ladders };
    expect(checked(scheduleOf(), directoryOf(office, staffed), { policy, places })).toEqual([
      'warning ruicheng-2022/县教育局 县教育局在 2022-09-09 没有在任的分管负责人：o+7 无人可抄送',
    ]);
  });

  it('people without a mobile number are counted once', () => {
    const unit = education(contact('联络员', { mobile: null }), contact('主要负责人'));
    expect(checked(scheduleOf(), directoryOf(office, unit))).toEqual([
      'warning ruicheng-2022 1 人没有手机号，只发邮件：县教育局联络员某某',
    ]);
  });

  it('a unit outside the line needs no head', () => {
    const outside = { ...education(contact('联络员')), external: true };
    expect(checked(scheduleOf(), directoryOf(office, outside))).toEqual([]);
  });
});

describe('a schedule that is not ready', () => {
  const directory = directoryOf(office, staffed);

  it('names a unit nobody knows', () => {
    expect(checked(scheduleOf({ lead: ['县教育局', '县教体局'] }), directory)).toEqual([
      'error ruicheng-2022/三(二)-1 三(二)-1：通讯录中没有“县教体局”',
    ]);
  });

  it('has a task that nobody leads', () => {
    expect(checked(scheduleOf({ lead: [] }), directory)).toEqual([
      'warning ruicheng-2022/三(二)-1 三(二)-1“公布主动公开事项清单”没有牵头单位，请指定',
    ]);
  });

  it('belongs to an office that is not configured', () => {
    const elsewhere = { ...scheduleOf(), office: 'yuncheng' };
    expect(checked(elsewhere, { ...directory, office: 'yuncheng' })[0]).toBe(
      'error ruicheng-2022 office.yaml 中没有单位 yuncheng，可用：ruicheng、shanxi、daixian、guanxian、shangdang、shili',
    );
  });

  it('reaches into a year whose holidays are not announced, or beyond the calendar', () => {
    const due = (date: string) => checked(scheduleOf({ deadlines: [{ kind: 'by', text: '', date }] }), directory);
    expect(due('2027-08-31')).toEqual(['warning ruicheng-2022 2027 年放假安排尚未公布：该年的时限暂按周一至周五推算']);
    expect(due('2044-08-31')).toEqual(['error ruicheng-2022/三(二)-1 时限 2044-08-31 超出工作日历（2011–2031）']);
  });

  it('has points that a person must decide', () => {
    expect(checked(scheduleOf({ review: ['甲', '乙'] }), directory)).toEqual([
      'warning ruicheng-2022 1 项任务有 2 处待核对，请逐条确认后再启用',
    ]);
  });
});

describe('a configuration that contradicts itself', () => {
  const withPolicy = (...changes: readonly (readonly [string, string])[]): readonly string[] => {
    const { policy, places } = valueOf(readPolicy(shipped('config/policy.yaml', ...changes)));
    return words(check({ ...configuration, policy, places: { ...configuration.places, ...places } }, []));
  };

  it('a stage whose letter is not there; the letter it had is then unused', () => {
    expect(withPolicy(['letter: decide', 'letter: decision'])).toEqual([
      expect.stringMatching(
        /^error config\/policy\.yaml:31:9 环节 decide 的信件 decision 不在 letters\.yaml 中，可用：supervise、/u,
      ),
      expect.stringMatching(/^warning config\/templates\/letters\.yaml:\d+:\d+ 信件 decide 没有环节使用$/u),
    ]);
  });

  it('a stage that sends an SMS with a letter that has none', () => {
    expect(withPolicy(['via: [email]\n    letter: urge', 'via: [email, sms]\n    letter: urge'])[0]).toMatch(
      /环节 o\+3 要发短信，但信件 urge 没有 sms$/u,
    );
  });

  it('a ladder that no rule leads to', () => {
    expect(withPolicy(['  - { rules: [monthly], ladder: frequent-monthly }\n', ''])).toEqual([
      expect.stringMatching(/^warning config\/policy\.yaml:\d+:\d+ 阶梯 frequent-monthly 没有适用规则，永不生效$/u),
    ]);
  });

  it('an office that may send nothing', () => {
    const ruicheng = configuration.offices.get('ruicheng');
    if (ruicheng === undefined) throw new Error('no office');
    const offices = new Map([['ruicheng', { ...ruicheng, caps: { email: 0, sms: 0 } }]]);
    expect(words(check({ ...configuration, offices }, []))).toEqual([
      'error config/office.yaml:17:9 芮城县人民政府办公室的 caps.email 为 0：一封邮件也不会发出',
      'warning config/office.yaml:17:9 芮城县人民政府办公室的 caps.sms 为 0：不发短信',
    ]);
  });

  it('an office whose SMS can never be one part', () => {
    const ruicheng = configuration.offices.get('ruicheng');
    if (ruicheng === undefined) throw new Error('no office');
    const offices = new Map([['ruicheng', { ...ruicheng, signature: '芮城县人民政府办公室公开' }]]);
    expect(words(check({ ...configuration, offices }, []))[0]).toMatch(/按 2 条计费/u);
  });
});

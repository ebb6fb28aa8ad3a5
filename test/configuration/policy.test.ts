import { describe, expect, it } from 'vitest';

import { readPolicy } from '../../src/configuration/policy.ts';
import { ladderFor, type LadderSubject, type Policy } from '../../src/domain/policy.ts';
import { errorsOf, shipped, valueOf } from './support.ts';

const FILE = 'config/policy.yaml';
const { policy, places } = valueOf(readPolicy(shipped(FILE)));

const education: LadderSubject = {
  role: 'lead',
  kind: 'by',
  rule: null,
  external: false,
  unit: '县教育局',
  schedule: 'ruicheng-2022',
  ref: '三(二)-1',
};
const stagesFor = (changes: Partial<LadderSubject>, of: Policy = policy): readonly string[] =>
  ladderFor(of, { ...education, ...changes }).stages.map(({ id }) => id);

describe('policy.yaml as shipped', () => {
  it('reminds a leading unit six times before and climbs three rungs after', () => {
    const ladder = ladderFor(policy, education);
    expect(ladder.name).toBe('lead');
    expect(stagesFor({})).toEqual([
      'assigned',
      'extended',
      'decide',
      'd-30',
      'd-15',
      'd-7',
      'd-3',
      'd-1',
      'd-0',
      'o+1',
      'o+3',
      'o+7',
      'o-weekly',
    ]);
    expect(ladder.stages.filter(({ rung }) => rung > 0).map(({ id, rung }) => [id, rung])).toEqual([
      ['o+1', 1],
      ['o+3', 2],
      ['o+7', 3],
    ]);
  });

  it('addresses each rung higher and copies those below', () => {
    const posts = (id: string): readonly string[] => {
      const stage = ladderFor(policy, education).stages.find((each) => each.id === id);
      return [
        ...(stage?.to ?? []).map(({ of, post }) => `${of} ${post}`),
        ...(stage?.cc ?? []).map(({ of, post }) => `cc ${of} ${post}`),
      ];
    };
    expect(posts('o+1')).toEqual(['unit 主要负责人', 'cc unit 联络员']);
    expect(posts('o+3')).toEqual(['supervisor 督办', 'cc unit 联络员', 'cc unit 主要负责人']);
    expect(posts('o+7')).toEqual(['supervisor 分管领导', 'cc unit 主要负责人']);
    expect(posts('decide')).toEqual(['supervisor 协调人']);
  });

  it('sends an SMS only the day before, on the day and on the first day late', () => {
    const withSms = ladderFor(policy, education).stages.filter(({ via }) => via.includes('sms'));
    expect(withSms.map(({ id }) => id)).toEqual(['d-1', 'd-0', 'o+1']);
    expect(withSms.every(({ to, cc }) => [...to, ...cc].every(({ of }) => of === 'unit'))).toBe(true);
  });

  it('repeats the weekly stage every five working days from the twelfth on', () => {
    const weekly = ladderFor(policy, education).stages.at(-1);
    expect(weekly).toMatchObject({ id: 'o-weekly', timing: { offset: 12, days: 'working' }, repeatEvery: 5, rung: 0 });
  });

  it('asks less of a cooperating unit and never escalates against it', () => {
    expect(stagesFor({ role: 'cooperate' })).toEqual(['assigned', 'extended', 'd-15', 'd-3']);
    expect(stagesFor({ role: 'cooperate', kind: 'ongoing' })).toEqual(['assigned']);
  });

  it('follows an undated duty by a quarterly question', () => {
    expect(stagesFor({ kind: 'ongoing' })).toEqual(['assigned', 'progress']);
    const progress = ladderFor(policy, { ...education, kind: 'ongoing' }).stages[1];
    expect(progress?.timing).toEqual({ every: 'quarter', before: 5 });
  });

  it('asks a unit outside the line politely: no head of unit, no leader', () => {
    const ladder = ladderFor(policy, { ...education, external: true });
    expect(ladder.stages.map(({ id }) => id)).toEqual([
      'assigned',
      'extended',
      'decide',
      'd-15',
      'd-7',
      'd-1',
      'd-0',
      'o+1',
      'o+3',
    ]);
    const posts = ladder.stages.flatMap(({ to, cc }) => [...to, ...cc]).map(({ post }) => post);
    expect(new Set(posts)).toEqual(new Set(['联络员', '协调人', '督办']));
  });

  it('shortens the notice for what recurs often', () => {
    expect(stagesFor({ kind: 'recurring', rule: 'monthly' })).toEqual([
      'assigned',
      'extended',
      'decide',
      'd-3',
      'd-0',
      'o+1',
      'o+3',
      'o+7',
      'o-weekly',
    ]);
    expect(stagesFor({ kind: 'recurring', rule: 'quarterly' })).toContain('d-7');
    expect(stagesFor({ kind: 'recurring', rule: 'half-yearly' })).toContain('d-15');
    expect(stagesFor({ kind: 'recurring', rule: 'yearly 03-31' })).toContain('d-30');
  });

  it('knows where each stage stands', () => {
    expect(places.stages.get('assigned')).toBe('config/policy.yaml:19:9');
    expect(places.ladders.get('lead')).toMatch(/^config\/policy\.yaml:\d+:\d+$/u);
  });
});

describe('what a coordinator may write', () => {
  it('calendar days, an override for one ladder, and a rule for one unit', () => {
    const source = shipped(
      FILE,
      ['when: { before: 15 }', 'when: { before: 15, days: calendar }'],
      ['cooperate-undated: [assigned]', 'cooperate-undated: [{ stage: assigned, cc: [责任单位.主要负责人] }]'],
      [
        '  - { roles: [cooperate], kinds: [ongoing]',
        '  - { units: [县教育局], ladder: undated }\n  - { roles: [cooperate], kinds: [ongoing]',
      ],
    );
    const changed = valueOf(readPolicy(source)).policy;
    expect(changed.ladders.get('lead')?.stages.find(({ id }) => id === 'd-15')?.timing).toEqual({
      offset: -15,
      days: 'calendar',
    });
    expect(changed.ladders.get('cooperate-undated')?.stages[0]).toMatchObject({
      to: [{ of: 'unit', post: '联络员' }],
      cc: [{ of: 'unit', post: '主要负责人' }],
    });
    expect(changed.ladders.get('lead')?.stages[0]?.cc).toEqual([]);
    expect(stagesFor({}, changed)).toEqual(['assigned', 'progress']);
    expect(stagesFor({ unit: '县财政局' }, changed)).toContain('d-30');
  });
});

describe('a slip in policy.yaml is told with its place', () => {
  const tell = (...change: readonly [string, string]): readonly string[] => errorsOf(readPolicy(shipped(FILE, change)));

  it('a misspelt timing', () => {
    expect(tell('{ before: 30 }', '{ befor: 30 }')).toContain(
      'config/policy.yaml:38:13: stages[4].when.befor: 不认识的键 befor，是否想写 before？',
    );
  });

  it('two timings in one', () => {
    expect(tell('{ before: 30 }', '{ before: 30, after: 3 }')).toEqual([
      'config/policy.yaml:38:11: stages[4].when: 只能是 { before: 7 }、{ after: 3 }、{ on: due } 或 { every: quarter, before: 5 } 中的一种写法',
    ]);
  });

  it('a recipient without a side', () => {
    expect(tell('to: [责任单位.联络员]', 'to: [联络员]')).toEqual([
      'config/policy.yaml:21:10: stages[1].to[1]: 需要“责任单位.岗位”或“督办单位.岗位”，如 责任单位.联络员，现为 "联络员"',
    ]);
  });

  it('a ladder that names an unknown stage', () => {
    expect(tell('undated: [assigned, progress]', 'undated: [assigned, progres]')[0]).toMatch(
      /^config\/policy\.yaml:114:23: ladders\.undated\[2\]: stages 中没有环节 progres，可用：assigned、/u,
    );
  });

  it('a rule that names an unknown ladder', () => {
    expect(tell('{ kinds: [ongoing], ladder: undated }', '{ kinds: [ongoing], ladder: undate }')[0]).toContain(
      'ladders 中没有阶梯 undate，可用：lead、',
    );
  });

  it('a last rule that leaves duties without a ladder', () => {
    expect(tell('  - { ladder: lead }', '  - { external: false, ladder: lead }')[0]).toContain('rules[8]: 最后一条不能写条件');
  });

  it('a rule behind one that takes everything', () => {
    expect(tell('{ external: true, ladder: external }', '{ ladder: external }')[0]).toContain(
      'rules[4]: 此条没有条件，其后的各条永不生效',
    );
  });

  it('a rung that is skipped, and one before the due date', () => {
    expect(tell('rung: 2', 'rung: 5')[0]).toContain(
      'ladders.lead: 级次应按时间先后为1、2、3…，现为：o+1 第1级、o+3 第5级、o+7 第3级',
    );
    expect(tell('letter: today', 'letter: today\n    rung: 1')[0]).toContain('stages[9].rung: 只有 after 的环节可以升级');
  });

  it('a stage written twice', () => {
    expect(tell('- id: d-15', '- id: d-30')).toContain('config/policy.yaml:43:9: stages[5].id: 环节 d-30 重复，每个环节只写一次');
  });
});

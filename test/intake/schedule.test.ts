import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Deadline } from '../../src/domain/deadline.ts';
import { canonicalName } from '../../src/domain/directory.ts';
import type { Schedule } from '../../src/domain/notice.ts';
import { readSchedule, writeSchedule } from '../../src/intake/schedule.ts';
import { formatErrors } from '../../src/yaml.ts';

const head = 'schedule: ruicheng-2022\noffice: ruicheng\nnotice: { title: 要点, issued: 2022-07-12, year: 2022 }\ntasks:\n';

function complaints(text: string): string[] {
  const read = readSchedule({ file: 's.yaml', text });
  return read.ok ? [] : formatErrors(read.errors).split('\n');
}

function withDeadline(deadline: string): string[] {
  return complaints(`${head}  - ref: 1\n    title: 公开\n    deadlines: [${deadline}]\n`);
}

describe('a schedule', () => {
  it('may have a list whose last line was deleted', () => {
    const read = readSchedule({
      file: 's.yaml',
      text: `${head}  - ref: 1\n    title: 公开\n    deadlines:\n    lead:\n    cooperate:\n    review:\n`,
    });
    expect(read).toMatchObject({ ok: true, value: { tasks: [{ deadlines: [], lead: [], cooperate: [], review: [] }] } });
  });

  it.each([
    ['- {by: 2026-05-31 text: 5月底前, inferred: 年份}', 7, '里面的各项之间要用半角逗号'],
    ['- ｛by: 2026-05-31, text: 5月底前｝', 7, '不能用全角的'],
    ['- {by: 2026-05-31, text: 5月底前', 8, '上面的 { 没有与它成对的 }'],
  ])('says what a slip with brackets needs: %s', (written, place, words) => {
    const [first] = complaints(`${head}  - ref: 1\n    title: 公开\n    deadlines:\n      ${written}\n    lead: [甲]\n`);
    expect(first).toMatch(new RegExp(`^s\\.yaml:${place + 1}:`, 'u'));
    expect(first).toContain(words);
  });

  it('is read into the words of the domain', () => {
    const read = readSchedule({
      file: 's.yaml',
      text: `${head}  - ref: 1
    title: 公开
    deadlines:
      - { by: 2022-08-31, text: 8月底前, inferred: 年份取自通知标题 }
      - { from: 2022-10-01, text: 10月起 }
      - { recurring: yearly 03-31, text: 每年3月底前 }
      - { ongoing: true, text: 年内持续推进 }
    lead: [县教育局]
    cooperate: [有关部门]
    groups: { 有关部门: [县公安局] }
`,
    });
    expect(read).toEqual({
      ok: true,
      value: {
        name: 'ruicheng-2022',
        office: 'ruicheng',
        notice: { title: '要点', number: null, issuer: null, issuedOn: '2022-07-12', assumedIssuedOn: null, year: 2022 },
        tasks: [
          {
            ref: '1',
            title: '公开',
            quote: null,
            deadlines: [
              { kind: 'by', date: '2022-08-31', text: '8月底前', inferred: '年份取自通知标题' },
              { kind: 'from', date: '2022-10-01', text: '10月起' },
              { kind: 'recurring', rule: 'yearly 03-31', text: '每年3月底前' },
              { kind: 'ongoing', text: '年内持续推进' },
            ],
            lead: ['县教育局'],
            cooperate: ['有关部门'],
            groups: { 有关部门: ['县公安局'] },
            review: [],
          },
        ],
      },
    });
  });

  it.each([
    'by: 2022-02-30',
    'by: 2022-13-01',
    'by: 2022-8-31',
    'by: 2022',
    'by: 8月底',
    'from: 2023-02-29',
    'recurring: weekly',
    'recurring: yearly 02-30',
    'recurring: yearly 3-31',
    'ongoing: false',
  ])('refuses a deadline with %s', (field) => {
    const [first, ...rest] = withDeadline(`{ ${field}, text: x }`);
    expect(first).toMatch(/^s\.yaml:7:\d+: tasks\[1\]\.deadlines\[1\]\.\w+: 需要/u);
    expect(rest).toEqual([]);
  });

  it('takes the end of February as a yearly date', () => {
    expect(withDeadline('{ recurring: yearly 02-29, text: 每年2月底前 }')).toEqual([]);
  });

  it('wants exactly one kind of time in a deadline', () => {
    expect(withDeadline('{ text: x }')[0]).toContain('需要 by、from、recurring、ongoing 中恰好一个，现在一个也没有');
    expect(withDeadline('{ by: 2022-08-31, ongoing: true, text: x }')[0]).toContain('现有 by 和 ongoing');
  });

  it('wants an assumed date exactly where the date of issue is unknown', () => {
    const notice = (fields: string) =>
      complaints(`schedule: a\noffice: a\nnotice: { title: 要点, year: 2022${fields} }\ntasks: [{ ref: 1, title: 公开 }]\n`);
    expect(notice('')[0]).toContain('notice.assumedIssued: 缺少此项');
    expect(notice(', issued: 2022-07-12, assumedIssued: 2022-06-01')[0]).toContain('需要去掉 assumedIssued');
    expect(notice(', issued: null, assumedIssued: 2022-06-01')).toEqual([]);
  });

  it('tells of repeated refs, units in both roles and idle groups beside every other error', () => {
    const text = `${head}  - { ref: 1, title: 甲, lead: [县教育局], cooperate: [县 教育局] }
  - { ref: 1, titel: 乙, lead: [甲局, 甲局] }
  - { ref: 3, title: 丙, lead: [甲局], groups: { 有关部门: [乙局] } }
`;
    expect(complaints(text)).toEqual([
      's.yaml:5:51: tasks[1].cooperate[1]: 县 教育局 已是本项的 lead，不能又是 cooperate；只留一处',
      's.yaml:6:5: tasks[2].title: 缺少此项：需要一行非空的文字（最多 500 字，不含换行和控制字符）',
      's.yaml:6:12: tasks[2].ref: 编号 1 与第 1 项重复，需要各不相同',
      's.yaml:6:15: tasks[2].titel: 不认识的键 titel，是否想写 title？',
      's.yaml:6:36: tasks[2].lead[2]: 甲局 写了两次，只需一次',
      's.yaml:7:47: tasks[3].groups.有关部门: 有关部门 不在本项的 lead 或 cooperate 中',
    ]);
  });

  it('comes back the same from the file written of it', () => {
    fc.assert(
      fc.property(schedules(), (schedule) => {
        const text = writeSchedule(schedule);
        const read = readSchedule({ file: 's.yaml', text });
        expect(read.ok ? read.value : formatErrors(read.errors)).toEqual(schedule);
        expect(writeSchedule(schedule)).toBe(text);
      }),
      { numRuns: 150 },
    );
  });

  it('is written as a person would write it', () => {
    const task = {
      ref: '一(一)-1',
      title: '公开',
      quote: null,
      lead: ['县教育局'],
      cooperate: [],
      groups: {},
      review: ['名单以“等”字收尾，请确认'],
    };
    const deadlines: Deadline[] = [{ kind: 'by', date: '2022-08-31', text: '8月底前', inferred: '年份取自通知标题' }];
    const notice = {
      title: '芮城县2022年政务公开工作要点',
      number: null,
      issuer: null,
      issuedOn: null,
      assumedIssuedOn: '2022-06-01',
      year: 2022,
    };
    expect(
      writeSchedule({
        name: 'a',
        office: 'b',
        notice,
        tasks: [
          { ...task, deadlines },
          { ...task, ref: '2', quote: '2.向社会公开。\n（责任单位：县教育局）', deadlines: [], review: [] },
        ],
      }),
    ).toBe(
      `schedule: a
office: b
notice:
  title: 芮城县2022年政务公开工作要点
  number: null
  issuer: null
  issued: null
  assumedIssued: 2022-06-01
  year: 2022
tasks:
  - ref: 一(一)-1
    title: 公开
    deadlines:
      - {by: 2022-08-31, text: 8月底前, inferred: 年份取自通知标题}
    lead: [县教育局]
    cooperate: []
    review:
      - 名单以“等”字收尾，请确认

  - ref: "2"
    title: 公开
    deadlines: []
    lead: [县教育局]
    cooperate: []
    quote: |-
      2.向社会公开。
      （责任单位：县教育局）
`,
    );
  });
});

function schedules(): fc.Arbitrary<Schedule> {
  const awkward = fc.constantFrom(
    'null',
    'true',
    '0123',
    '~',
    '- a',
    '#x',
    'a: b',
    'a #b',
    '*x',
    '&x',
    '!x',
    '%x',
    '@x',
    '{a}',
    '[a, b]',
    "it's",
    '"',
    '\\n',
    ' 甲 ',
    '2022-08-31',
    '<<',
    '…',
    '一(一)-1',
    'yes',
    '=',
    '?',
    '|',
    '>',
  );
  const printable = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
    .filter((text) => text.trim() !== '' && !/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}|\p{Cs}/u.test(text));
  const line = fc.oneof(printable, awkward, fc.constantFrom('县教育局', '各乡镇（街道）', '8月底前'));
  const slug = fc.stringMatching(/^[a-z0-9-]{1,20}$/u);
  const date = fc
    .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
    .map((each) => each.toISOString().slice(0, 10));
  const written = fc.record({ text: line, inferred: line }, { requiredKeys: ['text'] });
  const deadline: fc.Arbitrary<Deadline> = fc
    .tuple(
      written,
      fc.oneof(
        fc.record({ kind: fc.constantFrom('by' as const, 'from' as const), date }),
        fc.record({
          kind: fc.constant('recurring' as const),
          rule: fc.constantFrom('yearly' as const, 'monthly' as const, 'yearly 03-31' as const),
        }),
        fc.record({ kind: fc.constant('ongoing' as const) }),
      ),
    )
    .map(([words, kind]) => ({ ...kind, ...words }));
  const names = fc.uniqueArray(line, { maxLength: 12, selector: canonicalName });
  const task = fc
    .record({
      title: line,
      quote: fc.option(fc.array(fc.oneof(line, fc.constantFrom('', '  缩进', '\t', '# 甲')), { minLength: 1, maxLength: 4 })),
      deadlines: fc.array(deadline, { maxLength: 4 }),
      units: names,
      review: fc.array(line, { maxLength: 3 }),
      members: names,
    })
    .map(({ title, quote, deadlines, units, review, members }) => ({
      title,
      quote: quote === null || quote.join('').trim() === '' ? null : quote.join('\n'),
      deadlines,
      review,
      lead: units.filter((_, index) => index % 2 === 0),
      cooperate: units.filter((_, index) => index % 2 === 1),
      groups: units[0] === undefined || members.length === 0 ? {} : { [units[0]]: members },
    }));
  const notice = fc
    .record({
      title: line,
      number: fc.option(line),
      issuer: fc.option(line),
      year: fc.integer({ min: 2000, max: 2099 }),
      date,
      known: fc.boolean(),
    })
    .map(({ date: day, known, ...rest }) => ({ ...rest, issuedOn: known ? day : null, assumedIssuedOn: known ? null : day }));
  return fc
    .record({
      name: slug,
      office: slug,
      notice,
      tasks: fc.array(task, { minLength: 1, maxLength: 5 }),
      refs: fc.uniqueArray(line, { minLength: 5, maxLength: 5 }),
    })
    .map(({ refs, tasks, ...rest }) => ({ ...rest, tasks: tasks.map((each, index) => ({ ref: refs[index] ?? '', ...each })) }));
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { hiddenTimes, readDeadlines } from '../../src/intake/phrases.ts';
import { readUnits } from '../../src/intake/units.ts';

const assumed = { year: 2022, source: '通知年度' };
const inferred = '年份取自通知年度';

describe('a deadline cell', () => {
  it.each([
    ['2022-08-31', '2022-08-31'],
    ['2022/8/31', '2022-08-31'],
    ['2022年8月31日前', '2022-08-31'],
    ['2022 年 8 月\n31 日前', '2022-08-31'],
    ['截至2022年9月底', '2022-09-30'],
    ['2024年2月底前', '2024-02-29'],
    ['2023年底前完成', '2023-12-31'],
  ])('with %s is due by %s, nothing inferred', (cell, date) => {
    const { deadlines, review } = readDeadlines(cell, assumed);
    expect(deadlines).toEqual([{ kind: 'by', date, text: cell.replace('\n', ' ') }]);
    expect(review).toEqual([]);
  });

  it.each([
    ['8月31日前', '2022-08-31'],
    ['８月底前', '2022-08-31'],
    ['8⽉底', '2022-08-31'],
    ['2月底前', '2022-02-28'],
    ['年底前', '2022-12-31'],
    ['今年年底前完成', '2022-12-31'],
  ])('with %s is due by %s, and says where the year is from', (cell, date) => {
    expect(readDeadlines(cell, assumed)).toEqual({ deadlines: [{ kind: 'by', date, text: cell, inferred }], review: [] });
  });

  it('with a beginning begins on the first of the month or on its day', () => {
    expect(readDeadlines('10月起', assumed).deadlines).toEqual([{ kind: 'from', date: '2022-10-01', text: '10月起', inferred }]);
    expect(readDeadlines('自2022年10月8日起施行', assumed).deadlines).toMatchObject([{ kind: 'from', date: '2022-10-08' }]);
  });

  it.each([
    ['每年3月底前', 'yearly 03-31'],
    ['每年2月底前', 'yearly 02-29'],
    ['每年6月15日前', 'yearly 06-15'],
    ['每年底前', 'yearly'],
    ['每半年', 'half-yearly'],
    ['每季度至少一次', 'quarterly'],
    ['每月', 'monthly'],
  ])('with %s comes again %s', (cell, rule) => {
    expect(readDeadlines(cell, assumed)).toEqual({ deadlines: [{ kind: 'recurring', rule, text: cell }], review: [] });
  });

  it.each(['全年', '年内', '年内持续推进', '长期', '长期坚持', '持续推进'])('with %s goes on', (cell) => {
    expect(readDeadlines(cell, assumed)).toEqual({ deadlines: [{ kind: 'ongoing', text: cell }], review: [] });
  });

  it.each([
    '立即',
    '2022年2月30日',
    '13月底前',
    '7月-9月',
    '2022年8月',
    '8月中旬',
    '上半年',
    '年内完成',
    '44804',
    '每两月',
    '非8月底前',
    '每月10日前',
    '2022-8/31',
  ])('with %s has no deadline and is quoted to a person', (cell) => {
    expect(readDeadlines(cell, assumed)).toEqual({ deadlines: [], review: [`时限“${cell}”没有读懂，请填写期限`] });
  });

  it('with two times keeps both and asks', () => {
    const { deadlines, review } = readDeadlines('9月底前完成；10月起施行', assumed);
    expect(deadlines.map(({ kind }) => kind)).toEqual(['by', 'from']);
    expect(review).toEqual(['一格里有 2 个时间（“9月底前完成；10月起施行”），请确认是否都要保留']);
  });

  it('keeps what it understood beside what it did not', () => {
    expect(readDeadlines('8月底前，另行通知', assumed)).toMatchObject({
      deadlines: [{ date: '2022-08-31' }],
      review: ['时限“另行通知”没有读懂，请填写期限'],
    });
  });

  it('never passes over a cell in silence, and never makes up a day', () => {
    const bits = fc.constantFrom(
      '2022年',
      '8月',
      '31日',
      '底',
      '前',
      '起',
      '每',
      '年',
      '季度',
      '、',
      '，',
      '1',
      '0',
      ' ',
      '\n',
      '持续',
      '-',
      '完成',
    );
    fc.assert(
      fc.property(
        fc.array(bits, { minLength: 1, maxLength: 9 }).map((each) => each.join('')),
        (cell) => {
          const { deadlines, review } = readDeadlines(cell, assumed);
          expect(deadlines.length + review.length > 0).toBe(cell.replaceAll(/[\s、，]/gu, '') !== '');
          for (const each of deadlines)
            if ('date' in each) expect(new Date(each.date).toISOString().slice(0, 10)).toBe(each.date);
          expect(review.length > 0 || deadlines.length === 1 || deadlines.length === 0).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('the words of a task', () => {
  it('give up the times that its column hides', () => {
    const read = readDeadlines('全年', assumed).deadlines;
    expect(hiddenTimes('每季度至少听取一次汇报，每年3月底前公布；2022年9月底前完成，召开1次会议。', read, assumed)).toEqual([
      '每季度',
      '每年3月底前',
      '2022年9月底前',
    ]);
    expect(hiddenTimes('10月底前完成', readDeadlines('10月31日前', assumed).deadlines, assumed)).toEqual([]);
  });
});

describe('a cell of units', () => {
  const units = (cell: string) => {
    const { lead, cooperate } = readUnits(cell, 'lead');
    return { lead, cooperate };
  };

  it.each([
    [
      '县教育局、县公安局，县财政局,县民政局；县司法局\n县审计局',
      ['县教育局', '县公安局', '县财政局', '县民政局', '县司法局', '县审计局'],
      [],
    ],
    ['县教育局牵头，县公安局、县财政局配合', ['县教育局'], ['县公安局', '县财政局']],
    ['牵头单位：县教育局\n配合单位：县公安局，县财政局', ['县教育局'], ['县公安局', '县财政局']],
    ['县教育局（牵头）；县公安局（配合）', ['县教育局'], ['县公安局']],
    ['县教育局、县公安局按职责分工负责', ['县教育局', '县公安局'], []],
    ['各乡镇（街道、开发区）、县教育局', ['各乡镇（街道、开发区）', '县教育局'], []],
    ['县教育局,县教育局', ['县教育局'], []],
    ['', [], []],
  ])('%j is split into lead %j and cooperate %j without a question', (cell, lead, cooperate) => {
    expect(readUnits(cell, 'lead')).toEqual({ lead, cooperate, review: [] });
  });

  it('asks about names run together, 等, 会同, a unit in both roles and a role left out', () => {
    expect(readUnits('区政府办区财政局', 'lead').review).toEqual(['“区政府办区财政局”可能是几个单位连写，请分开']);
    expect(readUnits('县教育局等有关部门', 'lead')).toEqual({
      lead: ['县教育局', '有关部门'],
      cooperate: [],
      review: ['“县教育局等有关部门”以“等”字收尾，是否另有单位请确认'],
    });
    expect(readUnits('县教育局会同县公安局', 'lead').review).toHaveLength(1);
    expect(units('甲局牵头，甲局、乙局配合')).toEqual({ lead: ['甲局'], cooperate: ['乙局'] });
    expect(readUnits('甲局牵头，甲局、乙局配合', 'lead').review).toEqual(['甲局既写在牵头又写在配合，按牵头读入']);
    expect(readUnits('甲局（牵头）、乙局', 'lead').review).toHaveLength(1);
  });
});

describe('a hostile cell', () => {
  it.each(['1', '（', '()', '每', '、', '牵头', '月底前', '1月', '年底', ' ', '县局'])(
    'of a megabyte of %j is done with quickly',
    { timeout: 3_000 },
    (bit) => {
      const cell = bit.repeat(1_000_000 / bit.length);
      expect(readDeadlines(cell, assumed).deadlines).toEqual([]);
      expect(readUnits(cell, 'lead').lead.every((name) => name.length <= 100)).toBe(true);
      expect(hiddenTimes(cell, [], assumed).length).toBeLessThan(5);
    },
  );
});

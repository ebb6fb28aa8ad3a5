import { describe, expect, it } from 'vitest';

import { toResult } from '../../../src/intake/shown/result-json.ts';
import { reading } from '../clauses/notice-text.ts';

const TEXT = `示例县2026年便民服务要点
1.修好自助机，6月底前完成。（县城管局牵头，各乡镇配合）
2.每年2月底前公布清单。（县财政局负责，全年坚持）
3.从7月起按月通报。
`;

describe('the JSON of a reading', () => {
  it('has each task with its words and their place', () => {
    const { document, tasks } = toResult(reading(TEXT));
    expect(document).toEqual({ title: '示例县2026年便民服务要点', number: null, issuer: null, date: null, year: 2026 });
    expect(tasks.map(({ ref, lead, cooperate }) => [ref, lead, cooperate])).toEqual([
      ['1', ['县城管局'], ['各乡镇']],
      ['2', ['县财政局'], []],
      ['3', [], []],
    ]);
    for (const { source } of tasks) expect(TEXT.slice(source.start, source.end)).toBe(source.quote);
  });

  it('has a date or a rule for each deadline, and the end of February as the 28th', () => {
    const deadlines = toResult(reading(TEXT)).tasks.flatMap((task) => task.deadlines);
    expect(deadlines).toEqual([
      { text: '6月底前', kind: 'by', date: '2026-06-30', rule: null },
      { text: '每年2月底前', kind: 'recurring', date: null, rule: 'yearly 02-28' },
      { text: '全年坚持', kind: 'ongoing', date: null, rule: null },
      { text: '从7月起', kind: 'from', date: '2026-07-01', rule: null },
      { text: '按月', kind: 'recurring', date: null, rule: 'monthly' },
    ]);
  });

  it('says what a person must look at', () => {
    const open = toResult(reading('1.修好自助机，6月底前完成。（县城管局负责）\n'));
    expect(open.document.year).toBeNull();
    expect(open.tasks[0]?.deadlines).toEqual([{ text: '6月底前', kind: 'by', date: null, rule: null }]);
    expect(open.tasks[0]?.review).toHaveLength(1);
  });
});

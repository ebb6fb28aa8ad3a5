import { describe, expect, it } from 'vitest';

import { Passage } from '../../src/intake/passage.ts';
import { readTimes } from '../../src/intake/time.ts';

const context = { year: 2022, yearSource: '题名', issuedOn: '2022-07-12' };

function passage(text: string): Passage {
  return Passage.of(text, [{ start: 0, end: text.length }]);
}

describe('the times of a task', () => {
  it('are read once where sentence and bracket say the same, in the words of the sentence', () => {
    const { deadlines, doubts } = readTimes(
      {
        body: passage('示例县档案馆应于**2022年11月底**前完成目录核对。'),
        stated: passage('示例县档案馆牵头，11月底前完成'),
        statedKind: 'bracket',
      },
      context,
    );
    expect(deadlines).toMatchObject([
      { kind: 'by', date: '2022-11-30', text: '2022年11月底前', quote: '2022年11月底**前', rule: '月底前' },
    ]);
    expect(doubts).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';

import { isStatement, statementsIn } from '../../../src/intake/clauses/statement.ts';

function stated(text: string): string[] {
  return statementsIn(text).map(({ start, end, kind }) => `${kind} ${text.slice(start, end)}`);
}

describe('a statement of units or times', () => {
  it.each([
    ['并到一处。(县行政审批局牵头,县人社局配合)', 'units (县行政审批局牵头,县人社局配合)'],
    ['并到一处。(县财政局、县税务局)', 'units (县财政局、县税务局)'],
    ['并到一处。〔牵头单位:县水利局,责任单位:各乡(镇)〕', 'units 〔牵头单位:县水利局,责任单位:各乡(镇)〕'],
    ['并到一处。(县生态环境局指导)', 'units (县生态环境局指导)'],
    ['并到一处。责任单位:县财政局', 'units 责任单位:县财政局'],
    ['并到一处。(6月底前完成)', 'time (6月底前完成)'],
    ['并到一处。完成时限:2026年6月底', 'time 完成时限:2026年6月底'],
  ])('is found in %s', (text, found) => {
    expect(stated(text)).toEqual([found]);
  });

  it.each([
    '推进(以下简称牵头工作)各项任务。',
    '各县(市、区)都要落实。',
    '办理民办机构(含由乡镇负责的机构)的登记。',
    '工作时间:上午九点到下午五点。',
    '按照通知(示政发〔2026〕3号)的要求办理。',
  ])('is not: %s', (text) => {
    expect(stated(text)).toEqual([]);
  });

  it('stands alone where nothing else is on its line', () => {
    expect(['责任单位:县财政局', '(县财政局牵头,各乡镇配合)', '完成时限:6月底'].map(isStatement)).toEqual([true, true, true]);
    expect(isStatement('并到一处。(县财政局负责)')).toBe(false);
  });
});

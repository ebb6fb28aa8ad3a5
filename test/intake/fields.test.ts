import { describe, expect, it } from 'vitest';

import { summary } from './clauses/notice-text.ts';

const TOP = '示例县2026年验收工作分工方案\n一、部门职责\n';

describe('an item that names nobody', () => {
  it('is of the units that its heading is', () => {
    const text = `${TOP}（一）县教育局\n1.统筹验收工作，6月底前完成自评。\n2.每月报告进展。\n（二）县财政局、县审计局职责\n核对设备采购资金，8月底前完成。\n`;
    expect(summary(text)).toEqual([
      '一(一)1 县教育局 |  | 6月底前',
      '一(一)2 县教育局 |  | 每月',
      '一(二) 县财政局、县审计局 |  | 8月底前',
    ]);
  });

  it('keeps its own units where it names some', () => {
    const text = `${TOP}（一）县教育局\n1.统筹验收工作，6月底前完成自评。\n2.布置考场。（县公安局负责，5月底前完成）\n`;
    expect(summary(text)).toEqual(['一(一)1 县教育局 |  | 6月底前', '一(一)2 县公安局 |  | 5月底前']);
  });

  it('stays without where the heading says what is done, and not who does it', () => {
    const text = `${TOP}（一）建好县教育局新大楼\n1.6月底前完成封顶。\n2.12月底前完成装修。\n`;
    expect(summary(text)).toEqual(['一(一)1  |  | 6月底前', '一(一)2  |  | 12月底前']);
  });
});

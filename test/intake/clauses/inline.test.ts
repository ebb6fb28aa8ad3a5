import { describe, expect, it } from 'vitest';

import { summary } from './notice-text.ts';

const TOP = '示例县2026年便民服务要点\n一、把大厅建好\n';
const END = '二、把网办理顺\n核对办事指南。（县数据局负责，8月底前完成）\n';

describe('a paragraph of several brackets', () => {
  it('is as many tasks where each bracket closes a sentence', () => {
    const text = `${TOP}梳理并公布各窗口的地址和电话。（县行政审批局负责，3月底前完成）补齐大厅的轮椅和老花镜。（县机关事务中心牵头，县财政局配合）\n${END}`;
    expect(summary(text)).toEqual([
      '一-1 县行政审批局 |  | 3月底前',
      '一-2 县机关事务中心 | 县财政局 | ',
      '二 县数据局 |  | 8月底前',
    ]);
  });

  it('gives the words behind the last bracket to the last task', () => {
    const text = `${TOP}（一）窗口整合。梳理并公布各窗口的地址。（县行政审批局负责）补齐轮椅和老花镜。（县机关事务中心负责）有条件的先行一步。\n${END}`;
    expect(summary(text)).toEqual(['一(一)-1 县行政审批局 |  | ', '一(一)-2 县机关事务中心 |  | ', '二 县数据局 |  | 8月底前']);
  });

  it('is one task where a bracket stands amid a sentence', () => {
    const text = `${TOP}（一）窗口整合。由县行政审批局（牵头单位）和县机关事务中心（配合单位）把窗口并到一处，群众只进一扇门。（县行政审批局负责）\n${END}`;
    expect(summary(text)).toHaveLength(2);
  });
});

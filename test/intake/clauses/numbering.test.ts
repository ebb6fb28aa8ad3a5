import { describe, expect, it } from 'vitest';

import { figure, markAt } from '../../../src/intake/clauses/numbering.ts';

describe('a number at the start of a clause', () => {
  it.each([
    ['一、办好大厅', '一、', 1, '一'],
    ['二十一、办好大厅', '一、', 21, '二十一'],
    ['三,工作要求', '一、', 3, '三'],
    ['(十二)窗口', '(一)', 12, '(十二)'],
    ['〔三〕窗口', '(一)', 3, '(三)'],
    ['㈢窗口', '(一)', 3, '(三)'],
    ['3.补齐轮椅', '1.', 3, '3'],
    ['3、补齐轮椅', '1.', 3, '3'],
    ['(4)贴出安排', '(1)', 4, '(4)'],
    ['⑷贴出安排', '(1)', 4, '(4)'],
    ['②贴出安排', '①', 2, '②'],
    ['第三章附则', '第章', 3, '第三章'],
    ['第十条各窗口', '第条', 10, '第十条'],
    ['第二阶段:整改', '第阶段', 2, '第二阶段'],
    ['附件2', '附件', 2, '附件2'],
    ['★3.补齐轮椅', '1.', 3, '3'],
    ['1.2开展培训', '1.1', 2, '1.2'],
  ])('%s is read', (text, scheme, number, label) => {
    expect(markAt(text)).toMatchObject({ scheme, number, label });
  });

  it.each([
    '2026年底前',
    '12.5%',
    '一、二、三产业融合',
    '一,各乡镇要报送,二,各部门要报送',
    '十分重要',
    '第三条的规定',
    '110报警',
    '一是加强',
  ])('%s is none', (text) => {
    expect(markAt(text)).toBeNull();
  });

  it('is weak where a digit follows: only its neighbours tell it from a decimal', () => {
    expect(markAt('3.5个乡镇')).toMatchObject({ number: 3, isWeak: true });
    expect(markAt('3.2026年底前')).toMatchObject({ number: 3, isWeak: false });
  });

  it('counts in Chinese', () => {
    expect(['十', '二十', '三十六', '一百零五', '〇', '12'].map(figure)).toEqual([10, 20, 36, 105, 0, 12]);
  });
});

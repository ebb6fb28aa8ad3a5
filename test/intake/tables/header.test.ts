import { describe, expect, it } from 'vitest';

import { findHeader, type Header, headerOf } from '../../../src/intake/tables/header.ts';
import { meaningOf } from '../../../src/intake/tables/rows-headings.ts';
import { type Made, tableFrom } from './rows-cast.ts';

function found({ table, document }: Made): Header {
  const header = headerOf(table, document.text);
  if (header === null) throw new Error('no header');
  return header;
}

/** `0 ref, 1 title, 2 lead`. */
function roles(made: Made): string {
  return found(made)
    .columns.map(({ at, role }) => `${at} ${role}`)
    .join(', ');
}

describe('a heading', () => {
  it.each([
    ['ref', ['序号', '编 号', '条款', '任务编号']],
    [
      'title',
      [
        '任务',
        '工作任务',
        '任务名称',
        '重点任务',
        '事项',
        '工作事项',
        '主要任务',
        '公开事项',
        '2023年重点工作任务',
        '目标任务',
        '项目',
      ],
    ],
    [
      'content',
      [
        '任务内容',
        '工作内容',
        '具体内容',
        '工作要求',
        '具体措施',
        '主要内容',
        '工作措施',
        '公开内容',
        '工作目标',
        '具体任务',
        '任务要求',
        '年度目标',
      ],
    ],
    [
      'lead',
      [
        '责任单位',
        '责任⏎单位',
        '牵头单位',
        '主办单位',
        '责任部门',
        '承办单位',
        '牵头部门',
        '责任主体',
        '落实单位',
        '实施单位',
        '整改责任单位',
        '责任单位（牵头、配合）',
        '牵头及配合单位',
        '责任单位及责任人',
        '责任分工',
        '责任科室',
      ],
    ],
    ['cooperate', ['配合单位', '协办单位', '参加单位', '协同单位', '配合部门', '责任单位（配合）', '配合']],
    [
      'deadline',
      [
        '完成时限',
        '时间节点',
        '完成时间',
        '时限要求',
        '办结时限',
        '截止时间',
        '完成日期',
        '时间安排',
        '时间要求',
        '计划完成时间',
        '进度安排',
        '推进时限',
        '时 限',
        '完成时限（2023年）',
        '报送频次',
      ],
    ],
    ['start', ['开始时间', '启动时间', '计划开始时间']],
    ['section', ['类别', '工作类别', '一级指标', '任务分类']],
    ['people', ['责任领导', '分管领导', '责任人', '联系人', '联系电话', '责任单位负责人', '牵头领导']],
    ['remarks', ['备注', '说明']],
    ['unread', ['进展情况', '落实情况', '督办单位', '评分部门', '任务来源', '分值', '填报时间']],
  ])('means %s', (role, headings) => {
    for (const heading of headings) expect([heading, meaningOf(heading.replaceAll('⏎', '\n'))?.role]).toEqual([heading, role]);
  });

  it.each(['', '   ', '甲', '1', '县教育局', '在政府网站集中公开各类文件、清单和目录，方便群众查询和使用，并按月更新'])(
    'is none of ours: %j',
    (heading) => {
      expect(meaningOf(heading)).toBeNull();
    },
  );
});

describe('a header', () => {
  it('is the first row that names tasks and their units or times, wherever it stands', () => {
    const made = tableFrom('附件2 | |\n示例县重点任务表 | |\n | |\n序号 | 工作任务 | 责任单位\n1 | 甲事 | 县司法局');
    expect(found(made)).toMatchObject({ firstRow: 3, endRow: 4 });
    expect(roles(made)).toBe('0 ref, 1 title, 2 lead');
  });

  it('is not the row that says who made the table and when', () => {
    const made = tableFrom(
      `
      示例县2023年重点工作推进表 | | | |
      编制单位：示例县政府办公室 | | | 2023年2月3日 |
      序号 | 工作任务 | 进度安排 | | 责任单位
      | | 一季度 | 二季度 |
      1 | 甲事 | 立项 | 开工 | 县司法局
      `,
      [
        [0, 0, 0, 4],
        [1, 0, 1, 2],
        [1, 3, 1, 4],
        [2, 2, 2, 3],
      ],
    );
    expect(found(made)).toMatchObject({ firstRow: 2, endRow: 4, periods: [{ at: 2 }, { at: 3 }] });
    expect(roles(made)).toBe('0 ref, 1 title, 4 lead');
  });

  it('may have a second row under a merged heading', () => {
    const made = tableFrom(
      `
      序号 | 工作任务 | | 责任单位 | | 时限 |
      | 名称 | 内容 | 牵头 | 配合 | 开始 | 完成
      1 | 甲事 | 梳理清单 | 县司法局 | 县财政局 | 3月 | 8月
      `,
      [
        [0, 0, 1, 0],
        [0, 1, 0, 2],
        [0, 3, 0, 4],
        [0, 5, 0, 6],
      ],
    );
    expect(found(made)).toMatchObject({ firstRow: 0, endRow: 2 });
    expect(roles(made)).toBe('0 ref, 1 title, 2 content, 3 lead, 4 cooperate, 5 start, 6 deadline');
  });

  it('of two rows is known without merged cells, as a CSV has it', () => {
    const made = tableFrom(
      '序号,任务,责任单位,,时限\n,,牵头单位,配合单位,\n1,甲事,县司法局,县财政局,8月底前'.replaceAll(',', '|'),
    );
    expect(found(made)).toMatchObject({ endRow: 2 });
    expect(roles(made)).toBe('0 ref, 1 title, 2 lead, 3 cooperate, 4 deadline');
  });

  it('of one row keeps the first task, whatever is empty above it', () => {
    const made = tableFrom('序号 | 任务 | 责任单位 | | 时限\n1 | 甲事 | 县司法局 | 县财政局 | 8月底前');
    expect(found(made)).toMatchObject({ endRow: 1 });
  });

  it('takes the finest of several names as the task, and a category as its section', () => {
    expect(roles(tableFrom('类别 | 重点任务 | 工作事项 | 牵头单位\n公开 | 甲 | 乙 | 县司法局'))).toBe(
      '0 section, 1 section, 2 title, 3 lead',
    );
    expect(roles(tableFrom('一级指标 | 二级指标 | 责任单位\n甲 | 乙 | 县司法局'))).toBe('0 section, 1 title, 2 lead');
  });

  it('has the others in 责任单位 where 牵头单位 stands beside it', () => {
    expect(roles(tableFrom('任务 | 牵头单位 | 责任单位\n甲 | 县司法局 | 县财政局'))).toBe('0 title, 1 lead, 2 cooperate');
  });

  it('that we do not know is a time or a unit where that is what stands below it', () => {
    expect(roles(tableFrom('工作任务 | 责任单位 | 何时办完\n甲 | 县司法局 | 8月底前\n乙 | 县财政局 | 年底前'))).toBe(
      '0 title, 1 lead, 2 deadline',
    );
    expect(roles(tableFrom('工作任务 | 谁来办 | 完成时限\n甲 | 县司法局 | 8月底前\n乙 | 县财政局 | 年底前'))).toBe(
      '0 title, 1 lead, 2 deadline',
    );
    expect(roles(tableFrom('民生实事 | 责任单位 | 完成时限\n甲 | 县司法局 | 8月底前'))).toBe('0 title, 1 lead, 2 deadline');
  });

  it('may head a column with each unit, or with each quarter', () => {
    const units = found(tableFrom('序号 | 任务 | 县教育局 | 县公安局 | 县财政局 | 时限\n1 | 甲 | ★ | | ☆ | 年底前'));
    expect(units.units.map(({ heading }) => heading)).toEqual(['县教育局', '县公安局', '县财政局']);
    const quarters = found(
      tableFrom('任务 | 责任单位 | 进度安排 | | |\n | | 一季度 | 二季度 | 三季度 | 四季度\n甲 | 县司法局 | √ | | |', [
        [0, 2, 0, 5],
        [0, 0, 1, 0],
        [0, 1, 1, 1],
      ]),
    );
    expect(quarters.periods.map(({ at }) => at)).toEqual([2, 3, 4, 5]);
  });

  it.each([
    ['a list of people', '姓名 | 单位 | 职务 | 电话\n张三 | 县司法局 | 局长 | 1'],
    ['an agenda', '时间 | 地点 | 内容\n9:00 | 三楼 | 开会'],
    ['figures', '项目 | 单位 | 数量\n公开信息 | 条 | 20'],
    ['prose', '各单位要高度重视，按时完成任务 | 责任单位要落实到人\n一 | 二'],
    ['nothing', ' | \n | '],
  ])('is not found over %s', (_, printed) => {
    const { table, document } = tableFrom(printed);
    expect(headerOf(table, document.text)).toBeNull();
  });

  it('is found in rows of text, but not behind the first thirty', () => {
    const header = ['任务', '责任单位'];
    const rows = (before: number) => [...Array.from({ length: before }, () => ['前言', '']), header];
    expect(findHeader(rows(29))?.firstRow).toBe(29);
    expect(findHeader(rows(31))).toBeNull();
    expect(findHeader([])).toBeNull();
  });

  it('is not found in rows that are not as wide as it: that is a text with a table in it', () => {
    const header = ['序号', '任务', '责任单位'];
    const rows = [
      ['1', '甲', '县司法局'],
      ['2', '乙'],
      ['的下半句', '县财政局'],
      ['3', '丙', '县教育局'],
    ];
    expect(findHeader([header, ...rows])).toBeNull();
    expect(findHeader([header, ...rows.filter((row) => row.length === 3)])).not.toBeNull();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readRows } from '../../../src/intake/tables/rows.ts';
import { captionOf } from '../../../src/intake/tables/table-tasks.ts';
import { context, names, reading, reasons, tableFrom, tableOfTexts, terms } from './rows-cast.ts';

const PLAIN = `
  序号 | 任务名称 | 任务内容 | 责任单位 | 配合单位 | 完成时限
  1 | 政策首发 | 各类文件在县政府网站首发。 | 县教育局、县公安局 | | 8月底前
  2 | 政策解读 | 对民生政策多样解读。 | 县教育局牵头，⏎县公安局配合 | 县财政局 | 全年
`;

describe('a row of a table of tasks', () => {
  it('is one task with its number, name, units and times, each citing its words', () => {
    const { tasks, doubts, errors } = reading(tableFrom(PLAIN));
    expect(errors).toEqual([]);
    expect(doubts).toEqual([]);
    expect(tasks.map(({ ref, title }) => [ref, title])).toEqual([
      ['1', '政策首发'],
      ['2', '政策解读'],
    ]);
    const [first, second] = tasks;
    expect(names(first!.lead)).toEqual(['县教育局', '县公安局']);
    expect(terms(first!)).toEqual(['by 2022-08-31']);
    expect(first!.deadlines[0]).toMatchObject({ text: '8月底前', quote: '8月底前', inferred: expect.stringContaining('题名') });
    expect([names(second!.lead), names(second!.cooperate)]).toEqual([['县教育局'], ['县公安局', '县财政局']]);
    expect(terms(second!)).toEqual(['ongoing']);
    expect(tasks.flatMap((task) => task.doubts)).toEqual([]);
  });

  it('is quoted whole, from its first cell to its last', () => {
    const [first] = reading(tableFrom(PLAIN)).tasks;
    expect(first!.source.quote).toBe('1\n政策首发\n各类文件在县政府网站首发。\n县教育局、县公安局\n8月底前');
    expect(first!.place).toBe('A2');
  });

  it('takes its title from the content where the table has no names, or where the name is a paragraph', () => {
    const { tasks } = reading(
      tableFrom(`
        序号 | 工作内容 | 责任单位 | 时限
        1 | 开展窗口培训，年底前覆盖全部窗口。 | 县人社局 | 年底前
      `),
    );
    expect(tasks.map(({ title }) => title)).toEqual(['开展窗口培训，年底前覆盖全部窗口']);
  });

  it('reads times in the text as well as in the column, and asks where they differ', () => {
    const [task] = reading(
      tableFrom(`
        序号 | 任务 | 内容 | 责任单位 | 时间节点
        1 | 工作例会 | 11月底前听取一次公开工作汇报。 | 县政府办 | 全年
      `),
    ).tasks;
    expect(terms(task!)).toEqual([expect.stringMatching(/^by \d{4}-11-30$/u), 'ongoing']);
    expect(reasons(task!.doubts)).toEqual([expect.stringContaining('11月底前')]);
  });

  it('finds its units in the text where its cell is empty, and asks where they are nowhere', () => {
    const { tasks } = reading(
      tableFrom(`
        序号 | 任务 | 内容 | 责任单位 | 时限
        1 | 甲事 | 县司法局要牵头梳理清单。 | | 8月底前
        2 | 乙事 | 梳理服务清单。 | | 8月底前
      `),
    );
    expect(tasks.map(({ lead }) => names(lead))).toEqual([['县司法局'], []]);
    expect(tasks.map(({ doubts }) => reasons(doubts))).toEqual([[], ['没有牵头单位，请填写；表中可能是合并单元格']]);
  });

  it('asks for a time where its cell is empty, not where the whole column is missing or a dash says that there is none', () => {
    const withColumn = reading(
      tableFrom(`
        序号 | 任务 | 责任单位 | 时限
        1 | 甲事 | 县司法局 |
        2 | 乙事 | 县司法局 | —
        3 | 丙事 | 县司法局 | /
      `),
    );
    expect(withColumn.tasks.map(({ doubts }) => reasons(doubts))).toEqual([
      ['没有完成时限，请填写；表中可能是合并单元格'],
      [],
      [],
    ]);
    const without = reading(tableFrom('序号 | 任务 | 责任单位\n1 | 甲事 | 县司法局'));
    expect(without.tasks.flatMap(({ doubts }) => doubts)).toEqual([]);
    const nobody = reading(tableFrom('序号 | 任务 | 时限\n1 | 甲事 | 年底前'));
    expect(nobody.doubts).toEqual(['表中没有责任单位一列']);
    expect(nobody.tasks.flatMap(({ doubts }) => doubts)).toEqual([]);
  });

  it('means by 同上 what the row above it says, however often', () => {
    const { tasks } = reading(
      tableFrom(`
        序号 | 任务 | 责任单位 | 时限
        1 | 甲事 | 县司法局牵头，县财政局配合 | 9月底前
        2 | 乙事 | 同上 | 〃
        3 | 丙事 | 同 上 | 10月底前
      `),
    );
    expect(tasks.map(({ lead, cooperate }) => [names(lead), names(cooperate)])).toEqual(
      Array.from({ length: 3 }, () => [['县司法局'], ['县财政局']]),
    );
    expect(tasks.map(terms)).toEqual([['by 2022-09-30'], ['by 2022-09-30'], ['by 2022-10-31']]);
  });

  it('has a unit that leads and helps once, as leading, and a person is told', () => {
    const [task] = reading(tableFrom('任务 | 牵头单位 | 配合单位\n甲事 | 县司法局 | 县司法局、县财政局')).tasks;
    expect([names(task!.lead), names(task!.cooperate)]).toEqual([['县司法局'], ['县财政局']]);
    expect(reasons(task!.doubts)).toEqual(['“县司法局”既写在牵头又写在配合，按牵头读入']);
  });

  it('has people in its quote, and no person among its units', () => {
    const [task] = reading(
      tableFrom('序号 | 任务 | 责任单位 | 责任领导 | 联系人 | 联系电话\n1 | 甲事 | 县司法局 | 张三 | 李四 | 2020001'),
    ).tasks;
    expect(names(task!.lead)).toEqual(['县司法局']);
    expect(task!.source.quote).toContain('李四');
  });

  it('tells a remark that changes a time or a unit, and no other', () => {
    const { tasks, doubts } = reading(
      tableFrom(`
        序号 | 任务 | 责任单位 | 时限 | 备注 | 进展情况
        1 | 甲事 | 县司法局 | 3月底前 | 延至10月底 | 已启动
        2 | 乙事 | 县司法局 | 3月底前 | 参照去年做法 |
      `),
    );
    expect(tasks.map((task) => reasons(task.doubts))).toEqual([['备注：“延至10月底”'], []]);
    expect(doubts).toEqual(['表中“进展情况”一列没有读入']);
  });

  it('starts where a column of beginnings says, on the first day of the month or quarter', () => {
    const { tasks } = reading(
      tableFrom(`
        序号 | 任务 | 责任单位 | 开始时间 | 完成时间
        1 | 甲事 | 县司法局 | 2022年3月 | 2022年10月底
        2 | 乙事 | 县司法局 | 第二季度 | 年底前
        3 | 丙事 | 县司法局 | 3月15日 | 第三季度
      `),
      { ...context, times: { ...context.times, issuedOn: '2022-06-01' } },
    );
    expect(tasks.map((task) => terms(task).toSorted())).toEqual([
      ['by 2022-10-31', 'from 2022-03-01'],
      ['by 2022-12-31', 'from 2022-04-01'],
      ['by 2022-09-30', 'from 2022-03-15'],
    ]);
    expect(tasks[1]!.deadlines.find(({ kind }) => kind === 'from')).toMatchObject({ inferred: '年份取自题名' });
    expect(tasks.flatMap(({ doubts }) => doubts)).toEqual([]);
  });

  it('is led by its first unit alone where the heading says so', () => {
    const [task] = reading(tableFrom('序号 | 任务 | 责任单位（列第一位的为牵头单位）\n1 | 甲事 | 县司法局、县财政局')).tasks;
    expect([names(task!.lead), names(task!.cooperate)]).toEqual([['县司法局'], ['县财政局']]);
  });

  it('has the time that stands in one cell with its units', () => {
    const [task] = reading(tableFrom('任务 | 责任单位及完成时限\n甲事 | 县司法局牵头，县财政局配合，9月底前完成')).tasks;
    expect([names(task!.lead), names(task!.cooperate), terms(task!)]).toEqual([['县司法局'], ['县财政局'], ['by 2022-09-30']]);
  });
});

describe('the rows of a table', () => {
  it('are numbered as printed, without the point behind the number', () => {
    const { tasks } = reading(
      tableFrom('序号 | 任务 | 责任单位\n1. | 甲事 | 县司法局\n（二） | 乙事 | 县司法局\n2-1 | 丙事 | 县司法局'),
    );
    expect(tasks.map(({ ref }) => ref)).toEqual(['1', '(二)', '2-1']);
  });

  it('are counted where the table has no numbers, and named by their row where one number is missing', () => {
    expect(reading(tableFrom('任务 | 责任单位\n甲事 | 县司法局\n乙事 | 县司法局')).tasks.map(({ ref }) => ref)).toEqual([
      '1',
      '2',
    ]);
    const { tasks } = reading(tableFrom('序号 | 任务 | 责任单位\n1 | 甲事 | 县司法局\n | 乙事 | 县司法局'));
    expect(tasks.map(({ ref, doubts }) => [ref, reasons(doubts)])).toEqual([
      ['1', []],
      ['第3行', ['没有编号，以行号代替']],
    ]);
  });

  it('carry their section in the number where each section counts from 1 again', () => {
    const { tasks, doubts } = reading(
      tableFrom(
        `
        序号 | 任务 | 责任单位
        一、主动公开 | |
        1 | 甲事 | 县司法局
        2 | 乙事 | 县司法局
        二、监督保障 | |
        1 | 丙事 | 县司法局
        `,
        [
          [1, 0, 1, 2],
          [4, 0, 4, 2],
        ],
      ),
    );
    expect(tasks.map(({ ref }) => ref)).toEqual(['一-1', '一-2', '二-1']);
    expect(doubts).toEqual([]);
  });

  it('have unique numbers, and repeated ones are told', () => {
    const { tasks, doubts } = reading(
      tableFrom('序号 | 任务 | 责任单位\n1 | 甲事 | 县司法局\n1 | 乙事 | 县司法局\n1 | 丙事 | 县司法局'),
    );
    expect(tasks.map(({ ref }) => ref)).toEqual(['1', '1(2)', '1(3)']);
    expect(doubts).toEqual(['表中有 2 个编号重复，后出现的改为 1(2) 等']);
  });

  it('under one merged number and name are a task each: 12-1, 12-2', () => {
    const { tasks } = reading(
      tableFrom(
        `
        序号 | 任务名称 | 工作措施 | 责任单位 | 时限
        12 | 政务公开专区 | 统一专区标识和设备。 | 县政务服务局 | 6月底前
        | | 每月更新专区目录。 | 县政府办 |
        13 | 政府公报 | 按月编发公报。 | 县政府办 | 全年
        `,
        [
          [1, 0, 2, 0],
          [1, 1, 2, 1],
          [1, 4, 2, 4],
        ],
      ),
    );
    expect(tasks.map(({ ref, title }) => [ref, title])).toEqual([
      ['12-1', '政务公开专区：统一专区标识和设备'],
      ['12-2', '政务公开专区：每月更新专区目录'],
      ['13', '政府公报'],
    ]);
    expect(tasks.map(({ lead }) => names(lead))).toEqual([['县政务服务局'], ['县政府办'], ['县政府办']]);
    expect(terms(tasks[0]!)).toEqual(['by 2022-06-30']);
    expect(terms(tasks[1]!)).toEqual(['recurring monthly', 'by 2022-06-30']);
    expect(tasks[1]!.source.quote).toBe('每月更新专区目录。\n县政府办');
  });

  it('go on with the number above where number and name are empty, as a sheet without its merged cells shows them', () => {
    const { tasks } = reading(
      tableFrom(`
        序号 | 任务名称 | 工作措施 | 责任单位 | 时限
        3 | 专区建设 | 统一专区标识。 | 县政务服务局 | 6月底前
        | | 更新专区目录。 | 县政府办 | 9月底前
      `),
    );
    expect(tasks.map(({ ref, doubts }) => [ref, doubts])).toEqual([
      ['3-1', []],
      ['3-2', []],
    ]);
  });

  it('of one merged task that differ in their units alone are one task; where their times differ they are several', () => {
    const rows = `
      序号 | 任务 | 责任单位 | 时限
      1 | 清理规范性文件并公布目录 | 县司法局 | 9月底前
      | | 县政府办 |
    `;
    const [number, task, time] = [
      [1, 0, 2, 0],
      [1, 1, 2, 1],
      [1, 3, 2, 3],
    ] as const;
    const one = reading(tableFrom(rows, [number, task, time])).tasks;
    expect(one.map(({ ref, lead }) => [ref, names(lead)])).toEqual([['1', ['县司法局', '县政府办']]]);
    const several = reading(tableFrom(rows.replace('县政府办 |', '县政府办 | 10月底前'), [number, task])).tasks;
    expect(several.map((each) => [each.ref, names(each.lead), terms(each)])).toEqual([
      ['1-1', ['县司法局'], ['by 2022-09-30']],
      ['1-2', ['县政府办'], ['by 2022-10-31']],
    ]);
    expect(several[1]!.source.quote).toContain('清理规范性文件');
  });

  it('that only head, total, sign or repeat the header are no tasks; what else stands alone is told', () => {
    const { tasks, doubts } = reading(
      tableFrom(
        `
        序号 | 任务 | 责任单位 | 时限
        （一）主动公开 | | |
        1 | 甲事 | 县司法局 | 年底前
        序号 | 任务 | 责 任⏎单 位 | 时限
        重点领域 | | |
        2 | 乙事 | 县司法局 | 年底前
        3 | | |
        合计 | 2 | |
        注：未列事项另行通知。 | | |
        填表人：王五 | | 联系电话：2020001 |
        `,
        [[1, 0, 1, 3]],
      ),
    );
    expect(tasks.map(({ ref }) => ref)).toEqual(['1', '2']);
    expect(doubts).toEqual(['A5只有一格“重点领域”，当作小标题或附注，没有读为任务']);
  });

  it('keep a long measure that stands alone in its column as a task', () => {
    const { tasks } = reading(tableFrom('任务 | 责任单位 | 时限\n甲事 | 县司法局 | 年底前\n建立台账；定期核对。 | |'));
    expect(tasks.map(({ title, doubts }) => [title, doubts.length])).toEqual([
      ['甲事', 0],
      ['建立台账', 2],
    ]);
  });

  it('of a number of another kind and a name head the rows below them', () => {
    const { tasks, doubts } = reading(
      tableFrom(
        '序号 | 任务 | 责任单位 | 时限\n一 | 主动公开 | |\n1 | 甲事 | 县司法局 | 年底前\n二 | 监督保障 | |\n1 | 乙事 | 县司法局 | 年底前',
      ),
    );
    expect(tasks.map(({ ref, title }) => [ref, title])).toEqual([
      ['一-1', '甲事'],
      ['二-1', '乙事'],
    ]);
    expect(doubts).toEqual([]);
  });

  it('below another header are read by that one', () => {
    const { tasks } = reading(
      tableFrom(`
        序号 | 任务 | 责任单位 | 时限
        1 | 甲事 | 县司法局 | 9月底前
        序号 | 任务 | 完成时限 | 牵头单位
        2 | 乙事 | 10月底前 | 县财政局
      `),
    );
    expect(tasks.map((task) => [names(task.lead), terms(task)])).toEqual([
      [['县司法局'], ['by 2022-09-30']],
      [['县财政局'], ['by 2022-10-31']],
    ]);
  });

  it('with errors are told with their cells and kept out, the others are read', () => {
    const { tasks, errors } = reading(tableFrom('序号 | 任务 | 责任单位\n1 | | 县局\n2 | 甲事 | #REF!\n3 | 乙事 | 县司法局'));
    expect(errors).toEqual([
      'B2：缺少任务：需要写明任务名称；若是合并单元格，请取消合并并逐行填写',
      'C3：公式出错（#REF!），请改为文字',
    ]);
    expect(tasks.map(({ ref }) => ref)).toEqual(['3']);
  });

  it('are none below a header alone, and a table without a header is no table of tasks', () => {
    expect(reading(tableFrom('任务 | 责任单位')).doubts).toEqual(['表头下面没有任务']);
    const other = tableFrom('姓名 | 单位 | 电话\n张三 | 县司法局 | 2020001');
    expect(readRows(other.table, other.document, context)).toBeNull();
  });
});

describe('a table', () => {
  it('tells the text above its header as a candidate for the title', () => {
    const made = tableFrom('附件1 | |\n示例县2022年重点任务表 | |\n序号 | 任务 | 责任单位\n1 | 甲事 | 县司法局', [[1, 0, 1, 2]]);
    expect(captionOf(made.document)?.text).toBe('示例县2022年重点任务表');
  });

  it('takes no sentence over its header for the title', () => {
    const made = tableFrom(
      '各单位要按下表的分工认真抓好落实，每季度末报送进展情况。 | |\n示例县任务清单 | |\n任务 | 责任单位 | 时限\n甲事 | 县司法局 | 年底前',
    );
    expect(captionOf(made.document)?.text).toBe('示例县任务清单');
  });

  it('tells a few rows that stand alone, and how many more there are', () => {
    const alone = Array.from({ length: 8 }, (_, at) => `第${at + 1}块 | |`).join('\n');
    const { doubts } = reading(tableFrom(`任务 | 责任单位 | 时限\n甲事 | 县司法局 | 年底前\n${alone}`));
    expect(doubts).toHaveLength(6);
    expect(doubts.at(-1)).toBe('另有 3 行也只有一格，没有读为任务');
  });

  it('tells two columns of numbers', () => {
    expect(reading(tableFrom('序号 | 编号 | 任务 | 责任单位\n1 | 7 | 甲事 | 县司法局')).doubts).toEqual([
      '表中“序号”和“编号”两列是同一个意思，编号取自“序号”',
    ]);
  });

  it('of five thousand rows is read, of more it is refused', { timeout: 120_000 }, () => {
    const row = (number: number) => [String(number), '梳理清单', '县司法局牵头，县财政局配合', '9月底前'];
    const rows = (count: number) => [
      ['序号', '任务', '责任单位', '时限'],
      ...Array.from({ length: count }, (_, at) => row(at + 1)),
    ];
    const [most, more] = [tableOfTexts(rows(5_000)), tableOfTexts(rows(5_001))];
    expect(readRows(most.table, most.document, context)?.tasks).toHaveLength(5_000);
    const large = readRows(more.table, more.document, context);
    expect(large?.tasks).toEqual([]);
    expect(large?.errors).toEqual(['A1：表格过大：最多 5000 行，这里有 5001 行']);
  });

  it('with a long cell over very many rows is read up to a limit, and says so', { timeout: 60_000 }, () => {
    const rows = [
      ['任务', '责任单位', '时限'],
      ...Array.from({ length: 600 }, (_, at) => [
        at === 0 ? '梳理清单，'.repeat(3_000) : '',
        '县司法局',
        at % 2 === 0 ? '8月底前' : '9月底前',
      ]),
    ];
    const { tasks, errors } = reading(tableOfTexts(rows, [[1, 0, 600, 0]]));
    expect(tasks.length).toBeGreaterThan(300);
    expect(tasks.length).toBeLessThan(400);
    expect(errors).toEqual([expect.stringContaining('任务文字合计超过')]);
    expect(Math.max(...tasks.map(({ source }) => source.quote.length))).toBeLessThan(20_000);
  });

  it('with a vast cell over all rows is done with quickly', { timeout: 20_000 }, () => {
    const rows = [
      ['任务', '责任单位', '备注'],
      ...Array.from({ length: 4_000 }, (_, at) => [at === 0 ? '甲'.repeat(300_000) : '', '县司法局', '1']),
    ];
    const { tasks, errors } = reading(tableOfTexts(rows, [[1, 0, 4_000, 0]]));
    expect(tasks).toEqual([]);
    expect(errors[0]).toBe('A2：这一格超过 20000 字，没有读入');
    expect(errors.length).toBeLessThan(200);
  });
});

describe('a matrix of units', () => {
  const MATRIX = `
    序号 | 任务 | 县教育局 | 县公安局 | 县财政局 | 时限
    1 | 甲事 | ★ | ☆ | | 8月底前
    2 | 乙事 | ☆ | ★ | ★ | 年底前
  `;

  it('gives each unit its part by the legend', () => {
    const { tasks } = reading(tableFrom(`★为牵头单位，☆为配合单位 | | | | |\n${MATRIX.trim()}`));
    expect(tasks.map(({ lead, cooperate }) => [names(lead), names(cooperate)])).toEqual([
      [['县教育局'], ['县公安局']],
      [['县公安局', '县财政局'], ['县教育局']],
    ]);
    expect(tasks.flatMap(({ doubts }) => doubts)).toEqual([]);
  });

  it.each([
    '“★”表示牵头单位，“☆”表示配合单位',
    '牵头单位用“★”标注，配合单位用“☆”标注',
    '注：★牵头，☆配合',
    '（★—牵头单位；☆—配合单位）',
  ])('knows the legend %s', (legend) => {
    const [first] = reading(tableFrom(`${MATRIX.trim()}\n${legend} | | | | |`)).tasks;
    expect([names(first!.lead), names(first!.cooperate), first!.doubts]).toEqual([['县教育局'], ['县公安局'], []]);
  });

  it('asks what a mark means where no legend says it', () => {
    const [first] = reading(tableFrom(MATRIX)).tasks;
    expect([names(first!.lead), names(first!.cooperate)]).toEqual([['县教育局'], ['县公安局']]);
    expect(reasons(first!.doubts)).toEqual([
      '表中没有说明“★”的意思，按牵头读入，请确认',
      '表中没有说明“☆”的意思，按配合读入，请确认',
    ]);
  });

  it('may say it in words', () => {
    const [first] = reading(
      tableFrom('任务 | 责任单位 | | \n | 县教育局 | 县公安局 | 县财政局\n甲事 | 牵头 | 配合 |', [
        [0, 0, 1, 0],
        [0, 1, 0, 3],
      ]),
    ).tasks;
    expect([names(first!.lead), names(first!.cooperate), first!.doubts]).toEqual([['县教育局'], ['县公安局'], []]);
  });

  it('of quarters dates a task by the quarters that are marked, by the last of several in a row with a question', () => {
    const { tasks, doubts } = reading(
      tableFrom(
        `
        任务 | 责任单位 | 进度安排 | | |
        | | 一季度 | 二季度 | 三季度 | 四季度
        甲事 | 县司法局 | | √ | | √
        乙事 | 县司法局 | √ | √ | √ |
        `,
        [
          [0, 0, 1, 0],
          [0, 1, 1, 1],
          [0, 2, 0, 5],
        ],
      ),
    );
    expect(tasks.map(terms)).toEqual([['by 2022-06-30', 'by 2022-12-31'], ['by 2022-09-30']]);
    expect(tasks.map((task) => reasons(task.doubts))).toEqual([[], ['“三季度”和前一期都有标记，取最后一期为时限，请确认']]);
    expect(doubts).toEqual(['表中“进度安排/一季度”等各期的列里有内容的，按该期期末读为时限']);
  });

  it('of quarters may hold what is to be reached by then, and times of its own', () => {
    const { tasks } = reading(
      tableFrom('任务 | 上半年目标 | 全年目标 | 责任单位\n甲事 | 完成一半，5月底前报方案 | 全部完成 | 县司法局'),
    );
    expect(terms(tasks[0]!)).toEqual(['by 2022-05-31', 'by 2022-06-30']);
  });
});

describe('whatever stands in a table', () => {
  const cell = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        '',
        '1',
        '2',
        '一、',
        '（二）',
        '县司法局',
        '县司法局牵头，县财政局配合',
        '8月底前',
        '全年',
        '梳理清单。',
        '同上',
        '—',
      ),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        '序号',
        '任务',
        '责任单位',
        '时限',
        '配合单位',
        '备注',
        '一季度',
        '县教育局',
        '★',
        '#REF!',
        '合计',
        '注：略',
      ),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  );
  const grid = fc
    .record({
      rows: fc.array(fc.array(cell, { minLength: 5, maxLength: 5 }), { minLength: 1, maxLength: 9 }),
      merges: fc.array(fc.tuple(fc.nat(8), fc.nat(4), fc.nat(3), fc.nat(2)), { maxLength: 4 }),
    })
    .map(({ rows, merges }) => ({
      rows: [['序号', '任务', '内容', '责任单位', '时限'], ...rows],
      merges: merges.map(([row, column, height, width]) => [row + 1, column, row + 1 + height, column + width] as const),
    }));

  it('has a title though it holds nothing but a mark', () => {
    const { tasks } = reading(tableFrom('任务 | 责任单位\n。 | 县司法局'));
    expect(tasks.map(({ title }) => title)).toEqual(['。']);
  });

  it('every task has a number of its own and cites its words, and nothing is thrown', () => {
    fc.assert(
      fc.property(grid, ({ rows, merges }) => {
        const { tasks, errors } = reading(tableOfTexts(rows, merges));
        expect(new Set(tasks.map(({ ref }) => ref)).size).toBe(tasks.length);
        for (const { title, place, ref } of tasks) for (const each of [title, place, ref]) expect(each).not.toBe('');
        for (const error of errors) expect(error).toMatch(/^[A-J]\d+：/u);
      }),
      { numRuns: 400 },
    );
  });
});

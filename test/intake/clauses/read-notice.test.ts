import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { reading, summary } from './notice-text.ts';

const COVER = `示政办发〔2026〕7号

示例县人民政府办公室
关于印发示例县2026年便民服务要点的
通　知

各乡镇人民政府，县政府各部门：

现将《示例县2026年便民服务要点》印发给你们，请认真抓好落实。

示例县人民政府办公室

2026年2月9日

（此件公开发布）

示例县2026年便民服务要点

今年的便民服务工作以群众少跑腿为目标，制定本要点。
`;

describe('the tasks of a notice', () => {
  it('are its bracketed paragraphs where several stand under one heading', () => {
    const text = `${COVER}
一、把大厅建好
（一）窗口整合
县行政审批局要把分散的窗口并到一处，群众只进一扇门。（县行政审批局牵头，县人社局配合，5月底前完成）
大厅周末照常开放，午间有人值守。（县行政审批局负责）
（二）设施
补齐轮椅和老花镜。（县机关事务中心负责，6月底前完成）

本要点落实情况要写入年度报告，由县政府各部门于12月15日前报县政府办公室。
本文件由县政府办公室负责解读。
抄送：县委办公室，县人大常委会办公室。
示例县人民政府办公室 2026年2月9日印发
`;
    expect(summary(text)).toEqual([
      '一(一)-1 县行政审批局 | 县人社局 | 5月底前',
      '一(一)-2 县行政审批局 |  | ',
      '一(二) 县机关事务中心 |  | 6月底前',
      '结尾 县政府各部门 |  | 12月15日前',
    ]);
  });

  it('are its numbered items, called by their number alone where numbers run on through all sections', () => {
    const text = `${COVER}
一、把大厅建好
1．公布各窗口的地址。（责任单位：县行政审批局）
2．设立意见箱，每季度开箱。（责任单位：县行政审批局、信访局）
二、把网办理顺
3．核对办事指南，8月底前公布。（责任单位：县大数据中心）
`;
    expect(summary(text)).toEqual(['1 县行政审批局 |  | ', '2 县行政审批局、信访局 |  | 每季度', '3 县大数据中心 |  | 8月底前']);
  });

  it('state their units and times on lines of their own', () => {
    const text = `${COVER}
1.修好自助机
坏了的两天之内修好。
牵头单位：县城管局
配合单位：县财政局、各乡镇
完成时限：2026年6月底
2.划好停车线
责任单位：县公安局
`;
    expect(summary(text)).toEqual(['1 县城管局 | 县财政局、各乡镇 | 2026年6月底', '2 县公安局 |  | ']);
  });

  it('are the parts of an item where the parts have units, beside the item where it has some itself', () => {
    const text = `${COVER}
一、减负
（一）把好做法固定下来。（县财政局牵头，各乡镇负责）
具体措施：
1.总结做法。（县财政局负责）
2.2026年6月底前，推送第一批清单。（县税务局牵头，县财政局配合）
（二）把时间再减一半。
1.县城实行一窗办理。（县市场监管局负责）
2.推广到乡镇。（县市场监管局牵头，各乡镇负责）
`;
    expect(summary(text)).toEqual([
      '一(一) 县财政局 | 各乡镇 | ',
      '一(一)1 县财政局 |  | ',
      '一(一)2 县税务局 | 县财政局 | 2026年6月底前',
      '一(二)1 县市场监管局 |  | ',
      '一(二)2 县市场监管局 | 各乡镇 | ',
    ]);
  });

  it('are one where the units that close the last part are said of all parts', () => {
    const text = `${COVER}
一、清理
（一）清理不合理的条件
1.逐项列出台账。
2.每季度公布一次结果。
责任单位：县发改局
（二）简化手续
1.取消重复盖章。
2.合并现场核验，10月底前完成。
责任单位：县住建局
`;
    expect(summary(text)).toEqual(['一(一) 县发改局 |  | 每季度', '一(二) 县住建局 |  | 10月底前']);
  });

  it('are set apart where the whole notice stands on one line', () => {
    const text =
      '各乡镇人民政府：为了把事情办好，现提出以下意见。一、把大厅建好（一）整合窗口。把分散在各处的窗口并到一处，统一叫号、统一收件，群众只进一扇门，办完就能走。（县行政审批局牵头，县人社局配合）' +
      '（二）补齐设施。补齐轮椅和老花镜，坏了的自助机两天之内修好，2026年6月底前全部到位。（县机关事务中心负责）二、把网办理顺（三）核对指南。各部门逐项核对办事指南，删掉没有依据的材料，不得另设门槛。（县政府各部门负责）' +
      '县政府各部门要抓好落实，有关情况年底前报县政府。示例县人民政府2026年3月1日（此件公开发布）';
    expect(summary(text)).toEqual([
      '（一） 县行政审批局 | 县人社局 | ',
      '（二） 县机关事务中心 |  | 2026年6月底前',
      '（三） 县政府各部门 |  | ',
      '结尾 县政府各部门 |  | 年底前',
    ]);
    expect(reading(text).notice.issuer?.value).toBe('示例县人民政府');
    expect(reading(text).notice.issuedOn?.value).toBe('2026-03-01');
  });

  it('are not aims, principles, scopes and definitions, unless somebody has to do them by some day', () => {
    const text = `${COVER}
一、总体要求
（一）指导思想。坚持以群众满意为标准，把便民服务办得更好。
（二）基本原则
1.问题导向。从群众最不满意的地方改起。
2.统筹推进。各项工作一起抓。
（三）工作目标。2026年10月底前，县行政审批局要完成全部窗口的整合。
二、试点范围
确定三个乡镇作为试点乡镇。
三、工作任务
（一）明确职责范围。县行政审批局要列出清单。
`;
    expect(summary(text)).toEqual(['一(三) 县行政审批局 |  | 2026年10月底前', '三(一) 县行政审批局 |  | ']);
  });

  it('of a letter and of the plan that it sends are told apart', () => {
    const text = `示例县人民政府关于印发2026年任务分解方案的通知
各乡镇人民政府：
现将方案印发给你们，并通知如下：
一、抓紧安排。各牵头单位于2026年2月20日前报送计划。
二、加强督办。县政府督查室按月通报。
示例县人民政府
2026年1月30日
2026年任务分解方案
一、修路
（一）修好三条村道。（县交通运输局负责）
（二）修好两座桥。（县交通运输局负责）
二、治水
（一）清理河道。（县水利局负责）
`;
    expect(summary(text)).toEqual([
      '一 各牵头单位 |  | 2026年2月20日前',
      '二 县政府督查室 |  | 按月',
      '一(一) 县交通运输局 |  | ',
      '一(二) 县交通运输局 |  | ',
      '二(一) 县水利局 |  | ',
    ]);
  });

  it('of the longer of two texts keep their numbers where both count alike', () => {
    const text = `各乡镇人民政府：
一、抓紧安排。各牵头单位于2026年2月20日前报送计划。
示例县人民政府
2026年1月30日
一、修好三条村道。（县交通运输局负责）
二、修好两座桥。（县交通运输局负责）
`;
    expect(reading(text).tasks.map(({ ref }) => ref)).toEqual(['通知-一', '一', '二']);
  });

  it('are not the lines of a table of contents, nor the indicators of an annex', () => {
    const text = `示例县便民服务计划
目录
一、把大厅建好
二、把网办理顺
一、把大厅建好
县行政审批局要在6月底前把窗口并到一处。
二、把网办理顺
县大数据中心要核对办事指南。
附件
评价指标
1.窗口整合率
计算方法：已经整合的窗口除以全部窗口。
2.按时办结率
计算方法：按时办结的件数除以全部件数。
`;
    expect(summary(text)).toEqual(['一 县行政审批局 |  | 6月底前', '二 县大数据中心 |  | ']);
  });

  it('of clauses and of a table are both read, and a person is told where they say the same', () => {
    const text = `示例县2026年便民服务要点
1.公布全县各办事窗口的地址和电话并及时更新。（县行政审批局负责）
2.在各大厅门口设立意见箱并且每季度开箱登记。（县信访局负责）
附件
任务分工表
序号\t任务名称\t责任单位\t完成时限
1\t公布全县各办事窗口的地址和电话并及时更新\t县行政审批局\t6月底前
2\t在各大厅门口设立意见箱并且每季度开箱登记\t县信访局\t9月底前
`;
    const { tasks, doubts } = reading(text);
    expect(tasks.map(({ ref, deadlines }) => [ref, deadlines.map((each) => each.text)])).toEqual([
      ['1', []],
      ['2', ['每季度']],
      ['表-1', ['6月底前']],
      ['表-2', ['每季度', '9月底前']],
    ]);
    expect(doubts).toEqual(['表中有 2 项与正文的条目说的是同一件事，两处都已读入，请只留一处']);
  });

  it('are asked about where a wrapped text without indents does not tell whether another begins', () => {
    const text = `一、把大厅办好
（一）窗口和设施
县行政审批局要把分散的窗口并到一处，群众只进一扇门，办完
就能走，窗口前面要有座位和饮水，老人和孩子优先办理业务。
县机关事务中心要在六月底前补齐轮椅和老花镜，坏了的机器两
天之内修好，修不好的贴出告示，写明什么时候能用，不得瞒报，
更不得让群众白跑一趟，有意见的当面受理，登记在册，按时回
复办理的结果。
`;
    const { tasks } = reading(text);
    expect(tasks.map(({ ref }) => ref)).toEqual(['一(一)']);
    expect(tasks[0]?.doubts.map(({ reason }) => reason)).toContainEqual(expect.stringContaining('看不出是否另起'));
  });

  it('ask for a unit where all siblings state one', () => {
    const text = `${COVER}
1.公布地址。（县行政审批局负责）
2.设立意见箱。（县信访局负责）
3.评选优秀窗口。
4.公布结果。（县人社局负责）
`;
    const asked = reading(text).tasks.filter(({ doubts }) => doubts.length > 0);
    expect(asked.map(({ ref }) => ref)).toEqual(['3']);
    expect(asked[0]?.doubts[0]).toMatchObject({ field: 'lead' });
  });

  it('are read in order, each ref once, each quote what stands in the document, whatever the document', () => {
    const piece = fc.constantFrom(
      '一、',
      '二、',
      '（一）',
      '（二）',
      '1.',
      '2．',
      '①',
      '第一章',
      '附件1',
      '县财政局',
      '各乡镇',
      '牵头',
      '负责',
      '，',
      '。',
      '：',
      '\n',
      '\n\n',
      '（',
      '）',
      '〔',
      '〕',
      '2026年',
      '3月底前',
      '每季度',
      '12',
      '责任单位：',
      '完成时限：',
      '抄送：',
      '　　',
      '序号\t任务\t责任单位\n',
      '《',
      '“',
      '总体要求',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 120 }), (pieces) => {
        const { tasks, document } = reading(pieces.join(''));
        expect(new Set(tasks.map(({ ref }) => ref)).size).toBe(tasks.length);
        for (const { source, title, deadlines } of tasks) {
          expect(source.quote).toBe(document.text.slice(source.span.start, source.span.end));
          expect(source.quote.trim()).not.toBe('');
          expect(title).not.toBe('');
          for (const { quote, span } of deadlines) expect(quote).toBe(document.text.slice(span.start, span.end));
        }
        const starts = tasks.map(({ source }) => source.span.start);
        expect(starts).toEqual(starts.toSorted((one, other) => one - other));
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    '1',
    '（',
    '（一）（',
    '一、',
    '一、\n',
    '12月',
    '“《（',
    '县财政局牵头，',
    '。责任单位：',
    '国发〔2026〕1号\n',
    '1.1.1.',
  ])('are looked for in linear time in a document of nothing but %j', (unit) => {
    const cost = (size: number): number => {
      const text = unit.repeat(size / unit.length);
      const start = process.cpuUsage();
      reading(text);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    };
    cost(2_000);
    const [small, large] = [cost(4_000), cost(32_000)];
    // Eight times the text; quadratic would be sixty-four times the time.
    expect(large).toBeLessThan(small * 24 + 300);
  });
});

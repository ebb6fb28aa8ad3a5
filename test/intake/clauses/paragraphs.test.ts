import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { paragraphsOf } from '../../../src/intake/clauses/paragraphs.ts';
import { documentOf } from './notice-text.ts';

function paragraphs(text: string): string[] {
  return paragraphsOf(documentOf(text)).map(({ passage }) => passage.text);
}

const WRAPPED = `　　示例县便民服务中心每周一早上开门之前要把前一周收到的
意见整理成册,送县政府办公室阅看,并在一个月之内把结果
告诉提意见的人.
　　办理不了的,要当面说明缘由,不得以任何借口推诿拖延,
不得让群众来回跑路.各窗口单位每月检查一次,结果记入台
账备查,年底汇总.
　　各乡镇便民服务站照此办理,由县行政审批局负责日常指导
检查,遇有重大情况随时报告.
`;

describe('paragraphs', () => {
  it('are joined where lines were wrapped, and begin at an indent', () => {
    expect(paragraphs(WRAPPED).map((text) => [text.slice(0, 4), text.slice(-4)])).toEqual([
      ['示例县便', '见的人.'],
      ['办理不了', '年底汇总.'.slice(-4)],
      ['各乡镇便', '时报告.'],
    ]);
  });

  it('end before a signature and behind a title that stands in the middle', () => {
    const closing =
      '   各乡镇、各部门要逐项对照,于2026年3月5日前报送名单.联系电话:0000000.\n\n                    示例县便民服务领导小组办公室\n';
    expect(paragraphs(closing).at(-1)).toBe('示例县便民服务领导小组办公室');
    const title = '　　　　　　　示例县防汛指挥部\n　　　　关于做好2026年备汛工作的通知\n各乡镇人民政府：\n';
    expect(paragraphs(title + WRAPPED).slice(0, 2)).toEqual(['示例县防汛指挥部关于做好2026年备汛工作的通知', '各乡镇人民政府:']);
  });

  it('go on with a statement of units that a wrap put at the start of a line, where paragraphs begin with an indent', () => {
    const stated = WRAPPED.replace('人.\n', '人,并且在门口和网站上张贴出来供大家查看.\n（县行政审批局负责）\n');
    expect(paragraphs(stated).map((text) => text.slice(-4))).toEqual(['局负责)', '年底汇总.'.slice(-4), '时报告.']);
  });

  it('are the same with a blank line between all lines and without indents', () => {
    const spaced = WRAPPED.replaceAll('　', '').replaceAll('\n', '\n\n');
    expect(paragraphs(spaced)).toEqual(paragraphs(WRAPPED));
  });

  it('keep a date whole that a page number, a rule and blank lines cut in two', () => {
    const text =
      '一、台账管理\n各窗口单位要把上年没有办结的事项列出台账，写明经办人和缘由，于2026年\n\n- 3 -\n\n———\n\n4月底前报县政府办公室，逐项销号，不得遗漏。\n';
    expect(paragraphs(text)).toEqual([
      '一、台账管理',
      '各窗口单位要把上年没有办结的事项列出台账,写明经办人和缘由,于2026年4月底前报县政府办公室,逐项销号,不得遗漏。',
    ]);
  });

  it('end with their line where lines are whole paragraphs, headings without a full stop too', () => {
    const text =
      '一、把大厅建好\n（一）窗口整合\n补齐老花镜、轮椅和母婴室，方便老人和带孩子的群众办事。\n（二）延时服务\n中午和周末有人值守，节前三天贴出安排。\n';
    expect(paragraphs(text)).toHaveLength(5);
  });

  it('go on where a numbered sentence was cut although its siblings end with a bracket', () => {
    const text = [
      '1、公布全县办事窗口的地址和电话，变动之后三天之内更新。（责任单位：县行政审批局）',
      '2、在大厅门口设立意见箱，每周开箱一次并登记。（责任单位：县行政审批局）',
      '3、做好婚姻、户籍、社保、医保、公积金和不动产登',
      '',
      '记的预约工作。（责任单位：县民政局、公安局）',
      '4、每季度评选一次优秀窗口并张榜公布。（责任单位：县行政审批局）',
    ].join('\n');
    expect(paragraphs(text)).toHaveLength(4);
    expect(paragraphs(text)[2]).toContain('不动产登记的预约工作');
  });

  it('leave a date, a number and a signature on lines of their own', () => {
    const lines = ['示政办发〔2026〕12号', '示例县人民政府办公室', '2026年3月20日', '（此件公开发布）'];
    expect(paragraphs(lines.join('\n'))).toHaveLength(4);
  });

  it('drop a running header that stands amid sentences', () => {
    const page = (rest: string) =>
      `各窗口单位要把办事指南放在群众看得见的地方，做到内容准确、字迹清楚，凡有变\n示例县政务服务工作手册\n动应当及时更换，${rest}。\n`;
    const text = page('旧的收回') + page('新的登记') + page('由专人保管');
    expect(paragraphs(text).join('')).not.toContain('工作手册');
  });

  it('keep every character but furniture, in order and each at its own place', () => {
    const pieces = fc.constantFrom(
      '一、',
      '（一）',
      '县财政局',
      '，',
      '。',
      '\n',
      '\n\n',
      '　',
      '12',
      '年',
      '月底前',
      '（',
      '）',
      '负责',
      '——',
      '：',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        const text = parts.join('');
        let last = -1;
        for (const { passage, spans } of paragraphsOf(documentOf(text))) {
          expect(passage.length).toBeGreaterThan(0);
          expect(passage.span().start).toBeGreaterThan(last);
          last = passage.span().end - 1;
          expect(
            spans
              .map(({ start, end }) => text.slice(start, end))
              .join('')
              .replaceAll(/\s/gu, ''),
          ).toHaveLength(passage.length);
        }
      }),
    );
  });
});

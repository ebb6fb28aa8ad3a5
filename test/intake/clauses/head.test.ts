import { describe, expect, it } from 'vitest';

import { readNotice } from '../../../src/intake/clauses/read-notice.ts';
import { readCsv } from '../../../src/intake/formats/sheets.ts';
import { utf8 } from '../../support/documents.ts';
import { documentOf, reading } from './notice-text.ts';

function head(text: string): Record<string, unknown> {
  const { title, number, issuer, issuedOn, year } = reading(text).notice;
  return { title: title?.value, number: number?.value, issuer: issuer?.value, issuedOn: issuedOn?.value, year: year?.value };
}

const BODY = '一、把大厅建好\n县行政审批局要把窗口并到一处。\n';

describe('the head of a notice', () => {
  it('is read from red head, cover and signature, the title being that of what is sent', () => {
    const text = `示例县人民政府办公室文件\n示政办发〔2026〕7号\n示例县人民政府办公室\n关于印发示例县2026年便民\n服务要点的通知\n各乡镇人民政府：\n现将要点印发给你们。\n示例县人民政府办公室\n2026年2月9日\n示例县2026年便民服务要点\n${BODY}`;
    expect(head(text)).toEqual({
      title: '示例县2026年便民服务要点',
      number: '示政办发〔2026〕7号',
      issuer: '示例县人民政府办公室',
      issuedOn: '2026-02-09',
      year: 2026,
    });
  });

  it('has the whole title where nothing is sent, and the year of its day of issue', () => {
    const text = `示例省人民政府关于进一步办好\n便民服务的若干意见\n示政发【2025】18号\n各市人民政府：\n现提出以下意见：\n${BODY}示例省人民政府\n二〇二五年十一月二十六日\n`;
    expect(head(text)).toEqual({
      title: '示例省人民政府关于进一步办好便民服务的若干意见',
      number: '示政发【2025】18号',
      issuer: '示例省人民政府',
      issuedOn: '2025-11-26',
      year: 2025,
    });
  });

  it.each(['示例县人民政府督查室', '示例县高新区管委会', '示例县治理拖欠工资工作领导小组办公室'])('is signed by %s', (name) => {
    expect(head(`关于开展窗口作风督查的通知\n各乡镇人民政府：\n${BODY}\n${name}\n2026年2月9日\n`)).toMatchObject({
      issuer: name,
    });
  });

  it('keeps the bracket that closes the title of what is sent', () => {
    const text = `示例县人民政府\n关于印发示例县便民服务三年行动计划（2026—2028年）的通知\n示政发〔2026〕3号\n各乡镇人民政府：\n现将计划印发给你们。\n${BODY}`;
    expect(head(text)['title']).toBe('示例县便民服务三年行动计划（2026—2028年）');
  });

  it('takes issuer and day from the line of printing where nobody signed', () => {
    const text = `2026年便民服务工作方案\n${BODY}示例县人民政府办公室 2026年3月2日印发\n`;
    expect(head(text)).toEqual({
      title: '2026年便民服务工作方案',
      number: undefined,
      issuer: '示例县人民政府办公室',
      issuedOn: '2026-03-02',
      year: 2026,
    });
  });

  it('is not mixed up with what a page says above the notice', () => {
    const text = `首页 > 政务公开\n索引号\n1234/2026-5\n发布机关\n示例县政府\n成文日期\n2026-02-09\n标题\n示例县人民政府关于办好便民服务的意见\n有效性\n有效\n示例县人民政府\n关于办好便民服务的意见\n各乡镇人民政府：\n${BODY}`;
    expect(head(text)).toEqual({
      title: '示例县人民政府关于办好便民服务的意见',
      number: undefined,
      issuer: '示例县人民政府',
      issuedOn: '2026-02-09',
      year: 2026,
    });
  });

  it('is not what a sentence mentions: numbers, days and titles of other documents', () => {
    const text = `为落实《关于办好便民服务的通知》（示政发〔2024〕3号）精神，2024年5月6日县政府作了部署。\n${BODY}`;
    expect(head(text)).toEqual({ title: undefined, number: undefined, issuer: undefined, issuedOn: undefined, year: undefined });
  });

  it('is told apart where title, number and addressees stand on one line', () => {
    const text = `示例省人民政府办公室转发示例省商务厅关于做好展会服务工作意见的通知示政办函〔2025〕41号各市人民政府，省政府各部门：示例省商务厅《关于做好展会服务工作的意见》已经省政府同意，现转发给你们。一、总体要求（一）目标。展会服务更加便利，群众更加满意。二、主要任务（二）建好场馆。省商务厅要在2025年6月底前完成场馆改造。示例省人民政府办公室2025年3月9日`;
    expect(head(text)).toMatchObject({
      title: '示例省人民政府办公室转发示例省商务厅关于做好展会服务工作意见的通知',
      number: '示政办函〔2025〕41号',
      issuedOn: '2025-03-09',
    });
  });

  it('takes the year of the meeting under the title where no other is told', () => {
    const text = `示例县政府常务会议议定事项分解\n（2026年2月9日第十二次常务会议）\n${BODY}`;
    expect(head(text)).toMatchObject({ issuedOn: undefined, year: 2026 });
  });

  it('takes the office that stands over the day of printing', () => {
    const text = `2026年便民服务工作方案\n${BODY}    示例县人民政府办公室\n    2026年3月2日印发\n`;
    expect(head(text)).toMatchObject({ issuer: '示例县人民政府办公室', issuedOn: '2026-03-02' });
  });

  it('does not take a far goal in the title for the year', () => {
    const text = `示例县便民服务三年行动计划（2025—2027年）\n${BODY}示例县人民政府\n2025年4月1日\n`;
    expect(head(text)).toMatchObject({ issuedOn: '2025-04-01', year: 2025 });
  });

  it('is outranked by what a person tells', () => {
    const { notice } = readNotice(documentOf(`2026年便民服务要点\n${BODY}`), {
      hints: { year: 2027, issuedOn: '2027-01-05' },
      directory: null,
      renames: [],
    });
    expect([notice.year?.value, notice.year?.rule, notice.issuedOn?.value]).toEqual([2027, '--year', '2027-01-05']);
  });

  it('is told by a person where the document is a table and nothing else, and rests on its first words', () => {
    const table = readCsv({ file: '分解表.csv', bytes: utf8('任务名称,责任单位,完成时限\n公布清单,县教育局,8月底前\n') });
    if (!table.ok) throw new Error('not a table');
    const hints = { year: 2027, issuedOn: '2027-01-05' };
    const { notice, tasks } = readNotice(table.value, { hints, directory: null, renames: [] });
    expect([notice.year?.value, notice.issuedOn?.value, notice.year?.quote]).toEqual([2027, '2027-01-05', '任务名称']);
    expect(tasks[0]?.deadlines).toMatchObject([{ kind: 'by', date: '2027-08-31' }]);
  });

  it('quotes the document', () => {
    const text = `示例县人民政府办公室\n关于印发示例县2026年便民\n服务要点的通知\n${BODY}示例县人民政府办公室\n2026年2月9日\n`;
    const { notice } = reading(text);
    for (const read of [notice.title, notice.issuer, notice.issuedOn, notice.year]) {
      expect(read?.quote).toBe(text.slice(read?.span.start, read?.span.end));
    }
    expect(notice.title?.quote).toBe('示例县2026年便民\n服务要点');
  });
});

import { describe, expect, it } from 'vitest';

import { deadlineIdentity } from '../../../src/domain/deadline.ts';
import { Passage } from '../../../src/intake/passage.ts';
import type { OpenDeadline, ReadDeadline, TimeContext } from '../../../src/intake/reading.ts';
import { type ReadTimes, readTimes } from '../../../src/intake/times/index.ts';
import { ASKED, FALSE_FRIENDS } from './time-cases-asked.ts';
import { BEGINNINGS, ONGOING, RHYTHMS, STATED, TERMS, type TimeCase } from './time-cases.ts';

const context: TimeContext = { year: 2022, yearSource: '题名', issuedOn: '2022-07-12' };

describe('the times of a task', () => {
  const groups = { TERMS, BEGINNINGS, RHYTHMS, ONGOING, STATED, ASKED, FALSE_FRIENDS };
  for (const [group, cases] of Object.entries(groups)) {
    it.each(cases.map((each): [string, TimeCase] => [`${place(each)}“${words(each)}”`, each]))(`${group}: %s`, (_, each) => {
      const { deadlines, doubts } = read(each);
      const reasons = doubts.map(({ reason }) => reason).join('\n');
      expect({ reads: deadlines.map(identity), reasons }).toEqual({ reads: each.reads, reasons: asked(each) });
    });
  }

  it('are read once where sentence and bracket say the same, in the words of the sentence', () => {
    const { deadlines, doubts } = read({
      body: '示例县档案馆应于**2022年11月底**前完成目录核对。',
      bracket: '县档案馆牵头，11月底前完成',
    });
    expect(deadlines).toMatchObject([
      { kind: 'by', date: '2022-11-30', text: '2022年11月底前', quote: '2022年11月底**前', rule: '月底前' },
    ]);
    expect(doubts).toEqual([]);
  });

  it('are kept and asked about where sentence and bracket differ', () => {
    const { deadlines, doubts } = read({ body: '各窗口从10月起统一排号。', bracket: '县行政审批局负责，9月底前完成' });
    expect(deadlines.map(identity)).toEqual(['from 2022-10-01', 'by 2022-09-30']);
    expect(doubts).toEqual([{ field: 'deadlines', reason: '正文“从10月起”与括号“9月底前”不一致，两个都已保留，请核对' }]);
  });

  it('of a year of steady work do not contradict a term at its end, but do contradict one before', () => {
    expect(read({ body: '年底前公开全部决算。', column: '全年' })).toMatchObject({
      deadlines: [{ kind: 'by', date: '2022-12-31' }, { kind: 'ongoing' }],
      doubts: [],
    });
    expect(read({ body: '11月底前公开全部决算。', bracket: '年内持续推进' }).doubts).toHaveLength(1);
    expect(read({ body: '10月起启用新平台。', column: '全年' }).doubts).toHaveLength(1);
  });

  it.each(['全年', '年内持续推进', '长期坚持'])('that come again are part of work that goes on: %s', (column) => {
    expect(read({ body: '主要负责人每季度听取汇报。', column })).toMatchObject({
      deadlines: [{ rule: 'quarterly' }, { kind: 'ongoing' }],
      doubts: [],
    });
    expect(read({ body: '每季度听取汇报，11月底前完成验收。', column }).doubts).toMatchObject([
      { reason: expect.stringContaining(`正文“11月底前”与时限一栏“${column}”`) as string },
    ]);
  });

  it('that come again are rounds on the way to a stated term, a day of each year is another', () => {
    expect(read({ body: '每月召开调度会。', column: '12月20日前' }).doubts).toEqual([]);
    expect(read({ body: '每年10月底前公布年报。', column: '12月20日前' }).doubts).toHaveLength(1);
  });

  it('do not differ where work is to begin by the day from which it holds', () => {
    const { deadlines, doubts } = read({ body: '各窗口10月8日起统一排号。', column: '2022年10月8日' });
    expect(deadlines.map(identity)).toEqual(['from 2022-10-08', 'by 2022-10-08']);
    expect(doubts).toEqual([]);
  });

  it('of an occasion without a day take the day that bracket or column state, and are asked about once', () => {
    const reason = '正文“汛期前”没有写明日期，已取时限一栏“9月底前”，请核对';
    const { deadlines, doubts } = read({ body: '汛期前完成河道清障。', column: '9月底前' });
    expect(deadlines.map(identity)).toEqual(['by 2022-09-30']);
    expect(doubts).toEqual([{ field: 'deadlines', reason }]);
    expect(read({ body: '汛期前完成河道清障。', column: '全年' }).deadlines.map(identity)).toEqual(['open 汛期前', 'ongoing']);
  });

  it('take a year from the sentence for the bracket that repeats the month', () => {
    const { deadlines } = read({ body: '2023年6月底前完成改造。', bracket: '县住房城乡建设局负责，6月底前' });
    expect(deadlines.map(identity)).toEqual(['by 2023-06-30']);
  });

  it('say what was supplied', () => {
    expect(read({ body: '11月底前完成。' }).deadlines).toMatchObject([{ inferred: '年份取自题名' }]);
    expect(read({ column: '8月' }).deadlines).toMatchObject([{ inferred: '年份取自题名，按月底' }]);
    expect(read({ body: '6月中旬前完成。' }, { ...context, issuedOn: null }).deadlines).toMatchObject([
      { inferred: '年份取自题名，中旬按 20 日' },
    ]);
    expect(read({ body: '2022年11月底前完成。' }).deadlines[0]).not.toHaveProperty('inferred');
    expect(read({ body: '自印发之日起30日内完成。' }).deadlines).toMatchObject([{ inferred: '从成文日期 2022-07-12 算起' }]);
  });

  it('of a notice for the next year may still lie in this one, and are asked about', () => {
    const next: TimeContext = { year: 2022, yearSource: '题名', issuedOn: '2021-12-11' };
    expect(read({ body: '县商务局12月25日前报送清单。' }, next)).toMatchObject({
      deadlines: [{ kind: 'by', date: '2021-12-25' }],
      doubts: [{ reason: expect.stringContaining('也可能是 2022 年') as string }],
    });
    expect(read({ body: '县商务局12月5日前报送清单。' }, next)).toMatchObject({
      deadlines: [{ kind: 'by', date: '2022-12-05' }],
      doubts: [],
    });
    expect(read({ body: '县商务局11月底前报送清单，年底前公布。' }, next).doubts).toEqual([]);
  });

  it('stay open while nobody has told the year or the day they count from', () => {
    const blank: TimeContext = { year: null, yearSource: '', issuedOn: null };
    expect(read({ body: '11月底前完成。' }, blank)).toMatchObject({
      deadlines: [{ kind: 'by', date: null, text: '11月底前' }],
      doubts: [{ reason: expect.stringContaining('请填写日期') as string }],
    });
    expect(read({ body: '从10月起执行。' }, blank).deadlines).toMatchObject([{ kind: 'from', date: null }]);
    expect(read({ body: '自印发之日起30日内完成。' }, blank).deadlines).toMatchObject([{ kind: 'by', date: null }]);
    expect(read({ body: '2022年11月底前完成。' }, blank).deadlines.map(identity)).toEqual(['by 2022-11-30']);
    expect(read({ body: '每季度通报一次。' }, blank).doubts).toEqual([]);
  });

  it('of a phase are stated by the bracket behind it', () => {
    const { deadlines, doubts } = read({ body: '第一阶段：动员部署（8月上旬）。第二阶段：集中整治（8月11日至10月底）。' });
    expect(deadlines.map(identity)).toEqual(['by 2022-08-10', 'by 2022-10-31']);
    expect(doubts).toEqual([]);
  });

  it('are none where there is nothing to read', () => {
    expect(readTimes({ body: null, stated: null, statedKind: null }, context)).toEqual({ deadlines: [], doubts: [] });
  });
});

function read({ body, bracket, column }: Partial<TimeCase>, within: TimeContext = context): ReadTimes {
  const stated = bracket ?? column;
  const statedKind = stated === undefined ? null : bracket === undefined ? 'column' : 'bracket';
  return readTimes({ body: passage(body), stated: passage(stated), statedKind }, within);
}

function passage(text: string | undefined): Passage | null {
  return text === undefined ? null : Passage.of(text, [{ start: 0, end: text.length }]);
}

function identity(deadline: ReadDeadline | OpenDeadline): string {
  if ('date' in deadline && deadline.date === null) return `open ${deadline.text}`;
  return deadlineIdentity(deadline).replace('recurring ', '');
}

function asked({ asks }: TimeCase): unknown {
  if (asks === undefined) return '';
  return asks === true ? expect.stringMatching(/./u) : expect.stringContaining(asks);
}

function words({ body, bracket, column }: TimeCase): string {
  return body ?? bracket ?? column ?? '';
}

function place({ bracket, column }: TimeCase): string {
  return column !== undefined ? '时限' : bracket !== undefined ? '括号' : '正文';
}

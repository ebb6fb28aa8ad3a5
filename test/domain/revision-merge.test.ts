import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { merged } from '../../src/domain/revision-merge.ts';
import { taskChangeInWords } from '../../src/domain/revision-words.ts';
import { diff } from '../../src/domain/revision.ts';
import { bus, by, meals, notice, schedule, schedules, task, tasks, wells } from './revisions.ts';

/** As a coordinator left them: the title shorter, a unit and a date mended, a group said. */
const settled = {
  ...wells,
  title: '机井',
  lead: ['县水利局', '县农业农村局'],
  deadlines: [by('2026-09-25', '9月底前')],
  groups: { 各乡镇: ['城东镇'] },
  review: ['名单待补'],
};
const confirmed = schedule([bus, meals, settled]);

describe('the draft of a revised notice', () => {
  it('keeps what was settled by hand where the document says the same, under its new number', () => {
    const again = {
      ...wells,
      ref: '2',
      quote: wells.quote?.replace('3.', '2.\n') ?? null,
      review: ['牵头单位请核对', '整份文件：没有读到文号'],
    };
    const { tasks: made, name } = merged(confirmed, schedule([bus, again], { name: 'draft' }));
    expect(name).toBe('shili-2026');
    expect(made).toEqual([bus, { ...settled, ref: '2', quote: again.quote, review: ['整份文件：没有读到文号', '名单待补'] }]);
  });

  it('takes what the document says now where it says something else, and tells what had been settled', () => {
    const moved = {
      ...wells,
      quote: wells.quote?.replace('9月底前', '10月底前') ?? null,
      deadlines: [by('2026-10-31')],
      review: ['请核对'],
    };
    const [, , made] = merged(confirmed, schedule([bus, meals, moved])).tasks;
    expect(made).toEqual({
      ...moved,
      title: '机井',
      groups: { 各乡镇: ['城东镇'] },
      review: [
        '请核对',
        '通知原文有改动，确认稿中为：时限2026-09-25“9月底前”；牵头县水利局、县农业农村局，标题沿用确认稿的（这次拟作“核对机井台账”），请核对',
      ],
    });
  });

  it('keeps no date of another year', () => {
    const next = schedule([{ ...wells, deadlines: [by('2027-09-30')], review: ['年份取自题名'] }], {
      notice: { ...notice, year: 2027 },
    });
    expect(merged(confirmed, next).tasks).toEqual([
      { ...settled, deadlines: [by('2027-09-30')], quote: wells.quote, review: ['年份取自题名'] },
    ]);
  });

  it('never takes a time or a lead unit away because it could not be read this time', () => {
    const unread = { ...wells, quote: wells.quote?.replace('农村机井', '全部机井') ?? null, deadlines: [], lead: [] };
    const [, , made] = merged(confirmed, schedule([bus, meals, unread])).tasks;
    expect(made).toMatchObject({ deadlines: settled.deadlines, lead: settled.lead });
    expect(made?.review.at(-1)).toContain('通知原文有改动，确认稿中为：时限2026-09-25');
  });

  it('gives what was typed by hand its source, keeps its title and asks about the rest', () => {
    const typed = schedule([{ ...wells, quote: null, title: '各乡镇核对机井', deadlines: [by('2026-08-31')] }]);
    expect(merged(typed, schedule([wells])).tasks).toEqual([
      { ...wells, title: '各乡镇核对机井', review: ['确认稿中为：时限2026-08-31“8月底前”，请核对'] },
    ]);
    expect(merged(schedule([{ ...wells, quote: null }]), schedule([wells])).tasks).toEqual([wells]);
  });

  it('has the revision’s tasks in its order and its notice, whatever was confirmed', () => {
    fc.assert(
      fc.property(schedules, tasks, (any, others) => {
        const revised = schedule(others, { notice: { ...notice, number: null } });
        const made = merged(any, revised);
        expect(made.tasks.map(({ ref, quote }) => [ref, quote])).toEqual(revised.tasks.map(({ ref, quote }) => [ref, quote]));
        expect(made.notice).toEqual(revised.notice);
        for (const { lead, cooperate, groups } of made.tasks) {
          for (const name of Object.keys(groups)) expect([...lead, ...cooperate]).toContain(name);
          expect(lead.filter((name) => cooperate.includes(name))).toEqual([]);
        }
      }),
    );
  });

  it('of the same notice is what was confirmed', () => {
    fc.assert(
      fc.property(schedules, (any) => {
        expect(merged(any, any)).toEqual(any);
      }),
    );
  });
});

describe('a change in words', () => {
  it('tells dates, rules, units, groups, titles and the first words that differ', () => {
    const revised = task('9', {
      ...wells,
      ref: '9',
      title: '核对农村机井台账',
      quote: wells.quote?.replace('9月底前报县水利局', '每季度报县水利局') ?? null,
      deadlines: [
        { kind: 'recurring', rule: 'quarterly', text: '每季度' },
        { kind: 'recurring', rule: 'yearly 03-31', text: '每年3月底前' },
      ],
      lead: ['各乡镇'],
      cooperate: ['县财政局'],
      groups: { 各乡镇: ['城东镇'] },
    });
    expect(diff(schedule([wells]), schedule([revised])).changed.map(taskChangeInWords)).toEqual([
      [
        '时限由 2026-09-30“9月底前” 改为 每季度“每季度”',
        '新增时限 每年 3月31日“每年3月底前”',
        '新增配合 县财政局',
        '各乡镇由配合改为牵头',
        '去掉牵头 县水利局',
        '“各乡镇”所指由 按通讯录 改为 城东镇',
        '标题由“核对机井台账”改为“核对农村机井台账”',
        '原文由“…对农村机井台账，9月底前报县水利局汇总并公开。（责任单位：县水利局，各乡镇）”改为“…对农村机井台账，每季度报县水利局汇总并公开。（责任单位：县水利局，各乡镇）”',
        '编号由 3 改为 9',
      ],
    ]);
  });
});

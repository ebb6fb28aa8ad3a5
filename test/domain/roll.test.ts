import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Assignment, assignmentOf } from '../../src/domain/assignment.ts';
import type { Deadline, IsoDate } from '../../src/domain/deadline.ts';
import type { Schedule, Task } from '../../src/domain/notice.ts';
import { moveYears, type Progress, roll } from '../../src/domain/roll.ts';
import { by, notice, ongoing, schedule, schedules, task } from './revisions.ts';

const YEARLY: Deadline = { kind: 'recurring', rule: 'yearly 03-31', text: '每年3月底前' };

function progressOf(
  of: Schedule,
  rows: readonly (readonly [ref: string, unit: string, deadline: Deadline | null, change: Partial<Assignment>])[],
): Progress {
  const assignments = rows.map(([ref, unit, deadline, change], n) => {
    const due = deadline !== null && 'date' in deadline ? deadline.date : null;
    return { ...assignmentOf({ ref, unit, role: 'lead', deadline, due, pursuit: 'dated' }, of, 0, String(n)), ...change };
  });
  return { assignments, on: '2026-12-31', unitName: (unit) => `县${unit}局` };
}

function rolled(of: readonly Task[], rows: Parameters<typeof progressOf>[1] | null = null, year = 2027) {
  const from = schedule(of);
  return roll(from, rows === null ? null : progressOf(from, rows), year);
}

/** Without what is said of the notice as a whole. */
function reviewOf(of: Task | undefined): readonly string[] {
  return of?.review.filter((each) => !each.startsWith('整份文件：')) ?? [];
}

describe('a schedule rolled into another year', () => {
  it('is a draft of its own, and asks for the title, the number and the date of the new notice', () => {
    const { schedule: next } = rolled([task('1')]);
    expect(next).toMatchObject({
      name: 'shili-2027',
      office: 'shili',
      notice: {
        title: '示例县2027年政务公开工作要点',
        number: null,
        issuer: '示例县人民政府办公室',
        issuedOn: null,
        assumedIssuedOn: '2027-01-01',
        year: 2027,
      },
    });
    expect(next.tasks[0]?.review.slice(0, 2)).toEqual([
      '整份文件：题名由“示例县2026年政务公开工作要点”改为“示例县2027年政务公开工作要点”，请以新通知为准',
      '整份文件：新通知的文号和成文日期还不知道，暂按 2027-01-01 起算；印发后请填写 number，并把 assumedIssued 一行改成 issued',
    ]);
    const odd = roll(schedule([task('1')], { name: 'yaodian', notice: { ...notice, title: '二〇二六年要点' } }), null, 2028);
    expect([odd.schedule.name, odd.schedule.notice.title]).toEqual(['yaodian-2028', '二〇二八年要点']);
    expect(() => rolled([task('1')], null, 2026)).toThrow('2026 is not after 2026');
  });

  it('keeps what comes again, goes on or names no time, with last year’s words as its source', () => {
    const kept = [
      task('1', { deadlines: [YEARLY], quote: '1.每年3月底前公布清单。', groups: { 各乡镇: ['城东镇'] } }),
      task('2', { deadlines: [ongoing] }),
      task('3', { deadlines: [] }),
    ];
    const { schedule: next, leftOut, moved, unfinished } = rolled(kept, [['1', '教育', YEARLY, { status: 'completed' }]]);
    expect(next.tasks.map((each) => ({ ...each, review: reviewOf(each) }))).toEqual(kept);
    expect([leftOut, moved, unfinished]).toEqual([[], 0, 0]);
  });

  it('leaves out what is done or was cancelled, and says which', () => {
    const done = task('1', { deadlines: [by('2026-06-30'), ongoing] });
    const over = task('2');
    const { schedule: next, leftOut } = rolled(
      [done, over],
      [
        ['1', '教育', by('2026-06-30'), { status: 'completed' }],
        ['1', '教育', ongoing, {}],
        ['2', '教育', by('2026-06-30'), { status: 'cancelled' }],
      ],
    );
    expect(next.tasks.map(({ ref, deadlines }) => [ref, deadlines])).toEqual([['1', [ongoing]]]);
    expect(leftOut.map(({ task: { ref }, deadlines }) => [ref, deadlines.map(({ why }) => why)])).toEqual([
      ['1', ['completed']],
      ['2', ['cancelled']],
    ]);
  });

  it('carries what was not done, its date moved by the year and asked about, and names who owes it and who is done', () => {
    const owed = task('1', { title: '2026年清单', deadlines: [by('2026-06-30')] });
    const {
      schedule: next,
      unfinished,
      moved,
    } = rolled(
      [owed],
      [
        ['1', '教育', by('2026-06-30'), { status: 'acknowledged' }],
        ['1', '水利', by('2026-06-30'), { due: '2026-09-30' }],
        ['1', '财政', by('2026-06-30'), { status: 'completed' }],
      ],
    );
    expect(next.tasks[0]).toMatchObject({ title: '2026年清单', deadlines: [by('2027-06-30')] });
    expect(reviewOf(next.tasks[0])).toEqual([
      '上年未完成：县教育局、县水利局，原时限 2026-06-30（已延期至 2026-09-30），已按年移至 2027-06-30，请以新通知为准；已完成的 县财政局 可以去掉',
    ]);
    expect([unfinished, moved]).toEqual([1, 1]);
  });

  it('does not call late what is not due yet', () => {
    const { schedule: next, unfinished } = rolled(
      [task('1', { title: '2026年清单', deadlines: [by('2027-03-31')] })],
      [['1', '教育', by('2027-03-31'), {}]],
    );
    expect(next.tasks[0]?.title).toBe('2026年清单');
    expect(reviewOf(next.tasks[0])).toEqual(['截至 2026-12-31 尚未到期：县教育局，时限 2027-03-31，请核对']);
    expect(unfinished).toBe(0);
  });

  it('asks about an occurrence that is owed, also of a rule that a revision took away', () => {
    const late = { due: '2026-03-31', originalDue: '2026-03-31' };
    const { schedule: next } = rolled(
      [task('1', { deadlines: [YEARLY] })],
      [
        ['1', '教育', YEARLY, late],
        ['1', '水利', by('2026-06-30', '每季度'), {}],
      ],
    );
    expect(next.tasks[0]?.deadlines).toEqual([YEARLY]);
    expect(reviewOf(next.tasks[0])).toEqual([
      '上年 2026-03-31 的一期未完成：县教育局，是否另列一项补办，请核对',
      '上年 2026-06-30 的一期未完成：县水利局，是否另列一项补办，请核对',
    ]);
  });

  it('moves every date by the years between where nothing is known of it, and asks about each', () => {
    const { schedule: next, moved } = rolled([
      task('1', { title: '2026年清单', deadlines: [by('2026-08-31', '2026年8月底前')], review: ['名单以“等”字收尾'] }),
    ]);
    expect(next.tasks[0]).toMatchObject({
      title: '2027年清单',
      deadlines: [{ kind: 'by', date: '2027-08-31', text: '2027年8月底前', inferred: '按上年的 2026-08-31 推移' }],
    });
    expect(reviewOf(next.tasks[0])).toEqual([
      '时限原为 2026-08-31“2026年8月底前”，按上年移至 2027-08-31，请以新通知为准',
      '标题里的 2026年 改成了 2027年，请核对',
      '上年待核对：名单以“等”字收尾',
    ]);
    expect(moved).toBe(1);
    expect(reviewOf(rolled([task('1', { title: '2025年度报告', deadlines: [] })]).schedule.tasks[0])).toEqual([
      '标题里有“2025年”，没有改动，请核对',
    ]);
  });

  it.each([
    ['2026-02-28', 2, '2月底前', '2028-02-29'],
    ['2026-02-28', 2, '2月28日前', '2028-02-28'],
    ['2024-02-29', 1, '2月底前', '2025-02-28'],
    ['2024-02-29', 1, '2月29日', '2025-02-28'],
    ['2024-02-29', 4, '2月底前', '2028-02-29'],
    ['2026-12-31', 1, '年底前', '2027-12-31'],
  ] as const)('moves %s by %i years as %s to %s', (date, years, text, to) => {
    expect(moveYears(date, years, text)).toBe(to);
  });

  it('never moves a date without asking, and never loses a task that is not done', () => {
    const states = fc.infiniteStream(fc.constantFrom('needs-action', 'acknowledged', 'completed', 'cancelled', null));
    fc.assert(
      fc.property(schedules, states, fc.boolean(), (any, state, known) => {
        const rows = any.tasks.flatMap(({ ref, deadlines }) =>
          deadlines.flatMap((deadline) => {
            const status = state.next().value;
            return status === null ? [] : [[ref, '教育', deadline, { status }] as const];
          }),
        );
        const { schedule: next, leftOut } = roll(any, known ? progressOf(any, rows) : null, 2027);
        const before = new Map(any.tasks.map((each) => [each.ref, each]));
        const dates = (of: readonly Deadline[]): readonly IsoDate[] => of.flatMap((each) => ('date' in each ? [each.date] : []));
        for (const { ref, deadlines, review } of next.tasks) {
          const old = new Set(dates(before.get(ref)?.deadlines ?? []));
          for (const date of dates(deadlines))
            expect(old.has(date) || review.some((each) => each.includes(`移至 ${date}`))).toBe(true);
        }
        const left = new Map(leftOut.map((each) => [each.task.ref, each.deadlines.length]));
        for (const { ref, deadlines } of any.tasks) {
          const kept = next.tasks.find((each) => each.ref === ref)?.deadlines.length ?? 0;
          expect(kept + (left.get(ref) ?? 0)).toBe(deadlines.length);
        }
      }),
    );
  });
});

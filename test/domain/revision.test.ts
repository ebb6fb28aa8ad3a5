import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Directory } from '../../src/domain/directory.ts';
import type { Schedule, Task } from '../../src/domain/notice.ts';
import { choose, EVERYTHING } from '../../src/domain/revision-choice.ts';
import { diff, isEmpty } from '../../src/domain/revision.ts';
import { bus, by, meals, notice, ongoing, schedule, schedules, task, tasks, wells } from './revisions.ts';

const confirmed = schedule([bus, meals, wells]);

function renumbered(of: Task, ref: string): Task {
  return { ...of, ref, quote: of.quote === null ? null : of.quote.replace(/^\d+\./u, `${ref}.`) };
}

describe('what a revision changes', () => {
  it('is nothing where the schedule is the same, whatever is noted for review and however lines break', () => {
    const again = schedule([{ ...bus, review: ['请核对'], quote: bus.quote?.replace('，', '，\n  ') ?? null }, meals, wells]);
    expect(isEmpty(diff(confirmed, again))).toBe(true);
  });

  it('tells an inserted clause from the ones it renumbers', () => {
    const lamps = task('1', { title: '公布路灯维修电话', quote: '1.路灯维修电话在各社区张贴，有变动的当日更换。' });
    const revised = schedule([lamps, renumbered(bus, '2'), renumbered(meals, '3'), renumbered(wells, '4')]);
    const { fresh, gone, changed } = diff(confirmed, revised);
    expect(fresh).toEqual([lamps]);
    expect(gone).toEqual([]);
    expect(
      changed.map(({ before, after, renumbered: moved, quote, deadlines, units }) => [
        before.ref,
        after.ref,
        moved,
        quote,
        deadlines,
        units,
      ]),
    ).toEqual([
      ['1', '2', true, false, [], []],
      ['2', '3', true, false, [], []],
      ['3', '4', true, false, [], []],
    ]);
  });

  it('names a moved deadline, units that came, left or changed their part, and words that changed', () => {
    const revised = schedule([
      bus,
      meals,
      {
        ...wells,
        quote: wells.quote?.replace('9月底前', '10月底前').replace('县水利局，各乡镇', '县农业农村局，县水利局') ?? null,
        deadlines: [by('2026-10-31')],
        lead: ['县农业农村局'],
        cooperate: ['县水利局'],
      },
    ]);
    expect(diff(confirmed, revised).changed).toEqual([
      {
        before: wells,
        after: revised.tasks[2],
        renumbered: false,
        title: false,
        quote: true,
        deadlines: [{ kind: 'moved', before: by('2026-09-30'), after: by('2026-10-31') }],
        units: [
          { kind: 'role', name: '县水利局', from: 'lead', to: 'cooperate' },
          { kind: 'added', name: '县农业农村局', role: 'lead' },
          { kind: 'left', name: '各乡镇', role: 'cooperate' },
        ],
        groups: [],
      },
    ]);
  });

  it('finds a task again whose title, units and dates the coordinator has mended, by the words of the document', () => {
    const mended = schedule([bus, { ...meals, title: '食堂', lead: ['县教育局'], cooperate: [], deadlines: [] }, wells]);
    const revised = schedule([renumbered(meals, '1'), renumbered(wells, '2')]);
    const { changed, gone } = diff(mended, revised);
    expect(gone.map(({ title }) => title)).toEqual(['公布校车线路']);
    expect(changed.map(({ before, after }) => [before.title, after.title])).toEqual([
      ['食堂', '公布食堂抽检结果'],
      ['核对机井台账', '核对机井台账'],
    ]);
  });

  it('finds a task that was typed by hand in the sentence that the document has for it', () => {
    const typed = schedule([bus, meals, wells].map((each) => ({ ...each, quote: null })));
    const read = schedule([renumbered({ ...wells, title: '各乡镇核对农村机井台账' }, '1'), renumbered(bus, '2')]);
    const { changed, gone, fresh } = diff(typed, read);
    expect(changed.map(({ before, after }) => [before.ref, after.ref])).toEqual([
      ['3', '1'],
      ['1', '2'],
    ]);
    expect([gone.map(({ ref }) => ref), fresh]).toEqual([['2'], []]);
  });

  it('takes two clauses that share a number and little else for one gone and one new', () => {
    const other = task('1', { title: '清理过期网页', quote: '1.清理网站过期网页，首页不得留有失效链接。', lead: ['县大数据局'] });
    const { changed, fresh, gone } = diff(schedule([bus]), schedule([other]));
    expect([changed, fresh, gone]).toEqual([[], [other], [bus]]);
  });

  it('keeps like clauses of different subjects apart', () => {
    const field = (ref: string, name: string, date = '2026-06-30'): Task =>
      task(ref, {
        title: `${name}领域标准目录`,
        quote: `${ref}.编制${name}领域基层政务公开标准目录并向社会公布。`,
        deadlines: [by(date)],
      });
    const names = ['卫生', '教育', '住房', '交通', '文化', '税收', '环保', '养老'];
    const before = schedule(names.map((name, at) => field(String(at + 1), name)));
    // The third is out, the others move up, and one date moves.
    const after = schedule(
      names
        .filter((name) => name !== '住房')
        .map((name, at) => field(String(at + 1), name, name === '环保' ? '2026-08-31' : undefined)),
    );
    const { changed, gone, fresh } = diff(before, after);
    expect([gone.map(({ ref }) => ref), fresh]).toEqual([['3'], []]);
    expect(changed.every(({ before: one, after: other }) => one.title === other.title)).toBe(true);
    expect(changed.filter(({ deadlines }) => deadlines.length > 0).map(({ after: { ref } }) => ref)).toEqual(['6']);
  });

  it('knows a unit by any of its names where there is a directory', () => {
    const directory: Directory = {
      office: 'shili',
      supervisor: 'edu',
      units: [{ id: 'edu', name: '县教育局', aliases: ['教育局'], external: false, contacts: [] }],
      groups: [],
    };
    const revised = schedule([{ ...bus, lead: ['教育局'] }, meals, wells]);
    expect(isEmpty(diff(confirmed, revised, directory))).toBe(true);
    expect(diff(confirmed, revised).changed).toHaveLength(1);
  });

  it('tells the notice’s own number and date', () => {
    const revised = schedule([bus, meals, wells], {
      notice: { ...notice, number: '示政办发〔2026〕9号', issuedOn: '2026-05-06' },
    });
    expect(diff(confirmed, revised).notice).toEqual([
      { field: 'number', before: '示政办发〔2026〕3号', after: '示政办发〔2026〕9号' },
      { field: 'issuedOn', before: '2026-03-02', after: '2026-05-06' },
    ]);
  });

  it('pairs a date with a date before it pairs it with a duty that has none', () => {
    const before = { ...bus, deadlines: [by('2026-03-31'), by('2026-06-30'), ongoing] };
    const after = {
      ...bus,
      deadlines: [by('2026-06-30'), { kind: 'recurring', rule: 'quarterly', text: '每季度' } as const, by('2026-09-30')],
    };
    expect(diff(schedule([before]), schedule([after])).changed[0]?.deadlines).toEqual([
      { kind: 'moved', before: before.deadlines[0], after: after.deadlines[2] },
      { kind: 'moved', before: before.deadlines[2], after: after.deadlines[1] },
    ]);
  });

  it('is nothing for any schedule against itself', () => {
    fc.assert(fc.property(schedules, (any) => isEmpty(diff(any, any))));
  });

  it('is nothing but new numbers where the tasks were put in another order and numbered anew', () => {
    const shuffled = schedules.chain((any) =>
      fc.shuffledSubarray([...any.tasks], { minLength: any.tasks.length }).map((order) => [any, order] as const),
    );
    fc.assert(
      fc.property(shuffled, ([any, order]) => {
        const revised = schedule(order.map((each, at) => renumbered(each, String(at + 1))));
        const { changed, fresh, gone } = diff(any, revised);
        expect([fresh, gone]).toEqual([[], []]);
        for (const { title, quote, deadlines, units, groups } of changed) {
          expect([title, quote, deadlines, units, groups]).toEqual([false, false, [], [], []]);
        }
      }),
    );
  });

  it('takes about ten times as long for ten times the tasks', () => {
    const many = (count: number, moved: boolean): Schedule =>
      schedule(
        Array.from({ length: count }, (_, at) =>
          task(String(moved ? at + 2 : at + 1), {
            title: `公布第${at}号事项`,
            // Half of the texts changed, so that equality does not find them.
            quote: `${at}.第${at * 7919}号事项由主管部门在门户网站专栏公布，${moved && at % 2 === 0 ? '并注明咨询电话' : '每次更新写明日期'}，第${at * 104729}批。`,
          }),
        ),
      );
    const time = (count: number): number => {
      const [one, other] = [many(count, false), many(count, true)];
      // Time on the processor: a busy machine must not blur it.
      const start = process.cpuUsage();
      const { gone, fresh } = diff(one, other);
      const spent = process.cpuUsage(start).user / 1_000;
      expect([gone.length, fresh.length]).toEqual([0, 0]);
      return spent;
    };
    time(100);
    const [small, large] = [time(150), time(1_500)];
    expect(large).toBeLessThan(Math.max(small, 20) * 40);
  });
});

describe('a choice among the changes', () => {
  const lamps = task('4', { title: '公布路灯维修电话', quote: '4.路灯维修电话在各社区张贴，有变动的当日更换。' });
  const revised = schedule([{ ...bus, deadlines: [by('2026-07-31')] }, renumbered(wells, '2'), lamps], {
    notice: { ...notice, number: '示政办发〔2026〕9号' },
  });
  const revision = diff(confirmed, revised);
  const chosen = (only: string[] | null, except: string[] = []): readonly (string | null)[] => {
    const made = choose(confirmed, revised, revision, { only, except });
    if (!made.ok) return made.errors;
    const { notice: head, tasks: all } = made.value.schedule;
    return [head.number, ...all.map(({ ref, title, deadlines: [first] }) => `${ref} ${title} ${first?.text ?? ''}`)];
  };

  it('of everything is the revised schedule', () => {
    fc.assert(
      fc.property(schedules, tasks, (any, other) => {
        const next = schedule(other);
        const made = choose(any, next, diff(any, next), EVERYTHING);
        expect(made.ok ? made.value.schedule : made.errors).toEqual(next);
      }),
    );
  });

  it('of nothing is the confirmed one', () => {
    fc.assert(
      fc.property(schedules, tasks, (any, other) => {
        const next = schedule(other);
        const made = choose(any, next, diff(any, next), { only: [], except: [] });
        expect(made.ok ? made.value.schedule : made.errors).toEqual(any);
      }),
    );
  });

  it('takes one task and leaves the others and the notice as they were confirmed', () => {
    expect(chosen(['1'])).toEqual([
      '示政办发〔2026〕3号',
      '1 公布校车线路 7月底前',
      '2 公布食堂抽检结果 按月',
      '3 核对机井台账 9月底前',
    ]);
    expect(chosen(['通知'])[0]).toBe('示政办发〔2026〕9号');
  });

  it('names a confirmed task that is gone by its old number', () => {
    expect(chosen(['原2'])).toEqual(['示政办发〔2026〕3号', '1 公布校车线路 6月底前', '3 核对机井台账 9月底前']);
    expect(chosen(null, ['原2', '2'])).toEqual([
      '示政办发〔2026〕9号',
      '1 公布校车线路 7月底前',
      '2 公布食堂抽检结果 按月',
      '3 核对机井台账 9月底前',
      '4 公布路灯维修电话 6月底前',
    ]);
  });

  it('is refused where two tasks would have one number, or nothing has it', () => {
    expect(chosen(['2'])).toEqual(['只取一部分，会有两项任务都编为 2：请把修订后的 2 和原来的 2（原2）一并取舍']);
    expect(chosen(['7'])).toEqual(['没有任务“7”。有改动的：1、2、4、原2']);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { assign } from '../../src/domain/assign.ts';
import { type Assignment, assignmentOf, deadlineKey, isClosed } from '../../src/domain/assignment.ts';
import type { Deadline, IsoDate } from '../../src/domain/deadline.ts';
import type { Directory, Unit } from '../../src/domain/directory.ts';
import type { Schedule, Task } from '../../src/domain/notice.ts';
import { type Choice, choose, EVERYTHING } from '../../src/domain/revision-choice.ts';
import { type Reassigned, type Reassigning, reassign } from '../../src/domain/revision-duties.ts';
import { effectOf, standingAfter } from '../../src/domain/revision-effect.ts';
import { diff } from '../../src/domain/revision.ts';
import { instantOf } from '../../src/domain/time.ts';
import { calendar, office, policy } from '../support/cast.ts';
import { by, notice, ongoing, schedule, schedules, task, tasks } from './revisions.ts';

const ZONE = 'Asia/Shanghai';
const day = (date: IsoDate): number => instantOf(ZONE, date, '10:00');
const confirmedOn = '2026-03-02';
const today = '2026-05-06';

function unit(id: string, name: string): Unit {
  return { id, name, aliases: [], external: false, contacts: [] };
}

const TOWNS = [unit('east', '城东镇'), unit('west', '城西镇')];
const directory: Directory = {
  office: 'shili',
  supervisor: 'edu',
  units: [
    unit('edu', '县教育局'),
    unit('water', '县水利局'),
    unit('fin', '县财政局'),
    unit('civil', '县民政局'),
    unit('tax', '县税务局'),
    ...TOWNS,
    unit('north', '城北镇'),
  ],
  groups: [{ name: '各乡镇', aliases: [], members: ['east', 'west'], review: null }],
};

/** The duties of a schedule as they were handed out, each with what has happened since. */
function standing(of: Schedule, since: Record<string, Partial<Assignment>> = {}, on = confirmedOn): readonly Assignment[] {
  const { assignments } = assign(of, directory, on);
  return assignments.map((fresh, n) => {
    const assignment = { ...assignmentOf(fresh, of, day(on), String(n + 1)), plannedThrough: day('2026-05-06') };
    return { ...assignment, ...since[`${fresh.ref} ${fresh.unit}`], ...since[`${fresh.ref} ${fresh.unit} ${fresh.due}`] };
  });
}

interface Made {
  readonly input: Reassigning;
  readonly result: Reassigned;
  /** ref unit role due status, of what changed, in words. */
  readonly changed: readonly string[];
  readonly opened: readonly string[];
}

function revised(
  before: Schedule,
  after: Schedule,
  rows: readonly Assignment[] = standing(before),
  change: { choice?: Choice; directory?: Directory; on?: IsoDate } = {},
): Made {
  const made = choose(before, after, diff(before, after), change.choice ?? EVERYTHING);
  if (!made.ok) throw new Error(made.errors.join());
  const input: Reassigning = {
    confirmed: before,
    revised: made.value.schedule,
    continues: made.value.continues,
    standing: rows,
    storedDirectory: directory,
    directory: change.directory ?? directory,
    at: day(change.on ?? today),
    zone: ZONE,
  };
  const result = reassign(input);
  const words = ({ unit: of, role, due, status, sequence }: Assignment): string =>
    `${of} ${role} ${due ?? '-'} ${status} ${sequence}`;
  return {
    input,
    result,
    changed: result.changed.map(({ before: one, after: other }) => `${one.ref}: ${words(one)} → ${words(other)}`),
    opened: result.opened.map(({ ref, unit: of, role, due, pursuit }) => `${ref}: ${of} ${role} ${due ?? '-'} ${pursuit}`),
  };
}

const one = (change: Partial<Task> = {}): Schedule => schedule([task('1', { title: '公布校车线路', ...change })]);

describe('a deadline that a revision moves', () => {
  const moved = one({ deadlines: [by('2026-08-31')] });

  it('is due anew, told anew and remembers when it was due first; what was planned is void', () => {
    const { result, changed } = revised(one(), moved, standing(one(), { '1 edu': { status: 'acknowledged' } }));
    expect(changed).toEqual(['1: edu lead 2026-06-30 acknowledged 0 → edu lead 2026-08-31 acknowledged 1']);
    expect(result.changed[0]).toMatchObject({
      after: {
        originalDue: '2026-06-30',
        deadline: by('2026-08-31'),
        extendedAt: day(today),
        confirmedAt: day(confirmedOn),
        plannedThrough: day(today) - 1,
        ladder: null,
      },
      note: '通知修订：时限由2026-06-30改为2026-08-31',
      voids: { reason: 'superseded', detail: '时限由2026-06-30改为2026-08-31' },
      look: day(today),
    });
  });

  it('cites the document that moved it, unless a slip was mended under the same number', () => {
    const anew = { ...moved, notice: { ...notice, number: '示政办发〔2026〕9号' } };
    expect(revised(one(), anew).result.changed[0]?.after.approval).toEqual({
      by: '示例县人民政府办公室',
      number: '示政办发〔2026〕9号',
    });
    expect(revised(one(), moved).result.changed[0]?.after.approval).toBeNull();
  });

  it('leaves what is done or was cancelled by hand as it is, and hands neither out again', () => {
    for (const status of ['completed', 'cancelled'] as const) {
      const { changed, opened, result } = revised(one(), moved, standing(one(), { '1 edu': { status } }));
      expect([changed, opened]).toEqual([[`1: edu lead 2026-06-30 ${status} 0 → edu lead 2026-06-30 ${status} 0`], []]);
      expect(result.changed[0]?.after.deadline).toEqual(by('2026-08-31'));
    }
  });

  it('does not take back an extension that a unit was granted beyond it', () => {
    const extended = (due: IsoDate): Partial<Assignment> => ({ due, sequence: 1, extendedAt: day('2026-04-01') });
    const later = revised(one(), moved, standing(one(), { '1 edu': extended('2026-09-30') }));
    expect(later.changed).toEqual(['1: edu lead 2026-09-30 needs-action 1 → edu lead 2026-09-30 needs-action 1']);
    expect(later.result.changed[0]).toMatchObject({
      voids: null,
      look: 'kept',
      note: expect.stringContaining('已批准延期至2026-09-30'),
    });
    const earlier = revised(one(), moved, standing(one(), { '1 edu': extended('2026-07-31') }));
    expect(earlier.changed).toEqual(['1: edu lead 2026-07-31 needs-action 1 → edu lead 2026-08-31 needs-action 2']);
  });

  it('to a day that has passed is put to the coordinator and not chased', () => {
    const { result } = revised(one(), one({ deadlines: [by('2026-04-30')] }));
    expect(result.changed[0]?.after).toMatchObject({
      due: '2026-04-30',
      pursuit: 'undecided',
      extendedAt: null,
      confirmedAt: day(today),
    });
  });

  it('to no day becomes a running duty, and from none a dated one', () => {
    const running = one({ deadlines: [ongoing] });
    const loosened = revised(one(), running);
    expect(loosened.changed).toEqual(['1: edu lead 2026-06-30 needs-action 0 → edu lead - needs-action 1']);
    expect(loosened.result.changed[0]?.after).toMatchObject({ pursuit: 'cadence', confirmedAt: day(today), extendedAt: null });
    const set = revised(running, one(), standing(running, { '1 edu': { status: 'acknowledged' } }));
    expect(set.changed).toEqual(['1: edu lead - acknowledged 0 → edu lead 2026-06-30 acknowledged 1']);
    expect(revised(one({ deadlines: [] }), one()).changed).toEqual([
      '1: edu lead - needs-action 0 → edu lead 2026-06-30 needs-action 1',
    ]);
  });

  it('says a new wording and nothing else where the day is the same', () => {
    const { result } = revised(one(), one({ deadlines: [by('2026-06-30', '上半年')] }));
    expect(result.changed).toMatchObject([
      { after: { due: '2026-06-30', sequence: 0, deadline: { text: '上半年' } }, voids: null, look: 'kept' },
    ]);
  });

  it('of several moves alone', () => {
    const two = one({ deadlines: [by('2026-06-30'), by('2026-09-30')] });
    const { changed, opened } = revised(two, one({ deadlines: [by('2026-09-30'), by('2026-10-31'), by('2026-12-31')] }));
    expect(changed).toEqual(['1: edu lead 2026-06-30 needs-action 0 → edu lead 2026-10-31 needs-action 1']);
    expect(opened).toEqual(['1: edu lead 2026-12-31 dated']);
  });
});

describe('a duty that comes again', () => {
  const every = (rule: 'monthly' | 'quarterly' | `yearly ${string}`, text: string): Deadline => ({
    kind: 'recurring',
    rule,
    text,
  });
  const quarterly = one({ deadlines: [every('quarterly', '每季度')] });
  const first = standing(quarterly, { '1 edu': { status: 'acknowledged' } });
  const spring = first[0];
  if (spring === undefined) throw new Error('no duty');

  it('moves the running occurrence to the new rule; what is overdue stays owed for its day, and opens nothing after it', () => {
    const summer = { ...spring, id: '2', due: '2026-06-30', originalDue: '2026-06-30', status: 'needs-action' as const };
    const { changed, opened, result } = revised(quarterly, one({ deadlines: [every('monthly', '每月')] }), [spring, summer]);
    expect(opened).toEqual([]);
    expect(changed).toEqual([
      '1: edu lead 2026-03-31 acknowledged 0 → edu lead 2026-03-31 acknowledged 0',
      '1: edu lead 2026-06-30 needs-action 0 → edu lead 2026-05-31 needs-action 1',
    ]);
    expect(result.changed.map(({ after: { deadline, originalDue } }) => [deadline?.kind, originalDue])).toEqual([
      ['by', '2026-03-31'],
      ['recurring', '2026-05-31'],
    ]);
  });

  it('done for this period goes on with the next where the rhythm is the same, and starts anew where it is not', () => {
    const yearly = one({ deadlines: [every('yearly 06-30', '每年6月底前')] });
    const done = standing(yearly, { '1 edu': { status: 'completed' } });
    const later = revised(yearly, one({ deadlines: [every('yearly 08-31', '每年8月底前')] }), done);
    expect(later.opened).toEqual([]);
    expect(later.result.changed).toMatchObject([
      { after: { status: 'completed', originalDue: '2026-08-31' }, look: instantOf(ZONE, '2026-09-01', '00:00') },
    ]);
    expect(revised(yearly, one({ deadlines: [every('monthly', '每月')] }), done).opened).toEqual([
      '1: edu lead 2026-05-31 dated',
    ]);
  });

  it('that is gone opens no further occurrence', () => {
    const summer = { ...spring, id: '2', due: '2026-06-30', originalDue: '2026-06-30', status: 'completed' as const };
    const { changed, result } = revised(quarterly, one({ lead: ['县水利局'] }), [spring, summer]);
    expect(changed).toEqual(['1: edu lead 2026-03-31 acknowledged 0 → edu lead 2026-03-31 cancelled 0']);
    expect(result.stopped).toEqual(['2']);
  });
});

describe('units that a revision names or leaves out', () => {
  it('get the duty from now on, or are let go with the reason; what is done stays', () => {
    const before = one({ lead: ['县教育局', '县财政局', '县水利局'] });
    const { changed, opened, result } = revised(
      before,
      one({ lead: ['县教育局'], cooperate: ['县民政局'] }),
      standing(before, { '1 fin': { status: 'completed' } }),
    );
    expect(changed).toEqual(['1: water lead 2026-06-30 needs-action 0 → water lead 2026-06-30 cancelled 0']);
    expect(result.changed[0]).toMatchObject({
      voids: { reason: 'cancelled' },
      look: null,
      note: '通知修订：修订后不再由该单位承担',
    });
    expect(opened).toEqual(['1: civil cooperate 2026-06-30 dated']);
  });

  it('keep their progress when they change parts, and are told', () => {
    const before = one({ lead: ['县教育局'], cooperate: ['县水利局'] });
    const { result, changed, opened } = revised(
      before,
      one({ lead: ['县水利局'], cooperate: ['县教育局'] }),
      standing(before, { '1 water': { status: 'acknowledged' } }),
    );
    expect(opened).toEqual([]);
    expect(changed).toEqual([
      '1: water cooperate 2026-06-30 acknowledged 0 → water lead 2026-06-30 acknowledged 1',
      '1: edu lead 2026-06-30 needs-action 0 → edu cooperate 2026-06-30 needs-action 1',
    ]);
    expect(result.changed[0]?.after).toMatchObject({ confirmedAt: day(today), pursuit: 'dated' });
  });

  it('that come to lead what is overdue are not escalated for what they could not know', () => {
    const before = one({ lead: ['县教育局'], cooperate: ['县水利局'], deadlines: [by('2026-04-30')] });
    const { result } = revised(before, one({ lead: ['县教育局', '县水利局'], deadlines: [by('2026-04-30')] }));
    expect(result.changed[0]?.after).toMatchObject({ unit: 'water', role: 'lead', pursuit: 'undecided' });
  });

  it('that come back find their duty again', () => {
    const without = one({ lead: ['县水利局'] });
    const rows = [...standing(without), ...standing(one(), { '1 edu': { status: 'cancelled', id: '9', sequence: 2 } })];
    const { changed, opened, result } = revised(without, one({ lead: ['县水利局', '县教育局'] }), rows);
    expect(opened).toEqual([]);
    expect(changed).toEqual(['1: edu lead 2026-06-30 cancelled 2 → edu lead 2026-06-30 needs-action 3']);
    expect(result.changed[0]).toMatchObject({ after: { confirmedAt: day(today) }, look: day(today) });
  });

  it('are those of the group as the directory has it now', () => {
    const towns = one({ lead: ['各乡镇'] });
    const now = { ...directory, groups: [{ name: '各乡镇', aliases: [], members: ['west', 'north'], review: null }] };
    const titled = one({ lead: ['各乡镇'], title: '公布校车线路和站点' });
    const { changed, opened } = revised(towns, titled, standing(towns), { directory: now });
    expect(changed).toEqual(['1: east lead 2026-06-30 needs-action 0 → east lead 2026-06-30 cancelled 0']);
    expect(opened).toEqual(['1: north lead 2026-06-30 dated']);
    // A task that was not chosen stays as it was handed out.
    expect(revised(towns, titled, standing(towns), { directory: now, choice: { only: [], except: [] } })).toMatchObject({
      changed: [],
      opened: [],
    });
  });

  it('that help are done when the last open lead has left, and are not asked where all leads are done', () => {
    const before = one({ lead: ['县教育局', '县水利局'], cooperate: ['县财政局'] });
    const { changed, opened } = revised(
      before,
      one({ lead: ['县教育局'], cooperate: ['县财政局', '县民政局'] }),
      standing(before, { '1 edu': { status: 'completed' } }),
    );
    expect(changed).toEqual([
      '1: water lead 2026-06-30 needs-action 0 → water lead 2026-06-30 cancelled 0',
      '1: fin cooperate 2026-06-30 needs-action 0 → fin cooperate 2026-06-30 completed 0',
    ]);
    expect(opened).toEqual([]);
  });
});

describe('tasks that come and go', () => {
  const bus = task('1', { title: '公布校车线路' });
  const wells = task('2', { title: '核对机井台账', lead: ['县水利局'], deadlines: [by('2026-04-30')] });

  it('are handed out as on confirmation, or fall silent with all that is open of them', () => {
    const rows = standing(schedule([bus]));
    const { changed, opened } = revised(schedule([bus]), schedule([wells]), rows);
    expect(changed).toEqual(['1: edu lead 2026-06-30 needs-action 0 → edu lead 2026-06-30 cancelled 0']);
    expect(opened).toEqual(['2: water lead 2026-04-30 undecided']);
  });

  it('with a new number alone go on as if nothing had happened', () => {
    const { changed, opened, input, result } = revised(
      schedule([bus, wells]),
      schedule([
        { ...wells, ref: '1' },
        { ...bus, ref: '2' },
      ]),
    );
    expect([changed, opened]).toEqual([[], []]);
    expect(standingAfter(input, result).map(({ ref, unit: of, task: { title } }) => [ref, of, title])).toEqual([
      ['2', 'edu', '公布校车线路'],
      ['1', 'water', '核对机井台账'],
    ]);
  });
});

describe('any revision of any schedule', () => {
  const statuses = fc.infiniteStream(fc.constantFrom('needs-action', 'acknowledged', 'completed', 'cancelled'));

  it('leaves every unit that is named with its duty once, and nobody else with an open one; the same again changes nothing', () => {
    fc.assert(
      fc.property(schedules, tasks, statuses, (before, others, states) => {
        const after = schedule(others);
        const rows = standing(before).map((row) => ({ ...row, status: states.next().value as Assignment['status'] }));
        const { input, result } = revised(before, after, rows);
        const then = standingAfter(input, result);
        const place = (each: Pick<Assignment, 'ref' | 'unit' | 'deadline'>): string =>
          `${each.ref} ${each.unit} ${deadlineKey(each)}`;
        const open = then.filter(({ status }) => !isClosed(status));
        const wanted = assign(input.revised, directory, today).assignments;
        const roles = new Map(wanted.map((each) => [`${each.ref} ${each.unit}`, each.role]));
        for (const each of open) expect(roles.get(`${each.ref} ${each.unit}`)).toBe(each.role);
        expect(new Set(open.map((each) => `${place(each)} ${each.originalDue}`)).size).toBe(open.length);
        const places = new Set(then.map(place));
        const done = new Set(then.filter(({ role, status }) => role === 'lead' && isClosed(status)).map(({ ref }) => ref));
        for (const each of wanted)
          expect(places.has(place(each)) || (each.role === 'cooperate' && done.has(each.ref))).toBe(true);
        for (const { before: was, after: is } of result.changed) {
          if (was.status === 'completed') expect(is.status).toBe('completed');
          if (is.due !== was.due) expect(is.sequence).toBe(was.sequence + 1);
        }
        const again = reassign({
          ...input,
          confirmed: input.revised,
          continues: input.revised.tasks.map(({ ref }) => ({ from: ref, to: ref, chosen: true })),
          standing: then,
        });
        expect([again.changed, again.opened]).toEqual([[], []]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what a revision comes to for those who are written to', () => {
  it('is nothing for nothing, and counts letters that come, go or say something else', () => {
    const staffed: Directory = {
      ...directory,
      supervisor: 'edu',
      units: directory.units.map((each) => ({
        ...each,
        contacts: [
          {
            id: `${each.id}/1`,
            post: '联络员',
            name: `${each.name}联络员`,
            email: `${each.id}@shili.example`,
            mobile: null,
            from: null,
            until: null,
          },
        ],
      })),
    };
    const year: Schedule['notice'] = { ...notice, year: 2022, issuedOn: '2022-03-01' };
    const before = schedule([task('1', { deadlines: [by('2022-06-30')] })], { notice: year });
    const after = schedule([task('1', { deadlines: [by('2022-06-30')], lead: ['县教育局', '县水利局'] })], { notice: year });
    const effect = (next: Schedule) => {
      const { input } = revised(
        before,
        next,
        standing(before, { '1 edu': { plannedThrough: day('2022-05-06') } }, '2022-03-01'),
        { on: '2022-05-06' },
      );
      const reassigning = { ...input, storedDirectory: staffed, directory: staffed };
      return effectOf(reassigning, reassign(reassigning), {
        office,
        policy,
        calendar,
        until: instantOf(ZONE, '2022-06-30', '23:59'),
      });
    };
    expect(effect(before)).toMatchObject({ recipients: [] });
    const { before: was, after: is, recipients } = effect(after);
    expect(recipients).toEqual([
      {
        unitName: '县水利局',
        post: '联络员',
        name: '县水利局联络员',
        channel: 'email',
        more: is.email - was.email,
        fewer: 0,
        other: 0,
      },
    ]);
    expect(is.email - was.email).toBeGreaterThan(4);
  });
});

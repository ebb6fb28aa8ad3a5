import { describe, expect, it } from 'vitest';

import { unitById } from '../../src/domain/directory.ts';
import { noticeDate } from '../../src/domain/notice.ts';
import { ladderOf } from '../../src/domain/plan.ts';
import type { Rehearsal } from '../../src/domain/rehearsal.ts';
import { clockTimeOf, dateOf, instantOf } from '../../src/domain/time.ts';
import { DAYS, UNTIL } from './rehearsal-2022.table.ts';
import { rehearsed, type Seed, seed, SEEDS, shippedConfiguration, stages, told, type Told, ZONE } from './seeds.ts';

const configuration = await shippedConfiguration();
const { policy, calendar } = configuration;
const ruicheng = seed('ruicheng-2022');
const shangdang = seed('shangdang-2022');

/** A seed with only some of its tasks: what the others do is no matter to their dates. */
function only(refs: readonly string[], { schedule, directory }: Seed): Seed {
  return { schedule: { ...schedule, tasks: schedule.tasks.filter(({ ref }) => refs.includes(ref)) }, directory };
}

/** `email liaison@… 2022-08-31` of every message. */
const personDays = ({ messages }: Rehearsal): string[] =>
  messages.map(({ at, message: { channel, address } }) => `${channel} ${address} ${dateOf(ZONE, at)}`);

/** What is said of one deadline, without its channel, recipient and schedule. */
const said = (lines: readonly Told[]): string[] =>
  [
    ...new Set(lines.map(({ day, ref, due, written, unit, stage }) => [day, ref, due, written, unit, stage].join(' '))),
  ].toSorted();

describe.each(SEEDS)('nobody answering in %s', (name) => {
  const material = seed(name);
  const { directory, schedule } = material;
  const until = `${schedule.notice.year + 1}-01-05`;
  const rehearsal = rehearsed(configuration, [material], until);
  const lines = told(rehearsal);

  it('a person gets at most one email and one SMS a day', () => {
    expect(rehearsal.messages.length).toBeGreaterThan(100);
    expect(new Set(personDays(rehearsal)).size).toBe(rehearsal.messages.length);
  });

  it('nothing goes out on a day of rest, at night or at noon of a Sunday', () => {
    const wrong = rehearsal.messages.filter(
      ({ at }) => !calendar.isWorkday(dateOf(ZONE, at)) || clockTimeOf(ZONE, at) !== '09:00',
    );
    expect(wrong).toEqual([]);
  });

  it('no morning has more messages than the directory has addresses, beyond which the breaker would hold them', () => {
    const contacts = directory.units.flatMap((unit) => unit.contacts);
    const addresses = new Set(contacts.flatMap(({ email, mobile }) => [email, mobile]).filter((each) => each !== null)).size;
    const mornings = new Map<string, number>();
    for (const { at } of rehearsal.messages) mornings.set(dateOf(ZONE, at), (mornings.get(dateOf(ZONE, at)) ?? 0) + 1);
    expect(Math.max(...mornings.values())).toBeLessThanOrEqual(Math.max(50, addresses));
  });

  it('no message is empty or names a duty twice', () => {
    const sizes = rehearsal.messages.map(({ message: { items } }) => [
      items.length,
      new Set(items.map(({ assignment }) => assignment.id)).size,
    ]);
    expect(sizes.filter(([items = 0, duties]) => items === 0 || items !== duties)).toEqual([]);
  });

  it('every line is a stage of the ladder that the policy gives its duty, told to a post and by a channel of that stage', () => {
    const wrong = rehearsal.messages.flatMap(({ message: { items, to, channel } }) =>
      items.filter(({ assignment, stage: id, copy, letter, rung }) => {
        const ladder = ladderOf(assignment, policy, unitById(directory, assignment.unit));
        const stage = ladder.stages.find((each) => each.id === id);
        const among = (copy ? stage?.cc : stage?.to) ?? [];
        const post = among.some(
          (each) => each.post === to.post && to.unit === (each.of === 'unit' ? assignment.unit : directory.supervisor),
        );
        return !post || !stage?.via.includes(channel) || stage.letter !== letter || stage.rung !== rung;
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('the stages of a duty are told in the order of the ladder', () => {
    const order = ['assigned', 'd-30', 'd-15', 'd-7', 'd-3', 'd-1', 'd-0', 'o+1', 'o+3', 'o+7', 'o-weekly'];
    const reached = new Map<string, number>();
    const wrong: string[] = [];
    for (const { assignment, stage } of rehearsal.messages.flatMap(({ message: { items } }) => items)) {
      if (stage === 'progress') continue;
      const rank = order.indexOf(stage);
      if (rank < (reached.get(assignment.id) ?? 0)) wrong.push(`${stage} of ${assignment.ref}`);
      reached.set(assignment.id, rank);
    }
    expect(wrong).toEqual([]);
    expect(reached.size).toBeGreaterThan(20);
  });

  it('a stage that does not come again is told on one day', () => {
    const days = new Map<string, Set<string>>();
    for (const { at, message } of rehearsal.messages) {
      for (const { assignment, stage, occurrence } of message.items) {
        const key = `${assignment.id} ${stage} ${occurrence}`;
        days.set(key, (days.get(key) ?? new Set()).add(dateOf(ZONE, at)));
      }
    }
    expect([...days].filter(([, each]) => each.size > 1)).toEqual([]);
  });

  it('nothing goes out before the notice or after the end', () => {
    const first = noticeDate(schedule.notice);
    expect(lines.filter(({ day }) => day < first || day > until)).toEqual([]);
    expect(lines.some(({ day }) => day === first)).toBe(true);
  });

  it('a shorter rehearsal is the beginning of the longer one, to the byte', () => {
    const cut = `${schedule.notice.year}-08-31`;
    const shorter = rehearsed(configuration, [material], cut);
    expect(shorter.messages.length).toBeGreaterThan(0);
    const beginning = rehearsal.messages.filter(({ at }) => dateOf(ZONE, at) <= cut);
    expect(JSON.stringify(shorter.messages) === JSON.stringify(beginning)).toBe(true);
  });
});

it('a second rehearsal is the same to the byte, with all that is suppressed', () => {
  const again = () => JSON.stringify(rehearsed(configuration, [{ ...ruicheng, confirmed: '2022-09-20 17:45' }], '2022-10-31'));
  expect(again()).toBe(again());
});

describe('the dates of the notices of 2022', () => {
  const cases = [
    ['shanxi-2022', '二(二)', '2023-03-31'],
    ['shanxi-2022', '三(二)-1', '2022-08-31'],
    ['shanxi-2022', '三(二)-2', '2022-09-30'],
    ['shanxi-2022', '二(一)-1', '2022-11-30'],
    ['shanxi-2022', '四(三)-1', '2022-12-31'],
    ['guanxian-2022', '33', '2022-09-30'],
    ['guanxian-2022', '34', '2022-12-31'],
    ['guanxian-2022', '18', '2022-12-31'],
    ['guanxian-2022', '35', '2022-12-31'],
    ['shangdang-2022', '6', '2023-03-31'],
    ['shangdang-2022', '12', '2022-08-31'],
    ['shangdang-2022', '13', '2022-09-30'],
    ['shangdang-2022', '10', '2022-10-01'],
    ['shangdang-2022', '22', '2022-11-30'],
    ['shangdang-2022', '17', '2022-12-31'],
  ] as const;
  const rehearsals = new Map(
    ['shanxi-2022', 'guanxian-2022', 'shangdang-2022'].map((name) => {
      const refs = cases.filter(([of]) => of === name).map(([, ref]) => ref);
      const { schedule, directory } = only(refs, seed(name));
      return [name, { directory, lines: told(rehearsed(configuration, [{ schedule, directory }], UNTIL)) }] as const;
    }),
  );

  it.each(cases)('are in %s those of the table: %s, due %s', (name, ref, due) => {
    const { lines, directory } = rehearsals.get(name)!;
    const { before, after, weekly } = DAYS[due]!;
    const outside = new Set(directory.units.filter(({ external }) => external).map((unit) => unit.name));
    const leads = lines.filter((line) => line.ref === ref && line.due === due && line.role === 'lead' && !outside.has(line.unit));
    const units = [...new Set(leads.map(({ unit }) => unit))];
    expect(units.length).toBeGreaterThan(0);
    for (const unit of units) {
      const [assigned, ...rest] = stages(leads.filter((line) => line.unit === unit));
      expect(assigned).toMatch(/^assigned 2022-0[46]-\d\d$/u);
      expect({ unit, rest }).toEqual({
        unit,
        rest: [
          ...Object.entries({ ...before, ...after }).map(([stage, day]) => `${stage} ${day}`),
          ...weekly.map((day) => `o-weekly ${day}`),
        ],
      });
    }
  });

  it('年底前 in a notice of 2021 is Friday 31 December 2021 itself, and the year after begins on 4 January', () => {
    const lines = told(rehearsed(configuration, [seed('daixian-2021')], '2022-01-15')).filter(
      ({ ref, due }) => ref === '(八)15' && due === '2021-12-31',
    );
    expect(stages(lines).slice(-5)).toEqual([
      'd-1 2021-12-30',
      'd-0 2021-12-31',
      'o+1 2022-01-04',
      'o+3 2022-01-06',
      'o+7 2022-01-12',
    ]);
  });
});

describe('row 10 of 上党, 10月起 in the body and 10月底前 in the column', () => {
  const of = (due: string) =>
    told(rehearsed(configuration, [only(['10'], shangdang)], '2022-11-10')).filter(
      (line) => line.ref === '10' && line.due === due && line.unit === '上党经开区',
    );

  it('is pursued to both dates', () => {
    expect(stages(of('2022-10-01')).slice(1, 7)).toEqual(
      Object.entries(DAYS['2022-10-01']!.before).map(([stage, day]) => `${stage} ${day}`),
    );
    // Back from Monday 31 October: 28 … 24 | 21 … 17 | 14 … 10 = 15, then 9 and 8 October, then September; 14 September is the thirtieth.
    expect(stages(of('2022-10-31'))).toEqual([
      'assigned 2022-06-01',
      'd-30 2022-09-14',
      'd-15 2022-10-10',
      'd-7 2022-10-20',
      'd-3 2022-10-26',
      'd-1 2022-10-28',
      'd-0 2022-10-31',
      'o+1 2022-11-01',
      'o+3 2022-11-03',
      'o+7 2022-11-09',
    ]);
  });

  it('is flagged for a person to look at', () => {
    expect(shangdang.schedule.tasks.find(({ ref }) => ref === '10')?.review.join()).toContain('两个时限都已保留');
  });
});

describe('row 32 of 上党, every month, every quarter and every half-year', () => {
  const lines = told(rehearsed(configuration, [only(['32'], shangdang)], UNTIL));
  const before = (written: string) => stages(lines.filter((line) => line.written === written && line.stage.startsWith('d-')));

  it('is reminded of the month three working days before and on its last working day', () => {
    expect(before('每月')).toEqual([
      'd-3 2022-06-27',
      'd-0 2022-06-30',
      'd-3 2022-07-26',
      'd-0 2022-07-29',
      'd-3 2022-08-26',
      'd-0 2022-08-31',
      'd-3 2022-09-27',
      'd-0 2022-09-30',
      'd-3 2022-10-26',
      'd-0 2022-10-31',
      'd-3 2022-11-25',
      'd-0 2022-11-30',
      'd-3 2022-12-27',
      'd-0 2022-12-30',
    ]);
  });

  it('is reminded of the quarter seven and one working days before', () => {
    expect(before('每季')).toEqual([
      'd-7 2022-06-21',
      'd-1 2022-06-29',
      'd-0 2022-06-30',
      'd-7 2022-09-21',
      'd-1 2022-09-29',
      'd-0 2022-09-30',
      'd-7 2022-12-21',
      'd-1 2022-12-29',
      'd-0 2022-12-30',
    ]);
  });

  it('is reminded of the half-year fifteen, seven and one working days before', () => {
    expect(before('半年')).toEqual([
      'd-15 2022-06-09',
      'd-7 2022-06-21',
      'd-1 2022-06-29',
      'd-0 2022-06-30',
      'd-15 2022-12-09',
      'd-7 2022-12-21',
      'd-1 2022-12-29',
      'd-0 2022-12-30',
    ]);
  });

  it('is handed out once, however often it comes again', () => {
    const assigned = lines.filter(({ stage }) => stage === 'assigned').map(({ day, written }) => `${day} ${written}`);
    expect(assigned).toEqual(['2022-06-01 每月', '2022-06-01 每季', '2022-06-01 半年', '2022-06-01 全年']);
  });

  it('is overdue month by month, each on the first working day after it', () => {
    const overdue = lines
      .filter(({ written, stage }) => written === '每月' && stage === 'o+1')
      .map(({ day, due }) => `${due} ${day}`);
    expect([...new Set(overdue)]).toEqual([
      '2022-06-30 2022-07-01',
      '2022-07-31 2022-08-01',
      '2022-08-31 2022-09-01',
      '2022-09-30 2022-10-08',
      '2022-10-31 2022-11-01',
      '2022-11-30 2022-12-01',
      '2022-12-31 2023-01-03',
    ]);
  });
});

describe('a notice that came when some stages had passed', () => {
  const late = {
    ...ruicheng,
    schedule: { ...ruicheng.schedule, notice: { ...ruicheng.schedule.notice, issuedOn: '2022-08-15' } },
  };
  const rehearsal = rehearsed(configuration, [late], '2022-08-31');

  it('says nothing of them, and says that it does not', () => {
    const list = told(rehearsal).filter(({ ref, unit }) => ref === '三(二)-1' && unit === '县教育局');
    expect(stages(list)).toEqual(['assigned 2022-08-15', 'd-7 2022-08-22', 'd-3 2022-08-26', 'd-1 2022-08-30', 'd-0 2022-08-31']);
    const dropped = rehearsal.suppressions.filter(
      ({ subject, unitName }) => subject.ref === '三(二)-1' && unitName === '县教育局',
    );
    expect(dropped.map(({ stage, reason, detail }) => `${stage} ${reason} ${detail}`)).toEqual([
      'd-30 before-notice 7月20日早于通知印发日8月15日',
      'd-15 before-notice 8月10日早于通知印发日8月15日',
    ]);
  });
});

describe('a schedule confirmed late, on 20 September', () => {
  const rehearsal = rehearsed(configuration, [{ ...ruicheng, confirmed: '2022-09-20 09:00' }], '2022-12-31');
  const lines = told(rehearsal);

  it('puts what is past to the coordinator, in one letter, and to nobody else', () => {
    const past = lines.filter(({ due }) => due === '2022-08-31');
    expect(stages(past)).toEqual(['decide 2022-09-20']);
    expect(past.map(({ unit }) => unit)).toEqual(ruicheng.schedule.tasks.find(({ ref }) => ref === '三(二)-1')?.lead);
    expect([...new Set(past.map(({ to, channel }) => `${to} ${channel}`))]).toEqual(['县政府办公室 协调人 许子轩 email']);
    const letters = rehearsal.messages.filter(({ message }) => message.to.post === '协调人');
    expect(letters.map(({ message }) => message.items.length)).toEqual([8]);
  });

  it('sends each person one message on that day, in which every duty is told once', () => {
    const [first] = rehearsal.messages;
    expect(dateOf(ZONE, first!.at)).toBe('2022-09-20');
    const today = rehearsal.messages.filter(({ at }) => at === first!.at);
    expect(new Set(today.map(({ message }) => message.address)).size).toBe(today.length);
    const duties = today.flatMap(({ message }) => message.items.map(({ assignment }) => assignment.id));
    expect(new Set(duties).size).toBe(duties.length);
    expect([...new Set(today.flatMap(({ message }) => message.items.map(({ stage }) => stage)))].toSorted()).toEqual([
      'assigned',
      'decide',
    ]);
  });

  it('says of the stages that were missed that only the latest was sent, and of what is past that it waits for a decision', () => {
    const missed = rehearsal.suppressions.map(
      ({ subject, stage, reason }) => `${subject.ref} ${subject.due} ${subject.role} ${stage} ${reason}`,
    );
    const counts: Record<string, number> = {};
    for (const each of missed) counts[each] = (counts[each] ?? 0) + 1;
    expect(counts).toEqual({
      '三(二)-1 2022-08-31 lead assigned undecided': 8,
      '三(一)-2 2022-10-01 lead d-30 missed-window': 1,
      '三(一)-2 2022-10-01 lead d-15 missed-window': 1,
      '三(一)-2 2022-10-01 cooperate d-15 missed-window': 7,
      '三(一)-2 2022-09-30 lead d-30 missed-window': 1,
      '三(一)-2 2022-09-30 lead d-15 missed-window': 1,
      '三(一)-2 2022-09-30 cooperate d-15 missed-window': 7,
      '三(二)-2 2022-09-30 lead d-30 missed-window': 1,
      '三(二)-2 2022-09-30 lead d-15 missed-window': 1,
      '三(二)-2 2022-09-30 cooperate d-15 missed-window': 6,
    });
  });

  it('goes on from there as if it had been confirmed in time', () => {
    const inTime = told(rehearsed(configuration, [ruicheng], '2022-12-31'));
    const after = (all: readonly Told[]) => said(all.filter(({ day, due }) => day > '2022-09-20' && due !== '2022-08-31'));
    expect(after(lines)).toEqual(after(inTime));
  });
});

describe('two schedules of one office', () => {
  const second = { ...ruicheng, schedule: { ...ruicheng.schedule, name: 'ruicheng-2022-again' }, confirmed: '2022-08-26 10:30' };
  const both = rehearsed(configuration, [ruicheng, second], '2022-10-10');
  const lines = told(both);

  it('keep the caps together', () => {
    expect(new Set(personDays(both)).size).toBe(both.messages.length);
    expect(
      both.messages.some(({ message }) => new Set(message.items.map(({ assignment }) => assignment.schedule)).size === 2),
    ).toBe(true);
  });

  it('hold the letter of the second for those who had one that morning, till the next working day, and say why', () => {
    const held = both.suppressions.filter(({ reason }) => reason === 'daily-cap');
    const told = [...new Set(held.map(({ stage, detail, until }) => `${stage} ${detail} ${until}`))];
    expect(told).toEqual([
      `assigned 2022-08-26已发1条，达到每日上限，顺延至2022-08-29 ${instantOf(ZONE, '2022-08-29', '09:00')}`,
    ]);
    const assigned = (unit: string) =>
      stages(lines.filter((line) => line.schedule === 'ruicheng-2022-again' && line.unit === unit && line.stage === 'assigned'));
    expect(assigned('县教育局')).toEqual(['assigned 2022-08-29']);
    expect(assigned('县司法局')).toEqual(['assigned 2022-08-26']);
  });

  it('lose nothing: each says what it would have said alone', () => {
    const alone = told(rehearsed(configuration, [ruicheng], '2022-10-10'));
    expect(said(lines.filter(({ schedule }) => schedule === 'ruicheng-2022'))).toEqual(said(alone));
    const later = told(rehearsed(configuration, [second], '2022-10-10')).map((line) =>
      line.stage === 'assigned' ? { ...line, day: '' } : line,
    );
    const joint = lines
      .filter(({ schedule }) => schedule === 'ruicheng-2022-again')
      .map((line) => (line.stage === 'assigned' ? { ...line, day: '' } : line));
    expect(said(joint)).toEqual(said(later));
  });
});

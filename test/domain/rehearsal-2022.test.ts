import { describe, expect, it } from 'vitest';

import {
  COOPERATE_RECIPIENTS,
  DAYS,
  EXTERNAL_RECIPIENTS,
  ISSUED,
  LEAD_RECIPIENTS,
  RESTS,
  ROWS,
  UNTIL,
  WORKED_WEEKEND_DAYS,
} from './rehearsal-2022.table.ts';
import type { Days } from './rehearsal-2022.table.ts';
import { rehearsed, seed, shippedConfiguration, stages, told, type Told } from './seeds.ts';

const ruicheng = seed('ruicheng-2022');
const rehearsal = rehearsed(await shippedConfiguration(), [ruicheng], UNTIL);
const lines = told(rehearsal);

function of(ref: string, due: string | null, unit: string): readonly Told[] {
  return lines.filter((line) => line.ref === ref && line.due === due && line.unit === unit);
}

function daysOf(due: string): Days {
  const days = DAYS[due];
  if (days === undefined) throw new Error(`nobody has worked out ${due}`);
  return days;
}

/** `联络员 sms copy` of each stage. */
function recipients(told: readonly Told[]): Record<string, readonly string[]> {
  const posts: Record<string, string[]> = {};
  for (const { stage, to, channel, copy } of told) {
    const said = `${to.split(' ')[1]} ${channel}${copy ? ' copy' : ''}`;
    const known = (posts[stage] ??= []);
    if (!known.includes(said)) known.push(said);
  }
  return Object.fromEntries(Object.entries(posts).map(([stage, each]) => [stage, each.toSorted()]));
}

function sorted(table: Readonly<Record<string, readonly string[]>>, among: readonly string[]): Record<string, readonly string[]> {
  return Object.fromEntries(among.map((stage) => [stage, table[stage]!.toSorted()]));
}

const written = (table: Readonly<Record<string, string>>): string[] =>
  Object.entries(table).map(([stage, day]) => `${stage} ${day}`);

/** Everything a lead of the office's own line hears of. */
function leadStages(due: string): string[] {
  const { before, after, weekly } = daysOf(due);
  return [`assigned ${ISSUED}`, ...written(before), ...written(after), ...weekly.map((day) => `o-weekly ${day}`)];
}

describe('the table', () => {
  /** Day by day, from nothing but the two notices. */
  const works = (day: string): boolean => {
    if (WORKED_WEEKEND_DAYS.includes(day)) return true;
    if (RESTS.some(([first, last]) => first <= day && day <= last)) return false;
    return ![0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
  };
  const step = (day: string, by: 1 | -1): string =>
    new Date(Date.parse(`${day}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10);
  const counted = (day: string, workdays: number): string => {
    let at = day;
    for (let left = Math.abs(workdays); left > 0; left -= works(at) ? 1 : 0) at = step(at, workdays < 0 ? -1 : 1);
    return at;
  };

  it.each(Object.entries(DAYS))(
    'for %s agrees with counting day by day from the notices',
    (due, { from, before, after, weekly }) => {
      let anchor = due;
      // What begins in the holidays begins after them; what ends in them ends before.
      while (!works(anchor)) anchor = step(anchor, due === '2022-10-01' ? 1 : -1);
      expect(from).toBe(anchor);
      const offsets = { 'd-30': -30, 'd-15': -15, 'd-7': -7, 'd-3': -3, 'd-1': -1, 'd-0': 0, 'o+1': 1, 'o+3': 3, 'o+7': 7 };
      expect({ ...before, ...after }).toEqual(
        Object.fromEntries(Object.entries(offsets).map(([stage, by]) => [stage, counted(anchor, by)])),
      );
      const expected: string[] = [];
      for (let day = counted(anchor, 12); day <= UNTIL; day = counted(day, 5)) expected.push(day);
      expect(weekly).toEqual(expected);
    },
  );

  it('has every dated deadline of the notice, and no other', () => {
    const dated = lines.filter(({ due }) => due !== null).map(({ ref, due }) => `${ref} ${due}`);
    expect(new Set(dated)).toEqual(new Set(ROWS.map(({ ref, due }) => `${ref} ${due}`)));
    expect(ROWS).toHaveLength(13);
  });

  it('has every unit of each deadline in its role', () => {
    for (const { ref, due, lead, cooperate } of ROWS) {
      const units = (role: string) =>
        new Set(lines.filter((line) => line.ref === ref && line.due === due && line.role === role).map(({ unit }) => unit));
      expect({ ref, due, lead: units('lead'), cooperate: units('cooperate') }).toEqual({
        ref,
        due,
        lead: new Set(lead),
        cooperate: new Set(cooperate),
      });
    }
  });
});

describe.each(ROWS)('$ref, due $due', ({ ref, due, lead, external }) => {
  const own = lead.filter((unit) => !external.includes(unit));

  it.each(own)('leads %s through exactly the stages of the ladder', (unit) => {
    expect(stages(of(ref, due, unit))).toEqual(leadStages(due));
  });

  it.each(own)('tells of each stage whom the policy names in %s', (unit) => {
    const among = [...new Set(leadStages(due).map((said) => said.split(' ')[0]!))];
    expect(recipients(of(ref, due, unit))).toEqual(sorted(LEAD_RECIPIENTS, among));
    const elsewhere = of(ref, due, unit).filter(({ to }) => !to.startsWith(`${unit} `));
    const office = elsewhere.map(({ to, stage }) => `${stage} ${to}`).filter((said) => !said.startsWith('o-weekly'));
    if (unit !== '县政府办公室') expect(office).toEqual(['o+3 县政府办公室 督办 闫思远', 'o+7 县政府办公室 分管领导 刘德胜']);
  });

  it.each(external)('asks %s, which is outside the line, politely and not beyond the supervisor', (unit) => {
    const { before, after } = daysOf(due);
    expect(stages(of(ref, due, unit))).toEqual([
      `assigned ${ISSUED}`,
      `d-15 ${before['d-15']}`,
      `d-7 ${before['d-7']}`,
      `d-1 ${before['d-1']}`,
      `d-0 ${before['d-0']}`,
      `o+1 ${after['o+1']}`,
      `o+3 ${after['o+3']}`,
    ]);
    expect(recipients(of(ref, due, unit))).toEqual(sorted(EXTERNAL_RECIPIENTS, Object.keys(EXTERNAL_RECIPIENTS)));
  });
});

describe.each(ROWS.filter(({ cooperate }) => cooperate.length > 0))('$ref, due $due', ({ ref, due, cooperate }) => {
  it('tells those who cooperate fifteen and three working days before, and nothing after', () => {
    const { before } = daysOf(due);
    const expected = [`assigned ${ISSUED}`, `d-15 ${before['d-15']}`, `d-3 ${before['d-3']}`];
    for (const unit of cooperate) {
      expect({ unit, stages: stages(of(ref, due, unit)) }).toEqual({ unit, stages: expected });
      expect(recipients(of(ref, due, unit))).toEqual(sorted(COOPERATE_RECIPIENTS, Object.keys(COOPERATE_RECIPIENTS)));
    }
  });
});

describe('the units outside the line', () => {
  const outside = ['国家税务总局芮城县税务局', '国网芮城县供电公司', '市生态环境局芮城分局'];

  it.each(outside)('%s: its head and the leader in charge never hear of it', (unit) => {
    const heard = lines.filter((line) => line.unit === unit);
    expect(heard.length).toBeGreaterThan(0);
    expect(heard.filter(({ to }) => to.includes('主要负责人') || to.includes('分管领导'))).toEqual([]);
  });
});

describe('the duties without a date', () => {
  const undated = lines.filter(({ due }) => due === null);
  const refs = [
    '一(一)-1',
    '一(一)-2',
    '一(二)-1',
    '一(二)-2',
    '一(三)',
    '一(四)',
    '二(一)-2',
    '二(二)',
    '二(三)',
    '三(三)-1',
    '四(一)',
    '四(二)',
    '四(三)-1',
    '四(三)-2',
    '四(四)',
    '四(五)',
    '五(一)-1',
    '五(一)-2',
    '五(二)',
    '五(三)-1',
    '五(三)-2',
    '五(三)-3',
    '五(四)',
    '六(一)',
    '六(二)',
    '六(三)',
  ];

  it('are those of the notice, with the tasks whose bracket asks for a cadence beside their date and the start that is past', () => {
    expect([...new Set(undated.map(({ ref }) => ref))].toSorted()).toEqual(refs.toSorted());
  });

  it('ask their leads, inside the line or outside, for progress in September and December', () => {
    const seen = new Set<string>();
    for (const { ref, unit, role } of undated) {
      if (role !== 'lead' || seen.has(`${ref} ${unit}`)) continue;
      seen.add(`${ref} ${unit}`);
      expect({ ref, unit, stages: stages(of(ref, null, unit)) }).toEqual({
        ref,
        unit,
        stages: [`assigned ${ISSUED}`, 'progress 2022-09-23', 'progress 2022-12-23'],
      });
    }
    // Seven tasks of all 36 departments and townships, one of eleven enforcers, one of nine by name, and seventeen with one lead.
    expect(seen.size).toBe(7 * 36 + 11 + 9 + 17);
  });

  it('tell those who cooperate once, when they are handed out', () => {
    const cooperating = undated.filter(({ role }) => role === 'cooperate');
    expect(stages(cooperating)).toEqual([`assigned ${ISSUED}`]);
    expect(cooperating.length).toBeGreaterThan(100);
  });

  it('are told to the liaison by email and to nobody else', () => {
    expect([...new Set(undated.map(({ to, channel, copy }) => `${to.split(' ')[1]} ${channel} ${copy}`))]).toEqual([
      '联络员 email false',
    ]);
  });
});

describe('the year as a whole', () => {
  it('goes to the liaison who holds the post that day', () => {
    const liaisons = lines.filter(({ unit, to }) => unit === '县民政局' && to.startsWith('县民政局 联络员'));
    const names = (from: string, to: string) => [
      ...new Set(liaisons.filter(({ day }) => from <= day && day <= to).map((line) => line.to.split(' ')[2])),
    ];
    expect(names('2022-07-12', '2022-09-30')).toEqual(['夏保国']);
    expect(names('2022-10-01', UNTIL)).toEqual(['许彩云']);
  });

  it('puts the task that nobody leads to the coordinator', () => {
    expect(rehearsal.problems).toEqual([
      { kind: 'no-unit', assignment: null, detail: '结尾“落实情况写入公开年度报告”没有牵头单位，请指定' },
    ]);
  });

  it('shows the contradiction of 10月起 and 9月底前 to a person', () => {
    const task = ruicheng.schedule.tasks.find(({ ref }) => ref === '三(一)-2');
    expect(task?.review.join()).toContain('10月起施行，括号写9月底前');
  });

  it('holds and drops nothing: every stage comes after the notice, at the hour of the digest, in a message of its own duty', () => {
    expect(rehearsal.suppressions).toEqual([]);
  });
});

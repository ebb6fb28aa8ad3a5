import { describe, expect, it } from 'vitest';

import { type Briefing, briefingInWords, briefingIsDue } from '../../src/domain/briefing.ts';
import { at, calendar, office } from '../support/cast.ts';

const none = { count: 0, examples: [] };
const quiet: Briefing = { sent: { email: 0, sms: 0 }, dueToday: none, overdue: none, undeliverable: 0, problems: none };

function words(briefing: Partial<Briefing>, today = '2022-08-24', drill = false): ReturnType<typeof briefingInWords> {
  return briefingInWords({ ...quiet, ...briefing }, { office, today, now: at(`${today} 08:35`), calendar, drill });
}

describe('the briefing', () => {
  it('of a day on which there is nothing to say has two lines, and says what its absence means', () => {
    expect(words({})).toEqual({
      subject: '【催办简报】8月24日（周三）：一切正常',
      paragraphs: [
        '催办系统运行正常：近日没有发信，没有到期、逾期和待处理的事。',
        '工作日上午收不到本信，说明系统可能已停，请告知运维人员。',
      ],
    });
  });

  it('says what went out, what is due, what is late, what did not arrive and what waits', () => {
    const { subject, paragraphs } = words({
      sent: { email: 12, sms: 3 },
      dueToday: { count: 1, examples: ['县教育局“公开清单”'] },
      overdue: { count: 7, examples: ['县水利局“甲”', '县财政局“乙”'] },
      undeliverable: 2,
      problems: { count: 1, examples: ['县教育局没有在任的联络员'] },
    });
    expect(subject).toBe('【催办简报】8月24日（周三）：今日到期1项，逾期7项，待处理1件');
    expect(paragraphs).toEqual([
      '催办系统运行正常。',
      '上一工作日（8月23日）以来发出邮件12封、短信3条。',
      '今日到期1项：县教育局“公开清单”。',
      '已逾期7项：县水利局“甲”；县财政局“乙”；等7项。',
      '未能送达2条，原因见 cuiban status，再发用 cuiban retry。',
      '请您处理1件：县教育局没有在任的联络员。',
      '工作日上午收不到本信，说明系统可能已停，请告知运维人员。',
    ]);
  });

  it('tells a holiday two weeks before, from the first free day to the day on which letters go out again', () => {
    expect(words({}, '2022-09-22').paragraphs).toContain('10月1日至10月7日放假，其间不发信，10月8日（周六）恢复。');
    expect(words({}, '2022-08-30').paragraphs).toContain('9月10日至9月12日放假，其间不发信，9月13日（周二）恢复。');
  });

  it('says in November that next year has no holidays yet', () => {
    expect(words({}, '2023-11-22').paragraphs.join('')).toContain('2024年放假安排尚未录入');
  });

  it('of a drill says that it is one', () => {
    expect(words({}, '2022-08-24', true).subject).toContain('【演练】');
  });
});

describe('it is due', () => {
  const due = (every: 'day' | 'week' | 'never', time: string): boolean =>
    briefingIsDue({ ...office, briefing: { every, at: '08:35' } }, calendar, at(time));

  it.each([
    ['day', '2022-08-24 08:35', true],
    ['day', '2022-08-24 17:29', true],
    ['day', '2022-08-24 08:34', false],
    ['day', '2022-08-24 17:30', false],
    ['day', '2022-08-27 09:00', false],
    ['day', '2022-10-08 09:00', true],
    ['day', '2022-10-03 09:00', false],
    ['week', '2022-08-22 09:00', true],
    ['week', '2022-08-23 09:00', false],
    ['week', '2022-09-13 09:00', true],
    ['never', '2022-08-24 09:00', false],
  ] as const)('every %s at %s: %s', (every, time, expected) => {
    expect(due(every, time)).toBe(expected);
  });
});

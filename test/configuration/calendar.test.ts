import { readFileSync } from 'node:fs';

import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';

import { LIBRARY, readCalendar } from '../../src/configuration/calendar.ts';
import { addDays } from '../../src/domain/calendar.ts';
import { errorsOf, shipped, valueOf } from './support.ts';

const FILE = 'config/calendar.yaml';
// Its functions move a day west of Greenwich; its data are plain dates.
const oracle = JSON.parse(readFileSync('node_modules/chinese-days/dist/chinese-days.json', 'utf8')) as {
  readonly holidays: Readonly<Record<string, string>>;
  readonly workdays: Readonly<Record<string, string>>;
};
const calendar = valueOf(readCalendar(shipped(FILE)));

describe('calendar.yaml over the library', () => {
  it('agrees with chinese-days on every day of 2021 to 2026', () => {
    expect([oracle.holidays['2022-12-31'], oracle.workdays['2026-02-28']]).not.toContain(undefined);
    const different: string[] = [];
    for (let date = '2021-01-01'; date <= '2026-12-31'; date = addDays(date, 1)) {
      const ordinary = DateTime.fromISO(date, { zone: 'utc' }).weekday <= 5;
      const expected = date in oracle.workdays || (ordinary && !(date in oracle.holidays));
      if (calendar.isWorkday(date) !== expected) different.push(date);
    }
    expect(different).toEqual([]);
  });

  it('knows the calendar facts of the notices', () => {
    expect(calendar.isWorkday('2022-12-31')).toBe(false);
    expect(calendar.nameOf('2022-12-31')).toBe('元旦');
    expect(calendar.lastWorkdayOnOrBefore('2022-12-31')).toBe('2022-12-30');
    expect(calendar.isWorkday('2022-10-08')).toBe(true);
    expect(calendar.isWorkday('2022-10-09')).toBe(true);
    expect(calendar.nameOf('2022-10-08')).toBe('国庆节调休上班');
    expect(calendar.firstWorkdayOnOrAfter('2022-10-01')).toBe('2022-10-08');
    expect(calendar.isWorkday('2026-02-28')).toBe(true);
  });

  it('calls the years up to 2026 official and later ones provisional', () => {
    expect([2011, 2022, 2026, 2027].map((year) => calendar.isOfficial(`${year}-06-01`))).toEqual([true, true, true, false]);
    expect(calendar.isWorkday('2027-01-01')).toBe(true);
  });

  it('names the version of the library that is installed, and of the file', () => {
    const { version } = JSON.parse(readFileSync('node_modules/tyme4ts/package.json', 'utf8')) as { version: string };
    expect(LIBRARY).toBe(`tyme4ts ${version}`);
    expect(calendar.data.version).toBe(`tyme4ts ${version} + config 2026-11-21`);
  });
});

describe('a new announcement in the file', () => {
  const announced = (...days: readonly string[]) =>
    readCalendar(
      shipped(FILE, ['announced: []', 'announced: [2027]'], ['days: []', `days:\n${days.map((day) => `  - ${day}\n`).join('')}`]),
    );
  const newYear = '{ date: 2027-01-01, workday: false, name: 元旦, source: 国办发明电〔2026〕×号 }';

  it('wins over the weekday and makes the year official', () => {
    const changed = valueOf(announced(newYear, '{ date: 2027-02-14, workday: true, name: 春节调休上班, source: 同上 }'));
    expect(changed.isWorkday('2027-01-01')).toBe(false);
    expect(changed.isWorkday('2027-02-14')).toBe(true);
    expect(changed.isOfficial('2027-06-01')).toBe(true);
  });

  it('wins over the library', () => {
    const changed = valueOf(announced(newYear, '{ date: 2022-12-31, workday: true, name: 更正, source: 测试 }'));
    expect(changed.isWorkday('2022-12-31')).toBe(true);
  });

  it('is refused for a year without a single day', () => {
    expect(errorsOf(announced('{ date: 2026-01-02, workday: true, name: 更正, source: 测试 }'))).toEqual([
      'config/calendar.yaml:8:13: announced[1]: days 中没有 2027 年的任何一天',
    ]);
  });

  it('is refused for a day written twice, a day that is none, and a day beyond the calendar', () => {
    expect(errorsOf(announced(newYear, newYear))[0]).toBe('config/calendar.yaml:15:13: days[2].date: 2027-01-01 重复');
    expect(errorsOf(announced(newYear.replace('01-01', '02-30')))[0]).toContain(
      'config/calendar.yaml:14:13: days[1].date: 需要 YYYY-MM-DD 格式',
    );
    expect(errorsOf(announced(newYear, newYear.replace('2027', '2044')))[0]).toContain('2044-01-01 不在 2011–2031 年之内');
  });
});

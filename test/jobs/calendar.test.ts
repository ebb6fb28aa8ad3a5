import { afterEach, beforeEach, expect, it } from 'vitest';

import { Calendar } from '../../src/domain/calendar.ts';
import { at, openWork, type Work } from './cast.ts';

let work: Work;

beforeEach(async () => {
  work = await openWork('jobs_calendar');
});

afterEach(async () => {
  await work.close();
});

function announced(...years: readonly number[]): Calendar {
  return new Calendar({
    version: 'test',
    firstYear: 2021,
    lastYear: 2025,
    exceptions: new Map(),
    announcedYears: new Set(years),
  });
}

it('a calendar without next year is a problem of the installation from November on, one, and over as soon as the year is there', async () => {
  const told = async (now: number): Promise<readonly string[]> => {
    await work.reconcile(now);
    await work.reconcile(now);
    return (await work.ledger.status(now)).problems.map(({ kind, office, detail }) => `${kind} ${office} ${detail.slice(0, 11)}`);
  };
  const missing = (year: number): string[] => [`calendar-missing null ${year}年的放假安排还`];
  work.configure({ calendar: announced(2022) });
  expect(await told(at('2022-10-31', '23:59'))).toEqual([]);
  expect(await told(at('2022-11-01', '00:00'))).toEqual(missing(2023));
  expect(await told(at('2023-01-02', '09:00')), 'the year itself is missing now').toEqual(missing(2023));
  work.configure({ calendar: announced(2022, 2023) });
  expect(await told(at('2023-01-02', '10:00'))).toEqual([]);
  expect(await told(at('2023-11-05', '10:00'))).toEqual(missing(2024));
});

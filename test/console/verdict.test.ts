// Is all well, and is this process ready? Decided from figures alone.
import { describe, expect, it } from 'vitest';

import { type ReadyParts, readiness } from '../../src/console/ready.ts';
import { nextYearMissing, wrongs } from '../../src/console/verdict.ts';
import type { LedgerHealth } from '../../src/ledger/ledger.ts';
import { at, calendar, office } from '../ledger/cast.ts';

const NOON = at('2022-08-24', '12:00');
const MINUTE = 60_000;
const none = { count: 0, oldest: null };

/** All is well at noon of a Wednesday. */
function health(extra: Partial<LedgerHealth> = {}): LedgerHealth {
  return {
    due: none,
    held: none,
    queued: none,
    sending: none,
    looks: none,
    trouble: [],
    receipts: { hour: 0, day: 0, threeDays: 0 },
    problems: [],
    holds: [],
    lastSweep: NOON - MINUTE,
    lastReconcile: NOON - MINUTE,
    lastBackup: null,
    resends: 0,
    processes: [
      { role: 'scheduler', alive: 1, lost: 0 },
      { role: 'worker', alive: 2, lost: 0 },
    ],
    ...extra,
  };
}

function said(extra: Partial<LedgerHealth>, now = NOON): readonly string[] {
  return wrongs(health(extra), { now, offices: new Map([[office.id, office]]), calendar }).map(
    ({ code, text }) => `${code} ${text}`,
  );
}

describe('all is well', () => {
  it('while sweeps come, somebody sends, and nothing due waits long', () => {
    expect(said({})).toEqual([]);
    expect(said({ due: { count: 3, oldest: NOON - 9 * MINUTE }, sending: { count: 1, oldest: NOON - MINUTE } })).toEqual([]);
    expect(said({ processes: [...health().processes, { role: 'console', alive: 0, lost: 1 }] })).toEqual([]);
  });

  it('not once the last sweep is more than three minutes old', () => {
    expect(said({ lastSweep: NOON - 4 * MINUTE })).toEqual(['no-sweep 已 4 分钟没有巡查']);
    expect(said({ lastSweep: null })).toEqual(['no-sweep 还没有巡查过']);
  });

  it('not without anybody who plans, or who sends', () => {
    expect(said({ processes: [{ role: 'worker', alive: 0, lost: 2 }] })).toEqual([
      'no-scheduler 没有在运行的排程进程（scheduler）',
      'no-worker 没有在运行的发送进程（worker）',
    ]);
  });

  it('not when something due has waited for more than ten minutes, wherever it is stuck, but only while an office is open', () => {
    const stuck = { count: 2, oldest: NOON - 11 * MINUTE };
    for (const where of ['due', 'queued', 'sending'] as const) {
      expect(said({ [where]: stuck })).toEqual(['unsent 2 条到点未发，最早的已等 11 分钟']);
    }
    const night = at('2022-08-24', '22:00');
    const fresh = { lastSweep: night, lastReconcile: night };
    expect(said({ ...fresh, due: { count: 2, oldest: at('2022-08-24', '17:00') } }, night)).toEqual([]);
  });

  it('is not disturbed by what an operator holds back, but by what the system doubts', () => {
    const held = { count: 500, oldest: NOON - 3 * 60 * MINUTE };
    expect(said({ held, holds: [{ reason: 'operator', count: 1, oldest: NOON - 180 * MINUTE }] })).toEqual([]);
    expect(said({ held, holds: [{ reason: 'burst', count: 1, oldest: NOON - 30 * MINUTE }] })).toEqual([
      'held 系统自行暂停了发送，已 30 分钟，等人核实后恢复',
    ]);
  });

  it('not when duties wait to be planned, or stopped work is not looked for', () => {
    expect(said({ looks: { count: 7, oldest: NOON - 12 * MINUTE } })).toEqual(['looks-late 7 项到点未规划，最早的已等 12 分钟']);
    expect(said({ lastReconcile: null })).toEqual(['no-reconcile 失联发送的清理（reconcile）没有在运行']);
  });
});

it('next year’s calendar is missing until its holidays are entered', () => {
  const offices = new Map([[office.id, office]]);
  expect(nextYearMissing({ now: at('2021-12-01'), offices, calendar })).toBe(false);
  expect(nextYearMissing({ now: at('2022-01-01'), offices, calendar })).toBe(true);
});

describe('a process is ready', () => {
  const ready = async (extra: Partial<ReadyParts> = {}): Promise<unknown> =>
    readiness({
      roles: ['worker', 'scheduler'],
      health: () => Promise.resolve(health()),
      pending: () => Promise.resolve([]),
      queue: () => Promise.resolve({ text: '', waited: { deliver: null } }),
      jobs: ['deliver'],
      writable: () => true,
      runs: () => [],
      lastEnd: () => 0,
      now: () => NOON,
      monotonic: () => 60 * MINUTE,
      leaseMs: 5 * MINUTE,
      ...extra,
    });
  const well = { ledger: null, migrations: null, writing: null, queue: null, jobs: null, sweep: null };

  it('when ledger and queue answer and its jobs move', async () => {
    expect(await ready()).toEqual({ ready: true, checks: well });
    expect(await ready({ runs: () => [{ job: 'deliver', since: 55 * MINUTE }] })).toMatchObject({ ready: true });
  });

  it('not while the queue does not answer, or a migration is missing', async () => {
    expect(await ready({ queue: () => Promise.reject(new Error('no answer within 5000 ms')) })).toEqual({
      ready: false,
      checks: { ...well, queue: 'no answer within 5000 ms' },
    });
    expect(await ready({ pending: () => Promise.resolve(['0011_watch']) })).toMatchObject({
      ready: false,
      checks: { migrations: 'migrations not applied: 0011_watch' },
    });
  });

  it('not when one of its jobs hangs', async () => {
    expect(await ready({ runs: () => [{ job: 'deliver', since: 45 * MINUTE }] })).toMatchObject({
      ready: false,
      checks: { jobs: 'a deliver has run for 900 s' },
    });
  });

  it('not when jobs that it works wait and it takes none', async () => {
    const waiting = (minutes: number): Partial<ReadyParts> => ({
      queue: () => Promise.resolve({ text: '', waited: { deliver: minutes * MINUTE, sweep: 90 * MINUTE } }),
    });
    expect(await ready(waiting(1))).toMatchObject({ ready: true });
    expect(await ready(waiting(3))).toMatchObject({
      ready: false,
      checks: { jobs: 'a deliver waits in the queue and nothing is taken' },
    });
    expect(await ready({ ...waiting(3), lastEnd: () => 59.9 * MINUTE })).toMatchObject({ ready: true });
  });
});

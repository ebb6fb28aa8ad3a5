// `cuiban start --role …`: who does what, as processes of their own.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { everyRole, readRoles } from '../../src/app-roles.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { cuiban, folder, killAll, start } from './cuiban.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let data: Awaited<ReturnType<typeof folder>>;
let database: TestDatabase;
let environment: Record<string, string>;

beforeAll(async () => {
  data = await folder();
  database = await testDatabase('main_job_roles');
  environment = { CUIBAN_DATA: data.path, DATABASE_URL: database.url, SMTP_URL: 'smtp://127.0.0.1:9' };
});

afterEach(killAll);

afterAll(async () => {
  await database.drop();
  await data.remove();
});

describe('roles as a person names them', () => {
  it('may stand in one list or one after the other, in any order', () => {
    expect(readRoles(['scheduler,worker'])).toEqual(['worker', 'scheduler']);
    expect(readRoles(['scheduler', ' worker '])).toEqual(['worker', 'scheduler']);
    expect(readRoles(['worker,worker'])).toEqual(['worker']);
  });

  it('are refused with the right ones when they are wrong', () => {
    expect(() => readRoles(['worker,sender'])).toThrow('没有“sender”这个角色；角色有 worker、scheduler、console');
    expect(() => readRoles([''])).toThrow('没有“”这个角色');
  });

  it('are all that have something to do where none is named', () => {
    expect(everyRole()).toEqual(expect.arrayContaining(['worker', 'scheduler']));
  });
});

describe('a process of one role', () => {
  it('says which, outlives its database being away, and stops in order', async () => {
    const both = start(['start', '--role', 'worker', '--role', 'scheduler'], environment);
    expect(await both.line('its start', (line) => line.includes('"started"'))).toContain('"roles":["worker","scheduler"]');
    // The database goes away under it, and comes back.
    await database.shut();
    await both.line('a complaint', (line) => line.includes('"level":"error"') && line.includes('not currently accepting'));
    await database.reopen();
    both.kill('SIGTERM');
    expect((await both.ended).code).toBe(0);
  });

  it('is refused in a drill, which has one process for all', async () => {
    const ended = await cuiban(['start', '--role', 'worker', '--now', '2022-08-30T09:00:00+08:00'], environment);
    expect([ended.code, ended.out]).toEqual([2, '']);
    expect(ended.err).toContain('不能再用 --role');
  });

  it('is refused when there is no such role', async () => {
    const ended = await cuiban(['start', '--role', 'sender'], environment);
    expect([ended.code, ended.out]).toEqual([2, '']);
    expect(ended.err).toContain('没有“sender”这个角色');
  });
});

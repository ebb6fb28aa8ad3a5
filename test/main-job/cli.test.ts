// Every command as a coordinator types it: what it prints, what it refuses, and with which exit code it ends.
import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import writeExcel from 'write-excel-file/node';

import { registerAnswers } from '../../src/commands/answers.ts';
import { registerBackup } from '../../src/commands/backup.ts';
import { registerCheck } from '../../src/commands/check.ts';
import { registerConfirm } from '../../src/commands/confirm.ts';
import { registerDemo } from '../../src/commands/demo.ts';
import { registerHold } from '../../src/commands/hold.ts';
import { inChinese } from '../../src/commands/help.ts';
import { registerImport } from '../../src/commands/import.ts';
import { registerMigrate } from '../../src/commands/migrate.ts';
import { registerOperator } from '../../src/commands/operator.ts';
import { registerRehearse } from '../../src/commands/rehearse.ts';
import { registerRestore } from '../../src/commands/restore.ts';
import { registerRetry } from '../../src/commands/retry.ts';
import { registerRoll } from '../../src/commands/roll.ts';
import { registerStart } from '../../src/commands/start.ts';
import { registerStatus } from '../../src/commands/status.ts';
import { readSchedule } from '../../src/intake/schedule.ts';
import type { Answered, LedgerStatus } from '../../src/ledger/ledger.ts';
import { readSettings } from '../../src/settings.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { cuiban, type Ended, folder, HOME, jsonLines, killAll } from './cuiban.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const run = promisify(execFile);

let data: Awaited<ReturnType<typeof folder>>;
let database: TestDatabase;
let environment: Record<string, string>;

beforeAll(async () => {
  data = await folder();
  database = await testDatabase('main_job_cli');
  environment = { CUIBAN_DATA: data.path, DATABASE_URL: database.url };
});

afterAll(async () => {
  await killAll();
  await database.drop();
  await data.remove();
});

describe('help', () => {
  it('lists every command, and each has its own, in Chinese and with an example', async () => {
    const { code, out } = await cuiban(['--help'], {});
    expect(code).toBe(0);
    expect(out).toMatch(/^用法：/u);
    expect(out).toContain('退出码：0 成功');
    const names = [...out.slice(out.indexOf('命令：'), out.indexOf('退出码')).matchAll(/^ {2}([a-z]+) /gmu)].map(
      ([, name]) => name,
    );
    const wanted = [
      'start',
      'demo',
      'check',
      'import',
      'confirm',
      'rehearse',
      'status',
      'acknowledge',
      'complete',
      'reopen',
      'extend',
      'cancel',
      'migrate',
    ];
    expect(names).toEqual(expect.arrayContaining(wanted));

    // The same registrations in this process: a start of the command line for each would cost a minute.
    const program = inChinese(new Command('cuiban'));
    for (const register of [
      registerDemo,
      registerStart,
      registerCheck,
      registerConfirm,
      registerRehearse,
      registerRoll,
      registerStatus,
      registerRetry,
      registerAnswers,
      registerHold,
      registerOperator,
      registerBackup,
      registerRestore,
      registerMigrate,
    ]) {
      register(program, readSettings);
    }
    registerImport(program, readSettings);
    for (const name of names.filter((each) => each !== 'help')) {
      const command = program.commands.find((each) => each.name() === name);
      let help = '';
      command?.configureOutput({ writeOut: (text) => (help += text) });
      command?.outputHelp();
      expect(help, name).toMatch(/用法：/u);
      expect(help, name).toMatch(/-h, --help +显示帮助/u);
      expect(help, name).toMatch(new RegExp(`示例：\\n[^]*cuiban ${name}`, 'u'));
    }
  });

  it('tells in Chinese what is wrong with a usage, and how to get help, and ends with 2', async () => {
    const target = ['三(二)-1', '--schedule', 'ruicheng-2022', '--unit', '县教育局'];
    const wrong: [string[], string][] = [
      [['complet', ...target], '用法不对：没有“complet”这个命令\n（是不是 complete？）'],
      [['extend', ...target, '--to', '2022-09-15', '--number', '9号'], '用法不对：缺少必填的选项 --approved-by <姓名>'],
      [['rehearse', '--from', '2022-02-30'], '应为 2022-08-31 这样的日期，现为 2022-02-30'],
    ];
    const ends = await Promise.all(wrong.map(async ([args]) => cuiban(args, environment)));
    for (const [index, { code, out, err }] of ends.entries()) {
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain(wrong[index]?.[1]);
      expect(err).toContain('（加 --help 看用法和示例）');
    }
  });
});

describe('check', () => {
  it('lists all that is wrong in all files with line and column, and ends with 3', async () => {
    const config = join(data.path, 'config');
    await cp(join(HOME, 'config'), config, { recursive: true });
    const spoil = async (name: string, wrong: (text: string) => string): Promise<void> => {
      const text = await readFile(join(config, name), 'utf8');
      expect(wrong(text)).not.toBe(text);
      await writeFile(join(config, name), wrong(text));
    };
    await spoil('office.yaml', (text) => text.replace('start: 08:30', 'start: 25:00').replace('contactPerson:', 'contact:'));
    await spoil('policy.yaml', (text) => text.replace('before: 30', 'before: many'));
    await spoil('calendar.yaml', (text) =>
      text.replace('days: []', 'days: [{ date: 2027-13-01, workday: false, name: 元旦, source: 无 }]'),
    );
    const { code, out, err } = await cuiban(['check'], { ...environment, CUIBAN_CONFIG: config });
    expect([code, out]).toEqual([3, '']);
    for (const name of ['office', 'policy', 'calendar']) expect(err).toMatch(new RegExp(`${name}\\.yaml:\\d+:\\d+`, 'u'));
    expect(err.match(/office\.yaml:\d+:\d+/gu)?.length).toBeGreaterThanOrEqual(2);
    expect(err).not.toMatch(/\n\s+at /u);
  });

  it('finds nothing wrong with what is delivered, one JSON object for each warning', async () => {
    const { code, out } = await cuiban(['check', '--json'], environment);
    expect(code).toBe(0);
    const findings = jsonLines<{ level: string; where: string; message: string }>(out);
    expect(findings.length).toBeGreaterThan(0);
    for (const finding of findings)
      expect(finding).toEqual({ level: 'warning', where: expect.any(String), message: expect.any(String) });
  });
});

describe('rehearse', () => {
  const args = ['rehearse', '--schedule', 'ruicheng-2022', '--from', '2022-08-30', '--to', '2022-09-01', '--json'];

  it('prints one object for each message in the shape that is promised', async () => {
    const { code, out } = await cuiban(args, { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
    expect(code).toBe(0);
    const messages = jsonLines<Record<string, unknown>>(out);
    expect(messages.length).toBeGreaterThan(20);
    for (const message of messages) {
      expect(message).toEqual({
        at: expect.stringMatching(/^2022-(?:08-3[01]|09-01)T09:00:00\+08:00$/u),
        to: { unit: expect.any(String), post: expect.any(String), name: expect.any(String), address: expect.any(String) },
        channel: expect.stringMatching(/^(?:email|sms)$/u),
        tasks: expect.any(Array),
        subject: expect.any(String),
      });
    }
    expect(messages.flatMap(({ tasks }) => tasks)).toContainEqual({
      schedule: 'ruicheng-2022',
      ref: '三(二)-1',
      title: expect.any(String),
      unit: '县教育局',
      due: '2022-08-31',
      stage: 'o+1',
      escalation: 1,
    });
  });

  it('ends quietly when its reader has seen enough', async () => {
    const all = args.filter((each) => !each.startsWith('2022-') && each !== '--from' && each !== '--to');
    const line = `node src/bin.mjs ${all.join(' ')} | head -n 1; echo "codes: \${PIPESTATUS[*]}"`;
    const { stdout, stderr } = await run('bash', ['-c', line], { cwd: HOME });
    expect(stdout.trim().split('\n')).toEqual([expect.stringMatching(/^\{"at":/u), 'codes: 0 0']);
    expect(stderr).toBe('');
  });
});

describe('a table of tasks', () => {
  const head = ['序号', '任务名称', '任务内容', '责任单位', '配合单位', '完成时限'];
  const rows = [
    ['1', '政策发布', '在政府网站首发', '县教育局', '', '2030年8月底前'],
    ['2', '清单公布', '公布公开清单', '县财政局', '县教育局', '2030年10月底前'],
  ];
  const about = ['--name', 'ruicheng-2030', '--office', 'ruicheng', '--year', '2030', '--issued', '2030-03-01'];

  it('goes from csv or xlsx to the same yaml, is confirmed and stands in the status', async () => {
    const csv = join(data.path, 'tasks.csv');
    await writeFile(csv, [head, ...rows].map((row) => row.join(',')).join('\n'));
    const xlsx = join(data.path, 'tasks.xlsx');
    await writeExcel([head, ...rows].map((row) => row.map((value) => ({ value, type: String })))).toFile(xlsx);
    const fromXlsx = join(data.path, 'schedule.yaml');
    const written = await cuiban(['import', xlsx, ...about, '--out', fromXlsx], environment);
    expect([written.code, written.err]).toEqual([0, '']);
    expect(written.out).toContain('2 项任务');
    const printed = await cuiban(['import', csv, ...about], environment);
    const draft = readSchedule({ file: fromXlsx, text: await readFile(fromXlsx, 'utf8') });
    expect(draft).toMatchObject({ ok: true, value: { name: 'ruicheng-2030', notice: { issuedOn: '2030-03-01' } } });
    expect(readSchedule({ file: csv, text: printed.out })).toEqual(draft);

    const again = await cuiban(['import', xlsx, ...about, '--out', fromXlsx], environment);
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('已经存在，不覆盖')]);

    await cp(join(HOME, 'seeds/ruicheng-2022/directory.yaml'), join(data.path, 'directory.yaml'));
    const unasked = await cuiban(['confirm', fromXlsx], environment);
    expect([unasked.code, unasked.err]).toEqual([2, expect.stringContaining('--yes')]);
    const confirmed = await cuiban(['confirm', fromXlsx, '--yes', '--json'], environment);
    expect(JSON.parse(confirmed.out)).toMatchObject({
      schedule: 'ruicheng-2030',
      confirmed: true,
      duties: 3,
      units: 2,
      pastDue: 0,
    });
    const { out } = await cuiban(['status', '--json'], environment);
    expect((JSON.parse(out) as LedgerStatus).schedules).toMatchObject([
      { name: 'ruicheng-2030', office: 'ruicheng', open: 3, closed: 0 },
    ]);
  });

  it('is acknowledged, extended, completed, reopened and cancelled; what cannot be is refused with what would be right', async () => {
    const answer = async (verb: string, unit = '县财政局', ...rest: string[]): Promise<Ended> =>
      cuiban([verb, '2', '--schedule', 'ruicheng-2030', '--unit', unit, '--actor', '许子轩', '--json', ...rest], environment);
    const changed = ({ code, out, err }: Ended): Answered => {
      expect([code, err]).toEqual([0, '']);
      return JSON.parse(out) as Answered;
    };
    const unknown = await answer('acknowledge', '县财正局');
    expect([unknown.code, unknown.out]).toEqual([1, '']);
    expect(unknown.err).toMatch(/没有单位“县财正局”。最接近的是：县财政局/u);

    expect(changed(await answer('acknowledge')).changed).toMatchObject([
      { unitName: '县财政局', from: 'needs-action', to: 'acknowledged' },
    ]);
    const moved = ['--to', '2030-11-15', '--approved-by', '刘德胜', '--number', '芮政办函〔2030〕9号'];
    const extended = await cuiban(['extend', '2', '--schedule', 'ruicheng-2030', '--unit', '县财政局', ...moved], environment);
    expect([extended.code, extended.err]).toEqual([0, '']);
    expect(extended.out).toContain('时限由 2030-10-31 改为 2030-11-15');

    const done = changed(await answer('complete', '县财政局', '--evidence', 'https://www.ruicheng.example/list.html'));
    expect(done.changed.map(({ unitName, role, to }) => [unitName, role, to])).toEqual([
      ['县财政局', 'lead', 'completed'],
      ['县教育局', 'cooperate', 'completed'],
    ]);
    const twice = await answer('complete');
    expect([twice.code, twice.out]).toEqual([1, '']);
    expect(twice.err).toMatch(/没有未办结的事项.*2030-11-15已办结/u);

    expect(changed(await answer('reopen')).changed).toMatchObject([
      { unitName: '县财政局', from: 'completed', to: 'needs-action' },
    ]);
    expect(changed(await answer('cancel')).changed).toMatchObject([{ unitName: '县财政局', to: 'cancelled' }]);
    const status = await cuiban(['status'], environment);
    expect(status.out).toMatch(/ruicheng-2030 +.+ 1 +0 +0 +2/u);
  });

  it('is known to the ledger, which is up to date', async () => {
    const { code, out } = await cuiban(['migrate', '--json'], environment);
    expect([code, out]).toEqual([0, '{"upToDate":true}']);
  });
});

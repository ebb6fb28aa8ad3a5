// What an operator does in a terminal: sees that something failed and why, tries again, gives up.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type { LedgerStatus, ProcessState, Trouble } from '../../src/ledger/ledger.ts';
import { at, claimAll, freezeAll, open, settled, tell } from '../ledger/cast.ts';
import { duty } from '../jobs/cast.ts';
import { confirmation } from '../ledger/cast.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { cuiban, killAll } from './cuiban.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const NINE = at('2022-08-24');
let database: TestDatabase;
let ids: Readonly<Record<string, string>>;

/** 县教育局 bounced, 县财政局 has a text whose fate is unknown. */
beforeAll(async () => {
  database = await testDatabase('main_job_operator');
  const ledger = await open(database.url);
  await ledger.migrate();
  await ledger.confirm(confirmation([duty('一', 'edu', '2022-08-31'), duty('二', 'fin', '2022-08-31')]));
  await ledger.sweep(NINE, 10, (assignment) =>
    tell('d-5', NINE, { channel: assignment.unit === 'edu' ? 'email' : 'sms' })(assignment),
  );
  const claimed = await claimAll(ledger, NINE);
  await freezeAll(ledger, claimed);
  await ledger.settle(
    claimed.map((message) =>
      message.channel === 'email'
        ? settled(message, 'permanent-failure', { code: '550 5.1.1', detail: 'no such mailbox' })
        : settled(message, 'unknown', { code: 'no-answer' }),
    ),
    NINE,
  );
  ids = Object.fromEntries(claimed.map(({ id, to }) => [to.unit, id]));
  await ledger.close();
});

afterAll(async () => {
  await killAll();
  await database.drop();
});

async function run(...args: string[]): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  return cuiban(args, { DATABASE_URL: database.url });
}

describe('an operator', () => {
  it('sees in the first line that nothing runs, and below what failed and why', async () => {
    const { out } = await run('status');
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^有 \d 处不正常 /u);
    expect(out).toContain('✗ 没有在运行的排程进程（scheduler）');
    expect(out).toContain('未能送达 1 条 邮件 550 5.1.1');
    expect(out).toContain(ids['edu']);
    expect(out).not.toContain('@');
    const status = JSON.parse((await run('status', '--json')).out) as LedgerStatus & {
      readonly trouble: readonly Trouble[];
      readonly processes: readonly ProcessState[];
      readonly wrong: readonly { readonly code: string }[];
      readonly queue: object;
    };
    expect(status.wrong.map(({ code }) => code)).toEqual(expect.arrayContaining(['no-scheduler', 'no-worker']));
    expect(status.trouble.map(({ code, ids: [id] }) => [code, id])).toEqual(
      expect.arrayContaining([
        ['550 5.1.1', ids['edu']],
        ['no-answer', ids['fin']],
      ]),
    );
    expect(status).toMatchObject({ processes: [], messages: { unknown: 1 }, queue: { kind: 'postgres' } });
  });

  it('tries again what bounced, and is warned before a text goes out a second time', async () => {
    const one = await run('retry', (ids['edu'] ?? '').slice(0, 8), '--note', '邮箱已更正');
    expect([one.code, one.out]).toEqual([
      0,
      expect.stringMatching(/致县教育局联络员的邮件，未能送达 550 5\.1\.1，任务 一\n已重新安排 1 条/u),
    ]);
    const asked = await run('retry', '--undeliverable', '--unit', 'fin');
    expect([asked.code, asked.out]).toEqual([2, expect.stringContaining('对方可能已经收到，再发就是第二条')]);
    expect(asked.err).toContain('请加 --yes');
    const sure = await run('retry', '--undeliverable', '--unit', 'fin', '--yes', '--json', '--actor', '许子轩');
    expect(JSON.parse(sure.out)).toMatchObject({ retried: [{ id: ids['fin'], from: 'unknown', to: 'unknown' }] });
    const { rows } = await database.query('SELECT actor, from_status, note FROM cuiban.message_history ORDER BY id');
    expect(rows).toMatchObject([
      { from_status: 'permanent-failure', note: '邮箱已更正' },
      { actor: '许子轩', from_status: 'unknown' },
    ]);
  });

  it('cancels a message and not the duty, and says why', async () => {
    const bare = await run('cancel', '--message', ids['edu'] ?? '');
    expect([bare.code, bare.err]).toEqual([2, expect.stringContaining('取消消息须写明原因：--note')]);
    const done = await run('cancel', '--message', ids['edu'] ?? '', '--note', '已电话告知');
    expect([done.code, done.out]).toEqual([0, expect.stringContaining('已取消 1 条消息')]);
    const { rows } = await database.query(`SELECT count(*)::int AS open FROM cuiban.assignment WHERE status = 'needs-action'`);
    expect(rows).toEqual([{ open: 2 }]);
    const twice = await run('cancel', '--message', ids['edu'] ?? '', '--note', '再来');
    expect([twice.code, twice.err]).toEqual([1, expect.stringContaining('现为“已取消”，不能取消')]);
    const neither = await run('cancel', '一');
    expect([neither.code, neither.err]).toEqual([2, expect.stringContaining('缺少 --schedule、--unit')]);
  });
});

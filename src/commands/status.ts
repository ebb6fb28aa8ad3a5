// How things stand, at a glance: is all well, what waits, what failed and why, what somebody has to look at.

import { setTimeout as wait } from 'node:timers/promises';

import type { Command } from 'commander';

import type { Settings } from '../settings.ts';
import { type AtTheLedger, withLedger } from './ledger.ts';
import { positiveNumber } from './options.ts';
import { type Overview, screen } from './status-screen.ts';
import { print, printJson, whenToldToStop } from './terminal.ts';

interface Options {
  readonly json?: true;
  readonly watch?: number | true;
}

const WATCH_SECONDS = 5;
/** Reasons shown; whoever has more has one cause. */
const REASONS = 12;

export function registerStatus(program: Command, settings: () => Settings): void {
  program
    .command('status')
    .summary('现状：是否正常，什么待发、卡住、失败及原因，什么要人处理')
    .option('--watch [秒]', `每隔几秒重新显示（默认 ${WATCH_SECONDS}），Ctrl-C 结束`, positiveNumber)
    .option('--json', '输出一个 JSON 对象')
    .addHelpText(
      'after',
      `
第一行是结论：“一切正常”，或哪里不正常。失败的消息按原因归并，后面是消息编号，可用于：
  cuiban retry <编号>                再发
  cuiban cancel --message <编号>     不再发
示例：
  cuiban status
  cuiban status --watch
`,
    )
    .action(async ({ json, watch }: Options) => {
      await withLedger(settings(), async (at) => {
        if (watch === undefined) {
          show(await overview(settings(), at), json === true);
          return;
        }
        let stopped = false;
        const stop = new AbortController();
        whenToldToStop(() => {
          stopped = true;
          stop.abort();
        });
        while (!stopped) {
          const next = await overview(settings(), { ...at, now: at.clock() });
          if (json !== true && process.stdout.isTTY) process.stdout.write('\u001B[2J\u001B[H');
          show(next, json === true);
          await wait((watch === true ? WATCH_SECONDS : watch) * 1_000, undefined, { signal: stop.signal }).catch(() => undefined);
        }
      });
    });
}

function show(seen: Overview, json: boolean): void {
  if (!json) {
    print(screen(seen, process.stdout.columns ?? 100));
    return;
  }
  const { status, now: at, zone: _zone, ...rest } = seen;
  printJson({ at, ...status, ...rest });
}

async function overview(settings: Settings, { ledger, configuration, now, databaseUrl }: AtTheLedger): Promise<Overview> {
  const { wrongs } = await import('../console/verdict.ts');
  const { offices, calendar } = configuration;
  const [status, health, trouble, processes, providers, queue, unwritable] = await Promise.all([
    ledger.status(now),
    ledger.health(now),
    ledger.trouble(REASONS),
    ledger.processes(),
    ledger.providers(now),
    queueCounts(settings, databaseUrl),
    ledger.unwritable(),
  ]);
  const zone = offices.values().next().value?.hours.zone ?? 'Asia/Shanghai';
  const text = `台账写不进去（${unwritable === '25006' ? '只读' : '磁盘满'}，${unwritable ?? ''}），什么也不发；能写之后自动继续`;
  const wrong = [
    ...(unwritable === null ? [] : [{ code: 'unwritable' as const, text }]),
    ...wrongs(health, { now, offices, calendar }),
  ];
  return { now, zone, wrong, status, health, trouble, processes, providers, queue };
}

/** Asked of the queue itself, as its workers would; in words why it gave no answer. */
async function queueCounts(settings: Settings, databaseUrl: string): Promise<Overview['queue']> {
  const [{ openQueue }, { queueKinds }] = await Promise.all([import('../queue.ts'), import('../app-roles.ts')]);
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const { redisUrl } = settings;
  const kind = redisUrl === null ? 'postgres' : 'redis';
  try {
    const queue = await openQueue(
      {
        backend: redisUrl === null ? { kind: 'postgres', url: databaseUrl } : { kind: 'redis', url: redisUrl },
        works: [],
        patienceMs: 3_000,
        log: silent,
      },
      queueKinds(),
    );
    try {
      return { kind, counts: await queue.counts() };
    } finally {
      await queue.close(1_000);
    }
  } catch (error) {
    return { kind, away: error instanceof Error ? error.message : String(error) };
  }
}

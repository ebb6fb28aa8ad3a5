import type { Command } from 'commander';
import colors from 'picocolors';

import type { DeliveryStatus } from '../domain/delivery.ts';
import type { LedgerStatus } from '../ledger/ledger.ts';
import type { Settings } from '../settings.ts';
import { withLedger } from './ledger.ts';
import { print, printJson, table, timeInZone } from './terminal.ts';

const DELIVERY_WORDS: Record<DeliveryStatus, string> = {
  created: '待发',
  sending: '发送中',
  sent: '已提交',
  delivered: '已送达',
  'temporary-failure': '暂时失败，将重试',
  'permanent-failure': '未能送达',
  unknown: '结果不明',
  cancelled: '已取消',
};

export function registerStatus(program: Command, settings: () => Settings): void {
  program
    .command('status')
    .summary('现状：办理到哪里，什么待发、卡住、失败，什么要人处理')
    .option('--json', '输出一个 JSON 对象')
    .addHelpText('after', '\n示例：\n  cuiban status\n')
    .action(async (options: { json?: true }) => {
      await withLedger(settings(), async ({ ledger, configuration, now }) => {
        const status = await ledger.status(now);
        if (options.json === true) {
          printJson(status);
          return;
        }
        const zone = configuration.offices.values().next().value?.hours.zone ?? 'Asia/Shanghai';
        show(status, zone);
      });
    });
}

function show(status: LedgerStatus, zone: string): void {
  const time = (instant: number | null): string => (instant === null ? '—' : timeInZone(instant, zone));
  if (status.schedules.length === 0) {
    print('还没有确认过的分解表。先运行：cuiban confirm ruicheng-2022');
  } else {
    print(
      table(
        ['分解表', '通知', '办理中', '其中逾期', '其中待定', '已结'],
        status.schedules.map((each) => [each.name, each.title, each.open, each.overdue, each.undecided, each.closed]),
      ),
    );
  }
  const messages = Object.entries(status.messages).map(([name, count]) => `${DELIVERY_WORDS[name as DeliveryStatus]} ${count}`);
  print(`\n消息：${messages.length === 0 ? '尚无' : messages.join('，')}；可能重复发出 ${status.resends} 次。`);
  const stuck =
    status.waiting > 0 ? colors.yellow(`${status.waiting} 条到点未发，最早 ${time(status.oldestWaiting)}`) : '没有到点未发的';
  print(
    `${stuck}；待规划 ${status.dueForLook} 项；上次巡查 ${time(status.lastSweep)}，下次要看 ${time(status.nextLook)}，下次要发 ${time(status.nextSend)}。`,
  );
  for (const { office, detail, openedAt, openedBy } of status.holds) {
    print(colors.red(`已暂停发送（${office ?? '所有办公室'}，${openedBy}，${time(openedAt)} 起）：${detail}`));
  }
  if (status.problems.length === 0) {
    print(colors.green('没有待协调人处理的事。'));
    return;
  }
  print(colors.yellow(`\n请协调人处理（${status.problems.length}）：`));
  for (const { detail, openedAt } of status.problems) print(`  ${time(openedAt)} ${detail}`);
}

// Stopping to send and letting it go on, by a person.

import { userInfo } from 'node:os';

import { type Command, Option } from 'commander';
import colors from 'picocolors';

import { type Hold, HOLD_WORDS, type HoldReason } from '../ledger/hold.ts';
import type { Settings } from '../settings.ts';
import { Failure } from './failure.ts';
import { withLedger } from './ledger.ts';
import { slugText } from './options.ts';
import { print, printJson } from './terminal.ts';

interface Options {
  readonly office?: string;
  readonly note: string;
  readonly reason?: HoldReason;
  readonly actor?: string;
  readonly json?: true;
}

const ALL = '所有办公室';

export function registerHold(program: Command, settings: () => Settings): void {
  const command = (name: string, summary: string, example: string): Command =>
    program
      .command(name)
      .summary(summary)
      .option('--office <编号>', '只针对这个办公室（默认：所有办公室）', slugText)
      .requiredOption('--note <说明>', '为什么，记入台账')
      .option('--actor <姓名>', '由谁决定（默认：当前登录用户）')
      .option('--json', '结果为一行 JSON')
      .addHelpText('after', `\n示例：\n  cuiban ${name} ${example}\n`);

  command('hold', '暂停发送：照常规划，一条也不发', "--office ruicheng --note '通知有误，待核实'").action(
    async (options: Options) => {
      await withLedger(settings(), async ({ ledger, now }) => {
        const { office = null, note, actor = userInfo().username } = options;
        await ledger.hold({ office, reason: 'operator', detail: note, by: actor, at: now });
        if (options.json === true) printJson({ holds: await ledger.holds() });
        else
          print(
            `${colors.yellow('已暂停发送')}：${office ?? ALL}。已交给发送进程的几条仍会发出；恢复：cuiban release --note 说明`,
          );
      });
    },
  );

  command(
    'release',
    '恢复发送：暂停期间的按补发规则发出（只发最近一次提醒，升级每个工作日一级）',
    "--office ruicheng --note '已核实'",
  )
    .addOption(new Option('--reason <原因>', `只解除因此暂停的（默认：全部）`).choices(Object.keys(HOLD_WORDS)))
    .action(async (options: Options) => {
      await withLedger(settings(), async ({ ledger, now }) => {
        const { office = null, reason = null, note, actor = userInfo().username } = options;
        const released = await ledger.release({ office, reason, by: actor, at: now, note });
        const left = await ledger.holds();
        if (released === 0) throw new Failure(`没有可解除的暂停。${leftInWords(left)}`);
        if (options.json === true) printJson({ released, holds: left });
        else print(`${colors.green('已恢复发送')}：${office ?? ALL}。${leftInWords(left)}`);
      });
    });
}

function leftInWords(holds: readonly Hold[]): string {
  if (holds.length === 0) return '现在没有暂停。';
  const words = holds.map(({ office, reason, detail }) => `${office ?? ALL}（${HOLD_WORDS[reason]}：${detail}）`);
  return `仍然暂停的：${words.join('；')}`;
}

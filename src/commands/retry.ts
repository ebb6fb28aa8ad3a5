// Another try for messages that did not go well, by a person. Their end is `cancel --message`.

import { userInfo } from 'node:os';

import type { Command } from 'commander';
import colors from 'picocolors';

import type { Chosen, ChosenMessage } from '../ledger/ledger.ts';
import type { Settings } from '../settings.ts';
import { askToGoOn } from './ask.ts';
import { EXIT, Failure } from './failure.ts';
import { withLedger } from './ledger.ts';
import { DELIVERY_WORDS } from './status-screen.ts';
import { EMAIL_SIGN, print, printJson, SMS_SIGN, timeInZone } from './terminal.ts';

interface Options {
  readonly undeliverable?: true;
  readonly schedule?: string;
  readonly unit?: string;
  readonly reason?: string;
  readonly note?: string;
  readonly actor?: string;
  readonly yes?: true;
  readonly json?: true;
}

const LISTED = 20;

export function registerRetry(program: Command, settings: () => Settings): void {
  program
    .command('retry')
    .summary('再发：未能送达、暂时失败或结果不明的消息')
    .argument('[编号...]', '消息编号，见 cuiban status；写前 8 位以上即可')
    .option('--undeliverable', '所有不会自动再发的（未能送达、结果不明），可再加下面三项')
    .option('--schedule <名称>', '其中这个分解表的')
    .option('--unit <单位>', '其中发给这个单位的')
    .option('--reason <代码>', '其中因此失败的，如 550')
    .option('--note <说明>', '为什么，记入台账')
    .option('--actor <姓名>', '由谁决定（默认：当前登录用户）')
    .option('--yes', '不再询问')
    .option('--json', '结果为一行 JSON')
    .addHelpText(
      'after',
      `
发出前会再读一遍台账：已办结、已撤销、已改期的不发。邮件沿用原来的内容和 Message-ID，除非情况已变。
短信若结果不明，再发可能让收件人收到两条。
对方永久拒收过的邮箱、手机号不再使用；再发其中一条，即重新启用这个地址。
示例：
  cuiban retry 3f2a91c0 --note 邮箱已更正
  cuiban retry --undeliverable --unit 县教育局 --reason 550
`,
    )
    .action(async (ids: string[], options: Options) => {
      const wanted = chosenOf(ids, options);
      await withLedger(settings(), async ({ ledger, configuration, now }) => {
        const messages = await ledger.messages(wanted);
        const risky = messages.filter(({ channel, status }) => channel === 'sms' && status === 'unknown');
        await agree(messages, risky, options);
        if (messages.length === 0) return;
        const by = {
          at: now,
          actor: options.actor ?? userInfo().username,
          means: 'command line' as const,
          note: options.note ?? null,
        };
        const done = await ledger.retry(
          messages.map(({ id }) => id),
          by,
        );
        if (options.json === true) printJson({ retried: done });
        else {
          const zone = configuration.offices.values().next().value?.hours.zone ?? 'Asia/Shanghai';
          const again = done.flatMap(({ at }) => at ?? []);
          const first = Math.min(...again);
          const when = first <= now ? '一分钟内' : `${timeInZone(first, zone)} 起`;
          if (again.length > 0) print(`${colors.green('已重新安排')} ${again.length} 条，${when}发出；结果见 cuiban status。`);
          if (done.some(({ trusted }) => trusted === true)) print('收不到信的地址已重新启用，今后照常使用。');
        }
      });
    });
}

function chosenOf(ids: readonly string[], { undeliverable, schedule, unit, reason }: Options): Chosen {
  if (undeliverable === true && ids.length === 0) {
    return { undeliverable: true, schedule: schedule ?? null, unit: unit ?? null, reason: reason ?? null };
  }
  if (ids.length > 0 && undeliverable === undefined && [schedule, unit, reason].every((each) => each === undefined))
    return { ids };
  throw new Failure('请写明消息编号，或 --undeliverable（可加 --schedule、--unit、--reason），两者只能选一', EXIT.usage);
}

/** Says what will happen, and asks where it may be regretted. */
async function agree(messages: readonly ChosenMessage[], risky: readonly ChosenMessage[], options: Options): Promise<void> {
  if (messages.length === 0) {
    if (options.json === true) printJson({ retried: [] });
    else print('没有这样的消息。');
    return;
  }
  if (options.json !== true) {
    print(listOf(messages));
    if (risky.length > 0)
      print(colors.yellow(`其中 ${risky.length} 条短信结果不明：对方可能已经收到，再发就是第二条。请先电话核实。`));
  }
  if (options.yes === true) return;
  if (risky.length > 0 || messages.length > 1) await askToGoOn(`再发以上 ${messages.length} 条，`, '没有再发');
}

export function listOf(messages: readonly ChosenMessage[]): string {
  const lines = messages.slice(0, LISTED).map(({ id, channel, status, unitName, post, code, refs }) => {
    const about = refs.length === 0 ? '' : `，任务 ${refs.slice(0, 5).join('、')}${refs.length > 5 ? '…' : ''}`;
    const sign = channel === 'email' ? EMAIL_SIGN : SMS_SIGN;
    return `  ${colors.dim(id)}\n    致${unitName}${post}的${sign}，${DELIVERY_WORDS[status]} ${code}${about}`;
  });
  return [...lines, ...(messages.length > LISTED ? [`  … 另有 ${messages.length - LISTED} 条`] : [])].join('\n');
}

// What a coordinator enters on a unit's behalf: after a telephone call, a reply, or an approval.

import { userInfo } from 'node:os';

import type { Command } from 'commander';
import colors from 'picocolors';

import type { AnswerBy, Answered, AnsweredAssignment, AnswerTarget, Ledger } from '../ledger/ledger.ts';
import type { Settings } from '../settings.ts';
import { withLedger } from './ledger.ts';
import { EXIT, Failure } from './failure.ts';
import { isoDate } from './options.ts';
import { listOf } from './retry.ts';
import { print, printJson } from './terminal.ts';

interface Options {
  readonly schedule?: string;
  readonly unit?: string;
  readonly message?: string[];
  readonly due?: string;
  readonly note?: string;
  readonly actor?: string;
  readonly evidence?: string;
  readonly to?: string;
  readonly approvedBy?: string;
  readonly number?: string;
  readonly json?: true;
}

type Answer = (ledger: Ledger, target: AnswerTarget, by: AnswerBy, options: Options) => Promise<Answered>;

export function registerAnswers(program: Command, settings: () => Settings): void {
  const command = (name: string, summary: string, example: string, answer: Answer): Command =>
    program
      .command(name)
      .summary(summary)
      // What is missing is told by the action: a message may stand in the place of all three.
      .argument('[条款]', '条款编号，如 三(二)-1')
      .option('--schedule <名称>', '分解表')
      .option('--unit <单位>', '单位名称、简称或编号')
      .option('--due <日期|ongoing>', '只针对这个时限的那一项（ongoing：没有时限的那一项）', (text) =>
        text === 'ongoing' ? text : isoDate(text),
      )
      .option('--note <说明>', '记入台账的说明')
      .option('--actor <姓名>', '由谁答复（默认：当前登录用户）')
      .option('--json', '结果为一行 JSON')
      .addHelpText('after', `\n示例：\n  cuiban ${name} '三(二)-1' --schedule ruicheng-2022 --unit 县教育局${example}\n`)
      .action(async (ref: string | undefined, options: Options) => {
        if (options.message !== undefined) return cancelMessages(settings(), ref, options.message, options);
        const { schedule, unit, due = null } = options;
        if (ref === undefined || schedule === undefined || unit === undefined) {
          const missing = [
            ref === undefined && '条款编号',
            schedule === undefined && '--schedule',
            unit === undefined && '--unit',
          ];
          throw new Failure(
            `缺少 ${missing.filter((each) => each !== false).join('、')}；用法见 cuiban ${name} --help`,
            EXIT.usage,
          );
        }
        return withLedger(settings(), async ({ ledger, now }) => {
          report(await answer(ledger, { schedule, ref, unit, due }, byOf(now, options), options), options.json === true);
        });
      });

  command('acknowledge', '签收：单位已知悉', '', (ledger, target, by) => ledger.acknowledge(target, by));
  command('complete', '办结：不再提醒', ' --evidence https://www.ruicheng.example/list.html', (ledger, target, by, options) =>
    ledger.complete(target, { ...by, evidence: options.evidence ?? null }),
  ).option('--evidence <网址>', '办结凭据的公开网址');
  command('reopen', '重开：办结或撤销有误', " --note '核验未通过'", (ledger, target, by) => ledger.reopen(target, by));
  command('cancel', '撤销：不再要求办理；或取消一条消息', " --note '职责已划转'", (ledger, target, by) =>
    ledger.cancel(target, by),
  )
    .option('--message <id...>', '不撤销事项，只取消这些待发或失败的消息（消息编号见 cuiban status），须有 --note')
    .addHelpText('after', "  cuiban cancel --message 3f2a91c0 --note '已电话告知'\n");
  command(
    'extend',
    '延期：须写明批准人和文号',
    ' --to 2022-09-15 --approved-by 分管副县长 --number 芮政办函〔2022〕9号',
    (ledger, target, by, options) =>
      ledger.extend(target, options.to ?? '', { ...by, approvedBy: options.approvedBy ?? '', number: options.number ?? '' }),
  )
    .requiredOption('--to <日期>', '新的时限', isoDate)
    .requiredOption('--approved-by <姓名>', '批准人')
    .requiredOption('--number <文号>', '批准文件的文号');
}

function byOf(now: number, { actor, note }: Options): AnswerBy {
  return { at: now, actor: actor ?? userInfo().username, means: 'command line', note: note ?? null };
}

/** Other than `cancel` of a duty: the duty goes on, and its later reminders with it. */
async function cancelMessages(
  settings: Settings,
  ref: string | undefined,
  ids: readonly string[],
  options: Options,
): Promise<void> {
  if (ref !== undefined || options.schedule !== undefined || options.unit !== undefined || options.due !== undefined) {
    throw new Failure('--message 只取消消息，不能与条款、--schedule、--unit、--due 同用', EXIT.usage);
  }
  if (options.note === undefined) throw new Failure('取消消息须写明原因：--note', EXIT.usage);
  await withLedger(settings, async ({ ledger, now }) => {
    const messages = await ledger.messages({ ids });
    const done = await ledger.cancelMessages(
      messages.map(({ id }) => id),
      byOf(now, options),
    );
    if (options.json === true) {
      printJson({ cancelled: done });
      return;
    }
    print(listOf(messages));
    print(`${colors.green('已取消')} ${done.length} 条消息：不再发出。其中的事项没有变，以后的提醒照常。`);
    const out = done.filter(({ to }) => to === 'unknown').length;
    if (out > 0) print(colors.yellow(`其中 ${out} 条可能已经送达，仍记为“结果不明”。`));
  });
}

function report({ changed, untouched }: Answered, asJson: boolean): void {
  if (asJson) {
    printJson({ changed, untouched });
    return;
  }
  for (const each of changed) {
    const moved =
      each.previousDue !== null && each.due !== each.previousDue ? `，时限由 ${each.previousDue} 改为 ${each.due ?? '—'}` : '';
    const voided = each.voided > 0 ? `，作废尚未发出的提醒 ${each.voided} 条` : '';
    print(`${colors.green('已改')} ${nameOf(each)}：${STATUS_WORDS[each.from]} → ${STATUS_WORDS[each.to]}${moved}${voided}`);
  }
  for (const each of untouched) print(colors.dim(`未动 ${nameOf(each)}：${STATUS_WORDS[each.to]}`));
}

function nameOf({ ref, unitName, role, deadline, due }: AnsweredAssignment): string {
  const words = deadline === null ? '' : `“${deadline.text}”`;
  return `${ref} ${unitName}（${role === 'lead' ? '牵头' : '配合'}，${due ?? '无固定时限'}${words}）`;
}

const STATUS_WORDS: Record<AnsweredAssignment['from'], string> = {
  'needs-action': '待签收',
  acknowledged: '已签收',
  'in-process': '办理中',
  submitted: '待核验',
  completed: '已办结',
  cancelled: '已撤销',
};

// What a coordinator enters on a unit's behalf: after a telephone call, a reply, or an approval.

import { userInfo } from 'node:os';

import type { Command } from 'commander';
import colors from 'picocolors';

import type { AnswerBy, Answered, AnsweredAssignment, AnswerTarget, Ledger } from '../ledger/ledger.ts';
import type { Settings } from '../settings.ts';
import { withLedger } from './ledger.ts';
import { isoDate } from './options.ts';
import { print, printJson } from './terminal.ts';

interface Options {
  readonly schedule: string;
  readonly unit: string;
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
      .argument('<条款>', '条款编号，如 三(二)-1')
      .requiredOption('--schedule <名称>', '分解表')
      .requiredOption('--unit <单位>', '单位名称、简称或编号')
      .option('--due <日期|ongoing>', '只针对这个时限的那一项（ongoing：没有时限的那一项）', (text) =>
        text === 'ongoing' ? text : isoDate(text),
      )
      .option('--note <说明>', '记入台账的说明')
      .option('--actor <姓名>', '由谁答复（默认：当前登录用户）')
      .option('--json', '结果为一行 JSON')
      .addHelpText('after', `\n示例：\n  cuiban ${name} '三(二)-1' --schedule ruicheng-2022 --unit 县教育局${example}\n`)
      .action(async (ref: string, options: Options) => {
        await withLedger(settings(), async ({ ledger, now }) => {
          const target: AnswerTarget = { schedule: options.schedule, ref, unit: options.unit, due: options.due ?? null };
          const by: AnswerBy = {
            at: now,
            actor: options.actor ?? userInfo().username,
            means: 'command line',
            note: options.note ?? null,
          };
          report(await answer(ledger, target, by, options), options.json === true);
        });
      });

  command('acknowledge', '签收：单位已知悉', '', (ledger, target, by) => ledger.acknowledge(target, by));
  command('complete', '办结：不再提醒', ' --evidence https://www.ruicheng.example/list.html', (ledger, target, by, options) =>
    ledger.complete(target, { ...by, evidence: options.evidence ?? null }),
  ).option('--evidence <网址>', '办结凭据的公开网址');
  command('reopen', '重开：办结或撤销有误', " --note '核验未通过'", (ledger, target, by) => ledger.reopen(target, by));
  command('cancel', '撤销：不再要求办理', " --note '职责已划转'", (ledger, target, by) => ledger.cancel(target, by));
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

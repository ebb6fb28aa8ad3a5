import { userInfo } from 'node:os';

import type { Command } from 'commander';
import colors from 'picocolors';

import { check } from '../configuration/check.ts';
import { assign } from '../domain/assign.ts';
import type { Office } from '../domain/office.ts';
import { dateOf, type Instant } from '../domain/time.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Settings } from '../settings.ts';
import { askToGoOn } from './ask.ts';
import { inWords } from './check.ts';
import { headlineOf, printHeadline } from './confirm-headline.ts';
import { confirmRevision, type RevisionOptions } from './confirm-revision.ts';
import { EXIT, Failure } from './failure.ts';
import { type AtTheLedger, withLedger } from './ledger.ts';
import { loadMaterial, type Material, officeOf } from './material.ts';
import { print, printJson } from './terminal.ts';

interface Options extends RevisionOptions {
  readonly directory?: string;
  readonly actor?: string;
}

export function registerConfirm(program: Command, settings: () => Settings): void {
  program
    .command('confirm')
    .summary('确认分解表：展开单位、生成任务、开始催办；已确认的，列出修订并更新')
    .argument('<分解表>', '名称（seeds 下）或 schedule.yaml 的路径')
    .option('--directory <文件>', '通讯录（默认：同一文件夹的 directory.yaml）')
    .option('--only <ref...>', '只取这些任务的修订（修订后的编号；原3 指原来的第3项，通知 指题名、文号等）')
    .option('--except <ref...>', '不取这些任务的修订')
    .option('--actor <姓名>', '由谁确认，记入台账（默认：当前登录用户）')
    .option('--yes', '不再询问')
    .option('--json', '结果为一行 JSON；修订没有 --yes 时只列出差异')
    .addHelpText(
      'after',
      '\n内容没有变的分解表再次确认，只更新通讯录和单位设置。内容有变的，先列出新增、取消、改动的任务和发信的增减，\n确认后更新：照旧的任务保留进展，改期的重新提醒，取消的不再发信。\n示例：\n  cuiban confirm ruicheng-2022\n  cuiban confirm seeds/ruicheng-2022/schedule.yaml --except 原7 "三(二)-1"\n',
    )
    .action(async (name: string, options: Options) => {
      const material = await loadMaterial(settings(), name, options.directory);
      await withLedger(settings(), async (at) => {
        const office = officeOf(at.configuration, material.schedule);
        const known = await at.ledger.confirmed(`${office.id}/${material.schedule.name}`);
        const actor = options.actor ?? userInfo().username;
        if (known === null) await confirmFirst(at, material, office, actor, options);
        else if (!(await confirmRevision(at, { material, office, known, actor }, options)))
          await confirmAgain(at, material, office, options);
      });
    });
}

async function confirmFirst(at: AtTheLedger, material: Material, office: Office, actor: string, options: Options): Promise<void> {
  const { ledger, configuration, now } = at;
  if (options.only !== undefined || options.except !== undefined) {
    throw new Failure(`“${material.schedule.name}”还没有确认过；--only、--except 只用于修订`, EXIT.usage);
  }
  refuseErrors(at, material);
  const headline = headlineOf(configuration, office, material, now);
  if (options.json !== true) printHeadline(headline, material);
  if (options.yes !== true) await askToGoOn('确认并开始催办？', '未确认，什么也没有改变。');
  const confirmed = await confirmMaterial(ledger, material, office, now, actor);
  if (options.json === true) printJson({ schedule: material.schedule.name, confirmed, ...headline });
  else print(confirmed ? colors.green('已确认，开始催办。') : AGAIN);
}

const AGAIN = '此前已确认，任务不变；通讯录和单位设置已更新。';

async function confirmAgain(at: AtTheLedger, material: Material, office: Office, options: Options): Promise<void> {
  const { ledger, configuration, now } = at;
  refuseErrors(at, material);
  const headline = headlineOf(configuration, office, material, now);
  if (options.json !== true) printHeadline(headline, material);
  if (options.yes !== true) await askToGoOn('更新通讯录和单位设置？', '未确认，什么也没有改变。');
  await ledger.updateDirectory(office, material.directory, now);
  if (options.json === true) printJson({ schedule: material.schedule.name, confirmed: false, ...headline });
  else print(AGAIN);
}

function refuseErrors({ configuration }: AtTheLedger, material: Material): void {
  const errors = check(configuration, [material]).filter(({ level }) => level === 'error');
  if (errors.length === 0) return;
  throw new Failure(`${errors.map(inWords).join('\n')}\n\n有 ${errors.length} 个错误，未确认。`, EXIT.findings);
}

/** Stores a schedule and hands its duties out. Returns false when it had been confirmed before; its directory is then brought up to date. */
export async function confirmMaterial(
  ledger: Ledger,
  material: Pick<Material, 'schedule' | 'directory'>,
  office: Office,
  at: Instant,
  actor: string,
): Promise<boolean> {
  const { schedule, directory } = material;
  const { assignments, problems } = assign(schedule, directory, dateOf(office.hours.zone, at));
  const confirmed = await ledger.confirm({ schedule, directory, office, assignments, problems, at, actor });
  if (!confirmed) await ledger.updateDirectory(office, directory, at);
  return confirmed;
}

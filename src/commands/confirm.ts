import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';

import type { Command } from 'commander';
import colors from 'picocolors';

import { check } from '../configuration/check.ts';
import type { Configuration } from '../configuration/index.ts';
import { assign } from '../domain/assign.ts';
import { addDays } from '../domain/calendar.ts';
import type { Office } from '../domain/office.ts';
import { rehearse } from '../domain/rehearsal.ts';
import { dateOf, type Instant, instantOf } from '../domain/time.ts';
import { dateInWords } from '../domain/words.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Settings } from '../settings.ts';
import { inWords } from './check.ts';
import { EXIT, Failure } from './failure.ts';
import { withLedger } from './ledger.ts';
import { loadMaterial, type Material, officeOf } from './material.ts';
import { print, printJson } from './terminal.ts';

export function registerConfirm(program: Command, settings: () => Settings): void {
  program
    .command('confirm')
    .summary('确认分解表：展开单位、生成任务、开始催办')
    .argument('<分解表>', '名称（seeds 下）或 schedule.yaml 的路径')
    .option('--directory <文件>', '通讯录（默认：同一文件夹的 directory.yaml）')
    .option('--actor <姓名>', '由谁确认，记入台账（默认：当前登录用户）')
    .option('--yes', '不再询问')
    .option('--json', '结果为一行 JSON')
    .addHelpText('after', '\n同一分解表再次确认时任务不变，只更新通讯录和单位设置。\n示例：\n  cuiban confirm ruicheng-2022\n')
    .action(async (name: string, options: { directory?: string; actor?: string; yes?: true; json?: true }) => {
      const material = await loadMaterial(settings(), name, options.directory);
      await withLedger(settings(), async ({ ledger, configuration, now }) => {
        const office = officeOf(configuration, material.schedule);
        const findings = check(configuration, [material]);
        const errors = findings.filter(({ level }) => level === 'error');
        if (errors.length > 0)
          throw new Failure(`${errors.map(inWords).join('\n')}\n\n有 ${errors.length} 个错误，未确认。`, EXIT.findings);
        const headline = headlineOf(configuration, office, material, now);
        if (options.json !== true) printHeadline(headline, material);
        if (options.yes !== true) await askToGoOn();
        const confirmed = await confirmMaterial(ledger, material, office, now, options.actor ?? userInfo().username);
        if (options.json === true) printJson({ schedule: material.schedule.name, confirmed, ...headline });
        else print(confirmed ? colors.green('已确认，开始催办。') : '此前已确认，任务不变；通讯录和单位设置已更新。');
      });
    });
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

/** A notice of a past year is rehearsed for this long from today. */
const AHEAD_DAYS = 90;

interface Headline {
  readonly duties: number;
  readonly units: number;
  /** The last day counted: the end of the notice's year, or some months from now if that is over. */
  readonly until: string;
  /** Up to that day, if nobody answered. */
  readonly emails: number;
  readonly sms: number;
  readonly people: number;
  readonly busiestDay: string | null;
  readonly onBusiestDay: number;
  /** Duties to lead whose deadline had passed already: those that the coordinator is asked about. */
  readonly pastDue: number;
  readonly problems: readonly string[];
}

function headlineOf(configuration: Configuration, office: Office, material: Material, now: Instant): Headline {
  const { schedule, directory } = material;
  const { zone } = office.hours;
  const { assignments, problems } = assign(schedule, directory, dateOf(zone, now));
  const yearEnd = `${schedule.notice.year}-12-31`;
  const ahead = addDays(dateOf(zone, now), AHEAD_DAYS);
  const until = yearEnd > ahead ? yearEnd : ahead;
  const { messages } = rehearse({
    schedules: [{ schedule, directory, confirmedAt: now }],
    office,
    policy: configuration.policy,
    calendar: configuration.calendar,
    until: instantOf(zone, until, '23:59'),
  });
  const perDay = new Map<string, number>();
  for (const { at } of messages) perDay.set(dateOf(zone, at), (perDay.get(dateOf(zone, at)) ?? 0) + 1);
  const [busiest] = [...perDay].toSorted(([, one], [, other]) => other - one);
  const emails = messages.filter(({ message }) => message.channel === 'email').length;
  return {
    duties: assignments.length,
    units: new Set(assignments.map(({ unit }) => unit)).size,
    until,
    emails,
    sms: messages.length - emails,
    people: new Set(messages.map(({ message }) => message.address)).size,
    busiestDay: busiest?.[0] ?? null,
    onBusiestDay: busiest?.[1] ?? 0,
    pastDue: assignments.filter(({ pursuit, role }) => pursuit === 'undecided' && role === 'lead').length,
    problems: problems.map(({ detail }) => detail),
  };
}

function printHeadline(headline: Headline, { schedule }: Material): void {
  print(colors.bold(schedule.notice.title));
  print(`  ${schedule.tasks.length} 项任务，展开为 ${headline.units} 个单位的 ${headline.duties} 项责任。`);
  print(
    `  如果无人答复，到 ${headline.until} 共 ${headline.emails} 封邮件、${headline.sms} 条短信，发给 ${headline.people} 个地址。`,
  );
  if (headline.busiestDay !== null) print(`  最忙的一天：${dateInWords(headline.busiestDay)}，${headline.onBusiestDay} 条。`);
  if (headline.pastDue > 0) print(colors.yellow(`  ${headline.pastDue} 项牵头责任的时限已过：不催办，送协调人定夺。`));
  for (const problem of headline.problems) print(colors.yellow(`  ${problem}`));
  const review = schedule.tasks.filter((task) => task.review.length > 0);
  if (review.length > 0)
    print(
      colors.yellow(`  ${review.length} 项任务有待核对之处（${review.map(({ ref }) => ref).join('、')}），见分解表的 review。`),
    );
}

async function askToGoOn(): Promise<void> {
  if (!process.stdin.isTTY) throw new Failure('这里无法询问，请加 --yes 表示确认', EXIT.usage);
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  // Ctrl-C and Ctrl-D are a no.
  const answer = await prompt.question('确认并开始催办？输入 yes 继续：').catch(() => '');
  prompt.close();
  if (answer.trim().toLowerCase() !== 'yes') throw new Failure('未确认，什么也没有改变。');
}

import type { Command } from 'commander';
import colors from 'picocolors';

import type { IsoDate } from '../domain/deadline.ts';
import { deadlineInWords } from '../domain/revision-words.ts';
import type { Schedule } from '../domain/notice.ts';
import { type LeftOut, type Progress, roll, type Rolled } from '../domain/roll.ts';
import { dateOf } from '../domain/time.ts';
import { oneLine } from '../intake/shown/printable.ts';
import { layOutSchedule, printSchedule, readSchedule } from '../intake/schedule.ts';
import type { Settings } from '../settings.ts';
import { formatErrors } from '../yaml.ts';
import { EXIT, Failure } from './failure.ts';
import { refuseToOverwrite, writeOut } from './import-files.ts';
import { type AtTheLedger, withLedger } from './ledger.ts';
import { loadMaterial } from './material.ts';
import { yearNumber } from './options.ts';
import { print, printJson } from './terminal.ts';

interface Options {
  readonly year: number;
  readonly out?: string;
  readonly json?: true;
}

export function registerRoll(program: Command, settings: () => Settings): void {
  program
    .command('roll')
    .summary('把上年的分解表转为今年的草稿：例行的和没办完的（回头看）带过来，办结的留下')
    .argument('<分解表>', '已确认的名称，或名称（seeds 下）、schedule.yaml 的路径')
    .requiredOption('--year <年度>', '今年的年度', yearNumber)
    .option('--out <文件>', '写到哪里（默认：打印出来）；已有的文件不覆盖')
    .option('--json', '输出 JSON')
    .addHelpText(
      'after',
      '\n每个移动过的日期和年份都写进 review，请以新通知为准。台账里有这份分解表时，办结的不带过来；没有时，日期都按年移动。\n示例：\n  cuiban roll ruicheng-2022 --year 2023 --out seeds/ruicheng-2023/schedule.yaml\n',
    )
    .action(async (name: string, options: Options) => {
      if (options.out !== undefined) await refuseToOverwrite(options.out, false);
      const { schedule, progress } = await withLedger(settings(), (at) => lastYear(at, settings(), name));
      if (options.year <= schedule.notice.year) {
        throw new Failure(`--year ${options.year} 应晚于上年的年度 ${schedule.notice.year}`, EXIT.usage);
      }
      const rolled = roll(schedule, progress, options.year);
      if (rolled.schedule.tasks.length === 0)
        throw new Failure(`“${schedule.name}”的任务都已办结，没有要带到 ${options.year} 年的`);
      const text = draftOf(schedule, rolled, progress?.on ?? null);
      if (options.out !== undefined) await writeOut(options.out, text, false);
      if (options.json === true) printJson({ ...rolled, known: progress !== null });
      else if (options.out === undefined) print(text.trimEnd());
      else for (const line of summary(schedule, rolled, options.out)) print(line);
    });
}

interface LastYear {
  readonly schedule: Schedule;
  /** Null where it was never confirmed. */
  readonly progress: Progress | null;
}

async function lastYear({ ledger, configuration, now }: AtTheLedger, settings: Settings, name: string): Promise<LastYear> {
  const file = /[./\\]/u.test(name) ? (await loadMaterial(settings, name)).schedule : null;
  const known = await ledger.confirmed(file === null ? name : `${file.office}/${file.name}`);
  if (known === null) return { schedule: file ?? (await loadMaterial(settings, name)).schedule, progress: null };
  const { schedule, assignments } = known;
  const directory = (await ledger.directories()).find(({ office }) => office === schedule.office);
  const names = new Map(directory?.units.map((unit) => [unit.id, unit.name]));
  const zone = configuration.offices.get(schedule.office)?.hours.zone ?? 'Asia/Shanghai';
  return { schedule, progress: { assignments, on: dateOf(zone, now), unitName: (unit) => names.get(unit) ?? unit } };
}

/** Tried before it is written, as every draft. */
function draftOf(schedule: Schedule, rolled: Rolled, on: IsoDate | null): string {
  const document = layOutSchedule(rolled.schedule);
  document.commentBefore = [...headOf(schedule, rolled, on), ...rolled.leftOut.map((each) => `  ${leftOutInWords(each)}`)]
    .map((line) => ` ${oneLine(line, 1_000)}`)
    .join('\n');
  const text = printSchedule(document);
  const back = readSchedule({ file: '草稿', text });
  if (!back.ok) throw new Failure(`转出的草稿写不成文件：\n${formatErrors(back.errors)}`, EXIT.findings);
  return text;
}

function headOf({ name, notice }: Schedule, { schedule, leftOut }: Rolled, on: IsoDate | null): readonly string[] {
  return [
    `由 cuiban roll 从 ${name}（${notice.title}）转到 ${schedule.notice.year} 年的草稿，${
      on === null ? '台账里没有这份分解表，办结与否不知道，日期都按年移动' : `办理情况截至 ${on}`
    }。`,
    'quote 里是上年通知的原文。新通知印发后，请逐条核对；定下一处，就删去 review 里相应的一行。',
    ...(leftOut.length === 0 ? [] : ['没有带过来的：']),
  ];
}

function leftOutInWords({ task, deadlines }: LeftOut): string {
  const words = deadlines.map(({ deadline, why }) => `${deadlineInWords(deadline)}${why === 'completed' ? '已办结' : '已撤销'}`);
  return `${task.ref} ${task.title}：${words.join('、')}`;
}

function summary(before: Schedule, { schedule, leftOut, moved, unfinished }: Rolled, out: string): readonly string[] {
  const whole = before.tasks.length - schedule.tasks.length;
  return [
    `${colors.green('已写入')} ${out}：${schedule.tasks.length} 项任务，其中上年未完成 ${unfinished} 项，日期按年移动 ${moved} 项。`,
    `  办结或撤销、没有带过来的 ${whole} 项，列在文件开头${leftOut.length > whole ? '（另有任务的部分时限）' : ''}。`,
    colors.yellow('  题名、文号、成文日期和每个移动过的日期都写进了 review，请以新通知为准。'),
    `下一步：编辑 ${out}，逐条核对；把通讯录 directory.yaml 放在它旁边，然后 cuiban confirm ${out}`,
  ];
}

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Command } from 'commander';
import colors from 'picocolors';

import type { IsoDate } from '../domain/deadline.ts';
import type { Schedule } from '../domain/notice.ts';
import type { Result } from '../domain/result.ts';
import { readSchedule, writeSchedule } from '../intake/schedule.ts';
import { readTable } from '../intake/table.ts';
import { formatErrors, type SourceError } from '../yaml.ts';
import { EXIT, Failure } from './failure.ts';
import { shown } from './material.ts';
import { isoDate, wholeNumber } from './options.ts';
import { print, printJson } from './terminal.ts';

interface Options {
  readonly out?: string;
  readonly name?: string;
  readonly office?: string;
  readonly year?: number;
  readonly issued?: IsoDate;
  readonly title?: string;
  readonly number?: string;
  readonly json?: true;
}

export function registerImport(program: Command): void {
  program
    .command('import')
    .summary('读入分解表（YAML、xlsx、csv），写成可核对、可修改的 schedule.yaml')
    .argument('<文件>', '.yaml、.xlsx 或 .csv')
    .option('--out <文件>', '写到哪里（默认：打印出来）')
    .option('--name <名称>', '分解表名称，如 ruicheng-2022（表格必填）')
    .option('--office <单位编号>', 'office.yaml 里的 id（表格必填）')
    .option('--year <年度>', '没写年份的时限属于哪一年（表格必填）', wholeNumber)
    .option('--issued <日期>', '成文日期（表格必填）', isoDate)
    .option('--title <题名>', '通知全称，写在每封信里（表格用；默认：表头上方的一行）')
    .option('--number <文号>', '文号（表格用）')
    .option('--json', '输出 JSON')
    .addHelpText(
      'after',
      '\n表格须有表头：任务、责任单位（或牵头单位、配合单位）、完成时限等。读不准的写进 review，请核对后再 confirm。\n示例：\n  cuiban import 分解表.xlsx --name ruicheng-2022 --office ruicheng --year 2022 --issued 2022-07-12 --out seeds/ruicheng-2022/schedule.yaml\n',
    )
    .action(async (file: string, options: Options) => {
      const schedule = valueOf(await read(file, options));
      const flagged = schedule.tasks.filter(({ review }) => review.length > 0);
      if (options.out !== undefined)
        await writeFile(options.out, writeSchedule(schedule), { flag: 'wx' }).catch(refuseToOverwrite(options.out));
      if (options.json === true) printJson(schedule);
      else if (options.out === undefined) print(writeSchedule(schedule));
      if (options.json !== true && options.out !== undefined) {
        print(
          `${colors.green('已写入')} ${shown(path.resolve(options.out))}：${schedule.tasks.length} 项任务，${flagged.length} 项待核对。`,
        );
        for (const { ref, title, review } of flagged) print(colors.yellow(`  ${ref} ${title}：${review.join('；')}`));
      }
    });
}

async function read(file: string, options: Options): Promise<Result<Schedule, SourceError>> {
  const bytes = await readFile(file).catch((error: unknown) => {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new Failure(
      missing ? `没有 ${file} 这个文件` : `读不到 ${file}：${error instanceof Error ? error.message : String(error)}`,
    );
  });
  if (/\.ya?ml$/iu.test(file)) return readSchedule({ file, text: bytes.toString('utf8') });
  if (!/\.(?:xlsx|csv|txt)$/iu.test(file)) {
    throw new Failure(`${file}：这里读 .yaml、.xlsx、.csv；请把通知里的任务整理成表格后再导入`, EXIT.usage);
  }
  const { name, office, year, issued } = options;
  if (name === undefined || office === undefined || year === undefined || issued === undefined) {
    throw new Failure('表格里没有通知的信息，请用 --name、--office、--year、--issued 写明', EXIT.usage);
  }
  const { title = null, number = null } = options;
  return readTable({ file, bytes }, { name, office, year, issued, title, number });
}

function refuseToOverwrite(file: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new Failure(`${file} 已经存在，不覆盖；请换个文件名，或先移走它`);
    }
    throw error;
  };
}

function valueOf(result: Result<Schedule, SourceError>): Schedule {
  if (result.ok) return result.value;
  throw new Failure(formatErrors(result.errors), EXIT.findings);
}

import path from 'node:path';

import type { Command } from 'commander';
import colors from 'picocolors';

import type { IsoDate } from '../domain/deadline.ts';
import type { Directory } from '../domain/directory.ts';
import type { Schedule } from '../domain/notice.ts';
import type { Result } from '../domain/result.ts';
import { openReader, type Reader } from '../intake/apart/index.ts';
import type { InputFile } from '../intake/document.ts';
import { draftSchedule } from '../intake/shown/draft.ts';
import { writeDraft } from '../intake/shown/draft-file.ts';
import { explain, findTask } from '../intake/shown/explain.ts';
import type { Reading } from '../intake/reading.ts';
import { toResult } from '../intake/shown/result-json.ts';
import { readSchedule, writeSchedule } from '../intake/schedule.ts';
import { nearest } from '../ledger/nearest.ts';
import type { Settings } from '../settings.ts';
import { formatErrors, type SourceError } from '../yaml.ts';
import { EXIT, Failure } from './failure.ts';
import { differences, differencesJson, openAgainst, settle } from './import-against.ts';
import { nameOf, officeIdOf, yearOf } from './import-about.ts';
import { directoryFor, exists, readInput, refuseToOverwrite, renamesIn, writeOut } from './import-files.ts';
import { summary } from './import-summary.ts';
import { isoDate, slugText, yearNumber } from './options.ts';
import { print, printJson } from './terminal.ts';

interface Options {
  readonly out?: string;
  readonly name?: string;
  readonly office?: string;
  readonly directory?: string;
  readonly year?: number;
  readonly issued?: IsoDate;
  readonly title?: string;
  readonly number?: string;
  readonly explain?: string;
  readonly against?: string;
  readonly force?: true;
  readonly json?: true;
}

export function registerImport(program: Command, settings: () => Settings): void {
  program
    .command('import')
    .summary('读入通知（Word、PDF、网页、表格、文本），写成可核对、可修改的 schedule.yaml')
    .argument('<文件>', '通知或任务分解表：.docx .doc .wps .pdf .html .txt .md .xlsx .csv，或 .yaml；“-”表示标准输入')
    .option('--out <文件>', '写到哪里（默认：打印出来）')
    .option('--year <年度>', '没写年份的时限属于哪一年（默认：题名或成文日期中的年份）', yearNumber)
    .option('--issued <日期>', '成文日期（默认：读自通知）', isoDate)
    .option('--title <题名>', '通知全称，写在每封信里（默认：读自通知）')
    .option('--number <文号>', '文号（默认：读自通知）')
    .option('--name <名称>', '分解表名称，如 ruicheng-2022（默认：--out 所在的文件夹名）', slugText)
    .option('--office <单位编号>', 'office.yaml 里的 id（默认：通讯录的，或发文单位的）', slugText)
    .option('--directory <文件>', '通讯录：里面没有的单位会列出来（默认：--out 旁边的 directory.yaml）')
    .option('--explain <编号>', '不写草稿，只看这一项是怎样读出来的')
    .option('--against <分解表>', '与这份已确认的分解表对照：草稿沿用其中改定的内容，列出新增、取消、改动；什么也不改变')
    .option('--force', '覆盖已有的文件')
    .option('--json', '输出 JSON')
    .option('--no-color', '不用颜色')
    .addHelpText(
      'after',
      '\n每一栏都注明依据的原文；读不准的写进 review，请核对后再 confirm。\n示例：\n  cuiban import 2022年工作要点.docx --out seeds/ruicheng-2022/schedule.yaml\n  cuiban import 2022年工作要点.docx --explain "一(二)-1"\n  cuiban import 修订后的要点.docx --against ruicheng-2022 --out 修订/schedule.yaml\n',
    )
    .action(async (file: string, options: Options) => {
      if (options.out !== undefined) await refuseToOverwrite(options.out, options.force === true);
      const input = await readInput(file);
      if (/\.ya?ml$/iu.test(file)) return importSchedule(input, options, settings);
      const directory = await directoryFor(options);
      const reader = openReader();
      try {
        await importDocument(input, options, { reader, directory, settings, mayAsk: process.stdin.isTTY && file !== '-' });
      } finally {
        reader.close();
      }
    });
}

async function importSchedule(input: InputFile, options: Options, settings: () => Settings): Promise<void> {
  const schedule = valueOf(readSchedule({ file: input.file, text: Buffer.from(input.bytes).toString('utf8') }));
  if (options.out !== undefined) await writeOut(options.out, writeSchedule(schedule), options.force === true);
  const against = options.against === undefined ? null : await openAgainst(settings(), options.against);
  if (options.json === true)
    printJson(against === null ? schedule : { ...schedule, revision: differencesJson(against, schedule) });
  else if (options.out !== undefined) print(`${colors.green('已写入')} ${options.out}：${schedule.tasks.length} 项任务。`);
  else if (against === null) print(writeSchedule(schedule));
  if (against !== null && options.json !== true) print(differences(against, schedule));
}

interface Means {
  readonly reader: Reader;
  readonly directory: Directory | null;
  readonly settings: () => Settings;
  readonly mayAsk: boolean;
}

async function importDocument(input: InputFile, options: Options, means: Means): Promise<void> {
  const { reader, directory, settings, mayAsk } = means;
  const renames = await renamesIn(settings());
  const read = async (year: number | null): Promise<Reading> =>
    valueOf(await reader.read(input, { hints: { year, issuedOn: options.issued ?? null }, directory, renames }));
  let reading = await read(options.year ?? null);
  if (options.explain !== undefined) return print(explained(reading, options.explain));
  const against = options.against === undefined ? null : await openAgainst(settings(), options.against);
  if (options.json === true && against === null) printJson(resultOf(reading, options));
  if (options.json === true && against === null && options.out === undefined) return;

  refuseEmpty(reading);
  const year = await yearOf(reading, mayAsk);
  // The answer dates what stayed open.
  if (year !== reading.notice.year?.value) reading = await read(year);
  const { title = null, number = null } = options;
  const about = against?.known.schedule ?? {
    name: nameOf(options, year),
    office: await officeIdOf(reading, options, directory, settings(), mayAsk),
  };
  let schedule = draftSchedule(reading, { name: about.name, office: about.office, year, title, number });
  const result = resultOf(reading, options);
  if (against !== null) ({ schedule, reading } = settle(against, reading, schedule));
  const text = draftText(reading, schedule);
  if (options.out !== undefined) await writeOut(options.out, text, options.force === true);
  if (against !== null && options.json === true) printJson({ ...result, revision: differencesJson(against, schedule) });
  if (options.json === true) return;
  if (options.out === undefined) return print(against === null ? text.trimEnd() : differences(against, schedule));
  const directoryIsBeside = await exists(path.join(path.dirname(path.resolve(options.out)), 'directory.yaml'));
  print(summary({ reading, schedule, directory, out: options.out, directoryIsBeside }));
  if (against !== null) print(`\n${differences(against, schedule)}`);
}

/** What was told outranks what was read, as in the draft. */
function resultOf(reading: Reading, { title, number }: Options): ReturnType<typeof toResult> {
  const result = toResult(reading);
  const told = { ...(title === undefined ? {} : { title }), ...(number === undefined ? {} : { number }) };
  return { ...result, document: { ...result.document, ...told } };
}

function refuseEmpty({ document, tasks, doubts }: Reading): void {
  if (tasks.length > 0) return;
  const reason = '没有读到任务';
  const more = [...doubts.filter((each) => each !== reason), ...document.remarks];
  throw new Failure(
    [`${document.file}：${reason}；请看是不是通知正文或分解表，扫描件请先做文字识别（OCR）`, ...more].join('\n  '),
    EXIT.findings,
  );
}

/** The file, tried before it is written: what cannot be read back must not be handed to a person. */
function draftText(reading: Reading, schedule: Schedule): string {
  const text = writeDraft(reading, schedule);
  const back = readSchedule({ file: '草稿', text });
  if (back.ok) return text;
  throw new Failure(`${reading.document.file} 读出的草稿写不成文件：\n${formatErrors(back.errors)}`, EXIT.findings);
}

function explained(reading: Reading, ref: string): string {
  const task = findTask(reading, ref);
  if (task !== null) return explain(reading, task, colors);
  const known = reading.tasks.map((each) => each.ref);
  const near = known.length === 0 ? '没有读到任务' : `最接近的是：${nearest(ref, known, 5).join('、')}`;
  throw new Failure(`${reading.document.file} 里没有编号为 ${ref} 的任务。${near}`);
}

function valueOf<Value>(result: Result<Value, SourceError>): Value {
  if (result.ok) return result.value;
  // An error of the whole file has no line worth telling.
  const words = result.errors.map((error) =>
    error.line === 1 && error.column === 1 && error.field === '' ? `${error.file}：${error.message}` : formatErrors([error]),
  );
  throw new Failure(words.join('\n'), EXIT.findings);
}

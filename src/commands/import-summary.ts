// What a coordinator is told of a draft that was written: which notice it is and how that is known, how much was read, every question
// with its place and words, and what to do next.

import path from 'node:path';

import colors from 'picocolors';

import { canonicalName, type Directory, resolveName } from '../domain/directory.ts';
import type { Schedule, Task } from '../domain/notice.ts';
import { boundsOf, inContext } from '../intake/shown/context.ts';
import { isTold } from '../intake/shown/draft-file.ts';
import { type Places, placesIn } from '../intake/place.ts';
import { oneLine } from '../intake/shown/printable.ts';
import { type Doubt, isOpen, type Read, type Reading, type ReadTask } from '../intake/reading.ts';
import { shown } from './material.ts';

export interface Drafted {
  readonly reading: Reading;
  readonly schedule: Schedule;
  readonly directory: Directory | null;
  /** Where the draft was written. */
  readonly out: string;
  readonly directoryIsBeside: boolean;
}

export function summary(drafted: Drafted): string {
  const { reading, schedule, out } = drafted;
  return [
    `${colors.green('已写入')} ${shown(path.resolve(out))}`,
    ...noticeLines(reading, schedule),
    `  ${counts(reading, schedule)}`,
    ...reading.document.remarks.map((each) => colors.dim(`  ${oneLine(each)}`)),
    ...questions(reading, schedule),
    ...unknownUnits(drafted),
    nextStep(drafted),
  ].join('\n');
}

function noticeLines({ notice, document }: Reading, schedule: Schedule): string[] {
  const places = placesIn(document);
  const from = (read: Read<unknown> | null, value: unknown): string => {
    if (read === null || read.value !== value) return value === null ? '' : '不取自文件';
    if (isTold(read)) return `由 ${read.rule} 写明`;
    return [places.at(read.span)?.place ?? '', oneLine(read.rule)].filter((each) => each !== '').join('，');
  };
  const { title, number, issuer, issuedOn, year } = schedule.notice;
  const rows: [string, string | number | null, Read<unknown> | null][] = [
    ['题名', title, notice.title],
    ['文号', number, notice.number],
    ['发文单位', issuer, notice.issuer],
    ['成文日期', issuedOn, notice.issuedOn],
    ['年份', year, notice.year],
  ];
  return rows.map(([label, value, read]) => {
    const origin = from(read, value);
    const words = value === null ? colors.yellow('没有读到') : String(value);
    return `  ${label}${'　'.repeat(4 - label.length)}  ${words}${origin === '' ? '' : colors.dim(`（${origin}）`)}`;
  });
}

function counts({ tasks, doubts }: Reading, schedule: Schedule): string {
  const deadlines = tasks.flatMap((task) => task.deadlines);
  const dated = deadlines.filter((each) => !isOpen(each) && each.kind !== 'ongoing').length;
  const units = new Set(schedule.tasks.flatMap(({ lead, cooperate }) => [...lead, ...cooperate].map(canonicalName)));
  const asking = tasks.map((task, index) => asksOf(task, schedule.tasks[index]));
  const asked = asking.filter((each) => each.length > 0).length;
  const all = asking.reduce((sum, each) => sum + each.length, doubts.length);
  const words = all === 0 ? '没有疑点。' : `${asked} 项任务有疑点，共 ${all} 处请核对。`;
  return `${tasks.length} 项任务，${deadlines.length} 个时限（${dated} 个有日期或周期），${units.size} 个单位或统称；${words}`;
}

function questions({ document, tasks, doubts }: Reading, schedule: Schedule): string[] {
  const places = placesIn(document);
  const lines = tasks.flatMap((task, index) => {
    const written = schedule.tasks[index];
    const asks = asksOf(task, written);
    if (asks.length === 0) return [];
    const heading = `  ${colors.bold(written?.ref ?? task.ref)} ${written?.title ?? ''}${colors.dim(`（${oneLine(task.place)}）`)}`;
    const asked = asks.map((each) => `    ${colors.yellow(each)}`);
    return [heading, ...asked, ...wordsOf(document.text, task, places).map((each) => colors.dim(`    ${each}`))];
  });
  const general = doubts.map((each) => `  整份文件：${colors.yellow(oneLine(each, 1_000))}`);
  return lines.length + general.length === 0 ? [] : ['请核对：', ...general, ...lines];
}

/** Every question of a task: what the reading doubts, then what the draft asks beside it; what is asked of the whole file is not repeated. */
function asksOf({ doubts }: ReadTask, written: Task | undefined): readonly string[] {
  const reasons = doubts.map(({ reason }) => oneLine(reason, 1_000));
  const more = (written?.review ?? []).filter((each) => !reasons.includes(each) && !each.startsWith('整份文件：'));
  return [...reasons, ...more];
}

/** The words of the fields that are doubted, each once. */
function wordsOf(text: string, task: ReadTask, places: Places): string[] {
  const fields = new Set(task.doubts.map(({ field }: Doubt) => field));
  const spans = (['deadlines', 'lead', 'cooperate'] as const)
    .filter((field) => fields.has(field))
    .flatMap((field) => task[field].map(({ span }) => span));
  return spans.length === 0 ? [] : [inContext(text, spans, boundsOf(spans, task.source.span, places))];
}

function unknownUnits({ schedule, directory }: Drafted): string[] {
  if (directory === null) return [];
  const tasksOf = new Map<string, string[]>();
  for (const { ref, lead, cooperate } of schedule.tasks) {
    for (const name of [...lead, ...cooperate]) {
      if (resolveName(directory, name).kind === 'unknown') tasksOf.set(name, [...(tasksOf.get(name) ?? []), ref]);
    }
  }
  if (tasksOf.size === 0) return [];
  const lines = [...tasksOf].map(([name, refs]) => {
    const more = refs.length > SHOWN_REFS ? ` 等 ${refs.length} 项` : '';
    return `  ${colors.yellow(name)}${colors.dim(`（${refs.slice(0, SHOWN_REFS).join('、')}${more}）`)}`;
  });
  return [`通讯录里没有的单位或统称 ${tasksOf.size} 个，请加进 directory.yaml（可以写成别名），或改成里面的名称：`, ...lines];
}

const SHOWN_REFS = 5;

function nextStep({ out, directoryIsBeside }: Drafted): string {
  const file = shown(path.resolve(out));
  const directory = directoryIsBeside ? '' : '把通讯录 directory.yaml 放在它旁边，';
  return `下一步：编辑 ${file}，逐条核对；${directory}然后 cuiban confirm ${file}`;
}

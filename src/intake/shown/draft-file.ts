// A draft as the file that a person edits: above every value the words it was read from, in their context and marked, and what has to
// be decided there. What could not be completed stands as a line to complete. Comments only: `readSchedule` reads the same schedule.

import { isMap, isNode, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml';

import type { Schedule, Task } from '../../domain/notice.ts';
import { boundsOf, inContext } from './context.ts';
import type { Format, Span } from '../document.ts';
import { type Places, placesIn } from '../place.ts';
import { inLines, oneLine } from './printable.ts';
import { type DoubtField, isOpen, type Origin, type Read, type Reading, type ReadTask } from '../reading.ts';
import { layOutSchedule, printSchedule } from '../schedule.ts';

const FORMATS: Readonly<Record<Format, string>> = {
  text: '纯文本',
  markdown: 'Markdown',
  html: '网页',
  docx: 'Word 文档',
  pdf: 'PDF',
  xlsx: 'Excel 表格',
  csv: 'CSV 表格',
};

/** `schedule` is what `draftSchedule` made of the reading. */
export function writeDraft(reading: Reading, schedule: Schedule): string {
  const document = layOutSchedule(schedule);
  document.commentBefore = comment(headOf(reading, schedule));
  const notice = document.get('notice');
  if (isMap(notice)) annotateNotice(notice, reading, schedule);
  const places = placesIn(reading.document);
  const tasks = document.get('tasks');
  for (const [index, task] of reading.tasks.entries()) {
    const node = isSeq(tasks) ? tasks.items[index] : null;
    const written = schedule.tasks[index];
    if (isMap(node) && written !== undefined) annotateTask(node, written, task, { reading, places, year: schedule.notice.year });
  }
  return printSchedule(document);
}

function headOf({ document, doubts }: Reading, { tasks }: Schedule): readonly string[] {
  const asked = tasks.filter(({ review }) => review.length > 0);
  const questions = asked.reduce((sum, { review }) => sum + review.length, 0);
  return [
    `由 cuiban import 从 ${document.file}（${FORMATS[document.format]}）读出的草稿。`,
    `${tasks.length} 项任务，${questions === 0 ? '没有疑点' : `${asked.length} 项有疑点，共 ${questions} 处请核对`}。`,
    '每一栏上面是它所依据的原文，【】标出据以读出的字句；“请核对”是要由您定的事，“待补”是还缺的时限。',
    '怎样改：直接改下面的内容；定下一处，就删去 review 里相应的一行（以 # 开头的说明留着、删去都可以）。',
    '改完以后：cuiban check 检查，cuiban confirm 确认。',
    ...document.remarks.map((each) => `读的时候：${each}`),
    ...doubts.map((each) => `请核对（整份文件）：${each}`),
  ];
}

function annotateNotice(node: YAMLMap, { notice, document }: Reading, schedule: Schedule): void {
  const places = placesIn(document);
  const { title, number, issuer, issuedOn, year } = notice;
  const issued = schedule.notice.issuedOn === null ? 'assumedIssued' : 'issued';
  const reads = { title, number, issuer, [issued]: issuedOn, year };
  for (const [key, read] of Object.entries(reads)) {
    const value = node.get(key, true);
    if (isScalar(value)) value.comment = ` ${printed(sourceOf(read, value.value, places))}`;
  }
}

/** By an option of the command; the quote is then no more than the beginning of the document. */
export function isTold({ rule }: Origin): boolean {
  return rule.startsWith('--');
}

function sourceOf(read: Read<string | number> | null, written: unknown, places: Places): string {
  if (written === null) return '没有读到';
  if (read === null) return '没有读到，暂定的';
  const value = typeof read.value === 'string' ? oneLine(read.value) : read.value;
  if (value !== written) return '不取自文件';
  if (isTold(read)) return `由 ${read.rule} 写明`;
  const quote = oneLine(read.quote, 60);
  const words = quote === String(value) ? read.rule : `${read.rule}：【${quote}】`;
  const place = places.at(read.span)?.place ?? '';
  return place === '' ? words : `${place}，${words}`;
}

interface Around {
  readonly reading: Reading;
  readonly places: Places;
  readonly year: number;
}

function annotateTask(node: YAMLMap, written: Task, task: ReadTask, { reading, places, year }: Around): void {
  const { text } = reading.document;
  const shown = (spans: readonly Span[]): string => {
    const [first] = spans;
    return first === undefined ? '' : inContext(text, spans, boundsOf(spans, task.source.span, places));
  };
  const asked = (field: DoubtField): string[] =>
    task.doubts.filter((doubt) => doubt.field === field).map(({ reason }) => `请核对：${reason}`);

  node.commentBefore = comment([`── ${written.ref} ── ${task.place}`, ...asked('task')]);
  put(node, 'title', asked('title'));
  const open = task.deadlines.filter(isOpen);
  put(node, 'deadlines', [
    ...asked('deadlines'),
    ...open.flatMap((each) => {
      const line = `{${each.kind}: ${year}-MM-DD, text: ${oneLine(each.text)}}`;
      return [`待补：${shown([each.span])}`, `定下日期后写成：${written.deadlines.length === 0 ? `[${line}]` : `- ${line}`}`];
    }),
  ]);
  const deadlines = node.get('deadlines');
  for (const [index, deadline] of task.deadlines.filter((each) => !isOpen(each)).entries()) {
    const item = isSeq(deadlines) ? deadlines.items[index] : null;
    if (isNode(item)) {
      // A recurring one has its rule as its value.
      const rule = deadline.kind === 'recurring' ? '' : `（${deadline.rule}）`;
      item.commentBefore = comment([`${shown([deadline.span])}${rule}`]);
    }
  }
  for (const role of ['lead', 'cooperate'] as const) {
    const words = shown(task[role].map(({ span }) => span));
    put(node, role, [...(words === '' ? [] : [words]), ...asked(role)]);
  }
}

/** Above a key. */
function put(node: YAMLMap, key: string, lines: readonly string[]): void {
  const pair = node.items.find((each: Pair) => isScalar(each.key) && each.key.value === key);
  if (lines.length > 0 && isScalar(pair?.key)) pair.key.commentBefore = comment(lines);
}

/** As the library wants it: each line begins with what follows the #. */
function comment(lines: readonly string[]): string {
  return lines
    .flatMap((line) => inLines(printed(line), 60))
    .map((line) => ` ${line}`)
    .join('\n');
}

function printed(line: string): string {
  return oneLine(line, 1_000);
}

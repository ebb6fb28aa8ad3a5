// One task as a person follows its reading: the document's own text with the words that were used marked in it, then every field with
// its words, where they stand and the rule that read them, then what is asked.

import type picocolors from 'picocolors';

import type { Rule } from '../../domain/deadline.ts';
import { canonicalName } from '../../domain/directory.ts';
import type { Span } from '../document.ts';
import { Passage } from '../passage.ts';
import { type Places, placesIn } from '../place.ts';
import { oneLine, printable } from './printable.ts';
import type { DoubtField, OpenDeadline, Origin, ReadDeadline, Reading, ReadTask } from '../reading.ts';

export type Colors = ReturnType<typeof picocolors.createColors>;

/** In the order of precedence: where two overlap, the first is shown. */
const KINDS = ['deadlines', 'lead', 'cooperate', 'title'] as const;
type Kind = (typeof KINDS)[number];

const WORDS: Readonly<Record<DoubtField, string>> = {
  deadlines: '时限',
  lead: '牵头',
  cooperate: '配合',
  title: '标题',
  task: '任务',
};

/** The task with this ref, however its brackets and spaces are typed. */
export function findTask(reading: Reading, ref: string): ReadTask | null {
  const same = reading.tasks.find((task) => task.ref === ref);
  return same ?? reading.tasks.find((task) => canonicalName(task.ref) === canonicalName(ref)) ?? null;
}

/** For a terminal; with plain `colors` the marks are brackets: 【时限：8月底前】. */
export function explain(reading: Reading, task: ReadTask, colors: Colors): string {
  const places = placesIn(reading.document);
  const mark = marker(colors);
  const { start, end } = task.source.span;
  const heading = colors.bold(`${oneLine(task.ref)} ${oneLine(task.title)}`);
  return [
    `${heading}  ${colors.dim(`${oneLine(task.place)}，位置 ${start}–${end}`)}`,
    ...(colors.isColorSupported ? [`标记：${KINDS.map((kind) => mark(kind, WORDS[kind])).join(' ')}`] : []),
    '',
    indented(markedText(reading.document.text, task, mark)),
    '',
    ...fieldsOf(task, places, colors),
    ...(task.doubts.length === 0 ? ['没有疑点。'] : [colors.yellow('请核对')]),
    ...task.doubts.map(({ field, reason }) => `  ${WORDS[field]}：${oneLine(reason, 1_000)}`),
  ].join('\n');
}

type Marker = (kind: Kind, words: string) => string;

function marker(colors: Colors): Marker {
  if (!colors.isColorSupported) return (kind, words) => `【${WORDS[kind]}：${words}】`;
  const paint: Readonly<Record<Kind, (words: string) => string>> = {
    deadlines: (words) => colors.bold(colors.yellow(words)),
    lead: colors.green,
    cooperate: colors.cyan,
    title: colors.underline,
  };
  // Line by line: the indent of the next line is no part of the words.
  return (kind, words) => words.split('\n').map(paint[kind]).join('\n');
}

function markedText(text: string, task: ReadTask, mark: Marker): string {
  const { start, end } = task.source.span;
  const title = titleSpan(text, task);
  const spans: Readonly<Record<Kind, readonly Span[]>> = {
    deadlines: task.deadlines.map(({ span }) => span),
    lead: task.lead.map(({ span }) => span),
    cooperate: task.cooperate.map(({ span }) => span),
    title: title === null ? [] : [title],
  };
  // For each character 1 + the index of its kind, 0 where it was not used.
  const kinds = new Uint8Array(end - start);
  for (const [index, kind] of [...KINDS.entries()].toReversed()) {
    for (const span of spans[kind]) kinds.fill(index + 1, Math.max(0, span.start - start), Math.max(0, span.end - start));
  }
  // Two units side by side stay two.
  const begins = new Set(KINDS.flatMap((kind) => spans[kind].map((span) => span.start - start)));
  let marked = '';
  for (let at = 0, next = 0; at < kinds.length; at = next) {
    for (next = at + 1; next < kinds.length && kinds[next] === kinds[at]; next += 1)
      if (kinds[at] !== 0 && begins.has(next)) break;
    const words = printable(text.slice(start + at, start + next));
    const kind = KINDS[(kinds[at] ?? 0) - 1];
    marked += kind === undefined ? words : mark(kind, words);
  }
  return marked;
}

/** A title is a few words of the task's text. */
function titleSpan(text: string, task: ReadTask): Span | null {
  const body = Passage.of(text, [task.source.span]);
  const title = Passage.of(task.title, [{ start: 0, end: task.title.length }]).text;
  const at = title === '' ? -1 : body.text.indexOf(title);
  return at === -1 ? null : body.span(at, at + title.length);
}

function fieldsOf(task: ReadTask, places: Places, colors: Colors): string[] {
  const origin = ({ quote, span }: Origin, ...how: readonly string[]): string => {
    const place = places.at(span)?.place ?? '';
    const where = `原文“${oneLine(quote, 200)}”，${place === '' ? '' : `${place}，`}位置 ${span.start}–${span.end}`;
    return `    ${colors.dim([where, ...how].join('；'))}`;
  };
  const deadlines = task.deadlines.flatMap((each) => {
    // A recurring one has its rule as its value.
    const rule = each.kind === 'recurring' ? [] : [`规则：${oneLine(each.rule)}`];
    const inferred = 'inferred' in each && each.inferred !== undefined ? [oneLine(each.inferred)] : [];
    return [`  ${timeInWords(each)}`, origin(each, ...rule, ...inferred)];
  });
  const units = (role: 'lead' | 'cooperate'): string[] =>
    task[role].flatMap((unit) => [`  ${oneLine(unit.name)}`, origin(unit, `规则：${oneLine(unit.rule)}`)]);
  const section = (kind: Kind, lines: readonly string[]): string[] => [
    WORDS[kind],
    ...(lines.length === 0 ? ['  （无）'] : lines),
  ];
  return [...section('deadlines', deadlines), ...section('lead', units('lead')), ...section('cooperate', units('cooperate'))];
}

const RULES: Readonly<Record<string, string>> = { yearly: '每年', 'half-yearly': '每半年', quarterly: '每季度', monthly: '每月' };

/** `2022-08-31 前`, `每年 03-31 前`. */
function timeInWords(deadline: ReadDeadline | OpenDeadline): string {
  switch (deadline.kind) {
    case 'by':
    case 'from':
      if (deadline.date === null) return `“${oneLine(deadline.text)}”：没有定下日期`;
      return deadline.kind === 'by' ? `${deadline.date} 前` : `自 ${deadline.date} 起`;
    case 'recurring':
      return ruleInWords(deadline.rule);
    case 'ongoing':
      return '持续推进，没有期限';
  }
}

function ruleInWords(rule: Rule): string {
  const day = /^yearly (?<day>\d\d-\d\d)$/u.exec(rule)?.groups?.['day'];
  return day === undefined ? (RULES[rule] ?? rule) : `每年 ${day} 前`;
}

function indented(text: string): string {
  return text
    .split('\n')
    .filter((line, index, lines) => line.trim() !== '' || lines[index - 1]?.trim() !== '')
    .map((line) => (line.trim() === '' ? '' : `  ${line}`))
    .join('\n');
}

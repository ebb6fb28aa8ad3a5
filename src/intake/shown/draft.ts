// A reading as a schedule: what a person is to confirm, in the schedule's own limits. Whatever cannot be taken over as it was read
// is asked in `review`, beside every doubt of the reading.

import type { Deadline } from '../../domain/deadline.ts';
import { canonicalName } from '../../domain/directory.ts';
import type { Schedule, Task } from '../../domain/notice.ts';
import { freeRef } from '../clauses/refs.ts';
import { quoteOf } from './context.ts';
import { type Places, placesIn } from '../place.ts';
import { oneLine } from './printable.ts';
import { isOpen, type ReadDeadline, type Reading, type ReadTask, type ReadUnit } from '../reading.ts';

export interface DraftOptions {
  /** The schedule's name: lower-case letters, digits and hyphens. */
  readonly name: string;
  readonly office: string;
  readonly year: number;
  /** They outrank the document. */
  readonly title: string | null;
  readonly number: string | null;
}

/** The schedule that the draft's file holds. What concerns the whole notice is asked with the first task. */
export function draftSchedule(reading: Reading, options: DraftOptions): Schedule {
  const { notice, document } = reading;
  const issuedOn = notice.issuedOn?.value ?? null;
  const read = oneLine(options.title ?? notice.title?.value ?? '', 200);
  const fallback = oneLine(/([^/\\]+)\.[a-z]{2,8}$/iu.exec(document.file)?.[1] ?? '', 200) || '（请填写通知全称）';
  const title = read === '' ? fallback : read;
  const assumedIssuedOn = issuedOn === null ? `${options.year}-01-01` : null;
  const general = [
    ...(read === '' ? [`没有读到通知的题名，暂写“${title}”；它会写进每封信，请在 notice.title 改为通知全称`] : []),
    ...(assumedIssuedOn === null
      ? []
      : [`没有读到成文日期，暂按 ${assumedIssuedOn} 起算；知道的话，请把 notice 的 assumedIssued 一行改成 issued 并写上日期`]),
    ...reading.doubts,
  ].map((each) => reviewLine(`整份文件：${each}`));
  const places = placesIn(document);
  const refs = new Set<string>();
  const tasks = reading.tasks.map((task, index) => {
    const ref = freeRef(oneLine(task.ref, 50) || `第${index + 1}项`, refs);
    return draftTask(reading, task, ref, places, index === 0 ? general : []);
  });
  return {
    name: options.name,
    office: options.office,
    notice: {
      title,
      number: oneLineOrNull(options.number ?? notice.number?.value),
      issuer: oneLineOrNull(notice.issuer?.value),
      issuedOn,
      assumedIssuedOn,
      year: options.year,
    },
    tasks,
  };
}

function draftTask({ document }: Reading, task: ReadTask, ref: string, places: Places, general: readonly string[]): Task {
  const title = oneLine(task.title);
  const lead = names(task.lead, new Set());
  const cooperate = names(task.cooperate, new Set(lead.map(canonicalName)));
  const asked = new Set(task.doubts.map(({ field }) => field));
  const both = task.cooperate.filter(({ name }) =>
    lead.some((each) => canonicalName(each) === canonicalName(oneLine(name, 100))),
  );
  const review = [
    ...general,
    ...task.doubts.map(({ reason }) => reviewLine(reason)),
    ...(title === '' ? ['没有拟出标题，请填写'] : []),
    ...(asked.has('deadlines')
      ? []
      : task.deadlines.filter(isOpen).map(({ quote }) => reviewLine(`“${quote}”没有定下日期，请补上`))),
    ...(asked.has('cooperate') ? [] : both.map(({ name }) => reviewLine(`${name} 既是牵头又是配合，只列为牵头，请确认`))),
  ];
  return {
    ref,
    title: title === '' ? '（请填写标题）' : title,
    quote: quoteOf(document, places, task.source.span),
    deadlines: task.deadlines.filter((each) => !isOpen(each)).map(deadlineOf),
    lead,
    cooperate,
    review,
    groups: {},
  };
}

/** Without the words it rests on: they stand in the file as comments. */
function deadlineOf(read: ReadDeadline): Deadline {
  const text = oneLine(read.text) || oneLine(read.quote) || '（原文见上）';
  const inferred = read.inferred === undefined ? '' : oneLine(read.inferred);
  const words = inferred === '' ? { text } : { text, inferred };
  switch (read.kind) {
    case 'by':
    case 'from':
      return { kind: read.kind, date: read.date, ...words };
    case 'recurring':
      return { kind: 'recurring', rule: read.rule, ...words };
    case 'ongoing':
      return { kind: 'ongoing', ...words };
  }
}

function names(units: readonly ReadUnit[], taken: Set<string>): readonly string[] {
  return units.flatMap((unit) => {
    const name = oneLine(unit.name, 100);
    if (name === '' || taken.has(canonicalName(name))) return [];
    taken.add(canonicalName(name));
    return [name];
  });
}

function oneLineOrNull(text: string | null | undefined): string | null {
  const line = oneLine(text ?? '', 100);
  return line === '' ? null : line;
}

function reviewLine(text: string): string {
  const line = oneLine(text, 1_000);
  return line === '' ? '请核对原文' : line;
}

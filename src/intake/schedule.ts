// The schedule file: a notice as a plan of work that a coordinator reads, edits and confirms.

import { Document, isMap, isPair, isScalar, isSeq, visit, type YAMLMap, type YAMLSeq } from 'yaml';
import { z } from 'zod';

import type { Deadline, Rule } from '../domain/deadline.ts';
import { canonicalName } from '../domain/directory.ts';
import type { Schedule, Task } from '../domain/notice.ts';
import type { Result } from '../domain/result.ts';
import { errorAt, readYaml, type Source, type SourceError, sorted, type YamlDocument } from '../yaml.ts';
import { line, passage, slug } from '../yaml-fields.ts';

const name = line(100);
const date = z.iso.date();
const rule = z
  .string()
  .refine((text) => ['yearly', 'half-yearly', 'quarterly', 'monthly'].includes(text) || isYearly(text))
  .describe('yearly MM-DD（如 yearly 03-31）、yearly、half-yearly、quarterly、monthly 之一')
  .transform((text) => text as Rule);

const KINDS = ['by', 'from', 'recurring', 'ongoing'] as const;

const deadline = z
  .strictObject({
    by: date.optional(),
    from: date.optional(),
    recurring: rule.optional(),
    ongoing: z.literal(true).optional(),
    text: line(500),
    inferred: line(500).optional(),
  })
  .superRefine((value, context) => {
    const present = KINDS.filter((kind) => value[kind] !== undefined);
    if (present.length === 1) return;
    const now = present.length === 0 ? '现在一个也没有' : `现有 ${present.join(' 和 ')}；两个时间请写成两条`;
    context.addIssue({ code: 'custom', message: `需要 by、from、recurring、ongoing 中恰好一个，${now}` });
  })
  .transform(({ by, from, recurring, text, inferred }): Deadline => {
    const written = inferred === undefined ? { text } : { text, inferred };
    if (by !== undefined) return { kind: 'by', date: by, ...written };
    if (from !== undefined) return { kind: 'from', date: from, ...written };
    return recurring === undefined ? { kind: 'ongoing', ...written } : { kind: 'recurring', rule: recurring, ...written };
  });

// A list whose last line was deleted: its key stays, with nothing after it.
const list = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);

const task = z.strictObject({
  ref: line(60),
  title: line(500),
  quote: passage(20_000).nullable().default(null),
  deadlines: list(deadline),
  lead: list(name),
  cooperate: list(name),
  groups: z.record(name, z.array(name).min(1)).default({}),
  review: list(line(1000)),
});

const notice = z
  .strictObject({
    title: line(200),
    number: line(100).nullable().default(null),
    issuer: line(100).nullable().default(null),
    issued: date.nullable().default(null),
    assumedIssued: date.optional(),
    year: z.int().min(1990).max(2100),
  })
  .superRefine(({ issued, assumedIssued }, context) => {
    const complain = (message: string) => context.addIssue({ code: 'custom', path: ['assumedIssued'], message });
    if (issued === null && assumedIssued === undefined) complain('缺少此项：没有成文日期（issued 为空）时，需要写明按哪一天起算');
    if (issued !== null && assumedIssued !== undefined) complain('已有成文日期 issued，需要去掉 assumedIssued');
  })
  .transform(({ issued, assumedIssued, ...rest }) => ({ ...rest, issuedOn: issued, assumedIssuedOn: assumedIssued ?? null }));

const file = z.strictObject({ schedule: slug('ruicheng-2022'), office: slug('ruicheng'), notice, tasks: z.array(task).min(1) });

/** Reads a schedule file; every problem is listed, those of one task never hide those of another. */
export function readSchedule(source: Source): Result<Schedule, SourceError> {
  const read = readYaml(file, source);
  const errors = sorted([...(read.ok ? [] : read.errors), ...crossErrors(read.document)]);
  if (!read.ok || errors.length > 0) return { ok: false, errors };
  const { schedule, ...rest } = read.value;
  return { ok: true, value: { name: schedule, ...rest } };
}

// What can be compared even where other fields are wrong: `catch` keeps every place in its list.
const names = z.array(z.string().catch('')).catch([]);
const nothing = { ref: '', lead: [], cooperate: [], groups: {} };
const comparable = z.object({
  tasks: z
    .array(
      z
        .object({
          ref: z.string().catch(''),
          lead: names,
          cooperate: names,
          groups: z.record(z.string(), z.unknown()).catch({}),
        })
        .catch(nothing),
    )
    .catch([]),
});

function crossErrors(document: YamlDocument): SourceError[] {
  const parsed = comparable.safeParse(document.data);
  if (!parsed.success) return [];
  const refs = new Map<string, number>();
  return parsed.data.tasks.flatMap((each, index) => {
    const errors = unitErrors(document, index, each);
    const before = refs.get(each.ref);
    if (before !== undefined) {
      errors.push(errorAt(document, ['tasks', index, 'ref'], `编号 ${each.ref} 与第 ${before + 1} 项重复，需要各不相同`));
    } else if (each.ref !== '') {
      refs.set(each.ref, index);
    }
    return errors;
  });
}

function unitErrors(
  document: YamlDocument,
  index: number,
  { lead, cooperate, groups }: z.infer<typeof comparable>['tasks'][number],
) {
  const seen = new Map<string, string>();
  const errors: SourceError[] = [];
  for (const [role, listed] of [
    ['lead', lead],
    ['cooperate', cooperate],
  ] as const) {
    for (const [place, each] of listed.entries()) {
      if (each === '') continue;
      const before = seen.get(canonicalName(each));
      const problem = before === role ? `${each} 写了两次，只需一次` : `${each} 已是本项的 lead，不能又是 cooperate；只留一处`;
      if (before === undefined) seen.set(canonicalName(each), role);
      else errors.push(errorAt(document, ['tasks', index, role, place], problem));
    }
  }
  for (const group of Object.keys(groups)) {
    if (seen.has(canonicalName(group))) continue;
    errors.push(errorAt(document, ['tasks', index, 'groups', group], `${group} 不在本项的 lead 或 cooperate 中`, 'key'));
  }
  return errors;
}

function isYearly(text: string): boolean {
  const day = /^yearly (\d{2}-\d{2})$/u.exec(text)?.[1];
  // A leap year: 02-29 stands for the end of February.
  return day !== undefined && date.safeParse(`2024-${day}`).success;
}

/** Writes the file that `readSchedule` reads back to the same value: one task a paragraph, short lists on one line. */
export function writeSchedule(schedule: Schedule): string {
  return printSchedule(layOutSchedule(schedule));
}

/** The file as a tree, for whoever adds comments to it. */
export function layOutSchedule(schedule: Schedule): Document {
  const { title, number, issuer, issuedOn, assumedIssuedOn, year } = schedule.notice;
  const dates = issuedOn === null ? { issued: null, assumedIssued: assumedIssuedOn } : { issued: issuedOn };
  const content = {
    schedule: schedule.name,
    office: schedule.office,
    notice: { title, number, issuer, ...dates, year },
    tasks: schedule.tasks.map(inYaml),
  };
  // Equal lists would else become anchors and aliases.
  const document = new Document(content, { aliasDuplicateObjects: false });
  visit(document, { Map: (_, node) => layOut(node), Seq: (_, node) => layOut(node) });
  const tasks = document.get('tasks');
  if (isSeq(tasks)) for (const each of tasks.items.slice(1)) if (isMap(each)) each.spaceBefore = true;
  return document;
}

export function printSchedule(document: Document): string {
  return document.toString({ lineWidth: 0, flowCollectionPadding: false, nullStr: 'null' });
}

function inYaml({ ref, title, quote, deadlines, lead, cooperate, groups, review }: Task): object {
  return {
    ref,
    title,
    deadlines: deadlines.map(writtenDeadline),
    lead,
    cooperate,
    ...(Object.keys(groups).length === 0 ? {} : { groups }),
    ...(review.length === 0 ? {} : { review }),
    // Long, and only looked at: it would stand between the title and what is edited.
    ...(quote === null ? {} : { quote }),
  };
}

function writtenDeadline(value: Deadline): object {
  const { text, inferred } = value;
  const words = inferred === undefined ? { text } : { text, inferred };
  switch (value.kind) {
    case 'by':
      return { by: value.date, ...words };
    case 'from':
      return { from: value.date, ...words };
    case 'recurring':
      return { recurring: value.rule, ...words };
    case 'ongoing':
      return { ongoing: true, ...words };
  }
}

/** Short leaves on one line; what is long, a sentence, or holds something larger, indented. */
function layOut(node: YAMLMap | YAMLSeq): void {
  const leaves = node.items.flatMap((item) => (isPair(item) ? [item.key, item.value] : [item]));
  const width = leaves.reduce<number>((sum, leaf) => sum + (isScalar(leaf) ? String(leaf.value).length + 2 : 100), 0);
  const sentence = isSeq(node) && leaves.some((leaf) => isScalar(leaf) && /[，。；]/u.test(String(leaf.value)));
  node.flow = node.items.length === 0 || (width <= 56 && !sentence);
}

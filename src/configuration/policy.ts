// config/policy.yaml: which stages a duty passes, and for which duties. The file's own words are explained at its head.

import { z } from 'zod';

import type { Ladder, LadderMatch, Policy, Recipient, Stage, StageTiming } from '../domain/policy.ts';
import type { Result } from '../domain/result.ts';
import { errorAt, type Path, readYaml, type Source, type SourceError, sorted, type YamlDocument } from '../yaml.ts';

export interface PolicyFile {
  readonly policy: Policy;
  /** `file:line:column` of each stage, by id, and of each ladder, by name. */
  readonly places: { readonly stages: ReadonlyMap<string, string>; readonly ladders: ReadonlyMap<string, string> };
}

const SIDES = { 责任单位: 'unit', 督办单位: 'supervisor' } as const;

const id = z
  .string()
  .regex(/^[\w+-]{1,30}$/u)
  .describe('由字母、数字和 + - 组成的代号');
const recipient = z
  .string()
  .regex(/^(?:责任单位|督办单位)\.[^\s./]+$/u)
  .describe('“责任单位.岗位”或“督办单位.岗位”，如 责任单位.联络员')
  .transform((text): Recipient => {
    const [side, post = ''] = text.split('.');
    return { of: SIDES[side as keyof typeof SIDES], post };
  });

const when = z
  .strictObject({
    on: z.enum(['confirmed', 'extended', 'past-due', 'due']).optional(),
    before: z.int().min(0).max(250).optional(),
    after: z.int().min(1).max(250).optional(),
    every: z.enum(['month', 'quarter', 'half-year', 'year']).optional(),
    days: z.enum(['working', 'calendar']).optional(),
  })
  .describe('{ before: 7 }、{ after: 3 }、{ on: due } 或 { every: quarter, before: 5 } 这样的写法')
  .transform((written, context): StageTiming => {
    const timing = timingOf(written);
    if (timing !== null) return timing;
    context.addIssue({
      code: 'custom',
      message: '只能是 { before: 7 }、{ after: 3 }、{ on: due } 或 { every: quarter, before: 5 } 中的一种写法',
    });
    return z.NEVER;
  });

const said = {
  to: z.array(recipient).min(1),
  cc: z.array(recipient),
  via: z.array(z.enum(['email', 'sms'])).min(1),
  letter: id,
  rung: z.int().min(0).max(9),
};

const stage = z.strictObject({
  id,
  when,
  repeatEvery: z.int().min(1).max(250).nullable().default(null),
  ...said,
  cc: said.cc.default([]),
  rung: said.rung.default(0),
});

const step = z
  .union([id, z.strictObject({ stage: id, ...z.object(said).partial().shape })])
  .describe('环节代号，或 { stage: 环节代号, to: […], … }')
  .transform((written) => (typeof written === 'string' ? { stage: written } : written));

const rule = z.strictObject({
  roles: z
    .array(z.enum(['lead', 'cooperate']))
    .min(1)
    .optional(),
  kinds: z
    .array(z.enum(['by', 'from', 'recurring', 'ongoing']))
    .min(1)
    .optional(),
  rules: z
    .array(z.templateLiteral(['yearly ', z.string()]).or(z.enum(['yearly', 'half-yearly', 'quarterly', 'monthly'])))
    .min(1)
    .optional(),
  external: z.boolean().optional(),
  units: z.array(z.string().min(1)).min(1).optional(),
  schedules: z.array(z.string().min(1)).min(1).optional(),
  refs: z.array(z.string().min(1)).min(1).optional(),
  ladder: id,
});

const file = z.strictObject({
  version: z
    .string()
    .regex(/^\S{1,40}$/u)
    .describe('版本，建议写改动日期，如 2026-11-21'),
  stages: z.array(stage).min(1),
  ladders: z.record(id, z.array(step).min(1)),
  rules: z.array(rule).min(1),
});
type File = z.output<typeof file>;

/** Reads `policy.yaml`. Names that point nowhere, rungs that skip and rules that leave a duty out are errors too, all at once. */
export function readPolicy(source: Source): Result<PolicyFile, SourceError> {
  const read = readYaml(file, source);
  if (!read.ok) return read;
  const { version, stages, ladders, rules } = read.value;
  const place = (path: Path): string => {
    const { line, column } = read.at(path);
    return `${source.file}:${line}:${column}`;
  };
  const byId = new Map(stages.map((each): [string, Stage] => [each.id, stageOf(each)]));
  const built = new Map(Object.entries(ladders).map(([name, steps]) => [name, ladderOf(name, steps, byId)]));
  const errors = sorted([
    ...stageErrors(read.value, read.document),
    ...ladderErrors(read.value, built, read.document),
    ...ruleErrors(read.value, read.document),
  ]);
  if (errors.length > 0) return { ok: false, errors };
  return {
    ok: true,
    value: {
      policy: { version, ladders: built, rules: rules.map(({ ladder, ...match }) => ({ match: matchOf(match), ladder })) },
      places: {
        stages: new Map(stages.map((each, index) => [each.id, place(['stages', index, 'id'])])),
        ladders: new Map(Object.keys(ladders).map((name) => [name, place(['ladders', name])])),
      },
    },
  };
}

interface WrittenTiming {
  readonly on?: 'confirmed' | 'extended' | 'past-due' | 'due' | undefined;
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly every?: 'month' | 'quarter' | 'half-year' | 'year' | undefined;
  readonly days?: 'working' | 'calendar' | undefined;
}

function timingOf({ on, before, after, every, days = 'working' }: WrittenTiming): StageTiming | null {
  const written = [on, before, after, every].filter((each) => each !== undefined).length;
  if (every !== undefined && before !== undefined) return written === 2 ? { every, before } : null;
  if (written !== 1) return null;
  if (before !== undefined) return before > 0 ? { offset: -before, days } : null;
  if (after !== undefined) return { offset: after, days };
  if (on === undefined) return null;
  return on === 'due' ? { offset: 0, days } : { on };
}

function stageOf({ when: timing, ...written }: File['stages'][number]): Stage {
  return { ...written, timing };
}

function ladderOf(name: string, steps: File['ladders'][string], stages: ReadonlyMap<string, Stage>): Ladder {
  return {
    name,
    stages: steps.flatMap(({ stage: wanted, ...overrides }) => {
      const base = stages.get(wanted);
      return base === undefined ? [] : [{ ...base, ...withoutUndefined(overrides) }];
    }),
  };
}

function matchOf(match: Omit<File['rules'][number], 'ladder'>): LadderMatch {
  return withoutUndefined(match);
}

function stageErrors({ stages }: File, document: YamlDocument): SourceError[] {
  return stages.flatMap(({ id: name, when: timing, repeatEvery, rung }, index) => {
    const wrong = (field: string, message: string): SourceError => errorAt(document, ['stages', index, field], message);
    const errors: SourceError[] = [];
    if (stages.findIndex((each) => each.id === name) < index) errors.push(wrong('id', `环节 ${name} 重复，每个环节只写一次`));
    if (repeatEvery !== null && !('offset' in timing))
      errors.push(wrong('repeatEvery', '只有 before、after、on: due 的环节可以重复'));
    if (rung > 0 && !('offset' in timing && timing.offset > 0)) errors.push(wrong('rung', '只有 after 的环节可以升级'));
    return errors;
  });
}

function ladderErrors({ stages, ladders }: File, built: ReadonlyMap<string, Ladder>, document: YamlDocument): SourceError[] {
  const known = new Set(stages.map((each) => each.id));
  return Object.entries(ladders).flatMap(([name, steps]) => {
    const errors: SourceError[] = [];
    for (const [index, { stage: wanted }] of steps.entries()) {
      const path = ['ladders', name, index];
      if (!known.has(wanted)) errors.push(errorAt(document, path, `stages 中没有环节 ${wanted}，可用：${[...known].join('、')}`));
      if (steps.findIndex((each) => each.stage === wanted) < index)
        errors.push(errorAt(document, path, `环节 ${wanted} 在本阶梯中重复`));
    }
    const rungs = (built.get(name)?.stages ?? []).filter((each) => each.rung > 0).toSorted((a, b) => offset(a) - offset(b));
    const skipped = rungs.find((each, index) => each.rung !== index + 1);
    if (skipped !== undefined) {
      const order = rungs.map((each) => `${each.id} 第${each.rung}级`).join('、');
      errors.push(errorAt(document, ['ladders', name], `级次应按时间先后为1、2、3…，现为：${order}`, 'key'));
    }
    return errors;
  });
}

function ruleErrors({ ladders, rules }: File, document: YamlDocument): SourceError[] {
  const errors = rules.flatMap(({ ladder }, index) =>
    Object.hasOwn(ladders, ladder)
      ? []
      : [errorAt(document, ['rules', index, 'ladder'], `ladders 中没有阶梯 ${ladder}，可用：${Object.keys(ladders).join('、')}`)],
  );
  for (const [index, { ladder: _, ...match }] of rules.entries()) {
    const open = Object.values(match).every((condition) => condition === undefined);
    const last = index === rules.length - 1;
    if (last && !open) errors.push(errorAt(document, ['rules', index], '最后一条不能写条件：不符合以上各条的任务也要有阶梯'));
    if (!last && open) errors.push(errorAt(document, ['rules', index], '此条没有条件，其后的各条永不生效：请移到最后'));
  }
  return errors;
}

function offset({ timing }: Stage): number {
  return 'offset' in timing ? timing.offset : 0;
}

function withoutUndefined<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

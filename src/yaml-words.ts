// Says in Chinese what is wrong with a value or a line of YAML, and what would be right.

import type { YAMLError } from 'yaml';
import { z } from 'zod';

const fallback = z.locales.zhCN().localeError;

/** A zod error map. `known` is filled with the keys an object allows, by the unknown keys found in it. */
export function issueWords(known: Map<string, readonly string[]>): z.core.$ZodErrorMap {
  return (issue) => {
    const schema = owner(issue);
    if (issue.code === 'unrecognized_keys') {
      if (schema instanceof z.ZodObject) known.set(issue.keys.join('\n'), Object.keys(schema.shape));
      return `不认识的键 ${issue.keys.join('、')}`;
    }
    if ((issue.code === 'too_small' || issue.code === 'too_big') && Array.isArray(issue.input)) {
      const bound = issue.code === 'too_small' ? `至少 ${issue.minimum}` : `最多 ${issue.maximum}`;
      return `需要${bound} 项，现有 ${issue.input.length} 项`;
    }
    const wanted = schema === null ? null : describe(schema);
    if (wanted === null) return fallback(issue);
    if (issue.input === undefined) return `缺少此项：需要${wanted}`;
    const discriminator = issue.code === 'invalid_union' ? issue.discriminator : undefined;
    const input = discriminator === undefined ? issue.input : (issue.input as Record<string, unknown>)[discriminator];
    if (discriminator !== undefined && input === undefined) return `缺少此项：需要${wanted}`;
    const now = schema?.meta()?.['private'] === true ? '现值不合要求' : `现为${show(input)}`;
    return `需要${wanted}，${now}${advice(schema, input)}`;
  };
}

/** What the schema accepts, in words that can stand after 需要 (a leading space before Latin letters and digits). */
function describe(schema: z.core.$ZodType): string | null {
  const described = schema instanceof z.ZodType ? schema.description : undefined;
  if (described !== undefined) return spaced(described);
  if (schema instanceof z.ZodEnum) return oneOf(schema.options);
  if (schema instanceof z.ZodLiteral) return oneOf([...schema.values]);
  if (schema instanceof z.ZodNumber) return spaced(numbers(schema));
  if (schema instanceof z.ZodBoolean) return ' true 或 false';
  if (schema instanceof z.ZodNull) return '空值 null';
  if (schema instanceof z.ZodArray) return '列表（每项以“- ”开头，或写成 [甲, 乙]）';
  if (schema instanceof z.ZodObject) return `若干“键: 值”（${Object.keys(schema.shape).slice(0, 8).join('、')}）`;
  if (schema instanceof z.ZodRecord) return '若干“键: 值”';
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return describe(schema.def.innerType);
  }
  if (schema instanceof z.ZodPipe) return describe(schema.def.in);
  if (schema instanceof z.ZodDiscriminatedUnion)
    return oneOf(schema.def.options.flatMap((each) => discriminants(each, schema.def.discriminator)));
  if (schema instanceof z.ZodUnion) return schema.def.options.map((each) => describe(each) ?? '').join('，或');
  if (schema instanceof z.ZodISODate) return ' YYYY-MM-DD 格式、日历上确有的日期';
  if (schema instanceof z.ZodEmail) return '邮箱地址';
  if (schema instanceof z.ZodURL) return '网址';
  if (schema instanceof z.ZodString) return text(schema);
  return null;
}

function text(schema: z.ZodString): string | null {
  if (schema.format !== null) return null;
  const { minLength, maxLength } = schema;
  const filled = (minLength ?? 0) > 0 ? '非空的文字' : '文字';
  if (maxLength !== null) return `${filled}（最多 ${maxLength} 字）`;
  return minLength !== null && minLength > 1 ? `${filled}（至少 ${minLength} 字）` : filled;
}

function numbers(schema: z.ZodNumber): string {
  const kind = schema.isInt ? '整数' : '数';
  const bounded = (bound: number | null) => (bound === null || Math.abs(bound) >= Number.MAX_SAFE_INTEGER ? null : bound);
  const [low, high] = [bounded(schema.minValue), bounded(schema.maxValue)];
  if (low !== null && high !== null) return `${low}–${high} 的${kind}`;
  if (low !== null) return `不小于 ${low} 的${kind}`;
  return high === null ? kind : `不大于 ${high} 的${kind}`;
}

function discriminants(option: unknown, key: string): unknown[] {
  const value = option instanceof z.ZodObject ? (option.shape as Record<string, unknown>)[key] : null;
  return value instanceof z.ZodLiteral ? [...value.values] : [];
}

function oneOf(values: readonly unknown[]): string {
  return values.length === 1 ? spaced(String(values[0])) : spaced(`${values.map(String).join('、')} 之一`);
}

function spaced(words: string): string {
  return /^[\p{Script=Han}“（]/u.test(words) ? words : ` ${words}`;
}

function show(input: unknown): string {
  if (input === null) return '空';
  if (Array.isArray(input)) return '列表';
  if (typeof input === 'object') return '“键: 值”';
  if (typeof input === 'number' || typeof input === 'boolean') return ` ${input}`;
  if (typeof input !== 'string') return typeof input;
  return ` ${JSON.stringify(input.length > 40 ? `${input.slice(0, 40)}…` : input)}`;
}

function advice(schema: z.core.$ZodType | null, input: unknown): string {
  if (typeof input === 'string' && schema instanceof z.ZodEnum) {
    const close = nearest(input, schema.options.map(String));
    return close === null ? '' : `，是否想写 ${close}？`;
  }
  const structured = schema instanceof z.ZodObject || schema instanceof z.ZodRecord;
  if (typeof input === 'string' && structured && input.includes('：')) return `（${FULL_WIDTH_COLON}）`;
  if (typeof input === 'boolean' && schema instanceof z.ZodString) return '（是文字就加引号）';
  return '';
}

function owner(issue: z.core.$ZodRawIssue): z.ZodType | null {
  const schema = issue.schema ?? issue.inst;
  return schema instanceof z.ZodType ? schema : null;
}

const FULL_WIDTH_COLON = '键后面要用半角冒号“:”并空一格，不能用全角“：”';

const SYNTAX: Partial<Record<YAMLError['code'], string>> = {
  BAD_ALIAS: '以 * 或 & 开头的内容写法不对；是文字就加引号',
  BAD_DQ_ESCAPE: '双引号里的 \\ 写法不对：要写反斜杠本身请用 \\\\，或改用单引号',
  BAD_INDENT: '缩进不对：同一层的各行要左对齐，用空格',
  BAD_SCALAR_START: '文字不能以 @ 或 ` 开头；请加引号',
  BLOCK_AS_IMPLICIT_KEY: '一行里只能有一个“键: 值”；值里有“: ”时请给值加引号',
  BLOCK_IN_FLOW: '[ ] 或 { } 里面不能再按缩进分行写；请改为缩进写法',
  KEY_OVER_1024_CHARS: '键过长；可能是引号或括号没有配对',
  MISSING_CHAR: '少了符号：引号、] 、} 要成对，列表项之间用半角逗号，“:”“-”后要空一格',
  MULTILINE_IMPLICIT_KEY: '这一行不成“键: 值”；也可能是上一行的文字断了行',
  MULTIPLE_DOCS: '一个文件里只能有一份内容：请去掉中间的“---”',
  NON_STRING_KEY: '键只能是文字',
  RESOURCE_EXHAUSTION: '嵌套过深',
  TAB_AS_INDENT: '缩进里有制表符（Tab）；请改用空格',
  TAG_RESOLVE_FAILED: '不支持的标签（! 开头）；是文字就加引号',
  UNEXPECTED_TOKEN: '此处多了内容：检查括号、引号和半角逗号是否配对',
};

/** One of the parser's complaints; `line` is the line it stands on. */
export function syntaxWords(problem: Pick<YAMLError, 'code' | 'message'>, line: string): string {
  const words =
    bracketWords(problem, line) ?? SYNTAX[problem.code] ?? `不合 YAML 写法（${problem.message.split('\n')[0] ?? problem.code}）`;
  if (/^\s*(?:- )?[\w-]{1,40}：/u.test(line)) return `${words}（${FULL_WIDTH_COLON}）`;
  if (/^\s*(?:- )?[\w-]{1,40}:[^\s]/u.test(line)) return `${words}（“:”后要空一格）`;
  return words;
}

/** Brackets that were not closed, were typed full-width, or hold two entries with no comma: the slips of an ordinary editor. */
function bracketWords({ code, message }: Pick<YAMLError, 'code' | 'message'>, line: string): string | null {
  const open = /^Flow (?:sequence|map) .* end with a ([\]}])$/u.exec(message)?.[1];
  if (open !== undefined) return `上面的 ${open === ']' ? '[' : '{'} 没有与它成对的 ${open}；请在那一行末尾补上`;
  if (/^\s*(?:- |[\w-]{1,40}: )[｛［]/u.test(line)) return '括号要用半角的 { } [ ]，不能用全角的 ｛ ｝ ［ ］';
  if (code === 'BLOCK_IN_FLOW' && /[[{].*[\]}]\s*$/u.test(line))
    return '[ ] 或 { } 里面的各项之间要用半角逗号“,”隔开，这里少了一个';
  return null;
}

/** The candidate a person most likely meant, or null when none is close. */
export function nearest(written: string, candidates: readonly string[]): string | null {
  if (written.length > 60) return null;
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: distance(written.toLowerCase(), candidate.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance);
  const [best] = ranked;
  if (best === undefined) return null;
  return best.distance <= Math.max(1, Math.floor(best.candidate.length / 3)) ? best.candidate : null;
}

/** Edits between two words, a swap of neighbours counted once. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((rows[i - 1]?.[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (rows[i - 1]?.[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (rows[i - 2]?.[j - 2] ?? 0) + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return rows.at(-1)?.at(-1) ?? 0;
}

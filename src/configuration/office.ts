// config/office.yaml: under whose name letters go out, when, and how many a day.

import { z } from 'zod';

import { isAddrSpec } from '../domain/mail-address.ts';
import type { Office } from '../domain/office.ts';
import type { Result } from '../domain/result.ts';
import { errorAt, readYaml, type Source, type SourceError, sorted } from '../yaml.ts';
import { line, slug } from '../yaml-fields.ts';

export interface Offices {
  readonly offices: ReadonlyMap<string, Office>;
  /** `file:line:column` of each office, by id. */
  readonly places: ReadonlyMap<string, string>;
}

const mailbox = z
  .string()
  .refine(isAddrSpec)
  .meta({ description: '一个邮箱地址（如 zwgk@ruicheng.example，半角，不含姓名）', private: true });

const clockTime = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/u)
  .describe('24小时制的时刻，如 08:30');
const cap = z.int().min(0).max(20);

const defaults = z.strictObject({
  zone: z.string().refine(isZone).describe('时区名称，如 Asia/Shanghai'),
  locale: z
    .string()
    .regex(/^[a-z]{2}(?:-[A-Z][A-Za-z]+)*$/u)
    .describe('语言代码，如 zh-CN'),
  hours: z.strictObject({ start: clockTime, end: clockTime, sendAt: clockTime }),
  caps: z.strictObject({ email: cap, sms: cap }),
  briefing: z.strictObject({ every: z.enum(['day', 'week', 'never']), at: clockTime }).default({ every: 'day', at: '08:35' }),
});

const file = z.strictObject({
  defaults,
  offices: z
    .array(
      z.strictObject({
        id: slug('ruicheng'),
        name: line(40),
        // Aliyun and Tencent take 2–12 characters.
        signature: z
          .string()
          .regex(/^[^\p{C}\s【】]{2,12}$/u)
          .describe('2–12 字的短信签名，不带【】'),
        from: mailbox,
        replyTo: mailbox,
        phone: z
          .string()
          .regex(/^(?:0\d{2,3}-\d{7,8}(?:-\d{1,6})?|400-?\d{3}-?\d{4})$/u)
          .describe('座机或400电话，如 0359-0000000；不用个人手机号'),
        contactPerson: line(40),
        hours: defaults.shape.hours.partial().default({}),
        caps: defaults.shape.caps.partial().default({}),
        briefing: z
          .strictObject({ every: z.enum(['day', 'week', 'never']), at: clockTime })
          .partial()
          .default({}),
        burst: z.int().min(1).max(1_000_000).optional(),
      }),
    )
    .min(1),
});

/** Reads `office.yaml`; all errors at once. Times are on the office's own clock. */
export function readOffices(source: Source): Result<Offices, SourceError> {
  const read = readYaml(file, source);
  if (!read.ok) return read;
  const errors: SourceError[] = [];
  const offices = new Map<string, Office>();
  const places = new Map<string, string>();
  const { defaults: shared, offices: entries } = read.value;
  for (const [index, { hours, caps, burst, briefing, ...entry }] of entries.entries()) {
    const office: Office = {
      id: entry.id,
      name: entry.name,
      signature: entry.signature,
      locale: shared.locale,
      hours: { zone: shared.zone, ...shared.hours, ...defined(hours) },
      caps: { ...shared.caps, ...defined(caps) },
      ...(burst === undefined ? {} : { burst }),
      briefing: { ...shared.briefing, ...defined(briefing) },
      from: { name: entry.name, address: entry.from },
      replyTo: { name: entry.name, address: entry.replyTo },
      phone: entry.phone,
      contactPerson: entry.contactPerson,
    };
    if (offices.has(office.id)) errors.push(errorAt(read.document, ['offices', index, 'id'], `代号 ${office.id} 重复`));
    const problem = hoursProblem(office);
    if (problem !== null) {
      const own = Object.keys(hours).length > 0;
      errors.push(errorAt(read.document, own ? ['offices', index, 'hours'] : ['defaults', 'hours'], problem));
    }
    offices.set(office.id, office);
    const { line: row, column } = read.at(['offices', index, 'id']);
    places.set(office.id, `${source.file}:${row}:${column}`);
  }
  if (errors.length > 0) return { ok: false, errors: withoutDoubles(sorted(errors)) };
  return { ok: true, value: { offices, places } };
}

function hoursProblem({ hours: { start, end, sendAt }, briefing }: Office): string | null {
  if (start >= end) return `start ${start} 应早于 end ${end}`;
  if (sendAt < start || sendAt >= end) return `sendAt ${sendAt} 应在 start ${start} 与 end ${end} 之间`;
  if (briefing === undefined || (briefing.at >= start && briefing.at < end)) return null;
  return `briefing 的 at ${briefing.at} 应在 start ${start} 与 end ${end} 之间`;
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

function withoutDoubles(errors: readonly SourceError[]): SourceError[] {
  return errors.filter((error, index) => {
    const before = errors[index - 1];
    return before === undefined || before.line !== error.line || before.message !== error.message;
  });
}

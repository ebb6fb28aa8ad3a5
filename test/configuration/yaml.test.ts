import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { errorAt, formatErrors, readYaml } from '../../src/yaml.ts';

const office = z.strictObject({
  smtp: z.strictObject({
    host: z.string().min(1),
    port: z.int().min(1).max(65535),
    security: z.enum(['starttls', 'tls', 'none']).default('tls'),
    password: z.string().min(8).meta({ private: true }).optional(),
  }),
  phone: z.string().optional(),
  since: z.iso.date().optional(),
  posts: z
    .array(z.strictObject({ post: z.string().min(1) }))
    .min(1)
    .optional(),
});

function complaints(text: string): string[] {
  const read = readYaml(office, { file: 'config/office.yaml', text });
  return read.ok ? [] : formatErrors(read.errors).split('\n');
}

describe('a YAML file', () => {
  it('is read to the value its schema describes, with the place of every field', () => {
    const read = readYaml(office, { file: 'a.yaml', text: '\uFEFFsmtp:\n  host: mail.example\n  port: 25\nsince: 2022-07-12\n' });
    expect(read).toMatchObject({ ok: true, value: { smtp: { port: 25, security: 'tls' }, since: '2022-07-12' } });
    expect(read.ok && read.at(['smtp', 'port'])).toEqual({ line: 3, column: 9 });
    expect(read.ok && read.at(['smtp', 'absent'])).toEqual({ line: 2, column: 3 });
  });

  it('has all its errors told at once, each with line, column, field, what is wrong and what would be right', () => {
    expect(complaints('smtp:\n  hots: a\n  port: abc\n  security: tsl\nposts: []\nsince: 2022-02-30\n')).toEqual([
      'config/office.yaml:2:3: smtp.host: 缺少此项：需要非空的文字',
      'config/office.yaml:2:3: smtp.hots: 不认识的键 hots，是否想写 host？',
      'config/office.yaml:3:9: smtp.port: 需要 1–65535 的整数，现为 "abc"',
      'config/office.yaml:4:13: smtp.security: 需要 starttls、tls、none 之一，现为 "tsl"，是否想写 tls？',
      'config/office.yaml:5:8: posts: 需要至少 1 项，现有 0 项',
      'config/office.yaml:6:8: since: 需要 YYYY-MM-DD 格式、日历上确有的日期，现为 "2022-02-30"',
    ]);
  });

  it('lists the keys there are when an unknown one resembles none of them', () => {
    expect(complaints('smtp: {host: a, port: 1}\nnonsense: 1\n')).toEqual([
      'config/office.yaml:2:1: nonsense: 不认识的键 nonsense，可用的键：smtp、phone、since、posts',
    ]);
  });

  it('never repeats a private value', () => {
    expect(complaints('smtp: {host: a, port: 1, password: hunter2}\n').join()).toMatch(/password: .*现值不合要求$/u);
  });

  it.each([
    ['a duplicate key', 'smtp: {host: a, port: 1}\nsmtp: {host: b, port: 2}\n', '2:1: smtp: 键 smtp 重复：第 1 行已写过'],
    ['bad indent', 'smtp:\n  host: a\n port: 1\n', '3:1: 缩进不对'],
    ['a tab', 'smtp:\n\thost: a\n', '缩进里有制表符'],
    ['an unknown tag', 'phone: !secret x\n', '1:8: 不支持的标签'],
    ['a YAML 1.1 timestamp', 'since: !!timestamp 2022-01-01\n', '1:8: 不支持的标签'],
    ['a full-width colon', 'phone：1\nsmtp: {}\n', '不能用全角“：”'],
    ['a colon without its space', 'phone:1\nsmtp: {}\n', '“:”后要空一格'],
    ['an alias without anchor', 'phone: *x\n', '1:8: 别名 *x 前面没有 &x'],
    ['two documents', 'phone: a\n---\nphone: b\n', '一个文件里只能有一份内容'],
    ['__proto__', '__proto__: {port: 1}\n', '不能用 __proto__ 作键'],
    ['an unclosed quotation', 'phone: "12\n', '引号'],
    ['nothing at all', '', '1:1: 需要若干“键: 值”'],
  ])('with %s is refused at its place', (_, text, words) => {
    expect(complaints(text).join('\n')).toContain(words);
  });

  it('keeps the digits of a bare number where a text is wanted', () => {
    const read = readYaml(office, { file: 'a', text: 'smtp: {host: a, port: 1}\nphone: +8601234567890123456789\n' });
    expect(read).toMatchObject({ ok: true, value: { phone: '+8601234567890123456789' } });
  });

  it('reads dates as text even where the file asks for YAML 1.1', () => {
    const read = readYaml(office, { file: 'a', text: '%YAML 1.1\n---\nsmtp: {host: a, port: 1}\nsince: 2022-07-12\n' });
    expect(read).toMatchObject({ ok: true, value: { since: '2022-07-12' } });
  });

  it('lets a later check point at a field, a list entry or a key', () => {
    const text = 'smtp: {host: a, port: 1}\nposts:\n  - post: 甲\n  - post: 乙\n';
    const { document } = readYaml(office, { file: 'a', text });
    expect(errorAt(document, ['posts', 1, 'post'], '重复')).toEqual({
      file: 'a',
      line: 4,
      column: 11,
      field: 'posts[2].post',
      message: '重复',
    });
    expect(errorAt(document, ['posts', 1, 'post'], '重复', 'key')).toMatchObject({ line: 4, column: 5 });
  });

  it.each(
    Object.entries({
      'opening brackets': '['.repeat(999_999),
      'opening braces': '{'.repeat(999_999),
      'closing brackets': ']'.repeat(999_999),
      commas: `[${','.repeat(999_998)}`,
      digits: '1'.repeat(999_999),
      'digits in a field': `phone: ${'1'.repeat(999_000)}`,
      quotes: '"'.repeat(999_999),
      dashes: '- '.repeat(499_999),
      'question marks': '? '.repeat(499_999),
      'nested keys': 'a: '.repeat(333_333),
      keys: Array.from({ length: 80_000 }, (_, index) => `k${index}: 1`).join('\n'),
      'a staircase': Array.from({ length: 1_300 }, (_, index) => `${' '.repeat(index)}a:`).join('\n'),
      laughs: `a: &a [${'x,'.repeat(9)}]\nb: &b [${'*a,'.repeat(9)}]\nc: &c [${'*b,'.repeat(9)}]\nd: [${'*c,'.repeat(9)}]\n`,
      'two million characters': 'x'.repeat(2_000_000),
    }),
  )('is refused quickly when it is nothing but %s', { timeout: 5_000 }, (_, text) => {
    expect(complaints(text)).not.toEqual([]);
  });
});

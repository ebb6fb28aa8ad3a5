import { stripVTControlCharacters } from 'node:util';

import fc from 'fast-check';
import colors from 'picocolors';
import { describe, expect, it } from 'vitest';

import { explain, findTask } from '../../../src/intake/shown/explain.ts';
import type { ReadTask } from '../../../src/intake/reading.ts';
import { documentOf, origin, READING, TASKS } from './sample-reading.ts';

const plain = colors.createColors(false);
const coloured = colors.createColors(true);

describe('the explanation of a task', () => {
  it('shows its text with the words that were used, then each field with words, place and rule, then the questions', () => {
    expect(explain(READING, TASKS[0], plain)).toBe(
      `\
一(一) 贴出新的办事指南  第 4 行，位置 26–93

  （一）县行政审批局要把窗口搬进一个大厅，并于【时限：5月底
  前】【标题：贴出新的办事指南】。【时限：节后】再查一遍。（【牵头：县行政审批局】牵头，【配合：县医保局】配合，【时限：6月底前】完成）

时限
  2026-05-31 前
    原文“5月底 前”，第 4 行，位置 48–53；规则：月底前；年份取自题名
  “节后”：没有定下日期
    原文“节后”，第 5 行，位置 62–64；规则：节后
  2026-06-30 前
    原文“6月底前”，第 5 行，位置 86–90；规则：月底前；年份取自题名
牵头
  县行政审批局
    原文“县行政审批局”，第 5 行，位置 70–76；规则：括号内牵头单位
配合
  县医保局
    原文“县医保局”，第 5 行，位置 79–83；规则：括号内配合单位
请核对
  时限：正文写“5月底前”，括号写“6月底前”，请定哪一个
  时限：“节后”没有写明哪一天，请定下日期
  配合：通讯录里没有“县医保局”，请核对名称`,
    );
  });

  it('marks with colours where there are some, with a legend, and never paints an indent', () => {
    const shown = explain(READING, TASKS[0], coloured);
    const date = (words: string) => coloured.bold(coloured.yellow(words));
    expect(shown).toContain(
      `标记：${date('时限')} ${coloured.green('牵头')} ${coloured.cyan('配合')} ${coloured.underline('标题')}`,
    );
    expect(shown).toContain(`并于${date('5月底')}\n  ${date('前')}${coloured.underline('贴出新的办事指南')}`);
    expect(shown).not.toContain('【');
  });

  it('says the same in colours and without', () => {
    const bare = stripVTControlCharacters(explain(READING, TASKS[1], coloured)).replace(/^标记.*\n/mu, '');
    expect(bare).toBe(explain(READING, TASKS[1], plain).replace(/【..：([^】]*)】/gu, '$1'));
  });

  it('keeps two units apart that stand side by side', () => {
    const text = '县民政局县财政局负责';
    const unit = (name: string) => ({ name, ...origin(text, name, '无分隔') });
    const task: ReadTask = {
      ...TASKS[1],
      title: '无',
      deadlines: [],
      source: { quote: text, span: { start: 0, end: text.length } },
      lead: [unit('县民政局'), unit('县财政局')],
    };
    expect(explain({ ...READING, document: documentOf(text) }, task, plain)).toContain(
      '\n  【牵头：县民政局】【牵头：县财政局】负责\n',
    );
  });

  it('lets nothing out of the document steer the terminal', () => {
    const hostile = fc.constantFrom(
      '\u001B[2J',
      '\u009B31m',
      '\u202E',
      '\u2066',
      '\u0007',
      '\r',
      '\u0000',
      '\u200F',
      '\u061C',
      '县民政局',
      '8月底前',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 20 }), (parts) => {
        const text = `甲${parts.join('')}乙`;
        const whole = { quote: text, span: { start: 0, end: text.length }, rule: text };
        const task: ReadTask = {
          ref: text,
          title: text,
          place: text,
          source: whole,
          deadlines: [{ kind: 'by', date: null, text, ...whole }],
          lead: [{ name: text, ...whole }],
          cooperate: [],
          doubts: [{ field: 'title', reason: text }],
        };
        const shown = explain({ ...READING, document: documentOf(text) }, task, plain);
        // oxlint-disable-next-line no-control-regex
        expect(shown).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/u);
      }),
    );
  });
});

describe('a task', () => {
  it('is found by its ref however brackets and spaces are typed, and by nothing else', () => {
    expect(findTask(READING, '一（二）')).toBe(TASKS[1]);
    expect(findTask(READING, ' 一(一)')).toBe(TASKS[0]);
    expect(findTask(READING, '一')).toBeNull();
  });
});

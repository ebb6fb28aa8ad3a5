import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { inContext, quoteOf } from '../../../src/intake/shown/context.ts';
import { type DraftOptions, draftSchedule } from '../../../src/intake/shown/draft.ts';
import { writeDraft } from '../../../src/intake/shown/draft-file.ts';
import { placesIn } from '../../../src/intake/place.ts';
import { inLines } from '../../../src/intake/shown/printable.ts';
import type { Origin, ReadDeadline, Reading, ReadTask } from '../../../src/intake/reading.ts';
import { readSchedule } from '../../../src/intake/schedule.ts';
import { formatErrors } from '../../../src/yaml.ts';
import { documentOf, origin, READING, spanOf, TASKS, TEXT } from './sample-reading.ts';

const options: DraftOptions = { name: 'shili-2026', office: 'shili', year: 2026, title: null, number: null };

function draftOf(reading: Reading): string {
  return writeDraft(reading, draftSchedule(reading, options));
}

function readBack(text: string) {
  const read = readSchedule({ file: 'draft.yaml', text });
  return read.ok ? read.value : formatErrors(read.errors);
}

/** The sample with its first task changed. */
function withFirst(change: Partial<ReadTask>): Reading {
  return { ...READING, tasks: [{ ...TASKS[0], ...change }, TASKS[1]] };
}

describe('the draft of a reading', () => {
  it('is a file that a person reads from top to bottom: source, value, question', () => {
    expect(draftOf(READING)).toBe(`\
# 由 cuiban import 从 要点.txt（纯文本）读出的草稿。
# 2 项任务，1 项有疑点，共 5 处请核对。
# 每一栏上面是它所依据的原文，【】标出据以读出的字句；“请核对”是要由您定的事，“待补”是还缺的时限。
# 怎样改：直接改下面的内容；定下一处，就删去 review 里相应的一行（以 # 开头的说明留着、删去都可以）。
# 改完以后：cuiban check 检查，cuiban confirm 确认。
# 读的时候：页眉页脚已略去
# 请核对（整份文件）：没有读到发文单位

schedule: shili-2026
office: shili
notice:
  title: 示例县2026年便民服务工作要点 # 第 1 行，第一行
  number: null # 没有读到
  issuer: null # 没有读到
  issued: null
  assumedIssued: 2026-01-01 # 没有读到，暂定的
  year: 2026 # 第 1 行，题名中的年份：【2026年】
tasks:
  # ── 一(一) ── 第 4 行
  - ref: 一(一)
    title: 贴出新的办事指南
    # 请核对：正文写“5月底前”，括号写“6月底前”，请定哪一个
    # 请核对：“节后”没有写明哪一天，请定下日期
    # 待补：【节后】再查一遍。
    # 定下日期后写成：- {by: 2026-MM-DD, text: 节后}
    deadlines:
      # （一）县行政审批局要把窗口搬进一个大厅，并于【5月底前】贴出新的办事指南。（月底前）
      - {by: 2026-05-31, text: 5月底前, inferred: 年份取自题名}
      # （县行政审批局牵头，县医保局配合，【6月底前】完成）（月底前）
      - {by: 2026-06-30, text: 6月底前, inferred: 年份取自题名}
    # （【县行政审批局】牵头，县医保局配合，…
    lead: [县行政审批局]
    # （县行政审批局牵头，【县医保局】配合，6月底前完成）
    # 请核对：通讯录里没有“县医保局”，请核对名称
    cooperate: [县医保局]
    review:
      - 整份文件：没有读到成文日期，暂按 2026-01-01 起算；知道的话，请把 notice 的 assumedIssued 一行改成 issued 并写上日期
      - 整份文件：没有读到发文单位
      - 正文写“5月底前”，括号写“6月底前”，请定哪一个
      - “节后”没有写明哪一天，请定下日期
      - 通讯录里没有“县医保局”，请核对名称
    quote: |-
      （一）县行政审批局要把窗口搬进一个大厅，并于5月底前贴出新的办事指南。节后再查一遍。
      （县行政审批局牵头，县医保局配合，6月底前完成）

  # ── 一(二) ── 第 6 行
  - ref: 一(二)
    title: 每季度上门一次
    deadlines:
      # （二）各乡镇【每季度】上门一次。
      - {recurring: quarterly, text: 每季度}
    # （责任单位：【各乡镇人民政府】）
    lead: [各乡镇人民政府]
    cooperate: []
    quote: （二）各乡镇每季度上门一次。（责任单位：各乡镇人民政府）
`);
  });

  it('reads back to the schedule it was written from', () => {
    expect(readBack(draftOf(READING))).toEqual(draftSchedule(READING, options));
  });

  it('shows the line to complete in an empty list as it would stand there', () => {
    const open = TASKS[0].deadlines.filter(({ text }) => text === '节后');
    const text = draftOf(withFirst({ deadlines: open }));
    expect(text).toContain('    # 定下日期后写成：[{by: 2026-MM-DD, text: 节后}]\n    deadlines: []\n');
  });

  it('asks of an open deadline even where the reading forgot to', () => {
    const open = TASKS[0].deadlines.filter(({ text }) => text === '节后');
    const [first] = draftSchedule(withFirst({ deadlines: open, doubts: [] }), options).tasks;
    expect(first?.review).toContain('“节后”没有定下日期，请补上');
  });

  it('takes title and number from the options before the document, and says where a title is not from it', () => {
    const schedule = draftSchedule(READING, { ...options, title: '另一个题名', number: '示政〔2026〕1号' });
    expect(schedule.notice).toMatchObject({ title: '另一个题名', number: '示政〔2026〕1号' });
    expect(writeDraft(READING, schedule)).toContain('title: 另一个题名 # 不取自文件');
  });

  it('takes the name of the file for a title that was not found, and asks', () => {
    const nameless = {
      ...READING,
      notice: { ...READING.notice, title: null },
      document: documentOf(TEXT, { file: 'a/b/便民要点.docx' }),
    };
    const { notice, tasks } = draftSchedule(nameless, options);
    expect(notice.title).toBe('便民要点');
    expect(tasks[0]?.review[0]).toBe(
      '整份文件：没有读到通知的题名，暂写“便民要点”；它会写进每封信，请在 notice.title 改为通知全称',
    );
  });

  it('keeps a unit once: where it leads and cooperates it leads, and somebody is asked', () => {
    const unit = { name: '县行政审批局', ...origin(TEXT, '县行政审批局', '正文') };
    const both = withFirst({ lead: [unit, unit], cooperate: [{ ...unit, name: '县行政 审批局' }], doubts: [] });
    const [first] = draftSchedule(both, options).tasks;
    expect(first).toMatchObject({ lead: ['县行政审批局'], cooperate: [] });
    expect(first?.review).toContain('县行政 审批局 既是牵头又是配合，只列为牵头，请确认');
  });

  it('gives refs that became the same numbers of their own', () => {
    const same = { ...READING, tasks: [TASKS[0], { ...TASKS[1], ref: '一(\u202E一)' }] };
    expect(draftSchedule(same, options).tasks.map(({ ref }) => ref)).toEqual(['一(一)', '一(一)(2)']);
  });

  it('reads back the same whatever stands in the document', () => {
    fc.assert(
      fc.property(readings(), (reading) => {
        const schedule = draftSchedule(reading, options);
        const text = writeDraft(reading, schedule);
        expect(readBack(text)).toEqual(schedule);
        // oxlint-disable-next-line no-control-regex
        expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/u);
      }),
      { numRuns: 60 },
    );
  });

  it('loses no task and no date of a reading, whatever stands in the document', () => {
    fc.assert(
      fc.property(readings(), (reading) => {
        const { tasks } = draftSchedule(reading, options);
        expect(tasks).toHaveLength(reading.tasks.length);
        for (const [index, { deadlines, doubts }] of reading.tasks.entries()) {
          const dates = (all: readonly object[]) =>
            all.flatMap((each) => ('date' in each && each.date !== null ? [each.date] : []));
          expect(dates(tasks[index]?.deadlines ?? [])).toEqual(dates(deadlines));
          const open = deadlines.some((each) => 'date' in each && each.date === null);
          if (open || doubts.length > 0) expect(tasks[index]?.review).not.toEqual([]);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('the quote of a task', () => {
  const quoteIn = (text: string) => {
    const document = documentOf(text);
    return quoteOf(document, placesIn(document), { start: 0, end: text.length })?.split('\n');
  };

  it('joins what a wrap has cut, and keeps paragraphs and cells apart', () => {
    expect(quoteIn('（一）县民政局要\n办好事。\n　　此外，\n常回访。\n\n（县民政局\n负责）')).toEqual([
      '（一）县民政局要办好事。',
      '此外，常回访。',
      '（县民政局负责）',
    ]);
    expect(quoteIn('\t1\n\t办好事\n\t县民政局\n\t6月底前')).toEqual(['1', '办好事', '县民政局', '6月底前']);
  });

  it('has no end that matters: what is too long is cut', () => {
    const quote = quoteIn('长'.repeat(30_000))?.join('\n') ?? '';
    expect(quote.length).toBe(20_000);
    expect(quote.endsWith('…')).toBe(true);
  });
});

describe('words in their context', () => {
  const text = '前一句。办事大厅要贴出指南，并于九月底前再查一遍，年底前总结。后一句。';
  const whole = { start: 0, end: text.length };
  const marked = (words: readonly string[], within = whole) =>
    inContext(
      text,
      words.map((each) => spanOf(text, each)),
      within,
    );

  it('stand in their sentence, each marked', () => {
    expect(marked(['年底前', '九月底前'])).toBe('办事大厅要贴出指南，并于【九月底前】再查一遍，【年底前】总结。');
  });

  it('are cut where the task ends, and say where they were cut', () => {
    const { end } = spanOf(text, '再查');
    expect(marked(['九月底前'], { start: 6, end })).toBe('大厅要贴出指南，并于【九月底前】再查');
    const long = `${'长'.repeat(60)}月底前${'短'.repeat(60)}`;
    expect(inContext(long, [spanOf(long, '月底前')], { start: 0, end: long.length })).toBe(
      `…${'长'.repeat(24)}【月底前】${'短'.repeat(16)}…`,
    );
  });

  it('do not reach into the paragraph above', () => {
    const paragraphs = '一、办事大厅\n　\n年底前贴出指南\n\n二、其他';
    expect(inContext(paragraphs, [spanOf(paragraphs, '年底前')], { start: 0, end: paragraphs.length })).toBe(
      '【年底前】贴出指南',
    );
  });

  it('are marked once where two readings overlap', () => {
    expect(marked(['九月底前', '月底'])).toBe('办事大厅要贴出指南，并于【九月底前】再查一遍，年底前总结。');
  });
});

describe('a long text in lines', () => {
  it('is the same text, in lines not much longer than wanted, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.integer({ min: 10, max: 60 }), (text, width) => {
        const lines = inLines(text, width);
        expect(lines.join('')).toBe(text);
        expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width + 6);
        expect(lines.filter((line) => /^\p{Cs}|\p{Cs}$/u.test(line))).toEqual([]);
      }),
    );
  });

  it('breaks behind sentences, else behind pauses', () => {
    const [one, two] = [`${'甲'.repeat(20)}。`, `${'乙'.repeat(15)}，${'丙'.repeat(8)}，${'丁'.repeat(9)}。`];
    expect(inLines(one + two, 30)).toEqual([one, `${'乙'.repeat(15)}，${'丙'.repeat(8)}，`, `${'丁'.repeat(9)}。`]);
  });
});

/** Hostile words, in the places that a reader takes words from. */
function readings(): fc.Arbitrary<Reading> {
  const hostile = fc.constantFrom(
    '# 注释',
    'a: b',
    '- x',
    '"',
    "'",
    '{a}',
    '[b',
    '|',
    '>',
    '&a',
    '*b',
    '!c',
    '%d',
    '@e',
    '`',
    '\\',
    '...',
    '---',
    '🐉',
    '👨‍👩‍👧',
    '\u202E反',
    '\u001B[31m红',
    '\u0000',
    '\u0085',
    '\u2028',
    '\uFEFF',
    '\uD800',
    '\t',
    '\r\n',
    '\n',
    '\n\n',
    '　　',
    '  ',
    ' #',
    ': ',
    '【',
    '】',
    '9月底前',
    'null',
    '2026-08-31',
    '**粗**',
    '~',
    '<<',
  );
  const words = fc
    .array(fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom('县民政局', '长'.repeat(400))), {
      minLength: 1,
      maxLength: 6,
    })
    .map((parts) => parts.join(''));
  const date = fc.constantFrom('2026-05-31', '2026-12-31');
  return fc
    .record({
      head: words,
      file: words,
      remarks: fc.array(words, { maxLength: 2 }),
      doubts: fc.array(words, { maxLength: 2 }),
      tasks: fc.array(
        fc.record({
          ref: words,
          title: words,
          body: fc.oneof({ weight: 9, arbitrary: words }, { weight: 1, arbitrary: fc.constant('长'.repeat(10_000)) }),
          units: fc.array(words, { maxLength: 4 }),
          times: fc.array(fc.tuple(words, date), { maxLength: 3 }),
          reason: words,
        }),
        { minLength: 1, maxLength: 4 },
      ),
    })
    .map(({ head, file, remarks, doubts, tasks }) => {
      let text = `${head}\n`;
      const put = (each: string, rule: string): Origin => {
        const start = text.length;
        text += each;
        return { quote: each, span: { start, end: text.length }, rule };
      };
      const title = { value: head, quote: head, span: { start: 0, end: head.length }, rule: head };
      const read = tasks.map(({ ref, title: own, body, units, times, reason }, index): ReadTask => {
        const start = text.length;
        text += body;
        const all = units.map((name) => ({ name, ...put(name, reason) }));
        const deadlines = times.map(([each, day], at): ReadTask['deadlines'][number] => {
          const written = { text: each, ...put(each, reason) };
          if (at === 1) return { kind: 'by', date: null, ...written };
          return { kind: 'by', date: day, inferred: reason, ...written } satisfies ReadDeadline;
        });
        const span = { start, end: text.length };
        text += '\n';
        const [lead, cooperate] = [all.filter((_, at) => at % 2 === 0), all.filter((_, at) => at % 2 === 1)];
        const field = index % 2 === 0 ? 'title' : 'deadlines';
        return {
          ref,
          title: own,
          source: { quote: text.slice(span.start, span.end), span },
          place: reason,
          deadlines,
          lead,
          cooperate,
          doubts: [{ field, reason }],
        };
      });
      const notice = { title, number: title, issuer: title, issuedOn: null, year: null };
      return { document: documentOf(text, { file, remarks }), notice, tasks: read, doubts };
    });
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Passage } from '../../../src/intake/passage.ts';
import type { TimeContext } from '../../../src/intake/reading.ts';
import { type ReadTimes, readTimes } from '../../../src/intake/times/index.ts';
import { Phrase, TimeWords } from '../../../src/intake/times/words.ts';

const context: TimeContext = { year: 2022, yearSource: '题名', issuedOn: '2022-01-01' };
const CHINESE = '〇一二三四五六七八九';
/** What a deadline rests on: a word of the calendar, or figures that are a date. */
const TIME_WORDS =
  /[年月日号季旬周天节]|星期|小时|分钟|持续|长期|常态化|汛|两会|二十大|开学|高考|中考|春|秋|寒|暑|供暖|采暖|封冻|元旦|清明|端午|国庆|五一|七一|十一|\d{4}[-/.]\d/u;

describe('a date', () => {
  const dates = fc.record({
    year: fc.integer({ min: 2022, max: 2024 }),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
  });
  const hands = fc.record({
    figures: fc.constantFrom<(value: number, digits: boolean) => string>(
      (value) => String(value),
      (value) => fullWidth(String(value)),
      (value, digits) => (digits ? positional(value) : spoken(value)),
    ),
    gap: fc.constantFrom('', ' ', '\n', '　', '**', '\n\n  '),
    before: fc.constantFrom('前', '之前', '以前', '底前'),
    told: fc.boolean(),
  });

  it('is the same day however its figures are written, spaced, broken and made bold', () => {
    fc.assert(
      fc.property(dates, hands, ({ year, month, day }, { figures, gap, before, told }) => {
        const parts = [...(told ? [figures(year, true), '年'] : []), figures(month, false), '月'];
        const phrase = (before === '底前' ? parts : [...parts, figures(day, false), '日']).join(gap) + gap + before;
        const text = `示例县水利局应于${phrase}完成水库清查。`;
        const { deadlines } = readTimes({ body: whole(text), stated: null, statedKind: null }, context);
        const of = told ? year : 2022;
        const last = before === '底前' ? new Date(Date.UTC(of, month, 0)).getUTCDate() : day;
        expect(deadlines).toMatchObject([
          { kind: 'by', date: `${of}-${two(month)}-${two(last)}`, quote: phrase.trim(), text: phrase.replaceAll(/\s|\*/gu, '') },
        ]);
        expect(deadlines).toMatchObject([told ? {} : { inferred: '年份取自题名' }]);
        expect(Object.keys(deadlines[0]!).includes('inferred')).toBe(!told);
      }),
    );
  });
});

describe('whatever is written', () => {
  const pieces = [
    '年 月 日 底 前 起 内 每 季度 半年 持续推进 全年 上旬 初 第 至 — 从 到 个 之日 2022- 次 已 完成 县档案馆 的 节 汛期 通报 次月 今年 明年',
    '1 13 2 30 2022 99999 一 十 二〇二二 〇 百 两 。 ， ； （ ） 《 》 〔 〕 “ ” 印发 之日起 工作日 ** 😀 ⽉ ８',
  ].flatMap((list) => [...list.split(' '), '\n', '　']);
  const texts = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((chosen) => chosen.join(''));
  const contexts = fc.record({
    year: fc.option(fc.integer({ min: 2000, max: 2030 })),
    yearSource: fc.constant('题名'),
    issuedOn: fc.constantFrom(null, '2022-07-12', '2024-02-29'),
  });

  it('each deadline quotes words of time as they stand in the document, and what is open is asked about', () => {
    fc.assert(
      fc.property(texts, texts, contexts, fc.constantFrom('bracket', 'column'), (sentence, cell, known, statedKind) => {
        const source = `${sentence}\u0000${cell}`;
        const body = Passage.of(source, [{ start: 0, end: sentence.length }]);
        const stated = Passage.of(source, [{ start: sentence.length + 1, end: source.length }]);
        const { deadlines, doubts } = readTimes({ body, stated, statedKind }, known);
        for (const deadline of deadlines) {
          const { quote, span, text, rule } = deadline;
          expect(quote).toBe(source.slice(span.start, span.end));
          expect(span.start >= 0 && span.end <= source.length && span.start < span.end).toBe(true);
          expect(text.normalize('NFKC')).toMatch(TIME_WORDS);
          expect(rule).not.toBe('');
          if ('date' in deadline && deadline.date === null) expect(doubts.map(({ reason }) => reason).join()).toContain(text);
          if ('date' in deadline && deadline.date !== null) {
            expect(new Date(`${deadline.date}T00:00:00Z`).toISOString().slice(0, 10)).toBe(deadline.date);
          }
        }
        expect(deadlines.length === 0 || doubts.every(({ field, reason }) => field === 'deadlines' && reason !== '')).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it('without a word of time there is no deadline', () => {
    const plain = fc.constantFrom(
      ...'县政府办公室负责牵头配合落实公开信息前后内起止底末初中每第个于在从至到一二三十两01239完成。，、；（）《》“”报送通报考核的已',
    );
    fc.assert(
      fc.property(fc.array(plain, { maxLength: 60 }), fc.constantFrom('body', 'bracket', 'column'), (units, place) => {
        const text = units.join('');
        fc.pre(!TIME_WORDS.test(text));
        expect(read(text, place).deadlines).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a phrase, which every deadline is made of,', () => {
  it('holds a word of time, or cannot be made', () => {
    const bits = fc.array(fc.constantFrom(...'前 起 每 8 月 底 县 至 2022 - 内 第 完成'.split(' ')), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(bits, fc.nat(14), fc.nat(14), (chosen, from, to) => {
        const words = new TimeWords(whole(chosen.join('')));
        const taken = words.tokens.slice(from, to).map((token) => words.text.slice(token.start, token.end));
        const isTime =
          taken.includes('月') ||
          taken.some((each, at) => /^\d{4}$/u.test(each) && taken[at + 1] === '-' && /^\d+$/u.test(taken[at + 2] ?? ''));
        if (isTime) expect(words.phrase(from, to).printed).toContain(taken.join('').slice(0, 1));
        else expect(() => words.phrase(from, to)).toThrow(RangeError);
      }),
    );
    // @ts-expect-error only TimeWords makes phrases
    expect(() => new Phrase(null, 0, 1).printed).toThrow(TypeError);
  });
});

describe('the time that reading takes', () => {
  const MEGABYTE = 1_000_000;
  const hostile =
    '1 1、 2022年 年月日 《 〔1 （（ 一二三十 每年 从2019年 1月至 2022- . “七一 8月底前已 一月一 印发之日起3 2022年2月3'.split(
      ' ',
    );

  it.each(hostile)(
    'grows with the length alone up to a megabyte of %s',
    (unit) => {
      const [quarter, full] = [MEGABYTE / 4, MEGABYTE].map((size) =>
        taken(unit.repeat(Math.ceil(size / unit.length)).slice(0, size)),
      );
      // Four times the text takes four times as long; sixteen times would be quadratic. A busy machine is given room.
      expect(full! / Math.max(quarter!, 50)).toBeLessThan(10);
    },
    120_000,
  );
});

/** Milliseconds of this process: others on the machine do not count. */
function taken(text: string): number {
  const body = whole(text);
  const start = process.cpuUsage();
  readTimes({ body, stated: null, statedKind: null }, context);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function read(text: string, place: 'body' | 'bracket' | 'column'): ReadTimes {
  const passage = whole(text);
  return place === 'body'
    ? readTimes({ body: passage, stated: null, statedKind: null }, context)
    : readTimes({ body: null, stated: passage, statedKind: place }, context);
}

function whole(text: string): Passage {
  return Passage.of(text, [{ start: 0, end: text.length }]);
}

function fullWidth(digits: string): string {
  return digits.replaceAll(/\d/gu, (digit) => String.fromCodePoint(digit.charCodeAt(0) + 0xfee0));
}

function positional(value: number): string {
  return [...String(value)].map((digit) => CHINESE[Number(digit)] ?? '').join('');
}

function spoken(value: number): string {
  if (value < 10) return CHINESE[value] ?? '';
  const [tens, ones] = [Math.floor(value / 10), value % 10];
  return `${tens === 1 ? '' : (CHINESE[tens] ?? '')}十${ones === 0 ? '' : (CHINESE[ones] ?? '')}`;
}

function two(figure: number): string {
  return String(figure).padStart(2, '0');
}

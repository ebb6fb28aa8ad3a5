import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type ActorContext, firstLeadsFrom, readActors, readUnitCell } from '../../../src/intake/actors/index.ts';
import { Passage } from '../../../src/intake/passage.ts';

const context: ActorContext = { firstLeads: false, directory: null, renames: [] };
const passage = (text: string) => Passage.of(text, [{ start: 0, end: text.length }]);

const bits = fc.constantFrom(
  '县教育局',
  '县财政局',
  '各乡镇（街道）',
  '各部门各单位',
  '省、市、县有关部门',
  '有关部门',
  '区政府办区财政局',
  '牵头',
  '负责',
  '配合',
  '会同',
  '按职责分工负责',
  '等',
  '和',
  '、',
  '，',
  '；',
  '。',
  '：',
  '（',
  '）',
  '(',
  ')',
  '<',
  '》',
  '责任单位：',
  '配合单位：',
  '责任人：',
  '王某某',
  '11月底前',
  '2022年',
  '由',
  '要',
  '应于',
  '\n',
  ' ',
  '**',
  '*',
  '列第一位者为牵头单位，下同',
  '做好信息公开工作',
);
const text = fc.array(bits, { minLength: 1, maxLength: 24 }).map((each) => each.join(''));

function balanced(name: string): boolean {
  let depth = 0;
  for (const unit of name.normalize('NFKC')) {
    if ('(<《'.includes(unit)) depth += 1;
    if (')>》'.includes(unit)) depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

function outsideBrackets(name: string): string {
  let depth = 0;
  let outside = '';
  for (const unit of name.normalize('NFKC')) {
    if ('(<《'.includes(unit)) depth += 1;
    if (depth === 0) outside += unit;
    if (')>》'.includes(unit)) depth -= 1;
  }
  return outside;
}

describe('whatever is read', () => {
  const holds = (source: string, read: Omit<ReturnType<typeof readActors>, 'stated' | 'by'>): void => {
    for (const units of [read.lead, read.cooperate]) {
      for (const { name, quote, span } of units) {
        expect(span.start >= 0 && span.end <= source.length && span.start < span.end).toBe(true);
        expect(source.slice(span.start, span.end)).toBe(quote);
        expect(name).toBe(passage(quote).printed());
        expect(outsideBrackets(name)).not.toMatch(/[,;。:\s*]/u);
        expect(balanced(name)).toBe(true);
        expect(name.length).toBeLessThanOrEqual(60);
      }
    }
    const places = read.lead.map(({ span }) => span.start);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    const leading = new Set(read.lead.map(({ name }) => name.normalize('NFKC')));
    expect(read.cooperate.filter(({ name }) => leading.has(name.normalize('NFKC')))).toEqual([]);
    expect(leading.size).toBe(read.lead.length);
  };

  it('stands in the text word for word, in its order, once, in one role', { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(text, fc.boolean(), (source, firstLeads) => {
        const given = { ...context, firstLeads };
        const read = readActors(passage(source), given);
        holds(source, read);
        holds(source, readUnitCell(passage(source), 'lead', given));
        holds(source, readUnitCell(passage(source), 'cooperate', given));
        if (read.stated !== null) expect(read.stated.end <= passage(source).length && read.stated.start >= 0).toBe(true);
        expect(read.by === 'none').toBe(read.lead.length + read.cooperate.length === 0);
      }),
      { numRuns: 1_500 },
    );
  });

  it('is the same in full-width and half-width, on one line and on many', () => {
    const wide = (source: string) =>
      source.replaceAll('，', ',').replaceAll('（', '(').replaceAll('）', ')').replaceAll('：', ':').replaceAll('；', ';');
    const nameOf = (source: string) => {
      const { lead, cooperate, by } = readActors(passage(source), context);
      return {
        lead: lead.map(({ name }) => name.normalize('NFKC')),
        cooperate: cooperate.map(({ name }) => name.normalize('NFKC')),
        by,
      };
    };
    fc.assert(
      fc.property(text, (source) => {
        expect(nameOf(wide(source))).toEqual(nameOf(source));
      }),
      { numRuns: 500 },
    );
  });

  it('has nobody cooperating where the first of several leads and only 负责 is said', () => {
    const list = fc.uniqueArray(fc.constantFrom('县教育局', '县财政局', '县水利局', '县民政局', '各乡镇', '有关部门'), {
      minLength: 2,
    });
    fc.assert(
      fc.property(list, (units) => {
        const source = `公开信息。（${units.join('、')}按职责分工负责）`;
        const names = (firstLeads: boolean) => {
          const { lead, cooperate } = readActors(passage(source), { ...context, firstLeads });
          return [lead.map(({ name }) => name), cooperate.map(({ name }) => name)];
        };
        expect(names(false)).toEqual([units, []]);
        expect(names(true)).toEqual([units.slice(0, 1), units.slice(1)]);
      }),
    );
  });
});

function seconds(bit: string, size: number): number {
  const source = passage(bit.repeat(Math.ceil(size / bit.length)));
  const began = process.cpuUsage();
  const read = readActors(source, context);
  readUnitCell(source, 'lead', context);
  firstLeadsFrom(source);
  const { user, system } = process.cpuUsage(began);
  for (const { name } of [...read.lead, ...read.cooperate]) expect(name.length).toBeLessThanOrEqual(60);
  return (user + system) / 1e6;
}

describe('hostile input', () => {
  it.each(['（', '（县局负责）', '、', '局局局', '责任单位：', '县局要', '各、', '1.\n'])(
    'of a megabyte of %j is done with in a second or two',
    { timeout: 20_000 },
    (bit) => {
      expect(seconds(bit, 1_000_000)).toBeLessThan(2);
    },
  );

  it('of any few words said again and again is done with as quickly', { timeout: 60_000 }, () => {
    const bit = fc.array(fc.oneof(bits, fc.constantFrom('“', '第一位', '1', '1.', '由', '按照')), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(bit, (words) => {
        expect(seconds(words.join(''), 100_000)).toBeLessThan(1);
      }),
      { numRuns: 30 },
    );
  });
});

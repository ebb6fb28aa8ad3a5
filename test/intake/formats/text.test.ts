import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { linesOf, readText } from '../../../src/intake/formats/text.ts';
import { utf8 } from '../../support/documents.ts';

describe('a plain text', () => {
  it('is its printed lines, blank ones too, each with the number an editor shows', () => {
    const text = '示例县政务公开要点\r\n\r\n一、主动公开\n1.梳理清单\r— 2 —\f2.公开目录';
    const result = readText({ file: '要点.txt', bytes: utf8(text) });
    if (!result.ok) throw new Error(result.errors[0]?.message);
    const { blocks, ...rest } = result.value;
    expect(rest).toEqual({ format: 'text', file: '要点.txt', text, remarks: [] });
    expect(blocks.map((block) => block.kind === 'line' && [block.place, text.slice(block.start, block.end)])).toEqual([
      ['第 1 行', '示例县政务公开要点'],
      ['第 2 行', ''],
      ['第 3 行', '一、主动公开'],
      ['第 4 行', '1.梳理清单'],
      ['第 5 行', '— 2 —'],
      ['第 5 行', '2.公开目录'],
    ]);
    expect(blocks[0]).toMatchObject({ closed: false, heading: null, page: null });
  });

  it('loses no character but its line breaks', () => {
    const unit = fc.constantFrom('县', '1', ' ', '\n', '\r', '\f', '\v', '\u2028', '。');
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        const lines = linesOf(text);
        expect(lines.map(({ start, end }) => text.slice(start, end)).join('')).toBe(text.replaceAll(/[\n\r\f\v\u2028]/gu, ''));
      }),
    );
  });
});

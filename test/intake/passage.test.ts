import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Passage } from '../../src/intake/passage.ts';

function plain(source: string): string {
  return Passage.of(source, [{ start: 0, end: source.length }]).text;
}

const PAIRS: Readonly<Record<string, string>> = { '«': '《', '１': '1', '（': '(', '，': ',' };

/** What the character at `at` is made of those that the property uses. */
function plainOf(source: string, at: number): string | undefined {
  const unit = source[at] ?? '';
  return PAIRS[unit] ?? unit;
}

describe('a passage', () => {
  it.each([
    ['（一）２０２６年，６月底前：', '(一)2026年,6月底前:'],
    ['县 财 政　局\n牵头', '县财政局牵头'],
    ['**11**月底前', '11月底前'],
    ['__加粗__的字', '加粗的字'],
    ['2*3 和 a_b', '2*3和a_b'],
    ['«要点»‹要点›', '《要点》《要点》'],
    ['零\u200B宽\uFEFF字', '零宽字'],
    ['𠮷林街道', '𠮷林街道'],
    ['“引号”——…①', '“引号”——…①'],
  ])('of %j is %j', (source, text) => {
    expect(plain(source)).toBe(text);
  });

  it('knows where each of its characters stood, over gaps between its spans', () => {
    const units = fc.constantFrom(
      '县',
      '１',
      '2',
      '（',
      ' ',
      '\n',
      '**',
      '_',
      '\u3000',
      '，',
      '。',
      'a',
      '«',
      '𠮷',
      '\u0000',
      '⽉',
    );
    fc.assert(
      fc.property(fc.array(units, { maxLength: 60 }), fc.nat(60), fc.nat(60), (parts, one, other) => {
        const source = parts.join('');
        const [from, to] = [Math.min(one, other), Math.max(one, other)].map((at) => Math.min(at, source.length)) as [
          number,
          number,
        ];
        const spans = [
          { start: 0, end: from },
          { start: to, end: source.length },
        ];
        const passage = Passage.of(source, spans);
        for (let at = 0; at < passage.length; at += 1) {
          const { start, end } = passage.span(at, at + 1);
          expect(end).toBe(start + 1);
          expect(start < from || start >= to).toBe(true);
          expect(plainOf(source, start)).toBe(passage.text[at]);
        }
        expect(passage.slice(1).text).toBe(passage.text.slice(1));
      }),
    );
  });

  it('is as long as a document may be', () => {
    const source = '县财政局　'.repeat(50_000);
    const passage = Passage.of(source, [{ start: 0, end: source.length }]);
    expect(passage.length).toBe(200_000);
    expect(passage.quote(199_996)).toBe('县财政局');
  });
});

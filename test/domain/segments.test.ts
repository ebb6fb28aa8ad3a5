import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { countSegments } from '../../src/domain/segments.ts';

// whole characters of one and of two UTF-16 units, as office texts with an emoji or a rare surname have them
const texts = fc
  .array(fc.constantFrom('县', '【', '】', 'a', '7', '，', '😀', '𠮷'), { maxLength: 900 })
  .map((characters) => characters.join(''));

describe('the parts of an SMS', () => {
  it.each([
    [0, 1],
    [70, 1],
    [71, 2],
    [134, 2],
    [135, 3],
    [201, 3],
    [202, 4],
  ])('counts %i units as %i part(s)', (units, parts) => {
    expect(countSegments('县'.repeat(units))).toMatchObject({ chars: units, segments: parts });
  });

  it('joined again are the text', () => {
    fc.assert(
      fc.property(fc.oneof(texts, fc.string({ unit: 'binary', maxLength: 600 })), (text) => {
        expect(countSegments(text).parts.join('')).toBe(text);
      }),
    );
  });

  it('hold 70 units alone and 67 in company, and are never empty in company', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { parts, segments } = countSegments(text);
        expect(parts).toHaveLength(segments);
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(segments === 1 ? 70 : 67);
          if (segments > 1) expect(part.length).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('never cut a character in two', () => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const part of countSegments(text).parts) expect(part).not.toMatch(/^[\udc00-\udfff]|[\ud800-\udbff]$/u);
      }),
    );
  });

  it('may be one more than a division says, because an emoji moves to the next part whole', () => {
    const text = `${'县'.repeat(66)}😀${'县'.repeat(66)}`;
    expect(text).toHaveLength(134);
    expect(countSegments(text).segments).toBe(3);
  });
});

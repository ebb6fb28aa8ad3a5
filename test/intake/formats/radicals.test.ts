import { describe, expect, it } from 'vitest';

import { mapRadicals } from '../../../src/intake/formats/radicals.ts';

describe('radicals', () => {
  it('become the characters that they print', () => {
    expect(mapRadicals('12⽉10⽇前，⼾⼝、⻔⼾⽹站⻚⾯、⻝品⻋辆、⻛险、⻢、⻥⻦⻰、⻉⻬⻅⻓⻘⻮')).toBe(
      '12月10日前，户口、门户网站页面、食品车辆、风险、马、鱼鸟龙、贝齐见长青齿',
    );
  });

  it('keep every offset and leave nothing of their blocks behind', () => {
    let text = '';
    for (let code = 0x2e80; code <= 0x2fd5; code += 1) {
      if (code !== 0x2e9a && (code <= 0x2ef3 || code >= 0x2f00)) text += String.fromCharCode(code);
    }
    const mapped = mapRadicals(text);
    expect(mapped).toHaveLength(text.length);
    expect(mapped).not.toMatch(/[\u2E80-\u2FDF]/u);
  });

  it('are all that is changed', () => {
    const text = '①（一）：ﬁ㎡ 月日户𠮷〇';
    expect(mapRadicals(text)).toBe(text);
  });
});

import { describe, expect, it } from 'vitest';

import { isFormula } from '../../src/intake/blocks.ts';

describe('a formula', () => {
  it('is a line that gives a telephone number, unless it asks for something by some day', () => {
    expect(isFormula('联系人:王某,电话:000-0000,邮箱:x@example.cn。')).toBe(true);
    expect(isFormula('联系人:李某,电话:000-0001,请于3月5日前将联络员名单报县政府办公室。')).toBe(false);
    expect(isFormula('联系人:李某,电话:000-0001,如有问题请致电。')).toBe(true);
  });

  it('is what is said of the document itself, and a signature', () => {
    for (const text of ['(此件公开发布)', '本要点由县政府办公室负责解释。', '示例县人民政府办公室', '2026年2月9日']) {
      expect(isFormula(text), text).toBe(true);
    }
    expect(isFormula('县政府办公室负责解读每一份新出台的文件。')).toBe(false);
  });
});

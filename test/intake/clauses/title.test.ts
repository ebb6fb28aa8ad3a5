import { describe, expect, it } from 'vitest';

import { Passage } from '../../../src/intake/passage.ts';
import { proposeTitle } from '../../../src/intake/clauses/title.ts';

function passage(text: string): Passage {
  return Passage.of(text, [{ start: 0, end: text.length }]);
}

describe('the title proposed for a task', () => {
  it.each([
    ['整合窗口。把分散在各处的窗口并到一处。', '整合窗口'],
    ['公布各窗口的地址，变动之后三天之内更新，并在门口贴出告示和联系电话。', '公布各窗口的地址，变动之后三天之内更新'],
    ['2026年6月底前，推送第一批清单。', '推送第一批清单'],
    ['9月底前各乡镇完成对老旧广告牌、破损路牌的清理。', '各乡镇完成对老旧广告牌、破损路牌的清理'],
    [
      '县公安局要在11月底前完成对老旧监控设备的清查工作并把结果一件一件登记在册。',
      '完成对老旧监控设备的清查工作并把结果一件一件登记在册',
    ],
    ['按照谁办理、谁答复的原则，逐件答复群众来信，答复意见装订成册存档备查。', '逐件答复群众来信，答复意见装订成册存档备查'],
    ['各乡镇人民政府、街道办事处和县政府各部门要于12月5日前将全年工作总结书面报县政府办公室。', '全年工作总结书面报县政府办公室'],
    ['办理率达到99.5%以上。', '办理率达到99.5%以上'],
  ])('of %s is %s', (text, title) => {
    expect(proposeTitle(null, passage(text))).toBe(title);
  });

  it('is the heading where there is one, without the dates of a stage', () => {
    expect(proposeTitle(passage('宣传发动阶段（3月1日—3月31日）'), passage('各乡镇召开动员会。'))).toBe('宣传发动阶段');
    expect(proposeTitle(passage('加强领导。'), passage('各乡镇召开动员会。'))).toBe('加强领导');
  });

  it('is never empty and never long', () => {
    expect(proposeTitle(null, passage('，，，'))).not.toBe('');
    expect(proposeTitle(null, passage('啊'.repeat(500))).length).toBeLessThanOrEqual(30);
  });
});

import { describe, expect, it } from 'vitest';

import { isFormula } from '../../../src/intake/clauses/blocks.ts';

describe('a formula', () => {
  it('is a line that gives a telephone number, unless it asks for something by some day', () => {
    expect(isFormula('联系人:王某,电话:000-0000,邮箱:x@example.cn。')).toBe(true);
    expect(isFormula('联系人:李某,电话:000-0001,请于3月5日前将联络员名单报县政府办公室。')).toBe(false);
    expect(isFormula('联系人:李某,电话:000-0001,如有问题请致电。')).toBe(true);
    expect(isFormula('备注:各牵头单位每月6日前将项目进展报县政府办公室。')).toBe(false);
    expect(isFormula('备注:各乡镇含街道。')).toBe(true);
  });

  it('is what is said of the document itself, and a signature', () => {
    for (const text of [
      '无障碍浏览|长者模式|今天是2026年2月9日星期一',
      '您的位置:首页>政务公开',
      '(此件公开发布)',
      '本要点由县政府办公室负责解释。',
      '示例县人民政府办公室',
      '2026年2月9日',
    ]) {
      expect(isFormula(text), text).toBe(true);
    }
    expect(isFormula('县政府办公室负责解读每一份新出台的文件。')).toBe(false);
  });

  it('is when the document itself begins and ends to hold, and not when a duty begins', () => {
    for (const text of [
      '本办法自2026年5月1日起施行。',
      '自印发之日起施行,有效期两年。',
      '本措施自印发之日起施行,有效期至2026年12月31日。',
      '自本通知印发之日起,《示例县便民服务办法》(示政发〔2020〕1号)停止执行。',
      '此前有关规定与本通知不一致的,同时废止。',
    ]) {
      expect(isFormula(text), text).toBe(true);
    }
    expect(isFormula('各乡镇要督促村级服务站,自2026年5月1日起对代办事项实施登记,每季度公布一次。')).toBe(false);
    expect(isFormula('县司法局要清理历年文件,对不再适用的予以废止。')).toBe(false);
    expect(isFormula('换发的许可证有效期为5年,县行政审批局要在5月底前公布换证流程。')).toBe(false);
  });
});

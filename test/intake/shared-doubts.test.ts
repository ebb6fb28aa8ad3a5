import { describe, expect, it } from 'vitest';

import { readNotice } from '../../src/intake/clauses/read-notice.ts';
import { readText } from '../../src/intake/formats/text.ts';
import { utf8 } from '../support/documents.ts';

const MEASURES = ['修好村道', '清好河道', '补好路灯', '管好集市', '办好食堂', '建好公厕', '护好古树', '用好礼堂'];

function notice(bracket: (index: number) => string): string {
  const items = MEASURES.map((each, index) => `${index + 1}.${each}。逐村列出清单，年底前完成。（${bracket(index)}）`);
  return ['示例县2026年村容整治工作方案', '一、重点任务', ...items].join('\n');
}

function reading(text: string) {
  const document = readText({ file: '方案.txt', bytes: utf8(text) });
  if (!document.ok) throw new Error(document.errors[0]?.message);
  return readNotice(document.value, { hints: { year: null, issuedOn: null }, directory: null, renames: [] });
}

describe('a doubt about units', () => {
  it('that nearly all tasks share is asked once, with how many and which', () => {
    const { tasks, doubts } = reading(notice(() => '各乡镇负责，县住建局指导'));
    expect(tasks).toHaveLength(8);
    expect(tasks.flatMap((task) => task.doubts)).toEqual([]);
    expect(doubts).toHaveLength(1);
    expect(doubts[0]).toMatch(/^8 项任务（一1、一2、一3等）都是这样，请一并确认：.*县住建局.*指导/u);
  });

  it('that few tasks have stays with them', () => {
    const { tasks, doubts } = reading(notice((index) => (index < 2 ? '各乡镇负责，县住建局指导' : '各乡镇负责')));
    expect(tasks.filter((task) => task.doubts.length > 0).map(({ ref }) => ref)).toEqual(['一1', '一2']);
    expect(doubts).toEqual([]);
  });
});

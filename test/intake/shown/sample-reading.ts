/** A reading made by hand: a small notice of 示例县 and what a reader may have found in it. */
import type { Line, SourceDocument, Span } from '../../../src/intake/document.ts';
import type { Origin, Reading, ReadTask } from '../../../src/intake/reading.ts';

export const TEXT = `示例县2026年便民服务工作要点

一、办事更省心
（一）县行政审批局要把窗口搬进一个大厅，并于5月底
前贴出新的办事指南。节后再查一遍。（县行政审批局牵头，县医保局配合，6月底前完成）
（二）各乡镇每季度上门一次。（责任单位：各乡镇人民政府）
`;

export function documentOf(text: string, change: Partial<SourceDocument> = {}): SourceDocument {
  const blocks: Line[] = [];
  let start = 0;
  for (const [index, line] of text.split('\n').entries()) {
    const end = start + line.length;
    if (line.trim() !== '') {
      blocks.push({ kind: 'line', start, end, closed: false, heading: null, page: null, place: `第 ${index + 1} 行` });
    }
    start = end + 1;
  }
  return { format: 'text', file: '要点.txt', text, blocks, remarks: [], ...change };
}

/** Where the words stand, from an offset on. @throws RangeError when they do not */
export function spanOf(text: string, words: string, from = 0): Span {
  const start = text.indexOf(words, from);
  if (start === -1) throw new RangeError(`no ${words}`);
  return { start, end: start + words.length };
}

export function origin(text: string, words: string, rule: string, from = 0): Origin {
  return { quote: words, span: spanOf(text, words, from), rule };
}

const bracket = TEXT.indexOf('（县行政审批局');
const first = TEXT.slice(TEXT.indexOf('（一）'), TEXT.indexOf('\n（二）'));
const second = TEXT.slice(TEXT.indexOf('（二）'), TEXT.length - 1);
const inferred = '年份取自题名';

export const TASKS: readonly [ReadTask, ReadTask] = [
  {
    ref: '一(一)',
    title: '贴出新的办事指南',
    source: { quote: first, span: spanOf(TEXT, first) },
    place: '第 4 行',
    deadlines: [
      { kind: 'by', date: '2026-05-31', text: '5月底前', inferred, ...origin(TEXT, '5月底\n前', '月底前') },
      { kind: 'by', date: null, text: '节后', ...origin(TEXT, '节后', '节后') },
      { kind: 'by', date: '2026-06-30', text: '6月底前', inferred, ...origin(TEXT, '6月底前', '月底前') },
    ],
    lead: [{ name: '县行政审批局', ...origin(TEXT, '县行政审批局', '括号内牵头单位', bracket) }],
    cooperate: [{ name: '县医保局', ...origin(TEXT, '县医保局', '括号内配合单位', bracket) }],
    doubts: [
      { field: 'deadlines', reason: '正文写“5月底前”，括号写“6月底前”，请定哪一个' },
      { field: 'deadlines', reason: '“节后”没有写明哪一天，请定下日期' },
      { field: 'cooperate', reason: '通讯录里没有“县医保局”，请核对名称' },
    ],
  },
  {
    ref: '一(二)',
    title: '每季度上门一次',
    source: { quote: second, span: spanOf(TEXT, second) },
    place: '第 6 行',
    deadlines: [{ kind: 'recurring', text: '每季度', quote: '每季度', span: spanOf(TEXT, '每季度'), rule: 'quarterly' }],
    lead: [{ name: '各乡镇人民政府', ...origin(TEXT, '各乡镇人民政府', '责任单位') }],
    cooperate: [],
    doubts: [],
  },
];

export const READING: Reading = {
  document: documentOf(TEXT, { remarks: ['页眉页脚已略去'] }),
  notice: {
    title: { value: '示例县2026年便民服务工作要点', ...origin(TEXT, '示例县2026年便民服务工作要点', '第一行') },
    number: null,
    issuer: null,
    issuedOn: null,
    year: { value: 2026, ...origin(TEXT, '2026年', '题名中的年份') },
  },
  tasks: TASKS,
  doubts: ['没有读到发文单位'],
};

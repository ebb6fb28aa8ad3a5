/** One table of tasks in every format that has tables: whichever file the office sends, the schedule is the same. */
import { describe, expect, it } from 'vitest';
import writeExcel from 'write-excel-file/node';

import type { SourceDocument } from '../../../src/intake/document.ts';
import { readDocx } from '../../../src/intake/formats/docx.ts';
import { readHtml } from '../../../src/intake/formats/html.ts';
import { readMarkdown } from '../../../src/intake/formats/markdown.ts';
import { readNotice } from '../../../src/intake/clauses/read-notice.ts';
import type { Reading } from '../../../src/intake/reading.ts';
import { readCsv, readXlsx } from '../../../src/intake/formats/sheets.ts';
import { readText } from '../../../src/intake/formats/text.ts';
import type { Result } from '../../../src/domain/result.ts';
import { formatErrors, type SourceError } from '../../../src/yaml.ts';
import { docxOf } from '../../support/docx-maker.ts';
import { utf8 } from '../../support/documents.ts';
import { isCited, names, terms } from './rows-cast.ts';

const TITLE = '示例县2023年政务公开重点任务分解表';
const HEADER = ['序号', '任务名称', '任务内容', '责任单位', '完成时限'];
const ROWS = [
  ['1', '政策首发', '县政府文件在门户网站首发，印发后及时归档。', '县政府办牵头，各乡镇（街道）配合', '8月底前'],
  ['2', '公开专区', '按季度更新专区目录，方便群众办事。', '县政务服务局、县档案馆', '全年'],
  ['3', '窗口培训', '对窗口经办人员开展一次培训。', '县人社局', '2023年11月15日前'],
];
const GRID = [HEADER, ...ROWS];

function readingOf(read: Result<SourceDocument, SourceError>): Reading {
  if (!read.ok) throw new Error(formatErrors(read.errors));
  const reading = readNotice(read.value, { hints: { year: null, issuedOn: null }, directory: null, renames: [] });
  for (const task of reading.tasks) isCited(task, read.value);
  return reading;
}

const input = (file: string, text: string | Uint8Array) => ({ file, bytes: typeof text === 'string' ? utf8(text) : text });
const text = (value: string) => ({ value });

const FILES: readonly (readonly [string, () => Promise<Reading>])[] = [
  [
    'csv',
    async () =>
      readingOf(
        readCsv(
          input(
            '分解表.csv',
            [[TITLE, '', '', '', ''], ...GRID]
              .map((row) => row.join())
              .join('\n')
              .replaceAll('，', '；'),
          ),
        ),
      ),
  ],
  [
    'xlsx',
    async () => {
      const title = [{ ...text(TITLE), columnSpan: 5 }, null, null, null, null];
      const bytes = await writeExcel([title, ...GRID.map((row) => row.map((value) => text(value)))]).toBuffer();
      return readingOf(await readXlsx(input('分解表.xlsx', bytes)));
    },
  ],
  [
    'html',
    async () => {
      const rows = GRID.map((row) => `<tr>${row.map((cell) => `<td><p>${cell}</p></td>`).join('')}</tr>`).join('\n');
      return readingOf(readHtml(input('分解表.html', `<html><body><p>${TITLE}</p><table>${rows}</table></body></html>`)));
    },
  ],
  [
    'markdown',
    async () => {
      const [header = '', ...rows] = GRID.map((row) => `| ${row.join(' | ')} |`);
      return readingOf(readMarkdown(input('分解表.md', [TITLE, '', header, '|---|---|---|---|---|', ...rows].join('\n'))));
    },
  ],
  ['docx', async () => readingOf(await readDocx(input('分解表.docx', docxOf([TITLE, { rows: GRID }]))))],
  [
    'text, a cell a line',
    async () =>
      readingOf(
        readText(
          input('分解表.txt', `${TITLE}\n\n${GRID.map((row) => row.map((cell) => `\t${cell}`).join('\n')).join('\n\n')}\n`),
        ),
      ),
  ],
  [
    'text, a row a line',
    async () => readingOf(readText(input('分解表.txt', `${TITLE}\n\n${GRID.map((row) => row.join('\t')).join('\n')}\n`))),
  ],
];

describe('a table of tasks', () => {
  it.each(FILES)('in %s is the same schedule, every field cited', async (_, read) => {
    const { notice, tasks, doubts } = await read();
    expect(notice.title?.value).toBe(TITLE);
    expect(notice.year?.value).toBe(2023);
    expect(doubts).toEqual([]);
    expect(tasks.map((task) => [task.ref, task.title, names(task.lead), names(task.cooperate), terms(task)])).toEqual([
      ['1', '政策首发', ['县政府办'], ['各乡镇（街道）'], ['by 2023-08-31']],
      ['2', '公开专区', ['县政务服务局', '县档案馆'], [], ['recurring quarterly', 'ongoing']],
      ['3', '窗口培训', ['县人社局'], [], ['by 2023-11-15']],
    ]);
    expect(tasks.map((task) => task.doubts.length)).toEqual([0, 0, 0]);
    expect(tasks.map(({ place }) => place)).not.toContain('');
  });
});

describe('a Word table with merged cells', () => {
  it('gives each row what the merged cells over it say', async () => {
    const rows = [
      [
        { content: '序号', rowSpan: 2 },
        { content: '任务', columnSpan: 2 },
        { content: '责任单位', columnSpan: 2 },
        { content: '完成时限', rowSpan: 2 },
      ],
      ['名称', '工作措施', '牵头', '配合'],
      [{ content: '一、主动公开', columnSpan: 6 }],
      [
        { content: '1', rowSpan: 2 },
        { content: '公开专区', rowSpan: 2 },
        '统一专区标识。',
        '县政务服务局',
        { content: '县财政局、县档案馆', rowSpan: 2 },
        { content: '6月底前', rowSpan: 2 },
      ],
      ['按月更新专区目录。', '县政府办'],
      ['2', '窗口培训', '对经办人员开展一次培训。', '县人社局', '—', '11月底前'],
      [{ content: '合计', columnSpan: 2 }, '3', '', '', ''],
    ];
    const { tasks, doubts } = readingOf(await readDocx(input('分解表.docx', docxOf([TITLE, { rows }]))));
    expect(doubts).toEqual([]);
    expect(tasks.map((task) => [task.ref, task.title, names(task.lead), names(task.cooperate), terms(task)])).toEqual([
      ['1-1', '公开专区：统一专区标识', ['县政务服务局'], ['县财政局', '县档案馆'], ['by 2023-06-30']],
      ['1-2', '公开专区：按月更新专区目录', ['县政府办'], ['县财政局', '县档案馆'], ['recurring monthly', 'by 2023-06-30']],
      ['2', '窗口培训', ['县人社局'], [], ['by 2023-11-30']],
    ]);
    expect(tasks.map(({ source }) => source.quote.includes('专区'))).toEqual([true, true, false]);
  });
});

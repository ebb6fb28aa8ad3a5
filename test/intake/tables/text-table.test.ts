import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Block, Cell, SourceDocument, Span, Table } from '../../../src/intake/document.ts';
import { readRows } from '../../../src/intake/tables/rows.ts';
import { linesOf } from '../../../src/intake/formats/text.ts';
import { withTextTables } from '../../../src/intake/tables/text-table.ts';
import { context, isCited, names, tableFrom, terms } from './rows-cast.ts';

function documentOf(text: string): SourceDocument {
  return { format: 'text', file: '分解表.txt', text, blocks: linesOf(text), remarks: [] };
}

function tablesIn(document: SourceDocument): readonly Table[] {
  return document.blocks.filter((block) => block.kind === 'table');
}

/** Rows as `1|政策发布|县教育局`; line breaks inside a cell are shown as ⏎. */
function rowsOf(document: SourceDocument, table: Table | undefined): string[] {
  return (table?.rows ?? []).map((row) =>
    row.map(({ start, end }) => document.text.slice(start, end).replaceAll(/\s*\n\s*/gu, '⏎')).join('|'),
  );
}

function only(text: string): string[] {
  const document = withTextTables(documentOf(text));
  expect(tablesIn(document)).toHaveLength(1);
  return rowsOf(document, tablesIn(document)[0]);
}

/** The text of the lines that are left. */
function rest(text: string): string {
  return withTextTables(documentOf(text))
    .blocks.filter((block) => block.kind === 'line')
    .map(({ start, end }) => text.slice(start, end))
    .filter((line) => line.trim() !== '')
    .join('/');
}

const DUMP = `附件

示例县2023年政务公开重点任务表

\t序号
\t任务名称
\t任务内容
\t责任

单位
\t时间节点

\t1
\t政策首发
\t各类文件在县政府网站首发。

同步归档。
\t县政府办牵头，各乡镇配合
\t8月底前

\t2
\t公开

专区
\t按月更新专区目录。
\t县政务服务局
\t全年

\t3
\t培训
\t组织一次培训。

\t县人社局
\t11月底前

联系人：王五
`;

describe('a table that was dumped with one cell a line', () => {
  it('is a table again, its broken cells whole and what stands around it left as lines', () => {
    expect(only(DUMP)).toEqual([
      '序号|任务名称|任务内容|责任⏎单位|时间节点',
      '1|政策首发|各类文件在县政府网站首发。⏎同步归档。|县政府办牵头，各乡镇配合|8月底前',
      '2|公开⏎专区|按月更新专区目录。|县政务服务局|全年',
      '3|培训|组织一次培训。|县人社局|11月底前',
    ]);
    expect(rest(DUMP)).toBe('附件/示例县2023年政务公开重点任务表/联系人：王五');
  });

  it('says of each cell on which line it stands', () => {
    const [table] = tablesIn(withTextTables(documentOf(DUMP)));
    expect(table?.rows[1]?.map(({ place }) => place)).toEqual(['第 13 行', '第 14 行', '第 15 行', '第 18 行', '第 19 行']);
  });

  it('has an empty cell where there is an indent and nothing else', () => {
    const row = (...cells: readonly string[]) => cells.map((cell) => `\t${cell}`).join('\n');
    const text = [
      row('序号', '任务', '牵头单位', '配合单位', '时限'),
      row('1', '甲事', '', '县财政局', '8月底前'),
      row('2', '乙事', '县司法局', '', '9月底前'),
    ].join('\n\n');
    expect(only(text)).toEqual(['序号|任务|牵头单位|配合单位|时限', '1|甲事||县财政局|8月底前', '2|乙事|县司法局||9月底前']);
  });

  it('needs no indents', () => {
    const text = `序号\n重点任务\n牵头单位\n配合单位\n完成时限\n1\n推进政策发布\n县政府办\n县教育局\n8月底前\n2\n推进政策解读，按季度评估效果。\n县政府办\n县财政局\n9月底前\n示例县人民政府办公室\n2023年5月1日`;
    expect(only(text)).toEqual([
      '序号|重点任务|牵头单位|配合单位|完成时限',
      '1|推进政策发布|县政府办|县教育局|8月底前',
      '2|推进政策解读，按季度评估效果。|县政府办|县财政局|9月底前',
    ]);
    expect(rest(text)).toBe('示例县人民政府办公室/2023年5月1日');
  });

  it('gives lines to the columns that they fit where a cell has several or none', () => {
    const text = `序号\n任务\n任务内容\n责任单位\n完成时限\n1\n政策发布\n各类文件在县政府网站首发，确保群众能够看到。\n同步做好归档，每月核对一次。\n县政府办牵头\n各乡镇配合\n8月底前\n2\n政策解读\n对民生政策作多样解读，确保群众能够看懂。\n9月底前\n3\n培训\n组织一次培训，覆盖各乡镇和县直部门的经办人员。\n县人社局\n年底前`;
    expect(only(text)).toEqual([
      '序号|任务|任务内容|责任单位|完成时限',
      '1|政策发布|各类文件在县政府网站首发，确保群众能够看到。⏎同步做好归档，每月核对一次。|县政府办牵头⏎各乡镇配合|8月底前',
      '2|政策解读|对民生政策作多样解读，确保群众能够看懂。||9月底前',
      '3|培训|组织一次培训，覆盖各乡镇和县直部门的经办人员。|县人社局|年底前',
    ]);
  });

  it('takes as many lines as columns for no proof that each has one', () => {
    const text = `序号\n任务类别\n工作任务\n责任单位\n完成时限\n1\n政策公开\n把文件在县政府网站首发。\n县政府办公室\n8月底前\n2\n举办全县业务培训，覆盖经办人员。\n县政府办公室\n县人社局\n年底前`;
    expect(only(text).at(-1)).toBe('2||举办全县业务培训，覆盖经办人员。|县政府办公室⏎县人社局|年底前');
  });

  it('knows units that are labelled line by line, whatever they are called', () => {
    const text = `序号\n项目\n建设内容\n责任单位\n完成时限\n1\n管网改造\n新建管网12公里\n牵头单位：县水利局\n配合单位：各乡镇\n8月底前\n2\n无障碍改造\n改造60户\n牵头单位：县残联\n配合单位：县民政局\n9月底前`;
    expect(only(text)).toEqual([
      '序号|项目|建设内容|责任单位|完成时限',
      '1|管网改造|新建管网12公里|牵头单位：县水利局⏎配合单位：各乡镇|8月底前',
      '2|无障碍改造|改造60户|牵头单位：县残联⏎配合单位：县民政局|9月底前',
    ]);
  });

  it('may have headings between its rows, sections that count from 1 again, and its header on each page', () => {
    const text = `序号\n任务\n责任单位\n时限\n一、主动公开\n1\n甲事\n县司法局\n8月底前\n二、监督保障\n1\n乙事\n县财政局\n9月底前\n序号\n任务\n责任单位\n时限\n2\n丙事\n县财政局\n10月底前`;
    expect(only(text)).toEqual([
      '序号|任务|责任单位|时限',
      '一、主动公开|一、主动公开|一、主动公开|一、主动公开',
      '1|甲事|县司法局|8月底前',
      '二、监督保障|二、监督保障|二、监督保障|二、监督保障',
      '1|乙事|县财政局|9月底前',
      '2|丙事|县财政局|10月底前',
    ]);
  });

  it('may have no numbers: then so many cells are a row as long as its times and units are such', () => {
    const text = `工作任务\n责任单位\n完成时限\n梳理清单\n县司法局\n8月底前\n更新专区\n县政务服务局\n全年\n此件公开发布\n联系人\n王五`;
    expect(only(text)).toEqual(['工作任务|责任单位|完成时限', '梳理清单|县司法局|8月底前', '更新专区|县政务服务局|全年']);
    expect(rest(text)).toBe('此件公开发布/联系人/王五');
  });

  it('is no wider for the line over it, and may have a column of sections', () => {
    const text = `示例县2023年重点工作清单\n序号\n类别\n任务\n责任单位\n时限\n1\n主动公开\n公开权责清单，逐项注明依据。\n县委编办\n6月底前\n2\n公开规范性文件，标明是否有效。\n县司法局\n9月底前`;
    expect(only(text)).toEqual([
      '序号|类别|任务|责任单位|时限',
      '1|主动公开|公开权责清单，逐项注明依据。|县委编办|6月底前',
      '2||公开规范性文件，标明是否有效。|县司法局|9月底前',
    ]);
    expect(rest(text)).toBe('示例县2023年重点工作清单');
  });

  it('may have several measures under one number', () => {
    const text = `序号\n任务名称\n具体措施\n责任单位\n时限\n1\n专区建设\n统一专区标识，配齐设备。\n县政务服务局\n6月底前\n更新专区目录，每月一次。\n县政府办\n全年\n2\n公报\n按月编发公报，送到各村。\n县政府办\n全年`;
    expect(only(text)).toEqual([
      '序号|任务名称|具体措施|责任单位|时限',
      '1|专区建设|统一专区标识，配齐设备。|县政务服务局|6月底前',
      '||更新专区目录，每月一次。|县政府办|全年',
      '2|公报|按月编发公报，送到各村。|县政府办|全年',
    ]);
  });

  it('may have its header in two rows', () => {
    const text = `序号\n任务\n责任单位\n时限\n牵头单位\n配合单位\n1\n甲事\n县司法局\n县财政局\n8月底前\n2\n乙事\n县教育局\n县财政局\n9月底前`;
    expect(only(text)).toEqual([
      '序号|任务|牵头单位|配合单位|时限',
      '1|甲事|县司法局|县财政局|8月底前',
      '2|乙事|县教育局|县财政局|9月底前',
    ]);
  });
});

describe('a table that is printed with one row a line', () => {
  const wanted = ['序号|任务|责任单位|时限', '1|甲事|县司法局|8月底前', '2|乙事|县财政局|年底前'];

  it.each([
    ['tabs', '序号\t任务\t责任单位\t时限\n1\t甲事\t县司法局\t8月底前\n2\t乙事\t县财政局\t年底前'],
    [
      'bars',
      '| 序号 | 任务 | 责任单位 | 时限 |\n|---|---|---|---|\n| 1 | 甲事 | 县司法局 | 8月底前 |\n| 2 | 乙事 | 县财政局 | 年底前 |',
    ],
    [
      'a frame',
      '┌─┬─┬─┬─┐\n│序号│任务│责任单位│时限│\n├─┼─┼─┼─┤\n│1│甲事│县司法局│8月底前│\n│2│乙事│县财政局│年底前│\n└─┴─┴─┴─┘',
    ],
    [
      'columns of white',
      '序号    任务    责任单位    时限\n1       甲事    县司法局    8月底前\n2       乙事    县财政局    年底前',
    ],
    ['single spaces', '序号 任务 责任单位 时限\n1 甲事 县司法局 8月底前\n2 乙事 县财政局 年底前'],
    ['blank lines between its rows', '序号 任务 责任单位 时限\n\n1 甲事 县司法局 8月底前\n\n2 乙事 县财政局 年底前'],
  ])('is one with %s', (_, text) => {
    expect(only(`前言，请遵照执行。\n${text}\n此件公开发布。`)).toEqual(wanted);
    expect(rest(`前言，请遵照执行。\n${text}\n此件公开发布。`).replaceAll(/[─┌┬┐└┴┘/]/gu, '')).toBe(
      '前言，请遵照执行。此件公开发布。',
    );
  });

  it('goes on where a cell holds a line break', () => {
    expect(only('序号\t任务\t内容\t责任单位\n1\t政策\n发布\t首发\t县政府办\n2\t解读\t多样\t县教育局')).toEqual([
      '序号|任务|内容|责任单位',
      '1|政策⏎发布|首发|县政府办',
      '2|解读|多样|县教育局',
    ]);
  });

  it('goes on where a heading or the last cell of a row holds one', () => {
    const text = '任务\t时限\t责任\n单位\n甲事\t8月底前\t县司法局\n县财政局\n乙事\t年底前\t县教育局\n\n此件公开发布。';
    expect(only(text)).toEqual(['任务|时限|责任⏎单位', '甲事|8月底前|县司法局⏎县财政局', '乙事|年底前|县教育局']);
    expect(rest(text)).toBe('此件公开发布。');
  });

  it('begins a row at the next number, though the row before is short', () => {
    expect(only('序号\t任务\t责任单位\t时限\n1\t甲事\t县司法局\n2\t乙事\n3\t丙事\t县财政局\t年底前')).toEqual([
      '序号|任务|责任单位|时限',
      '1|甲事|县司法局|',
      '2|乙事||',
      '3|丙事|县财政局|年底前',
    ]);
  });

  it('keeps an empty cell empty, and white inside a sentence inside', () => {
    expect(only('序号\t任务\t责任单位\t时限\n1\t甲事\t\t8月底前\n2\t乙事\t县财政局\t')).toEqual([
      '序号|任务|责任单位|时限',
      '1|甲事||8月底前',
      '2|乙事|县财政局|',
    ]);
    expect(only('序号 任务 责任单位 时限\n1 推进 政策 发布 县司法局 8月底前')[1]).toBe('1|推进 政策 发布|县司法局|8月底前');
  });
});

/** Several tables of one document, with lines between them where a test wants any. */
function parts(...printed: readonly string[]): SourceDocument {
  let text = '';
  const blocks = printed.map((each): Block => {
    const start = text.length;
    if (!each.includes('|')) {
      text += `${each}\n`;
      return { kind: 'line', start, end: text.length - 1, closed: false, heading: null, page: null, place: '' };
    }
    const { document, table } = tableFrom(each);
    text += document.text;
    const moved = new Map<Cell, Cell>();
    const move = (cell: Cell): Cell => {
      const known = moved.get(cell) ?? { ...cell, start: cell.start + start, end: cell.end + start };
      moved.set(cell, known);
      return known;
    };
    return { ...table, rows: table.rows.map((row) => row.map(move)) };
  });
  return { format: 'pdf', file: '分解表.pdf', text, blocks, remarks: [] };
}

describe('a table that is printed with its cells wrapped side by side', () => {
  it('has each cell whole, where the columns are parted by white on every line', () => {
    const text = `示例县任务分解表
序号    工作任务                        牵头单位        完成时限
1       公开权责清单，逐项注明依据，    县委编办、县    6月底前
        并在网站集中公布。              司法局
2       公开规范性文件。                县司法局        9月底前

以上任务请按期完成，并于年底前报送总结材料到县政府办公室，逾期不报的通报。`;
    const document = withTextTables(documentOf(text));
    const { tasks } = readRows(tablesIn(document)[0]!, document, context)!;
    expect(tasks.map((task) => [task.ref, task.title, names(task.lead), terms(task)])).toEqual([
      ['1', '公开权责清单，逐项注明依据，并在网站集中公布', ['县委编办', '县司法局'], ['by 2022-06-30']],
      ['2', '公开规范性文件', ['县司法局'], ['by 2022-09-30']],
    ]);
    for (const task of tasks) isCited(task, document);
    expect(document.blocks.at(-1)).toMatchObject({ kind: 'line' });
  });

  it('is read as well where its numbers stand at the middle of their rows', () => {
    const document = withTextTables(
      documentOf(`序号          工作任务               牵头单位      完成时限
        公开权责清单，逐项注明依
 1      据，并在网站集中公布，按     县委编办      6月底前
        月更新。
 2      公开规范性文件。             县司法局      9月底前
        组织业务培训，覆盖经办人
 3      员和新任职干部，做好考核     县人社局      11 月底前
        记录。`),
    );
    const { tasks } = readRows(tablesIn(document)[0]!, document, context)!;
    expect(tasks.map((task) => [task.ref, names(task.lead), task.source.quote.length > 20])).toEqual([
      ['1', ['县委编办'], true],
      ['2', ['县司法局'], true],
      ['3', ['县人社局'], true],
    ]);
  });

  it('stays text where nothing parts the columns: half a table would be worse than none', () => {
    const text =
      '序号 工作任务 牵头单位 完成时限\n1 公开权责清单，在网 县委编办、县 6月底前\n站公布。 司法局\n2 公开文件。 县司法局 9月底前';
    expect(tablesIn(withTextTables(documentOf(text)))).toEqual([]);
  });
});

describe('the parts of one table', () => {
  const first = '序号 | 任务 | 内容 | 责任单位 | 时限\n1 | 甲事 | 梳理清单。 | 县司法局 | 8月底前';

  it.each([
    ['nothing', []],
    ['a page number', ['— 3 —']],
    ['（续表）', ['（续表）', '']],
  ])('are one where %s stands between them, with or without the header again', (_, between) => {
    const second = '2 | 乙事 | 公开目录。 | 县财政局 | 9月底前';
    for (const more of [second, `序号 | 任务 | 内容 | 责任单位 | 时限\n${second}`]) {
      const joined = withTextTables(parts(first, ...between, more));
      expect(tablesIn(joined)).toHaveLength(1);
      expect(rowsOf(joined, tablesIn(joined)[0])).toEqual([
        '序号|任务|内容|责任单位|时限',
        '1|甲事|梳理清单。|县司法局|8月底前',
        '2|乙事|公开目录。|县财政局|9月底前',
      ]);
      expect(tablesIn(joined)[0]?.rows[2]?.map(({ row }) => row)).toEqual([2, 2, 2, 2, 2]);
    }
  });

  it('make a row whole that the page cut', () => {
    const joined = withTextTables(
      parts(
        '序号 | 任务 | 内容 | 责任单位 | 时限\n1 | 甲事 | 梳理清单，年底前 | 县司法局、 | ',
        ' | | 完成归档。 | 县财政局 | 9月底前\n2 | 乙事 | 公开目录。 | 县财政局 | 9月底前',
      ),
    );
    const { tasks } = readRows(tablesIn(joined)[0]!, joined, context)!;
    expect(tasks.map((task) => [task.ref, names(task.lead), terms(task)])).toEqual([
      ['1', ['县司法局', '县财政局'], ['by 2022-12-31', 'by 2022-09-30']],
      ['2', ['县财政局'], ['by 2022-09-30']],
    ]);
    expect(tasks[0]!.source.quote).toContain('完成归档');
    for (const task of tasks) isCited(task, joined);
  });

  it('are several where words stand between them, the columns differ or the other has a header of its own', () => {
    for (const second of ['姓名 | 电话 | 单位 | 职务 | 备注\n张三 | 1 | 县司法局 | 局长 | ', '2 | 乙事\n3 | 丙事']) {
      expect(tablesIn(withTextTables(parts(first, second)))).toHaveLength(2);
    }
    expect(tablesIn(withTextTables(parts(first, '附件2：其他事项', '2 | 乙事 | 公开目录。 | 县财政局 | 9月底前')))).toHaveLength(
      2,
    );
  });
});

describe('a text without tables', () => {
  it.each([
    '各单位要落实责任。\n一、工作任务\n（一）主动公开。县政府办牵头，8月底前完成。\n二、工作要求\n（一）加强领导。',
    '工作任务\n责任单位\n完成时限',
    '任务 责任单位\n1 县司法局',
    '',
    '\n\n',
  ])('stays as it is: %j', (text) => {
    const document = documentOf(text);
    expect(withTextTables(document)).toEqual(document);
  });

  it('keeps every line and every character of whatever text, as a line or in a table', () => {
    const bit = fc.constantFrom(
      '序号',
      '任务',
      '责任单位',
      '完成时限',
      '牵头',
      '配合',
      '单位',
      '1',
      '2',
      '3',
      '县司法局',
      '8月底前',
      '\t',
      '\n',
      '\n\n',
      ' ',
      '  ',
      '|',
      '、',
      '一、公开',
      '梳理清单。',
    );
    fc.assert(
      fc.property(fc.array(bit, { maxLength: 120 }), (bits) => {
        const text = bits.join('');
        const { blocks } = withTextTables(documentOf(text));
        const spans = blocks.flatMap((block): readonly Span[] =>
          block.kind === 'line' ? [block] : [...new Set(block.rows.flat())],
        );
        const covered = new Set(spans.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, at) => start + at)));
        for (const [at, character] of Array.from(text).entries()) {
          if (!/[\s|─-╿+=:-]/u.test(character)) expect([at, covered.has(at)]).toEqual([at, true]);
        }
        for (const { start, end } of spans) expect(start).toBeLessThanOrEqual(end);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    '序号\n',
    '序号\n任务\n责任单位\n',
    '\t序号\n\t任务\n\t责任单位\n\t1\n',
    '1\n',
    '| ',
    '序号 任务 责任单位\n',
    '序号\t任务\t责任单位\n1\n',
    '责任\n单位\n',
    '序号  任务  责任单位\n1\n',
    '│─',
  ])('of a megabyte of %j is done with', { timeout: 60_000 }, (bit) => {
    const document = documentOf(bit.repeat(1_000_000 / bit.length));
    expect(withTextTables(document).text).toBe(document.text);
  });
});

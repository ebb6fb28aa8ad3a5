import fc from 'fast-check';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';

import type { Line, SourceDocument, Span, Table } from '../../../src/intake/document.ts';
import { readDocx } from '../../../src/intake/formats/docx.ts';
import { type DocxBlock, docxOf, type DocxParts, paragraphXml, runXml } from '../../support/docx-maker.ts';

async function read(given: DocxParts | readonly DocxBlock[]): Promise<SourceDocument> {
  const result = await readDocx({ file: '要点.docx', bytes: docxOf(given) });
  if (!result.ok) throw new Error(result.errors.map(({ message }) => message).join());
  return result.value;
}

async function refusal(bytes: Uint8Array): Promise<string> {
  const result = await readDocx({ file: '要点.docx', bytes });
  return result.ok ? `was read: ${result.value.text}` : result.errors.map(({ file, message }) => `${file}: ${message}`).join();
}

const linesOf = ({ blocks }: SourceDocument): Line[] => blocks.filter((block) => block.kind === 'line');
const tablesOf = ({ blocks }: SourceDocument): Table[] => blocks.filter((block) => block.kind === 'table');
const wordsOf = (document: SourceDocument): string[] =>
  linesOf(document).map(({ start, end }) => document.text.slice(start, end));
const rowsOf = ({ text }: SourceDocument, { rows }: Table): string[][] =>
  rows.map((row) => row.map(({ start, end }) => text.slice(start, end)));

/** The words of a body of one paragraph with this inside. */
const paragraph = async (inside: string): Promise<string> => (await read([{ xml: `<w:p>${inside}</w:p>` }])).text.trimEnd();
const xml = (...blocks: string[]): readonly DocxBlock[] => blocks.map((each) => ({ xml: each }));

describe('paragraphs', () => {
  it('are closed lines in the order of the document, with their place', async () => {
    const document = await read(['示例县2022年政务公开工作要点', '', '各乡镇人民政府：']);
    expect(document.text).toBe('示例县2022年政务公开工作要点\n各乡镇人民政府：\n');
    expect(document).toMatchObject({ format: 'docx', file: '要点.docx', remarks: [] });
    expect(linesOf(document)).toMatchObject([
      { start: 0, end: 16, closed: true, heading: null, page: null, place: '第 1 段' },
      { start: 17, end: 25, closed: true, place: '第 2 段' },
    ]);
  });

  it('go on after a line break inside, and end at two', async () => {
    const document = await read(['示例县人民政府办公室\n2022年工作要点\n\n各乡镇：']);
    expect(wordsOf(document)).toEqual(['示例县人民政府办公室', '2022年工作要点', '各乡镇：']);
    expect(linesOf(document).map(({ closed, place }) => [closed, place])).toEqual([
      [false, '第 1 段'],
      [true, '第 1 段'],
      [true, '第 1 段'],
    ]);
  });

  it('are headings by their style, by what they say themselves, or not against it', async () => {
    const own = (level: number): string =>
      `<w:p><w:pPr><w:pStyle w:val="Heading2"/><w:outlineLvl w:val="${level}"/></w:pPr>${runXml('文')}</w:p>`;
    const derived = '<w:style w:type="paragraph" w:styleId="章"><w:name w:val="章"/><w:basedOn w:val="Heading3"/></w:style>';
    const body: DocxBlock[] = [
      { text: '题', style: 'Title' },
      { text: '章', heading: 1 },
      { text: '章', style: '章' },
      { text: '深', heading: 9 },
    ];
    expect(
      linesOf(await read({ styles: derived, body: [...body, ...xml(own(0), own(9)), '文'] })).map(({ heading }) => heading),
    ).toEqual([1, 1, 3, 6, 1, null, null]);
  });

  it('are whole however often Word cut them into runs', async () => {
    const runs = ['8', '月', '底', '前']
      .map((each) => runXml(each, '<w:rFonts w:eastAsia="仿宋"/>'))
      .join('<w:proofErr w:type="spellStart"/>');
    expect(await paragraph(runs)).toBe('8月底前');
  });

  it('hold tabs, hyphens and numbers in circles as characters, and no soft hyphens', async () => {
    const circle = '<w:r><w:sym w:font="Wingdings" w:char="F082"/></w:r>';
    expect(
      await paragraph(
        `${circle}<w:r><w:t>甲</w:t><w:tab/><w:t>5</w:t><w:noBreakHyphen/><w:t>6</w:t><w:softHyphen/><w:t>月</w:t></w:r>`,
      ),
    ).toBe('②甲\t5-6月');
  });

  it('keep white space of the file’s own source out of lines', async () => {
    expect(await paragraph('\n  <w:r>\n<w:t>八月\n底</w:t></w:r>\n')).toBe('八月 底');
  });

  it('read entities and CDATA as what they stand for', async () => {
    expect(await paragraph('<w:r><w:t>R&amp;D &#x4E00;&#20108;&#x20000;</w:t><w:t><![CDATA[<三>&amp;]]></w:t></w:r>')).toBe(
      'R&D 一二\u{20000}<三>&amp;',
    );
  });

  it('stand in links, content controls, smart tags and simple fields as they stand outside', async () => {
    const inside = [
      `<w:hyperlink r:id="rId9">${runXml('甲')}</w:hyperlink>`,
      `<w:sdt><w:sdtPr><w:alias w:val="名"/></w:sdtPr><w:sdtContent>${runXml('乙')}</w:sdtContent></w:sdt>`,
      `<w:smartTag w:element="date"><w:smartTagPr/>${runXml('丙')}</w:smartTag>`,
      `<w:fldSimple w:instr=" REF x ">${runXml('丁')}</w:fldSimple>`,
      `<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>${runXml('单击此处输入')}</w:sdtContent></w:sdt>`,
      '<w:r><w:ruby><w:rt><w:r><w:t>wù</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>戊</w:t></w:r></w:rubyBase></w:ruby></w:r>',
    ];
    expect(await paragraph(inside.join(''))).toBe('甲乙丙丁戊');
    const block = `<w:sdt><w:sdtContent>${paragraphXml('甲')}<w:customXml>${paragraphXml('乙')}</w:customXml></w:sdtContent></w:sdt>`;
    expect(wordsOf(await read(xml(block)))).toEqual(['甲', '乙']);
  });
});

describe('what does not print', () => {
  const mark = (type: string): string => `<w:r><w:fldChar w:fldCharType="${type}"/></w:r>`;
  const code = (text: string): string => `<w:r><w:instrText>${text}</w:instrText></w:r>`;
  const field = (instruction: string, result: string): string =>
    mark('begin') + code(instruction) + mark('separate') + result + mark('end');

  it('is the code of a field; its result does', async () => {
    expect(await paragraph(`于${field(' DATE ', runXml('8月底前'))}完成`)).toBe('8月底前');
    expect(await paragraph(runXml('于') + field(' DATE ', runXml('8月底')) + runXml('前'))).toBe('于8月底前');
    const nested = mark('begin') + code(' IF ') + field(' PAGE ', runXml('7')) + mark('separate') + runXml('甲') + mark('end');
    expect(await paragraph(nested + runXml('乙'))).toBe('甲乙');
  });

  it('is nothing more than that where a field never ends', async () => {
    expect(await paragraph(mark('begin') + code(' TOC ') + mark('separate') + runXml('8月底前'))).toBe('8月底前');
    expect(await paragraph(mark('begin') + runXml('8月') + mark('end') + mark('end') + mark('begin') + runXml('底前'))).toBe(
      '底前',
    );
  });

  it('is the table of contents, over all its paragraphs', async () => {
    const contents = [
      `<w:p>${mark('begin')}${code(' TOC \\o "1-3" ')}${mark('separate')}${runXml('一、总体要求\t1')}</w:p>`,
      `<w:p>${field(' PAGEREF _1 ', runXml('二、重点任务\t2'))}</w:p>`,
      `<w:p>${mark('end')}</w:p>`,
    ];
    const document = await read([...xml(...contents), '一、总体要求']);
    expect(document.text).toBe('一、总体要求\n');
    expect(document.remarks).toEqual(['目录没有读入']);
  });

  it('is hidden text, unless it says that it is not', async () => {
    const hiding = '<w:style w:type="character" w:styleId="隐"><w:name w:val="隐"/><w:rPr><w:vanish/></w:rPr></w:style>';
    const runs = [
      runXml('甲'),
      runXml('乙', '<w:vanish/>'),
      runXml('丙', '<w:vanish w:val="0"/>'),
      runXml('丁', '<w:rStyle w:val="隐"/>'),
      runXml('戊', '<w:rStyle w:val="隐"/><w:vanish w:val="false"/>'),
    ];
    const document = await read({ styles: hiding, body: xml(`<w:p>${runs.join('')}</w:p>`) });
    expect(document.text).toBe('甲丙戊\n');
    expect(document.remarks).toEqual(['隐藏文字没有读入']);
  });

  it('is told of notes and comments, which are out', async () => {
    const runs = `${runXml('按期完成')}<w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:endnoteReference w:id="2"/></w:r><w:r><w:commentReference w:id="0"/></w:r>`;
    const notes = '<w:footnotes><w:footnote w:id="2"><w:p><w:r><w:t>9月底前</w:t></w:r></w:p></w:footnote></w:footnotes>';
    const document = await read({ body: xml(`<w:p>${runs}</w:p>`), files: { 'word/footnotes.xml': notes } });
    expect(document.text).toBe('按期完成\n');
    expect(document.remarks).toEqual(['有 2 处脚注或尾注没有读入', '批注没有读入']);
  });

  it('is told of fields that print what the file does not hold', async () => {
    const document = await read(xml(`<w:p>${runXml('甲')}${mark('begin')}${code(' EQ \\o\\ac(○,1) ')}${mark('end')}</w:p>`));
    expect(document.text).toBe('甲\n');
    expect(document.remarks).toEqual(['有 1 处由域代码显示的内容没有读入，请核对原文']);
  });
});

describe('tracked changes', () => {
  const REMARK = '文档含修订痕迹，按接受修订后的文字读入';
  const deleted = (text: string): string => `<w:del w:id="1"><w:r><w:delText>${text}</w:delText></w:r></w:del>`;
  const inserted = (text: string): string => `<w:ins w:id="2">${runXml(text)}</w:ins>`;

  it('are read as accepted, and told', async () => {
    const document = await read(xml(`<w:p>${deleted('8')}${inserted('9')}${runXml('月底前')}</w:p>`));
    expect(document).toMatchObject({ text: '9月底前\n', remarks: [REMARK] });
  });

  it('read what was moved where it went', async () => {
    const moved = `<w:p><w:moveFrom>${runXml('甲')}</w:moveFrom>${runXml('乙')}<w:moveTo>${runXml('甲')}</w:moveTo></w:p>`;
    expect(await read(xml(moved))).toMatchObject({ text: '乙甲\n', remarks: [REMARK] });
  });

  it('join paragraphs whose mark is deleted, under the number of the second', async () => {
    const lists = { 纲: [{ format: 'decimal', text: '%1.' }] };
    const properties = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del w:id="3"/></w:rPr>';
    const first = `<w:p><w:pPr>${properties}</w:pPr>${runXml('建立台账，')}</w:p>`;
    const gone = `<w:p><w:pPr>${properties}</w:pPr>${deleted('删去的一项')}</w:p>`;
    const body = [...xml(first, gone), { text: '按月更新', list: '纲' }, { text: '另一项', list: '纲' }];
    expect((await read({ lists, body })).text).toBe('1. 建立台账，按月更新\n2. 另一项\n');
  });

  it('leave out deleted rows, and nothing of what was merged with them', async () => {
    const row = (properties: string, ...cells: string[]): string =>
      `<w:tr>${properties}${cells.map((cell) => `<w:tc>${paragraphXml(cell)}</w:tc>`).join('')}</w:tr>`;
    const table = `<w:tbl>${row('', '工作任务', '责任单位')}${row('<w:trPr><w:del w:id="4"/></w:trPr>', '甲', '乙')}${row('<w:trPr><w:ins w:id="5"/></w:trPr>', '丙', '丁')}</w:tbl>`;
    const document = await read(xml(table));
    expect(rowsOf(document, tablesOf(document)[0]!)).toEqual([
      ['工作任务', '责任单位'],
      ['丙', '丁'],
    ]);
    expect(document.remarks).toEqual([REMARK]);
  });

  it('join a heading with hidden mark to the text behind it', async () => {
    const heading = `<w:p><w:pPr><w:pStyle w:val="Heading2"/><w:rPr><w:vanish/><w:specVanish/></w:rPr></w:pPr>${runXml('强化解读。')}</w:p>`;
    const document = await read([...xml(heading), '发布文件时同步解读']);
    expect(wordsOf(document)).toEqual(['强化解读。发布文件时同步解读']);
    expect(linesOf(document)[0]?.heading).toBe(2);
  });

  it('keep the words of a last paragraph whose mark is gone', async () => {
    const last = `<w:p><w:pPr><w:rPr><w:del w:id="3"/></w:rPr></w:pPr>${runXml('完')}</w:p>`;
    expect((await read(['甲', ...xml(last)])).text).toBe('甲\n完\n');
  });
});

describe('text boxes', () => {
  const box = (content: string): string => `<wps:wsp><wps:txbx><w:txbxContent>${content}</w:txbxContent></wps:txbx></wps:wsp>`;
  const drawing = (content: string): string =>
    `<w:drawing><wp:anchor><a:graphic><a:graphicData>${box(content)}</a:graphicData></a:graphic></wp:anchor></w:drawing>`;
  const vml = (content: string): string =>
    `<w:pict><v:shape><v:textbox><w:txbxContent>${content}</w:txbxContent></v:textbox></v:shape></w:pict>`;

  it('follow the paragraph that they hang on, once, though the file says them twice', async () => {
    const content = paragraphXml('示例县人民政府文件') + paragraphXml('示政发〔2022〕5号');
    const both = `<mc:AlternateContent><mc:Choice Requires="wps">${drawing(content)}</mc:Choice><mc:Fallback>${vml(content)}</mc:Fallback></mc:AlternateContent>`;
    const document = await read([...xml(`<w:p><w:r>${both}</w:r>${runXml('锚')}</w:p>`), '正文']);
    expect(wordsOf(document)).toEqual(['锚', '示例县人民政府文件', '示政发〔2022〕5号', '正文']);
    expect(document.remarks).toEqual(['有 1 个文本框，文字接在所在段落之后']);
  });

  it('are read from old drawings, and so is lettering', async () => {
    const lettering = '<w:pict><v:shape><v:textpath style="" string="示例县&#x6587;件"/></v:shape></w:pict>';
    const document = await read(xml(`<w:p><w:r>${vml(paragraphXml('框'))}${lettering}</w:r></w:p>`));
    expect(wordsOf(document)).toEqual(['框', '示例县文件']);
  });

  it('are taken in the newer of two forms', async () => {
    const both = `<mc:AlternateContent><mc:Choice Requires="wps">${drawing(paragraphXml('新'))}</mc:Choice><mc:Fallback>${vml(paragraphXml('旧'))}</mc:Fallback></mc:AlternateContent>`;
    expect(wordsOf(await read(xml(`<w:p><w:r>${both}</w:r></w:p>`)))).toEqual(['新']);
  });

  it('have fields of their own, and tables', async () => {
    const mark = (type: string): string => `<w:r><w:fldChar w:fldCharType="${type}"/></w:r>`;
    const table = '<w:tbl><w:tr><w:tc><w:p><w:r><w:t>抄送：县委办</w:t></w:r></w:p></w:tc></w:tr></w:tbl>';
    const inside = `<w:r>${vml(`<w:p>${mark('begin')}</w:p>${table}`)}</w:r>`;
    const around = `<w:p>${mark('begin')}${runXml('域代码')}${mark('separate')}${inside}${runXml('正文')}${mark('end')}</w:p>`;
    expect(wordsOf(await read(xml(around)))).toEqual(['正文', '抄送：县委办']);
  });

  it('are told apart from pictures, which are counted', async () => {
    const picture =
      '<w:drawing><wp:inline><a:graphic><a:graphicData><a:blip r:embed="rId7"/></a:graphicData></a:graphic></wp:inline></w:drawing>';
    const line = '<w:pict><v:line from="0,0" to="9,0"/></w:pict>';
    const document = await read(xml(`<w:p>${runXml('甲')}<w:r>${picture}${line}</w:r></w:p>`));
    expect(document.remarks).toEqual(['有 1 处图片、图表或嵌入对象，其中的文字没有读入']);
  });
});

describe('tables', () => {
  const HEADER = ['序号', '工作任务', '责任单位', '完成时限'];

  it('are rectangles whose covered places hold the merged cell', async () => {
    const rows = [
      ['序号', '工作任务', { content: '责任单位', columnSpan: 2 }, { content: '完成时限', rowSpan: 2 }],
      ['', '', '牵头', '配合'],
      [{ content: '1', rowSpan: 2 }, '公开目录', '县财政局', '县税务局', '8月底前'],
      ['政策解读', { content: '各单位', columnSpan: 2 }, '全年'],
    ];
    const document = await read([{ rows }]);
    const [table] = tablesOf(document);
    expect(rowsOf(document, table!)).toEqual([
      ['序号', '工作任务', '责任单位', '责任单位', '完成时限'],
      ['', '', '牵头', '配合', '完成时限'],
      ['1', '公开目录', '县财政局', '县税务局', '8月底前'],
      ['1', '政策解读', '各单位', '各单位', '全年'],
    ]);
    const cell = table!.rows[3]![0]!;
    expect(cell).toBe(table!.rows[2]![0]);
    expect(cell).toMatchObject({ row: 2, column: 0, rowSpan: 2, columnSpan: 1, place: '表 1 第 3 行' });
    expect(table!.rows[0]![3]).toMatchObject({ column: 2, columnSpan: 2, place: '表 1 第 1 行' });
    expect(document.text.match(/责任单位/gu)).toHaveLength(1);
  });

  it('have no columns that no row begins a cell at', async () => {
    const wide = (...cells: (readonly [string, number])[]) => cells.map(([content, columnSpan]) => ({ content, columnSpan }));
    const rows = [wide(['工作任务', 3], ['责任单位', 2]), wide(['公开目录', 3], ['县财政局', 2])];
    const document = await read([{ rows }]);
    expect(rowsOf(document, tablesOf(document)[0]!)).toEqual([
      ['工作任务', '责任单位'],
      ['公开目录', '县财政局'],
    ]);
  });

  it('are filled up where a row is short or begins later', async () => {
    const cell = (text: string): string => `<w:tc>${paragraphXml(text)}</w:tc>`;
    const short = `<w:tr>${cell('甲')}</w:tr><w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>${cell('乙')}</w:tr>`;
    const document = await read(xml(`<w:tbl><w:tr>${cell('工作任务')}${cell('责任单位')}</w:tr>${short}</w:tbl>`));
    expect(rowsOf(document, tablesOf(document)[0]!)).toEqual([
      ['工作任务', '责任单位'],
      ['甲', ''],
      ['', '乙'],
    ]);
  });

  it('merge downwards only what is as wide', async () => {
    const cell = (text: string, properties: string): string => `<w:tc><w:tcPr>${properties}</w:tcPr>${paragraphXml(text)}</w:tc>`;
    const header = `<w:tr>${cell('工作任务', '<w:vMerge w:val="restart"/>')}${cell('责任单位', '')}</w:tr>`;
    const wider = `<w:tr>${cell('全县各单位', '<w:gridSpan w:val="2"/><w:vMerge/>')}</w:tr>`;
    const document = await read(xml(`<w:tbl>${header}${wider}</w:tbl>`));
    expect(rowsOf(document, tablesOf(document)[0]!)).toEqual([
      ['工作任务', '责任单位'],
      ['全县各单位', '全县各单位'],
    ]);
  });

  it('keep the paragraphs of a cell on lines of their own, and a table in it row by row', async () => {
    const inner = {
      rows: [
        ['县财政局', '县税务局'],
        ['县审计局', ''],
      ],
    };
    const rows = [HEADER, ['1', { content: ['建立台账。', '按月更新。'] }, { content: [inner] }, '']];
    const document = await read([{ rows }]);
    expect(rowsOf(document, tablesOf(document)[0]!)[1]).toEqual([
      '1',
      '建立台账。\n按月更新。',
      '县财政局 县税务局\n县审计局',
      '',
    ]);
  });

  it('take cells and rows out of content controls', async () => {
    const cell = (text: string): string => `<w:sdt><w:sdtContent><w:tc>${paragraphXml(text)}</w:tc></w:sdtContent></w:sdt>`;
    const row = (...cells: string[]): string =>
      `<w:sdt><w:sdtContent><w:tr>${cells.map(cell).join('')}</w:tr></w:sdtContent></w:sdt>`;
    const document = await read(xml(`<w:tbl>${row('工作任务', '责任单位')}${row('甲', '县财政局')}</w:tbl>`));
    expect(rowsOf(document, tablesOf(document)[0]!)[1]).toEqual(['甲', '县财政局']);
  });

  it('become lines where they only place things on the page', async () => {
    const body: DocxBlock[] = [
      { rows: [[{ content: '示例县人民政府办公室文件', columnSpan: 2 }], ['示政办发〔2022〕5号', '签发人：张三']] },
      '正文',
      { rows: [['抄送：县委办公室。'], ['示例县人民政府办公室 2022年5月9日印发']] },
    ];
    const document = await read(body);
    expect(tablesOf(document)).toEqual([]);
    expect(wordsOf(document)).toEqual([
      '示例县人民政府办公室文件',
      '示政办发〔2022〕5号',
      '签发人：张三',
      '正文',
      '抄送：县委办公室。',
      '示例县人民政府办公室 2022年5月9日印发',
    ]);
  });

  it('are found inside a table that only places them', async () => {
    const inner = { rows: [HEADER, ['1', '公开目录', '县财政局', '8月底前']] };
    const document = await read([
      {
        rows: [
          ['左栏', { content: ['附件', inner] }, ''],
          ['', '', '页脚'],
        ],
      },
    ]);
    expect(wordsOf(document)).toEqual(['左栏', '附件', '页脚']);
    expect(rowsOf(document, tablesOf(document)[0]!)[1]).toEqual(['1', '公开目录', '县财政局', '8月底前']);
  });

  it('go on on the next page without their header', async () => {
    const document = await read([{ rows: [HEADER.slice(1, 3), ['甲', '县财政局']] }, { rows: [['乙', '县审计局']] }]);
    expect(tablesOf(document).map(({ rows }) => rows[0]![0]!.place)).toEqual(['表 1 第 1 行', '表 2 第 1 行']);
  });
});

describe('a package', () => {
  const strict = (text: string): string =>
    `<document xmlns="http://purl.oclc.org/ooxml/wordprocessingml/main"><body><p><r><t>${text}</t></r></p></body></document>`;

  it('is read in strict form, and with any prefix', async () => {
    expect((await read({ body: [], files: { 'word/document.xml': strict('甲') } })).text).toBe('甲\n');
    const prefixed = strict('乙').replaceAll(/<(\/?)(?=\w)/gu, '<$1ns0:');
    expect((await read({ body: [], files: { 'word/document.xml': prefixed } })).text).toBe('乙\n');
  });

  it('is read in UTF-16, and with a byte order mark', async () => {
    for (const bytes of [Buffer.from(`\uFEFF${strict('丙')}`, 'utf16le'), strToU8(`\uFEFF${strict('丙')}`)]) {
      expect((await read({ body: [], files: { 'word/document.xml': bytes } })).text).toBe('丙\n');
    }
  });

  it('is found where its relationships say', async () => {
    const relations = (type: string, target: string): string =>
      `<Relationships><Relationship Id="r" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/${type}" Target="${target}"/></Relationships>`;
    const files = {
      '_rels/.rels': relations('officeDocument', '/docs/main.xml'),
      'docs/main.xml': strict('丁'),
      'docs/_rels/main.xml.rels': relations('footer', 'footer1.xml'),
      'word/document.xml': null,
    };
    expect(await read({ body: [], files })).toMatchObject({ text: '丁\n', remarks: [] });
  });

  it('needs neither styles nor numbering nor relationships', async () => {
    const files = {
      '_rels/.rels': null,
      'word/_rels/document.xml.rels': null,
      'word/styles.xml': null,
      'word/numbering.xml': null,
    };
    expect((await read({ body: ['甲'], files })).text).toBe('甲\n');
  });
});

describe('a file is refused, in words,', () => {
  const withDocument = (content: string | Uint8Array): Uint8Array =>
    zipSync({ 'word/document.xml': Buffer.from(content) }, { level: 0 });
  const body = (inside: string): string => `<w:document xmlns:w="w"><w:body>${inside}</w:body></w:document>`;

  it.each([
    ['has no document', docxOf({ body: [], files: { 'word/document.xml': null } }), /要点\.docx: .*缺少 document\.xml/u],
    ['is no zip', strToU8('PK\u0003\u0004 not really'), /损坏/u],
    ['is another kind of document', withDocument('<w:styles/>'), /没有 Word 正文/u],
    ['is cut', withDocument(body(paragraphXml('甲')).slice(0, -9)), /XML 不完整/u],
    ['closes what it did not open', withDocument(body('<w:p></w:r>')), /XML 不完整/u],
    ['has two roots', withDocument(body('') + body('')), /XML 不完整/u],
    ['is no UTF-8', withDocument(Buffer.from(body(paragraphXml('¡'.repeat(9))), 'latin1')), /XML 不完整/u],
    ['has a broken part beside it', docxOf({ body: ['甲'], files: { 'word/numbering.xml': '<w:numbering>' } }), /XML 不完整/u],
    [
      'defines entities',
      withDocument(
        `<!DOCTYPE x [<!ENTITY a "${'ha'.repeat(9)}"><!ENTITY b "&a;&a;">]>${body('<w:p><w:r><w:t>&b;</w:t></w:r></w:p>')}`,
      ),
      /DOCTYPE/u,
    ],
    ['uses an entity of its own', withDocument(body('<w:p><w:r><w:t>&b;</w:t></w:r></w:p>')), /XML 不完整/u],
    ['is nested a thousand deep', withDocument(body('<w:sdt>'.repeat(1_000) + '</w:sdt>'.repeat(1_000))), /嵌套/u],
    ['is nested a hundred thousand deep and never closed', withDocument(body('<w:tbl><w:tr><w:tc>'.repeat(100_000))), /嵌套/u],
    [
      'has a table wider than any',
      withDocument(body(`<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="99999999"/></w:tcPr></w:tc></w:tr></w:tbl>`)),
      /列数过多/u,
    ],
    ['has no words', docxOf(['', ' ']), /没有文字/u],
    ['has only a picture', docxOf(xml('<w:p><w:r><w:drawing><a:blip/></w:drawing></w:r></w:p>')), /只有图片.*OCR/u],
    ['only shows another file', docxOf(xml('<w:altChunk r:id="rId5"/>')), /嵌在另一个文件/u],
  ] as const)('when it %s', async (_, bytes, words) => {
    expect(await refusal(bytes)).toMatch(words);
  });
});

describe('time', () => {
  /** Of the processor, for whoever else is at work on this machine is not ours to answer for. */
  const busyMs = (since: NodeJS.CpuUsage): number => {
    const { user, system } = process.cpuUsage(since);
    return (user + system) / 1_000;
  };
  const pages = (count: number): Uint8Array => {
    const words = '各乡镇人民政府、县直有关部门要在八月底前完成政务公开事项标准目录的更新工作，并报县政府办公室备案。';
    const font =
      '<w:rFonts w:ascii="仿宋_GB2312" w:eastAsia="仿宋_GB2312" w:hint="eastAsia"/><w:kern w:val="0"/><w:sz w:val="32"/>';
    const runs = Array.from({ length: 6 }, (_, index) => runXml(words.slice(index * 8, index * 8 + 8), font)).join('');
    const numbering = '<w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr>';
    const body = xml(`<w:p>${numbering}${runs.repeat(2)}</w:p>`.repeat(count * 8));
    return docxOf({
      body,
      lists: {
        纲: [
          { format: 'decimal', text: '%1.' },
          { format: 'decimal', text: '%2.' },
        ],
      },
    });
  };

  it('is short for 200 pages', async () => {
    const bytes = pages(200);
    const start = process.cpuUsage();
    const result = await readDocx({ file: '厚.docx', bytes });
    expect(result.ok && result.value.blocks.length).toBe(1_600);
    expect(busyMs(start)).toBeLessThan(3_000);
  });

  const many = '<w:p><w:r><w:t>甲</w:t></w:r></w:p>'.repeat(130_000);
  const wide = '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="499"/></w:tcPr><w:p/></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>';

  it.each([
    ['elements without end', '<w:p/>'.repeat(1_500_001), '文档过大'],
    ['one text without end', `<w:p><w:r><w:t>${'&amp;'.repeat(200_001)}</w:t></w:r></w:p>`, '文档过大'],
    ['attributes without end', `<w:p ${'a="" '.repeat(300_000)}><w:pPr ${'=" '.repeat(300_001)}"/></w:p>`, '没有文字'],
    ['wide tables without end', wide.repeat(700), '表格过大'],
    [
      'fields in fields',
      `<w:p>${'<w:r><w:fldChar w:fldCharType="begin"/><w:t>甲</w:t></w:r>'.repeat(50_000)}${runXml('乙')}</w:p>`,
      '甲甲',
    ],
    [
      'tables in tables',
      `${'<w:tbl><w:tr><w:tc><w:p/></w:tc><w:tc>'.repeat(40)}${many}${'</w:tc></w:tr></w:tbl>'.repeat(40)}`,
      '甲\n甲',
    ],
    [
      'text boxes in text boxes',
      `${'<w:p><w:r><w:pict><w:txbxContent>'.repeat(3)}${many}${'</w:txbxContent></w:pict></w:r></w:p>'.repeat(3)}`,
      '甲\n甲',
    ],
  ])('is bounded for %s', async (_, inside, words) => {
    const document = `<w:document><w:body>${inside}</w:body></w:document>`;
    const bytes = zipSync({ 'word/document.xml': strToU8(document) }, { level: 0 });
    const start = process.cpuUsage();
    expect(await refusal(bytes)).toContain(words);
    expect(busyMs(start)).toBeLessThan(10_000);
  });
});

describe('a .docx, whatever is done to it,', () => {
  const lists = {
    纲: [
      { format: 'chineseCountingThousand', text: '%1、' },
      { format: 'decimal', text: '%2.' },
    ],
  };
  const rows = [['工作任务', '责任单位'], [{ content: '公开目录', rowSpan: 2 }, '县财政局'], ['县审计局']];
  const boxed = `<w:p><w:r><w:pict><v:shape><v:textbox><w:txbxContent>${paragraphXml('框')}</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>`;
  const bytes = docxOf({
    lists,
    body: [
      { text: '要点', style: 'Title' },
      { text: '甲', list: '纲' },
      { text: '8月底前\n完成', list: '纲', level: 1 },
      { rows },
      { xml: boxed },
    ],
  });
  const parts = unzipSync(bytes);
  const names = Object.keys(parts);

  const settles = async (mutated: Uint8Array): Promise<void> => {
    const result = await readDocx({ file: '坏.docx', bytes: mutated });
    if (!result.ok) {
      expect(result.errors).toEqual([
        { file: '坏.docx', line: 1, column: 1, field: '', message: expect.stringMatching(/\p{Script=Han}/u) },
      ]);
      return;
    }
    const { text, blocks } = result.value;
    for (const { start, end } of blocks.flatMap((block): readonly Span[] =>
      block.kind === 'line' ? [block] : block.rows.flat(),
    )) {
      expect(start).toBeLessThanOrEqual(end);
      expect(end).toBeLessThanOrEqual(text.length);
    }
  };

  it('is read or refused when bytes of the file are changed or cut off', async () => {
    const edits = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(edits, fc.nat(bytes.length), fc.boolean(), async (changes, length, isCut) => {
        const copy = Uint8Array.from(bytes);
        for (const [at, byte] of changes) copy[at] = byte;
        await settles(isCut ? copy.subarray(0, length) : copy);
      }),
      { numRuns: 300 },
    );
  });

  it('is read or refused when its parts are changed, cut, repeated or swapped', async () => {
    const edit = fc.record({
      name: fc.constantFrom(...names),
      at: fc.nat(),
      length: fc.nat(40),
      other: fc.nat(),
      how: fc.constantFrom('cut', 'drop', 'repeat', 'flip', 'swap'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        const changed: Record<string, Uint8Array> = { ...parts };
        for (const { name, at, length, other, how } of edits) {
          const part = changed[name]!;
          const from = at % (part.length + 1);
          const piece = part.subarray(from, from + length);
          const rest = part.subarray(from + (how === 'drop' || how === 'flip' ? length : 0));
          const between =
            how === 'repeat' ? [piece, piece] : how === 'flip' ? [piece.map((byte) => byte ^ (1 << (other % 7)))] : [];
          const swapped = names[other % names.length]!;
          if (how === 'swap') [changed[name], changed[swapped]] = [changed[swapped]!, part];
          else changed[name] = Buffer.concat([part.subarray(0, from), ...between, ...(how === 'cut' ? [] : [rest])]);
        }
        await settles(zipSync(changed, { level: 0 }));
      }),
      { numRuns: 700 },
    );
  });

  it('is read or refused when its tags are changed', async () => {
    const tags = Buffer.from(parts['word/document.xml']!).toString().split(/(?=<)/u);
    const edit = fc.tuple(fc.constantFrom('drop', 'double', 'swap'), fc.nat(tags.length - 1), fc.nat(tags.length - 1));
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 3 }), async (edits) => {
        const changed = [...tags];
        for (const [how, at, other] of edits) {
          if (how === 'swap') [changed[at], changed[other]] = [changed[other]!, changed[at]!];
          else changed[at] = how === 'drop' ? '' : changed[at]!.repeat(2);
        }
        await settles(zipSync({ ...parts, 'word/document.xml': strToU8(changed.join('')) }, { level: 0 }));
      }),
      { numRuns: 500 },
    );
  });
});

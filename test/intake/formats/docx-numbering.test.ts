import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readDocx } from '../../../src/intake/formats/docx.ts';
import { numeral } from '../../../src/intake/formats/numerals.ts';
import { type DocxBlock, docxOf, type DocxLevel, type DocxParts, levelsXml } from '../../support/docx-maker.ts';

const NOTICE: readonly DocxLevel[] = [
  { format: 'chineseCountingThousand', text: '%1、' },
  { format: 'chineseCountingThousand', text: '（%2）' },
  { format: 'decimal', text: '%3.' },
];

async function linesOf(given: DocxParts): Promise<string[]> {
  const read = await readDocx({ file: '要点.docx', bytes: docxOf(given) });
  if (!read.ok) throw new Error(read.errors.map(({ message }) => message).join());
  return read.value.text.trimEnd().split('\n');
}

/** Paragraphs of the list `list` at these levels; their text is their place: 甲, 乙, 丙… */
const items = (list: string, ...levels: number[]): DocxBlock[] =>
  levels.map((level, index) => ({ text: '甲乙丙丁戊己庚辛壬癸'[index]!, list, level }));

/** A list whose definition and instances are written out. */
const numbering = (levels: string, instances = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'): string =>
  `<w:abstractNum w:abstractNumId="0">${levels}</w:abstractNum>${instances}`;

describe('the numbers that Word makes', () => {
  it('stand at the start of the paragraph, each level with its own format', async () => {
    const body = ['引言', ...items('纲', 0, 1, 1, 2, 2, 0, 1, 2)];
    expect(await linesOf({ lists: { 纲: NOTICE }, body })).toEqual([
      '引言',
      '一、甲',
      '（一）乙',
      '（二）丙',
      '1. 丁',
      '2. 戊',
      '二、己',
      '（一）庚',
      '1. 辛',
    ]);
  });

  it('name several levels in one number', async () => {
    const lists = { 条: [NOTICE[2]!, { format: 'upperLetter', text: '%1.%2' }, { format: 'decimal', text: '%1.%2.%3）' }] };
    expect(
      await linesOf({
        lists: { 条: [{ format: 'decimal', text: '%1' }, ...lists.条.slice(1)] },
        body: items('条', 0, 1, 2, 2, 1, 0, 1),
      }),
    ).toEqual(['1 甲', '1.A 乙', '1.A.1）丙', '1.A.2）丁', '1.B 戊', '2 己', '2.A 庚']);
  });

  it('go on counting through text between, and through another list', async () => {
    const lists = { 甲: [{ format: 'decimal', text: '%1.' }], 乙: [{ format: 'lowerLetter', text: '%1)' }] };
    const body = [...items('甲', 0), '插话', ...items('乙', 0, 0), ...items('甲', 0)];
    expect(await linesOf({ lists, body })).toEqual(['1. 甲', '插话', 'a) 甲', 'b) 乙', '2. 甲']);
  });

  it('are shared by two lists of one definition', async () => {
    const instances = [1, 2].map((id) => `<w:num w:numId="${id}"><w:abstractNumId w:val="0"/></w:num>`).join('');
    const body = [...items('1', 0, 0), ...items('2', 0)];
    expect(await linesOf({ numbering: numbering(levelsXml(NOTICE), instances), body })).toEqual(['一、甲', '二、乙', '三、甲']);
  });

  it('begin anew where a list has a start of its own', async () => {
    const second = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="4"/></w:lvlOverride>';
    const instances = `<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="0"/>${second}</w:num>`;
    const body = [...items('1', 0, 0), ...items('2', 0, 0), ...items('1', 0)];
    expect(await linesOf({ numbering: numbering(levelsXml(NOTICE), instances), body })).toEqual([
      '一、甲',
      '二、乙',
      '四、甲',
      '五、乙',
      '六、甲',
    ]);
  });

  it('change their form where a list has a level of its own', async () => {
    const own =
      '<w:lvlOverride w:ilvl="0"><w:lvl w:ilvl="0"><w:start w:val="7"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="第%1条"/></w:lvl></w:lvlOverride>';
    const instances = `<w:num w:numId="1"><w:abstractNumId w:val="0"/>${own}</w:num>`;
    expect(await linesOf({ numbering: numbering(levelsXml(NOTICE), instances), body: items('1', 0, 0) })).toEqual([
      '第VII条 甲',
      '第VIII条 乙',
    ]);
  });

  it('start where the level says', async () => {
    expect(await linesOf({ lists: { 纲: [{ ...NOTICE[0]!, start: 3 }] }, body: items('纲', 0, 0) })).toEqual([
      '三、甲',
      '四、乙',
    ]);
  });

  it('count a higher level that is left out as used', async () => {
    expect(
      await linesOf({
        lists: {
          条: [
            { format: 'decimal', text: '%1.' },
            { format: 'decimal', text: '%1.%2.' },
          ],
        },
        body: items('条', 1, 1, 0, 1),
      }),
    ).toEqual(['1.1. 甲', '1.2. 乙', '2. 丙', '2.1. 丁']);
  });

  it('restart only after the level that lvlRestart names, or never', async () => {
    const levels = (restart: number): readonly DocxLevel[] => [
      ...NOTICE.slice(0, 2),
      { format: 'decimal', text: '%3.', xml: `<w:lvlRestart w:val="${restart}"/>` },
    ];
    const body = items('纲', 0, 1, 2, 1, 2, 0, 1, 2);
    const last = async (restart: number): Promise<string> =>
      (await linesOf({ lists: { 纲: levels(restart) }, body })).filter((line) => /^\d/u.test(line)).join(' ');
    expect(await last(0)).toBe('1. 丙 2. 戊 3. 辛');
    expect(await last(1)).toBe('1. 丙 2. 戊 1. 辛');
    expect(await last(2)).toBe('1. 丙 1. 戊 1. 辛');
  });

  it('are Arabic in all places where the level is for laws', async () => {
    const lists = { 法: [NOTICE[0]!, { format: 'chineseCounting', text: '%1.%2', xml: '<w:isLgl/>' }] };
    expect(await linesOf({ lists, body: items('法', 0, 1) })).toEqual(['一、甲', '1.1 乙']);
  });

  it('are none for bullets, and a bullet adds nothing to the number of a lower level', async () => {
    const lists = {
      点: [
        { format: 'bullet', text: '\uF06C' },
        { format: 'decimal', text: '%1%2.' },
      ],
    };
    expect(await linesOf({ lists, body: items('点', 0, 1) })).toEqual(['甲', '1. 乙']);
  });

  it('print the words of a level without a number', async () => {
    expect(await linesOf({ lists: { 附: [{ format: 'none', text: '附件：%1' }] }, body: items('附', 0) })).toEqual(['附件：甲']);
  });

  it('stand in a cell of a table though nothing else does', async () => {
    const rows = [
      ['序号', '工作任务', '责任单位'],
      ...['公开目录', '政策解读'].map((task) => [{ content: [{ text: '', list: '号' }] }, task, '县财政局']),
    ];
    const lists = { 号: [{ format: 'decimal', text: '%1' }] };
    expect(await linesOf({ lists, body: [{ rows }] })).toEqual([
      '序号',
      '工作任务',
      '责任单位',
      '1',
      '公开目录',
      '县财政局',
      '2',
      '政策解读',
      '县财政局',
    ]);
  });

  it('are counted for an empty item, which is not read as a paragraph', async () => {
    const body = [
      { text: '甲', list: '纲' },
      { text: '', list: '纲' },
      { text: '丙', list: '纲' },
    ];
    expect(await linesOf({ lists: { 纲: NOTICE }, body })).toEqual(['一、甲', '三、丙']);
  });

  it('do not run together with the figure that follows', async () => {
    const lists = { 数: [{ format: 'decimal', text: '%1' }] };
    const body = [
      { text: '2月底前报送', list: '数' },
      { text: '月报制度', list: '数' },
      { text: '健全台账', list: '数' },
    ];
    expect(await linesOf({ lists, body })).toEqual(['1、2月底前报送', '2、月报制度', '3 健全台账']);
  });
});

describe('numbering through styles', () => {
  const style = (id: string, properties: string, basedOn = 'Normal'): string =>
    `<w:style w:type="paragraph" w:styleId="${id}"><w:name w:val="${id}"/><w:basedOn w:val="${basedOn}"/><w:pPr>${properties}</w:pPr></w:style>`;
  const list = (id: number): string => `<w:numPr><w:numId w:val="${id}"/></w:numPr>`;

  it('is found in the style, at the level that belongs to the style', async () => {
    const levels = levelsXml(NOTICE).replace('<w:lvl w:ilvl="1">', '<w:lvl w:ilvl="1"><w:pStyle w:val="节"/>');
    const styles = style('章', list(1)) + style('节', list(1));
    const body = [
      { text: '甲', style: '章' },
      { text: '乙', style: '节' },
      { text: '丙', style: '节' },
    ];
    expect(await linesOf({ numbering: numbering(levels), styles, body })).toEqual(['一、甲', '（一）乙', '（二）丙']);
  });

  it('is found in the style that the style is based on', async () => {
    const styles = style('章', list(1)) + style('附章', '<w:jc w:val="center"/>', '章');
    expect(await linesOf({ numbering: numbering(levelsXml(NOTICE)), styles, body: [{ text: '甲', style: '附章' }] })).toEqual([
      '一、甲',
    ]);
  });

  it('is taken away by list 0, in a style or in the paragraph', async () => {
    const styles = style('章', list(1)) + style('无', list(0), '章');
    const body: DocxBlock[] = [
      { text: '甲', style: '章' },
      { text: '乙', style: '无' },
      { text: '丙', style: '章', list: '0' },
      { text: '丁', style: '章' },
    ];
    expect(await linesOf({ numbering: numbering(levelsXml(NOTICE)), styles, body })).toEqual(['一、甲', '乙', '丙', '二、丁']);
  });

  it('follows the definition that stands for a numbering style', async () => {
    const all = [
      `<w:abstractNum w:abstractNumId="0"><w:styleLink w:val="公文"/>${levelsXml(NOTICE)}</w:abstractNum>`,
      '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="公文"/></w:abstractNum>',
      '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>',
    ].join('');
    expect(await linesOf({ numbering: all, body: [...items('1', 0), ...items('2', 0)] })).toEqual(['一、甲', '二、甲']);
  });

  it('survives styles and lists that lead in circles or nowhere', async () => {
    const styles = style('子', '', '丑') + style('丑', '', '子');
    const body: DocxBlock[] = [
      { text: '甲', style: '子' },
      { text: '乙', style: '没有' },
      { text: '丙', list: '99' },
    ];
    expect(await linesOf({ styles, body })).toEqual(['甲', '乙', '丙']);
  });
});

describe('a numeral', () => {
  const CASES: readonly (readonly [format: string, numerals: readonly (readonly [number, string])[]])[] = [
    [
      'chineseCountingThousand',
      [
        [1, '一'],
        [10, '十'],
        [11, '十一'],
        [20, '二十'],
        [99, '九十九'],
        [105, '一百零五'],
        [110, '一百一十'],
        [1001, '一千零一'],
      ],
    ],
    [
      'chineseCounting',
      [
        [10, '十'],
        [36, '三十六'],
        [101, '一〇一'],
      ],
    ],
    [
      'japaneseCounting',
      [
        [3, '三'],
        [12, '十二'],
      ],
    ],
    [
      'ideographDigital',
      [
        [9, '九'],
        [10, '一〇'],
        [12, '一二'],
      ],
    ],
    [
      'ideographTraditional',
      [
        [1, '甲'],
        [10, '癸'],
        [11, '11'],
      ],
    ],
    ['ideographZodiac', [[12, '亥']]],
    [
      'ideographZodiacTraditional',
      [
        [1, '甲子'],
        [60, '癸亥'],
      ],
    ],
    [
      'chineseLegalSimplified',
      [
        [10, '壹拾'],
        [21, '贰拾壹'],
      ],
    ],
    [
      'decimalEnclosedCircle',
      [
        [1, '①'],
        [20, '⑳'],
        [21, '㉑'],
        [50, '㊿'],
        [51, '51'],
      ],
    ],
    ['decimalEnclosedCircleChinese', [[3, '③']]],
    [
      'decimalEnclosedParen',
      [
        [2, '⑵'],
        [21, '(21)'],
      ],
    ],
    ['decimalEnclosedFullstop', [[2, '⒉']]],
    ['ideographEnclosedCircle', [[1, '㊀']]],
    ['decimalFullWidth', [[12, '１２']]],
    [
      'decimalZero',
      [
        [3, '03'],
        [12, '12'],
      ],
    ],
    [
      'upperLetter',
      [
        [1, 'A'],
        [26, 'Z'],
        [27, 'AA'],
        [28, 'BB'],
      ],
    ],
    ['lowerLetter', [[3, 'c']]],
    [
      'upperRoman',
      [
        [4, 'IV'],
        [1999, 'MCMXCIX'],
        [5000, '5000'],
      ],
    ],
    ['lowerRoman', [[9, 'ix']]],
    ['numberInDash', [[1, '- 1 -']]],
    ['hebrew1', [[7, '7']]],
    ['none', [[7, '']]],
  ];

  it.each(CASES)('in %s', (format, numerals) => {
    expect(numerals.map(([number]) => [number, numeral(number, format)])).toEqual(numerals);
  });

  it('is there for any number in any format', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(...CASES.map(([format]) => format)), (number, format) => {
        const written = numeral(number, format);
        expect(written === '').toBe(format === 'none');
        expect(written).not.toMatch(/undefined|NaN/u);
      }),
    );
  });
});

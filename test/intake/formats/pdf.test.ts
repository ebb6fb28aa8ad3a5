import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { SourceDocument } from '../../../src/intake/document.ts';
import { readPdf } from '../../../src/intake/formats/pdf.ts';
import { formatErrors } from '../../../src/yaml.ts';
import { gb18030, grids, isLine, isTable, printed } from '../../support/documents.ts';
import { type MadePage, pdfOf, type Printed, ruledGrid } from '../../support/pdf-maker.ts';

const SIZE = 16;
const LEFT = 80;
/** 27 characters fill a line. */
const FULL = '各乡镇人民政府、县直各部门要及时公开惠民政策的办理流程和';
const last = [...FULL].length * SIZE + LEFT;

/** Lines one below the other from `top`; two ideographic spaces before a line indent it. */
function page(lines: readonly string[], more: Partial<MadePage> = {}, top = 120): MadePage {
  const body = lines.map((line, index): Printed => {
    const text = line.trimStart();
    return { text, x: LEFT + (line.length - text.length) * SIZE, y: top + index * 28, size: SIZE };
  });
  return { ...more, printed: [...body, ...(more.printed ?? [])] };
}

async function read(bytes: Uint8Array): Promise<SourceDocument> {
  const result = await readPdf({ file: '要点.pdf', bytes });
  if (!result.ok) throw new Error(formatErrors(result.errors));
  return result.value;
}

async function complaint(bytes: Uint8Array): Promise<string> {
  const result = await readPdf({ file: '要点.pdf', bytes });
  return result.ok ? '' : formatErrors(result.errors);
}

async function lines(...pages: readonly MadePage[]): Promise<string[]> {
  const document = await read(pdfOf(pages));
  return document.blocks
    .filter(isLine)
    .map(({ start, end, closed }) => `${document.text.slice(start, end).trimStart()}${closed ? '¶' : ''}`);
}

describe('a PDF', () => {
  it('is its printed lines, with the page each stands on', async () => {
    const document = await read(pdfOf([page(['一、主动公开政策文件和清单']), page(['二、政策解读与回应公众关切'])]));
    expect(document).toMatchObject({ format: 'pdf', file: '要点.pdf', remarks: [] });
    expect(document.blocks).toMatchObject([
      { kind: 'line', page: 1, place: '第 1 页', heading: null },
      { kind: 'line', page: 2, place: '第 2 页' },
    ]);
    expect(printed(document)).toEqual(['一、主动公开政策文件和清单', '二、政策解读与回应公众关切']);
  });

  it.each([
    ['UniGB-UCS2-H', undefined],
    ['UniGB-UTF16-H', undefined],
    ['GBK-EUC-H', gb18030],
    ['GBKp-EUC-H', gb18030],
  ] as const)('is read where its font is not in it and its codes are %s', async (encoding, codes) => {
    const made = pdfOf([page(['一、主动公开2022年政策文件'])], { encoding, ...(codes === undefined ? {} : { codes }) });
    expect(printed(await read(made))).toEqual(['一、主动公开2022年政策文件']);
  });

  it('reads from top to bottom and left to right, in whatever order it was written', async () => {
    const pieces = [
      { text: '前完成。', x: 180, y: 150 },
      { text: '一、公开', x: LEFT, y: 120 },
      { text: '2022 年 8 月底', x: LEFT, y: 150.8 },
    ];
    expect(await lines({ printed: pieces })).toEqual(['一、公开', '2022年8月底前完成。¶']);
  });

  it('keeps the space between Latin words and the gap between columns, and no other', async () => {
    const pieces = [
      { text: 'App', x: LEFT, y: 120 },
      { text: 'Store 上 线', x: LEFT + 28, y: 120 },
      { text: '县局', x: 300, y: 120 },
    ];
    const [line] = await lines({ printed: pieces });
    expect(line).toMatch(/^App Store上线 {5,40}县局¶$/u);
  });

  it('gives radicals as the characters that they print', async () => {
    expect(await lines(page(['⽉底前，⻓江⻔⼾⽹站']))).toEqual(['月底前，长江门户网站¶']);
  });

  it('ends a paragraph where the next line is indented, and leaves one open that fills its line', async () => {
    expect(await lines(page([`　　${FULL.slice(2)}`, FULL, '服务指南。', `　　${FULL.slice(2)}`, '完成。']))).toEqual([
      FULL.slice(2),
      FULL,
      '服务指南。¶',
      FULL.slice(2),
      '完成。¶',
    ]);
  });

  it('shows an indent as a text does, by ideographic spaces', async () => {
    const document = await read(pdfOf([page([`　　${FULL.slice(2)}`, FULL, `　　　　${FULL.slice(4)}`])]));
    expect(document.text).toBe(`　　${FULL.slice(2)}\n${FULL}\n　　　　${FULL.slice(4)}\n`);
    expect(document.blocks[0]).toMatchObject({ start: 0, end: FULL.length });
  });

  it('goes on over a page’s end', async () => {
    const first = [`　　${FULL.slice(2)}`, FULL, FULL];
    expect(await lines(page(first), page(['服务指南。', `　　${FULL.slice(2)}`, '完成。']))).toEqual([
      FULL.slice(2),
      FULL,
      FULL,
      '服务指南。¶',
      FULL.slice(2),
      '完成。¶',
    ]);
  });

  it('knows a stop that had room for more from a line that broke before a word', async () => {
    const broken = FULL.slice(0, -2);
    expect(await lines(page([FULL, broken, '2022年底前完成。', '其余各项照此办理。', FULL]))).toEqual([
      FULL,
      broken,
      '2022年底前完成。¶',
      '其余各项照此办理。¶',
      `${FULL}¶`,
    ]);
  });

  it('keeps the lines of a centred title together', async () => {
    const title = ['示例县人民政府办公室', '关于印发政务公开要点的通知'].map((text, index) => ({
      text,
      x: (LEFT + last) / 2 - (text.length * 20) / 2,
      y: 60 + index * 36,
      size: 20,
    }));
    expect((await lines(page([FULL, FULL], { printed: title }, 180))).slice(0, 3)).toEqual([
      title[0]!.text,
      `${title[1]!.text}¶`,
      FULL,
    ]);
  });

  it('leaves out page numbers and what stands at the same place on every page, and says so', async () => {
    const made = [1, 2, 3].map((number) =>
      page([`第${number}条公开事项`, FULL], {
        printed: [
          { text: `示例县人民政府公报`, x: 220, y: 40, size: 10 },
          { text: number % 2 === 1 ? `— ${number} —` : `- ${number} -`, x: 280, y: 800, size: 12 },
        ],
      }),
    );
    const document = await read(pdfOf(made));
    expect(printed(document)).toEqual(['第1条公开事项', FULL, '第2条公开事项', FULL, '第3条公开事项', FULL]);
    expect(document.remarks).toEqual(['页眉、页脚和页码没有读入']);
  });

  it('keeps a number that counts no pages, and the same sentence at the same place', async () => {
    const made = [7, 3, 7].map((number) =>
      page(['县财政局要公开预算。'], { printed: [{ text: String(number), x: 280, y: 800 }] }, 60),
    );
    expect(printed(await read(pdfOf(made)))).toEqual([
      '县财政局要公开预算。',
      '7',
      '县财政局要公开预算。',
      '3',
      '县财政局要公开预算。',
      '7',
    ]);
  });

  it('leaves out a watermark that stands askew, and says so', async () => {
    const document = await read(pdfOf([page([FULL], { printed: [{ text: '内部资料', x: 200, y: 500, turned: 45 }] })]));
    expect(printed(document)).toEqual([FULL]);
    expect(document.remarks).toEqual(['有 1 处倾斜的文字（水印）没有读入']);
  });

  it('asks to look where lines have gaps at one place', async () => {
    const made = Array.from({ length: 10 }, (_, index): Printed[] => [
      { text: '各乡镇人民政府要公开', x: LEFT, y: 100 + index * 28 },
      { text: '县直各部门要办理清单', x: 320, y: 100 + index * 28 },
    ]).flat();
    expect((await read(pdfOf([{ printed: made }]))).remarks).toEqual([
      '第 1 页像是分栏或没有框线的表格，按整行从左到右读入，请核对',
    ]);
  });
});

describe('a ruled table in a PDF', () => {
  const xs = [80, 120, 320, 460, 520];
  const row = (y: number, ...texts: string[]): Printed[] =>
    texts.flatMap((text, column) =>
      text.split('\n').map((line, index) => ({ text: line, x: xs[column]! + 5, y: y + index * 16, size: 12 })),
    );
  const header = row(118, '序号', '工作任务', '责任单位', '时限');

  it.each([false, true])('is a table, its wrapped lines joined and its separate ones not (boxes: %s)', async (boxes) => {
    const tasks = [
      ...header,
      ...row(148, '1', '各乡镇人民政府要公开惠民政策的\n办理流程', '县司法局\n县财政局', '8月底'),
      ...row(188, '2', '编制年报', '县政府办', '年底'),
    ];
    const made = { ...page(['任务分解表'], {}, 80), ruled: ruledGrid(xs, [100, 130, 170, 210]), boxes };
    const document = await read(
      pdfOf([{ ...made, printed: [...made.printed, ...tasks, { text: '附注：以上从略。', x: LEFT, y: 250 }] }]),
    );
    expect(document.blocks.map(({ kind }) => kind)).toEqual(['line', 'table', 'line']);
    expect(grids(document)).toEqual([
      [
        ['序号', '工作任务', '责任单位', '时限'],
        ['1', '各乡镇人民政府要公开惠民政策的办理流程', '县司法局\n县财政局', '8月底'],
        ['2', '编制年报', '县政府办', '年底'],
      ],
    ]);
    expect(document.blocks.find(isTable)?.rows[2]?.[1]).toMatchObject({ row: 2, column: 1, place: '第 1 页 表 1 第 3 行' });
  });

  it('has merged cells where a line between them is missing', async () => {
    const ruled = [
      ...ruledGrid(xs, [100, 130]),
      ...ruledGrid([120, 320, 460, 520], [130, 170, 210]),
      [80, 130, 80, 210] as const,
      [80, 210, 120, 210] as const,
    ];
    const tasks = [...header, ...row(148, '一', '公开', '县司法局', '8月底'), ...row(188, '', '年报', '县政府办', '年底')];
    const document = await read(pdfOf([{ printed: tasks, ruled }]));
    expect(grids(document)[0]?.map((cells) => cells[0])).toEqual(['序号', '一', '一']);
    expect(document.blocks.find(isTable)?.rows[1]?.[0]).toMatchObject({ rowSpan: 2, columnSpan: 1 });
  });

  it('goes on over pages: its header once, a row that was cut in two whole again', async () => {
    const first = {
      printed: [...header, ...row(148, '1', '各乡镇人民政府要公', '县司法局', '8月底')],
      ruled: ruledGrid(xs, [100, 130, 170]),
    };
    const rest = { printed: [...header, ...row(148, '', '开惠民政策', '', ''), ...row(188, '2', '年报', '县政府办', '年底')] };
    const document = await read(pdfOf([first, { ...rest, ruled: ruledGrid(xs, [100, 130, 170, 210]) }]));
    expect(grids(document)).toEqual([
      [
        ['序号', '工作任务', '责任单位', '时限'],
        ['1', '各乡镇人民政府要公开惠民政策', '县司法局', '8月底'],
        ['2', '年报', '县政府办', '年底'],
      ],
    ]);
    expect(document.blocks.find(isTable)?.rows[2]?.[0]?.place).toBe('第 2 页 表 1 第 3 行');
  });

  it('parts a piece of text that runs over the line between two cells', async () => {
    const tasks = [...header, { text: '1公开惠民政策', x: 108, y: 148, size: 12 }, ...row(148, '', '', '县司法局', '8月底')];
    const document = await read(pdfOf([{ printed: tasks, ruled: ruledGrid(xs, [100, 130, 170]) }]));
    expect(grids(document)[0]?.[1]?.slice(0, 2)).toEqual(['1', '公开惠民政策']);
  });

  it('is none where lines only underline or frame', async () => {
    const frame = ruledGrid([60, 550], [90, 400]);
    const made = page([FULL, `${FULL.slice(0, 10)}       ${FULL.slice(0, 8)}`, FULL], { ruled: [...frame, [80, 140, 300, 140]] });
    expect((await read(pdfOf([made]))).blocks.every(isLine)).toBe(true);
  });
});

describe('a PDF that cannot be read is refused', () => {
  it('where it is a scan, with what to do', async () => {
    const scanned: MadePage = { printed: [{ text: '1', x: 290, y: 800 }], scanned: true };
    expect(await complaint(pdfOf([scanned, scanned]))).toMatch(/扫描件.*原电子版.*文字识别（OCR）/u);
  });

  it('but for single pages: those are named', async () => {
    const document = await read(pdfOf([page([FULL, FULL, FULL]), { printed: [], scanned: true }, page([FULL])]));
    expect(document.remarks).toEqual(['第 2 页没有文字层（扫描页、图片或空白页），没有读入']);
  });

  it('where it has a password', async () => {
    expect(await complaint(pdfOf([page([FULL])], { locked: true }))).toContain('PDF 有打开密码');
  });

  it('where its font is not in it and its codes are in a table that nobody has', async () => {
    expect(await complaint(pdfOf([page([FULL])], { encoding: 'GBT-EUC-H' }))).toContain('缺编码表 GBT-EUC-H');
    expect(await complaint(pdfOf([page([FULL])], { named: false }))).toContain('缺编码表 Adobe-GB1-UCS2');
  });

  it('where its font names no characters', async () => {
    const strange = String.fromCharCode(...Array.from({ length: 27 }, (_, index) => 0xe100 + index));
    expect(await complaint(pdfOf([page([strange, strange, strange])]))).toContain('字体没有注明文字编码');
  });

  it('where it is broken, cut or changed anywhere: an error, never an exception', { timeout: 120_000 }, async () => {
    const whole = pdfOf([page([FULL, FULL]), { ...page([FULL]), ruled: ruledGrid([80, 200, 400], [100, 130, 160]) }]);
    expect(await complaint(whole.subarray(0, 300))).toContain('损坏');
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.uint8Array({ minLength: 1, maxLength: 6 }),
        fc.boolean(),
        async (at, noise, cut) => {
          const bytes = Uint8Array.from(cut ? whole.subarray(0, at) : whole);
          bytes.set(noise.subarray(0, Math.max(0, bytes.length - at)), Math.min(at, bytes.length));
          const result = await readPdf({ file: 'a.pdf', bytes });
          expect(result.ok || result.errors[0]?.message !== '').toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});

import { strToU8, unzipSync, zipSync } from 'fflate';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import writeExcel from 'write-excel-file/node';

import type { SourceDocument } from '../../../src/intake/document.ts';
import { numberFormats, shownDate } from '../../../src/intake/formats/sheet-dates.ts';
import { readCsv, readXlsx } from '../../../src/intake/formats/sheets.ts';
import { formatErrors } from '../../../src/yaml.ts';
import { gb18030, grids, isTable, utf16, utf8 } from '../../support/documents.ts';

const date = (iso: string, format: string) => ({ value: new Date(`${iso}T00:00:00Z`), type: Date, format });
const text = (value: string) => ({ value });

async function workbook(): Promise<Uint8Array> {
  return writeExcel([
    {
      sheet: '任务分解',
      data: [
        [{ value: '示例县2022年任务分解表', columnSpan: 4 }, null, null, null],
        [text('序号'), text('工作任务'), text('责任\n单位'), text('完成时限')],
        [{ value: 1 }, text('梳理清单'), { value: '县司法局\n县财政局', rowSpan: 2 }, date('2022-08-31', 'yyyy-mm-dd')],
        [{ value: 2 }, text('公开目录'), null, date('2022-08-31', 'm"月"d"日"')],
        [{ value: 3 }, text('编制年报'), text(''), date('2022-08-01', 'yyyy"年"m"月";@')],
      ],
    },
    { sheet: '空表', data: [[null]] },
    { sheet: '单位', data: [[text('县司法局')]] },
  ]).toBuffer();
}

async function read(bytes: Uint8Array): Promise<SourceDocument> {
  const result = await readXlsx({ file: '分解表.xlsx', bytes });
  if (!result.ok) throw new Error(formatErrors(result.errors));
  return result.value;
}

async function complaint(bytes: Uint8Array): Promise<string> {
  const result = await readXlsx({ file: '分解表.xlsx', bytes });
  return result.ok ? '' : formatErrors(result.errors);
}

/** The workbook with one of its parts changed. */
async function changed(part: string, change: (xml: string) => string): Promise<Uint8Array> {
  const parts = unzipSync(await workbook());
  return zipSync({ ...parts, [part]: strToU8(change(Buffer.from(parts[part]!).toString())) });
}

describe('a workbook', () => {
  it('is a table for each sheet with content, one cell a line of its text', async () => {
    const document = await read(await workbook());
    expect(grids(document)).toEqual([
      [
        ['示例县2022年任务分解表', '示例县2022年任务分解表', '示例县2022年任务分解表', '示例县2022年任务分解表'],
        ['序号', '工作任务', '责任\n单位', '完成时限'],
        ['1', '梳理清单', '县司法局\n县财政局', '2022-08-31'],
        ['2', '公开目录', '县司法局\n县财政局', '8月31日'],
        ['3', '编制年报', '', '2022年8月'],
      ],
      [['县司法局']],
    ]);
    expect(document).toMatchObject({
      format: 'xlsx',
      file: '分解表.xlsx',
      remarks: [],
      blocks: [{ name: '任务分解' }, { name: '单位' }],
    });
    expect(document.text.split('\n').slice(0, 3)).toEqual(['示例县2022年任务分解表', '序号', '工作任务']);
  });

  it('gives the places that a merged cell covers that same cell, with its address', async () => {
    const table = (await read(await workbook())).blocks.find(isTable);
    expect(table?.rows[3]?.[2]).toBe(table?.rows[2]?.[2]);
    expect(table?.rows[2]?.[2]).toMatchObject({ row: 2, column: 2, rowSpan: 2, columnSpan: 1, place: '任务分解!C3' });
    expect(table?.rows[0]?.[0]).toMatchObject({ columnSpan: 4, place: '任务分解!A1' });
  });

  it('keeps the error of a formula as text', async () => {
    const bytes = await changed('xl/worksheets/sheet1.xml', (xml) =>
      xml.replace(/<c r="A5"[^>]*>.*?<\/c>/u, '<c r="A5" t="e"><f>A9/0</f><v>#DIV/0!</v></c>'),
    );
    expect(grids(await read(bytes))[0]?.[4]?.[0]).toBe('#DIV/0!');
  });

  it('is refused where a formula was never computed, for its cell would be read as empty', async () => {
    const bytes = await changed('xl/worksheets/sheet1.xml', (xml) =>
      xml.replace(/<c r="A5"[^>]*>.*?<\/c>/u, '<c r="A5"><f>A4+1</f></c>'),
    );
    expect(await complaint(bytes)).toContain('任务分解!A5 是公式，文件里没有它的结果');
  });

  it('leaves a hidden sheet out and says so; hidden rows are read and told', async () => {
    const sheet = await changed('xl/workbook.xml', (xml) => xml.replace('name="单位"', 'state="hidden" name="单位"'));
    expect(await read(sheet)).toMatchObject({ blocks: [{ name: '任务分解' }], remarks: ['工作表“单位”是隐藏的，没有读入'] });
    const rows = await changed('xl/worksheets/sheet1.xml', (xml) => xml.replace('<row r="4"', '<row hidden="1" r="4"'));
    expect((await read(rows)).remarks).toEqual(['工作表“任务分解”有 1 行被隐藏或筛去，也读入了']);
  });

  it('is refused in words where it is broken, vast or hostile', async () => {
    expect(await complaint(zipSync({ 'xl/workbook.xml': strToU8('<a/>') }))).toContain('工作簿已损坏');
    expect(await complaint((await workbook()).subarray(0, 900))).toContain('损坏');
    const far = await changed('xl/worksheets/sheet1.xml', (xml) => xml.replace('r="A5"', 'r="XFD1048576"'));
    expect(await complaint(far)).toContain('表格过大（1048576 行 16384 列）');
    const merges = `<mergeCells>${'<mergeCell ref="A1:D5"/>'.repeat(20_000)}</mergeCells></worksheet>`;
    const tangled = await changed('xl/worksheets/sheet1.xml', (xml) => xml.replace(/<mergeCells.*/su, merges));
    expect(await complaint(tangled)).toContain('表格过大');
    const entity = await changed('xl/workbook.xml', (xml) => xml.replace('?>', '?><!DOCTYPE a [<!ENTITY x "y">]>'));
    expect(await complaint(entity)).toContain('DOCTYPE');
    const bomb = zipSync({ 'xl/workbook.xml': new Uint8Array(5_000_000) });
    expect(await complaint(bomb)).toContain('过大');
  });

  it('cut or changed anywhere is a document or an error, never an exception', { timeout: 60_000 }, async () => {
    const whole = await workbook();
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.uint8Array({ minLength: 1, maxLength: 8 }),
        fc.boolean(),
        async (at, noise, cut) => {
          const bytes = Uint8Array.from(cut ? whole.subarray(0, at) : whole);
          bytes.set(noise.subarray(0, Math.max(0, bytes.length - at)), Math.min(at, bytes.length));
          const result = await readXlsx({ file: 'a.xlsx', bytes });
          expect(result.ok || result.errors[0]?.message !== '').toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('a date in a cell', () => {
  const day = new Date('2022-08-31T14:30:00Z');
  it.each([
    ['yyyy-mm-dd', '2022-08-31'],
    ['yyyy/m/d;@', '2022-08-31'],
    ['[$-804]yyyy"年"m"月"d"日";@', '2022-08-31'],
    ['[DBNum1][$-804]yyyy"年"m"月"d"日"', '2022-08-31'],
    ['yyyy"年"m"月"', '2022年8月'],
    ['m"月"d"日"', '8月31日'],
    ['mm\\-dd', '8月31日'],
    ['yyyy-mm-dd hh:mm', '2022-08-31 14:30'],
    ['h:mm', '14:30'],
    ['', '2022-08-31'],
    ['dddd', '2022-08-31'],
  ])('formatted as %s shows %s: neither a day nor a year that the office did not write', (format, shown) => {
    expect(shownDate(day, format)).toBe(shown);
  });

  it('takes the format of its style, built in or the workbook’s own', () => {
    const xml =
      '<styleSheet><numFmts><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/></numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf xfId="0" numFmtId="176"/><xf numFmtId="58"/></cellXfs></styleSheet>';
    expect(numberFormats(xml)).toEqual(['', 'yyyy"年"m"月"', 'm-d']);
    expect(shownDate(day, numberFormats(xml)[2]!)).toBe('8月31日');
  });
});

describe('a text of rows', () => {
  const csv = '序号,工作任务,责任单位,完成时限\n1,梳理清单,"县司法局，\n县财政局",8月底前\n\n2,"公开""目录"""\n';
  const rows = [
    ['序号', '工作任务', '责任单位', '完成时限'],
    ['1', '梳理清单', '县司法局，\n县财政局', '8月底前'],
    ['', '', '', ''],
    ['2', '公开"目录"', '', ''],
  ];

  it.each([
    ['commas', utf8(csv)],
    ['commas in GB18030', gb18030(csv)],
    ['tabs in UTF-16, as Excel saves it', utf16(csv.replaceAll(',', '\t'), 'le', true)],
    ['semicolons', utf8(csv.replaceAll(',', ';'))],
  ])('is a table where it is written with %s', (_, bytes) => {
    const result = readCsv({ file: '分解表.csv', bytes });
    if (!result.ok) throw new Error(formatErrors(result.errors));
    expect(grids(result.value)).toEqual([rows]);
    expect(result.value.blocks).toMatchObject([{ name: null, rows: { 1: { 2: { place: 'C2' } } } }]);
  });

  it('with a quotation left open is refused with its line', () => {
    const result = readCsv({ file: '分解表.csv', bytes: utf8('任务,单位\n甲,乙\n"丙,丁\n') });
    expect(result).toMatchObject({
      ok: false,
      errors: [{ file: '分解表.csv', message: expect.stringContaining('引号没有配对') }],
    });
  });

  it('of any characters is a table or an error', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', ',', '\n', '\t', '任', '\r', ';') }), (raw) => {
        const result = readCsv({ file: 'a.csv', bytes: utf8(raw) });
        expect(result.ok || result.errors.length).toBeTruthy();
      }),
      { numRuns: 300 },
    );
  });
});

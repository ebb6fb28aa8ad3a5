import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import writeExcel from 'write-excel-file/node';

import { readDocument } from '../../../src/intake/formats/read-file.ts';
import { formatErrors } from '../../../src/yaml.ts';
import { gb18030, grids, printed, utf8 } from '../../support/documents.ts';

const sentence = '（一）梳理政策清单，8⽉底前完成。责任单位：县司法局';
const read = async (bytes: Uint8Array, file = '要点') => {
  const result = await readDocument({ file, bytes });
  if (!result.ok) throw new Error(formatErrors(result.errors));
  return result.value;
};

describe('a document', () => {
  it.each([
    ['text', utf8(sentence)],
    ['markdown', utf8(`# 要点\n\n${sentence}`)],
    ['html', utf8(`<html><body><p>${sentence}</p></body></html>`)],
    ['text', gb18030(sentence.replace('⽉', '月'))],
  ] as const)('is read as %s, its radicals as the characters they print (%#)', async (format, bytes) => {
    const document = await read(bytes);
    expect(document).toMatchObject({ format, file: '要点' });
    expect(printed(document).at(-1)).toBe(sentence.replace('⽉', '月'));
  });

  it('of rows is a table, from CSV and from a workbook alike', async () => {
    const rows = [
      ['序号', '工作任务', '责任单位', '完成时限'],
      ['1', '梳理清单', '县司法局', '8月底前'],
    ];
    expect(grids(await read(utf8(rows.map((row) => row.join(',')).join('\n'))))).toEqual([rows]);
    const bytes = await writeExcel(rows.map((row) => row.map((value) => ({ value })))).toBuffer();
    expect(grids(await read(bytes))).toEqual([rows]);
  });

  it('is read by its content, whatever it is called', async () => {
    expect((await read(utf8('<html><body><p>示例县</p></body></html>'), '要点.doc')).format).toBe('html');
    expect((await read(utf8('示例县政务公开'), '要点.pdf')).format).toBe('text');
  });

  it('of an old word processor names the converter that is missing', async () => {
    const result = await readDocument({ file: '要点.rtf', bytes: utf8('{\\rtf1 a}') }, { soffice: null });
    expect(result).toMatchObject({ ok: false, errors: [{ file: '要点.rtf', message: expect.stringContaining('LibreOffice') }] });
  });

  it('that is none, or too large, is an error that names the file', async () => {
    expect(await readDocument({ file: '空.txt', bytes: new Uint8Array() })).toMatchObject({
      ok: false,
      errors: [{ file: '空.txt' }],
    });
    expect(await readDocument({ file: '大.txt', bytes: new Uint8Array(50_000_001) })).toMatchObject({
      ok: false,
      errors: [{ file: '大.txt', message: '文件过大：最多 50 MB' }],
    });
  });

  it('of any bytes is read or refused, never an exception', { timeout: 60_000 }, async () => {
    const heads = [
      '',
      '# 要点\n',
      '<html><p>',
      '%PDF-1.7\n',
      '{\\rtf1',
      'PK\u0003\u0004',
      '序号,任务,责任单位\n',
      '| 任务 |\n|---|\n',
    ].map(utf8);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 200 }), async (head, tail) => {
        const result = await readDocument({ file: 'a', bytes: new Uint8Array(Buffer.concat([head, tail])) }, { soffice: null });
        expect(result.ok || result.errors[0]?.message !== '').toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

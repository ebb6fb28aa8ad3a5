import { zipSync } from 'fflate';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { detect } from '../../../src/intake/formats/detect.ts';
import { gb18030, ole, utf16, utf8 } from '../../support/documents.ts';

const at = (...bytes: number[]): Uint8Array =>
  Uint8Array.from([...bytes, ...Array.from({ length: 600 }, (_, index) => index % 7)]);
const zip = (...names: string[]): Uint8Array => zipSync(Object.fromEntries(names.map((name) => [name, utf8('<a/>')])));
const odf = (type: string): Uint8Array =>
  zipSync({ mimetype: utf8(`application/vnd.oasis.opendocument.${type}`), 'content.xml': utf8('<a/>') }, { level: 0 });
const kindOf = async (bytes: Uint8Array): Promise<string> => {
  const detected = await detect({ file: '某文件', bytes });
  return detected.kind === 'read' ? detected.format : detected.kind === 'convert' ? 'convert' : detected.message;
};

const prose = '示例县2022年政务公开工作要点\n一、主动公开\n（一）梳理清单，8月底前完成。**责任单位**：县司法局、县财政局\n';
const page = '<!DOCTYPE html>\n<html><head><meta charset="gb2312"><title>要点</title></head><body><p>示例县</p></body></html>';
const table = '序号,工作任务,责任单位,完成时限\n1,梳理清单,县司法局,8月底前\n';

describe('a file is known by its content', () => {
  it.each([
    ['text', utf8(prose)],
    ['text', gb18030(prose)],
    ['text', utf16(prose, 'le', false)],
    ['text', utf8('1,000 元以上的项目，任务 < 10 项，> 5 项\n------\n（一）完成时限，责任单位，任务\n')],
    ['markdown', utf8(`# 示例县政务公开要点\n\n${prose}`)],
    ['markdown', utf8('任务如下：\n\n| 序号 | 工作任务 |\n| --- | :---: |\n| 1 | 梳理 |\n')],
    ['html', utf8(page)],
    ['html', gb18030(page)],
    ['html', utf16(page, 'le', true)],
    ['html', utf8('<p>示例县</p>\n<p>政务公开</p>')],
    ['html', utf8('<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0"><html></html>')],
    ['text', utf8('<一>示例县政务公开</一>要点\n')],
    ['csv', utf8(table)],
    ['csv', gb18030(table.replaceAll(',', '\t'))],
    ['csv', utf16(table.replaceAll(',', ';'), 'le', true)],
    ['pdf', utf8('%PDF-1.7\n%âãÏÓ\n')],
    ['pdf', utf8('\n\n%PDF-1.4\n')],
    ['docx', zip('[Content_Types].xml', 'word/document.xml')],
    ['docx', zip('[Content_Types].xml', 'word/document2.xml')],
    ['xlsx', zip('[Content_Types].xml', 'xl/workbook.xml')],
    ['convert', odf('text')],
    ['convert', utf8('{\\rtf1\\ansi 要点}')],
    ['convert', ole('WordDocument', '1Table')],
  ])('as %s (%#)', async (kind, bytes) => {
    expect(await kindOf(bytes)).toBe(kind);
  });
});

describe('a file that is no document is refused with what would be right', () => {
  it.each([
    ['空', new Uint8Array()],
    ['没有文字', utf8(' \n\u3000\n')],
    ['图片', at(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)],
    ['OCR', at(0xff, 0xd8, 0xff, 0xe0)],
    ['OCR', utf8('RIFF1234WEBPVP8 ')],
    ['程序', at(0x4d, 0x5a, 0x90)],
    ['压缩包', at(0x52, 0x61, 0x72, 0x21)],
    ['解压后逐个导入', zip('要点.docx', '附件/分解表.xlsx')],
    ['已损坏', zip('word/document.xml').subarray(0, 60)],
    ['OFD', zip('OFD.xml', 'Doc_0/Document.xml')],
    ['演示文稿', zip('ppt/presentation.xml')],
    ['xlsb', zip('xl/workbook.bin')],
    ['.ods', odf('spreadsheet')],
    ['另存为不加密的 .xlsx', ole('Workbook')],
    ['演示文稿', ole('PowerPoint Document')],
    ['有密码', ole('EncryptionInfo', 'EncryptedPackage')],
    ['另存为 .docx', ole('某个流')],
    ['可能已损坏', ole('WordDocument').subarray(0, 700)],
    ['.mht', utf8('MIME-Version: 1.0\nContent-Type: multipart/related\n')],
    ['XML', utf8('<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="a"/>')],
  ])('%s', async (words, bytes) => {
    expect(await kindOf(bytes)).toContain(words);
  });

  it('when it is a Word file with a password', async () => {
    const locked = ole('WordDocument');
    // The first stream starts after the header, the directory and the table.
    locked[512 * 3 + 11] = 1;
    expect(await kindOf(locked)).toContain('有密码');
  });
});

it('any bytes at all are something, never an exception', async () => {
  const start = fc.constantFrom(
    ole('WordDocument'),
    zip('word/document.xml'),
    utf8('%PDF-'),
    utf8('PK\u0003\u0004'),
    utf8(page),
    new Uint8Array(),
  );
  await fc.assert(
    fc.asyncProperty(start, fc.nat(2_000), fc.uint8Array({ maxLength: 100 }), async (head, cut, tail) => {
      expect(await kindOf(new Uint8Array(Buffer.concat([head.subarray(0, cut), tail])))).not.toBe('');
    }),
    { numRuns: 400 },
  );
});

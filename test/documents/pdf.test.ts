/** PDFs as a browser prints them: real fonts, real tables, real headers and footers. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { SourceDocument } from '../../src/intake/document.ts';
import { readDocument } from '../../src/intake/formats/read-file.ts';
import { openBrowser } from '../support/browser.ts';
import { grids, isLine, printed } from '../support/documents.ts';

const style = (font: string): string =>
  `<meta charset="utf-8"><style>body{font:16px/1.8 '${font}';text-align:justify} p{margin:0;text-indent:2em} td,th{border:1px solid} table{border-collapse:collapse;font-size:14px;text-align:left} th{break-inside:avoid} td:first-child{width:2em}</style>`;

const part = '各乡镇人民政府、县直各部门要按照《示例县政务公开管理办法》及时公开惠民政策的办理流程和服务指南';

describe('a PDF out of a browser', () => {
  let browser: Browser | null = null;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });

  async function print(html: string, furniture: { header: string; footer: string } | null = null): Promise<SourceDocument> {
    const page = await browser!.newPage();
    await page.setContent(html);
    const bytes = await page.pdf({
      format: 'A4',
      margin: { top: '2.5cm', bottom: '2.5cm', left: '2.5cm', right: '2.5cm' },
      displayHeaderFooter: furniture !== null,
      headerTemplate: furniture?.header ?? '',
      footerTemplate: furniture?.footer ?? '',
    });
    await page.close();
    const result = await readDocument({ file: '打印.pdf', bytes });
    if (!result.ok) throw new Error(result.errors[0]?.message);
    return result.value;
  }

  it.for(['Noto Sans CJK SC', 'Noto Serif CJK SC'])(
    'gives every common character back as it was typed (%s)',
    async (font, context) => {
      if (browser === null) return context.skip();
      // The 3,755 characters of the first level of GB2312.
      let common = '';
      const decoder = new TextDecoder('gb18030');
      for (let lead = 0xb0; lead <= 0xd7; lead += 1) {
        for (let trail = 0xa1; trail <= (lead === 0xd7 ? 0xf9 : 0xfe); trail += 1)
          common += decoder.decode(Uint8Array.of(lead, trail));
      }
      const read = printed(await print(`${style(font)}<p>${common}</p>`)).join('');
      expect(Array.from(common).filter((character) => !read.includes(character))).toEqual([]);
      expect(read).toBe(common);
    },
  );

  it('loses its headers, footers and page numbers, and its paragraphs go on over the pages', async (context) => {
    if (browser === null) return context.skip();
    const paragraphs = Array.from(
      { length: 40 },
      (_, index) => `（${index + 1}）${part}，${(index % 12) + 1}月底前完成第${index + 1}项。`,
    );
    const centred = (text: string): string => `<div style="font-size:9px;width:100%;text-align:center">${text}</div>`;
    const document = await print(`${style('Noto Serif CJK SC')}${paragraphs.map((each) => `<p>${each}</p>`).join('')}`, {
      header: centred('示例县人民政府公报'),
      footer: centred('— <span class="pageNumber"></span> —'),
    });
    const read: string[] = [];
    let open = '';
    for (const line of document.blocks.filter(isLine)) {
      open += document.text.slice(line.start, line.end).trim();
      if (!line.closed) continue;
      read.push(open);
      open = '';
    }
    expect(read).toEqual(paragraphs);
    expect(document.remarks).toEqual(['页眉、页脚和页码没有读入']);
    expect(document.blocks.at(-1)).toMatchObject({ page: 3, place: '第 3 页' });
  });

  it('keeps a table over several pages one table, its wrapped cells whole', async (context) => {
    if (browser === null) return context.skip();
    const header = ['序号', '工作任务', '责任单位', '完成时限'];
    const rows = Array.from({ length: 40 }, (_, index) => [
      String(index + 1),
      `${part}，形成第${index + 1}批清单`,
      '县司法局\n县财政局',
      `${(index % 12) + 1}月底前`,
    ]);
    const cells = (row: readonly string[], tag: string): string =>
      `<tr>${row.map((text) => `<${tag}>${text.replaceAll('\n', '<br>')}</${tag}>`).join('')}</tr>`;
    const document = await print(
      `${style('Noto Sans CJK SC')}<p>任务分解表</p><table><thead>${cells(header, 'th')}</thead>${rows.map((row) => cells(row, 'td')).join('')}</table><p>附注：以上各项从略。</p>`,
    );
    expect(grids(document)).toEqual([[header, ...rows]]);
    expect(printed(document)).toEqual(['任务分解表', '附注：以上各项从略。']);
  });

  it('without a text layer is refused', async (context) => {
    if (browser === null) return context.skip();
    const page = await browser.newPage();
    await page.setContent(`${style('Noto Sans CJK SC')}<p>${part}</p>`);
    const picture = (await page.screenshot()).toString('base64');
    await page.setContent(`<img src="data:image/png;base64,${picture}">`);
    const result = await readDocument({ file: '扫描.pdf', bytes: await page.pdf() });
    expect(result).toMatchObject({ ok: false, errors: [{ file: '扫描.pdf', message: expect.stringContaining('扫描件') }] });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { SourceDocument } from '../../../src/intake/document.ts';
import { readHtml } from '../../../src/intake/formats/html.ts';
import { formatErrors } from '../../../src/yaml.ts';
import { gb18030, grids, isLine, isTable, printed, utf8 } from '../../support/documents.ts';

function read(html: string | Uint8Array): SourceDocument {
  const result = readHtml({ file: '要点.html', bytes: typeof html === 'string' ? utf8(html) : html });
  if (!result.ok) throw new Error(formatErrors(result.errors));
  return result.value;
}

const sentence = '各乡镇人民政府、县直各部门要及时公开惠民政策的办理流程和服务指南，8月底前完成。';
const lines = (html: string): [string, boolean][] => {
  const document = read(html);
  return document.blocks.filter(isLine).map(({ start, end, closed }) => [document.text.slice(start, end), closed]);
};

describe('a web page', () => {
  it('is its paragraphs: blocks are closed lines, a break leaves one open', () => {
    expect(
      lines(
        '<h2>一、主动<b>公开</b></h2><div>（一）梳理清单，<br>8月底前完成。<p>　　责任\n  单位&#xFF1A;县司法局&nbsp;牵头</p>尾</div>',
      ),
    ).toEqual([
      ['一、主动公开', true],
      ['（一）梳理清单，', false],
      ['8月底前完成。', true],
      ['　　责任 单位：县司法局\u00A0牵头', true],
      ['尾', true],
    ]);
  });

  it('knows headings, and two breaks in a row as a paragraph’s end', () => {
    expect(read('<h1>要点</h1><h3>一、公开</h3><p>甲<br><br>乙</p>').blocks).toMatchObject([
      { heading: 1, closed: true, place: '第 1 段', page: null },
      { heading: 3 },
      { heading: null, closed: true },
      { heading: null, closed: true, place: '第 4 段' },
    ]);
  });

  it('prints the numbers of ordered lists', () => {
    expect(
      printed(read('<ol start="3"><li>甲<ol type="a"><li>子</li></ol></li><li value="7">乙<li>丙</ol><ul><li>丁</ul>')),
    ).toEqual(['3.甲', 'a.子', '7.乙', '8.丙', '丁']);
    expect(
      printed(read('<ol style="list-style: none"><li>1.甲</ol><ol style="list-style-type:cjk-ideographic"><li>甲<li>乙</ol>')),
    ).toEqual(['1.甲', '一、甲', '二、乙']);
  });

  it('is read from GB18030 whatever its meta calls it', () => {
    const page = `<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head><body><p>${sentence}</p></body></html>`;
    expect(printed(read(gb18030(page)))).toEqual([sentence]);
  });

  it('gives a table of data its grid, rows and columns spanned', () => {
    const document =
      read(`<table><caption>任务分解表</caption><thead><tr><th rowspan=2>序号<th rowspan=2>任务<th colspan=2>单位</tr>
      <tr><th>牵头<th>配合</tr></thead><tbody><tr><td>1<td><p>梳理</p><p>清单</p><td rowspan=0>县司法局<br>县财政局<td>各乡镇</tr><tr><td>2<td>公开<td>县教育局</tr></tbody></table>`);
    expect(grids(document)).toEqual([
      [
        ['序号', '任务', '单位', '单位'],
        ['序号', '任务', '牵头', '配合'],
        ['1', '梳理\n清单', '县司法局\n县财政局', '各乡镇'],
        ['2', '公开', '县司法局\n县财政局', '县教育局'],
      ],
    ]);
    const table = document.blocks.find(isTable);
    expect(table?.rows[2]?.[0]).toMatchObject({ row: 2, column: 0, place: '表 1 第 3 行' });
    expect(table?.rows[3]?.[2]).toBe(table?.rows[2]?.[2]);
    expect(printed(document)).toEqual(['任务分解表']);
  });

  it('that is laid out in tables is text, and the table of data in it a table', () => {
    const data = '<table><tr><td>任务<td>责任单位</tr><tr><td>梳理清单<td>县司法局</tr></table>';
    const page = `<table><tr><td width=200>栏目<td><table><tr><td><p>${sentence}</p></td></tr></table>${data}</td></tr></table>`;
    const document = read(page);
    expect(printed(document)).toEqual(['栏目', sentence]);
    expect(grids(document)).toEqual([
      [
        ['任务', '责任单位'],
        ['梳理清单', '县司法局'],
      ],
    ]);
  });

  it('that is one row of columns with prose is text', () => {
    const cell = `<td><p>${sentence}</p><p>${sentence}</p><p>${sentence}</p></td>`;
    expect(read(`<table><tr>${cell}</tr><tr>${cell}${cell}</tr></table>`).blocks.every(isLine)).toBe(true);
  });

  it('leaves out scripts, what is hidden, menus and footers, and says so', () => {
    const menu = ['首页', '政务公开', '办事服务', '互动交流'].map((each) => `<li><a href="/">${each}</a></li>`).join('');
    const document = read(`<title>站名</title><body><div class="top-nav"><ul>${menu}</ul></div><script>alert(1)</script>
      <p style="display: none">隐藏</p><div id="c"><h1>示例县要点</h1><p>${sentence}</p><p>${sentence}</p></div>
      <div class="footer">版权所有 示例县人民政府</div></body>`);
    expect(printed(document)).toEqual(['示例县要点', sentence, sentence]);
    expect(document.remarks).toEqual(['网页的菜单、页脚或隐藏内容没有读入（3 处，如“隐藏”）']);
  });

  it('keeps a list of links that speaks of tasks, and a header with the title', () => {
    const links = ['1.梳理清单，责任单位：县司法局', '2.公开目录', '3.编制年报']
      .map((each) => `<li><a href="/x">${each}</a></li>`)
      .join('');
    expect(printed(read(`<header><h1>示例县要点</h1></header><ul>${links}</ul>`))).toHaveLength(4);
  });

  it('of a portal is its article, under the title that stands outside', () => {
    const page = `<meta name="ArticleTitle" content="示例县2022年政务公开工作要点"><div>当前位置：首页 字号：大 中 小</div>
      <div id="UCAP-CONTENT"><div class="TRS_Editor"><p>${sentence}</p><p>${sentence}</p></div></div><div>打印本页 关闭窗口</div>`;
    const document = read(page);
    expect(printed(document)).toEqual(['示例县2022年政务公开工作要点', sentence, sentence]);
    expect(document.blocks[0]).toMatchObject({ heading: 1 });
    expect(document.remarks).toHaveLength(1);
    expect(printed(read(page.replace(`<p>${sentence}`, `<p>示例县2022年<br>政务公开工作要点</p><p>${sentence}`)))[0]).toBe(
      '示例县2022年',
    );
  });

  it('keeps the lines of preformatted text', () => {
    expect(lines('<pre>一、公开\n  （一）清单</pre>')).toEqual([
      ['一、公开', false],
      ['（一）清单', true],
    ]);
  });

  it('without text is refused', () => {
    expect(
      readHtml({ file: '要点.html', bytes: utf8('<html><body><img src="a.png"><nav>首页</nav></body></html>') }),
    ).toMatchObject({
      ok: false,
      errors: [{ file: '要点.html', message: expect.stringContaining('没有正文文字') }],
    });
  });
});

describe('a hostile page', () => {
  it.each([
    ['nested divisions', '<div>'.repeat(150_000)],
    ['nested tables', '<table><tr><td>'.repeat(50_000)],
    ['nesting hidden in attributes', '<b a="</b>">'.repeat(100_000)],
    ['nesting behind false quotes', '<b "></b>"><i>'.repeat(60_000)],
    ['closing tags alone', `${'<b>'.repeat(290)}${'</i>'.repeat(60_000)}文`],
    ['unclosed formatting', '<p><font size=1 a>'.repeat(60_000)],
    ['unclosed paragraphs', '<p>文'.repeat(40_000)],
    ['unclosed cells', `<table>${'<tr><td>任<td>务'.repeat(6_000)}`],
    ['huge spans', `<table><tr>${'<td rowspan=65000 colspan=1000>任'.repeat(2_000)}</tr><tr><td>x<td>y</tr></table>`],
    ['a huge attribute', `<p title="${'<'.repeat(1_000_000)}">文</p>`],
    ['many attributes', `<p ${'a=1 '.repeat(100_000)}>文</p>`],
    ['scripts side by side', `${'<script></script><p style="display:none">一</p>'.repeat(15_000)}文`],
    ['open comments', '<!--<p>'.repeat(100_000)],
    ['breaks', '文<br>'.repeat(40_000)],
    ['spaces', `<p>${' '.repeat(1_000_000)}文${'\u3000'.repeat(1_000_000)}</p>`],
    ['entities', '&amp;&#x6587;&bogus;&#99999999;'.repeat(50_000)],
  ])('of %s is done with quickly', { timeout: 20_000 }, (_, html) => {
    const result = readHtml({ file: 'a.html', bytes: utf8(html) });
    expect(result.ok || result.errors[0]?.message !== '').toBe(true);
  });

  it('of any tags is a document or an error, and its lines and cells stand in its text', () => {
    const tags =
      '<p> </p> <table> </table> <tr> <td/rowspan=2> <td/colspan=3> </td> <th> <ol> <li> <br> <div <pre> </pre> <!-- --> <script> </script>';
    const bit = fc.constantFrom(
      ...tags.split(' '),
      '<a href=x>',
      '任务',
      ' \n',
      '&nbsp;',
      '"',
      '>',
      '<h1>',
      '<nav>',
      '<caption>',
    );
    fc.assert(
      fc.property(fc.array(bit, { maxLength: 40 }), (bits) => {
        const result = readHtml({ file: 'a.html', bytes: utf8(bits.join('')) });
        if (!result.ok) return;
        const { blocks, text } = result.value;
        let end = 0;
        for (const block of blocks) {
          if (block.kind === 'line') {
            expect(block.start).toBeGreaterThanOrEqual(end);
            expect(text.slice(block.start, block.end)).toMatch(/\S/u);
            end = block.end;
          } else {
            expect(new Set(block.rows.map((row) => row.length)).size).toBe(1);
            for (const cell of block.rows.flat()) expect(cell.end).toBeGreaterThanOrEqual(cell.start);
          }
        }
      }),
      { numRuns: 250 },
    );
  });
});

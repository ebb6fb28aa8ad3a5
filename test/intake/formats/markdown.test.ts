import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { SourceDocument, Span } from '../../../src/intake/document.ts';
import { readMarkdown } from '../../../src/intake/formats/markdown.ts';
import { formatErrors } from '../../../src/yaml.ts';
import { grids, isLine, isTable, printed, utf8 } from '../../support/documents.ts';

function read(text: string): SourceDocument {
  const result = readMarkdown({ file: '要点.md', bytes: utf8(text) });
  if (!result.ok) throw new Error(formatErrors(result.errors));
  return result.value;
}

describe('a Markdown file', () => {
  it('is its blocks at their places in the file, marks inside a line and all', () => {
    const text = `# 示例县人民政府办公室文件

示政办发〔2022〕7号

---

## 一、主动**公开** ##

1、梳理清单，**8月底前**
完成。（责任单位：县司法局）

2. 公开目录，见[附件](a.docx)
3. 编制年报
   - 县财政局

   各乡镇配合

> 引文一
> 引文二
`;
    const document = read(text);
    expect(document).toMatchObject({ format: 'markdown', text, remarks: [] });
    const lines = document.blocks
      .filter(isLine)
      .map((line) => [text.slice(line.start, line.end), line.heading, line.closed, line.place]);
    expect(lines).toEqual([
      ['示例县人民政府办公室文件', 1, true, '第 1 行'],
      ['示政办发〔2022〕7号', null, true, '第 3 行'],
      ['一、主动**公开**', 2, true, '第 7 行'],
      ['1、梳理清单，**8月底前**', null, false, '第 9 行'],
      ['完成。（责任单位：县司法局）', null, true, '第 10 行'],
      ['2. 公开目录，见[附件](a.docx)', null, true, '第 12 行'],
      ['3. 编制年报', null, true, '第 13 行'],
      ['县财政局', null, true, '第 14 行'],
      ['各乡镇配合', null, true, '第 16 行'],
      ['引文一', null, false, '第 18 行'],
      ['引文二', null, true, '第 19 行'],
    ]);
  });

  it('gives its tables as tables, cells of the file', () => {
    const document = read(
      '# 分解表\n\n| 序号 | 任务 | 责任单位 |\n|:--|:-:|---|\n| 1 | 梳理清单 | 县司法局<br>县财政局 |\n| 2 | **公开** |\n',
    );
    expect(grids(document)).toEqual([
      [
        ['序号', '任务', '责任单位'],
        ['1', '梳理清单', '县司法局\n   县财政局'],
        ['2', '**公开**', ''],
      ],
    ]);
    expect(document.blocks.find(isTable)?.rows[1]?.[2]).toMatchObject({ row: 1, column: 2, place: '表 1 第 2 行' });
  });

  it('reads tables written in HTML, blank lines in them too', () => {
    const document = read(
      '# 分解表\n\n前文\n\n<table>\n<tr><th>任务</th><th>单位</th></tr>\n\n<tr><td>梳理</td><td>县局</td></tr>\n</table>\n\n后文\n',
    );
    expect(printed(document)).toEqual(['分解表', '前文', '后文']);
    expect(grids(document)).toEqual([
      [
        ['任务', '单位'],
        ['梳理', '县局'],
      ],
    ]);
    expect(document.blocks.map(({ kind }) => kind)).toEqual(['line', 'line', 'table', 'line']);
  });

  it('takes escapes, blank entities and breaks for the blanks that they print, without moving anything', () => {
    const text = '# 要点\n\n&emsp;&emsp;1\\. 梳理\\[清单\\]<br/>公开目录\n';
    const document = read(text);
    expect(document.text).toHaveLength(text.length);
    expect(printed(document).map((line) => line.replaceAll('\u200B', ''))).toEqual(['要点', '1. 梳理[清单]', '公开目录']);
  });

  it('leaves a notice’s own layout alone: indents, underlines, brackets', () => {
    const text = '# 要点\n\n    　　一、公开\n----\n[1]: 县司法局\n\n```\n二、解读\n  （一）清单\n```\n\n示例县\n===\n';
    expect(printed(read(text))).toEqual(['要点', '一、公开', '[1]: 县司法局', '二、解读', '（一）清单', '示例县', '===']);
  });

  it.each([
    ['quotations in quotations', `# 要\n${'>'.repeat(300_000)}文`],
    ['lists in lists', `# 要\n${'- '.repeat(300_000)}文`],
    ['brackets', `# 要\n\n${'[(*_`<'.repeat(20_000)}`],
    ['digits', `# 要\n\n${'1'.repeat(100_000)}\n${'1. '.repeat(100_000)}`],
    ['cells', `# 要\n\n|a|b|\n|-|-|\n${'|'.repeat(5_000)}\n${'|a|b|\n'.repeat(500)}`],
    ['lines', `# 要\n${'文\n'.repeat(10_000)}`],
  ])('of nothing but %s is done with quickly', { timeout: 20_000 }, (_, text) => {
    expect(read(text).blocks.length).toBeGreaterThan(0);
  });

  it('of any marks keeps its printed words, each once', () => {
    const bit = fc.constantFrom(
      '#',
      ' ',
      '\n',
      '|',
      '-',
      '>',
      '甲',
      '乙。',
      '1.',
      '*',
      '```',
      '\t',
      '<b>',
      '\\',
      '[丙]',
      '(丁)',
      '| - |',
      '<table>',
    );
    fc.assert(
      fc.property(fc.array(bit, { maxLength: 40 }), (bits) => {
        const document = read(bits.join(''));
        const all: Span[] = document.blocks.flatMap<Span>((block) => (block.kind === 'line' ? [block] : block.rows.flat()));
        const words = all.map(({ start, end }) => document.text.slice(start, end)).join('');
        const count = (text: string, word: string): number => text.split(word).length - 1;
        for (const word of ['甲', '乙。']) expect(count(words, word)).toBe(count(bits.join(''), word));
      }),
      { numRuns: 400 },
    );
  });
});

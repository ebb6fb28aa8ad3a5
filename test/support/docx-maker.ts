/**
 * Writes small .docx files that Word, WPS and LibreOffice open: paragraphs, headings, automatic numbering, tables with merged cells.
 * What a test needs beyond that is given as WordprocessingML, and any part can be replaced.
 */
import { strToU8, zipSync } from 'fflate';

export interface DocxParagraph {
  /** `\n` is a line break inside the paragraph, `\t` a tab. */
  readonly text: string;
  /** 1–9: the style Heading 1… with its outline level. */
  readonly heading?: number;
  readonly style?: string;
  /** Numbered by Word: the list's name in `lists`, and the level from 0. */
  readonly list?: string;
  readonly level?: number;
  readonly align?: 'left' | 'center' | 'right';
  readonly bold?: boolean;
}

export interface DocxCell {
  /** One string is one paragraph. */
  readonly content: string | readonly DocxBlock[];
  readonly columnSpan?: number;
  /** The cell goes on in the next rows; leave it out of them. */
  readonly rowSpan?: number;
}

export interface DocxTable {
  readonly rows: readonly (readonly (string | DocxCell)[])[];
}

/** WordprocessingML as it stands, a block of the body. */
export interface DocxXml {
  readonly xml: string;
}

export type DocxBlock = string | DocxParagraph | DocxTable | DocxXml;

export interface DocxLevel {
  /** ST_NumberFormat: decimal, chineseCountingThousand, … */
  readonly format: string;
  /** `%1、`, `（%2）`, `%1.%2`. */
  readonly text: string;
  /** 1, where nothing is said. */
  readonly start?: number;
  /** More elements of the level, after lvlText: `<w:suff w:val="nothing"/>`. */
  readonly xml?: string;
}

export interface DocxParts {
  readonly body: readonly DocxBlock[];
  readonly lists?: Readonly<Record<string, readonly DocxLevel[]>>;
  /** More `<w:style>` elements. */
  readonly styles?: string;
  /** The whole of word/numbering.xml inside `<w:numbering>`, instead of `lists`. */
  readonly numbering?: string;
  /** More parts, or other ones under the same name; null: left out. */
  readonly files?: Readonly<Record<string, string | Uint8Array | null>>;
}

const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const NAMESPACES = [
  W,
  'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"',
  'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"',
  'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"',
  'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"',
  'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"',
  'xmlns:v="urn:schemas-microsoft-com:vml"',
  'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"',
  'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" mc:Ignorable="w14"',
].join(' ');
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const RELATIONSHIPS = 'http://schemas.openxmlformats.org/package/2006/relationships';
const WORD_TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml';

/** The bytes of a .docx. A list of blocks is a body without lists. */
export function docxOf(given: DocxParts | readonly DocxBlock[]): Uint8Array {
  const parts: DocxParts = 'body' in given ? given : { body: given };
  const numbers = Object.keys(parts.lists ?? {});
  const blocks = parts.body.map((block) => blockXml(block, numbers)).join('');
  // A body cannot end with a table: Word calls that damaged, LibreOffice loses the table in a .doc.
  const body = blocks.endsWith('</w:tbl>') ? `${blocks}<w:p/>` : blocks;
  const files: Record<string, string | Uint8Array | null> = {
    '[Content_Types].xml': contentTypes(),
    '_rels/.rels': relationships([['officeDocument', 'word/document.xml']]),
    'word/_rels/document.xml.rels': relationships([
      ['styles', 'styles.xml'],
      ['numbering', 'numbering.xml'],
    ]),
    'word/document.xml': `${HEAD}<w:document ${NAMESPACES}><w:body>${body}<w:sectPr/></w:body></w:document>`,
    'word/styles.xml': `${HEAD}<w:styles ${W}>${stylesXml()}${parts.styles ?? ''}</w:styles>`,
    'word/numbering.xml': `${HEAD}<w:numbering ${W}>${parts.numbering ?? numberingXml(parts.lists ?? {})}</w:numbering>`,
    ...parts.files,
  };
  const entries = Object.entries(files).flatMap(([name, content]) =>
    content === null ? [] : [[name, typeof content === 'string' ? strToU8(content) : content] as const],
  );
  // A fixed time: the same parts give the same bytes.
  return zipSync(Object.fromEntries(entries), { mtime: '2022-05-09T00:00:00Z' });
}

/** A paragraph as WordprocessingML, for the inside of text boxes and the like. */
export function paragraphXml(given: string | DocxParagraph, lists: readonly string[] = []): string {
  const paragraph: DocxParagraph = typeof given === 'string' ? { text: given } : given;
  const { text, heading, style, list, level, align, bold } = paragraph;
  const styleId = style ?? (heading === undefined ? undefined : `Heading${heading}`);
  const properties = [
    styleId === undefined ? '' : `<w:pStyle w:val="${styleId}"/>`,
    list === undefined
      ? ''
      : `<w:numPr><w:ilvl w:val="${level ?? 0}"/><w:numId w:val="${/^\d+$/u.test(list) ? list : lists.indexOf(list) + 1}"/></w:numPr>`,
    align === undefined ? '' : `<w:jc w:val="${align}"/>`,
  ].join('');
  return `<w:p>${properties === '' ? '' : `<w:pPr>${properties}</w:pPr>`}${runXml(text, bold === true ? '<w:b/>' : '')}</w:p>`;
}

/** A run as WordprocessingML; `properties` go into its rPr. */
export function runXml(text: string, properties = ''): string {
  if (text === '') return '';
  const content = text
    .split(/([\n\t])/u)
    .map((each) => {
      if (each === '\n') return '<w:br/>';
      if (each === '\t') return '<w:tab/>';
      return each === '' ? '' : `<w:t xml:space="preserve">${escaped(each)}</w:t>`;
    })
    .join('');
  return `<w:r>${properties === '' ? '' : `<w:rPr>${properties}</w:rPr>`}${content}</w:r>`;
}

function blockXml(block: DocxBlock, lists: readonly string[]): string {
  if (typeof block === 'string') return paragraphXml(block);
  if ('xml' in block) return block.xml;
  return 'rows' in block ? tableXml(block, lists) : paragraphXml(block, lists);
}

function tableXml({ rows }: DocxTable, lists: readonly string[]): string {
  /** By column: the rows that a cell from above still covers, and its width. */
  const covering = new Map<number, { rows: number; span: number }>();
  let width = 0;
  const written = rows.map((row) => {
    const cells: string[] = [];
    let column = 0;
    const covered = (): void => {
      for (let above = covering.get(column); above; above = covering.get(column)) {
        cells.push(cellXml('<w:p/>', above.span, '<w:vMerge/>'));
        if (above.rows === 1) covering.delete(column);
        else covering.set(column, { ...above, rows: above.rows - 1 });
        column += above.span;
      }
    };
    for (const each of row) {
      covered();
      const cell: DocxCell = typeof each === 'string' ? { content: each } : each;
      const { content, columnSpan = 1, rowSpan = 1 } = cell;
      const inner = typeof content === 'string' ? paragraphXml(content) : content.map((one) => blockXml(one, lists)).join('');
      // The last thing in a cell has to be a paragraph.
      const closed = inner.endsWith('</w:p>') || inner.endsWith('<w:p/>') ? inner : `${inner}<w:p/>`;
      cells.push(cellXml(closed, columnSpan, rowSpan > 1 ? '<w:vMerge w:val="restart"/>' : ''));
      if (rowSpan > 1) covering.set(column, { rows: rowSpan - 1, span: columnSpan });
      column += columnSpan;
    }
    covered();
    width = Math.max(width, column);
    return `<w:tr>${cells.join('')}</w:tr>`;
  });
  const side = (name: string): string => `<w:${name} w:val="single" w:sz="4" w:space="0" w:color="auto"/>`;
  const borders = ['top', 'left', 'bottom', 'right', 'insideH', 'insideV'].map(side).join('');
  const grid = '<w:gridCol w:w="1800"/>'.repeat(width);
  return `<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblBorders>${borders}</w:tblBorders></w:tblPr><w:tblGrid>${grid}</w:tblGrid>${written.join('')}</w:tbl>`;
}

function cellXml(content: string, span: number, merge: string): string {
  const wide = span > 1 ? `<w:gridSpan w:val="${span}"/>` : '';
  return `<w:tc><w:tcPr><w:tcW w:w="${1800 * span}" w:type="dxa"/>${wide}${merge}</w:tcPr>${content}</w:tc>`;
}

function stylesXml(): string {
  const normal = '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>';
  const title = '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:basedOn w:val="Normal"/></w:style>';
  const headings = Array.from({ length: 9 }, (_, index) => {
    const outline = `<w:pPr><w:outlineLvl w:val="${index}"/></w:pPr>`;
    return `<w:style w:type="paragraph" w:styleId="Heading${index + 1}"><w:name w:val="heading ${index + 1}"/><w:basedOn w:val="Normal"/>${outline}</w:style>`;
  });
  return normal + title + headings.join('');
}

function numberingXml(lists: Readonly<Record<string, readonly DocxLevel[]>>): string {
  const each = Object.values(lists);
  const abstract = each.map((levels, id) => `<w:abstractNum w:abstractNumId="${id}">${levelsXml(levels)}</w:abstractNum>`);
  const instances = each.map((_, id) => `<w:num w:numId="${id + 1}"><w:abstractNumId w:val="${id}"/></w:num>`);
  return [...abstract, ...instances].join('');
}

/** The `<w:lvl>` elements of a list. */
export function levelsXml(levels: readonly DocxLevel[]): string {
  return levels
    .map(({ format, text, start = 1, xml = '' }, level) => {
      // In the schema's order lvlRestart, isLgl and suff stand before lvlText.
      const before = `<w:start w:val="${start}"/><w:numFmt w:val="${format}"/>${xml}`;
      return `<w:lvl w:ilvl="${level}">${before}<w:lvlText w:val="${escaped(text)}"/><w:lvlJc w:val="left"/></w:lvl>`;
    })
    .join('');
}

function relationships(targets: readonly (readonly [type: string, target: string])[]): string {
  const each = targets.map(
    ([type, target], index) => `<Relationship Id="rId${index + 1}" Type="${OFFICE}/${type}" Target="${target}"/>`,
  );
  return `${HEAD}<Relationships xmlns="${RELATIONSHIPS}">${each.join('')}</Relationships>`;
}

function contentTypes(): string {
  const parts = [
    ['document', 'document.main'],
    ['styles', 'styles'],
    ['numbering', 'numbering'],
  ].map(([part, type]) => `<Override PartName="/word/${part}.xml" ContentType="${WORD_TYPE}.${type}+xml"/>`);
  const defaults =
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>';
  return `${HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">${defaults}${parts.join('')}</Types>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

// Web pages: the text that a reader sees of the article, paragraph by paragraph. Blocks are closed lines, a <br> only breaks one.

import { load } from 'cheerio/slim';

import type { Result } from '../../domain/result.ts';
import type { SourceError } from '../../yaml.ts';
import { decodeText } from './charset.ts';
import { type Block, fileError, type InputFile, type SourceDocument } from '../document.ts';
import { tableOf } from './grid.ts';
import { contentOf, type HtmlElement, type HtmlNode } from './html-content.ts';
import { nestsTooDeep } from './html-depth.ts';
import { numberOf } from './html-list.ts';
import { gridOf, isLayout, tableCells } from './html-table.ts';
import { TextBuilder } from './text-builder.ts';

const MAX_CHARACTERS = 20_000_000;
/** One element around everything: cheerio takes time by the square of the elements that stand side by side at the top. */
const ROOT = 'cuiban-page';
const TOO_DEEP = '网页的标签嵌套过深，不像正常网页；请复制正文另存为文本或 .docx';
/** Elements that begin and end a paragraph; every other one stands inside a line. */
const BLOCKS = new Set(
  'address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main ol p pre section summary table tbody td tfoot th thead tr ul'.split(
    ' ',
  ),
);

export function readHtml(input: InputFile): Result<SourceDocument, SourceError> {
  const decoded = decodeText(input);
  if (!decoded.ok) return decoded;
  const { text: html, remarks } = decoded.value;
  const { file } = input;
  if (html.length > MAX_CHARACTERS) return fileError(file, '网页过大；请复制正文另存为文本或 .docx');
  if (nestsTooDeep(html)) return fileError(file, TOO_DEEP);
  try {
    return readPage(file, html, remarks);
  } catch (error) {
    // The guard counts as the parser does but for tricks with quotes.
    if (error instanceof RangeError) return fileError(file, TOO_DEEP);
    throw error;
  }
}

function readPage(file: string, html: string, remarks: readonly string[]): Result<SourceDocument, SourceError> {
  const page = load(`<${ROOT}>${html}`, { xml: { xmlMode: false, decodeEntities: true } });
  const content = contentOf(page);
  const flow = new Flow(content.skipped);
  if (content.title !== null) {
    flow.text(content.title);
    flow.close(1);
  }
  for (const root of content.roots) flow.visit(root);
  flow.close(null);
  const blocks = flow.blocks;
  if (blocks.length === 0)
    return fileError(file, '网页里没有正文文字（正文可能是图片，或打开网页后才载入）；请复制正文另存为文本或 .docx');
  const document = { format: 'html' as const, file, text: flow.builder.text(), blocks };
  return { ok: true, value: { ...document, remarks: [...remarks, ...content.remarks, ...flow.remarks] } };
}

/** A piece of HTML inside another document; tables count on from `tables`. Null where it nests too deep. */
export function readFragment(html: string, tables: number): { readonly text: string; readonly blocks: readonly Block[] } | null {
  if (nestsTooDeep(html)) return null;
  const flow = new Flow(new Set(), tables);
  for (const root of load(`<${ROOT}>${html}`, { xml: { xmlMode: false, decodeEntities: true } })
    .root()
    .toArray())
    flow.visit(root);
  flow.close(null);
  return { text: flow.builder.text(), blocks: flow.blocks };
}

/** Nodes in, in reading order; lines and tables out. */
class Flow {
  readonly #skipped: ReadonlySet<HtmlNode>;
  readonly builder = new TextBuilder();
  readonly blocks: Block[] = [];
  readonly remarks: string[] = [];
  #pending: string[] = [];
  #lines = 0;
  #tables: number;
  #preformatted = 0;

  constructor(skipped: ReadonlySet<HtmlNode>, tables = 0) {
    this.#skipped = skipped;
    this.#tables = tables;
  }

  text(data: string): void {
    this.#pending.push(this.#preformatted > 0 ? data : data.replaceAll(/[ \t\r\n\f]{1,1000}/gu, ' '));
  }

  /** Ends the paragraph. */
  close(heading: number | null): void {
    this.#flush(true, heading);
  }

  visit(node: HtmlNode): void {
    if (node.nodeType === 3) {
      for (const [index, line] of (this.#preformatted > 0 ? node.data.split('\n') : [node.data]).entries()) {
        if (index > 0) this.#flush(false, null);
        this.text(line);
      }
      return;
    }
    if (!('children' in node) || this.#skipped.has(node)) return;
    if (!('attribs' in node)) return this.#visitAll(node.children);
    const { name } = node;
    if (name === 'br') return this.#break();
    if (!BLOCKS.has(name)) return this.#visitAll(node.children);
    if (name === 'table' && this.#table(node)) return;
    this.close(null);
    if (name === 'li') this.#number(node);
    if (name === 'pre') this.#preformatted += 1;
    this.#visitAll(node.children);
    if (name === 'pre') this.#preformatted -= 1;
    this.close(/^h[1-6]$/u.test(name) ? Number(name.slice(1)) : null);
  }

  #visitAll(nodes: readonly HtmlNode[]): void {
    for (const node of nodes) this.visit(node);
  }

  #number(item: HtmlElement): void {
    const number = numberOf(item);
    if (number !== '') this.#pending.push(number);
  }

  /** Two breaks in a row are a paragraph's end. */
  #break(): void {
    const last = this.blocks.at(-1);
    if (this.#pending.join('').trim() === '' && last?.kind === 'line' && !last.closed)
      this.blocks[this.blocks.length - 1] = { ...last, closed: true };
    else this.#flush(false, null);
  }

  #flush(closed: boolean, heading: number | null): void {
    const text = this.#pending
      .join('')
      .replaceAll(/ {2,1000}/gu, ' ')
      .replaceAll(/^ {1,1000}| {1,1000}$/gu, '');
    this.#pending = [];
    if (text.trim() === '') {
      const last = this.blocks.at(-1);
      if (closed && last?.kind === 'line' && !last.closed) this.blocks[this.blocks.length - 1] = { ...last, closed: true };
      return;
    }
    this.#lines += 1;
    const place = `第 ${this.#lines} 段`;
    this.blocks.push({ kind: 'line', ...this.builder.add(text), closed, heading, page: null, place });
  }

  /** False where the table is the page's layout: its cells are blocks then. */
  #table(table: HtmlElement): boolean {
    const rows = tableCells(table);
    const textOf = (cell: HtmlElement): string => cellText(cell, this.#skipped);
    if (isLayout(table, rows, textOf)) return false;
    const grid = gridOf(rows, textOf);
    if (grid === null) {
      this.remarks.push('有一个表格过大或合并有误，按普通文字读入，请核对');
      return false;
    }
    this.close(null);
    for (const child of table.children) if ('attribs' in child && child.name === 'caption') this.visit(child);
    this.#tables += 1;
    const number = this.#tables;
    const block = tableOf(this.builder, grid, (row) => `表 ${number} 第 ${row + 1} 行`);
    if (block !== null) this.blocks.push(block);
    return block !== null;
  }
}

/** A cell's text: its paragraphs and breaks are lines. */
function cellText(cell: HtmlElement, skipped: ReadonlySet<HtmlNode>): string {
  const flow = new Flow(skipped);
  flow.visit(cell);
  flow.close(null);
  return flow.builder.text().trimEnd();
}

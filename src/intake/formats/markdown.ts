// Markdown: its blocks, at their places in the file. Marks inside a line (** and links) stay in the text. Escapes, entities of
// blanks and <br> become blanks of the same length, so that every offset is one of the file's.

import type { Heading, List, ListItem, Nodes, Table as TableNode } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';

import type { Result } from '../../domain/result.ts';
import type { SourceError } from '../../yaml.ts';
import { decodeText } from './charset.ts';
import type { Block, Cell, InputFile, SourceDocument, Span, Table } from '../document.ts';
import { MAX_CELLS } from './grid.ts';
import { readFragment } from './html.ts';
import { linesOf } from './text.ts';

/** Longer files are read line by line: nobody writes a notice of this length in Markdown. */
const MAX_CHARACTERS = 1_000_000;
const MAX_CONTAINERS = 20;
// Only blocks are wanted. Indented code, underlined headings and link definitions are what a notice's own layout looks like.
const SWITCHED_OFF = [
  'attention',
  'autolink',
  'characterEscape',
  'characterReference',
  'codeIndented',
  'codeText',
  'definition',
  'hardBreakEscape',
  'htmlText',
  'labelEnd',
  'labelStartImage',
  'labelStartLink',
  'setextUnderline',
];

export function readMarkdown(input: InputFile): Result<SourceDocument, SourceError> {
  const decoded = decodeText(input);
  if (!decoded.ok) return decoded;
  const { text: source, remarks } = decoded.value;
  const { file } = input;
  if (source.length > MAX_CHARACTERS || nestsTooDeep(source)) {
    return { ok: true, value: { format: 'markdown', file, text: source, blocks: linesOf(source), remarks } };
  }
  const tree = fromMarkdown(source, {
    extensions: [gfmTable(), { disable: { null: SWITCHED_OFF } }],
    mdastExtensions: [gfmTableFromMarkdown()],
  });
  const reader = new BlockReader(source);
  reader.read(tree.children);
  return { ok: true, value: { format: 'markdown', file, text: reader.text, blocks: reader.blocks, remarks } };
}

/** The parser keeps every open quotation and list on its hands for each line. */
function nestsTooDeep(source: string): boolean {
  for (const [marks] of source.matchAll(/^[ \t>*+\-\d.)]{20,2000}/gmu)) {
    if ((marks.match(/>|[*+-][ \t]|\d[.)][ \t]/gu)?.length ?? 0) > MAX_CONTAINERS) return true;
  }
  return false;
}

class BlockReader {
  readonly blocks: Block[] = [];
  readonly #source: string;
  readonly #lineStarts: readonly number[];
  /** The texts of HTML blocks, behind the file's own. */
  readonly #behind: string[] = [];
  #end: number;
  #tables = 0;

  constructor(source: string) {
    this.#source = blanked(source);
    this.#lineStarts = Array.from(source.matchAll(/\r\n|\n|\r/gu), ({ index, 0: mark }) => index + mark.length);
    this.#end = source.length + 1;
  }

  get text(): string {
    return this.#behind.length === 0 ? this.#source : `${this.#source}\n${this.#behind.join('')}`;
  }

  read(nodes: readonly Nodes[]): void {
    for (let index = 0; index < nodes.length; index += 1) {
      const node = nodes[index];
      if (node === undefined) continue;
      if (node.type !== 'html') {
        this.#block(node);
        continue;
      }
      // A blank line ends an HTML block, not the table in it.
      let last = index;
      if (/<table/iu.test(node.value)) {
        while (last < nodes.length - 1 && !/<\/table/iu.test(this.#sourceOf(nodes[last]))) last += 1;
      }
      this.#html(offsetsOf(node).start, offsetsOf(nodes[last] ?? node).end);
      index = last;
    }
  }

  #block(node: Nodes): void {
    switch (node.type) {
      case 'heading':
        return this.#heading(node);
      case 'list':
        return this.#list(node);
      case 'table':
        return this.#table(node);
      case 'thematicBreak':
        return;
      case 'code':
        return this.#lines(this.#fenced(offsetsOf(node)), null);
      default:
        if ('children' in node && node.type !== 'paragraph') return this.read(node.children);
        this.#lines(offsetsOf(node), null);
    }
  }

  #heading(node: Heading): void {
    const [first, last] = [node.children[0], node.children.at(-1)];
    if (first === undefined || last === undefined) return;
    this.#lines({ start: offsetsOf(first).start, end: offsetsOf(last).end }, node.depth);
  }

  /** A number is part of its item's text, a bullet is none. */
  #list(node: List): void {
    for (const item of node.children) {
      const [first, ...rest] = item.children;
      if (first === undefined) continue;
      if (first.type === 'paragraph') {
        this.#lines(
          { start: node.ordered === true ? numberStart(item) : offsetsOf(first).start, end: offsetsOf(first).end },
          null,
        );
      } else {
        if (node.ordered === true) this.#lines({ start: numberStart(item), end: offsetsOf(first).start }, null);
        this.#block(first);
      }
      this.read(rest);
    }
  }

  #table(node: TableNode): void {
    const columns = node.children.reduce((most, row) => Math.max(most, row.children.length), 0);
    if (columns * node.children.length > MAX_CELLS) return this.#lines(offsetsOf(node), null);
    this.#tables += 1;
    const rows = node.children.map((line, row) =>
      Array.from({ length: columns }, (_, column): Cell => {
        const at = line.children[column];
        const [first, last] = [at?.children[0], at?.children.at(-1)];
        const { end } = offsetsOf(at ?? line);
        const span =
          first === undefined || last === undefined
            ? { start: end, end }
            : { start: offsetsOf(first).start, end: offsetsOf(last).end };
        return { ...span, row, column, rowSpan: 1, columnSpan: 1, place: `表 ${this.#tables} 第 ${row + 1} 行` };
      }),
    );
    this.blocks.push({ kind: 'table', name: null, rows });
  }

  #html(start: number, end: number): void {
    const fragment = readFragment(this.#source.slice(start, end), this.#tables);
    if (fragment === null) return this.#lines({ start, end }, null);
    for (const block of fragment.blocks) this.blocks.push(moved(block, this.#end, `第 ${this.#lineAt(start)} 行`));
    this.#tables += fragment.blocks.filter(({ kind }) => kind === 'table').length;
    this.#behind.push(fragment.text);
    this.#end += fragment.text.length;
  }

  /** The printed lines of a paragraph; with the last of them it ends. */
  #lines({ start, end }: Span, heading: number | null): void {
    const lines = linesOf(this.#source, start, end).flatMap((line) => {
      const text = this.#source.slice(line.start, line.end);
      const from = line.start === start ? 0 : (/^[ \t>]{0,200}/u.exec(text)?.[0].length ?? 0);
      return text.slice(from).trim() === ''
        ? []
        : [{ ...line, start: line.start + from, heading, place: `第 ${this.#lineAt(line.start)} 行` }];
    });
    for (const [index, line] of lines.entries()) this.blocks.push({ ...line, closed: index === lines.length - 1 });
  }

  /** Without the fences; what stands behind the first of them stays where it is no name of a programming language. */
  #fenced({ start, end }: Span): Span {
    const fence = /^[`~]{0,1000}/u.exec(this.#source.slice(start, Math.min(end, start + 1_000)))?.[0].length ?? 0;
    const below = this.#source.indexOf('\n', start) + 1;
    const named = below === 0 || below > end ? end : below;
    const first = /[^ -~\s]/u.test(this.#source.slice(start, named)) ? start + fence : named;
    const last = this.#source.lastIndexOf('\n', end - 1);
    const closes = /^[ \t>]{0,200}(?:`{3,}|~{3,})[ \t]{0,200}$/u.test(this.#source.slice(last + 1, Math.min(end, last + 500)));
    return { start: first, end: closes && last >= first ? last : Math.max(first, end) };
  }

  #sourceOf(node: Nodes | undefined): string {
    if (node === undefined) return '';
    const { start, end } = offsetsOf(node);
    return this.#source.slice(start, end);
  }

  /** From 1. */
  #lineAt(offset: number): number {
    let [low, high] = [0, this.#lineStarts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  }
}

function numberStart(item: ListItem): number {
  return offsetsOf(item).start;
}

function offsetsOf(node: Nodes): Span {
  return { start: node.position?.start.offset ?? 0, end: node.position?.end.offset ?? 0 };
}

function moved(block: Block, by: number, place: string): Block {
  if (block.kind === 'line') return { ...block, start: block.start + by, end: block.end + by, place };
  const cells = new Map<Cell, Cell>();
  const movedCell = (cell: Cell): Cell => {
    const known = cells.get(cell) ?? { ...cell, start: cell.start + by, end: cell.end + by };
    cells.set(cell, known);
    return known;
  };
  const table: Table = { ...block, rows: block.rows.map((row) => row.map(movedCell)) };
  return table;
}

/** What Markdown doesn't print, as blanks of the same length. A <br> is a line break. */
function blanked(source: string): string {
  return source
    .replaceAll(/\\(?=[!-/:-@[-`{-~])/gu, '\u200B')
    .replaceAll(/&(?:nbsp|emsp|ensp|thinsp|#12288|#160|#8195);/giu, (entity) => ' '.repeat(entity.length))
    .replaceAll(/<br {0,3}\/?>/giu, (tag) => `\n${' '.repeat(tag.length - 1)}`);
}

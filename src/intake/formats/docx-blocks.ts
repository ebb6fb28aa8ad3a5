// The paragraphs and tables of a .docx in reading order, as they are printed: Word's numbers before them, tracked changes accepted,
// text boxes behind the paragraph that they hang on.

import { Fields, GONE } from './docx-fields.ts';
import { hides, type InlineText, isPlaceholder, type Met, readInline } from './docx-inline.ts';
import type { Numbering } from './docx-numbering.ts';
import { headingIn, numberingIn, type NumberingRequest, type Styles } from './docx-styles.ts';
import { type Grid, readGrid } from './docx-table.ts';
import { childOf, chosenOf, valueOf, type XmlElement } from './docx-xml.ts';

export interface DocxParagraph {
  readonly kind: 'paragraph';
  /** `\n` where a line is broken inside the paragraph. */
  readonly text: string;
  /** 1–6. */
  readonly heading: number | null;
}

export interface DocxTable {
  readonly kind: 'table';
  readonly grid: Grid<readonly DocxBlock[]>;
}

export type DocxBlock = DocxParagraph | DocxTable;

export interface DocxContext {
  readonly styles: Styles;
  readonly numbering: Numbering;
  readonly met: Met;
}

/** The blocks of a story (the body, or a text box), added to `found`. @throws DocxRefusal */
export function readStory(story: XmlElement, context: DocxContext, found: DocxBlock[] = []): readonly DocxBlock[] {
  const reader = new StoryReader(context, new Fields(story, context.met));
  return reader.blocks(story, false, found);
}

/** What goes before the text of the next paragraph because the mark between them is deleted or hidden. */
interface Carried {
  text: string;
  heading: number | null;
  /** Its number was counted. */
  numbered: boolean;
}

interface ReadParagraph extends InlineText {
  readonly style: string | undefined;
  readonly numbering: NumberingRequest;
  readonly heading: number | null;
  /** The mark that ends it; without one that is printed the next paragraph goes on in the same line. */
  readonly mark: 'printed' | 'hidden' | 'deleted';
}

class StoryReader {
  readonly #context: DocxContext;
  readonly #fields: Fields;

  constructor(context: DocxContext, fields: Fields) {
    this.#context = context;
    this.#fields = fields;
  }

  blocks(container: XmlElement, inCell: boolean, found: DocxBlock[]): readonly DocxBlock[] {
    const carried: Carried = { text: '', heading: null, numbered: false };
    this.#collect(container, inCell, carried, found);
    flush(carried, found);
    return found;
  }

  #collect(container: XmlElement, inCell: boolean, carried: Carried, found: DocxBlock[]): void {
    for (const child of container.children) {
      switch (child.name) {
        case 'p':
          this.#paragraph(child, inCell, carried, found);
          break;
        case 'tbl':
          flush(carried, found);
          found.push(this.#table(child));
          break;
        case 'sdt':
          if (!isPlaceholder(child)) this.#collect(child, inCell, carried, found);
          break;
        case 'AlternateContent': {
          const chosen = chosenOf(child);
          if (chosen) this.#collect(chosen, inCell, carried, found);
          break;
        }
        case 'altChunk':
        case 'subDoc':
          this.#context.met.foreign += 1;
          break;
        default:
          if (GONE.has(child.name)) this.#context.met.revisions += 1;
          else this.#collect(child, inCell, carried, found);
      }
    }
  }

  #table(table: XmlElement): DocxTable {
    return { kind: 'table', grid: readGrid(table, this.#context.met, (cell) => this.blocks(cell, true, [])) };
  }

  #paragraph(element: XmlElement, inCell: boolean, carried: Carried, found: DocxBlock[]): void {
    const paragraph = this.#read(element);
    const isBlank = paragraph.text.trim() === '' && carried.text === '';
    if (paragraph.mark === 'deleted') {
      // Its text goes over into the next paragraph, and takes on that one's number.
      carried.text += paragraph.text;
    } else if (paragraph.mark === 'printed' || !isBlank) {
      const label = carried.numbered ? '' : this.#context.numbering.label(paragraph.numbering, paragraph.style);
      const text = numbered(label, carried.text + paragraph.text);
      const whole: Carried = { text, heading: carried.numbered ? carried.heading : paragraph.heading, numbered: true };
      Object.assign(carried, paragraph.mark === 'hidden' ? whole : NOTHING);
      // An item without words prints its number alone; in a cell that is the number of the row.
      if (paragraph.mark === 'printed' && (!isBlank || (inCell && label !== ''))) found.push(asParagraph(whole));
    }
    for (const box of paragraph.boxes) this.#box(box, found);
  }

  #read(paragraph: XmlElement): ReadParagraph {
    const { styles, met } = this.#context;
    const properties = childOf(paragraph, 'pPr');
    const style = valueOf(properties, 'pStyle');
    const { hides: hidden, heading: styled } = styles.ofParagraph(style);
    const inline: InlineText = { text: '', boxes: [] };
    readInline(paragraph, { styles, fields: this.#fields, met, hidden }, inline);
    const said = headingIn(properties);
    const mark = childOf(properties, 'rPr');
    const isDeleted = mark?.children.some(({ name }) => GONE.has(name)) === true;
    if (isDeleted) met.revisions += 1;
    return {
      ...inline,
      style,
      numbering: numberingIn(properties),
      heading: said === undefined ? styled : said,
      mark: isDeleted ? 'deleted' : hides(mark, { styles, hidden }) ? 'hidden' : 'printed',
    };
  }

  #box(box: XmlElement | string, found: DocxBlock[]): void {
    const before = found.length;
    if (typeof box === 'string') found.push({ kind: 'paragraph', text: box, heading: null });
    else readStory(box, this.#context, found);
    if (hasWords(found, before)) this.#context.met.textBoxes += 1;
  }
}

function hasWords(blocks: readonly DocxBlock[], from: number): boolean {
  for (let at = from; at < blocks.length; at += 1) {
    const block = blocks[at];
    if (block?.kind === 'table' || block?.text.trim() !== '') return true;
  }
  return false;
}

const NOTHING: Carried = { text: '', heading: null, numbered: false };

function flush(carried: Carried, found: DocxBlock[]): void {
  if (carried.text.trim() !== '') found.push(asParagraph(carried));
  Object.assign(carried, NOTHING);
}

function asParagraph({ text, heading }: Carried): DocxParagraph {
  return { kind: 'paragraph', text: text.trimEnd(), heading: heading === null ? null : Math.min(heading, 6) };
}

/** What would make one figure of a bare number before it: 1 and 2月底 is no 12月底, 十二 and 月报 no December. */
const RUNS_TOGETHER = /^[\p{N}〇○零一二三四五六七八九十百千万年月日号旬季周]/u;

function numbered(label: string, text: string): string {
  if (label === '') return text;
  const rest = text.trimStart();
  return /[\p{L}\p{N}] $/u.test(label) && RUNS_TOGETHER.test(rest) ? `${label.trimEnd()}、${rest}` : label + rest;
}

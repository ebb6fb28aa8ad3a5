// The printed text of a paragraph of a .docx: runs and what may stand around and in them. Code of fields, deleted and hidden text,
// notes and comments are out; text boxes that hang on the paragraph are handed back beside its text.

import { type Fields, GONE, type MetFields } from './docx-fields.ts';
import type { Styles } from './docx-styles.ts';
import { symbolOf } from './docx-symbols.ts';
import { attribute, childOf, chosenOf, switchOf, valueOf, type XmlElement } from './docx-xml.ts';

/** What was met on the way that a person should know of; counted over the document. */
export interface Met extends MetFields {
  revisions: number;
  hidden: number;
  textBoxes: number;
  notes: number;
  comments: number;
  /** Pictures, charts, embedded objects: whatever they say is not read. */
  pictures: number;
  /** Other files that are shown as part of this one. */
  foreign: number;
  /** Places of all tables. */
  cells: number;
}

export function nothingMet(): Met {
  return {
    revisions: 0,
    hidden: 0,
    textBoxes: 0,
    notes: 0,
    comments: 0,
    pictures: 0,
    contents: 0,
    unreadableFields: 0,
    foreign: 0,
    cells: 0,
  };
}

export interface InlineContext {
  readonly styles: Styles;
  readonly fields: Fields;
  readonly met: Met;
  /** Whether the paragraph's own style hides its text. */
  readonly hidden: boolean;
}

export interface InlineText {
  /** `\n` where a line is broken inside the paragraph. */
  text: string;
  /** The contents of text boxes, in order. */
  readonly boxes: (XmlElement | string)[];
}

/** Adds what `element` (a paragraph, or a part of one) prints to `into`. */
export function readInline(element: XmlElement, context: InlineContext, into: InlineText): void {
  for (const child of element.children) {
    switch (child.name) {
      case 'r':
        readRun(child, context, into);
        break;
      case 'del':
      case 'moveFrom':
        context.met.revisions += 1;
        break;
      case 'ins':
      case 'moveTo':
        context.met.revisions += 1;
        readInline(child, context, into);
        break;
      case 'AlternateContent':
        readInline({ ...child, children: [chosenOf(child) ?? []].flat() }, context, into);
        break;
      case 'sdt':
        if (!isPlaceholder(child)) readInline(child, context, into);
        break;
      // A formula over a line: 1/2, not 12.
      case 'den':
        into.text += '/';
        readInline(child, context, into);
        break;
      case 'fldSimple':
        if (context.fields.simple(attribute(child, 'instr') ?? '')) readInline(child, context, into);
        break;
      default:
        if (!PROPERTIES.has(child.name)) readInline(child, context, into);
    }
  }
}

/** A content control that still shows what to write there. */
export function isPlaceholder(control: XmlElement): boolean {
  return switchOf(childOf(control, 'sdtPr'), 'showingPlcHdr') === true;
}

const PROPERTIES: ReadonlySet<string> = new Set([
  'pPr',
  'rPr',
  'sdtPr',
  'sdtEndPr',
  'smartTagPr',
  'customXmlPr',
  'ctrlPr',
  'tblPr',
]);

function readRun(run: XmlElement, context: InlineContext, into: InlineText): void {
  const isHidden = hides(childOf(run, 'rPr'), context);
  for (const child of run.children) readRunPart(child, isHidden, context, into);
}

function readRunPart(part: XmlElement, isHidden: boolean, context: InlineContext, into: InlineText): void {
  const { fields, met } = context;
  if (part.name === 'fldChar') {
    fields.mark(part);
    return;
  }
  if (part.name === 'instrText') {
    fields.instruction(part.text);
    return;
  }
  if (fields.hide || GONE.has(part.name)) return;
  if (isHidden) {
    if (part.name === 't' && part.text.trim() !== '') met.hidden += 1;
    return;
  }
  switch (part.name) {
    case 't':
      into.text += printed(part.text);
      break;
    case 'tab':
    case 'ptab':
      into.text += '\t';
      break;
    case 'br':
    case 'cr':
      into.text += '\n';
      break;
    case 'noBreakHyphen':
      into.text += '-';
      break;
    case 'sym':
      into.text += symbolOf(part);
      break;
    case 'ruby': {
      const base = childOf(part, 'rubyBase');
      if (base) readInline(base, context, into);
      break;
    }
    case 'AlternateContent':
      for (const child of chosenOf(part)?.children ?? []) readRunPart(child, isHidden, context, into);
      break;
    case 'drawing':
    case 'pict':
    case 'object':
      readDrawing(part, context, into);
      break;
    case 'footnoteReference':
    case 'endnoteReference':
      met.notes += 1;
      break;
    case 'commentReference':
      met.comments += 1;
      break;
    default:
  }
}

/** Whether text with these run properties is hidden: they say so themselves, or their style or the paragraph's does. */
export function hides(properties: XmlElement | undefined, { styles, hidden }: Pick<InlineContext, 'styles' | 'hidden'>): boolean {
  const said = switchOf(properties, 'vanish');
  if (said !== undefined) return said;
  const style = valueOf(properties, 'rStyle');
  return hidden || (style !== undefined && styles.ofRun(style).hides);
}

const SHOWS: ReadonlySet<string> = new Set(['blip', 'imagedata', 'chart', 'relIds', 'OLEObject']);

/** Text boxes and lettering in a drawing; a picture, chart or object is counted as one, whatever it is made of. */
function readDrawing(drawing: XmlElement, { met }: InlineContext, into: InlineText): void {
  let shows = false;
  const stack = [drawing];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (next.name === 'txbxContent') {
      into.boxes.push(next);
    } else if (next.name === 'textpath') {
      // WordArt of old keeps its words in an attribute.
      const words = attribute(next, 'string') ?? '';
      if (words.trim() !== '') into.boxes.push(printed(words));
    } else if (next.name === 'AlternateContent') {
      const chosen = chosenOf(next);
      if (chosen) stack.push(chosen);
    } else {
      shows ||= SHOWS.has(next.name);
      for (let at = next.children.length - 1; at >= 0; at -= 1) stack.push(next.children[at] ?? next);
    }
  }
  if (shows) met.pictures += 1;
}

/** A line break in the file's own source is white space, no more. */
function printed(text: string): string {
  return text.replaceAll(/[\r\n\t]/gu, ' ').replaceAll('\u00AD', '');
}

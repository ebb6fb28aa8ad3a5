// Fields of a .docx ({ PAGE }, { REF … }, { TOC … }): their code is hidden and their result is printed. A field begins, separates
// and ends in runs of their own, maybe paragraphs apart; one that never ends must not hide the rest of the document.

import { attribute, chosenOf, type XmlElement } from './docx-xml.ts';

/** What a document no longer or not yet says: deleted, moved from here. */
export const GONE: ReadonlySet<string> = new Set(['del', 'moveFrom']);

/** Fields that print something of their own and keep no result in the file. */
const WITHOUT_RESULT = /^\s*(?:EQ|SYMBOL|AUTONUM\w{0,5}|LISTNUM|ADVANCE)\b/iu;
const CONTENTS = /^\s*TOC\b/iu;

/** What was met; counted over the document. */
export interface MetFields {
  /** Tables of contents that were left out. */
  contents: number;
  /** Fields whose printed content the file does not hold. */
  unreadableFields: number;
}

interface Field {
  instruction: string;
  phase: 'code' | 'result';
  hides: boolean;
}

/** The fields that are open at one place of a story; each text box is a story of its own. */
export class Fields {
  readonly #complete: ReadonlySet<XmlElement>;
  readonly #open: Field[] = [];
  #hiding = 0;
  readonly #met: MetFields;

  /** @param story the element that holds the whole story */
  constructor(story: XmlElement, met: MetFields) {
    this.#complete = completeFields(story);
    this.#met = met;
  }

  /** Whether text at this place is a field's code, or a table of contents. */
  get hide(): boolean {
    return this.#hiding > 0;
  }

  /** Takes a `w:fldChar`. */
  mark(element: XmlElement): void {
    if (!this.#complete.has(element)) return;
    const field = this.#open.at(-1);
    switch (attribute(element, 'fldCharType')) {
      case 'begin':
        this.#open.push({ instruction: '', phase: 'code', hides: true });
        this.#hiding += 1;
        break;
      case 'separate':
        if (field?.phase !== 'code') break;
        field.phase = 'result';
        field.hides = CONTENTS.test(field.instruction);
        if (field.hides) this.#met.contents += 1;
        else this.#hiding -= 1;
        break;
      case 'end':
        this.#open.pop();
        if (field?.hides === true) this.#hiding -= 1;
        if (field?.phase === 'code' && WITHOUT_RESULT.test(field.instruction)) this.#met.unreadableFields += 1;
        break;
      case undefined:
      default:
    }
  }

  /** Takes the code of a `w:fldSimple`. @returns whether its result is to be read */
  simple(instruction: string): boolean {
    if (this.hide) return false;
    const isContents = CONTENTS.test(instruction.slice(0, 100));
    if (isContents) this.#met.contents += 1;
    return !isContents;
  }

  /** Takes a `w:instrText`. */
  instruction(text: string): void {
    const field = this.#open.at(-1);
    if (field?.phase === 'code' && field.instruction.length < 100) field.instruction += text.slice(0, 100);
  }
}

/** The marks of fields that begin and end in the story. */
function completeFields(story: XmlElement): ReadonlySet<XmlElement> {
  const complete = new Set<XmlElement>();
  const open: XmlElement[][] = [];
  const stack = story.children.toReversed();
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (next.name === 'fldChar') {
      const kind = attribute(next, 'fldCharType');
      if (kind === 'begin') open.push([next]);
      else open.at(-1)?.push(next);
      if (kind === 'end') for (const mark of open.pop() ?? []) complete.add(mark);
    } else if (next.name === 'AlternateContent') {
      const chosen = chosenOf(next);
      if (chosen) stack.push(chosen);
    } else if (!GONE.has(next.name) && next.name !== 'txbxContent') {
      for (let at = next.children.length - 1; at >= 0; at -= 1) stack.push(next.children[at] ?? next);
    }
  }
  return complete;
}

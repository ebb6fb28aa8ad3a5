// The outline of a document: which clause stands under which, told from the order in which its ways of numbering first appear.

import { isTitleText } from './head-title.ts';
import type { Mark, Scheme } from './numbering.ts';
import { markAt } from './numbering.ts';
import { type Block, blockOf, isOrganisation } from './blocks.ts';
import { endsSentence, type Paragraph } from './paragraphs.ts';

export interface Clause {
  /** Null for a part's root and for a heading without a number. */
  readonly mark: Mark | null;
  /** The paragraph that carries its number; null for a part's root. */
  readonly paragraph: Paragraph | null;
  /** That paragraph without its number. */
  readonly own: Block | null;
  /** Unnumbered paragraphs that follow it before anything numbered does. */
  readonly body: Block[];
  readonly children: Clause[];
  readonly parent: Clause | null;
}

/** A text with numbers of its own: the notice, its plan, an annex. */
export interface Part {
  /** 附件2, or '' where it has no name. */
  readonly label: string;
  readonly root: Clause;
}

/** In reading order; the first holds whatever stands before any number. */
export function partsOf(paragraphs: readonly Paragraph[]): Part[] {
  const parts: Building[] = [new Building('')];
  let listing = false;
  let before = '';
  for (const paragraph of paragraphs) {
    const { text } = paragraph.passage;
    const mark = markAt(text);
    let part = parts.at(-1) ?? new Building('');
    if (mark?.scheme === '附件' && text.length <= 60 && !endsSentence(text)) {
      // 附件：1.… lists what is annexed; alone on its line it begins an annex.
      listing = text.charAt(mark.length - 1) === ':' && text.length > mark.length;
      if (!listing) parts.push(new Building(mark.label));
      continue;
    }
    listing &&= mark?.scheme === '1.' && text.length <= 60 && !endsSentence(text);
    if (listing) continue;
    if (mark !== null && part.beginsAnew(mark)) {
      part = new Building('');
      parts.push(part);
    }
    part.add(paragraph, mark);
    // What follows the signature of a letter with clauses of its own is what the letter sends.
    if (part.root.children.length > 0 && isSignature(before, text)) parts.push(new Building(''));
    before = text;
  }
  return parts.filter((part, index) => !isContents(part, parts[index + 1]));
}

/** Nothing but headings, which the next part begins with again: a table of contents. */
function isContents(part: Part, next: Part | undefined): boolean {
  const first = (of: Part | undefined) => of?.root.children[0]?.paragraph?.passage.text.replace(/[.…·\d]{1,80}$/u, '');
  return part.root.children.length >= 2 && isBare(part.root) && first(part) === first(next);
}

function isBare(root: Clause): boolean {
  return clausesBelow(root).every(({ paragraph, body }) => body.length === 0 && (paragraph?.passage.length ?? 0) <= 80);
}

/** All clauses below, depth first, in reading order. */
export function clausesBelow(clause: Clause): Clause[] {
  const found: Clause[] = [];
  const stack = clause.children.toReversed();
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    found.push(next);
    for (const child of next.children.toReversed()) stack.push(child);
  }
  return found;
}

/** 某某县人民政府办公室 and 2026年3月20日, on two lines or run together. */
function isSignature(before: string, text: string): boolean {
  if (text.length > 50) return false;
  const date = /^([^,。;:\d]{0,30})(?:\d{4}|[〇○零一二三四五六七八九]{4})年[^,。年]{2,6}日$/u.exec(text);
  return date !== null && isOrganisation(date[1] === '' ? before : (date[1] ?? ''));
}

type Level = Scheme | `h${number}`;

class Building implements Part {
  readonly label: string;
  readonly root: Clause = { mark: null, paragraph: null, own: null, body: [], children: [], parent: null };
  readonly #open: { level: Level; clause: Clause }[] = [];
  readonly #last = new Map<Scheme, number>();

  constructor(label: string) {
    this.label = label;
  }

  /** 一、 again after the part has counted on: another text begins. */
  beginsAnew(mark: Mark): boolean {
    const top = this.#open[0]?.level;
    if (mark.number !== 1 || mark.scheme !== top || (this.#last.get(mark.scheme) ?? 0) < 2) return false;
    return mark.scheme === '一、' || isBare(this.root);
  }

  add(paragraph: Paragraph, mark: Mark | null): void {
    if (mark !== null && mark.scheme !== '附件' && this.#counts(mark)) {
      this.#last.set(mark.scheme, mark.number);
      this.#push(mark.scheme, paragraph, mark);
    } else if (paragraph.heading !== null && paragraph.passage.length <= 60 && !this.#isTitle(paragraph)) {
      this.#push(`h${paragraph.heading}`, paragraph, null);
    } else {
      (this.#open.at(-1)?.clause ?? this.root).body.push(blockOf(paragraph));
    }
  }

  // A number that neither begins nor goes on counting is a figure at the start of a sentence.
  #counts({ scheme, number, isWeak }: Mark): boolean {
    const last = this.#last.get(scheme) ?? 0;
    return isWeak ? last > 0 && number === last + 1 : number <= last + 12;
  }

  // Titles are headings to a format, too.
  #isTitle({ passage: { text } }: Paragraph): boolean {
    return this.root.children.length === 0 && (isTitleText(text) || text.endsWith('文件'));
  }

  #push(level: Level, paragraph: Paragraph, mark: Mark | null): void {
    const same = this.#open.findIndex((each) => each.level === level);
    if (same !== -1) this.#open.length = same;
    const parent = this.#open.at(-1)?.clause ?? this.root;
    const own = blockOf(paragraph, mark?.length ?? 0);
    const clause: Clause = { mark, paragraph, own: own.passage.length > 0 ? own : null, body: [], children: [], parent };
    parent.children.push(clause);
    this.#open.push({ level, clause });
  }
}

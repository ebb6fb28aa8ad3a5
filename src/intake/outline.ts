// The outline of a document: which clause stands under which, told from the order in which its ways of numbering first appear.

import type { Mark, Scheme } from './numbering.ts';
import { markAt } from './numbering.ts';
import { endsSentence, type Paragraph } from './paragraphs.ts';

export interface Clause {
  /** Null for a part's root and for a heading without a number. */
  readonly mark: Mark | null;
  /** The paragraph that carries its number; null for a part's root. */
  readonly paragraph: Paragraph | null;
  /** Unnumbered paragraphs that follow it before anything numbered does. */
  readonly body: Paragraph[];
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
  for (const paragraph of paragraphs) {
    const { text } = paragraph.passage;
    const mark = markAt(text);
    let part = parts.at(-1) ?? new Building('');
    if (mark?.scheme === '附件' && text.length <= 60 && !endsSentence(text)) {
      // 附件：1.… lists what is annexed; alone on its line it begins an annex.
      listing = text.charAt(mark.length - 1) === ':' && text.length > mark.length;
      if (listing) part.add(paragraph, null);
      else parts.push(new Building(mark.label));
      continue;
    }
    listing &&= mark?.scheme === '1.' && text.length <= 60 && !endsSentence(text);
    if (mark !== null && !listing && part.beginsAnew(mark)) {
      part = new Building('');
      parts.push(part);
    }
    part.add(paragraph, listing ? null : mark);
  }
  return parts;
}

/** All clauses below, depth first, in reading order. */
export function clausesBelow(clause: Clause): Clause[] {
  const found: Clause[] = [];
  const stack = clause.children.toReversed();
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    found.push(next);
    stack.push(...next.children.toReversed());
  }
  return found;
}

type Level = Scheme | `h${number}`;

class Building implements Part {
  readonly label: string;
  readonly root: Clause = { mark: null, paragraph: null, body: [], children: [], parent: null };
  readonly #open: { level: Level; clause: Clause }[] = [];
  readonly #last = new Map<Scheme, number>();

  constructor(label: string) {
    this.label = label;
  }

  /** 一、 again after the part has counted on: another text begins. */
  beginsAnew(mark: Mark): boolean {
    const top = this.#open[0]?.level;
    return mark.number === 1 && mark.scheme === top && mark.scheme === '一、' && (this.#last.get(mark.scheme) ?? 0) >= 2;
  }

  add(paragraph: Paragraph, mark: Mark | null): void {
    if (mark !== null && mark.scheme !== '附件' && this.#counts(mark)) {
      this.#last.set(mark.scheme, mark.number);
      this.#push(mark.scheme, paragraph, mark);
    } else if (paragraph.heading !== null && paragraph.passage.length <= 60) {
      this.#push(`h${paragraph.heading}`, paragraph, null);
    } else {
      (this.#open.at(-1)?.clause ?? this.root).body.push(paragraph);
    }
  }

  // A number that neither begins nor goes on counting is a figure at the start of a sentence.
  #counts({ scheme, number }: Mark): boolean {
    return number <= (this.#last.get(scheme) ?? 0) + 12;
  }

  #push(level: Level, paragraph: Paragraph, mark: Mark | null): void {
    const same = this.#open.findIndex((each) => each.level === level);
    if (same !== -1) this.#open.length = same;
    const parent = this.#open.at(-1)?.clause ?? this.root;
    const clause: Clause = { mark, paragraph, body: [], children: [], parent };
    parent.children.push(clause);
    this.#open.push({ level, clause });
  }
}

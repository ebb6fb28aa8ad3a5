// Which clauses and paragraphs of an outline are tasks: the smallest item that has its own units, else the numbered item, else
// the paragraph. What is a task only if it names somebody and a day (aims, introductions, closing words) is given as `loose`.

import { type Block, blockOf, isAimHeading, isFormula, isHeading } from './blocks.ts';
import type { Span } from '../document.ts';
import { evidenceOf, type Evidence } from './evidence.ts';
import { type Clause, clausesBelow, type Part } from './outline.ts';
import { refsOf } from './refs.ts';

export type Certainty =
  /** Assignable by its form. */
  | 'item'
  /** Stands where aims and introductions do. */
  | 'loose'
  /** Closes the document. */
  | 'closing'
  /** Stands before any number, where a letter introduces what it sends. */
  | 'cover';

export interface Found {
  readonly ref: string;
  readonly certainty: Certainty;
  /** A paragraph that only heads the clause. */
  readonly heading: Block | null;
  /** The heading of several tasks, where it is not this one's alone. */
  readonly over: Block | null;
  /** Never empty. */
  readonly blocks: readonly Block[];
  /** From the first character of its number to its last: where the quote stands. */
  readonly span: Span;
  readonly clause: Clause;
}

/** In reading order; refs are unique within the part only. */
export function tasksOf(part: Part): Found[] {
  const reader = new Reader(part);
  reader.cover();
  for (const clause of part.root.children) reader.clause(clause, false);
  return reader.found;
}

class Reader {
  readonly found: Found[] = [];
  readonly #part: Part;
  readonly #evidence: Evidence;
  readonly #refs: (clause: Clause) => string;
  readonly #last: Clause | null;
  #closings = 0;

  constructor(part: Part) {
    this.#part = part;
    this.#evidence = evidenceOf(part.root);
    this.#refs = refsOf(part.root);
    this.#last = clausesBelow(part.root).at(-1) ?? null;
  }

  /** What stands before the first number; in a text without numbers, all of it. */
  cover(): void {
    const { root } = this.#part;
    const numbered = root.children.length > 0;
    const blocks = textsOf(root.body);
    for (const [index, group] of grouped(blocks, false).entries()) {
      const stated = group.some(({ isStated }) => isStated);
      // A letter without numbers is all of it what it asks for.
      const certainty = stated ? 'item' : numbered ? 'cover' : 'closing';
      this.#add(root, null, group, certainty, numbered ? `前言-${index + 1}` : String(index + 1));
    }
  }

  clause(clause: Clause, inAims: boolean): void {
    const { own } = clause;
    const heading = own !== null && isHeading(own) ? own : null;
    const lead = own === null ? '' : (/^[^。.:;!?]{0,60}/u.exec(own.passage.text)?.[0] ?? '');
    const aims = inAims || isAimHeading(lead);
    if (clause.children.length === 0) this.#leaf(clause, own, heading, aims);
    else this.#branch(clause, own, heading, aims);
  }

  #leaf(clause: Clause, own: Block | null, heading: Block | null, aims: boolean): void {
    const ref = this.#refs(clause);
    const follow = textsOf(clause.body);
    if (heading !== null && follow.every(({ isAlone }) => isAlone)) {
      this.#add(clause, null, [heading, ...follow], aims && follow.length === 0 ? 'loose' : 'item', ref);
      return;
    }
    const texts = heading === null && own !== null ? [own, ...follow] : follow;
    // Under a section's own heading its paragraphs are the section's.
    const isSection = heading !== null && clause.parent === this.#part.root;
    const { kept, closing } = clause === this.#last && !isSection ? this.#closing(texts, heading) : { kept: texts, closing: [] };
    const groups = heading === null ? asOne(kept) : grouped(kept, this.#evidence.statedLast);
    for (const [index, group] of groups.entries()) {
      const stated = group.some(({ isStated }) => isStated);
      const single = groups.length === 1;
      const certainty = aims && !stated ? 'loose' : 'item';
      this.#add(clause, heading, group, certainty, single ? ref : `${ref}-${index + 1}`, single);
    }
    for (const block of closing) this.#add(clause, null, [block], 'closing', this.#closingRef());
  }

  #branch(clause: Clause, own: Block | null, heading: Block | null, aims: boolean): void {
    const intro = [...(heading === null && own !== null ? [own] : []), ...textsOf(clause.body)];
    const below = clausesBelow(clause);
    const statedBelow = below.some((each) => this.#evidence.isStated(each));
    const tail = this.#evidence.tailOf(clause);
    const stated = intro.some(({ isStated }) => isStated);
    // Its units are said of all its parts, once.
    if (tail || (!statedBelow && (stated || (!aims && this.#evidence.isUsuallyStated(clause))))) {
      const parts = below.flatMap((each) => [...(each.paragraph === null ? [] : [blockOf(each.paragraph)]), ...each.body]);
      const blocks = [...intro, ...parts].filter(({ passage }) => !isFormula(passage.text));
      this.#add(clause, heading, blocks, 'item', this.#refs(clause), true);
      return;
    }
    if (intro.length > 0) {
      const groups = stated ? grouped(intro, this.#evidence.statedLast) : [intro];
      for (const [index, group] of groups.entries()) {
        const certainty = group.some(({ isStated }) => isStated) ? 'item' : 'loose';
        this.#add(clause, heading, group, certainty, `${this.#refs(clause)}${groups.length === 1 ? '' : `-${index + 1}`}`);
      }
    }
    for (const child of clause.children) this.clause(child, aims);
  }

  /** The last clause of a document is followed by words on the document as a whole. */
  #closing(texts: readonly Block[], heading: Block | null): { kept: Block[]; closing: Block[] } {
    let end = texts.length;
    while (end > 1) {
      const block = texts[end - 1];
      if (block === undefined || block.isStated || block.isAlone) break;
      const concerns = ABOUT_THE_WHOLE.test(block.passage.text.slice(0, 60));
      const several = heading === null ? this.#evidence.severalParagraphs : !this.#evidence.statesItself;
      const before = texts[end - 2];
      if (!concerns && (several || !(before?.isStated === true || heading === null || end > 2))) break;
      end -= 1;
    }
    return { kept: texts.slice(0, end), closing: texts.slice(end) };
  }

  #closingRef(): string {
    this.#closings += 1;
    return this.#closings === 1 ? '结尾' : `结尾-${this.#closings}`;
  }

  #add(clause: Clause, heading: Block | null, blocks: readonly Block[], certainty: Certainty, ref: string, whole = false): void {
    const [first] = blocks;
    if (first === undefined) return;
    const headed = whole && heading !== null ? [heading, ...blocks] : blocks;
    const span = { start: headed[0]?.spans[0]?.start ?? 0, end: headed.at(-1)?.spans.at(-1)?.end ?? 0 };
    const headings = whole ? { heading, over: null } : { heading: null, over: heading };
    this.found.push({ ref, certainty, ...headings, blocks, span, clause });
  }
}

const ABOUT_THE_WHOLE =
  /^(?:各(?:地区?|级|部门|单位|有关|相关|市|县|区|乡镇|省|街道|责任)|本(?:方案|意见|通知|要点|办法|计划|细则|行动|规划|措施)|未纳入|(?:国家|省|市|县|区)?[^,。]{0,20}(?:本|该)(?:方案|意见|通知|要点|计划))/u;

function textsOf(body: readonly Block[]): Block[] {
  const copies = body.findIndex(({ passage }) => /^(?:抄送|主送|抄报|分送|抄发):/u.test(passage.text));
  return (copies === -1 ? body : body.slice(0, copies)).filter(({ passage }) => !isFormula(passage.text));
}

/** Paragraphs under one heading as tasks; a statement closes one. `statedLast`: the others are only stated together. */
function grouped(blocks: readonly Block[], statedLast: boolean): Block[][] {
  const groups: Block[][] = [];
  let open = false;
  for (const block of blocks) {
    const group = groups.at(-1);
    const before = group?.at(-1);
    const joins = block.isAlone || (open && before !== undefined && (statedLast || goesOn(before, block)));
    if (group !== undefined && joins) group.push(block);
    else groups.push([block]);
    open = !block.isStated;
  }
  return groups;
}

/** A clause with a text of its own is one task, whatever paragraphs follow; but each that states its units is another. */
function asOne(blocks: readonly Block[]): Block[][] {
  const groups: Block[][] = [];
  for (const block of blocks) {
    const group = groups.at(-1);
    const closed = group?.some(({ isStated }) => isStated) === true;
    if (group !== undefined && !(closed && block.isStated && !block.isAlone)) group.push(block);
    else groups.push([block]);
  }
  return groups;
}

/** 如下：…, 一是…；二是…: the paragraph only goes on with the one before it. */
function goesOn({ passage: before }: Block, { passage }: Block): boolean {
  return /[:;]$/u.test(before.text) || /^(?:[一二三四五六七八九十]是|[-—·•●■◆▪*])/u.test(passage.text);
}

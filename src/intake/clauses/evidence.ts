// What a document's clauses show of its habits: which carry their units themselves, and where units are stated for several parts.

import { isHeading } from './blocks.ts';
import type { Scheme } from './numbering.ts';
import { type Clause, clausesBelow } from './outline.ts';

export interface Evidence {
  readonly isStated: (clause: Clause) => boolean;
  /** Clauses numbered so mostly state their units, and what stands below them never does. */
  readonly isUsuallyStated: (clause: Clause) => boolean;
  /** The units that close its last part are said of all its parts. */
  readonly tailOf: (clause: Clause) => boolean;
  /** Of several paragraphs under one heading only the last states units. */
  readonly statedLast: boolean;
  /** Clauses often have more than one paragraph. */
  readonly severalParagraphs: boolean;
  /** Most clauses state their units. */
  readonly statesItself: boolean;
}

export function evidenceOf(root: Clause): Evidence {
  const clauses = clausesBelow(root);
  const facts = new Map(clauses.map((clause) => [clause, factsOf(clause)]));
  const isStated = (clause: Clause): boolean => facts.get(clause)?.stated ?? false;
  const leaves = clauses.filter(({ children }) => children.length === 0);
  const bySchemes = new Map<Scheme, { all: number; stated: number }>();
  for (const clause of clauses) {
    if (clause.mark === null) continue;
    const count = bySchemes.get(clause.mark.scheme) ?? { all: 0, stated: 0 };
    bySchemes.set(clause.mark.scheme, count);
    count.all += 1;
    if (isStated(clause)) count.stated += 1;
  }
  const usual = (scheme: Scheme): boolean => {
    const count = bySchemes.get(scheme);
    return count !== undefined && count.all >= 3 && count.stated >= count.all * 0.6;
  };
  const tails = tailsOf(clauses, facts);
  const several = leaves.flatMap((leaf) => {
    const texts = facts.get(leaf)?.texts ?? [];
    return texts.length >= 2 && texts.some((each) => each) ? [texts] : [];
  });
  return {
    isStated,
    isUsuallyStated: ({ mark, children }) =>
      mark !== null && usual(mark.scheme) && children.every((child) => child.mark === null || !usual(child.mark.scheme)),
    tailOf: (clause) => tails.has(clause),
    statedLast:
      several.length > 0 && several.filter((texts) => texts.indexOf(true) === texts.length - 1).length > several.length / 2,
    // The last clause is followed by what closes the document.
    severalParagraphs: leaves.slice(0, -1).filter((leaf) => leaf.body.length > 1).length > leaves.length * 0.3,
    statesItself: leaves.filter(isStated).length > leaves.length / 2,
  };
}

interface Facts {
  readonly stated: boolean;
  /** Its last paragraph is a statement alone. */
  readonly closed: boolean;
  /** Of each paragraph under its heading, whether it states units. */
  readonly texts: readonly boolean[];
}

function factsOf({ own, body }: Clause): Facts {
  const follow = body.filter(({ isAlone }) => !isAlone);
  return {
    stated: own?.isStated === true || body.some(({ isStated }) => isStated),
    closed: body.at(-1)?.isAlone === true && body.some(({ isStated }) => isStated),
    texts: own !== null && isHeading(own) ? follow.map(({ isStated }) => isStated) : [],
  };
}

/**
 * Clauses whose last part alone states units: surely all parts' where the statement stands on a line of its own,
 * and where the document does so throughout.
 */
function tailsOf(clauses: readonly Clause[], facts: ReadonlyMap<Clause, Facts>): ReadonlySet<Clause> {
  const [sure, likely] = [new Set<Clause>(), new Set<Clause>()];
  let against = 0;
  for (const clause of clauses) {
    const { children } = clause;
    if (children.length < 2 || children.some((child) => child.children.length > 0)) continue;
    const stated = children.filter((child) => facts.get(child)?.stated);
    const last = children.at(-1);
    if (stated.length === 1 && stated[0] === last && last !== undefined && facts.get(clause)?.stated !== true) {
      (facts.get(last)?.closed === true ? sure : likely).add(clause);
    } else if (stated.length > 1) against += 1;
  }
  return new Set([...sure, ...(against === 0 && likely.size >= 2 ? likely : [])]);
}

// What a clause is called: its path, 一(二)1; or its number alone where numbers run on through the whole document, （十五）.

import { type Clause, clausesBelow } from './outline.ts';
import type { Scheme } from './numbering.ts';

/** Unique within `root` unless the document counts a number twice. */
export function refsOf(root: Clause): (clause: Clause) => string {
  const running = runningIn(root);
  return (clause) => {
    const path: string[] = [];
    for (let at: Clause | null = clause; at !== null; at = at.parent) {
      if (at.mark === null) continue;
      const { label, scheme } = at.mark;
      if (running.has(scheme)) return [bare(label, path.length === 0), ...path].join('');
      // 1(1) and not 11, were both figures.
      path.unshift(/^\d/u.test(path[0] ?? '') && /\d$/u.test(label) ? `${label}.` : label);
    }
    return path.join('') || '正文';
  };
}

function bare(label: string, alone: boolean): string {
  return alone ? label.replace(/^\((.{1,8})\)$/u, '（$1）') : label;
}

/** Ways of numbering that stand under more than one clause and never begin anew. */
function runningIn(root: Clause): ReadonlySet<Scheme> {
  const seen = new Map<Scheme, { last: number; parents: Set<Clause | null>; runs: boolean }>();
  for (const { mark, parent } of clausesBelow(root)) {
    if (mark === null) continue;
    const known = seen.get(mark.scheme) ?? { last: 0, parents: new Set<Clause | null>(), runs: true };
    seen.set(mark.scheme, known);
    known.runs &&= mark.number > known.last;
    known.last = mark.number;
    known.parents.add(parent);
  }
  return new Set([...seen].filter(([, { runs, parents }]) => runs && parents.size > 1).map(([scheme]) => scheme));
}

/** The ref, counted where it is taken: 3, 3(2). It is taken from then on. */
export function freeRef(wanted: string, taken: Set<string>): string {
  let ref = wanted;
  for (let count = 2; taken.has(ref); count += 1) ref = `${wanted}(${count})`;
  taken.add(ref);
  return ref;
}

// Which known names come nearest to one that is not known: for refusals that say what would be right.

import { canonicalName } from '../domain/directory.ts';

/** Up to `count` names, nearest first; those that share nothing with the wanted one are left out unless all are. */
export function nearest(wanted: string, names: readonly string[], count = 3): readonly string[] {
  const target = canonicalName(wanted);
  const ranked = [...new Set(names)]
    .map((name) => ({ name, likeness: likeness(target, canonicalName(name)) }))
    .toSorted((one, other) => other.likeness - one.likeness);
  const alike = ranked.filter((each) => each.likeness > 0);
  return (alike.length > 0 ? alike : ranked).slice(0, count).map(({ name }) => name);
}

/** Dice coefficient over characters and pairs of neighbouring characters. */
function likeness(one: string, other: string): number {
  const left = pieces(one);
  const right = pieces(other);
  const shared = [...left].filter((piece) => right.has(piece)).length;
  return (2 * shared) / Math.max(1, left.size + right.size);
}

function pieces(text: string): ReadonlySet<string> {
  const characters = [...text];
  return new Set([...characters, ...characters.slice(1).map((character, index) => `${characters[index]}${character}`)]);
}

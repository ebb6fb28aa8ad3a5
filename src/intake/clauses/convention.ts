// 列第一位者为牵头单位，下同: said once, it holds for every list of units from there on; said in a note, for the whole document.

import { firstLeadsFrom } from '../actors/index.ts';
import type { SourceDocument } from '../document.ts';
import type { Paragraph } from './paragraphs.ts';
import { Passage } from '../passage.ts';

/** The offset from which it holds; Infinity where nobody says so. */
export function conventionOf({ text, blocks }: SourceDocument, paragraphs: readonly Paragraph[]): number {
  // Everything that says so says 牵头 or 主办 of what is first.
  if (!/牵头|主办/u.test(text) || !/第一|首/u.test(text)) return Infinity;
  const cells = blocks.flatMap((block) => (block.kind === 'table' ? [...new Set(block.rows.flat())] : []));
  const passages = [...paragraphs.map(({ passage }) => passage), ...cells.map((cell) => Passage.of(text, [cell]))];
  let from = Infinity;
  for (const passage of passages) {
    const at = passage.length === 0 ? null : firstLeadsFrom(passage);
    if (at === null) continue;
    from = Math.min(from, /^[([【]?(?:注|备注|说明|附注)/u.test(passage.text) ? 0 : passage.span(at, at + 1).start);
  }
  return from;
}

// In which order due messages leave: urgent ones first, then each office's first few, then the rest, offices by turns.
// One office's ten thousand so never stand before another's ten.

import type { Instant } from './time.ts';

/** Messages of one channel and urgency that are due and on nobody's desk. */
export interface Waiting {
  readonly id: string;
  readonly office: string;
  readonly owedAt: Instant;
}

export interface Turn {
  /** Unless more of its offices' first ones wait: those always find room. */
  readonly room: number;
  /** So many of an office's messages go before anybody's others. */
  readonly first: number;
  /** Messages of the same channel and urgency that each office has on the way already. */
  readonly onTheWay: ReadonlyMap<string, number>;
  readonly urgent: boolean;
}

/** 1 leaves before 2. */
export type Priority = 1 | 2 | 3;

export interface Placed extends Waiting {
  readonly priority: Priority;
}

/** Who leaves now, in order: offices take turns, within an office what has waited longest goes first. */
export function inTurn(waiting: readonly Waiting[], { room, first, onTheWay, urgent }: Turn): readonly Placed[] {
  const counts = new Map(onTheWay);
  const ranked = waiting.toSorted(byAge).map((message) => {
    const rank = counts.get(message.office) ?? 0;
    counts.set(message.office, rank + 1);
    return { ...message, rank };
  });
  return ranked
    .toSorted((one, other) => one.rank - other.rank || byAge(one, other))
    .filter(({ rank }, place) => place < room || rank < first)
    .map(({ rank, ...message }) => ({ ...message, priority: urgent ? 1 : rank < first ? 2 : 3 }));
}

function byAge(one: Waiting, other: Waiting): number {
  return one.owedAt - other.owedAt || (one.id < other.id ? -1 : 1);
}

/** Neighbours of one priority, at most `size` at a time. */
export function inChunks<Each extends { readonly priority: Priority }>(
  ordered: readonly Each[],
  size: number,
): readonly (readonly Each[])[] {
  const chunks: Each[][] = [];
  for (const each of ordered) {
    const last = chunks.at(-1);
    if (last === undefined || last.length >= size || last[0]?.priority !== each.priority) chunks.push([each]);
    else last.push(each);
  }
  return chunks;
}

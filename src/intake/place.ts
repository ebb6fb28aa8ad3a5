// Where the spans of a document stand: the line or cell that each begins in, as a person finds it.

import type { Block, SourceDocument, Span } from './document.ts';

/** A line or a cell that is not empty. */
export interface Placed extends Span {
  /** `第 12 行`, `表 1 第 4 行`. */
  readonly place: string;
  /** What follows is no part of the same paragraph. */
  readonly closed: boolean;
}

export interface Places {
  /** What the span begins in. */
  at(span: Span): Placed | null;
  /** All that the span touches, in the order of the text. */
  within(span: Span): readonly Placed[];
}

export function placesIn(document: SourceDocument): Places {
  const known = document.blocks
    .flatMap(placed)
    .filter(({ start, end }) => document.text.slice(start, end).trim() !== '')
    .toSorted((one, other) => one.start - other.start);
  /** How many begin at or before the offset. */
  const until = (offset: number): number => {
    let [low, high] = [0, known.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((known[middle]?.start ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const at = ({ start }: Span): Placed | null => {
    const found = known[until(start) - 1];
    return found !== undefined && start < found.end ? found : null;
  };
  return {
    at,
    within: (span) => known.slice(Math.max(0, until(span.start) - 1), until(span.end - 1)).filter(({ end }) => end > span.start),
  };
}

function placed(block: Block): readonly Placed[] {
  if (block.kind === 'line') return [block];
  // A merged cell stands at many places of the table, but once in the text.
  return [...new Set(block.rows.flat())].flatMap((cell) =>
    [cell, ...(cell.rest ?? [])].map(({ start, end }) => ({ start, end, place: cell.place, closed: true })),
  );
}

// How many SMS parts a text needs, and where it is cut. The preview and the sender count with this one function,
// so what a coordinator is shown is what the carrier bills.

/** UTF-16 units of one SMS that stands alone: 140 bytes of UCS-2. */
export const SINGLE_UNITS = 70;
/** UTF-16 units of each part of a longer one: six bytes go to the header that joins the parts. */
export const PART_UNITS = 67;

export interface Segments {
  /** UTF-16 units of the whole text, signature 【…】 included: what carriers count as characters. */
  readonly chars: number;
  /** Parts billed: 1 for up to 70 units (and for an empty text), else the parts of at most 67 units. */
  readonly segments: number;
  /** The text cut; joined again they are the text. */
  readonly parts: readonly string[];
}

/** Counts and cuts a text that already carries its signature. Total; an emoji is never cut in two. */
export function countSegments(text: string): Segments {
  if (text.length <= SINGLE_UNITS) return { chars: text.length, segments: 1, parts: [text] };
  const parts: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = cutBefore(text, start + PART_UNITS);
    parts.push(text.slice(start, end));
    start = end;
  }
  return { chars: text.length, segments: parts.length, parts };
}

function cutBefore(text: string, at: number): number {
  if (at >= text.length) return text.length;
  return isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at)) ? at - 1 : at;
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

// Headers, footers and page numbers: what stands at the same place on many pages, and numbers that count the pages.

import type { PrintedLine } from './pdf-pieces.ts';

export interface Sheet {
  readonly height: number;
  /** From top to bottom. */
  readonly lines: readonly PrintedLine[];
}

/** Share of the page's height, at its top and at its bottom, where furniture stands. */
const MARGIN = 0.13;
const MAX_LINES = 3;
const DECORATED =
  /^(?:[-—–－―~·•|\s]{1,12}\d{1,4}[-—–－―~·•|\s]{1,12}|第\s?\d{1,4}\s?页(?:[\s,，/]{0,3}共\s?\d{1,4}\s?页)?|\d{1,4}\s?\/\s?\d{1,4}|Page\s\d{1,4}(?:\sof\s\d{1,4})?)$/u;
const BARE = /^\d{1,4}$/u;
/** A sentence, or the header of a table: it may well stand at the top of every page. */
const NEVER = /[。；，]|责任|牵头|部门|时限|时间|任务|事项|序号/u;
const LONGEST = 60;

/** The lines that are no text of the document. */
export function furnitureOf(sheets: readonly Sheet[]): Set<PrintedLine> {
  const furniture = new Set<PrintedLine>();
  const candidates = sheets.map((sheet) => edgesOf(sheet));
  const seen = new Map<string, PrintedLine[]>();
  const counts = new Map<number, PrintedLine[]>();
  for (const [index, lines] of candidates.entries()) {
    for (const line of lines) {
      if (DECORATED.test(line.text)) furniture.add(line);
      else if (BARE.test(line.text)) gather(counts, Number(line.text) - index, line);
      else if (!NEVER.test(line.text) && line.text.length <= LONGEST)
        gather(seen, `${Math.round(line.y / 4)} ${line.text.replaceAll(/\d/gu, '#')}`, line);
    }
  }
  for (const lines of counts.values()) if (lines.length > 1 || sheets.length === 1) for (const line of lines) furniture.add(line);
  for (const lines of seen.values()) {
    const pages = new Set(lines.map(({ page }) => page)).size;
    // Left and right pages may each have their own.
    if (pages >= 2 && pages >= (sheets.length - 1) * 0.4) for (const line of lines) furniture.add(line);
  }
  // What stands further out is furniture too, or none of it is.
  for (const { height, lines } of sheets) {
    keepOutermost(
      lines.slice(0, MAX_LINES).filter(({ y }) => y < height / 2),
      furniture,
    );
    keepOutermost(
      lines
        .slice(-MAX_LINES)
        .toReversed()
        .filter(({ y }) => y >= height / 2),
      furniture,
    );
  }
  return furniture;
}

/** `lines` from the page's edge inwards. */
function keepOutermost(lines: readonly PrintedLine[], furniture: Set<PrintedLine>): void {
  const first = lines.findIndex((line) => !furniture.has(line));
  if (first !== -1) for (const line of lines.slice(first)) furniture.delete(line);
}

function edgesOf({ height, lines }: Sheet): PrintedLine[] {
  const top = lines.slice(0, MAX_LINES).filter(({ y }) => y < height * MARGIN);
  const bottom = lines.slice(-MAX_LINES).filter(({ y }) => y > height * (1 - MARGIN));
  return [...top, ...bottom.filter((line) => !top.includes(line))];
}

function gather<Key>(groups: Map<Key, PrintedLine[]>, key: Key, line: PrintedLine): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [line]);
  else group.push(line);
}

// Where a paragraph visibly ends in a PDF: the next line is indented, stands apart, or this one stops short behind a full stop.

import { firstChunk, type PrintedLine } from './pdf-pieces.ts';

interface Measure {
  readonly left: number;
  readonly right: number;
  /** From one baseline to the next. */
  readonly spacing: number;
}

const ENDS = /[。；：！？;:!?.）)”]$/u;

export interface Layout {
  /** How far it stands from the left margin, in whole em; 0 for less than an indent. */
  readonly indent: number;
  /** Whether its paragraph ends with it. */
  readonly ends: boolean;
}

const MOST_INDENT = 30;

/** For each line its place on the page. `lines` in reading order, without furniture and tables. */
export function layoutOf(lines: readonly PrintedLine[]): Layout[] {
  const whole = measureOf(lines);
  const pages = new Map<number, PrintedLine[]>();
  for (const line of lines) {
    const page = pages.get(line.page);
    if (page === undefined) pages.set(line.page, [line]);
    else page.push(line);
  }
  const measures = new Map(Array.from(pages, ([page, own]) => [page, own.length < 8 ? whole : measureOf(own)]));
  const measureAt = (line: PrintedLine): Measure => measures.get(line.page) ?? whole;
  return lines.map((line, index) => {
    const next = lines[index + 1];
    const measure = measureAt(line);
    const indent = (line.x - measure.left) / line.size;
    const ends = next === undefined || endsBefore(line, measure, next, measureAt(next));
    return { indent: indent < 1.4 ? 0 : Math.min(MOST_INDENT, Math.round(indent)), ends };
  });
}

function endsBefore(line: PrintedLine, measure: Measure, next: PrintedLine, nextMeasure: Measure): boolean {
  if (Math.abs(next.size - line.size) > line.size * 0.12) return true;
  if (isCentred(line, measure) || isCentred(next, nextMeasure)) return !(isEven(line, measure) && isEven(next, nextMeasure));
  const isIndented = next.x >= nextMeasure.left + next.size * 1.5;
  if (isIndented) return true;
  if (next.page === line.page && next.y - line.y > Math.max(measure.spacing * 1.6, line.size * 1.5)) return true;
  const hadRoom = measure.right - line.right > (firstChunk(next.text) + 0.6) * line.size;
  return hadRoom && ENDS.test(line.text);
}

/** More than a first line's indent away from the left, and as far from the right. */
function isCentred(line: PrintedLine, measure: Measure): boolean {
  return line.x - measure.left > line.size * 1.6 && measure.right - line.right > line.size * 2.6 && isEven(line, measure);
}

/** As far from the left margin as from the right one. */
function isEven(line: PrintedLine, { left, right }: Measure): boolean {
  return Math.abs(line.x - left - (right - line.right)) < line.size * 1.2;
}

function measureOf(lines: readonly PrintedLine[]): Measure {
  const right = percentile(
    lines.map((line) => line.right),
    0.9,
  );
  const long = lines.filter((line) => line.right > right - line.size * 3);
  const left = percentile(
    (long.length > 0 ? long : lines).map((line) => line.x),
    0.05,
  );
  const steps = lines.flatMap((line, index) => {
    const next = lines[index + 1];
    return next !== undefined && next.page === line.page && next.y > line.y ? [next.y - line.y] : [];
  });
  return { left, right, spacing: percentile(steps, 0.4) };
}

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) * share)] ?? 0;
}

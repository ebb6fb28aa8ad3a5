// Where the header of a table of tasks stands and what each column under it means: one row or two, merged or not,
// not always the first. A table without one is no table of tasks.

import type { Cell, Table } from '../document.ts';
import { tableOf } from '../formats/grid.ts';
import { type ColumnRole, type Meaning, meaningOf, meaningUnder, plainHeading } from './rows-headings.ts';
import { withInferredRoles } from './rows-inference.ts';
import { TextBuilder } from '../formats/text-builder.ts';

export interface Column {
  /** From 0. */
  readonly at: number;
  readonly role: ColumnRole;
  /** As printed, on one line; under a heading over several columns: 责任单位/牵头. */
  readonly heading: string;
  /** The cell that names the column: in a matrix the unit, over marks of time the month or quarter. */
  readonly cell: Cell;
}

export interface Header {
  readonly firstRow: number;
  /** The first row under the header. */
  readonly endRow: number;
  readonly columns: readonly Column[];
  /** Columns headed by a unit each, whose cells say with a mark whether it leads. */
  readonly units: readonly Column[];
  /** Columns headed by a month or a quarter each, under a heading of time. */
  readonly periods: readonly Column[];
}

const SEARCHED_ROWS = 30;
export const MOST_COLUMNS = 100;
const LONGEST_NAME = 16;
const UNIT_NAME = /(?:局|委|办|部|院|中心|公司|乡|镇|街道|处|站|所|室|队|区|县|会|行|社|校|单位|部门|管委会|办公室)$/u;
const PERIOD =
  /^(?:第?[一二三四1-4]季度?|[上下]半年|(?:\d{1,2}|[一二三四五六七八九十]{1,2})(?:[-~至](?:\d{1,2}|[一二三四五六七八九十]{1,2}))?月份?)$/u;

/** Of rows that are texts only. Null also where most of what follows is not as wide: a text with a table in it is none. */
export function findHeader(rows: readonly (readonly string[])[]): Header | null {
  const builder = new TextBuilder();
  const raw = { name: null, rows: rows.slice(0, SEARCHED_ROWS + 1).map((row) => row.slice(0, MOST_COLUMNS)), merges: [] };
  const table = tableOf(builder, raw, () => '');
  const header = table === null ? null : headerOf(table, builder.text());
  if (header === null) return null;
  const under = rows.slice(header.endRow, SEARCHED_ROWS + 1).filter((row) => row.some((cell) => cell.trim() !== ''));
  const wide = under.filter((row) => row.length === rows[header.firstRow]?.length);
  return wide.length >= under.length * 0.8 ? header : null;
}

/** 一季度目标, 6月进度. */
const OF_PERIOD = /(?:工作)?(?:目标|任务|计划|进度|安排|节点|内容)$/u;

/** The first header among the first rows; null where there is none. */
export function headerOf(table: Table, text: string): Header | null {
  const rows = table.rows.slice(0, SEARCHED_ROWS + 1).map((row) => row.slice(0, MOST_COLUMNS));
  const printed = (cell: Cell): string => text.slice(cell.start, Math.min(cell.end, cell.start + 200));
  for (let row = 0; row < Math.min(rows.length, SEARCHED_ROWS); row += 1) {
    const top = rows[row] ?? [];
    if (isImprint(top, printed)) continue;
    const under = subHeadings(top, rows[row + 1] ?? [], printed);
    const header = under === null ? null : asHeader(row, top, under, printed);
    const found = header ?? asHeader(row, top, [], printed);
    if (found !== null) return { ...found, columns: withInferredRoles(found.columns, table, found.endRow, text) };
  }
  return null;
}

/** 编制单位：某局 | 2024年2月5日 over several columns each: who made the table and when, and no headings. */
function isImprint(row: readonly Cell[], printed: (cell: Cell) => string): boolean {
  return row.some((cell, at) => {
    const right = row[at + 1];
    const isWide = cell.columnSpan > 1 || (right !== undefined && plainHeading(printed(right)) === '');
    return isWide && /^[^:：(（]{2,8}[:：].{2}|^\d{4}年\d{1,2}月\d{1,2}日$/u.test(onOneLine(printed(cell)));
  });
}

/** The cells of the second row of a header, at their columns; null where the next row is none. */
function subHeadings(
  top: readonly Cell[],
  next: readonly Cell[],
  printed: (cell: Cell) => string,
): readonly (Cell | undefined)[] | null {
  // A line over all columns is no heading of theirs.
  if (new Set(top.filter((cell) => plainHeading(printed(cell)) !== '')).size < 2) return null;
  const found: (Cell | undefined)[] = [];
  let count = 0;
  let known = 0;
  let parent = '';
  for (const [at, cell] of next.entries()) {
    const above = top[at];
    if (above === undefined) return null;
    const [heading, aboveHeading] = [plainHeading(printed(cell)), plainHeading(printed(above))];
    const [left, right] = [top[at - 1], top[at + 1]];
    const isSpanning =
      above.columnSpan > 1 ||
      aboveHeading === '' ||
      (right !== undefined && plainHeading(printed(right)) === '') ||
      (left !== undefined && plainHeading(printed(left)) === aboveHeading);
    if (aboveHeading !== '') parent = aboveHeading;
    if (cell === above || heading === '' || heading === aboveHeading) continue;
    if (!isSpanning || heading.length > LONGEST_NAME || parent === '') return null;
    found[at] = cell;
    count += 1;
    if (meaningUnder(meaningOf(parent), heading) !== null || PERIOD.test(heading) || UNIT_NAME.test(heading)) known += 1;
  }
  return count >= 2 && known * 2 > count ? found : null;
}

function asHeader(
  row: number,
  top: readonly Cell[],
  under: readonly (Cell | undefined)[],
  printed: (cell: Cell) => string,
): Header | null {
  const columns: (Column & { readonly strong: boolean })[] = [];
  const [units, periods]: [Column[], Column[]] = [[], []];
  let parent: { readonly meaning: Meaning | null; readonly heading: string } = { meaning: null, heading: '' };
  for (const [at, cell] of top.entries()) {
    const heading = onOneLine(printed(cell));
    const sub = under[at];
    if (heading !== '') parent = { meaning: meaningOf(heading), heading };
    if (sub === undefined) {
      if (heading === '') continue;
      const period = plainHeading(heading).replace(OF_PERIOD, '');
      if (PERIOD.test(period)) {
        periods.push({ at, cell, heading, role: 'deadline' });
        continue;
      }
      columns.push({ at, cell, heading, ...(parent.meaning ?? { role: 'unread', strong: false }) });
      continue;
    }
    const below = onOneLine(printed(sub));
    const column = { at, cell: sub, heading: `${parent.heading}/${below}` };
    const meaning = meaningUnder(parent.meaning, below);
    const role = parent.meaning?.role;
    if (meaning !== null) columns.push({ ...column, ...meaning });
    else if (PERIOD.test(plainHeading(below))) periods.push({ ...column, role: 'deadline' });
    else if (role === 'lead' || role === 'cooperate' || role === undefined) units.push({ ...column, role: 'lead' });
    else columns.push({ ...column, role: parent.meaning?.role ?? 'unread', strong: parent.meaning?.strong ?? false });
  }
  const matrix = under.length === 0 ? unitColumns(columns) : [];
  for (const column of matrix) units.push(column);
  const settled = settledColumns(columns.filter((column) => !matrix.includes(column)));
  const strong = new Set(settled.filter((column) => column.strong).map(({ role }) => role));
  const all = new Set(settled.map(({ role }) => role));
  const hasText = all.has('title') || all.has('content');
  const isCertain =
    strong.has('lead') || strong.has('cooperate') || strong.has('deadline') || units.length > 1 || periods.length > 1;
  const isLikely = (strong.has('title') || strong.has('content')) && (all.has('lead') || all.has('deadline'));
  if (!hasText || !(isCertain || isLikely)) return null;
  return {
    firstRow: row,
    endRow: row + (under.length === 0 ? 1 : 2),
    columns: settled.map(({ at, role, heading, cell }) => ({ at, role, heading, cell })),
    units,
    periods,
  };
}

/** Three unknown headings or more that are names of units: a matrix without a heading over it. */
function unitColumns(columns: readonly Column[]): Column[] {
  const named = columns.filter(
    ({ role, heading }) => role === 'unread' && heading.length <= LONGEST_NAME && UNIT_NAME.test(heading),
  );
  return named.length >= 3 && !columns.some(({ role }) => role === 'lead') ? named : [];
}

/** The finest of several names is the task's; what stands left of it is the section. */
function settledColumns<T extends Column & { readonly strong: boolean }>(columns: readonly T[]): readonly T[] {
  const titles = columns.filter(({ role }) => role === 'title');
  const finest = titles.at(-1)?.cell;
  const lead = columns.find(({ role, heading }) => role === 'lead' && /牵头|主办|主责/u.test(heading));
  const hasText = titles.length > 0 || columns.some(({ role }) => role === 'content');
  const sections = columns.filter(({ role }) => role === 'section');
  // 民生实事 | 责任单位 | 完成时限: what else is there to be done?
  const isSure = columns.some(({ role, strong }) => role === 'lead' && strong) && columns.some(({ role }) => role === 'deadline');
  const unknown = columns.filter(({ role, heading }) => role === 'unread' && meaningOf(heading) === null);
  const fallback = hasText || sections.length > 0 || !isSure || unknown.length > 2 ? [] : unknown;
  return columns.map((column): T => {
    if (column.role === 'title' && column.cell !== finest) return { ...column, role: 'section' };
    if (!hasText && column === sections.at(-1)) return { ...column, role: 'title' };
    if (fallback.includes(column)) return { ...column, role: column === fallback[0] ? 'title' : 'content' };
    // Beside 牵头单位 a column 责任单位 holds the others.
    if (column.role === 'lead' && lead !== undefined && !/牵头|主办|主责/u.test(column.heading))
      return { ...column, role: 'cooperate' };
    return column;
  });
}

function onOneLine(printed: string): string {
  return printed.replaceAll(/\s/gu, '');
}

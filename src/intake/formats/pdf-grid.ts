// Ruled lines as the grids of tables: where columns and rows part, and which cells are one.

import type { Range } from './grid.ts';
import type { Rule, Rules } from './pdf-rules.ts';

export interface RuledGrid {
  /** The lines between columns, from left to right; one more than there are columns. */
  readonly xs: readonly number[];
  /** The lines between rows, from top to bottom. */
  readonly ys: readonly number[];
  /** Every cell, single ones too. */
  readonly cells: readonly Range[];
}

/** Lines nearer than this are one: double borders, rounded places. */
const NEAR = 4;
const MAX_COLUMNS = 40;
const MAX_ROWS = 400;

/** The tables of a page, from top to bottom: at least two columns and two cells one below the other. */
export function ruledGrids({ vertical, horizontal }: Rules): RuledGrid[] {
  const grids: RuledGrid[] = [];
  for (const group of groupsOf(joined(vertical), joined(horizontal))) {
    const grid = gridOf(group);
    if (grid !== null && grid.cells.length > 1) grids.push(grid);
  }
  return grids.toSorted((one, other) => (one.ys[0] ?? 0) - (other.ys[0] ?? 0));
}

/** Pieces of one line drawn cell by cell, as one. */
function joined(rules: readonly Rule[]): Rule[] {
  const lines: { at: number; from: number; to: number }[] = [];
  for (const rule of rules.toSorted((one, other) => Math.round(one.at) - Math.round(other.at) || one.from - other.from)) {
    const last = lines.at(-1);
    if (last !== undefined && Math.abs(last.at - rule.at) < 1.5 && rule.from <= last.to + 2) last.to = Math.max(last.to, rule.to);
    else lines.push({ ...rule });
  }
  return lines;
}

/** Lines that touch one another belong to one table. */
function groupsOf(vertical: readonly Rule[], horizontal: readonly Rule[]): Rules[] {
  const roots = Array.from({ length: vertical.length + horizontal.length }, (_, index) => index);
  const rootOf = (index: number): number => {
    let at = index;
    while (roots[at] !== at) {
      roots[at] = roots[roots[at] ?? at] ?? at;
      at = roots[at] ?? at;
    }
    return at;
  };
  for (const [index, upright] of vertical.entries()) {
    for (const [other, level] of horizontal.entries()) {
      if (!touches(upright, level)) continue;
      roots[rootOf(vertical.length + other)] = rootOf(index);
    }
  }
  const groups = new Map<number, { vertical: Rule[]; horizontal: Rule[] }>();
  for (let index = 0; index < roots.length; index += 1) {
    const group = groups.get(rootOf(index)) ?? { vertical: [], horizontal: [] };
    const [upright, level] = [vertical[index], horizontal[index - vertical.length]];
    if (upright !== undefined) group.vertical.push(upright);
    else if (level !== undefined) group.horizontal.push(level);
    groups.set(rootOf(index), group);
  }
  return Array.from(groups.values());
}

function touches(upright: Rule, level: Rule): boolean {
  return (
    upright.at >= level.from - NEAR &&
    upright.at <= level.to + NEAR &&
    level.at >= upright.from - NEAR &&
    level.at <= upright.to + NEAR
  );
}

function gridOf({ vertical, horizontal }: Rules): RuledGrid | null {
  if (vertical.length === 0 || horizontal.length < 2) return null;
  // A table open at its sides ends where its lines end.
  const xs = clustered([...vertical.map(({ at }) => at), ...ends(horizontal)]);
  const ys = clustered([...horizontal.map(({ at }) => at), ...ends(vertical)]);
  const [columns, rows] = [xs.length - 1, ys.length - 1];
  if (columns < 2 || rows < 1 || columns > MAX_COLUMNS || rows > MAX_ROWS) return null;
  const right = walls(vertical, xs, ys);
  const below = walls(horizontal, ys, xs);
  const taken = Array.from({ length: rows }, () => Array.from({ length: columns }, () => false));
  const cells: Range[] = [];
  for (let top = 0; top < rows; top += 1) {
    for (let left = 0; left < columns; left += 1) {
      if (taken[top]?.[left] === true) continue;
      let [bottom, end] = [top, left];
      while (end + 1 < columns && taken[top]?.[end + 1] !== true && right[end + 1]?.[top] !== true) end += 1;
      const isOpen = (row: number): boolean => {
        for (let column = left; column <= end; column += 1) {
          if (below[row + 1]?.[column] === true) return false;
          if (column < end && right[column + 1]?.[row + 1] === true) return false;
        }
        return true;
      };
      while (bottom + 1 < rows && isOpen(bottom)) bottom += 1;
      for (let row = top; row <= bottom; row += 1) taken[row]?.fill(true, left, end + 1);
      cells.push({ top, left, bottom, right: end });
    }
  }
  return { xs, ys, cells };
}

function ends(rules: readonly Rule[]): number[] {
  let [first, last] = [Infinity, -Infinity];
  for (const { from, to } of rules) {
    first = Math.min(first, from);
    last = Math.max(last, to);
  }
  return [first, last];
}

function clustered(values: readonly number[]): number[] {
  const lines: number[] = [];
  for (const value of values.toSorted((one, other) => one - other)) {
    const last = lines.at(-1);
    if (last === undefined || value - last > NEAR) lines.push(value);
  }
  return lines;
}

/** For each line of the grid, beside which of the cells along it a rule really stands. */
function walls(rules: readonly Rule[], lines: readonly number[], along: readonly number[]): boolean[][] {
  const built = lines.map(() => Array.from({ length: along.length - 1 }, () => false));
  for (const { at, from, to } of rules) {
    const line = lines.findIndex((each) => at >= each - 1 && at <= each + NEAR);
    for (let cell = 0; cell + 1 < along.length; cell += 1) {
      const middle = ((along[cell] ?? 0) + (along[cell + 1] ?? 0)) / 2;
      const wall = built[line];
      if (wall !== undefined && middle >= from && middle <= to) wall[cell] = true;
    }
  }
  return built;
}

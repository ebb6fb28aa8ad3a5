// The ruled lines of a PDF page, out of what it draws: thin filled boxes and stroked paths, straight and upright ones.

import { multiplied } from './pdf-pieces.ts';

/** A vertical or horizontal line from `from` to `to`, at `at` on the other axis. Points from the upper left corner. */
export interface Rule {
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

export interface Rules {
  readonly vertical: readonly Rule[];
  readonly horizontal: readonly Rule[];
}

/** Numbers of the operators that matter. */
export interface Operators {
  readonly save: number;
  readonly restore: number;
  readonly transform: number;
  readonly constructPath: number;
  readonly paintFormXObjectBegin: number;
  readonly paintFormXObjectEnd: number;
  readonly endPath: number;
  /** All that draw a path's line. */
  readonly strokes: readonly number[];
}

export interface OperatorList {
  readonly fnArray: readonly number[];
  readonly argsArray: readonly unknown[];
}

type Matrix = readonly number[];
type Point = readonly [x: number, y: number];

const MAX_RULES = 4_000;
const THICKEST = 4;
const STRAIGHT = 1;
/** Numbers that each step of a path takes after its own: move, line, curve, quadratic, close. */
const ARGUMENTS: readonly number[] = [2, 2, 6, 4, 0];

/** Null where the page draws more lines than any table. */
export function rulesOf(list: OperatorList, operators: Operators, viewport: Matrix): Rules | null {
  const collector = new Collector();
  const stack: Matrix[] = [];
  let matrix: Matrix = viewport;
  for (const [index, operator] of list.fnArray.entries()) {
    const args = list.argsArray[index];
    if (operator === operators.save) stack.push(matrix);
    else if (operator === operators.restore || operator === operators.paintFormXObjectEnd) matrix = stack.pop() ?? viewport;
    else if (operator === operators.transform && isNumbers(args)) matrix = multiplied(matrix, args);
    else if (operator === operators.paintFormXObjectBegin && Array.isArray(args)) {
      stack.push(matrix);
      if (isNumbers(args[0])) matrix = multiplied(matrix, args[0]);
    } else if (operator === operators.constructPath && Array.isArray(args)) {
      const [paint, data] = args as [unknown, unknown];
      const path: unknown = Array.isArray(data) ? data[0] : null;
      if (paint === operators.endPath || !(path instanceof Float32Array)) continue;
      collector.path(path, matrix, operators.strokes.includes(Number(paint)));
      if (collector.count > MAX_RULES) return null;
    }
  }
  return collector;
}

function isNumbers(value: unknown): value is readonly number[] {
  return (Array.isArray(value) || ArrayBuffer.isView(value)) && typeof (value as ArrayLike<unknown>)[0] === 'number';
}

class Collector implements Rules {
  readonly vertical: Rule[] = [];
  readonly horizontal: Rule[] = [];

  get count(): number {
    return this.vertical.length + this.horizontal.length;
  }

  path(path: Float32Array, matrix: Matrix, isStroked: boolean): void {
    let points: Point[] = [];
    const finish = (): void => {
      if (isStroked) this.#stroke(points);
      else this.#box(points);
      points = [];
    };
    for (let at = 0; at < path.length;) {
      const step = path[at] ?? 4;
      const size = ARGUMENTS[step];
      if (size === undefined || this.count > MAX_RULES) return;
      if (step === 0) finish();
      if (size > 0) {
        const [, , , , x, y] = multiplied(matrix, [1, 0, 0, 1, path[at + size - 1] ?? 0, path[at + size] ?? 0]);
        points.push([x, y]);
      } else if (points[0] !== undefined) points.push(points[0]);
      at += 1 + size;
    }
    finish();
  }

  #stroke(points: readonly Point[]): void {
    for (const [index, [x, y]] of points.entries()) {
      const before = points[index - 1];
      if (before !== undefined)
        this.#add(Math.min(x, before[0]), Math.min(y, before[1]), Math.max(x, before[0]), Math.max(y, before[1]));
    }
  }

  /** A filled box is a line if it is thin; else it is shade. */
  #box(points: readonly Point[]): void {
    if (points.length < 4 || points.length > 6) return;
    const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const [width, height] = [right - left, bottom - top];
    if (width <= THICKEST && height > width) this.#add((left + right) / 2, top, (left + right) / 2, bottom);
    else if (height <= THICKEST && width > height) this.#add(left, (top + bottom) / 2, right, (top + bottom) / 2);
  }

  #add(left: number, top: number, right: number, bottom: number): void {
    if (right - left < STRAIGHT && bottom - top >= STRAIGHT)
      this.vertical.push({ at: (left + right) / 2, from: top, to: bottom });
    else if (bottom - top < STRAIGHT && right - left >= STRAIGHT)
      this.horizontal.push({ at: (top + bottom) / 2, from: left, to: right });
  }
}

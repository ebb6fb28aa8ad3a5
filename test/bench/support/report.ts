// What one benchmark tells: rows of figures, each with its goal where there is one, and what could not be measured and why.

import Table from 'cli-table3';
import stringWidth from 'string-width';

import { shown, type Spread } from './figures.ts';

/** One line of the result. */
export interface Measured {
  readonly what: string;
  readonly figure: string;
  /** `—` where there is none. */
  readonly goal: string;
  /** True where there is no goal. */
  readonly reached: boolean;
  /** For machines. */
  readonly value?: number | Spread | null;
  readonly unit?: string;
}

export interface Missing {
  readonly what: string;
  readonly why: string;
}

export interface Result {
  readonly bench: string;
  readonly title: string;
  /** What was measured how: counts, rounds, what the clock saw. */
  readonly how: readonly string[];
  readonly measured: readonly Measured[];
  readonly missing: readonly Missing[];
}

export interface Goal {
  readonly least?: number;
  readonly most?: number;
  readonly unit: string;
}

/** One figure against its goal. */
export function against(what: string, value: number, goal: Goal, figure = shown(value, goal.unit)): Measured {
  const { least, most, unit } = goal;
  const words = [
    ...(least === undefined ? [] : [`≥ ${shown(least, unit)}`]),
    ...(most === undefined ? [] : [`≤ ${shown(most, unit)}`]),
  ];
  const reached = (least === undefined || value >= least) && (most === undefined || value <= most);
  return { what, figure, goal: words.join('，'), reached, value, unit };
}

export function plain(what: string, figure: string, value: number | Spread | null = null, unit = ''): Measured {
  return { what, figure, goal: '—', reached: true, value, unit };
}

export function printResult({ title, how, measured, missing }: Result): void {
  const table = new Table({ head: ['测量', '结果', '目标', '达到'], style: { head: [], border: [] } });
  for (const { what, figure, goal, reached } of measured) {
    table.push([folded(what), folded(figure), folded(goal, 24), goal === '—' ? '' : reached ? '是' : '否']);
  }
  console.log(`\n${title}`);
  for (const line of how) console.log(`  ${line}`);
  console.log(table.toString());
  for (const { what, why } of missing) console.log(`  未测：${what}——${why}`);
}

/** Chinese has no spaces at which a table could fold it. */
function folded(text: string, width = 58): string {
  const lines = [''];
  for (const sign of text) {
    const line = lines.at(-1) ?? '';
    if (stringWidth(line + sign) > width) lines.push(sign);
    else lines[lines.length - 1] = line + sign;
  }
  return lines.join('\n');
}

// What the rows of a table are called: their printed number; 12-1, 12-2 where one number stands over several rows; with the
// section's number where every section counts from 1 again. Unique in the table.

import type { Cell } from '../document.ts';
import { markAt } from '../clauses/numbering.ts';
import type { Doubt } from '../reading.ts';

export interface NamedRow {
  /** From 1, of the table. */
  readonly row: number;
  /** The number as printed, or null. */
  readonly written: string | null;
  readonly number: Cell | null;
  readonly section: string | null;
  /** It has neither number nor name of its own and goes on with the row before. */
  readonly continues: boolean;
}

export interface Referred<T> {
  readonly row: T;
  readonly ref: string;
  readonly doubts: readonly Doubt[];
}

const LONGEST_REF = 40;
const LONGEST_SECTION = 8;

/** `hasNumbers`: the table has a column of numbers; without one, rows are counted. */
export function withRefs<T extends NamedRow>(
  rows: readonly T[],
  hasNumbers: boolean,
): { readonly rows: readonly Referred<T>[]; readonly doubts: readonly string[] } {
  const groups = grouped(rows);
  const restarts = countsAgain(groups);
  const taken = new Map<string, number>();
  const referred: Referred<T>[] = [];
  const repeated: string[] = [];
  for (const [index, group] of groups.entries()) {
    const [first] = group;
    const written = plainNumber(first.written);
    const own = written ?? (hasNumbers ? `第${first.row}行` : String(index + 1));
    const label = restarts && written !== null ? sectionLabel(first.section) : null;
    const base = label === null ? own : `${label}-${own}`;
    for (const [part, row] of group.entries()) {
      const wanted = group.length === 1 ? base : `${base}-${part + 1}`;
      const ref = free(wanted, taken);
      if (ref !== wanted) repeated.push(ref);
      const doubts: Doubt[] =
        written === null && hasNumbers && part === 0 ? [{ field: 'task', reason: '没有编号，以行号代替' }] : [];
      referred.push({ row, ref, doubts });
    }
  }
  const [example] = repeated;
  const doubts =
    example === undefined
      ? []
      : [`表中有 ${repeated.length} 个编号重复，后出现的改为 ${example}${repeated.length > 1 ? ' 等' : ''}`];
  return { rows: referred, doubts };
}

/** Rows under one merged number, and rows that go on with the one before. */
function grouped<T extends NamedRow>(rows: readonly T[]): [T, ...T[]][] {
  const groups: [T, ...T[]][] = [];
  for (const row of rows) {
    const group = groups.at(-1);
    const isSame = row.number !== null && row.number === group?.[0].number;
    if (group !== undefined && (isSame || row.continues)) group.push(row);
    else groups.push([row]);
  }
  return groups;
}

/** One number in two sections. */
function countsAgain(groups: readonly (readonly [NamedRow, ...NamedRow[]])[]): boolean {
  const sections = new Map<string, string | null>();
  return groups.some(([{ written, section }]) => {
    if (written === null) return false;
    const before = sections.get(written);
    sections.set(written, section);
    return before !== undefined && before !== section;
  });
}

/** The section's number; its name where that is short. */
function sectionLabel(section: string | null): string | null {
  if (section === null) return null;
  const label = markAt(section)?.label ?? null;
  if (label !== null) return label.replaceAll(/[第章节条部分()]/gu, '');
  return section.length <= LONGEST_SECTION ? section : null;
}

function plainNumber(written: string | null): string | null {
  const number = (written ?? '').slice(0, LONGEST_REF).replace(/[、.,:]{1,3}$/u, '');
  return number === '' ? null : number;
}

/** `taken` counts how often a number was given: five thousand rows numbered 1 are no reason to search. */
function free(wanted: string, taken: Map<string, number>): string {
  let ref = wanted;
  for (let count = (taken.get(wanted) ?? 0) + 1; taken.has(ref); count += 1) {
    ref = count === 1 ? wanted : `${wanted}(${count})`;
    taken.set(wanted, count);
  }
  taken.set(ref, Math.max(1, taken.get(ref) ?? 0));
  return ref;
}

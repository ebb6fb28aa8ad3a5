/** Tables of 示例县 for the tests of rows: made from texts, with merged cells where a test wants them. */
import { expect } from 'vitest';

import type { SourceDocument, Table } from '../../../src/intake/document.ts';
import { tableOf } from '../../../src/intake/formats/grid.ts';
import type { Doubt, ReadTask } from '../../../src/intake/reading.ts';
import { readRows, type ReadTable, type RowContext } from '../../../src/intake/tables/rows.ts';
import { TextBuilder } from '../../../src/intake/formats/text-builder.ts';

export const context: RowContext = {
  times: { year: 2022, yearSource: '题名', issuedOn: null },
  actors: { firstLeads: false, directory: null, renames: [] },
};

export interface Made {
  readonly document: SourceDocument;
  readonly table: Table;
}

/** Rows as `序号|任务|责任单位`, one a line; `merges` as [top, left, bottom, right], from 0. */
export function tableFrom(printed: string, merges: readonly (readonly [number, number, number, number])[] = []): Made {
  const rows = printed
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('⏎', '\n')));
  return tableOfTexts(rows, merges);
}

export function tableOfTexts(
  rows: readonly (readonly string[])[],
  merges: readonly (readonly [number, number, number, number])[] = [],
): Made {
  const builder = new TextBuilder();
  const ranges = merges.map(([top, left, bottom, right]) => ({ top, left, bottom, right }));
  const table = tableOf(
    builder,
    { name: null, rows, merges: ranges },
    (row, column) => `${'ABCDEFGHIJ'[column] ?? '?'}${row + 1}`,
  );
  if (table === null) throw new Error('too large a table');
  return { table, document: { format: 'docx', file: '分解表.docx', text: builder.text(), blocks: [table], remarks: [] } };
}

export function reading({ table, document }: Made, given: RowContext = context): ReadTable {
  const read = readRows(table, document, given);
  if (read === null) throw new Error('no header');
  for (const task of read.tasks) isCited(task, document);
  return read;
}

/** Whatever is read quotes the document where it says it does. */
export function isCited({ source, deadlines, lead, cooperate }: ReadTask, { text }: SourceDocument): void {
  for (const { quote, span } of [source, ...deadlines, ...lead, ...cooperate]) {
    expect(text.slice(span.start, span.end)).toBe(quote);
    expect(quote.trim()).not.toBe('');
  }
}

export function names(units: readonly { readonly name: string }[]): string[] {
  return units.map(({ name }) => name);
}

/** `by 2022-08-31`, `recurring quarterly`, `ongoing`. */
export function terms({ deadlines }: ReadTask): string[] {
  return deadlines.map((each) => {
    if (each.kind === 'by' || each.kind === 'from') return `${each.kind} ${each.date ?? '?'}`;
    return each.kind === 'recurring' ? `recurring ${each.rule}` : each.kind;
  });
}

export function reasons(doubts: readonly Doubt[]): string[] {
  return doubts.map(({ reason }) => reason);
}

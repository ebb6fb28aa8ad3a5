/** Documents of our own writing, as the reader of plain text gives them. */
import type { SourceDocument } from '../../../src/intake/document.ts';
import { readNotice } from '../../../src/intake/clauses/read-notice.ts';
import type { Reading } from '../../../src/intake/reading.ts';
import { linesOf } from '../../../src/intake/formats/text.ts';

export function documentOf(text: string): SourceDocument {
  return { format: 'text', file: '通知.txt', text, blocks: linesOf(text), remarks: [] };
}

export function reading(text: string): Reading {
  return readNotice(documentOf(text), { hints: { year: null, issuedOn: null }, directory: null, renames: [] });
}

/** `ref 牵头 | 配合 | 时间`, one line a task. */
export function summary(text: string): string[] {
  return reading(text).tasks.map(({ ref, lead, cooperate, deadlines }) => {
    const names = (units: typeof lead) => units.map(({ name }) => name).join('、');
    return [`${ref} ${names(lead)}`, names(cooperate), deadlines.map((each) => each.text).join('、')].join(' | ');
  });
}

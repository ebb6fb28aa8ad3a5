// What a person has told (--year, --issued) outranks what was read. It rests on no words of the document: the quote is
// what was read in its place or, where nothing was, the document's first words.

import type { Passage } from '../passage.ts';
import type { Hints, Origin, ReadNotice } from '../reading.ts';

export function hinted(notice: ReadNotice, { year, issuedOn }: Hints, first: Passage | null): ReadNotice {
  const fallback: Origin | null =
    notice.title ?? (first === null ? null : { quote: first.quote(), span: first.span(), rule: '' });
  const told = <T>(value: T | null, read: Origin | null, rule: string) => {
    const origin = read ?? fallback;
    return value === null || origin === null ? null : { quote: origin.quote, span: origin.span, value, rule };
  };
  const issued = told(issuedOn, notice.issuedOn, '--issued') ?? notice.issuedOn;
  // A day told in place of one not read gives a year where the title has none.
  const fromIssued =
    notice.year ?? (issued === null ? null : { ...issued, value: Number(issued.value.slice(0, 4)), rule: '成文日期' });
  return { ...notice, issuedOn: issued, year: told(year, notice.year, '--year') ?? fromIssued };
}

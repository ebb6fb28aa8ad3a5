// A reading as the JSON that other programs take: see the README, “cuiban import --json”.

import type { OpenDeadline, ReadDeadline, Reading, ReadUnit } from '../reading.ts';

export interface ResultDeadline {
  readonly text: string;
  readonly kind: 'by' | 'from' | 'recurring' | 'ongoing';
  /** YYYY-MM-DD */
  readonly date: string | null;
  /** yearly MM-DD, yearly, half-yearly, quarterly, monthly */
  readonly rule: string | null;
}

export interface ResultTask {
  readonly ref: string;
  readonly title: string;
  readonly deadlines: readonly ResultDeadline[];
  readonly lead: readonly string[];
  readonly cooperate: readonly string[];
  /** UTF-16 offsets into the document's text; `end` is exclusive. */
  readonly source: { readonly quote: string; readonly start: number; readonly end: number };
  /** What a person must look at. */
  readonly review: readonly string[];
}

export interface Result {
  readonly document: {
    readonly title: string | null;
    readonly number: string | null;
    readonly issuer: string | null;
    readonly date: string | null;
    readonly year: number | null;
  };
  readonly tasks: readonly ResultTask[];
}

export function toResult({ notice, tasks }: Reading): Result {
  return {
    document: {
      title: notice.title?.value ?? null,
      number: notice.number?.value ?? null,
      issuer: notice.issuer?.value ?? null,
      date: notice.issuedOn?.value ?? null,
      year: notice.year?.value ?? null,
    },
    tasks: tasks.map(({ ref, title, deadlines, lead, cooperate, source, doubts }) => ({
      ref,
      title,
      deadlines: deadlines.map(resultDeadline),
      lead: names(lead),
      cooperate: names(cooperate),
      source: { quote: source.quote, ...source.span },
      review: doubts.map(({ reason }) => reason),
    })),
  };
}

function resultDeadline(deadline: ReadDeadline | OpenDeadline): ResultDeadline {
  const { text, kind } = deadline;
  if (kind === 'ongoing') return { text, kind, date: null, rule: null };
  // The end of February is the 29th of a leap year to us, and the 28th to who reads a rule without a year.
  if (kind === 'recurring')
    return { text, kind, date: null, rule: deadline.rule === 'yearly 02-29' ? 'yearly 02-28' : deadline.rule };
  return { text, kind, date: deadline.date, rule: null };
}

function names(units: readonly ReadUnit[]): string[] {
  return units.map(({ name }) => name);
}

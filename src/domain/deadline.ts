// What a notice says about time, as written and as understood. Dates are calendar dates in the office's zone,
// inclusive to 24:00: a task due on 2022-08-31 is overdue from 2022-09-01 on.

/** A calendar date, `YYYY-MM-DD`, without a zone. */
export type IsoDate = string;

/** Terms that come again: `yearly` alone means the end of the year. */
export type Rule = `yearly ${string}` | 'yearly' | 'half-yearly' | 'quarterly' | 'monthly';

export type DeadlineKind = 'by' | 'from' | 'recurring' | 'ongoing';

interface Written {
  /** The words of the notice. */
  readonly text: string;
  /** Why the year or the day was supplied, when the notice does not write it. */
  readonly inferred?: string;
}

export type Deadline = Written &
  (
    | { readonly kind: 'by'; readonly date: IsoDate }
    | { readonly kind: 'from'; readonly date: IsoDate }
    | { readonly kind: 'recurring'; readonly rule: Rule }
    | { readonly kind: 'ongoing' }
  );

/** Two deadlines that mean the same thing (body and bracket say it twice) have the same identity. */
export function deadlineIdentity(deadline: Deadline): string {
  switch (deadline.kind) {
    case 'by':
    case 'from':
      return `${deadline.kind} ${deadline.date}`;
    case 'recurring':
      return `recurring ${deadline.rule}`;
    case 'ongoing':
      return 'ongoing';
  }
}

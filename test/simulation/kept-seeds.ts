// Seeds that once found a bug, and what it was. They run first, always.

export interface KeptSeed {
  readonly seed: number;
  readonly years: number;
  readonly fury: boolean;
  readonly found: string;
}

export const KEPT: readonly KeptSeed[] = [
  { seed: 12, years: 1, fury: false, found: 'after an outage o+1 and o+3 waited together, and the later one spoke for both' },
  {
    seed: 107,
    years: 1,
    fury: true,
    found: 'a deadline moved within the seconds by which a planner’s clock was ahead was never told',
  },
  {
    seed: 200_167,
    years: 1,
    fury: true,
    found:
      'what was refused only when it was sent again was called cancelled after another try, though the first copy had arrived',
  },
];

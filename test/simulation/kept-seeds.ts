// Seeds that once found a bug, and what it was. They run first, always.

export interface KeptSeed {
  readonly seed: number;
  readonly years: number;
  readonly found: string;
}

export const KEPT: readonly KeptSeed[] = [
  { seed: 12, years: 1, found: 'after an outage o+1 and o+3 waited together, and the later one spoke for both' },
];

// Numbers of several rounds, and what is said of them.

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** @throws RangeError without numbers */
export function spreadOf(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((one, other) => one - other);
  return { median: percentile(sorted, 50), least: at(sorted, 0), most: at(sorted, sorted.length - 1) };
}

/** Of numbers in ascending order: the middle of the two nearest for the median, else the nearest rank. */
export function percentile(sorted: readonly number[], percent: number): number {
  if (percent === 50) {
    const half = (sorted.length - 1) / 2;
    return (at(sorted, Math.floor(half)) + at(sorted, Math.ceil(half))) / 2;
  }
  return at(sorted, Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1));
}

function at(numbers: readonly number[], index: number): number {
  const number = numbers[index];
  if (number === undefined) throw new RangeError('no figures');
  return number;
}

/** Three digits that matter, in words a person reads. */
export function shown(number: number, unit = ''): string {
  const digits = Math.abs(number) >= 100 ? 0 : Math.abs(number) >= 10 ? 1 : 2;
  return `${number.toLocaleString('en-US', { maximumFractionDigits: digits })}${unit === '' ? '' : ` ${unit}`}`;
}

export function shownSpread({ median, least, most }: Spread): string {
  return `${shown(median)}（${shown(least)}–${shown(most)}）`;
}

// Numbers as notices write them: 8, 十一, 二十三, 三十一, 二〇二二, 二0二二. No date is made here.

const DIGITS = new Map<string, number>([
  ...[...'〇零一二三四五六七八九'].map((digit, index): [string, number] => [digit, Math.max(0, index - 1)]),
  ['○', 0],
  ['Ｏ', 0],
  ['O', 0],
  ['两', 2],
]);
const TENS = new Map<string, number>([
  ['十', 10],
  ['廿', 20],
  ['卅', 30],
  ['百', 100],
]);
const LONGEST_VALUE = 8;

interface NumberRun {
  /** NaN for what is no number of a calendar: too long, or badly formed (十百, 三二十). */
  readonly value: number;
  readonly end: number;
  readonly chinese: boolean;
  /** Figures written: 4 for 2022 and for 二〇二二, 0 where the number is said with 十 or 百. */
  readonly figures: number;
}

/** The run of figures that begins at `start`, or null. Cost: the length of the run. */
export function numberAt(text: string, start: number): NumberRun | null {
  if (isAscii(text[start])) {
    let end = start;
    while (isAscii(text[end])) end += 1;
    // 20二二 does not occur, 二0二二 does: a run that begins with ASCII stays ASCII.
    const value = end - start > LONGEST_VALUE ? Number.NaN : Number(text.slice(start, end));
    return { value, end, chinese: false, figures: end - start };
  }
  const first = text[start];
  if (first === undefined || first === 'O' || !isChinese(first)) return null;
  let end = start + 1;
  while (isChinese(text[end]) || (text[end] === '0' && isChinese(text[end + 1]))) end += 1;
  const run = text.slice(start, Math.min(end, start + LONGEST_VALUE + 1));
  const said = [...run].some((each) => TENS.has(each));
  const value = run.length > LONGEST_VALUE ? Number.NaN : said ? spoken(run) : positional(run);
  return { value, end, chinese: true, figures: said ? 0 : end - start };
}

function isAscii(unit: string | undefined): boolean {
  return unit !== undefined && unit >= '0' && unit <= '9';
}

function isChinese(unit: string | undefined): boolean {
  return unit !== undefined && (DIGITS.has(unit) || TENS.has(unit));
}

function positional(run: string): number {
  let value = 0;
  for (const unit of run) value = value * 10 + (unit === '0' ? 0 : (DIGITS.get(unit) ?? 0));
  return value;
}

/** 十一, 二十三, 一百零五; NaN where the places do not fall. */
function spoken(run: string): number {
  let value = 0;
  let digit: number | null = null;
  let place = 1000;
  for (const unit of run) {
    const ten = TENS.get(unit);
    if (ten === undefined) {
      const figure = unit === '0' ? 0 : (DIGITS.get(unit) ?? 0);
      if (digit !== null && digit !== 0) return Number.NaN;
      digit = figure;
      continue;
    }
    const size = ten === 20 || ten === 30 ? 10 : ten;
    if (size >= place || ((ten === 20 || ten === 30) && digit !== null)) return Number.NaN;
    place = size;
    value += ten === size ? (digit ?? 1) * size : ten;
    digit = null;
  }
  return value + (digit ?? 0);
}

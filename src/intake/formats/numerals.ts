// How the number of a list item is written: the formats of Word's ST_NumberFormat (ECMA-376, 17.18.59) that notices use.
// A format that we do not know is written in Arabic digits, as Word does with one that it cannot show.

const CHINESE = '〇一二三四五六七八九';
const LEGAL_SIMPLIFIED = { digits: '零壹贰叁肆伍陆柒捌玖', units: ['', '拾', '佰', '仟'] };
const LEGAL_TRADITIONAL = { digits: '零壹貳參肆伍陸柒捌玖', units: ['', '拾', '佰', '仟'] };
const COUNTING = { digits: '零一二三四五六七八九', units: ['', '十', '百', '千'] };

const STEMS = '甲乙丙丁戊己庚辛壬癸';
const BRANCHES = '子丑寅卯辰巳午未申酉戌亥';
/** Sets of signs as first code point and size; beyond them Word goes on in digits. */
const CIRCLED: readonly Run[] = [
  [0x2460, 20],
  [0x3251, 15],
  [0x32b1, 15],
];
type Run = readonly [first: number, size: number];

/** The number as printed; '' for formats that print none. `number` is a whole number from 0. */
export function numeral(number: number, format: string): string {
  switch (format) {
    case 'none':
    case 'bullet':
      return '';
    case 'decimalZero':
      return `${number}`.padStart(2, '0');
    case 'decimalFullWidth':
    case 'decimalFullWidth2':
      return fullWidth(`${number}`);
    case 'decimalEnclosedCircle':
    case 'decimalEnclosedCircleChinese':
      return sign(number, CIRCLED);
    case 'decimalEnclosedFullstop':
      return sign(number, [[0x2488, 20]], (digits) => `${digits}.`);
    case 'decimalEnclosedParen':
      return sign(number, [[0x2474, 20]], (digits) => `(${digits})`);
    case 'ideographEnclosedCircle':
      return sign(number, [[0x3280, 10]]);
    case 'numberInDash':
      return `- ${number} -`;
    case 'chineseCounting':
    case 'taiwaneseCounting':
      return number < 100 ? counted(number, COUNTING) : digitByDigit(number);
    case 'chineseCountingThousand':
    case 'taiwaneseCountingThousand':
    case 'japaneseCounting':
      return counted(number, COUNTING);
    case 'ideographDigital':
    case 'japaneseDigitalTenThousand':
    case 'taiwaneseDigital':
      return digitByDigit(number);
    case 'chineseLegalSimplified':
      return counted(number, LEGAL_SIMPLIFIED);
    case 'ideographLegalTraditional':
      return counted(number, LEGAL_TRADITIONAL);
    case 'ideographTraditional':
      return STEMS[number - 1] ?? `${number}`;
    case 'ideographZodiac':
      return BRANCHES[number - 1] ?? `${number}`;
    case 'ideographZodiacTraditional':
      return number >= 1 && number <= 60 ? `${STEMS[(number - 1) % 10]}${BRANCHES[(number - 1) % 12]}` : `${number}`;
    case 'upperLetter':
      return letters(number, 0x41);
    case 'lowerLetter':
      return letters(number, 0x61);
    case 'upperRoman':
      return roman(number);
    case 'lowerRoman':
      return roman(number).toLowerCase();
    default:
      return `${number}`;
  }
}

/** Word's 27th letter is AA, the 28th BB. */
function letters(number: number, first: number): string {
  if (number < 1 || number > 780) return `${number}`;
  return String.fromCharCode(first + ((number - 1) % 26)).repeat(Math.ceil(number / 26));
}

const ROMAN: readonly (readonly [value: number, sign: string])[] = [
  [1000, 'M'],
  [900, 'CM'],
  [500, 'D'],
  [400, 'CD'],
  [100, 'C'],
  [90, 'XC'],
  [50, 'L'],
  [40, 'XL'],
  [10, 'X'],
  [9, 'IX'],
  [5, 'V'],
  [4, 'IV'],
  [1, 'I'],
];

function roman(number: number): string {
  if (number < 1 || number > 3999) return `${number}`;
  let [left, written] = [number, ''];
  for (const [value, letter] of ROMAN) {
    written += letter.repeat(Math.floor(left / value));
    left %= value;
  }
  return written;
}

/** 十一, 二十, 一百零五. */
function counted(number: number, { digits, units }: { readonly digits: string; readonly units: readonly string[] }): string {
  if (number < 1 || number > 9999) return digitByDigit(number);
  let written = '';
  let skipped = false;
  for (let power = 3; power >= 0; power -= 1) {
    const digit = Math.floor(number / 10 ** power) % 10;
    if (digit === 0) {
      skipped = written !== '';
      continue;
    }
    if (skipped) written += digits[0];
    skipped = false;
    // 十, not 一十: only at the head of the number.
    const bare = digit === 1 && power === 1 && written === '' && units[1] === '十';
    written += `${bare ? '' : digits[digit]}${units[power]}`;
  }
  return written;
}

function digitByDigit(number: number): string {
  return Array.from(`${number}`, (digit) => CHINESE[Number(digit)]).join('');
}

function fullWidth(digits: string): string {
  return Array.from(digits, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)).join('');
}

function sign(number: number, runs: readonly Run[], beyond = (digits: string): string => digits): string {
  let left = number;
  for (const [first, size] of runs) {
    if (left >= 1 && left <= size) return String.fromCharCode(first + left - 1);
    left -= size;
  }
  return beyond(`${number}`);
}

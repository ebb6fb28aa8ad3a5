// How Chinese documents number their clauses: 一、（一）1. （1）① 第一章. Reads one number at one place; which numbers
// belong together and which stand under which is the outline's business.

export type Scheme =
  | '第章'
  | '第节'
  | '第条'
  | '第部分'
  | '第阶段'
  | '一、'
  | '(一)'
  | '1.'
  | '1.1'
  | '(1)'
  | '1)'
  | '①'
  | 'a.'
  | '附件';

export interface Mark {
  readonly scheme: Scheme;
  readonly number: number;
  /** As it is said: 一, (一), 1, (1), ①, 第一章. */
  readonly label: string;
  /** Characters of the plain text that it takes, its separator included. */
  readonly length: number;
  /** A digit follows: 3.5 may be a decimal; only what is counted before tells. */
  readonly isWeak: boolean;
}

const DIGITS = '〇一二三四五六七八九';
const CHINESE = '[〇零一二三四五六七八九十百两]{1,5}';

type Reader = (found: RegExpExecArray) => Mark | null;

// Each begins where the number begins; all are bounded, so that trying them at a place costs a constant.
const READERS: readonly (readonly [RegExp, Reader])[] = [
  [
    new RegExp(`第(${CHINESE}|\\d{1,3})(章|节|条|部分|阶段)(?![一二三四五六七八九十\\d至到和、的]|结束|完成)[:、.,]?`, 'uy'),
    ([whole, number = '', kind]) => mark(`第${kind}` as Scheme, figure(number), whole.replace(/[:、.,]$/u, ''), whole),
  ],
  [
    new RegExp(`(${CHINESE})(?:、|\\.(?!\\d))(?!${CHINESE}[、.是])`, 'uy'),
    ([whole, n = '']) => mark('一、', figure(n), n, whole),
  ],
  // 一,工作安排: a heading as OCR gives it.
  [new RegExp(`(${CHINESE}),(?=[^,。;:]{2,24}[.。]?$)`, 'uy'), ([whole, n = '']) => mark('一、', figure(n), n, whole)],
  [new RegExp(`[(〔【\\[](${CHINESE})[)〕】\\]][、.]?`, 'uy'), ([whole, n = '']) => mark('(一)', figure(n), `(${n})`, whole)],
  [
    /(\d{1,2}(?:\.\d{1,2}){1,3})(?![\d.%‰])[、.]?(?![万亿倍个元米吨公平千百十年月日号％版第])/uy,
    ([whole, n = '']) => mark('1.1', last(n), n, whole),
  ],
  [/(\d{1,3})(?:、|\.(?!\d)|\.(?=(?:(?:19|20)\d{2}年|\d{1,2}月)))/uy, ([whole, n = '']) => mark('1.', Number(n), n, whole)],
  [/([1-9]\d?)\.(?=\d{1,4}[^\d.%‰])/uy, ([whole, n = '']) => mark('1.', Number(n), n, whole, true)],
  [/\((\d{1,3})\)[、.]?/uy, ([whole, n = '']) => mark('(1)', Number(n), `(${n})`, whole)],
  [/(\d{1,3})\)[、.]?/uy, ([whole, n = '']) => mark('1)', Number(n), `${n})`, whole)],
  [/([a-zA-Z])(?:[、)]|\.(?![a-zA-Z\d]))/uy, ([whole, n = '']) => mark('a.', n.toLowerCase().charCodeAt(0) - 96, n, whole)],
  [
    /附(?:件|表|录)(\d{1,2}|[一二三四五六七八九十]{1,3})?[:、.]?/uy,
    ([whole, n = '']) => mark('附件', n === '' ? 1 : figure(n), `附件${n}`, whole),
  ],
];

// One character that is a whole number: ① ⑴ ⒈ ㈠. First character, count, scheme.
const RINGED: readonly (readonly [first: number, count: number, Scheme])[] = [
  [0x2460, 20, '①'],
  [0x2474, 20, '(1)'],
  [0x2488, 20, '1.'],
  [0x2776, 10, '①'],
  [0x3220, 10, '(一)'],
];

/** The number that begins at `at` of a plain text (`Passage.text`), or null. */
export function markAt(text: string, at = 0): Mark | null {
  // ★3.…: a sign that singles out.
  if ('★☆▲△●■◆*'.includes(text.charAt(at)) && at < text.length) {
    const marked = markAt(text, at + 1);
    return marked === null || /[★☆▲△●■◆*]/u.test(text.charAt(at + 1)) ? null : { ...marked, length: marked.length + 1 };
  }
  const code = text.charCodeAt(at);
  for (const [first, count, scheme] of RINGED) {
    if (code < first || code >= first + count) continue;
    const [number, whole] = [code - first + 1, text.charAt(at)];
    const label = { '①': whole, '(1)': `(${number})`, '(一)': `(${chinese(number)})` }[scheme as string] ?? String(number);
    return mark(scheme, number, label, `${whole}${/^[、.]/u.exec(text.charAt(at + 1))?.[0] ?? ''}`);
  }
  if (!/[第〇零一二三四五六七八九十百(〔【[\da-zA-Z附]/u.test(text.charAt(at))) return null;
  for (const [shape, read] of READERS) {
    shape.lastIndex = at;
    const found = shape.exec(text);
    const made = found === null ? null : read(found);
    if (made !== null) return made;
  }
  return null;
}

/** 二十三 as 23; digits as they stand; NaN for what is no number. */
export function figure(text: string): number {
  if (/^\d+$/u.test(text)) return Number(text);
  let [sum, unit] = [0, 0];
  for (const character of text.replaceAll('零', '〇').replaceAll('两', '二')) {
    if (character === '十') [sum, unit] = [sum + (unit === 0 ? 1 : unit) * 10, 0];
    else if (character === '百') [sum, unit] = [sum + (unit === 0 ? 1 : unit) * 100, 0];
    else if (DIGITS.includes(character)) unit = unit * 10 + DIGITS.indexOf(character);
    else return Number.NaN;
  }
  return sum + unit;
}

function mark(scheme: Scheme, number: number, label: string, whole: string, isWeak = false): Mark | null {
  return number > 0 && number < 1000 ? { scheme, number, label, length: whole.length, isWeak } : null;
}

function last(dotted: string): number {
  return Number(dotted.slice(dotted.lastIndexOf('.') + 1));
}

function chinese(number: number): string {
  return number === 10 ? '十' : DIGITS.charAt(number);
}

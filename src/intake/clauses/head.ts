// What a notice says of itself: number, issuer, date of issue, year. The title is read in head-title.ts.
// Everything is quoted; what the document does not say is null, never guessed from the file's name.

import { z } from 'zod';

import type { IsoDate } from '../../domain/deadline.ts';
import { figure } from './numbering.ts';
import type { Paragraph } from './paragraphs.ts';
import type { Passage } from '../passage.ts';
import type { Read, ReadNotice } from '../reading.ts';
import { titleOf } from './head-title.ts';

const YEAR = '(?:19|20)\\d{2}|[一二][〇○零OＯ一二三四五六七八九]{3}';
const NUMBER = new RegExp(
  `^(?:(?:发文字号|文号|文件编号|发文号|文件字号):)?([\\u4E00-\\u9FFF]{1,14}(?:\\([\\u4E00-\\u9FFF]{1,6}\\))?[〔[(【]((?:19|20)\\d{2})[〕\\])】](?:第)?\\d{1,5}号)(?:签发人:.{0,20})?$`,
  'u',
);
const DATE = new RegExp(`(${YEAR})年([\\d一二三四五六七八九十]{1,2})月([\\d一二三四五六七八九十]{1,3})日`, 'u');
const DATE_LINE = new RegExp(`^[(]?(?:成文日期:|发文日期:|签发日期:)?(${DATE.source})[)]?(?:印发)?$`, 'u');
const SIGNATURE = new RegExp(`^([\\u4E00-\\u9FFF()、]{2,40}?)(${DATE.source})(?:\\([^()]{2,20}\\))?$`, 'u');
const ISSUER =
  /^[\u4E00-\u9FFF()、]{2,40}(?:政府|办公[厅室]|委员会|[局厅部委院会]|国务院|领导小组|指挥部|督查室|管委会|专班|中心|党组|联席会议)(?:\([^()]{1,12}\))?$/u;
const ISSUED_LABEL = /^(?:成文日期|发文日期|签发日期):/u;
/** Paragraphs looked at from the top, and from the end. */
const TOP = 60;
const END = 40;

/** `first`: index of the paragraph that carries the first number of the text; what stands before it introduces it. */
export function readHead(source: string, paragraphs: readonly Paragraph[], first: number, caption: Passage | null): ReadNotice {
  const top = paragraphs.slice(0, Math.min(first, TOP));
  const end = paragraphs.slice(Math.max(top.length, paragraphs.length - END));
  const lines = [...top, ...end].map(({ passage }) => passage);
  const number = numberIn(lines);
  // A letter is signed before its annexes, which may be long.
  const all = paragraphs.map(({ passage }) => passage);
  const title = titleOf(source, top, caption);
  const signed = signatureIn(all);
  const issuedOn = signed.date ?? labelledOn(lines) ?? printedOn(lines);
  const issuer = signed.issuer ?? redHead(lines) ?? titleIssuer(top) ?? printer(lines);
  return { title, number, issuer, issuedOn, year: yearOf(title, issuedOn, number) ?? adoptedIn(lines.slice(0, top.length)) };
}

function numberIn(lines: readonly Passage[]): Read<string> | null {
  for (const line of lines) {
    if (line.length > 60) continue;
    const found = NUMBER.exec(line.text);
    if (found === null) continue;
    const start = found[0].indexOf(found[1] ?? '');
    return read(line, start, start + (found[1] ?? '').length, line.printed(start, start + (found[1] ?? '').length), '发文字号');
  }
  return null;
}

/** The name and the day that close a letter, on two lines or run together on one. */
function signatureIn(lines: readonly Passage[]): { issuer: Read<string> | null; date: Read<IsoDate> | null } {
  for (const [index, line] of lines.entries()) {
    if (line.length > 80) continue;
    const together = SIGNATURE.exec(line.text);
    if (together !== null && ISSUER.test(together[1] ?? '')) {
      const at = (together[1] ?? '').length;
      const date = dateIn(line, '成文日期');
      if (date !== null) return { issuer: named(line.slice(0, at), '落款'), date };
    }
    if (!DATE_LINE.test(line.text) || line.text.endsWith('印发')) continue;
    const issuers: Passage[] = [];
    for (let at = index - 1; at >= 0 && at >= index - 4; at -= 1) {
      const above = lines[at];
      if (above === undefined || !ISSUER.test(above.text)) break;
      issuers.unshift(above);
    }
    const date = dateIn(line, '成文日期');
    if (date === null || (issuers.length === 0 && !ISSUED_LABEL.test(line.text) && !line.text.startsWith('('))) continue;
    const [one] = issuers;
    if (one === undefined) return { issuer: null, date };
    const last = issuers.at(-1) ?? one;
    const rule = issuers.length > 1 ? '落款（联合发文）' : '落款';
    const value = issuers.map((each) => each.printed()).join('、');
    // Joint issuers stand on lines of their own; the quote is the first one's.
    return { issuer: { ...named(last === one ? one : (issuers[0] ?? one), rule), value }, date };
  }
  return { issuer: null, date: null };
}

/** 成文日期：2026-03-20, on one line or with the day on the next: what a page says above the notice. */
function labelledOn(lines: readonly Passage[]): Read<IsoDate> | null {
  for (const [index, line] of lines.entries()) {
    if (line.length > 60 || !/^(?:成文|发文|签发)日期:?/u.test(line.text)) continue;
    for (const place of [line, lines[index + 1]]) {
      const found = place === undefined || place.length > 60 ? null : /(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})/u.exec(place.text);
      if (place === undefined || found === null) continue;
      const [whole, year = '', month = '', day = ''] = found;
      const value = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
      if (z.iso.date().safeParse(value).success) return read(place, found.index, found.index + whole.length, value, '成文日期');
    }
  }
  return null;
}

// 某某县人民政府办公室2022年7月12日印发: the day of printing, where no other is told.
function printedOn(lines: readonly Passage[]): Read<IsoDate> | null {
  for (const line of lines.toReversed()) {
    if (line.length <= 80 && /印发\)?$/u.test(line.text)) {
      const date = dateIn(line, '印发日期');
      if (date !== null) return date;
    }
  }
  for (const line of lines) if (line.length <= 40 && DATE_LINE.test(line.text)) return dateIn(line, '单独成行的日期');
  return null;
}

function printer(lines: readonly Passage[]): Read<string> | null {
  for (const line of lines.toReversed()) {
    const found =
      line.length <= 80 ? /^(.{2,40}?)(?:\d{4}|[一二][〇○零一二三四五六七八九]{3})年.{3,8}印发$/u.exec(line.text) : null;
    if (found?.[1] !== undefined && ISSUER.test(found[1])) return named(line.slice(0, found[1].length), '印发机关');
  }
  for (const [index, line] of lines.entries()) {
    const above = lines[index - 1];
    if (above !== undefined && DATE_LINE.test(line.text) && line.text.endsWith('印发') && ISSUER.test(above.text))
      return named(above, '印发机关');
  }
  return null;
}

function redHead(lines: readonly Passage[]): Read<string> | null {
  for (const line of lines.slice(0, 12)) {
    const name = line.text.replace(/文件$/u, '');
    if (name !== line.text && ISSUER.test(name)) return named(line.slice(0, name.length), '发文机关标志');
  }
  return null;
}

/** 某某县人民政府办公室关于… */
function titleIssuer(top: readonly Paragraph[]): Read<string> | null {
  for (const { passage } of top.slice(0, 20)) {
    const found = passage.length <= 120 ? /^([\u4E00-\u9FFF()、]{2,40}?)(?:关于|印发|转发|批转)/u.exec(passage.text) : null;
    if (found?.[1] !== undefined && ISSUER.test(found[1])) return named(passage.slice(0, found[1].length), '题名中的发文机关');
  }
  return null;
}

/** The title's year, unless it is a far goal; else that of the day of issue, else the number's. */
function yearOf(title: Read<string> | null, issuedOn: Read<IsoDate> | null, number: Read<string> | null): Read<number> | null {
  const issued = issuedOn === null ? null : Number(issuedOn.value.slice(0, 4));
  const years = Array.from((title?.value ?? '').normalize('NFKC').matchAll(/(?<!\d)((?:19|20)\d{2})年?(?:度)?/gu), ([, year]) =>
    Number(year),
  );
  const [inTitle] = years;
  if (
    title !== null &&
    inTitle !== undefined &&
    new Set(years).size === 1 &&
    (issued === null || Math.abs(inTitle - issued) <= 1)
  ) {
    return { ...title, value: inTitle, rule: '题名' };
  }
  if (issuedOn !== null && issued !== null) return { ...issuedOn, value: issued, rule: '成文日期' };
  const inNumber = /[〔[(【](\d{4})/u.exec((number?.value ?? '').normalize('NFKC'))?.[1];
  if (number !== null && inNumber !== undefined) return { ...number, value: Number(inNumber), rule: '发文字号' };
  return title !== null && inTitle !== undefined ? { ...title, value: inTitle, rule: '题名' } : null;
}

/** （2026年2月9日县政府第12次常务会议通过）, under a title without a year. */
function adoptedIn(top: readonly Passage[]): Read<number> | null {
  for (const line of top) {
    if (line.length > 60 || !/^\(.{8,50}(?:会议|通过|印发|发布|修订).{0,8}\)$/u.test(line.text)) continue;
    const date = dateIn(line, '题注');
    if (date !== null) return { ...date, value: Number(date.value.slice(0, 4)) };
  }
  return null;
}

function dateIn(line: Passage, rule: string): Read<IsoDate> | null {
  const found = DATE.exec(line.text);
  if (found === null) return null;
  const [whole, year = '', month = '', day = ''] = found;
  const two = (number: string) => String(figure(number)).padStart(2, '0');
  const digits = Array.from(year, (digit) =>
    /\d/u.test(digit) ? digit : String(Math.max('〇一二三四五六七八九'.indexOf(digit), 0)),
  ).join('');
  const value = `${digits}-${two(month)}-${two(day)}`;
  return z.iso.date().safeParse(value).success ? read(line, found.index, found.index + whole.length, value, rule) : null;
}

function named(passage: Passage, rule: string): Read<string> {
  return read(passage, 0, passage.length, passage.printed(), rule);
}

function read<T>(passage: Passage, start: number, end: number, value: T, rule: string): Read<T> {
  return { value, quote: passage.quote(start, end), span: passage.span(start, end), rule };
}

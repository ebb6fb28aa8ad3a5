// A date in a workbook's cell is a number and a format. What the cell shows is what the office wrote: 2022年8月 is stored as the
// first of August, 8月31日 with whatever year it was typed in; neither the day nor that year is part of the document.

/** The codes of the built-in formats that are dates, as a Chinese Excel shows them. */
const BUILT_IN: ReadonlyMap<number, string> = new Map([
  ...[14, 15, 31].map((id) => [id, 'yyyy-m-d'] as const),
  ...[16, 28, 29, 51, 53, 54, 58].map((id) => [id, 'm-d'] as const),
  ...[17, 27, 36, 50, 52, 57].map((id) => [id, 'yyyy-m'] as const),
  [30, 'yyyy-m-d'],
  [22, 'yyyy-m-d h:mm'],
  ...[18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56].map((id) => [id, 'h:mm'] as const),
]);

/** By style index: the code of the cell's number format. */
export function numberFormats(stylesXml: string): readonly string[] {
  const codes = new Map(BUILT_IN);
  for (const [tag] of stylesXml.matchAll(/<numFmt\s[^<>]{1,600}>/gu)) {
    const id = /\bnumFmtId\s{0,9}=\s{0,9}["'](\d{1,6})["']/u.exec(tag)?.[1];
    const code = /\bformatCode\s{0,9}=\s{0,9}"([^"]{0,400})"/u.exec(tag)?.[1];
    if (id !== undefined && code !== undefined) codes.set(Number(id), code.replaceAll('&quot;', '"').replaceAll('&amp;', '&'));
  }
  const start = stylesXml.indexOf('<cellXfs');
  const end = stylesXml.indexOf('</cellXfs>', start);
  if (start === -1 || end === -1) return [];
  return Array.from(stylesXml.slice(start, end).matchAll(/<xf\s[^<>]{0,600}>/gu), ([tag]) => {
    const id = /\bnumFmtId\s{0,9}=\s{0,9}["'](\d{1,6})["']/u.exec(tag)?.[1];
    return codes.get(Number(id ?? 0)) ?? '';
  });
}

/** `2022-08-31`, `2022年8月` or `8月31日` and the time of day, as much as the format shows. `date`: the wall clock as UTC. */
export function shownDate(date: Date, format: string): string {
  const code = (format.split(';')[0] ?? '').toLowerCase().replaceAll(/"[^"]{0,400}"|\\.|\[[^\]]{0,60}\]|_./gu, ' ');
  const hours = /h/u.test(code);
  // Beside hours or seconds, m is minutes.
  const letters = code.replaceAll(/h{1,2}[^a-z]{0,9}m{1,2}|m{1,2}[^a-z]{0,9}s{1,2}/gu, ' ');
  const [year, month, day] = [/[ye]/u.test(letters), /m/u.test(letters), /(?<!d)d{1,2}(?!d)/u.test(letters)];
  const iso = date.toISOString();
  const time = iso.slice(11, 16);
  const words: string[] = [];
  if (year && month && !day) words.push(`${date.getUTCFullYear()}年${date.getUTCMonth() + 1}月`);
  else if (!year && month && day) words.push(`${date.getUTCMonth() + 1}月${date.getUTCDate()}日`);
  else if (year || month || day || !hours) words.push(iso.slice(0, 10));
  if (hours && (time !== '00:00' || words.length === 0)) words.push(time);
  return words.join(' ');
}

// Documents as strangers send them: the example notice in every format, damaged in all the ways we could think of. Reproducible:
// the same seed gives the same files.

import fc from 'fast-check';
import { strToU8, unzipSync, zipSync } from 'fflate';
import writeExcel from 'write-excel-file/node';

import { gb18030, utf16, utf8 } from './documents.ts';
import { asDocx, asHtml, exampleText, longText } from './example-notice.ts';
import { pdfOf } from './pdf-maker.ts';

export interface Damaged {
  /** What was done to what: `docx cut`. */
  readonly what: string;
  readonly bytes: Uint8Array;
}

interface Plan {
  readonly base: number;
  readonly kind: number;
  /** Where, as shares of the length. */
  readonly at: number;
  readonly to: number;
  readonly noise: Uint8Array;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  base: fc.nat(1_000),
  kind: fc.nat(1_000),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  to: fc.double({ min: 0, max: 1, noNaN: true }),
  noise: fc.uint8Array({ minLength: 1, maxLength: 64 }),
});

type Damage = (bytes: Uint8Array, plan: Plan) => Uint8Array;

const place = (bytes: Uint8Array, share: number): number => Math.floor(share * bytes.length);
const range = (bytes: Uint8Array, { at, to }: Plan): [number, number] => [
  place(bytes, Math.min(at, to)),
  place(bytes, Math.max(at, to)),
];
const joined = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

const DAMAGES: readonly (readonly [string, Damage])[] = [
  ['cut off', (bytes, { at }) => bytes.subarray(0, place(bytes, at))],
  [
    'hole',
    (bytes, each) => {
      const [from, to] = range(bytes, each);
      return joined(bytes.subarray(0, from), bytes.subarray(to));
    },
  ],
  [
    'flipped',
    (bytes, { at, noise }) => {
      const copy = Uint8Array.from(bytes);
      noise.forEach((value, index) => {
        const where = (place(bytes, at) + index * 37) % Math.max(1, copy.length);
        copy[where] = (copy[where] ?? 0) ^ value;
      });
      return copy;
    },
  ],
  [
    'noise put in',
    (bytes, { at, noise }) => joined(bytes.subarray(0, place(bytes, at)), noise, bytes.subarray(place(bytes, at))),
  ],
  [
    'doubled part',
    (bytes, each) => {
      const [from, to] = range(bytes, each);
      return joined(bytes.subarray(0, to), bytes.subarray(from, to), bytes.subarray(to));
    },
  ],
  ['swapped halves', (bytes, { at }) => joined(bytes.subarray(place(bytes, at)), bytes.subarray(0, place(bytes, at)))],
  [
    'mixed encodings',
    (bytes, { at }) =>
      joined(bytes.subarray(0, place(bytes, at)), gb18030('县教育局牵头，10月底前完成。'), utf16('年底前', 'le', false), bytes),
  ],
  ['nothing done', (bytes) => bytes],
];

/** Damage to what a zip holds, so that it still opens. */
const INSIDE: readonly (readonly [string, (xml: string, plan: Plan) => string])[] = [
  ['xml cut off', (xml, { at }) => xml.slice(0, Math.floor(at * xml.length))],
  [
    'xml entities',
    (xml) => `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>${xml.replace('县', '&b;&b;')}`,
  ],
  ['xml nested', (xml, { at }) => xml.replace('<w:body>', `<w:body>${'<w:sdt><w:sdtContent>'.repeat(Math.floor(at * 20_000))}`)],
  [
    'xml spans',
    (xml) => xml.replaceAll('<w:p>', '<w:p><w:pPr><w:numPr><w:ilvl w:val="99999"/><w:numId w:val="-7"/></w:numPr></w:pPr>'),
  ],
  [
    'xml swelled',
    (xml, { at }) =>
      xml.replace('</w:body>', `${'<w:p><w:r><w:t>县</w:t></w:r></w:p>'.repeat(Math.floor(at * 20_000))}</w:body>`),
  ],
  [
    'xml shuffled',
    (xml, { at }) =>
      xml
        .split('</w:p>')
        .toSorted((one, other) => ((one.length * 31 + at * 97) % 7) - (other.length % 5))
        .join('</w:p>'),
  ],
];

function insideZip(bytes: Uint8Array, each: Plan): Damaged {
  const [name, damage] = INSIDE[each.kind % INSIDE.length] ?? ['', (xml: string) => xml];
  const parts = unzipSync(bytes);
  const main = Object.keys(parts).find((path) => path.endsWith('document.xml')) ?? '';
  const xml = damage(Buffer.from(parts[main] ?? []).toString('utf8'), each);
  return { what: `docx ${name}`, bytes: zipSync({ ...parts, [main]: strToU8(xml) }, { level: 1 }) };
}

async function bases(): Promise<readonly (readonly [string, Uint8Array])[]> {
  const text = exampleText();
  const table = '序号,工作任务,责任单位,完成时限\n1,修路,县交通局,10月底前\n2,"种树\n浇水",县林业局牵头，各乡镇配合,每季度\n';
  const lines = text.split('\n').filter((line) => line !== '');
  const pages = [0, 1].map((page) => ({
    printed: lines
      .slice(page * 20, page * 20 + 20)
      .map((line, index) => ({ text: line.slice(0, 36), x: 60, y: 80 + index * 30 })),
  }));
  return [
    ['txt', utf8(text)],
    ['gb18030', gb18030(text.replaceAll('　', ' '))],
    ['utf-16', utf16(text, 'be', true)],
    ['html', utf8(asHtml(text))],
    [
      'markdown',
      utf8(
        `# 通知\n\n${text.replaceAll(/^（/gmu, '## （')}\n\n| 序号 | 任务 | 责任单位 |\n|---|---|---|\n| 1 | 修路 | 县交通局 |\n`,
      ),
    ],
    ['csv', utf8(table)],
    ['docx', asDocx(text)],
    ['xlsx', await workbook()],
    ['pdf', pdfOf(pages)],
    ['long txt', utf8(longText(4))],
  ];
}

function workbook(): Promise<Buffer> {
  const rows = [
    ['序号', '工作任务', '牵头单位', '完成时限'],
    ['1', '修路', '县交通局', '10月底前'],
    ['2', '种树', '县林业局', '每季度'],
  ];
  return writeExcel(rows.map((row) => row.map((value) => ({ value })))).toBuffer();
}

/** So many damaged documents, one after the other. */
export async function* damaged(count: number, seed: number): AsyncGenerator<Damaged> {
  const all = await bases();
  const docx = all.find(([name]) => name === 'docx')?.[1] ?? new Uint8Array();
  for (const each of fc.sample(plan, { numRuns: count, seed })) {
    if (each.base % 8 === 0) {
      yield insideZip(docx, each);
      continue;
    }
    const [format, bytes] = all[each.base % all.length] ?? ['', new Uint8Array()];
    const [name, damage] = DAMAGES[each.kind % DAMAGES.length] ?? ['', (same: Uint8Array) => same];
    yield { what: `${format} ${name}`, bytes: damage(bytes, each) };
  }
}

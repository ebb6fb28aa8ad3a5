// One notice, saved in the formats that offices send: whichever is dropped, the same schedule comes out.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readDocument } from '../../src/intake/formats/read-file.ts';
import { readNotice } from '../../src/intake/clauses/read-notice.ts';
import { toResult } from '../../src/intake/shown/result-json.ts';
import { openBrowser, printed } from '../support/browser.ts';
import { asDocx, asHtml, exampleText } from '../support/example-notice.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** All that a schedule is made of; offsets and line breaks are the format's own. */
async function readingOf(file: string, bytes: Uint8Array) {
  const document = await readDocument({ file, bytes });
  if (!document.ok) throw new Error(document.errors.map(({ message }) => message).join('\n'));
  const options = { hints: { year: null, issuedOn: null }, directory: null, renames: [] };
  const { document: notice, tasks } = toResult(readNotice(document.value, options));
  return {
    notice,
    tasks: tasks.map(({ source, ...task }) => ({ ...task, quote: source.quote.replaceAll(/\s/gu, '') })),
  };
}

describe('the example notice', () => {
  let browser: Browser | null = null;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });

  it('gives its tasks as plain text', async () => {
    const { notice, tasks } = await readingOf('notice.txt', bytesOf(exampleText()));
    expect(notice).toEqual({
      title: '示例县2026年政务服务提升工作要点',
      number: '示政办发〔2026〕12号',
      issuer: '示例县人民政府办公室',
      date: '2026-03-20',
      year: 2026,
    });
    expect(tasks.filter(({ deadlines }) => deadlines.some(({ kind, date }) => kind === 'by' && date !== null))).toHaveLength(8);
    expect(tasks.length).toBeGreaterThanOrEqual(14);
  });

  it.each([
    ['UTF-8 with a mark', () => new Uint8Array([0xef, 0xbb, 0xbf, ...bytesOf(exampleText())])],
    ['UTF-16', () => new Uint8Array([0xff, 0xfe, ...Buffer.from(exampleText(), 'utf16le')])],
    ['Windows line ends', () => bytesOf(exampleText().replaceAll('\n', '\r\n'))],
    ['HTML', () => bytesOf(asHtml(exampleText()))],
    ['docx', () => asDocx(exampleText())],
  ])('gives the same as %s', async (_, make) => {
    expect(await readingOf('通知', make())).toEqual(await readingOf('通知', bytesOf(exampleText())));
  });

  it.for([
    '',
    '@page { margin: 15mm } body { font-size: 12pt }',
    '@page { margin: 30mm } body { font-size: 14pt }',
    'body { font-size: 18pt }',
    'body { line-height: 1.3 } p { text-align: justify }',
    'p { text-indent: 0; margin: 1em 0 }',
    '@page { size: A5; margin: 12mm } body { font-size: 10.5pt }',
    '@page { size: A4 landscape }',
  ])('gives the same as PDF out of a browser, full of radicals and broken at every line (%s)', async (style, context) => {
    if (browser === null) return context.skip();
    const pdf = await printed(browser, asHtml(exampleText()).replace('</head>', `<style>${style}</style></head>`));
    expect(await readingOf('通知', pdf)).toEqual(await readingOf('通知', bytesOf(exampleText())));
  });
});

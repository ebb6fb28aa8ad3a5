// The example notice of 示例县 as the files an office would have of it, and as long as a test wants it.

import { readFileSync } from 'node:fs';

import { docxOf } from './docx-maker.ts';

const EXAMPLE = new URL('../../seeds/shili-2026/notice.txt', import.meta.url);

export function exampleText(): string {
  return readFileSync(EXAMPLE, 'utf8');
}

/** The paragraphs, as an editor would show them. */
function paragraphsOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

export function asHtml(text: string): string {
  const paragraphs = paragraphsOf(text).map((each) => `<p>${each}</p>`);
  const style = 'body{font:16pt/1.8 serif} p{margin:0;text-indent:2em} @page{size:A4;margin:25mm}';
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>通知</title><style>${style}</style></head><body>${paragraphs.join('\n')}</body></html>`;
}

export function asDocx(text: string): Uint8Array {
  return docxOf({ body: paragraphsOf(text) });
}

const HEAD_END = '现提出以下要点。\n';
const TAIL_START = '五、工作要求';
const NUMERALS = '一二三四五六七八九';

/** A notice of about so many A4 pages (600 characters each): the clauses of the example again and again, numbered on. */
export function longText(pages: number): string {
  const text = exampleText();
  const head = text.slice(0, text.indexOf(HEAD_END) + HEAD_END.length);
  const tail = text.slice(text.indexOf(TAIL_START));
  const clauses = text.slice(head.length, text.indexOf(TAIL_START)).replaceAll(/^[一二三四]、.*$/gmu, '');
  const parts: string[] = [];
  let length = head.length + tail.length;
  for (let part = 1; length < pages * 600; part += 1) {
    const section = `${chinese(part)}、把第${chinese(part)}类事情办好\n${clauses}`;
    parts.push(section);
    length += section.length;
  }
  return head + parts.join('') + tail.replace('五、', `${chinese(parts.length + 1)}、`);
}

function chinese(number: number): string {
  const digit = (value: number) => NUMERALS[value - 1] ?? '';
  if (number < 10) return digit(number);
  if (number < 100) return `${number < 20 ? '' : digit(Math.floor(number / 10))}十${digit(number % 10)}`;
  const rest = number % 100;
  return `${digit(Math.floor(number / 100))}百${rest === 0 ? '' : rest < 10 ? `零${digit(rest)}` : `${digit(Math.floor(rest / 10))}十${digit(rest % 10)}`}`;
}

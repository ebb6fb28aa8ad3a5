// Reading a long notice, each time in a fresh process as `cuiban import` does it: time and memory, growth with the length, and
// how it compares with merely taking the text out of the same file.

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { openBrowser, printed } from '../support/browser.ts';
import { asDocx, asHtml, longText } from '../support/example-notice.ts';

const run = promisify(execFile);
const ONE = fileURLToPath(new URL('read-one.ts', import.meta.url));

export interface Measured {
  readonly what: string;
  readonly figure: string;
  readonly goal: string;
  readonly reached: boolean;
}

interface Run {
  readonly extractMs: number;
  readonly readMs: number;
  /** With the start of the process. */
  readonly wholeMs: number;
  readonly peakMb: number;
  readonly tasks: number;
}

const PAGES = 200;
const SECONDS = 3;
const MEGABYTES = 300;

export async function benchReading(say: (line: string) => void): Promise<Measured[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cuiban-bench-'));
  const browser = await openBrowser();
  const measured: Measured[] = [];
  try {
    const encode = (text: string) => new TextEncoder().encode(text);
    const formats: [string, (text: string) => Promise<Uint8Array>][] = [
      ['txt', async (text) => encode(text)],
      ['html', async (text) => encode(asHtml(text))],
      ['docx', async (text) => asDocx(text)],
    ];
    if (browser !== null) formats.push(['pdf', (text) => printed(browser, asHtml(text))]);
    for (const [format, make] of formats) {
      const file = path.join(folder, `notice.${format}`);
      await writeFile(file, await make(longText(PAGES)));
      say(`${format}: ${PAGES} 页 …`);
      const best = fastest(await times(3, () => readOne(file)));
      measured.push(
        {
          what: `${PAGES} 页 ${format}，含进程启动（${best.tasks} 项任务）`,
          figure: `${best.wholeMs} ms`,
          goal: `< ${SECONDS} s`,
          reached: best.wholeMs < SECONDS * 1_000,
        },
        {
          what: `${PAGES} 页 ${format}，内存峰值`,
          figure: `${best.peakMb} MB`,
          goal: `< ${MEGABYTES} MB`,
          reached: best.peakMb < MEGABYTES,
        },
        {
          what: `${format}：读懂全文 ÷ 只取文字`,
          figure: `${((best.extractMs + best.readMs) / best.extractMs).toFixed(2)} ×（${best.extractMs} + ${best.readMs} ms）`,
          goal: '—',
          reached: true,
        },
      );
    }
    measured.push(await growth(folder, say));
    return measured;
  } finally {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Eight times the text may take at most about eight times as long. */
async function growth(folder: string, say: (line: string) => void): Promise<Measured> {
  const at = async (pages: number): Promise<number> => {
    const file = path.join(folder, `long-${pages}.txt`);
    await writeFile(file, longText(pages));
    say(`txt: ${pages} 页 …`);
    const { readMs } = fastest(await times(3, () => readOne(file)));
    return readMs / pages;
  };
  const [short, long] = [await at(100), await at(800)];
  const ratio = long / short;
  return {
    what: '每页用时：800 页 ÷ 100 页',
    figure: `${ratio.toFixed(2)} ×（${short.toFixed(2)}、${long.toFixed(2)} ms/页）`,
    goal: '≤ 1.5',
    reached: ratio <= 1.5,
  };
}

async function readOne(file: string): Promise<Run> {
  const start = performance.now();
  const { stdout } = await run(process.execPath, ['--import', 'tsx', ONE, file]);
  return { ...(JSON.parse(stdout) as Omit<Run, 'wholeMs'>), wholeMs: Math.round(performance.now() - start) };
}

async function times<T>(count: number, each: () => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  for (let done = 0; done < count; done += 1) all.push(await each());
  return all;
}

function fastest(runs: readonly Run[]): Run {
  return runs.reduce((best, each) => (each.wholeMs < best.wholeMs ? each : best));
}

/** .doc, .wps, .rtf and .odt through the real LibreOffice, and what becomes of one that is missing, hangs or fails. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { convertToDocx } from '../../src/intake/formats/convert.ts';
import type { SourceDocument } from '../../src/intake/document.ts';
import { readDocx } from '../../src/intake/formats/docx.ts';
import { type DocxParts, docxOf } from '../support/docx-maker.ts';
import { hasSoffice, savedAs } from '../support/soffice.ts';

const MINUTES = 6 * 60_000;
const PATIENT = { timeoutMs: 120_000 };
const available = await hasSoffice();

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cuiban-convert-test-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** An executable that does this instead of converting. */
async function program(name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

const NOTICE: DocxParts = {
  lists: {
    纲: [
      { format: 'chineseCountingThousand', text: '%1、' },
      { format: 'chineseCountingThousand', text: '（%2）' },
    ],
  },
  body: [
    { text: '示例县2022年政务公开工作要点', align: 'center' },
    { text: '加强政策解读', list: '纲' },
    { text: '更新公开目录，8月底前完成。', list: '纲', level: 1 },
    { text: '开展自查，11月底前完成。', list: '纲', level: 1 },
    { text: '强化保障', list: '纲' },
    {
      rows: [
        ['序号', '工作任务', '责任单位'],
        [{ content: '1', rowSpan: 2 }, '公开目录', '县财政局'],
        ['政策解读', '县司法局'],
      ],
    },
  ],
};

describe.skipIf(!available)('an old document is read as if it were a .docx', { timeout: MINUTES }, () => {
  const told = ({ text, blocks }: SourceDocument) => ({
    lines: blocks.filter((block) => block.kind === 'line').map(({ start, end }) => text.slice(start, end)),
    tables: blocks
      .filter((block) => block.kind === 'table')
      .map(({ rows }) => rows.map((row) => row.map(({ start, end }) => text.slice(start, end)))),
  });

  const docx = docxOf(NOTICE);
  const saved = new Map<string, Promise<Uint8Array>>();
  const noticeAs = (format: string): Promise<Uint8Array> => {
    const known = saved.get(format) ?? savedAs(format, docx);
    saved.set(format, known);
    return known;
  };

  it.each([
    ['要点.doc', 'doc'],
    // A .wps of WPS Office is a Word 97 file under another name.
    ['要点.wps', 'doc'],
    ['要点.odt', 'odt'],
  ])('%s: numbers, words, merged cells, and its own name', async (file, format) => {
    const converted = await convertToDocx({ file, bytes: await noticeAs(format) }, PATIENT);
    const read = converted.ok ? await readDocx(converted.value) : converted;
    const expected = await readDocx({ file, bytes: docx });
    expect(read.ok && expected.ok && told(read.value)).toEqual(expected.ok && told(expected.value));
    expect(read.ok && read.value.file).toBe(file);
    expect(read.ok && told(read.value).lines[2]).toBe('（一）更新公开目录，8月底前完成。');
  });

  it('an .rtf: its words', async () => {
    const rtf = '{\\rtf1\\ansi\\ansicpg936 \\u31034?\\u20363?\\u21439? 8\\u26376?\\u24213?\\u21069?\\par}';
    const converted = await convertToDocx({ file: '要点.rtf', bytes: Buffer.from(rtf) }, PATIENT);
    const read = converted.ok ? await readDocx(converted.value) : converted;
    expect(read.ok && read.value.text).toBe('示例县 8月底前\n');
  });

  it('and nothing that it links to is fetched', async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const image = `<draw:frame text:anchor-type="as-char" svg:width="2cm" svg:height="2cm"><draw:image xlink:href="http://127.0.0.1:${port}/p.png" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/></draw:frame>`;
    const converted = await convertToDocx({ file: '链接.odt', bytes: openDocument(`<text:p>甲${image}</text:p>`) }, PATIENT);
    server.close();
    expect(converted.ok).toBe(true);
    expect(asked).toEqual([]);
  });

  it('unless it is damaged: then that is said', async () => {
    const bytes = openDocument('<text:p>').fill(0, 60);
    const converted = await convertToDocx({ file: '坏.odt', bytes }, PATIENT);
    expect(converted.ok ? 'converted' : converted.errors).toEqual([
      { file: '坏.odt', line: 1, column: 1, field: '', message: expect.stringMatching(/LibreOffice 读不出.*另存为 \.docx/u) },
    ]);
  });
});

/** An .odt with this in its text. */
function openDocument(text: string): Uint8Array {
  const oasis = 'urn:oasis:names:tc:opendocument:xmlns';
  const names = ['office', 'text', 'draw:drawing', 'svg:svg-compatible'].map((name) => {
    const [prefix, space = prefix] = name.split(':');
    return `xmlns:${prefix}="${oasis}:${space}:1.0"`;
  });
  const mediaType = 'application/vnd.oasis.opendocument.text';
  return zipSync({
    mimetype: [strToU8(mediaType), { level: 0 }],
    'content.xml': strToU8(
      `<office:document-content ${names.join(' ')} xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2"><office:body><office:text>${text}</office:text></office:body></office:document-content>`,
    ),
    'META-INF/manifest.xml': strToU8(
      `<manifest:manifest xmlns:manifest="${oasis}:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="${mediaType}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>`,
    ),
  });
}

describe('a converter', () => {
  const input = { file: '要点.doc', bytes: strToU8('甲') };
  const convert = async (soffice: string | null, timeoutMs = 20_000): Promise<string> => {
    const converted = await convertToDocx(input, { soffice, timeoutMs, workDir: folder });
    return converted.ok
      ? `converted: ${Buffer.from(converted.value.bytes).toString()}`
      : converted.errors.map(({ message }) => message).join();
  };
  const leftOver = async (): Promise<string[]> => (await readdir(folder)).filter((name) => name.startsWith('cuiban-convert-'));

  it('that is not there is named, with what to install or do instead', async () => {
    for (const none of [null, join(folder, 'nowhere')]) {
      expect(await convert(none)).toMatch(/需要 LibreOffice 才能读 \.doc.*apt-get install libreoffice-writer.*另存为 \.docx/u);
    }
    expect(await leftOver()).toEqual([]);
  });

  it('that hangs is killed with what it started, and leaves nothing', async () => {
    const pids = join(folder, 'pids');
    const hangs = await program('hangs', `sleep 300 & echo $! $$ > ${pids}; sleep 300`);
    expect(await convert(hangs, 1_000)).toMatch(/1 秒还没有转换完，已停止/u);
    const started = (await readFile(pids, 'utf8')).trim().split(' ').map(Number);
    expect(started).toHaveLength(2);
    await expect.poll(() => Promise.all(started.map(isAlive)), { timeout: 5_000 }).toEqual([false, false]);
    expect(await leftOver()).toEqual([]);
  });

  it('leaves nothing when its process ends amid the work', async () => {
    const hangs = await program('interrupted', `touch ${join(folder, 'begun')}; sleep 300`);
    const options = JSON.stringify({ soffice: hangs, timeoutMs: 60_000, workDir: folder });
    const module = JSON.stringify(new URL('../../src/intake/formats/convert.ts', import.meta.url).href);
    const script = `
      import { existsSync } from 'node:fs';
      import { convertToDocx } from ${module};
      void convertToDocx({ file: '要点.doc', bytes: new Uint8Array([1]) }, ${options});
      setInterval(() => existsSync(${JSON.stringify(join(folder, 'begun'))}) && process.exit(7), 20);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script]);
    expect(await once(child, 'exit')).toEqual([7, null]);
    expect(await leftOver()).toEqual([]);
  });

  it('that ends without a result is told apart from one that is missing', async () => {
    expect(await convert(await program('fails', 'exit 1'))).toMatch(/读不出这个文件/u);
    expect(await convert(await program('silent', 'exit 0'))).toMatch(/读不出这个文件/u);
    expect(await leftOver()).toEqual([]);
  });

  it('works in a folder and with a profile of its own, in which macros and links are off', async () => {
    // What it was told and found there becomes its result.
    const script = [
      'mkdir -p out',
      'echo "$@" > out/document.docx',
      'cat profile/user/registrymodifications.xcu >> out/document.docx',
      'cat document.doc >> out/document.docx',
    ].join('; ');
    const result = await convert(await program('echo', script));
    expect(result).toMatch(/-env:UserInstallation=file:\/\/\/\S+\/cuiban-convert-\S+\/profile .*--headless/u);
    expect(result).toMatch(/DisableMacrosExecution" oor:op="fuse"><value>true</u);
    expect(result).toMatch(/BlockUntrustedRefererLinks" oor:op="fuse"><value>true</u);
    expect(result).toMatch(/甲$/u);
  });
});

/** Not counting what is dead and waits for its parent to notice. */
async function isAlive(pid: number): Promise<boolean> {
  await setTimeout(50);
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State:\tX');
  return !/^State:\s+[ZX]/mu.test(status);
}

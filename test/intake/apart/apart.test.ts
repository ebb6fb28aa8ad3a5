import { readdirSync, readFileSync } from 'node:fs';

import { afterEach, describe, expect, it, vi } from 'vitest';

import { type Limits, openReader, readApart, type Reader } from '../../../src/intake/apart/index.ts';
import type { InputFile } from '../../../src/intake/document.ts';
import { readDocument } from '../../../src/intake/formats/read-file.ts';
import { readNotice } from '../../../src/intake/clauses/read-notice.ts';
import { TEXT } from '../shown/sample-reading.ts';

vi.setConfig({ testTimeout: 120_000 });

const options = { hints: { year: null, issuedOn: null }, directory: null, renames: [] };
const notice: InputFile = { file: '要点.txt', bytes: Buffer.from(TEXT) };
/** Its lines alone take some hundred megabytes and more than a moment. */
const vast: InputFile = { file: '很大.txt', bytes: Buffer.from('县民政局要办好事。\n'.repeat(1_600_000)) };

const open: Reader[] = [];

function reader(limits: Partial<Limits> = {}): Reader {
  const opened = openReader({ timeMs: 60_000, memoryMb: 2_000, ...limits });
  open.push(opened);
  return opened;
}

afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

async function errorOf(reading: ReturnType<Reader['read']>): Promise<string | null> {
  const read = await reading;
  return read.ok ? null : read.errors.map(({ file, message }) => `${file}：${message}`).join('\n');
}

/** Process ids of the readers that this process started and that still run. Linux only; none elsewhere. */
function running(): string[] {
  return (process.platform === 'linux' ? readdirSync('/proc') : [])
    .filter((pid) => /^\d+$/u.test(pid))
    .filter((pid) => {
      try {
        const parent = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1];
        return parent === String(process.pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('apart/child');
      } catch {
        return false;
      }
    });
}

describe('a file read apart', () => {
  it('gives the same reading as one read here', async () => {
    const document = await readDocument(notice);
    if (!document.ok) throw new Error(document.errors[0]?.message);
    expect(await readApart(notice, options)).toEqual({ ok: true, value: readNotice(document.value, options) });
  });

  it('may be one of many: each is read in its turn, whatever the ones before it were', async () => {
    const one = reader();
    const files = ['\u0000\u0001\u0002', TEXT, '', `${TEXT}（三）县财政局年底前晒账本。`].map((text) => ({
      file: '要点.txt',
      bytes: Buffer.from(text),
    }));
    const readings = await Promise.all(files.map((file) => one.read(file, options)));
    expect(readings.map((read) => read.ok)).toEqual([false, true, false, true]);
    expect(readings.flatMap((read) => (read.ok ? [read.value.document.text.includes('晒账本')] : []))).toEqual([false, true]);
  });

  it('that takes too long is given up, and the next one is read by a fresh process', async () => {
    const one = reader({ timeMs: 1_500 });
    const before = await errorOf(one.read(vast, options));
    expect(before).toBe('很大.txt：这个文件读了 1.5 秒还没有读完，已停止；请拆成几个小文件，或另存为 docx、txt 再导入');
    expect(await errorOf(one.read(notice, options))).toBeNull();
  });

  it('that takes too much memory is given up, and the next one is read by a fresh process', async () => {
    const one = reader({ memoryMb: 300 });
    expect(await errorOf(one.read(vast, options))).toContain('很大.txt：这个文件读不下去：占用内存超过 300 MB，已停止');
    expect(await errorOf(one.read(notice, options))).toBeNull();
  });

  it('ends with an error when its reader is closed, and leaves no process behind', async () => {
    const one = reader();
    await one.read(notice, options);
    if (process.platform === 'linux') expect(running()).toHaveLength(1);
    const late = one.read(vast, options);
    one.close();
    expect(await errorOf(late)).toBe('很大.txt：已停止，这个文件没有读完');
    expect(await errorOf(one.read(notice, options))).toBe('要点.txt：已停止，这个文件没有读完');
    await vi.waitFor(() => expect(running()).toEqual([]), 5_000);
  });
});

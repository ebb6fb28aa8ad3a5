/** `cuiban import` as it is run: what goes to which stream, what is written, what is refused and with which exit code. */
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { readSchedule } from '../../src/intake/schedule.ts';
import { formatErrors } from '../../src/yaml.ts';
import { docxOf } from '../support/docx-maker.ts';
import { cuiban, type Ended, exists, folder, HOME, killAll, processesIn, start, until } from './cuiban.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const run = promisify(execFile);

const PARAGRAPHS = [
  '示例县2026年便民服务工作要点',
  '示例县人民政府办公室',
  '2026年3月20日',
  '一、办事更省心',
  '（一）县行政审批局要把窗口搬进一个大厅。（县行政审批局牵头，县医保局配合，6月底前完成）',
  '（二）防汛预案要在汛期前修订。（县应急局负责）',
];

interface Printed {
  readonly document: { readonly title: string | null; readonly date: string | null; readonly year: number | null };
  readonly tasks: readonly {
    readonly ref: string;
    readonly deadlines: readonly { readonly date: string | null }[];
    readonly lead: readonly string[];
    readonly cooperate: readonly string[];
    readonly source: { readonly quote: string };
    readonly review: readonly string[];
  }[];
}

let data: Awaited<ReturnType<typeof folder>>;
let notice: string;

beforeAll(async () => {
  data = await folder();
  notice = await file('要点.txt', PARAGRAPHS.join('\n\n'));
});

afterAll(async () => {
  await killAll();
  await data.remove();
});

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(data.path, name);
  await writeFile(path, content);
  return path;
}

async function imported(...args: string[]): Promise<Ended> {
  return cuiban(['import', ...args], { CUIBAN_DATA: data.path });
}

function scheduleIn(text: string) {
  const read = readSchedule({ file: 'schedule.yaml', text });
  if (!read.ok) throw new Error(formatErrors(read.errors));
  return read.value;
}

describe('the reading as JSON', () => {
  it('is one line on standard output and nothing else', async () => {
    const { code, out, err } = await imported(notice, '--json');
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n')).toHaveLength(1);
    const { document, tasks } = JSON.parse(out) as Printed;
    expect(document).toEqual({
      title: '示例县2026年便民服务工作要点',
      number: null,
      issuer: '示例县人民政府办公室',
      date: '2026-03-20',
      year: 2026,
    });
    expect(tasks.map(({ lead, cooperate }) => [lead, cooperate])).toEqual([
      [['县行政审批局'], ['县医保局']],
      [['县应急局'], []],
    ]);
    expect(tasks[0]?.deadlines).toEqual([{ text: '6月底前', kind: 'by', date: '2026-06-30', rule: null }]);
    expect(tasks[1]).toMatchObject({ deadlines: [{ date: null }], review: [expect.stringContaining('汛期前')] });
    expect(Object.keys(tasks[0] ?? {})).toEqual(['ref', 'title', 'deadlines', 'lead', 'cooperate', 'source', 'review']);
  });

  it('is the same of a Word document and a web page', async () => {
    const page = `<!doctype html><title>x</title>${PARAGRAPHS.map((each) => `<p>${each}</p>`).join('')}`;
    const files = [notice, await file('要点.docx', docxOf(PARAGRAPHS)), await file('要点.html', page)];
    const [text, ...others] = await Promise.all(
      files.map(async (each) => JSON.parse((await imported(each, '--json')).out) as Printed),
    );
    const seen = ({ document, tasks }: Printed) => [
      document,
      tasks.map(({ ref, deadlines, lead, cooperate, review, source }) => ({
        ref,
        deadlines,
        lead,
        cooperate,
        review,
        quote: source.quote,
      })),
    ];
    for (const other of others) expect(seen(other)).toEqual(seen(text as Printed));
  });

  it('leaves dates open and asks where the year is not known; --year dates them', async () => {
    const yearless = await file('无年份.txt', '一、办事\n\n（一）县民政局6月底前办好。（县民政局负责）\n');
    const open = JSON.parse((await imported(yearless, '--json')).out) as Printed;
    expect(open.document.year).toBeNull();
    expect(open.tasks[0]?.deadlines[0]?.date).toBeNull();
    expect(open.tasks[0]?.review).not.toEqual([]);
    const dated = JSON.parse((await imported(yearless, '--json', '--year', '2027')).out) as Printed;
    expect(dated.tasks[0]?.deadlines[0]?.date).toBe('2027-06-30');
    const refused = await imported(yearless, '--office', 'shili');
    expect([refused.code, refused.out]).toEqual([2, '']);
    expect(refused.err).toContain('请用 --year 写明');
  });
});

describe('the draft', () => {
  it('goes to standard output, and reads back; the office is the issuer, the name is told', async () => {
    const { code, out, err } = await imported(notice, '--name', 'bianmin-2026');
    expect([code, err]).toEqual([0, '']);
    expect(scheduleIn(out)).toMatchObject({
      name: 'bianmin-2026',
      office: 'shili',
      notice: { title: '示例县2026年便民服务工作要点', issuedOn: '2026-03-20', year: 2026 },
      tasks: [{ lead: ['县行政审批局'], deadlines: [{ kind: 'by', date: '2026-06-30' }] }, { deadlines: [] }],
    });
    expect(out).toContain('# 待补：');
  });

  it('is written with --out beside a directory, named after its folder, with a summary; nothing is overwritten unasked', async () => {
    const own = join(data.path, 'bianmin');
    await mkdir(own);
    await cp(join(HOME, 'seeds/shili-2026/directory.yaml'), join(own, 'directory.yaml'));
    const strange = await file('要点2.txt', `${PARAGRAPHS.join('\n\n')}\n\n（三）每月晒一次账本。（县气象卫星局负责）\n`);
    const out = join(own, 'schedule.yaml');
    const written = await imported(strange, '--out', out);
    expect([written.code, written.err]).toEqual([0, '']);
    expect(written.out).toContain('示例县2026年便民服务工作要点（第 1 行');
    expect(written.out).toContain('3 项任务');
    expect(written.out).toMatch(/二\)|（二）/u);
    expect(written.out).toContain('【汛期前】');
    expect(written.out).toMatch(/通讯录里没有的单位或统称 1 个[^]*\n {2}县气象卫星局/u);
    expect(written.out).toMatch(/下一步：编辑 .*schedule\.yaml，逐条核对；然后 cuiban confirm .*schedule\.yaml$/u);
    const text = await readFile(out, 'utf8');
    expect(scheduleIn(text)).toMatchObject({ name: 'bianmin', office: 'shili' });

    const again = await imported(notice, '--out', out);
    expect([again.code, again.out]).toEqual([1, '']);
    expect(again.err).toContain('已经存在，不覆盖');
    expect(await readFile(out, 'utf8')).toBe(text);
    const forced = await imported(notice, '--out', out, '--force');
    expect(forced.code).toBe(0);
    expect(scheduleIn(await readFile(out, 'utf8')).tasks).toHaveLength(2);
  });

  it('is read from standard input too', async () => {
    const line = `cat '${notice}' | node src/bin.mjs import - --json`;
    const { stdout, stderr } = await run('bash', ['-c', line], { cwd: HOME });
    expect(stderr).toBe('');
    expect((JSON.parse(stdout) as Printed).tasks).toHaveLength(2);
  });

  it('of a schedule that is read again is that schedule', async () => {
    const seed = join(HOME, 'seeds/ruicheng-2022/schedule.yaml');
    const { code, out } = await imported(seed);
    expect(code).toBe(0);
    expect(scheduleIn(out)).toEqual(scheduleIn(await readFile(seed, 'utf8')));
  });
});

describe('the explanation of a task', () => {
  it('shows its text with the words in brackets where there are no colours', async () => {
    const { code, out, err } = await imported(notice, '--explain', '一(一)');
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('【牵头：县行政审批局】牵头，【配合：县医保局】配合，【时限：6月底前】完成）');
    expect(out).toMatch(/2026-06-30 前\n +原文“6月底前”，第 9 行，位置 \d+–\d+；规则：/u);
  });

  it('is coloured where colours are wanted', async () => {
    const { out } = await cuiban(['import', notice, '--explain', '一(一)'], {
      CUIBAN_DATA: data.path,
      NO_COLOR: '',
      FORCE_COLOR: '1',
    });
    expect(out).toContain('\u001B[33m6月底前\u001B[39m');
  });

  it('of a task that is not there names the nearest', async () => {
    const { code, out, err } = await imported(notice, '--explain', '一(三)');
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/没有编号为 一\(三\) 的任务。最接近的是：一\([一二]\)、一\([一二]\)/u);
  });
});

describe('a file that cannot be read', () => {
  it('is refused in one line of words', async () => {
    const wrong: readonly [string, number, RegExp][] = [
      [join(data.path, '没有.txt'), 1, /没有 .*没有\.txt 这个文件/u],
      [data.path, 1, /是文件夹/u],
      [await file('坏.docx', Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(2_000, 7)])), 3, /坏\.docx：/u],
      [await file('空.txt', ''), 3, /空\.txt：/u],
      [await file('散文.txt', '今天天气很好。\n\n我们去爬山。\n'), 3, /散文\.txt：没有读到任务/u],
    ];
    const ends = await Promise.all(wrong.map(async ([path]) => imported(path, '--year', '2026', '--office', 'shili')));
    for (const [index, [path, code, words]] of wrong.entries()) {
      const ended = ends[index];
      expect([path, ended?.code, ended?.out]).toEqual([path, code, '']);
      expect(ended?.err).toMatch(words);
      expect(ended?.err).not.toMatch(/\n +at /u);
    }
  });

  it('cannot steer the terminal through its name or its words', async () => {
    const hostile = await file('转.txt', PARAGRAPHS.join('\n\n').replace('窗口', '\u001B[31m窗\u202E口\u009B2J'));
    for (const args of [[], ['--explain', '一(一)']]) {
      const { code, out } = await imported(hostile, ...args);
      expect(code).toBe(0);
      // oxlint-disable-next-line no-control-regex
      expect(out).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E]/u);
    }
  });

  it.runIf(process.platform === 'linux')('is left on ctrl-C, and its reader with it', async () => {
    const vast = await file('很大.txt', '县民政局要办好事。\n'.repeat(1_600_000));
    const command = start(['import', vast], { CUIBAN_DATA: data.path });
    const reading = async (): Promise<true | null> => {
      const running = await processesIn(data.path);
      return running.some((each) => each.includes('apart/child')) ? true : null;
    };
    await until('it is being read', reading);
    command.kill('SIGINT');
    expect((await command.ended).out).toBe('');
    await until('nothing is left', async () => ((await processesIn(data.path)).length === 0 ? true : null), 20_000);
  });

  it.runIf(process.platform === 'linux')('that is being converted is left on ctrl-C too, and the converter with it', async () => {
    // A converter that never comes back, found where LibreOffice would be.
    const bin = join(data.path, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'soffice'), `#!/bin/sh\necho started > '${data.path}/started'\nexec sleep 600 '${data.path}'\n`);
    await chmod(join(bin, 'soffice'), 0o755);
    const old = await file('老.rtf', '{\\rtf1\\ansi old}');
    const command = start(['import', old], { CUIBAN_DATA: data.path, PATH: `${bin}:${process.env['PATH'] ?? ''}` });
    await until('the converter runs', async () => ((await exists(join(data.path, 'started'))) ? true : null));
    command.kill('SIGINT');
    await command.ended;
    await until('nothing is left', async () => ((await processesIn(data.path)).length === 0 ? true : null), 10_000);
  });
});

// .doc, .wps, .rtf and .odt become .docx by LibreOffice, which is looked for and may be missing. It runs in a folder and with a
// profile of its own that are thrown away: without macros, without fetching what a document links to, and no longer than it may.

import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { Result } from '../../domain/result.ts';
import type { SourceError } from '../../yaml.ts';
import { fileError, type InputFile } from '../document.ts';

export interface ConvertOptions {
  /** The program; null: there is none; absent: it is looked for. */
  readonly soffice?: string | null;
  /** For the whole conversion. Then the program is killed with all that it started. */
  readonly timeoutMs: number;
  /** Where the throw-away folder is made; absent: where the system keeps such. */
  readonly workDir?: string;
}

/** By name first, as PATH has it, then where installers put it. */
const USUAL_PLACES = [
  'soffice',
  'libreoffice',
  '/usr/bin/soffice',
  '/usr/lib/libreoffice/program/soffice',
  '/opt/libreoffice/program/soffice',
  '/snap/bin/libreoffice',
  '/Applications/LibreOffice.app/Contents/MacOS/soffice',
];

const MISSING =
  '需要 LibreOffice 才能读 .doc、.wps、.rtf、.odt，这台机器上没有找到：请安装（Debian、Ubuntu：apt-get install libreoffice-writer；macOS：brew install --cask libreoffice），或在 Word、WPS 里另存为 .docx 再导入';
const UNREADABLE = 'LibreOffice 读不出这个文件，可能已损坏、有密码或不是文字文档；请在 Word 或 WPS 里另存为 .docx 再导入';
const MAX_BYTES = 50_000_000;

/** The document as .docx under its own name. Never throws for what stands in the file. */
export async function convertToDocx(input: InputFile, options: ConvertOptions): Promise<Result<InputFile, SourceError>> {
  const { soffice, timeoutMs, workDir = tmpdir() } = options;
  const programs = soffice === undefined ? USUAL_PLACES : [soffice ?? ''].filter((program) => program !== '');
  const folder = await mkdtemp(join(workDir, 'cuiban-convert-'));
  const clear = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.once('exit', clear);
  try {
    const source = join(folder, `document.${extensionOf(input.bytes)}`);
    await writeFile(source, input.bytes);
    await writeProfile(folder);
    const outcome = await runFirst(programs, argumentsFor(folder, source), folder, timeoutMs);
    if (outcome === 'missing') return fileError(input.file, MISSING);
    if (outcome === 'timeout') {
      return fileError(
        input.file,
        `LibreOffice 用了 ${Math.ceil(timeoutMs / 1000)} 秒还没有转换完，已停止；请在 Word 或 WPS 里另存为 .docx 再导入`,
      );
    }
    const bytes = await converted(join(folder, 'out', 'document.docx'));
    return bytes === null ? fileError(input.file, UNREADABLE) : { ok: true, value: { file: input.file, bytes } };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    process.removeListener('exit', clear);
  }
}

/** By content: LibreOffice believes the name where it knows no better. A .wps of WPS Office is a Word 97 file. */
function extensionOf(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 5)).toString('latin1');
  if (start === '{\\rtf') return 'rtf';
  return start.startsWith('PK') ? 'odt' : 'doc';
}

function argumentsFor(folder: string, source: string): readonly string[] {
  return [
    `-env:UserInstallation=${pathToFileURL(join(folder, 'profile')).href}`,
    '--headless',
    '--norestore',
    '--nolockcheck',
    '--nodefault',
    '--nologo',
    '--convert-to',
    'docx:MS Word 2007 XML',
    '--outdir',
    join(folder, 'out'),
    source,
  ];
}

/** No macros, no links followed, no updates of fields from other files. */
const SETTINGS: readonly (readonly [path: string, name: string, value: string])[] = [
  ['/org.openoffice.Office.Common/Security/Scripting', 'DisableMacrosExecution', 'true'],
  ['/org.openoffice.Office.Common/Security/Scripting', 'MacroSecurityLevel', '3'],
  ['/org.openoffice.Office.Common/Security/Scripting', 'BlockUntrustedRefererLinks', 'true'],
  ['/org.openoffice.Office.Common/Security/Scripting', 'DisableActiveContent', 'true'],
  ['/org.openoffice.Office.Writer/Content/Update', 'Link', '0'],
];

async function writeProfile(folder: string): Promise<void> {
  const user = join(folder, 'profile', 'user');
  await mkdir(user, { recursive: true });
  const items = SETTINGS.map(
    ([path, name, value]) =>
      `<item oor:path="${path}"><prop oor:name="${name}" oor:op="fuse"><value>${value}</value></prop></item>`,
  );
  await writeFile(
    join(user, 'registrymodifications.xcu'),
    `<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">${items.join('')}</oor:items>`,
  );
}

type Outcome = 'ended' | 'missing' | 'timeout';

async function runFirst(programs: readonly string[], words: readonly string[], cwd: string, timeoutMs: number): Promise<Outcome> {
  for (const program of programs) {
    const outcome = await run(program, words, cwd, timeoutMs);
    if (outcome !== 'missing') return outcome;
  }
  return 'missing';
}

function run(program: string, words: readonly string[], cwd: string, timeoutMs: number): Promise<Outcome> {
  return new Promise((resolve) => {
    // A group of its own: soffice is a script that starts the program proper.
    const child = spawn(program, words, { cwd, detached: true, stdio: 'ignore' });
    const kill = (): void => killGroup(child.pid);
    const settle = (outcome: Outcome): void => {
      clearTimeout(timer);
      process.removeListener('exit', kill);
      resolve(outcome);
    };
    const timer = setTimeout(() => {
      kill();
      settle('timeout');
    }, timeoutMs);
    // Before the folder goes.
    process.prependOnceListener('exit', kill);
    child.once('error', () => settle('missing'));
    child.once('exit', () => {
      // Whatever it left behind.
      kill();
      settle('ended');
    });
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone.
  }
}

async function converted(path: string): Promise<Uint8Array | null> {
  try {
    const { size } = await stat(path);
    return size > MAX_BYTES ? null : await readFile(path);
  } catch {
    return null;
  }
}

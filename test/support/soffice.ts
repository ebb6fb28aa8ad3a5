/** LibreOffice for tests: found, or installed where that can be done in a minute or two. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PACKAGE = 'libreoffice-writer-nogui';

/** Whether there is one; where there is none and none can be installed, the reason has been said on the console. */
export async function hasSoffice(): Promise<boolean> {
  const fault = await findOrInstall();
  if (fault) console.warn(`*** The tests on LibreOffice are SKIPPED: ${fault} ***`);
  return fault === undefined;
}

/** The file in another format (`doc`, `rtf`, `odt`), written by LibreOffice itself. */
export async function savedAs(format: string, docx: Uint8Array): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'cuiban-saved-as-'));
  try {
    await writeFile(join(folder, 'a.docx'), docx);
    const profile = `-env:UserInstallation=${pathToFileURL(join(folder, 'profile')).href}`;
    await run('soffice', [profile, '--headless', '--convert-to', format, '--outdir', folder, join(folder, 'a.docx')], {
      timeout: 120_000,
    });
    return await readFile(join(folder, `a.${format}`));
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function findOrInstall(): Promise<string | undefined> {
  // `soffice --version` starts a whole program.
  const found = (): Promise<boolean> =>
    run('which', ['soffice']).then(
      () => true,
      () => false,
    );
  if (await found()) return undefined;
  if (process.getuid?.() !== 0) return 'no soffice in PATH, and only root can install one';
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const words = ['install', '-y', '-qq', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', PACKAGE];
    await run('apt-get', ['update', '-qq'], { timeout: 120_000, env });
    // 86 MB. Fetched first: an installation that is broken off leaves the machine's packages half done.
    await run('apt-get', [...words, '--download-only'], { timeout: 120_000, env });
    await run('apt-get', words, { timeout: 240_000, env });
  } catch (error) {
    return `no soffice in PATH, and installing ${PACKAGE} failed: ${error instanceof Error ? error.message : String(error)}`;
  }
  return (await found()) ? undefined : `${PACKAGE} was installed but there is no soffice`;
}

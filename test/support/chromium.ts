/** A real Chromium that prints PDFs for the readers' tests. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const run = promisify(execFile);
const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export interface Printer {
  /** A4 with 2.5 cm margins unless the page's own @page says otherwise. */
  pdf(html: string, options?: { readonly header?: string; readonly footer?: string }): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Null where there is no Chromium with Chinese fonts and none can be installed; the reason has been said on the console. */
export async function openPrinter(): Promise<Printer | null> {
  const fault = await findOrInstall();
  if (fault !== undefined) {
    console.warn(`*** The tests on printed PDFs are SKIPPED: ${fault} ***`);
    return null;
  }
  const browser: Browser = await chromium.launch({ executablePath: found() ?? '', args: ['--no-sandbox'] });
  return {
    pdf: async (html, { header, footer } = {}) => {
      const page = await browser.newPage();
      try {
        await page.setContent(html);
        return await page.pdf({
          format: 'A4',
          preferCSSPageSize: true,
          margin: { top: '2.5cm', bottom: '2.5cm', left: '2.5cm', right: '2.5cm' },
          displayHeaderFooter: header !== undefined || footer !== undefined,
          headerTemplate: header ?? '<span></span>',
          footerTemplate: footer ?? '<span></span>',
        });
      } finally {
        await page.close();
      }
    },
    close: () => browser.close(),
  };
}

const found = (): string | undefined => PATHS.find((path) => existsSync(path));

async function hasChineseFont(): Promise<boolean> {
  const { stdout } = await run('fc-list', [':lang=zh', 'family']).catch(() => ({ stdout: '' }));
  return stdout.trim() !== '';
}

async function findOrInstall(): Promise<string | undefined> {
  const wanted = [
    ...(found() === undefined ? ['chromium'] : []),
    ...((await hasChineseFont()) ? [] : ['fontconfig', 'fonts-noto-cjk']),
  ];
  if (wanted.length === 0) return undefined;
  if (process.getuid?.() !== 0) return `no ${wanted.join(' and no ')}, and only root can install them`;
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-qq'], { timeout: 120_000, env });
    await run('apt-get', ['install', '-y', '-qq', ...wanted], { timeout: 600_000, env });
  } catch (error) {
    return `no ${wanted.join(' and no ')}, and installing failed: ${error instanceof Error ? error.message : String(error)}`;
  }
  return found() === undefined ? 'chromium was installed but cannot be found' : undefined;
}

/** A real Chromium for tests that need one: found, or installed once with apt-get where that is allowed. */
import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { promisify } from 'node:util';

import { type Browser, chromium } from 'playwright-core';

const run = promisify(execFile);
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium'];

/** Null where there is no Chromium and none can be installed; the reason has been said on the console. */
export async function openBrowser(): Promise<Browser | null> {
  const path = (await found()) ?? (await installed());
  if (path === null) {
    console.warn('*** The tests that need Chromium are SKIPPED: there is none, and apt-get could not install it ***');
    return null;
  }
  return chromium.launch({ executablePath: path, args: ['--no-sandbox'] });
}

/** A PDF as a person would print it from a page. */
export async function printed(browser: Browser, html: string): Promise<Uint8Array> {
  const page = await browser.newPage();
  try {
    await page.setContent(html);
    return await page.pdf({ format: 'A4', preferCSSPageSize: true });
  } finally {
    await page.close();
  }
}

async function found(): Promise<string | null> {
  for (const path of PLACES) {
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (there) return path;
  }
  return null;
}

async function installed(): Promise<string | null> {
  console.warn('There is no Chromium: installing the Debian packages chromium and fonts-noto-cjk for the tests …');
  const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  await run('apt-get', ['update'], quiet).catch(() => undefined);
  await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-noto-cjk'], quiet).catch(() => undefined);
  return found();
}

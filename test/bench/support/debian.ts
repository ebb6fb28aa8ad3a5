// Programs of Debian that some measurements are held against. As root what is missing is installed once; nothing that is
// installed is started or left to start by itself.

import { execFile } from 'node:child_process';
import { access, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const FOLDERS = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin', '/usr/local/sbin'];
/** While this answers 101, Debian's packages start no service. */
const POLICY = '/usr/sbin/policy-rc.d';

export type Found = { readonly program: string } | { readonly missing: string };

/** The path of a program, from this package if it has to be installed; or why it cannot be had. */
export async function debianProgram(program: string, debianPackage: string, say: (line: string) => void): Promise<Found> {
  const there = await find(program);
  if (there !== null) return { program: there };
  if (process.getuid?.() !== 0) return { missing: `没有 ${program}；装上 ${debianPackage} 即可（只有 root 能自动安装）` };
  if ((await find('apt-get')) === null) return { missing: `没有 ${program}，本机也没有 apt-get` };
  say(`安装 ${debianPackage}（apt-get，只此一次；不启动它的服务）……`);
  try {
    await install(debianPackage);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n').slice(-3).join(' ') : String(error);
    return { missing: `没有 ${program}，安装 ${debianPackage} 失败：${reason}` };
  }
  const installed = await find(program);
  return installed === null ? { missing: `装了 ${debianPackage}，仍没有 ${program}` } : { program: installed };
}

async function install(debianPackage: string): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const ours = !(await exists(POLICY));
  if (ours) await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await run('apt-get', ['update', '-qq'], { timeout: 180_000, env });
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', debianPackage], { timeout: 300_000, env });
  } finally {
    if (ours) await rm(POLICY, { force: true });
  }
  // Both kinds of init may be there, or none; a service that was never enabled is no error.
  for (const [tool, ...words] of [
    ['systemctl', 'disable', debianPackage],
    ['update-rc.d', debianPackage, 'disable'],
  ]) {
    if (tool !== undefined) await run(tool, words).catch(() => undefined);
  }
}

async function find(program: string): Promise<string | null> {
  for (const folder of FOLDERS) {
    const file = path.join(folder, program);
    if (folder !== '' && (await exists(file))) return file;
  }
  return null;
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

// Our own processes in a storm: `cuiban start` in its roles, ended and started again from outside.

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { resolve } from 'node:path';

const HOME = resolve(import.meta.dirname, '../..');
const RESTART_MS = 1_000;

export interface Member {
  readonly name: string;
  readonly pid: () => number;
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
  start(): void;
  /** SIGTERM; resolves with the milliseconds it took and how it ended. */
  stop(): Promise<{ readonly ms: number; readonly code: number | null }>;
}

export function member(name: string, roles: string, environment: Readonly<Record<string, string>>, log: string): Member {
  let child: ChildProcess;
  let meant = false;
  const start = (): void => {
    meant = false;
    child = spawn(process.execPath, [resolve(HOME, 'src/bin.mjs'), 'start', '--role', roles], {
      cwd: HOME,
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', NO_COLOR: '1', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => appendFileSync(log, chunk.toString().replaceAll(/^(?=.)/gmu, `${name} `)));
    }
    const reap = (): boolean => signal('SIGKILL');
    process.once('exit', reap);
    child.once('exit', () => {
      process.removeListener('exit', reap);
      // As a service manager does with one that ends by itself.
      if (!meant) setTimeout(start, RESTART_MS);
    });
  };
  const gone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const signal = (what: NodeJS.Signals): boolean => {
    try {
      return gone() ? false : process.kill(-(child.pid ?? 0), what);
    } catch {
      return false;
    }
  };
  const end = async (what: NodeJS.Signals): Promise<void> => {
    meant = true;
    if (gone()) return;
    const over = once(child, 'exit');
    signal(what);
    await over;
  };
  start();
  return {
    name,
    pid: () => child.pid ?? 0,
    kill: () => end('SIGKILL'),
    freeze: () => void signal('SIGSTOP'),
    thaw: () => void signal('SIGCONT'),
    start: () => {
      if (gone()) start();
    },
    stop: async () => {
      const from = performance.now();
      await end('SIGTERM');
      return { ms: performance.now() - from, code: child.exitCode };
    },
  };
}

/** A module of ours as a child that talks; resolves with its first words. */
export async function forked(
  module: string,
  ...args: string[]
): Promise<{ readonly child: ChildProcess; readonly said: unknown }> {
  const child = fork(resolve(import.meta.dirname, module), args, { execArgv: ['--import', 'tsx'] });
  process.once('exit', () => child.kill('SIGKILL'));
  const [said]: unknown[] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error(`${module} ended at its start`);
    }),
  ]);
  return { child, said };
}

// Processes of a measurement: Node children that are asked over IPC, other programs, and what the kernel says of both.

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

import type { Cleanup } from './cleanup.ts';

export interface Child {
  readonly pid: number;
  /** Sends an order and resolves with its answer. @throws Error with the child's words, or when it ended. */
  readonly ask: <Answer>(order: object) => Promise<Answer>;
  readonly stop: () => Promise<void>;
}

/** A child answers `{ id, value }` or `{ id, error }` to `{ id, ...order }` (support/child.ts). */
interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

const BUILT = new URL('built.mjs', import.meta.url);

/** Forks a TypeScript program of this folder, built as `cuiban` itself is; it ends when it is stopped, and with us. */
export function startChild(program: URL, cleanup: Cleanup, nodeOptions: readonly string[] = []): Child {
  const running = fork(BUILT, [fileURLToPath(program)], {
    execArgv: [...nodeOptions],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let last = 0;
  running.on('message', ({ id, value, error }: Reply) => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) one?.resolve(value);
    else one?.reject(new Error(error));
  });
  running.on('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`${program.pathname} ended with ${signal ?? code}`));
    waiting.clear();
  });
  const stop = cleanup.add(async () => {
    if (!isRunning(running)) return;
    const gone = once(running, 'exit');
    if (running.connected) running.disconnect();
    const patience = setTimeout(() => running.kill('SIGKILL'), 15_000);
    await gone;
    clearTimeout(patience);
  });
  return {
    pid: running.pid ?? 0,
    ask: <Answer>(order: object) =>
      new Promise<Answer>((resolve, reject) => {
        if (!isRunning(running)) {
          reject(new Error(`${program.pathname} is gone`));
          return;
        }
        last += 1;
        waiting.set(last, { resolve: (value) => resolve(value as Answer), reject });
        running.send({ ...order, id: last });
      }),
    stop: async () => stop(),
  };
}

export interface Program {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

/** Starts another program; it is told to end with SIGTERM, and killed if it does not listen. Its last words come with a failure. */
export function startProgram(
  file: string,
  words: readonly string[],
  cleanup: Cleanup,
  env: Readonly<Record<string, string>> = {},
): Program {
  const running = spawn(file, words, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  // A program that cannot be started says so here; whoever waits for it learns by its exit.
  running.on('error', () => undefined);
  const reap = (): boolean => running.kill('SIGKILL');
  process.once('exit', reap);
  const stop = cleanup.add(async () => {
    process.off('exit', reap);
    if (!isRunning(running)) return;
    const gone = once(running, 'exit');
    running.kill('SIGTERM');
    const patience = setTimeout(() => running.kill('SIGKILL'), 15_000);
    await gone;
    clearTimeout(patience);
  });
  return { process: running, pid: running.pid ?? 0, stop: async () => stop() };
}

function isRunning({ exitCode, signalCode, pid }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

const TICKS_PER_SECOND = 100;

export interface Used {
  /** User and system time, in seconds. */
  readonly cpuSeconds: number;
  /** Resident now, and the most it ever was, in MB. */
  readonly rssMb: number;
  readonly peakMb: number;
}

/** What the kernel says of a process, or null where it has no /proc. */
export function used(pid: number): Used | null {
  try {
    // The name in brackets may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /su, '')
      .split(' ');
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const mb = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'mu').exec(status)?.[1] ?? 0) / 1_024;
    const cpuSeconds = (Number(stat[11]) + Number(stat[12])) / TICKS_PER_SECOND;
    return { cpuSeconds, rssMb: mb('VmRSS'), peakMb: mb('VmHWM') };
  } catch {
    return null;
  }
}

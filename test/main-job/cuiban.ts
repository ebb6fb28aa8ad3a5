/** The command line as a user runs it: processes of their own, with an environment and a folder of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { access, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

export const HOME = resolve(import.meta.dirname, '../..');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly pid: number;
  /** Lines of both streams as they come, from the first on. */
  line(what: string, holds: (line: string) => boolean, withinMs?: number): Promise<string>;
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
}

type Environment = Readonly<Record<string, string>>;

const OURS = /^(?:CUIBAN_|DATABASE_URL|REDIS_URL|SMTP_URL|SMPP_URL|LOG_LEVEL|FORCE_COLOR)/u;
const running = new Set<ChildProcess>();

/** Starts `cuiban …`. In a group of its own, so that a ctrl-C can reach all of it and nothing else. */
export function start(args: readonly string[], environment: Environment): Running {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OURS.test(name)));
  const child = spawn(process.execPath, [join(HOME, 'src/bin.mjs'), ...args], {
    cwd: HOME,
    env: { ...inherited, NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running.add(child);
  const pid = child.pid ?? 0;
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const each of waiting) each();
  };
  const read = (stream: NodeJS.ReadableStream): string[] => {
    const own: string[] = [];
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
      own.push(line);
      lines.push(line);
      wake();
    });
    return own;
  };
  const out = read(child.stdout);
  const err = read(child.stderr);
  let over = false;
  const ended = new Promise<Ended>((done) => {
    child.once('close', (code, signal) => {
      over = true;
      running.delete(child);
      done({ code, signal, out: out.join('\n'), err: err.join('\n') });
      wake();
    });
  });
  return {
    pid,
    ended,
    kill: (signal) => void process.kill(-pid, signal),
    line: (what, holds, withinMs = 60_000) =>
      new Promise((found, failed) => {
        let next = 0;
        const settle = (): void => {
          clearTimeout(deadline);
          waiting.delete(look);
        };
        const look = (): void => {
          for (; next < lines.length; next += 1) {
            const line = lines[next] ?? '';
            if (!holds(line)) continue;
            settle();
            found(line);
            return;
          }
          if (!over) return;
          settle();
          failed(new Error(`cuiban ${args[0] ?? ''} ended before ${what}:\n${lines.slice(-20).join('\n')}`));
        };
        const deadline = setTimeout(() => {
          settle();
          failed(new Error(`waited ${withinMs} ms for ${what}; the last lines:\n${lines.slice(-20).join('\n')}`));
        }, withinMs);
        waiting.add(look);
        look();
      }),
  };
}

/** Runs `cuiban …` to its end. */
export async function cuiban(args: readonly string[], environment: Environment): Promise<Ended> {
  return start(args, environment).ended;
}

/** For afterEach or afterAll: nothing that a test started outlives it. */
export async function killAll(): Promise<void> {
  await Promise.all(
    [...running].map(async (child) => {
      const gone = new Promise((done) => child.once('close', done));
      process.kill(-(child.pid ?? 0), 'SIGKILL');
      await gone;
    }),
  );
}

export async function folder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'cuiban-main-job-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export function jsonLines<T>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** Processes that work in this folder: their command line or environment names it. Linux only; nothing elsewhere. */
export async function processesIn(path: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/u.test(pid) || Number(pid) === process.pid) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (`${command}\0${environment}`.includes(path)) found.push(`${pid} ${command.replaceAll('\0', ' ')}`);
  }
  return found;
}

/** Resolves with the first answer that is not null. */
export async function until<T>(what: string, ask: () => Promise<T | null> | T | null, withinMs = 60_000): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms until ${what}`);
    await new Promise((done) => {
      setTimeout(done, 5);
    });
  }
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** A real redis-server of the test's own, on a free port, keeping nothing on disk. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';

const run = promisify(execFile);

export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** Shuts the server down in order. */
  stop(): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
  /** Starts it again on the same port, empty. */
  restart(): Promise<void>;
  command(...words: [string, ...string[]]): Promise<unknown>;
}

/** Whether there is a redis-server here or one could be installed; if not, the reason is said on the console. */
export async function redisIsHere(): Promise<boolean> {
  const fault = await missing();
  if (fault) console.warn(`*** The tests on Redis are SKIPPED: ${fault} ***`);
  return fault === undefined;
}

/** Null where there is no redis-server and none can be installed; the reason has been said on the console. */
export async function startRedis(...settings: string[]): Promise<TestRedis | null> {
  if (!(await redisIsHere())) return null;
  const port = await freePort();
  let server = await launch(port, settings);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.kill(signal);
    await gone;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGTERM');
      server = await launch(port, settings);
    },
    command: async (...[word, ...rest]) => {
      const client = new Redis(port, '127.0.0.1');
      try {
        return await client.call(word, ...rest);
      } finally {
        client.disconnect();
      }
    },
  };
}

let checked: Promise<string | undefined> | undefined;

function missing(): Promise<string | undefined> {
  checked ??= findOrInstall();
  return checked;
}

async function findOrInstall(): Promise<string | undefined> {
  const found = (): Promise<boolean> =>
    run('redis-server', ['--version']).then(
      () => true,
      () => false,
    );
  if (await found()) return undefined;
  if (process.getuid?.() !== 0) return 'no redis-server in PATH, and only root can install one';
  try {
    // RUNLEVEL keeps Debian from starting a server of its own.
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    await run('apt-get', ['update', '-qq'], { timeout: 120_000, env });
    await run('apt-get', ['install', '-y', '-qq', 'redis-server'], { timeout: 180_000, env });
  } catch (error) {
    return `no redis-server in PATH, and installing it failed: ${error instanceof Error ? error.message : String(error)}`;
  }
  return (await found()) ? undefined : 'redis-server was installed but cannot be run';
}

async function launch(port: number, settings: string[]) {
  const words = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  return launchServer([...words, '--maxmemory-policy', 'noeviction', ...settings], 'Ready to accept connections');
}

/** A redis-server with exactly these words on its command line, once it has said so. */
export async function launchServer(words: readonly string[], ready: string): Promise<ChildProcess> {
  const server = spawn('redis-server', words, {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Whatever becomes of the tests, no server outlives them.
  const reap = (): boolean => server.kill('SIGKILL');
  process.once('exit', reap);
  server.once('exit', () => process.removeListener('exit', reap));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`redis-server ended at its start with ${code ?? 'a signal'}`)));
    server.stdout.on('data', (chunk: Buffer) => {
      if (chunk.includes(ready)) resolve();
    });
  });
  return server;
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Several real redis-servers that belong together: a primary with a replica and three Sentinels, or a cluster. */
import { type ChildProcess, execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';

import { freePort, launchServer } from './redis.ts';

const run = promisify(execFile);

interface Group {
  /** kill -9 of the server on this port; resolves when it is gone. */
  kill(port: number): Promise<void>;
  end(): Promise<void>;
}

export interface SentinelGroup extends Group {
  readonly sentinels: readonly number[];
  /** The port of whoever is primary just now, as the first Sentinel says. */
  primary(): Promise<number>;
}

export interface ClusterGroup extends Group {
  readonly primaries: readonly number[];
  /** The port of the primary that holds this key; it has a replica. */
  readonly holder: number;
}

/** Down after 1 s, as quick as Sentinels will be. All ask for this password; the Sentinels for theirs. */
export async function startSentinels(password: string, sentinelPassword: string): Promise<SentinelGroup> {
  const group = await openGroup();
  const auth = ['--requirepass', password, '--masterauth', password];
  const primary = await group.server([...auth]);
  await group.server([...auth, '--replicaof', '127.0.0.1', `${primary}`]);
  const sentinels = await Promise.all([1, 2, 3].map(() => freePort()));
  for (const port of sentinels) {
    const file = join(group.dir, `sentinel-${port}.conf`);
    const lines = [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${group.dir}`,
      `requirepass ${sentinelPassword}`,
      `sentinel sentinel-pass ${sentinelPassword}`,
      `sentinel monitor mymaster 127.0.0.1 ${primary} 2`,
      `sentinel auth-pass mymaster ${password}`,
      'sentinel down-after-milliseconds mymaster 1000',
      'sentinel failover-timeout mymaster 3000',
    ];
    await writeFile(file, lines.join('\n'));
    await group.launch(port, [file, '--sentinel'], '+monitor');
  }
  const ask = async <T>(...words: [string, ...string[]]): Promise<T> => {
    const client = new Redis({ port: sentinels[0] ?? 0, password: sentinelPassword, lazyConnect: true });
    try {
      return (await client.call(...words)) as T;
    } finally {
      client.disconnect();
    }
  };
  // A failover needs to know of the replica and of a majority.
  await until(async () => {
    const about = await ask<string[]>('SENTINEL', 'MASTER', 'mymaster');
    const field = (name: string): string | undefined => about[about.indexOf(name) + 1];
    return field('num-slaves') === '1' && field('num-other-sentinels') === '2';
  });
  return {
    ...group,
    sentinels,
    primary: async () => Number((await ask<string[]>('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster'))[1]),
  };
}

/** Three primaries, and a replica of the one that holds `key`. A primary is given up after 1 s. */
export async function startCluster(key: string): Promise<ClusterGroup> {
  const group = await openGroup();
  const node = async (): Promise<number> => {
    const [bus, port] = [await freePort(), await freePort()];
    const words = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000', '--cluster-port', `${bus}`];
    return group.server([...words, '--cluster-config-file', `nodes-${port}.conf`], port);
  };
  const primaries = [await node(), await node(), await node()];
  const replica = await node();
  const cli = (...words: string[]) => run('redis-cli', words, { timeout: 60_000 });
  await cli('--cluster', 'create', ...primaries.map((port) => `127.0.0.1:${port}`), '--cluster-yes');
  const first = new Redis({ port: primaries[0] ?? 0 });
  const slot = Number(await first.call('CLUSTER', 'KEYSLOT', key));
  const nodes = String(await first.call('CLUSTER', 'NODES')).split('\n');
  first.disconnect();
  const [id = '', holder = 0] =
    nodes
      .map((line) => line.split(' '))
      .filter((words) =>
        words.slice(8).some((range) => slot >= Number(range.split('-')[0]) && slot <= Number(range.split('-').at(-1))),
      )
      .map((words) => [words[0] ?? '', Number(/:(\d+)@/.exec(words[1] ?? '')?.[1])] as const)[0] ?? [];
  await cli('--cluster', 'add-node', `127.0.0.1:${replica}`, `127.0.0.1:${holder}`, '--cluster-slave', '--cluster-master-id', id);
  const watcher = new Redis({ port: replica });
  await until(async () => /master_link_status:up/.test(await watcher.info('replication')));
  watcher.disconnect();
  return { ...group, primaries, holder };
}

async function openGroup() {
  const dir = await mkdtemp(join(tmpdir(), 'cuiban-redis-group-'));
  const servers = new Map<number, ChildProcess>();
  const launch = async (port: number, words: string[], ready: string): Promise<void> => {
    servers.set(port, await launchServer(words, ready));
  };
  const kill = async (port: number): Promise<void> => {
    const server = servers.get(port);
    servers.delete(port);
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    await gone;
  };
  return {
    dir,
    launch,
    kill,
    async server(words: string[], at?: number): Promise<number> {
      const port = at ?? (await freePort());
      const common = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'no'];
      await launch(port, [...common, '--maxmemory-policy', 'noeviction', ...words], 'Ready to accept connections');
      return port;
    },
    async end() {
      await Promise.all([...servers.keys()].map((port) => kill(port)));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const patience = performance.now() + 30_000;
  while (!(await holds().catch(() => false))) {
    if (performance.now() > patience) throw new Error('the servers did not find each other within 30 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

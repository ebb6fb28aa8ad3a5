/** The queue on Redis (Valkey): one server, whoever the Sentinels call primary, or a cluster. Checks the servers that hold the jobs. */
import { createRedisBackend } from 'bullmq';
import { Cluster, Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import type { Backend } from './queue-backend.ts';
import { reason } from './queue-faults.ts';
import { readRedisUrl, type RedisAddress } from './queue-redis-url.ts';

/** How long the servers may take to answer at start before we refuse to run without them. */
const START_MS = 10_000;
/** Longer than the longest block of a worker (10 s): no answer for this long means a dead line. */
const SILENCE_MS = 20_000;
const LONGEST_PAUSE_MS = 2_000;
/** What no wait will mend. */
const HOPELESS =
  /WRONGPASS|NOAUTH|NOPERM|No such master|cluster support disabled|certificate|wrong version number|self[- ]signed/iu;

const pause = (times: number): number => Math.min(times * 100, LONGEST_PAUSE_MS);

/** A client whose copies (BullMQ makes one per worker, to block on) can be cut with it. */
class RedisFamily extends Redis {
  readonly copies = new Set<Redis>();

  override duplicate(override?: Partial<RedisOptions>): Redis {
    return counted(this.copies, super.duplicate(override));
  }
}

class ClusterFamily extends Cluster {
  readonly copies = new Set<Cluster>();

  override duplicate(...how: Parameters<Cluster['duplicate']>): Cluster {
    return counted(this.copies, super.duplicate(...how));
  }
}

type Family = RedisFamily | ClusterFamily;

function counted<Copy extends Redis | Cluster>(copies: Set<Copy>, copy: Copy): Copy {
  copies.add(copy);
  copy.once('end', () => copies.delete(copy));
  return copy;
}

export async function openRedis(url: string, prefix: string, report: (error: Error) => void): Promise<Backend> {
  const address = readRedisUrl(url);
  const client = connect(address);
  const sever = (): void => {
    for (const one of [client, ...client.copies]) one.disconnect();
  };
  try {
    await accepted(client, address);
  } catch (error) {
    sever();
    throw new Error(`the queue's Redis at ${address.shown} cannot be used: ${reason(error)}`, { cause: error });
  } finally {
    client.on('error', report);
  }
  // Another server may stand behind the address after a failover; what it lacks is told, and the ledger owes what it loses.
  client.on('ready', () => {
    check(client).catch(report);
  });
  return {
    // All keys of a script must be on one node of a cluster: what stands in braces says on which.
    options: { connection: client, prefix: address.kind === 'cluster' ? `{${prefix}}` : prefix },
    factory: (name, options, use) => createRedisBackend(name, { ...options, connection: client }, use),
    close: async () => {
      await client.quit();
    },
    sever,
  };
}

function connect(address: RedisAddress): Family {
  const { kind, nodes, username, password, db, tls, sentinel } = address;
  const options = {
    connectionName: 'cuiban-queue',
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(tls === null ? {} : { tls }),
    // Commands wait for the server to come back; whoever cannot wait has a time limit of his own (queue.ts).
    maxRetriesPerRequest: null,
    connectTimeout: 5_000,
    socketTimeout: SILENCE_MS,
  } satisfies RedisOptions;
  if (kind === 'cluster') {
    return new ClusterFamily([...nodes], {
      redisOptions: options,
      clusterRetryStrategy: pause,
      // A primary that died is replaced after the cluster's node timeout (15 s as it comes); a command waits about as long.
      retryDelayOnFailover: 300,
      retryDelayOnClusterDown: 300,
      retryDelayOnMoved: 50,
      maxRedirections: 60,
      slotsRefreshTimeout: 3_000,
      slotsRefreshInterval: 10_000,
    });
  }
  const single = {
    ...options,
    db,
    retryStrategy: pause,
    // After a failover the old primary answers READONLY: connect again and repeat the command.
    reconnectOnError: (error: Error) => (error.message.startsWith('READONLY') ? (2 as const) : false),
  };
  if (sentinel === null) return new RedisFamily({ ...single, ...nodes[0] });
  return new RedisFamily({
    ...single,
    sentinels: [...nodes],
    name: sentinel.name,
    ...(sentinel.username === null ? {} : { sentinelUsername: sentinel.username }),
    ...(sentinel.password === null ? {} : { sentinelPassword: sentinel.password }),
    ...(tls === null ? {} : { enableTLSForSentinelMode: true }),
    ...(tls !== null && sentinel.tls ? { sentinelTLS: tls } : {}),
    sentinelRetryStrategy: pause,
    sentinelCommandTimeout: 5_000,
  });
}

/** Waits for the servers and checks them. A single server that is away is refused at once; a failover that is under way is given time. */
async function accepted(client: Family, address: RedisAddress): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let last: unknown;
  let complain: (error: Error) => void = () => undefined;
  const away = new Promise<never>((_resolve, reject) => {
    complain = (error) => {
      last = error;
      if (address.kind === 'server' || HOPELESS.test(reason(error))) reject(error);
    };
    client.on('error', complain);
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${START_MS / 1000} s${last === undefined ? '' : `: ${reason(last)}`}`));
    }, START_MS);
  });
  try {
    await Promise.race([check(client), away]);
  } finally {
    clearTimeout(timer);
    client.off('error', complain);
  }
}

/** @throws Error saying why a server that holds jobs cannot carry the queue */
async function check(client: Family): Promise<void> {
  if (client instanceof Redis) {
    const refusal = refuse(await client.info(), false);
    if (refusal !== undefined) throw new Error(refusal);
    return;
  }
  // Slots, and so primaries, are known once a command went through.
  await client.get('{cuiban}');
  for (const node of client.nodes('master')) {
    const refusal = refuse(await node.info(), true);
    if (refusal !== undefined) throw new Error(`its node ${node.options.host ?? ''}:${node.options.port ?? ''}: ${refusal}`);
  }
}

/** Why this server cannot carry the queue, from its own INFO; nothing if it can. */
function refuse(info: string, inCluster: boolean): string | undefined {
  const field = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  if (!inCluster && field('cluster_enabled') === '1') {
    return 'it is a node of a cluster: write redis-cluster://host1:port,host2:port';
  }
  if (!inCluster && field('role') === 'slave') {
    return 'it is a replica, which takes no jobs: name its primary, or the Sentinels that know it: redis-sentinel://h1,h2,h3/mymaster';
  }
  const version = field('redis_version') ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  // Valkey and other descendants state the Redis version they are compatible with.
  if (!(major > 6 || (major === 6 && minor >= 2))) {
    return `version 6.2 or later is needed, this is ${version || 'of unknown version'}`;
  }
  const policy = field('maxmemory_policy');
  if (policy !== 'noeviction') {
    return (
      `maxmemory-policy is "${policy ?? 'unknown'}"; it must be "noeviction", or Redis may throw queued jobs away. ` +
      `Set "maxmemory-policy noeviction" in redis.conf, or run: redis-cli CONFIG SET maxmemory-policy noeviction`
    );
  }
  return undefined;
}

// How REDIS_URL is written, and what it means.
//
//   redis://user:password@redis.example:6379/0                       one server (port 6379, database 0 unless given)
//   redis-sentinel://user:password@s1:26379,s2:26379,s3:26379/mymaster?sentinelPassword=…&db=0
//                                                                    whoever the Sentinels call primary (port 26379 unless given)
//   redis-cluster://user:password@n1:7000,n2:7001,n3:7002            a cluster; some of its nodes (port 6379 unless given)
//   rediss://…  rediss-sentinel://…  rediss-cluster://…              the same over TLS, certificates always verified
//
// User and password are those of the servers that hold data; a user or password with `@ : / ? #` or `%` is percent-encoded.
// Without a user the password is that of `requirepass`: redis://:password@host.
//   tls=true            as the double s
//   caFile=/path.pem    the office's own certificate authority, in place of the public ones
//   serverName=name     the name every certificate must carry; needed where Sentinels or the cluster name nodes by address
//   certFile=, keyFile= our own certificate, where the server asks for one (tls-auth-clients yes)
//   db=0                database; not for clusters, which have one
//   sentinelUser=, sentinelPassword=, sentinelTls=true|false    where the Sentinels differ from the servers

import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

export interface RedisAddress {
  readonly kind: 'server' | 'sentinel' | 'cluster';
  /** At least one: the server, the Sentinels, or some nodes of the cluster. */
  readonly nodes: readonly [RedisNode, ...RedisNode[]];
  readonly username: string | null;
  readonly password: string | null;
  readonly db: number;
  readonly tls: ConnectionOptions | null;
  readonly sentinel: {
    readonly name: string;
    readonly username: string | null;
    readonly password: string | null;
    readonly tls: boolean;
  } | null;
  /** The address without its secrets, for logs and errors. */
  readonly shown: string;
}

const FORM = /^redis(s?)(?:-(sentinel|cluster))?:\/\/(?:([^@/?#]*)@)?([^@/?#]*)(?:\/([^/?#]*))?(?:\?([^#]*))?$/u;
const COMMON = ['tls', 'caFile', 'serverName', 'certFile', 'keyFile'];
const KNOWN = {
  server: new Set([...COMMON, 'db']),
  sentinel: new Set([...COMMON, 'db', 'sentinelUser', 'sentinelPassword', 'sentinelTls']),
  cluster: new Set(COMMON),
} as const;

/** Reads REDIS_URL. @throws Error naming what is wrong and what would be right, never the value (it may hold a password). */
export function readRedisUrl(text: string): RedisAddress {
  const [, s = '', kindWord, login, hosts = '', path = '', query = ''] = FORM.exec(text) ?? refuse(MISFORMED);
  const kind = kindWord === 'sentinel' || kindWord === 'cluster' ? kindWord : 'server';
  const options = new URLSearchParams(query);
  for (const key of options.keys())
    if (!KNOWN[kind].has(key)) refuse(`has an option it does not know; known here: ${[...KNOWN[kind]].join(', ')}`);
  const nodes = nodesOf(hosts, kind === 'sentinel' ? 26_379 : 6_379);
  if (kind === 'server' && nodes.length > 1)
    refuse(
      'names several hosts: write redis-sentinel://…/name where they are Sentinels, redis-cluster:// where they are a cluster',
    );
  const secure = s === 's' || yesNo('tls', options.get('tls')) === true;
  const tls = secure ? tlsOf(options) : null;
  if (!secure && ['caFile', 'serverName', 'certFile', 'keyFile'].some((key) => options.has(key)))
    refuse('has certificates or a serverName, which need rediss:// or tls=true');
  const colon = login?.indexOf(':') ?? -1;
  const username = colon === -1 ? (login ?? '') : (login ?? '').slice(0, colon);
  const password = colon === -1 ? '' : (login ?? '').slice(colon + 1);
  if (kind === 'sentinel' && path === '') refuse('names no primary: redis-sentinel://h1:26379,h2:26379/mymaster');
  if (kind === 'cluster' && path !== '' && path !== '0') refuse('names a database; a cluster has none but 0');
  return {
    kind,
    nodes,
    username: decode(username) || null,
    password: decode(password) || null,
    db: databaseOf(kind === 'server' ? (options.get('db') ?? path) : (options.get('db') ?? '')),
    tls,
    sentinel:
      kind === 'sentinel'
        ? {
            name: decode(path),
            username: options.get('sentinelUser'),
            password: options.get('sentinelPassword'),
            tls: yesNo('sentinelTls', options.get('sentinelTls')) ?? secure,
          }
        : null,
    shown: `redis${secure ? 's' : ''}${kind === 'server' ? '' : `-${kind}`}://${hosts}${path === '' ? '' : `/${path}`}`,
  };
}

const ENCODED = 'in a user or password @ : / ? # and % are written %40 %3A %2F %3F %23 %25';
const MISFORMED =
  'is not of a form it knows: redis://user:password@host:6379/0, redis-sentinel://…@h1:26379,h2:26379/mymaster or ' +
  `redis-cluster://…@h1:7000,h2:7001 (rediss… for TLS); ${ENCODED}`;

function nodesOf(hosts: string, port: number): readonly [RedisNode, ...RedisNode[]] {
  const [first, ...rest] = hosts.split(',').map((each) => {
    const [, six, plain, own] =
      /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/u.exec(each) ??
      refuse(`names no host, or a port that is no number; ${ENCODED}`);
    const number = own === undefined ? port : Number(own);
    if (number < 1 || number > 65_535) refuse('has a port outside 1 to 65535');
    return { host: six ?? plain ?? '', port: number };
  });
  return [first ?? refuse('names no host'), ...rest];
}

function tlsOf(options: URLSearchParams): ConnectionOptions {
  const pem = (name: string): string | undefined => {
    const path = options.get(name);
    if (path === null) return undefined;
    try {
      const text = readFileSync(path, 'utf8');
      if (text.includes('-----BEGIN ')) return text;
    } catch {
      return refuse(`has a ${name} that cannot be read: ${path}`);
    }
    return refuse(`has a ${name} that holds no PEM: ${path}`);
  };
  const [ca, cert, key, servername] = [pem('caFile'), pem('certFile'), pem('keyFile'), options.get('serverName')];
  if ((cert === undefined) !== (key === undefined)) refuse('has only one of certFile and keyFile; they belong together');
  return {
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert, key }),
    ...(servername === null ? {} : { servername }),
  };
}

function databaseOf(text: string): number {
  if (!/^\d{0,4}$/u.test(text)) refuse('has a database that is no number');
  return Number(text);
}

function yesNo(name: string, value: string | null): boolean | null {
  if (value === null) return null;
  if (value !== 'true' && value !== 'false') refuse(`has a ${name} that is neither true nor false`);
  return value === 'true';
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return refuse(`has a user, password or name that is not percent-encoded: ${ENCODED}`);
  }
}

function refuse(why: string): never {
  throw new Error(`REDIS_URL ${why}`);
}

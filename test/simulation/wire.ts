// What travels between the engine and its PostgreSQL, in as few turns as it can: a turn costs more than the work over tables as small as these.
// Every connection plans a statement once, and a BEGIN leaves together with the first statement of its transaction, as does the hour.
// What is said, in which order, and what is answered stay the same.

import { createHash } from 'node:crypto';

import pg from 'pg';

import type { Instant } from '../../src/domain/time.ts';

type Query = (this: pg.Client, ...args: unknown[]) => unknown;

const names = new Map<string, string>();
/** By database: what its clock is to say from the next statement on, whoever asks it. */
const hours = new Map<string, Instant>();
const begun = new WeakSet<pg.Client>();
let laid = false;

/** The next statement in this database, and all after it, find its clock at `now`. */
export function tellTime(database: string, now: Instant): void {
  hours.set(database, Math.round(now));
}

/** From now on, for all connections of this process. */
export function layWire(): void {
  if (laid) return;
  laid = true;
  const { prototype } = pg.Client;
  const send = Reflect.get(prototype, 'query') as Query;
  const query: Query = function query(this: pg.Client, config, ...others) {
    const client = this as pg.Client & {
      pipeline: boolean;
      database?: string;
      connection: { stream: { cork(): void; uncork(): void } };
    };
    client.pipeline = true;
    if (textOf(config) === 'BEGIN' && others.length === 0) {
      begun.add(client);
      return Promise.resolve();
    }
    const { stream } = client.connection;
    stream.cork();
    try {
      if (begun.delete(client)) void send.call(client, 'BEGIN');
      const hour = hours.get(client.database ?? '');
      if (hour !== undefined) {
        hours.delete(client.database ?? '');
        void send.call(client, kept({ text: 'SELECT setval($1, $2)', values: ['simulation.now', hour] }));
      }
      return send.call(client, isPreparable(config) ? kept(config) : config, ...others);
    } finally {
      stream.uncork();
    }
  };
  Reflect.set(prototype, 'query', query);
}

function textOf(config: unknown): string | null {
  if (typeof config === 'string') return config;
  return typeof config === 'object' && config !== null && 'text' in config ? String(config.text) : null;
}

function isPreparable(config: unknown): config is pg.QueryConfig {
  if (typeof config !== 'object' || config === null || !('text' in config) || 'submit' in config) return false;
  const { text, name } = config as pg.QueryConfig;
  return name === undefined && /^\s*(?:SELECT|WITH|INSERT|UPDATE|DELETE)\b[^;]*$/u.test(text);
}

function kept(config: pg.QueryConfig): pg.QueryConfig {
  const name = names.get(config.text) ?? createHash('sha1').update(config.text).digest('hex');
  names.set(config.text, name);
  return { ...config, name };
}

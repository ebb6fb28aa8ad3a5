// The only room that reads the environment. Every variable may also be given as NAME_FILE, the path of a file that holds it.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { z } from 'zod';

export interface Settings {
  /** Null: the embedded PostgreSQL under `dataDir`. */
  readonly databaseUrl: string | null;
  /** Null: the queue lives in PostgreSQL too. */
  readonly redisUrl: string | null;
  /** Null: nothing can be sent; `start` refuses. */
  readonly smtpUrl: string | null;
  /** Null: no SMS; stages that ask for it are suppressed with a reason. */
  readonly smppUrl: string | null;
  /** Where this process answers over HTTP: `null` = nowhere; `default` = whatever its roles call for. */
  readonly http: { readonly host: string; readonly port: number } | 'default' | null;
  /** As operators' browsers see the console, where that is not the address above. */
  readonly publicUrl: string | null;
  /** Lines `name:hash` as `cuiban operator` prints them; null: nobody can log in. */
  readonly operators: string | null;
  /** Fetched each minute while all is well; `…/fail` where not. */
  readonly heartbeatUrl: string | null;
  /** Absolute; null: no backups are written. */
  readonly backupDir: string | null;
  /** Where traces go, OTLP over HTTP; null: none are made. */
  readonly otlpUrl: string | null;
  /** Folders, absolute. */
  readonly configDir: string;
  readonly seedsDir: string;
  readonly dataDir: string;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** How long a claimed message stays with the worker that claimed it. */
  readonly leaseMs: number;
}

/** Thrown once, with every bad value in it. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Where this installation lies: seeds and config are found beside the code unless the environment says otherwise. */
const HOME = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const url = (...protocols: string[]): z.ZodType<string> =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `应为以 ${protocols.map((each) => `${each}//`).join(' 或 ')} 开头的地址`,
  });

/** Sentinels and cluster nodes stand side by side in one address, which no URL can; queue-redis-url.ts reads the rest. */
const redis = z.string().regex(/^rediss?(?:-sentinel|-cluster)?:\/\/[^/?#]/u, {
  error: '应为以 redis://、redis-sentinel:// 或 redis-cluster:// 开头的地址（加密连接为 rediss…）',
});

/** `127.0.0.1:8081`, `[::1]:8081`, `:8081` for all interfaces, or `off`. */
const httpAddress = z
  .string()
  .regex(/^(?:off|(?:\[[\da-fA-F:]+\]|[\w.-]*):\d{1,5})$/u, { error: '应为 127.0.0.1:8081 这样的地址和端口，或 off' })
  .refine((text) => text === 'off' || Number(text.slice(text.lastIndexOf(':') + 1)) < 65_536, { error: '端口应小于 65536' })
  .transform((text) => {
    if (text === 'off') return null;
    const colon = text.lastIndexOf(':');
    const host = text.slice(0, colon).replaceAll(/[[\]]/gu, '');
    return { host: host === '' ? '0.0.0.0' : host, port: Number(text.slice(colon + 1)) };
  });

const shape = z.object({
  DATABASE_URL: url('postgres:', 'postgresql:').optional(),
  REDIS_URL: redis.optional(),
  SMTP_URL: url('smtp:', 'smtps:').optional(),
  SMPP_URL: url('smpp:', 'smpps:').optional(),
  CUIBAN_HTTP: httpAddress.optional(),
  CUIBAN_PUBLIC_URL: url('https:', 'http:').optional(),
  CUIBAN_OPERATORS: z.string().optional(),
  CUIBAN_HEARTBEAT_URL: url('https:', 'http:').optional(),
  CUIBAN_BACKUP_DIR: z.string().optional(),
  CUIBAN_OTLP_URL: url('https:', 'http:').optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: url('https:', 'http:').optional(),
  CUIBAN_CONFIG: z.string().optional(),
  CUIBAN_SEEDS: z.string().optional(),
  CUIBAN_DATA: z.string().optional(),
  CUIBAN_LEASE_SECONDS: z.coerce
    .number({ error: '应为 5 到 3600 之间的秒数' })
    .int({ error: '应为整数秒' })
    .min(5, { error: '应为 5 到 3600 之间的秒数' })
    .max(3_600, { error: '应为 5 到 3600 之间的秒数' })
    .default(300),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: '应为 trace、debug、info、warn、error、fatal、silent 之一',
    })
    .default('info'),
});

/**
 * Settings from the environment. An empty variable counts as unset.
 * @throws SettingsError naming every variable that is wrong, and what would be right; secrets are not repeated.
 */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
  const errors: string[] = [];
  const given: Record<string, string> = {};
  for (const name of Object.keys(shape.shape)) {
    const value = valueOf(environment, name, errors);
    if (value !== undefined) given[name] = value;
  }
  const parsed = shape.safeParse(given);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) errors.push(`${issue.path.join('.')}：${issue.message}`);
  }
  if (!parsed.success || errors.length > 0)
    throw new SettingsError(`环境变量有误：\n${errors.map((line) => `  ${line}`).join('\n')}`);
  const folder = (value: string | undefined, fallback: string): string =>
    value === undefined ? path.join(HOME, fallback) : path.resolve(value);
  const { data } = parsed;
  return {
    databaseUrl: data.DATABASE_URL ?? null,
    redisUrl: data.REDIS_URL ?? null,
    smtpUrl: data.SMTP_URL ?? null,
    smppUrl: data.SMPP_URL ?? null,
    http: data.CUIBAN_HTTP === undefined ? 'default' : data.CUIBAN_HTTP,
    publicUrl: data.CUIBAN_PUBLIC_URL ?? null,
    operators: data.CUIBAN_OPERATORS ?? null,
    heartbeatUrl: data.CUIBAN_HEARTBEAT_URL ?? null,
    backupDir: data.CUIBAN_BACKUP_DIR === undefined ? null : path.resolve(data.CUIBAN_BACKUP_DIR),
    otlpUrl: data.CUIBAN_OTLP_URL ?? data.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    configDir: folder(data.CUIBAN_CONFIG, 'config'),
    seedsDir: folder(data.CUIBAN_SEEDS, 'seeds'),
    dataDir: folder(data.CUIBAN_DATA, '.cuiban'),
    logLevel: data.LOG_LEVEL,
    leaseMs: data.CUIBAN_LEASE_SECONDS * 1_000,
  };
}

function valueOf(environment: NodeJS.ProcessEnv, name: string, errors: string[]): string | undefined {
  const value = environment[name];
  const file = environment[`${name}_FILE`];
  if (value !== undefined && value !== '' && file !== undefined && file !== '') {
    errors.push(`${name}：与 ${name}_FILE 只能设置一个`);
    return undefined;
  }
  if (file === undefined || file === '') return value === '' ? undefined : value;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    errors.push(`${name}_FILE：读不到文件 ${file}（${error instanceof Error ? error.message : String(error)}）`);
    return undefined;
  }
}

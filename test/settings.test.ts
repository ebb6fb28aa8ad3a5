import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { readSettings, SettingsError } from '../src/settings.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'cuiban-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

function secret(text: string): string {
  const file = path.join(folder, `secret-${Math.random().toString(36).slice(2)}`);
  writeFileSync(file, text);
  return file;
}

function refusal(environment: NodeJS.ProcessEnv): string {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return '';
}

describe('an empty environment', () => {
  it('means the embedded server, no channel, and the folders beside the code', () => {
    const settings = readSettings({});
    expect(settings).toMatchObject({
      databaseUrl: null,
      redisUrl: null,
      smtpUrl: null,
      smppUrl: null,
      logLevel: 'info',
      leaseMs: 300_000,
    });
    expect(path.basename(settings.configDir)).toBe('config');
    expect(path.basename(settings.dataDir)).toBe('.cuiban');
    expect(path.isAbsolute(settings.seedsDir)).toBe(true);
  });

  it('is what empty variables mean too', () => {
    expect(readSettings({ DATABASE_URL: '', SMTP_URL: '', LOG_LEVEL: '' })).toEqual(readSettings({}));
  });
});

describe('where a process answers over HTTP', () => {
  it('is a host and a port, every interface, or nowhere', () => {
    expect(readSettings({}).http).toBe('default');
    expect(readSettings({ CUIBAN_HTTP: '127.0.0.1:8081' }).http).toEqual({ host: '127.0.0.1', port: 8081 });
    expect(readSettings({ CUIBAN_HTTP: '[::1]:8081' }).http).toEqual({ host: '::1', port: 8081 });
    expect(readSettings({ CUIBAN_HTTP: ':8081' }).http).toEqual({ host: '0.0.0.0', port: 8081 });
    expect(readSettings({ CUIBAN_HTTP: 'off' }).http).toBeNull();
    for (const wrong of ['8081', 'localhost', 'http://a:1', '127.0.0.1:99999'])
      expect(refusal({ CUIBAN_HTTP: wrong })).toContain('CUIBAN_HTTP');
  });

  it('and where traces go may be told by the name that OpenTelemetry gave it', () => {
    expect(readSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4318' }).otlpUrl).toBe('http://a:4318');
    expect(readSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4318', CUIBAN_OTLP_URL: 'http://b:4318' }).otlpUrl).toBe(
      'http://b:4318',
    );
  });
});

describe('a secret', () => {
  it('may stand in a file that the environment names, with a line end behind it', () => {
    const file = secret('smtp://cuiban:geheim@mail.example:587\n');
    expect(readSettings({ SMTP_URL_FILE: file }).smtpUrl).toBe('smtp://cuiban:geheim@mail.example:587');
  });

  it('may not be given twice', () => {
    expect(refusal({ SMTP_URL: 'smtp://a.example', SMTP_URL_FILE: secret('smtp://b.example') })).toContain(
      'SMTP_URL：与 SMTP_URL_FILE 只能设置一个',
    );
  });

  it('whose file is not there is told by the name of the variable and of the file', () => {
    const missing = path.join(folder, 'none');
    expect(refusal({ DATABASE_URL_FILE: missing })).toContain(`DATABASE_URL_FILE：读不到文件 ${missing}`);
  });

  it('is never repeated in an error', () => {
    expect(refusal({ REDIS_URL: 'http://user:geheim@host' })).not.toContain('geheim');
  });
});

describe('bad values', () => {
  it('are all told at once, each with what would be right', () => {
    const words = refusal({ DATABASE_URL: 'mysql://x', SMPP_URL: 'nonsense', LOG_LEVEL: 'loud', CUIBAN_LEASE_SECONDS: '2' });
    expect(words.split('\n').slice(1)).toEqual([
      '  DATABASE_URL：应为以 postgres:// 或 postgresql:// 开头的地址',
      '  SMPP_URL：应为以 smpp:// 或 smpps:// 开头的地址',
      '  CUIBAN_LEASE_SECONDS：应为 5 到 3600 之间的秒数',
      '  LOG_LEVEL：应为 trace、debug、info、warn、error、fatal、silent 之一',
    ]);
  });
});

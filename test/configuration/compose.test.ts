/** The container files, as far as they can be proved without an engine: the stack is whole, and nothing in it is looser than it says. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { readSettings } from '../../src/settings.ts';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly user?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly [key: string]: unknown;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = (path: string): string => readFileSync(join(root, path), 'utf8');
const composeText = text('docker-compose.yml');
const compose = parse(composeText, { merge: true }) as Compose;
const ROLES = ['scheduler', 'worker', 'console'];
const DEV_SECRETS = 'docker/dev-secrets';

function service(name: string): Service {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
}

describe('docker-compose.yml', () => {
  it('brings up a database, a queue, a mail catcher and a process of each role, and each comes back by itself', () => {
    expect(Object.keys(compose.services).toSorted()).toEqual([...ROLES, 'mail', 'postgres', 'redis'].toSorted());
    for (const [name, each] of Object.entries(compose.services)) expect(each['restart'], name).toBe('unless-stopped');
  });

  it.each(ROLES)('waits for each service the %s needs to be healthy', (role) => {
    const needed = Object.entries(service(role).depends_on ?? {});
    expect(needed.map(([name]) => name).toSorted()).toEqual(['mail', 'postgres', 'redis']);
    for (const [name, { condition }] of needed) {
      expect(condition).toBe('service_healthy');
      expect(service(name).healthcheck?.test.length, `${name} has a health check`).toBeGreaterThan(1);
    }
  });

  it('keeps the queue from being evicted, and the data in named volumes', () => {
    const command = service('redis').command?.join(' ') ?? '';
    expect(command).toContain('--maxmemory-policy noeviction');
    expect(command).toContain('--appendonly yes');
    for (const [name, folder] of [
      ['postgres', '/var/lib/postgresql/data'],
      ['redis', '/data'],
    ] as const) {
      expect(service(name).volumes).toEqual([`${name}:${folder}`]);
      expect(Object.keys(compose.volumes)).toContain(name);
    }
  });

  it.each(ROLES)('gives the %s settings it accepts, from secrets that are mounted, to hosts that exist', (role) => {
    const app = service(role);
    const environment: Record<string, string> = {};
    for (const [name, value] of Object.entries(app.environment ?? {})) {
      const secret = /^\/run\/secrets\/(.+)$/.exec(value)?.[1];
      if (secret !== undefined) expect(app.secrets).toContain(secret);
      environment[name] = secret === undefined ? value : join(root, DEV_SECRETS, secret);
      expect(text('src/settings.ts'), `${name} is a setting`).toContain(`${name.replace(/_FILE$/, '')}:`);
    }
    const settings = readSettings(environment);
    const hosts = [settings.databaseUrl, settings.redisUrl, settings.smtpUrl].map((url) => new URL(url ?? '').hostname);
    expect(hosts).toEqual(['postgres', 'redis', 'mail']);
    expect(new URL(settings.databaseUrl ?? '').password).toBe(text(`${DEV_SECRETS}/postgres-password`).trim());
  });

  it.each(ROLES)('mounts configuration and seeds read-only, each where the %s looks, and a place for its journal', (role) => {
    const { volumes, environment } = service(role);
    expect(volumes).toEqual([
      `./config:${environment?.['CUIBAN_CONFIG']}:ro`,
      `./seeds:${environment?.['CUIBAN_SEEDS']}:ro`,
      'data:/var/lib/cuiban',
    ]);
    expect(Object.keys(compose.volumes)).toContain('data');
    expect(text('Dockerfile')).toContain('CUIBAN_DATA=/var/lib/cuiban');
  });

  it.each(ROLES)('asks the %s itself whether it is ready, where it answers', (role) => {
    const { http } = readSettings({ CUIBAN_HTTP: service(role).environment?.['CUIBAN_HTTP'] ?? '' });
    expect(http).toMatchObject({ port: 8081 });
    expect(service(role).healthcheck?.test.join(' ')).toContain('http://127.0.0.1:8081/readyz');
  });

  it('can have any number of workers and schedulers: neither holds a port of the host', () => {
    expect(service('worker').ports).toBeUndefined();
    expect(service('scheduler').ports).toBeUndefined();
  });

  it.each(ROLES)('runs the %s without rights it does not need, and lets it finish before it stops', (role) => {
    expect(service(role)).toMatchObject({
      command: ['start', '--role', role],
      user: 'node',
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      stop_grace_period: '15s',
    });
  });

  it('opens no port beyond this machine', () => {
    for (const { ports } of Object.values(compose.services)) {
      for (const port of ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  });

  it('pins each image to a version', () => {
    for (const [name, { image }] of Object.entries(compose.services)) {
      expect(image, name).toMatch(/^[a-z/]+:v?\d/);
    }
  });

  it('holds no password: each is in a file that says it is for trying out, and can be put elsewhere', () => {
    expect(composeText).not.toMatch(/:\/\/[^/\s@]+:[^/\s@]+@/);
    for (const { environment } of Object.values(compose.services)) {
      for (const name of Object.keys(environment ?? {})) {
        if (/PASSWORD|SECRET|TOKEN|DATABASE_URL|SMTP_URL|SMPP_URL/.test(name)) expect(name).toMatch(/_FILE$/);
      }
    }
    for (const [name, { file }] of Object.entries(compose.secrets)) {
      expect(file).toBe(`\${CUIBAN_SECRETS:-./${DEV_SECRETS}}/${name}`);
    }
    const files = readdirSync(join(root, DEV_SECRETS)).filter((name) => name !== 'README.md');
    expect(files.toSorted()).toEqual(Object.keys(compose.secrets).toSorted());
    expect(text(`${DEV_SECRETS}/postgres-password`)).toMatch(/^dev-only/);
    for (const name of files) expect(text(`${DEV_SECRETS}/README.md`), `${name} is explained`).toContain(`\`${name}\``);
  });
});

describe('the Dockerfile', () => {
  const instructions = text('Dockerfile')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line));
  const last = (word: string): string | undefined => instructions.findLast((line) => line.startsWith(`${word} `));

  it('installs what the lock says, without what only developers need', () => {
    expect(instructions.find((line) => line.startsWith('RUN npm'))).toMatch(/^RUN npm ci --omit=dev/);
    for (const line of instructions.filter((each) => each.startsWith('FROM ')))
      expect(line).toMatch(/^FROM node:22-bookworm-slim/);
  });

  it('runs as a plain user, stops on SIGTERM and says whether it is well', () => {
    expect(last('USER')).toBe('USER node');
    expect(instructions.findIndex((line) => line.startsWith('COPY src'))).toBeLessThan(instructions.indexOf('USER node'));
    expect(last('STOPSIGNAL')).toBe('STOPSIGNAL SIGTERM');
    expect(last('HEALTHCHECK')).toContain('/readyz');
    expect([last('ENTRYPOINT'), last('CMD')]).toEqual(['ENTRYPOINT ["node", "src/bin.mjs"]', 'CMD ["start"]']);
  });

  it('copies what exists and what the ignore file lets in, and nothing else is let in', () => {
    const copied = instructions
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(/\s+/).slice(1, -1));
    for (const path of copied) expect(existsSync(join(root, path)), path).toBe(true);
    const rules = text('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(rules[0]).toBe('*');
    expect(rules.slice(1).map((line) => line.replace(/^!/, ''))).toEqual([...new Set(copied)].toSorted());
  });
});

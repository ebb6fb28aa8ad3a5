// The console behind its login: who gets in, for how long, and what they see. Real server, ledger, queues and browser.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { Attempts } from '../../src/console/attempts.ts';
import { nameFault, operatorLine, passwordFault, readOperators, verified } from '../../src/console/operators.ts';
import { openBrowser } from '../support/browser.ts';
import { startRedis } from '../support/redis.ts';
import { openWatched, type Wanted, type Watched } from './app.ts';

const PASSWORD = '长安一片月,万户捣衣声-2022';
let line: string;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  line = await operatorLine('许子轩', PASSWORD);
});

afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  ends.length = 0;
});

async function consoleOf(wanted: Wanted = {}): Promise<Watched> {
  const process = await openWatched('console_admin', {
    roles: ['console'],
    ...wanted,
    settings: { operators: line, ...wanted.settings },
  });
  ends.push(() => process.close());
  return process;
}

/** A browser without a window: it keeps cookies, and tells where a form came from. */
class Visitor {
  readonly cookies = new Map<string, string>();
  readonly process: Watched;

  constructor(process: Watched) {
    this.process = process;
  }

  async get(path: string): Promise<Response> {
    return this.keep(await this.process.get(path, { headers: this.headers() }));
  }

  async post(path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
    const own = { origin: this.process.url, ...this.headers(), ...headers };
    return this.keep(await this.process.get(path, { method: 'POST', body: new URLSearchParams(form), headers: own }));
  }

  async login(password = PASSWORD, name = '许子轩'): Promise<Response> {
    const page = await (await this.get('/admin/login')).text();
    return this.post('/admin/login', { name, password, token: tokenOf(page) });
  }

  private headers(): Record<string, string> {
    return { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
  }

  private keep(answer: Response): Response {
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/u.exec(cookie) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }
}

function tokenOf(page: string): string {
  return /name="token" value="([^"]+)"/u.exec(page)?.[1] ?? '';
}

describe('an operator', () => {
  it('logs in, sees the queues and only looks, and logs out for good', async () => {
    const process = await consoleOf();
    const visitor = new Visitor(process);
    const outside = await visitor.get('/admin/queues');
    expect([outside.status, outside.headers.get('location')]).toEqual([303, '/admin/login']);
    expect((await visitor.get('/admin/queues/api/queues')).status).toBe(401);

    const login = await visitor.login();
    expect([login.status, login.headers.get('location')]).toEqual([303, '/admin/queues']);
    const cookie = login.headers.getSetCookie().find((each) => each.startsWith('cuiban='));
    expect(cookie).toMatch(/; HttpOnly/u);
    expect(cookie).toMatch(/; SameSite=Strict/u);
    const stored = await process.database.query('SELECT * FROM cuiban.console_session');
    expect(JSON.stringify(stored.rows)).not.toContain(visitor.cookies.get('cuiban'));

    const board = await visitor.get('/admin/queues');
    const page = await board.text();
    expect([board.status, page.includes('催办 · 队列')]).toEqual([200, true]);
    expect(page).not.toContain('googleapis');
    expect(board.headers.get('content-security-policy')).toContain("script-src 'self'");
    const queues = (await (await visitor.get('/admin/queues/api/queues')).json()) as { queues: readonly object[] };
    expect(queues.queues).toMatchObject(
      ['sweep', 'deliver', 'reconcile'].map((name) => ({ name, readOnlyMode: true, allowRetries: false })),
    );
    for (const action of ['clean/failed', 'retry/failed', 'pause', 'empty', 'add', 'obliterate']) {
      const answer = await process.get(`/admin/queues/api/queues/deliver/${action}`, {
        method: 'PUT',
        headers: { origin: process.url, cookie: `cuiban=${visitor.cookies.get('cuiban') ?? ''}` },
      });
      expect([action, answer.status]).toEqual([action, 405]);
    }

    const home = await (await visitor.get('/admin/')).text();
    expect(home).toContain('许子轩，已登录');
    const kept = visitor.cookies.get('cuiban') ?? '';
    expect((await visitor.post('/admin/logout', { token: 'x' })).status).toBe(403);
    expect((await visitor.post('/admin/logout', { token: tokenOf(home) })).headers.get('location')).toBe('/admin/login');
    visitor.cookies.set('cuiban', kept);
    expect((await visitor.get('/admin/')).headers.get('location')).toBe('/admin/login');
  });

  it('is not let in with a wrong password or name, from a foreign page, or without the form’s token', async () => {
    const process = await consoleOf();
    const visitor = new Visitor(process);
    for (const [name, password] of [
      ['许子轩', 'wrong'],
      ['王芳', PASSWORD],
    ]) {
      const answer = await visitor.login(password, name);
      expect([answer.status, (await answer.text()).includes('名字或密码不对')]).toEqual([401, true]);
    }
    const token = tokenOf(await (await visitor.get('/admin/login')).text());
    const form = { name: '许子轩', password: PASSWORD, token };
    expect((await visitor.post('/admin/login', form, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await visitor.post('/admin/login', { ...form, token: 'other' })).status).toBe(403);
    expect((await visitor.post('/admin/login', { ...form, name: '<script>alert(1)</script>' })).status).toBe(403);
    expect(visitor.cookies.has('cuiban')).toBe(false);
  });

  it('is out once the line by which they logged in has changed, and after half an hour without use', async () => {
    const process = await consoleOf();
    const visitor = new Visitor(process);
    await visitor.login();
    expect((await visitor.get('/admin/')).status).toBe(200);
    const renewed = new Visitor(
      await consoleOf({ database: process.database, settings: { operators: await operatorLine('许子轩', PASSWORD) } }),
    );
    renewed.cookies.set('cuiban', visitor.cookies.get('cuiban') ?? '');
    expect((await renewed.get('/admin/')).status).toBe(303);
    await process.database.query(`UPDATE cuiban.console_session SET seen_at = seen_at - interval '31 minutes'`);
    expect((await visitor.get('/admin/')).status).toBe(303);
  });

  it('has cookies that only https may carry where the console is seen by https', async () => {
    const process = await consoleOf({ settings: { publicUrl: 'https://cuiban.example' } });
    const visitor = new Visitor(process);
    const token = tokenOf(await (await visitor.get('/admin/login')).text());
    const login = await visitor.post(
      '/admin/login',
      { name: '许子轩', password: PASSWORD, token },
      { origin: 'https://cuiban.example' },
    );
    expect(login.status).toBe(303);
    expect(login.headers.getSetCookie().join('\n')).toMatch(
      /^__Host-cuiban=[\w-]{43}; Max-Age=28800; Path=\/; HttpOnly; Secure; SameSite=Strict$/mu,
    );
  });

  it('nobody is, where no operators are set up', async () => {
    const process = await consoleOf({ settings: { operators: null } });
    const answer = await new Visitor(process).get('/admin/login');
    expect([answer.status, (await answer.text()).includes('还没有设置操作员')]).toEqual([503, true]);
  });
});

describe('in a browser', () => {
  const browser = openBrowser();
  afterAll(async () => (await browser)?.close());

  async function looks(process: Watched, name: string): Promise<readonly string[]> {
    const page = await (await browser)?.newPage({ viewport: { width: 1_200, height: 800 } });
    if (page === undefined) return [];
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url}`);
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(process.url)) complaints.push(`foreign: ${request.url()}`);
    });
    await page.goto(`${process.url}/admin/queues`);
    if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/login-${name}.png` });
    await page.fill('input[name=name]', '许子轩');
    await page.fill('input[name=password]', PASSWORD);
    await page.click('button');
    await page.getByText('deliver').first().waitFor();
    if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/queues-${name}.png` });
    await page.goto(`${process.url}/admin/queues/queue/deliver`);
    await page.getByText('deliver').first().waitFor();
    if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/queue-${name}.png` });
    await page.goto(`${process.url}/admin/`);
    if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/home-${name}.png` });
    await page.close();
    return complaints;
  }

  it.each(['postgres', 'redis'])(
    'the queue on %s can be looked at under a strict policy, with nothing from elsewhere',
    async (backend) => {
      if ((await browser) === null) return;
      const redis = backend === 'redis' ? await startRedis() : null;
      if (backend === 'redis' && redis === null) return;
      if (redis !== null) ends.push(() => redis.stop());
      const process = await consoleOf(redis === null ? {} : { redisUrl: redis.url });
      await process.app.queue.enqueue('deliver', { ids: ['0b6f1e1c-0000-4000-8000-000000000001'] });
      expect(await looks(process, backend)).toEqual([]);
    },
  );
});

/** `SHOTS=/tmp/x npx vitest run test/console/admin.test.ts` leaves pictures there. */
const SHOTS = process.env['SHOTS'];

describe('guessing', () => {
  it('costs more with every failure, never locks anybody out for good, and is bounded for all together', () => {
    let now = 0;
    const attempts = new Attempts(() => now);
    const tried = (name: string, address: string): boolean => attempts.begin(name, address) === 0;
    expect(Array.from({ length: 6 }, () => tried('许子轩', 'a'))).toEqual([true, true, true, true, true, false]);
    expect(tried('许子轩', 'b')).toBe(true);
    let evaluated = 0;
    for (let guess = 0; guess < 10_000; guess += 1) {
      now += 1_000;
      if (tried('许子轩', 'a')) evaluated += 1;
    }
    expect(evaluated).toBeLessThan(20);
    now += 15 * 60_000;
    expect(tried('许子轩', 'a')).toBe(true);
    attempts.succeeded('许子轩', 'a');
    expect(Array.from({ length: 4 }, () => tried('许子轩', 'a'))).toEqual([true, true, true, true]);
    const strangers = Array.from({ length: 100 }, (_each, n) => tried(`n${n}`, `address ${n}`));
    expect(strangers.filter(Boolean).length).toBeLessThanOrEqual(30);
    now += 61_000;
    expect(tried('许子轩', 'c')).toBe(true);
  });
});

describe('an operator’s line', () => {
  it('lets in who knows the password, and says which line is wrong without repeating it', async () => {
    const operators = readOperators(`# 操作员\n\n${line}\n`);
    expect((await verified(operators, '许子轩', PASSWORD))?.name).toBe('许子轩');
    expect(await verified(operators, '许子轩', `${PASSWORD} `)).toBeNull();
    expect(await verified(operators, '王芳', PASSWORD)).toBeNull();
    expect(() => readOperators(`${line}\n王芳:plaintext`)).toThrow('第 2 行有误');
    expect(() => readOperators(`${line}\n${line}`)).toThrow('许子轩 写了两次');
    expect(line).not.toContain(PASSWORD);
  });

  it('is not made for a weak password or a name that breaks the line', () => {
    expect(passwordFault('Abcdefgh1')).toContain('不少于');
    expect(passwordFault('abcdefghij1')).toContain('不少于');
    expect(passwordFault('Abcdefghi1')).toBeNull();
    expect(passwordFault('abcdefghijklmno')).toBeNull();
    expect(nameFault('a:b')).not.toBeNull();
    expect(nameFault('许子轩')).toBeNull();
  });
});

/**
 * The operators' part of the console: log in, log out, and what stands behind the login. Sessions are rows of the ledger, known there by the hash of a
 * random token; they end after eight hours, after half an hour without use, at logout, and when the operator's line changes or goes.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

import { getConnInfo } from '@hono/node-server/conninfo';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { html } from 'hono/html';

import type { Instant } from '../domain/time.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { Attempts } from './attempts.ts';
import { type Operator, verified } from './operators.ts';
import { homePage, loginPage, STYLE, wordsPage } from './pages.ts';

export interface AdminParts {
  readonly ledger: Pick<Ledger, 'openSession' | 'useSession' | 'closeSession'>;
  /** Null: none have been set up. */
  readonly operators: ReadonlyMap<string, Operator> | null;
  /** As browsers see the console, where a proxy stands before it. */
  readonly publicUrl: string | null;
  readonly now: () => Instant;
  readonly monotonic: () => number;
  readonly log: { info(facts: object, text: string): void; warn(facts: object, text: string): void };
  /** The dashboard of the queue, opened when it is first asked for. */
  readonly board: () => Promise<Hono>;
}

const LIMITS = { openMs: 8 * 3_600_000, idleMs: 30 * 60_000 };
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/u;
const READS = new Set(['GET', 'HEAD']);

interface Env {
  Variables: { operator: string; session: string };
}

export function adminPages(parts: AdminParts): Hono {
  const app = new Hono<Env>();
  const attempts = new Attempts(parts.monotonic);
  const secure = parts.publicUrl?.startsWith('https://') === true;
  const cookie = secure ? '__Host-cuiban' : 'cuiban';
  const loginCookie = secure ? '__Host-cuiban-login' : 'cuiban-login';
  const cookieOptions = { httpOnly: true, sameSite: 'Strict', secure, path: '/' } as const;

  app.use('/admin/*', async (context, next) => {
    if (READS.has(context.req.method) || sameOrigin(context, parts.publicUrl)) await next();
    else context.res = context.text('请从本页面提交', 403);
    context.header('Content-Security-Policy', POLICY);
    // A form of ours tells its origin; `no-referrer` would make it say null.
    context.header('Referrer-Policy', 'same-origin');
    context.header('Cache-Control', 'no-store');
  });
  app.use('/admin/*', bodyLimit({ maxSize: 16 * 1_024 }));

  app.get('/admin/style.css', (context) => context.body(STYLE, 200, { 'Content-Type': 'text/css; charset=utf-8' }));

  const form = (
    context: Context,
    fault: string | null,
    name: string,
    status: 200 | 401 | 403 | 429,
  ): Response | Promise<Response> => {
    const token = randomBytes(18).toString('base64url');
    setCookie(context, loginCookie, token, { ...cookieOptions, maxAge: 3_600 });
    return context.html(loginPage({ token, fault, name }), status);
  };

  app.get('/admin/login', (context) => {
    if (parts.operators === null) return context.html(nobody(), 503);
    return form(context, null, '', 200);
  });

  app.post('/admin/login', async (context) => {
    const { operators } = parts;
    if (operators === null) return context.html(nobody(), 503);
    const body = await context.req.parseBody();
    const [name, password, token] = [body['name'], body['password'], body['token']].map((each) =>
      typeof each === 'string' ? each : '',
    );
    if (name === undefined || password === undefined || token === undefined) return form(context, '表单不完整', '', 403);
    if (!same(token, getCookie(context, loginCookie) ?? '')) return form(context, '页面已过期，请重新填写', name, 403);
    const address = getConnInfo(context).remote.address ?? '';
    if (!secure && !LOOPBACK.test(address)) {
      parts.log.warn({}, 'a login over a plain connection from another machine was refused');
      return form(
        context,
        '这里没有加密，密码不能经网络明文传输。请在本机打开，或经 https 代理并设置 CUIBAN_PUBLIC_URL。',
        '',
        403,
      );
    }
    const wait = attempts.begin(name, address);
    if (wait > 0) {
      context.header('Retry-After', String(Math.ceil(wait / 1_000)));
      parts.log.warn({}, 'too many failed logins; one was not looked at');
      return form(context, `试得太多，请 ${Math.ceil(wait / 1_000)} 秒后再试`, name, 429);
    }
    const operator = await verified(operators, name, password);
    if (operator === null) {
      parts.log.warn({}, 'a login failed');
      return form(context, '名字或密码不对', name, 401);
    }
    attempts.succeeded(name, address);
    // A new token at every login: whoever planted an old one gains nothing.
    const session = randomBytes(32).toString('base64url');
    await parts.ledger.openSession(
      { tokenHash: hashOf(session), operator: operator.name, credential: operator.credential },
      parts.now(),
    );
    setCookie(context, cookie, session, { ...cookieOptions, maxAge: LIMITS.openMs / 1_000 });
    deleteCookie(context, loginCookie, { path: '/', secure });
    parts.log.info({ operator: operator.name }, 'logged in');
    return context.redirect('/admin/queues', 303);
  });

  app.use('/admin/*', async (context, next) => {
    const session = getCookie(context, cookie);
    const known = session === undefined ? null : await parts.ledger.useSession(hashOf(session), parts.now(), LIMITS);
    if (session === undefined || known === null || parts.operators?.get(known.operator)?.credential !== known.credential) {
      return context.req.path.startsWith('/admin/queues/api') || !READS.has(context.req.method)
        ? context.json({ error: '请重新登录' }, 401)
        : context.redirect('/admin/login', 303);
    }
    context.set('operator', known.operator);
    context.set('session', session);
    return next();
  });

  app.get('/admin', (context) => context.redirect('/admin/', 303));
  app.get('/admin/', (context) =>
    context.html(homePage({ operator: context.get('operator'), token: logoutToken(context.get('session')) })),
  );

  app.post('/admin/logout', async (context) => {
    const session = context.get('session');
    const { token } = await context.req.parseBody();
    if (typeof token !== 'string' || !same(token, logoutToken(session))) return context.text('页面已过期', 403);
    await parts.ledger.closeSession(hashOf(session));
    deleteCookie(context, cookie, { path: '/', secure });
    return context.redirect('/admin/login', 303);
  });

  app.get('/admin/queues/', (context) => context.redirect('/admin/queues', 303));
  app.on(['POST', 'PUT', 'PATCH', 'DELETE'], ['/admin/queues', '/admin/queues/*'], (context) =>
    context.json({ error: '只能看；再发、取消请用 cuiban retry、cuiban cancel，记录在案' }, 405),
  );
  const board = async (context: Context): Promise<Response> => (await parts.board()).fetch(context.req.raw);
  app.get('/admin/queues', board);
  app.get('/admin/queues/*', board);
  return app as unknown as Hono;
}

function nobody(): ReturnType<typeof wordsPage> {
  return wordsPage(
    '还不能登录 · 催办',
    html`<p>还没有设置操作员。</p>
      <p>运行 <code>cuiban operator 名字</code>，把打印的一行存入文件，用 <code>CUIBAN_OPERATORS_FILE</code> 指明，再重新启动。</p>`,
  );
}

/** Every browser of today tells one or the other of a form's post. */
function sameOrigin(context: Context, publicUrl: string | null): boolean {
  const origin = context.req.header('origin');
  if (origin === undefined) return context.req.header('sec-fetch-site') === 'same-origin';
  if (!URL.canParse(origin)) return false;
  if (publicUrl !== null) return new URL(publicUrl).origin === origin;
  return new URL(origin).host === context.req.header('host');
}

function hashOf(session: string): string {
  return createHash('sha256').update(session).digest('base64url');
}

function logoutToken(session: string): string {
  return createHmac('sha256', session).update('logout').digest('base64url');
}

function same(one: string, other: string): boolean {
  const [left, right] = [one, other].map((each) => createHash('sha256').update(each).digest());
  return one !== '' && left !== undefined && right !== undefined && timingSafeEqual(left, right);
}

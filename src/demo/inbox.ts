// The demo inbox: a page on this machine that shows what every unit would have received. No script, no foreign host.

import { serve } from '@hono/node-server';
import { Hono, type Context } from 'hono';

import { matches, openArchive } from './inbox-archive.ts';
import { listPage, mailPage, wordsPage } from './inbox-pages.ts';
import { STYLE } from './inbox-style.ts';

export interface InboxOptions {
  /** The `dir` of the mail sink. */
  readonly dir: string;
  /** The `file` of the SMS sink, or null. */
  readonly smsFile: string | null;
  /** 0 or absent: any free one. */
  readonly port?: number;
}

export interface Inbox {
  readonly port: number;
  /** `http://127.0.0.1:port/`. */
  readonly url: string;
  close(): Promise<void>;
}

const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
// a mail brings its own styles and nothing else; its links open outside the frame
const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";
// another site must not read the mails by pointing its own name at this machine
const OWN_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/u;

/** Starts the page on 127.0.0.1. @throws the listen error when the port is taken. */
export async function startInbox(options: InboxOptions): Promise<Inbox> {
  const app = inboxPages(options);
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: options.port ?? 0 }, ({ port }) => {
      const close = (): Promise<void> =>
        new Promise((done) => {
          server.close(() => done());
          if ('closeAllConnections' in server) server.closeAllConnections();
        });
      resolve({ port, url: `http://127.0.0.1:${port}/`, close });
    });
    server.once('error', reject);
  });
}

function inboxPages({ dir, smsFile }: Pick<InboxOptions, 'dir' | 'smsFile'>): Hono {
  const archive = openArchive(dir, smsFile);
  const app = new Hono();

  app.use(async (context, next) => {
    if (!OWN_HOST.test(context.req.header('host') ?? '')) return context.text('此页面只能在本机打开', 421);
    await next();
    context.header('X-Content-Type-Options', 'nosniff');
    context.header('Referrer-Policy', 'no-referrer');
    context.header('Cache-Control', 'no-store');
    if (context.res.headers.get('Content-Security-Policy') === null) context.header('Content-Security-Policy', PAGE_POLICY);
    return undefined;
  });

  app.get('/style.css', (context) => context.body(STYLE, 200, { 'Content-Type': 'text/css; charset=utf-8' }));

  app.get('/', async (context) => {
    const all = await archive.all();
    const query = (context.req.query('q') ?? '').trim().slice(0, 100);
    const asked = context.req.query('day');
    const day = asked !== undefined && all.some((kept) => kept.day === asked) ? asked : (all[0]?.day ?? null);
    const found = all.filter((kept) => (query === '' ? kept.day === day : matches(kept, query)));
    return context.html(listPage({ all, query, day, found }));
  });

  app.get('/mail', async (context) => {
    const mail = await archive.mail(context.req.query('id') ?? '');
    return mail === null ? missing(context) : context.html(mailPage(mail));
  });

  app.get('/mail/html', async (context) => {
    const mail = await archive.mail(context.req.query('id') ?? '');
    if (mail === null) return missing(context);
    context.header('Content-Security-Policy', MAIL_POLICY);
    const body = mail.html === '' ? `<pre style="white-space:pre-wrap;font:inherit">${escape(mail.text)}</pre>` : mail.html;
    return context.html(`<!doctype html><meta charset="utf-8"><base target="_blank">${body}`);
  });

  app.notFound(missing);
  return app;
}

function missing(context: Context): Response | Promise<Response> {
  return context.html(wordsPage('没有这封邮件'), 404);
}

function escape(text: string): string {
  return text.replace(/[&<>"']/gu, (mark) => `&#${mark.charCodeAt(0)};`);
}

// The HTTP server of a process: is it alive, is it ready, what are its figures; and, in a console, the pages of operators.

import { serve } from '@hono/node-server';
import { Hono } from 'hono';

import type { Readiness } from './ready.ts';

export interface HttpAddress {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** A taken port keeps the process from starting; else it only goes without. */
  readonly required: boolean;
}

export interface ServerParts {
  readonly at: HttpAddress;
  /** About this process; no secrets. */
  readonly about: Readonly<Record<string, unknown>>;
  readonly readiness: () => Promise<Readiness>;
  readonly metrics: () => Promise<string>;
  /** Pages under `/admin`, in a console. */
  readonly admin: Hono | null;
}

export interface HttpServer {
  /** `http://host:port`. */
  readonly url: string;
  close(): Promise<void>;
}

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** @throws the listen error, for instance when the port is taken */
export async function openServer(parts: ServerParts): Promise<HttpServer> {
  const app = pages(parts);
  const { host, port } = parts.at;
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: host, port }, (bound) => {
      const close = (): Promise<void> =>
        new Promise((done) => {
          server.close(() => done());
          if ('closeAllConnections' in server) server.closeAllConnections();
        });
      const shown = host.includes(':') ? `[${host}]` : host;
      resolve({ url: `http://${shown}:${bound.port}`, close });
    });
    if ('requestTimeout' in server) {
      server.requestTimeout = 30_000;
      server.headersTimeout = 10_000;
    }
    server.once('error', reject);
  });
}

function pages({ about, readiness, metrics, admin }: ServerParts): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    context.header('X-Content-Type-Options', 'nosniff');
    if (context.res.headers.get('Referrer-Policy') === null) context.header('Referrer-Policy', 'no-referrer');
    if (context.res.headers.get('Cache-Control') === null) context.header('Cache-Control', 'no-store');
  });
  // That this is answered at all is what it says.
  app.get('/healthz', (context) => context.json({ alive: true, ...about }));
  app.get('/readyz', async (context) => {
    const answer = await readiness();
    return context.json(answer, answer.ready ? 200 : 503);
  });
  app.get('/metrics', async (context) => context.body(await metrics(), 200, { 'Content-Type': METRICS_TYPE }));
  if (admin !== null) app.route('/', admin);
  app.notFound((context) => context.text('not found', 404));
  app.onError((_error, context) => context.text('internal error', 500));
  return app;
}

// The dashboard of the queue, as BullMQ's makers know it: bull-board, to look at and not to touch. It stands behind the login.

import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { HonoAdapter } from '@bull-board/hono';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';

type BullQueue = ConstructorParameters<typeof BullMQAdapter>[0];

/** Fonts from a foreign host: the policy would block them, and the browser complain. */
const FOREIGN_FONTS = /<link[^>]+fonts\.googleapis\.com[^>]*>/gu;

/** @param stores BullMQ's objects as they are now; others take their place when the queue connects anew */
export function openBoard(stores: () => readonly unknown[], basePath: string): Hono {
  const server = new HonoAdapter(serveStatic).setBasePath(basePath);
  let shown: readonly unknown[] = [];
  const board = createBullBoard({
    queues: [],
    serverAdapter: server,
    options: {
      uiConfig: {
        boardTitle: '催办 · 队列',
        locale: { lng: 'zh-CN' },
        hideDocsLink: true,
        miscLinks: [{ text: '返回控制台', url: '/admin/' }],
      },
    },
  });
  const follow = (): void => {
    const now = stores();
    if (now.length === shown.length && now.every((store, index) => store === shown[index])) return;
    shown = now;
    board.replaceQueues(now.map((store) => new BullMQAdapter(store as BullQueue, { readOnlyMode: true, allowRetries: false })));
  };
  const app = new Hono();
  app.use(async (context, next) => {
    follow();
    await next();
    if (context.res.headers.get('Content-Type')?.startsWith('text/html') !== true) return;
    const page = await context.res.text();
    context.res = new Response(page.replaceAll(FOREIGN_FONTS, ''), context.res);
  });
  app.route(basePath, server.registerPlugin());
  return app;
}

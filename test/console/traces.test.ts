// One sweep's trace, from what it plans to the last mail, at a collector of the test's own.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, expect, it } from 'vitest';

import { startRedis } from '../support/redis.ts';
import { duty, openWatched } from './app.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: object }[];
}

interface Collector {
  readonly url: string;
  readonly spans: readonly Span[];
  readonly bodies: readonly string[];
  close(): void;
}

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  ends.length = 0;
});

async function collector(): Promise<Collector> {
  const spans: Span[] = [];
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      if (request.url === '/v1/traces') {
        bodies.push(body);
        const { resourceSpans } = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };
        spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, spans, bodies, close: () => server.close() };
}

it.each(['postgres', 'redis'])('goes from the sweep over the queue on %s to every mail, naming nobody', async (backend) => {
  const redis = backend === 'redis' ? await startRedis() : null;
  if (backend === 'redis' && redis === null) return;
  if (redis !== null) ends.push(() => redis.stop());
  const there = await collector();
  ends.push(() => there.close());
  const process = await openWatched('console_traces', {
    settings: { otlpUrl: there.url },
    ...(redis === null ? {} : { redisUrl: redis.url }),
  });
  try {
    await process.confirm([duty('一', 'edu', '2022-08-24')]);
    await process.app.tick();
    expect(process.mails.length).toBeGreaterThan(0);
  } finally {
    // What is left is sent when the process stops.
    await process.close();
  }
  const byId = new Map(there.spans.map((span) => [span.spanId, span]));
  const wayTo = (span: Span): readonly string[] => {
    const parent = byId.get(span.parentSpanId ?? '');
    return [...(parent === undefined ? [] : wayTo(parent)), span.name];
  };
  const sends = there.spans.filter(({ name }) => name === 'send');
  expect(sends).toHaveLength(process.mails.length);
  for (const send of sends) {
    expect(wayTo(send).join(' > ')).toMatch(/process sweep > .*(?:add|addBulk).*deliver.* > process deliver > send$/u);
    expect(send.traceId).toBe(there.spans.find(({ name }) => name === 'plan')?.traceId);
    expect(send.attributes).toContainEqual({ key: 'cuiban.outcome', value: { stringValue: 'accepted' } });
  }
  const names = new Set(there.spans.map(({ name }) => name));
  expect([...names]).toEqual(expect.arrayContaining(['plan', 'dispatch', 'claim', 'render', 'freeze', 'settle']));
  const told = there.bodies.join('\n');
  expect(told).toContain('"cuiban"');
  for (const secret of ['教育局', '任务一', 'ruicheng.example', ...process.mails.map(({ to }) => to.address)]) {
    expect(told).not.toContain(secret);
  }
});

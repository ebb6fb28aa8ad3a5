/**
 * Traces, where an address for them is set; loaded only then. BullMQ's own hook carries a trace from whoever enqueues to whoever works
 * the job; what a job asks of ledger and channels becomes spans by standing between them, so jobs know nothing of it and nobody pays when it is
 * off. Spans carry counts, channels, outcomes and ids, never a name, an address or a text.
 */
import { type Attributes, context as contexts, propagation, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { BullMQOtel } from 'bullmq-otel';

import type { Context } from '../jobs/context.ts';
import type { Channel, Channels, Outcome } from './domain/delivery.ts';
import type { Ledger } from './ledger/ledger.ts';

export interface Tracing {
  /** For BullMQ's queues and workers. */
  readonly telemetry: BullMQOtel;
  /** The same context; what is asked of ledger, channels and templates leaves spans. */
  traced(context: Context): Context;
  /** Sends what is left, for at most some seconds. */
  close(): Promise<void>;
}

const NAME = 'cuiban';
const SEND_MS = 2_000;
const LAST_WORDS_MS = 3_000;

export function openTracing(
  url: string,
  about: { readonly version: string; readonly id: string; readonly roles: readonly string[] },
): Tracing {
  const attributes = {
    'service.name': NAME,
    'service.version': about.version,
    'service.instance.id': about.id,
    'cuiban.roles': about.roles.join(','),
  };
  const resource = {
    attributes,
    merge: () => resource,
    getRawAttributes: () => Object.entries(attributes).map(([name, value]): [string, string] => [name, value]),
  };
  const exporter = new OTLPTraceExporter({ url: tracesOf(url), timeoutMillis: 5_000 });
  const processor = new BatchSpanProcessor(exporter, {
    maxQueueSize: 8_192,
    scheduledDelayMillis: SEND_MS,
    exportTimeoutMillis: 5_000,
  });
  const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  provider.register();
  return {
    telemetry: new BullMQOtel({ tracerName: NAME, version: about.version }),
    traced: (context) => ({
      ...context,
      ledger: tracedLedger(context.ledger),
      channels: tracedChannels(context.channels),
      config: () => {
        const config = context.config();
        return { ...config, render: (message, now) => span('render', {}, () => config.render(message, now)) };
      },
    }),
    close: async () => {
      // A collector that is away must not hold up the stop.
      const late = new Promise<void>((resolve) => {
        setTimeout(resolve, LAST_WORDS_MS).unref();
      });
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
      trace.disable();
      contexts.disable();
      propagation.disable();
    },
  };
}

/** An endpoint as OTEL_EXPORTER_OTLP_ENDPOINT means it: the path of the signal comes behind. */
function tracesOf(url: string): string {
  const address = new URL(url);
  if (!address.pathname.endsWith('/v1/traces')) address.pathname = `${address.pathname.replace(/\/$/u, '')}/v1/traces`;
  return address.href;
}

function span<T>(name: string, attributes: Attributes, work: (own: Span) => T): T {
  return trace.getTracer(NAME).startActiveSpan(name, { attributes }, (own) => {
    const failed = (error: unknown): never => {
      // Its words may hold more than a trace should.
      own.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'error' });
      own.end();
      throw error;
    };
    try {
      const result = work(own);
      if (!(result instanceof Promise)) {
        own.end();
        return result;
      }
      return result.then((value: unknown) => {
        own.end();
        return value;
      }, failed) as T;
    } catch (error) {
      return failed(error);
    }
  });
}

function tracedLedger(ledger: Ledger): Ledger {
  return {
    ...ledger,
    sweep: (...args) =>
      span('plan', {}, async (own) => {
        const result = await ledger.sweep(...args);
        own.setAttributes({ 'cuiban.looked': result.looked, 'cuiban.reminders': result.reminders });
        return result;
      }),
    dispatch: (...args) =>
      span('dispatch', {}, async (own) => {
        const result = await ledger.dispatch(...args);
        own.setAttribute('cuiban.messages', result.messages.length);
        return result;
      }),
    refill: (...args) =>
      span('refill', {}, async (own) => {
        const result = await ledger.refill(...args);
        own.setAttribute('cuiban.messages', result.messages.length);
        return result;
      }),
    claim: (ids, ...args) =>
      span('claim', { 'cuiban.messages': ids.length }, async (own) => {
        const claimed = await ledger.claim(ids, ...args);
        own.setAttribute('cuiban.claimed', claimed.length);
        return claimed;
      }),
    freeze: (bodies) => span('freeze', { 'cuiban.messages': bodies.length }, () => ledger.freeze(bodies)),
    settle: (settlements, now) =>
      span('settle', { 'cuiban.messages': settlements.length }, () => ledger.settle(settlements, now)),
  };
}

function tracedChannels({ email, sms }: Channels): Channels {
  return { email: tracedChannel(email), sms: sms === null ? null : tracedChannel(sms) };
}

function tracedChannel<Outgoing>(channel: Channel<Outgoing>): Channel<Outgoing> {
  return {
    name: channel.name,
    send: (message, ...rest) =>
      span('send', { 'cuiban.channel': channel.name }, async (own): Promise<Outcome> => {
        const outcome = await channel.send(message, ...rest);
        own.setAttribute('cuiban.outcome', outcome.outcome);
        if ('code' in outcome) own.setAttribute('cuiban.code', outcome.code);
        return outcome;
      }),
    onReceipt: (listener) => channel.onReceipt(listener),
    check: () => channel.check(),
    close: () => channel.close(),
  };
}

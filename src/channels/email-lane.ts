// One connection to the relay: a mail is composed, handed over, and timed against the wall, with an honest account of how it ended.
//
// nodemailer reports a line lost before DATA and one lost after the final dot in the same words. What tells them apart is
// the stream to the relay, which ends once the final dot has been written; a lane is a pool of a single connection, so that
// this stream can only belong to the message the lane carries.

import { pipeline, Readable, type Transform } from 'node:stream';
import { setImmediate } from 'node:timers/promises';

import { createTransport, type Transporter } from 'nodemailer';
import type SMTPPool from 'nodemailer/lib/smtp-pool';

import type { Mailbox, OutgoingEmail, Outcome } from '../domain/delivery.ts';
import { oneLine } from '../domain/mail-address.ts';
import { describeFailure, judgeFailure, plainReply, type Progress } from './email-reply.ts';
import type { SmtpSettings } from './email-url.ts';
import { composeMail } from './mime.ts';

export interface EmailLimits {
  /** TCP, TLS and greeting. Default 30 s. */
  readonly connectMs: number;
  /** From the start of a send to DATA: what a mail says is not to be older than a minute or two. Default 60 s. */
  readonly dataMs: number;
  /** From the start of a send to its final dot, however slowly the relay trickles. Default 5 min. */
  readonly handOverMs: number;
  /** From the final dot to the reply (RFC 5321 asks for 10 min, the default). */
  readonly replyMs: number;
}

/** Bytes of a mail that are written at a time. */
const LARGE = 65_536;
const FINAL_DOT = Buffer.from('.\r\n');

type SmtpTransport = Transporter<SMTPPool.SentMessageInfo>;

export interface Lane {
  send(message: OutgoingEmail, signal: AbortSignal): Promise<Outcome>;
  close(): void;
}

/** Connects with the first message. */
export function openLane(settings: SmtpSettings, limits: EmailLimits): Lane {
  const silent = (): void => {};
  const transport = createTransport({ ...relayOptions(settings, limits), pool: true, maxConnections: 1, maxRequeues: 0 });
  // every failure also reaches the send it belongs to; an event nobody hears would end the process
  transport.on('error', silent);

  let ender = new AbortController();
  return {
    send: async (message, signal) => {
      let progress: Progress = 'before';
      let over = false;
      // a fresh one only after it was used: a lane carries one message at a time
      if (ender.signal.aborted) ender = new AbortController();
      const { signal: ending } = ender;
      const end = (): void => ender.abort();
      let timer = setTimeout(end, limits.handOverMs);
      const late = setTimeout(end, limits.dataMs);
      signal.addEventListener('abort', end, { once: true });
      const taking: Taking = {
        asked: () => clearTimeout(late),
        handedOver: () => {
          progress = 'handed-over';
          clearTimeout(timer);
          if (!over) timer = setTimeout(end, limits.replyMs);
        },
      };
      try {
        if (signal.aborted) end();
        const response = await hand(transport, message, settings, ending, taking);
        return {
          outcome: 'accepted',
          providerIds: [],
          response: plainReply(response, namesIn(message, settings)),
        };
      } catch (error) {
        if (ending.aborted) return ended(signal.aborted, progress);
        return judgeFailure(describeFailure(error), progress, namesIn(message, settings));
      } finally {
        over = true;
        clearTimeout(timer);
        clearTimeout(late);
        signal.removeEventListener('abort', end);
      }
    },
    close: () => transport.close(),
  };
}

/** nodemailer's options for this relay. */
export function relayOptions(settings: SmtpSettings, limits: EmailLimits) {
  return {
    host: settings.host,
    port: settings.port,
    secure: settings.implicitTls,
    requireTLS: settings.requireTls,
    connectionTimeout: limits.connectMs,
    greetingTimeout: limits.connectMs,
    dnsTimeout: limits.connectMs,
    // idle time only; the limits per send are kept in openLane
    socketTimeout: Math.max(limits.handOverMs, limits.replyMs),
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(settings.ehlo === null ? {} : { name: settings.ehlo }),
    ...(settings.login === null ? {} : { auth: settings.login, forceAuth: true }),
    tls: {
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2' as const,
      ...(settings.ca === null ? {} : { ca: settings.ca }),
      ...(settings.serverName === null ? {} : { servername: settings.serverName }),
    },
  };
}

/** What the connection does with a mail. */
interface Taking {
  /** The relay has asked for the message (354). */
  asked(): void;
  /** The final dot has been written. */
  handedOver(): void;
}

/**
 * Gives a mail that is composed already to nodemailer's pool, past its own composer: the pool asks a message for no more than this.
 * Resolves with the words of the relay.
 */
function hand(
  transport: SmtpTransport,
  message: OutgoingEmail,
  settings: SmtpSettings,
  signal: AbortSignal,
  taking: Taking,
): Promise<string> {
  const bytes = compose(message);
  const envelope = { from: settings.mailFrom ?? message.from.address, to: [message.to.address] };
  const composed = {
    data: { signal },
    message: {
      getEnvelope: () => envelope,
      messageId: () => message.messageId,
      getHeader: () => message.messageId,
      createReadStream: () => ({
        pipe: (line: Transform) => {
          taking.asked();
          line.once('end', () => taking.handedOver());
          write(bytes, line);
        },
      }),
    },
  } as unknown as Parameters<SmtpTransport['transporter']['send']>[0];
  return new Promise((resolve, reject) => {
    transport.transporter.send(composed, (error, info) => {
      if (info !== undefined && (error === null || error === undefined)) resolve(info.response);
      else reject(error ?? new Error('the transport ended a send without a word'));
    });
  });
}

/**
 * `line` looks at every byte for line ends and dots to be doubled, and writes the final dot apart. What `composeMail` writes has neither bare
 * line ends nor, as a rule, such a dot: then all of it leaves in one write.
 */
function write(bytes: Buffer, line: Transform): void {
  if (bytes.length > LARGE) {
    pipeline(Readable.from(pieces(bytes)), line, () => {});
  } else if (bytes.includes('\r\n.')) {
    line.end(bytes);
  } else {
    line.push(Buffer.concat([bytes, FINAL_DOT]));
    line.push(null);
  }
}

/** With a look at the line between them: else a large mail would be written to a line that broke long ago, and count as handed over. */
async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += LARGE) {
    yield bytes.subarray(at, at + LARGE);
    await setImmediate();
  }
}

function compose(message: OutgoingEmail): Buffer {
  const named = ({ name, address }: Mailbox): Mailbox => ({ name: oneLine(name), address });
  return composeMail({
    messageId: message.messageId,
    date: message.date,
    from: named(message.from),
    to: named(message.to),
    replyTo: named(message.replyTo),
    subject: oneLine(message.subject),
    fields: [['Auto-Submitted', 'auto-generated']],
    body: {
      multipart: 'alternative',
      parts: [
        { type: 'text/plain; charset=utf-8', content: message.text },
        { type: 'text/html; charset=utf-8', content: message.html },
      ],
    },
  });
}

function namesIn(message: OutgoingEmail, settings: SmtpSettings): string[] {
  const addresses = [message.to.address, message.from.address, message.replyTo.address];
  const locals = addresses.map((address) => address.slice(0, address.indexOf('@')));
  return [...locals, ...(settings.login === null ? [] : [settings.login.user, settings.login.pass])].filter(
    (name) => name !== '',
  );
}

function ended(byCaller: boolean, progress: Progress): Outcome {
  const code = byCaller ? 'aborted' : 'timeout';
  return progress === 'handed-over'
    ? { outcome: 'unknown', code, message: 'no answer after the whole message was handed over' }
    : { outcome: 'retryable', code, message: 'given up before the whole message was handed over' };
}

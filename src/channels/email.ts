// The mail channel: one message to one mailbox over SMTP, with an honest account of how it ended.
//
// nodemailer reports a line lost before DATA and one lost after the final dot in the same words. What tells them apart is
// its own transaction log, which notes "<N bytes encoded mime message …>" once the final dot has been written; each lane
// below is a pool of a single connection, so that note can only belong to the message the lane carries.

import { setMaxListeners } from 'node:events';

import { createTransport } from 'nodemailer';

import type { Channel, ChannelHealth, OutgoingEmail, Outcome } from '../domain/delivery.ts';
import { isAddrSpec, isMessageId, oneLine } from '../domain/mail-address.ts';
import { judgeFailure, plainReply, type Progress, type SmtpFailure } from './email-reply.ts';
import { readSmtpUrl, type SmtpSettings } from './email-url.ts';
import { openTurns } from './turns.ts';

export interface EmailOptions {
  /** SMTP_URL, as email-url.ts describes it. */
  readonly url: string;
  /** Connections at a time; default: that of the URL, else 1 (the quotas of public mail houses are secret and small). */
  readonly connections?: number;
  /** Hard limits on the wall, in milliseconds. */
  readonly limits?: Partial<EmailLimits>;
}

export interface EmailLimits {
  /** TCP, TLS and greeting. Default 30 s. */
  readonly connectMs: number;
  /** From the start of a send to its final dot, however slowly the relay trickles. Default 5 min. */
  readonly handOverMs: number;
  /** From the final dot to the reply (RFC 5321 asks for 10 min, the default). */
  readonly replyMs: number;
}

const DEFAULTS: EmailLimits = { connectMs: 30_000, handOverMs: 5 * 60_000, replyMs: 10 * 60_000 };
const HANDED_OVER = 'bytes encoded mime message';
const HANDED_OVER_TNX = 'message';

/**
 * Opens the channel; connects with the first message. Aborting a send ends it as `retryable` before the final dot and as
 * `unknown` after it. `accepted.providerIds` is empty: mail has no receipts here, `onReceipt` never calls back.
 * @throws Error when SMTP_URL or its caFile cannot be used.
 */
export function openEmail(options: EmailOptions): Channel<OutgoingEmail> {
  const settings = readSmtpUrl(options.url);
  const limits = { ...DEFAULTS, ...options.limits };
  const lanes = Array.from({ length: options.connections ?? settings.connections ?? 1 }, () => openLane(settings, limits));
  const turns = openTurns(lanes);
  let closing: Promise<void> | null = null;

  const send = async (message: OutgoingEmail, signal: AbortSignal): Promise<Outcome> => {
    const refusal = inspect(message);
    if (refusal !== null) return refusal;
    if (closing !== null) return { outcome: 'retryable', code: 'closed', message: 'the mail channel is closed' };
    // one signal may well end many sends
    setMaxListeners(0, signal);
    const lane = await turns.take(signal);
    if (lane === null)
      return {
        outcome: 'retryable',
        code: 'aborted',
        message: 'given up before the relay was asked',
      };
    try {
      return await lane.send(message, signal);
    } finally {
      turns.giveBack(lane);
    }
  };

  const close = async (): Promise<void> => {
    await turns.allBack();
    for (const lane of lanes) lane.close();
  };

  return {
    name: 'email',
    send,
    onReceipt: () => {},
    check: () => checkRelay(settings, limits),
    close: () => (closing ??= close()),
  };
}

interface Lane {
  send(message: OutgoingEmail, signal: AbortSignal): Promise<Outcome>;
  close(): void;
}

function openLane(settings: SmtpSettings, limits: EmailLimits): Lane {
  let onHandedOver = (): void => {};
  const note = (entry: unknown, text: unknown): void => {
    const tnx = typeof entry === 'object' && entry !== null && 'tnx' in entry ? entry.tnx : null;
    if (tnx === HANDED_OVER_TNX && typeof text === 'string' && text.includes(HANDED_OVER)) onHandedOver();
  };
  const silent = (): void => {};
  const logger = {
    level: silent,
    trace: silent,
    debug: silent,
    info: note,
    warn: silent,
    error: silent,
    fatal: silent,
  };
  const transport = createTransport({
    ...relayOptions(settings, limits),
    pool: true,
    maxConnections: 1,
    maxRequeues: 0,
    logger,
    transactionLog: true,
  });
  // every failure also reaches the send it belongs to; an event nobody hears would end the process
  transport.on('error', silent);

  return {
    send: async (message, signal) => {
      let progress: Progress = 'before';
      const ender = new AbortController();
      const end = (): void => ender.abort();
      let timer = setTimeout(end, limits.handOverMs);
      signal.addEventListener('abort', end, { once: true });
      onHandedOver = () => {
        progress = 'handed-over';
        clearTimeout(timer);
        timer = setTimeout(end, limits.replyMs);
      };
      try {
        if (signal.aborted) end();
        const info = await transport.sendMail({
          ...compose(message, settings),
          signal: ender.signal,
        });
        return {
          outcome: 'accepted',
          providerIds: [],
          response: plainReply(info.response, namesIn(message, settings)),
        };
      } catch (error) {
        if (ender.signal.aborted) return ended(signal.aborted, progress);
        return judgeFailure(describe(error), progress, namesIn(message, settings));
      } finally {
        onHandedOver = () => {};
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
      }
    },
    close: () => transport.close(),
  };
}

function relayOptions(settings: SmtpSettings, limits: EmailLimits) {
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

function compose(message: OutgoingEmail, settings: SmtpSettings) {
  return {
    envelope: { from: settings.mailFrom ?? message.from.address, to: [message.to.address] },
    messageId: message.messageId,
    date: message.date,
    from: { name: oneLine(message.from.name), address: message.from.address },
    replyTo: { name: oneLine(message.replyTo.name), address: message.replyTo.address },
    to: { name: oneLine(message.to.name), address: message.to.address },
    subject: oneLine(message.subject),
    text: message.text,
    html: message.html,
    textEncoding: 'base64' as const,
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

function inspect(message: OutgoingEmail): Outcome | null {
  const refuse = (about: 'recipient' | 'config', code: string, what: string): Outcome => ({
    outcome: 'permanent',
    about,
    code,
    message: what,
  });
  if (!isAddrSpec(message.to.address))
    return refuse('recipient', 'address', 'the address of the recipient is not a single plain mailbox');
  if (!isAddrSpec(message.from.address)) return refuse('config', 'address', 'the sender is not a single plain mailbox');
  if (!isAddrSpec(message.replyTo.address)) return refuse('config', 'address', 'Reply-To is not a single plain mailbox');
  if (!isMessageId(message.messageId)) return refuse('config', 'message-id', 'the Message-ID is not of the form <unique@domain>');
  if (Number.isNaN(message.date.getTime())) return refuse('config', 'date', 'the date of the message is not a date');
  return null;
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

function describe(error: unknown): SmtpFailure {
  const field = (name: string): string | null => {
    const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : null;
    return typeof value === 'string' ? value : null;
  };
  return {
    code: field('code'),
    originalCode: field('originalCode'),
    command: field('command'),
    response: field('response'),
  };
}

async function checkRelay(settings: SmtpSettings, limits: EmailLimits): Promise<ChannelHealth> {
  const transport = createTransport(relayOptions(settings, limits));
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<ChannelHealth>((resolve) => {
    timer = setTimeout(
      () => resolve({ ok: false, detail: 'the relay did not finish its greeting in time' }),
      limits.connectMs * 2,
    );
  });
  const ask = transport.verify().then(
    () => ({ ok: true, detail: 'the relay greets us and accepts the login' }),
    (error: unknown) => {
      const verdict = judgeFailure(
        describe(error),
        'before',
        settings.login === null ? [] : [settings.login.user, settings.login.pass],
      );
      return {
        ok: false,
        detail: 'message' in verdict ? `${verdict.message} (${verdict.code})` : `the relay refuses us for now`,
      };
    },
  );
  try {
    return await Promise.race([ask, limit]);
  } finally {
    clearTimeout(timer);
    transport.close();
  }
}

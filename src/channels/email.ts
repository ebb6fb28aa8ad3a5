// The mail channel: one message to one mailbox over SMTP, shared out among a few connections (email-lane.ts).

import { setMaxListeners } from 'node:events';

import { createTransport } from 'nodemailer';

import type { Channel, ChannelHealth, OutgoingEmail, Outcome } from '../domain/delivery.ts';
import { isAddrSpec, isMessageId } from '../domain/mail-address.ts';
import type { Gate, Provider } from '../domain/provider.ts';
import { type EmailLimits, openLane, relayOptions } from './email-lane.ts';
import { describeFailure, judgeFailure } from './email-reply.ts';
import { shareLane } from './email-shared.ts';
import { readSmtpUrl, type SmtpSettings } from './email-url.ts';
import { openTurns } from './turns.ts';

export type { EmailLimits };

export interface EmailOptions {
  /** SMTP_URL, as email-url.ts describes it. */
  readonly url: string;
  /** Connections at a time; default: that of the URL, else 1 (the quotas of public mail houses are secret and small). */
  readonly connections?: number;
  /** What all processes share at this relay; without it there is no rate and no number of connections for all. */
  readonly gate?: (provider: Provider) => Gate;
  /** Hard limits on the wall, in milliseconds. */
  readonly limits?: Partial<EmailLimits>;
}

const DEFAULTS: EmailLimits = { connectMs: 30_000, dataMs: 60_000, handOverMs: 5 * 60_000, replyMs: 10 * 60_000 };

/**
 * Opens the channel; connects with the first message. Aborting a send ends it as `retryable` before the final dot and as
 * `unknown` after it. `accepted.providerIds` is empty: mail has no receipts here, `onReceipt` never calls back.
 * @throws Error when SMTP_URL or its caFile cannot be used.
 */
export function openEmail(options: EmailOptions): Channel<OutgoingEmail> {
  const settings = readSmtpUrl(options.url);
  const limits = { ...DEFAULTS, ...options.limits };
  const { rate, totalConnections } = settings;
  const name = `${settings.implicitTls ? 'smtps' : 'smtp'}://${settings.host}:${settings.port}`;
  const gate = options.gate?.({ name, channel: 'email', rate, connections: totalConnections }) ?? null;
  const lanes = Array.from({ length: options.connections ?? settings.connections ?? 1 }, () =>
    shareLane(() => openLane(settings, limits), gate, totalConnections !== null),
  );
  const turns = openTurns(lanes);
  let closing: Promise<void> | null = null;

  const send = async (message: OutgoingEmail, signal: AbortSignal, turn = signal): Promise<Outcome> => {
    const refusal = inspect(message);
    if (refusal !== null) return refusal;
    if (closing !== null) return { outcome: 'retryable', code: 'closed', message: 'the mail channel is closed' };
    // one signal may well end many sends
    setMaxListeners(0, signal, turn);
    const lane = await turns.take(turn);
    if (lane === null)
      return {
        outcome: 'retryable',
        code: 'aborted',
        message: 'given up before the relay was asked',
        begun: false,
      };
    try {
      return await lane.send(message, signal, turn);
    } finally {
      turns.giveBack(lane);
    }
  };

  const close = async (): Promise<void> => {
    await turns.allBack();
    await Promise.all(lanes.map((lane) => lane.close()));
  };

  return {
    name: 'email',
    send,
    onReceipt: () => {},
    check: () => checkRelay(settings, limits),
    close: () => (closing ??= close()),
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
        describeFailure(error),
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

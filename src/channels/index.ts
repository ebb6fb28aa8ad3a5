// The channels this office has, opened from its settings. Nothing connects before the first message.

import type { Channels } from '../domain/delivery.ts';
import type { Gate, Provider } from '../domain/provider.ts';
import { openEmail } from './email.ts';
import { openSmpp } from './smpp.ts';

// the part of a logger that is used here (pino fits)
interface ChannelLog {
  info(fields: Readonly<Record<string, unknown>>, words: string): void;
}

export interface ChannelSettings {
  /** SMTP_URL: see email-url.ts. */
  readonly smtpUrl: string;
  /** SMPP_URL: see smpp-url.ts. Null where the office has no SMS account. */
  readonly smppUrl: string | null;
  /** What all processes share at a provider; without it each goes by itself, as fast as it can. */
  readonly gate?: (provider: Provider) => Gate;
  readonly log: ChannelLog;
}

/** Opens every channel that is set up. @throws Error, without the value, when a URL or a file it names cannot be used. */
export function openChannels(settings: ChannelSettings): Channels {
  const shared = settings.gate === undefined ? {} : { gate: settings.gate };
  const email = openEmail({ url: settings.smtpUrl, ...shared });
  const sms = settings.smppUrl === null ? null : openSmpp({ url: settings.smppUrl, ...shared });
  settings.log.info({ email: true, sms: sms !== null }, 'channels open');
  return { email, sms };
}

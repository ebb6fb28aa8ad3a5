// The channels this office has, opened from its settings. Nothing connects before the first message.

import type { Channels } from '../domain/delivery.ts';
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
  readonly log: ChannelLog;
}

/** Opens every channel that is set up. @throws Error, without the value, when a URL or a file it names cannot be used. */
export function openChannels(settings: ChannelSettings): Channels {
  const email = openEmail({ url: settings.smtpUrl });
  const sms = settings.smppUrl === null ? null : openSmpp({ url: settings.smppUrl });
  settings.log.info({ email: true, sms: sms !== null }, 'channels open');
  return { email, sms };
}

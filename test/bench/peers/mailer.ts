// What the peers that use nodemailer have in common: the transport, and a mail as they compose it.

import { createTransport } from 'nodemailer';

import { addressOf, CONNECTIONS, type Letter } from './peer.ts';

export interface MailerOrders {
  readonly kind: 'prepare';
  readonly port: number;
  readonly mails: number;
  readonly letters: readonly Letter[];
}

export interface Mailer {
  send(n: number): Promise<void>;
  close(): void;
}

/** A pool of so many connections that stay open, or none: one connection per mail. */
export function openMailer({ port, letters }: MailerOrders, connections: number | null = CONNECTIONS): Mailer {
  const relay = { host: '127.0.0.1', port, ignoreTLS: true };
  const transport =
    connections === null
      ? createTransport(relay)
      : createTransport({ ...relay, pool: true, maxConnections: connections, maxMessages: Infinity });
  return {
    async send(n) {
      const letter = letters[n % letters.length];
      if (letter === undefined) throw new Error('no letters');
      const { subject, text, html } = letter;
      await transport.sendMail({
        from: { name: '示范县人民政府办公室', address: 'cuiban@county.example' },
        to: { name: '联络员', address: addressOf(n) },
        subject,
        text,
        html,
        textEncoding: 'base64',
      });
    },
    close: () => transport.close(),
  };
}

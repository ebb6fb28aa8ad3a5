// A real mail server on the loopback for the demo and the tests: it keeps every mail as a file and tells who wants to know.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { DateTime } from 'luxon';
import PostalMime, { type Address, type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

import type { Mailbox } from '../domain/delivery.ts';

/** A mail as the server took it. */
export interface SunkMail {
  /** With angle brackets. */
  readonly messageId: string;
  readonly from: Mailbox;
  readonly to: Mailbox;
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  readonly subject: string;
  /** The Date header as an ISO instant, or null. */
  readonly date: string | null;
  readonly text: string;
  readonly html: string;
  /** Names in lower case. */
  readonly headers: readonly { readonly key: string; readonly value: string }[];
  /** Where it is kept; null without `dir`. */
  readonly file: string | null;
  /** Bytes as they came. */
  readonly size: number;
}

/** How the server ends DATA. Only `accept` and `accept-drop` keep the mail; the latter breaks the line instead of answering 250. */
export type MailReply = 'accept' | 'accept-drop' | 'drop' | 'hang' | { readonly code: number; readonly text: string };

export interface MailSinkOptions {
  /** 0 or absent: any free one. */
  readonly port?: number;
  /** Kept as `<dir>/<day of the Date header in China>/<HHmm>-<first label of the domain>-<local part>-<n>.eml`. */
  readonly dir?: string;
  readonly onMail?: (mail: SunkMail) => void;
  /** For tests: how to answer each mail. Default: accept. */
  readonly respond?: (mail: SunkMail) => MailReply | Promise<MailReply>;
  /** Offers STARTTLS with this certificate; without it the server speaks plainly. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Demands this login. */
  readonly login?: { readonly user: string; readonly pass: string };
}

export interface MailSink {
  readonly port: number;
  /** `smtp://127.0.0.1:port`. */
  readonly url: string;
  /** Ends open connections too. */
  close(): Promise<void>;
}

/** Starts the server on 127.0.0.1. @throws the listen error when the port is taken. */
export async function startMailSink(options: MailSinkOptions = {}): Promise<MailSink> {
  const { login, tls } = options;
  const server = new SMTPServer({
    authOptional: login === undefined,
    disabledCommands: [...(tls === undefined ? ['STARTTLS'] : []), ...(login === undefined ? ['AUTH'] : [])],
    ...tls,
    disableReverseLookup: true,
    closeTimeout: 1,
    logger: false,
    onAuth: ({ username, password }, _session, done) =>
      login !== undefined && username === login.user && password === login.pass
        ? done(null, { user: login.user })
        : done(refusal(535, '5.7.8 no')),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const envelope = {
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map((each) => each.address),
        };
        void take(Buffer.concat(chunks), envelope, options).then(
          (reply) => {
            if (reply === 'accept') return done();
            if (typeof reply === 'object') return done(refusal(reply.code, reply.text));
            // the library offers no way to break one line; it keeps its connections in a set
            if (reply !== 'hang') breakLine(server, session.id);
            return undefined;
          },
          () => done(refusal(451, '4.3.0 the mail could not be kept')),
        );
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('the mail sink has no port');
  return {
    port: address.port,
    url: `smtp://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const line of linesOf(server)) line.end();
      }),
  };
}

async function take(raw: Buffer, envelope: SunkMail['envelope'], options: MailSinkOptions): Promise<MailReply> {
  const parsed = await PostalMime.parse(raw);
  const unkept: SunkMail = { ...readMail(parsed), envelope, file: null, size: raw.length };
  const reply = (await options.respond?.(unkept)) ?? 'accept';
  if (reply !== 'accept' && reply !== 'accept-drop') return reply;
  const file = options.dir === undefined ? null : keep(raw, unkept, options.dir);
  options.onMail?.({ ...unkept, file });
  return reply;
}

/** What a parsed mail says of itself. */
export function readMail(mail: Email): Omit<SunkMail, 'envelope' | 'file' | 'size'> {
  return {
    messageId: mail.messageId ?? '',
    from: mailboxOf(mail.from),
    to: mailboxOf(mail.to?.[0]),
    subject: mail.subject ?? '',
    date: mail.date === undefined ? null : DateTime.fromISO(mail.date).toUTC().toISO(),
    text: mail.text ?? '',
    html: mail.html ?? '',
    headers: mail.headers.map(({ key, value }) => ({ key, value })),
  };
}

function mailboxOf(address: Address | undefined): Mailbox {
  return { name: address?.name ?? '', address: address?.address ?? '' };
}

function keep(raw: Buffer, mail: SunkMail, dir: string): string {
  const sent = mail.date === null ? null : DateTime.fromISO(mail.date, { zone: 'Asia/Shanghai' });
  const day = sent?.toFormat('yyyy-MM-dd') ?? 'undated';
  const folder = join(dir, day);
  mkdirSync(folder, { recursive: true });
  const [local = '', domain = ''] = mail.to.address.split('@');
  const who = `${domain.split('.')[0] ?? ''}-${local}`.replace(/[^A-Za-z0-9._-]/gu, '_').slice(0, 60);
  const name = `${sent?.toFormat('HHmm') ?? '0000'}-${who}`;
  for (let n = 1; ; n += 1) {
    const file = join(folder, `${name}-${n}.eml`);
    try {
      writeFileSync(file, raw, { flag: 'wx' });
      return file;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

function refusal(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

interface Line {
  readonly id: string;
  end(): void;
}

function linesOf(server: SMTPServer): Line[] {
  return [...server.connections].map((connection) => {
    const id: unknown = Reflect.get(connection, 'id');
    const socket: unknown = Reflect.get(connection, '_socket');
    return {
      id: String(id),
      end: () => {
        if (typeof socket === 'object' && socket !== null && 'destroy' in socket && typeof socket.destroy === 'function')
          socket.destroy();
      },
    };
  });
}

function breakLine(server: SMTPServer, id: string): void {
  linesOf(server)
    .find((line) => line.id === id)
    ?.end();
}

// One bound connection to an SMPP gateway, from connect to its end; it is never revived, the channel makes a new one.
//
// npm `smpp` 0.5.1 forgets pending submits when the line drops, wedges for good on an oversize PDU, ends the process when
// nobody hears its `error`, throws out of `send`, and never looks for the answers to its enquire_link. So nothing here waits on
// the library: every wait has its own timer, and the first sign of trouble ends the link and settles all that was pending.

import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

import smpp, { type PDU, type Session } from 'smpp';

import type { Receipt } from '../domain/delivery.ts';
import type { SmppSettings } from './smpp-url.ts';
import { readReceipt } from './smpp-words.ts';

export interface SmppLimits {
  /** TCP, TLS and bind. Default 10 s. */
  readonly bindMs: number;
  /** From a submit to its answer; then its outcome is unknown. Default 60 s. */
  readonly answerMs: number;
  /** Quiet time between two enquire_link. Default 30 s. */
  readonly enquireMs: number;
  /** From an enquire_link to its answer; then the peer is gone. Default 10 s. */
  readonly enquireAnswerMs: number;
  /** First and longest wait between two tries to connect. Defaults 1 s and 60 s. */
  readonly backoffMs: number;
  readonly backoffMostMs: number;
}

/** What came of one PDU: its answer, or why there is none and whether it may have arrived. */
export type Answer =
  | { readonly kind: 'answer'; readonly pdu: PDU }
  | { readonly kind: 'not-sent'; readonly code: string }
  | { readonly kind: 'no-answer'; readonly code: string };

export interface Link {
  /** Sends one PDU and waits for its answer within `withinMs`. Never throws. */
  ask(command: string, fields: Record<string, unknown>, withinMs: number): Promise<Answer>;
  readonly open: boolean;
  /** Resolves with a code once the link is over, however that came. */
  readonly over: Promise<string>;
  /** Unbinds and closes. */
  close(): Promise<void>;
}

export type Binding =
  | { readonly kind: 'bound'; readonly link: Link }
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'failed'; readonly code: string };

const RECEIPT_NOT_TAKEN = 0x64; // ESME_RX_T_APPN: the gateway offers it again
const UNBIND_MS = 2_000;

/** Connects and binds as a transceiver. Never throws. */
export async function bindLink(
  settings: SmppSettings,
  limits: SmppLimits,
  onReceipt: (receipt: Receipt) => void,
): Promise<Binding> {
  let socket: Socket;
  try {
    socket = openSocket(settings);
  } catch {
    return { kind: 'failed', code: 'connect' };
  }
  const link = openLink(new smpp.Session({ socket }), onReceipt);
  const timer = setTimeout(() => link.end('bind-timeout'), limits.bindMs);
  const ready = new Promise<'ready'>((resolve) =>
    socket.once(settings.tls === null ? 'connect' : 'secureConnect', () => resolve('ready')),
  );
  const first = await Promise.race([ready, link.over]);
  if (first !== 'ready') {
    clearTimeout(timer);
    return { kind: 'failed', code: first };
  }
  const fields = {
    system_id: settings.systemId,
    password: settings.password,
    system_type: settings.systemType,
    interface_version: 0x34,
  };
  const answer = await link.ask('bind_transceiver', fields, limits.bindMs);
  clearTimeout(timer);
  if (answer.kind === 'answer' && answer.pdu.command_status === 0 && answer.pdu.command === 'bind_transceiver_resp') {
    watch(link, limits);
    return { kind: 'bound', link };
  }
  link.end('bind');
  return answer.kind === 'answer' && answer.pdu.command_status !== 0
    ? { kind: 'refused', status: answer.pdu.command_status }
    : { kind: 'failed', code: answer.kind === 'answer' ? 'bind' : answer.code };
}

interface OwnLink extends Link {
  end(code: string): void;
}

function openLink(session: Session, onReceipt: (receipt: Receipt) => void): OwnLink {
  const pending = new Map<number, (answer: Answer) => void>();
  let open = true;
  let tellOver: (code: string) => void = () => {};
  const over = new Promise<string>((resolve) => (tellOver = resolve));

  const end = (code: string): void => {
    if (!open) return;
    open = false;
    session.destroy();
    for (const settle of pending.values()) settle({ kind: 'no-answer', code });
    tellOver(code);
  };

  const reply = (pdu: PDU, status: number): void => {
    try {
      session.send(pdu.response({ command_status: status }));
    } catch {
      end('reply');
    }
  };

  const take = (pdu: PDU): void => {
    if (pdu.isResponse()) return pending.get(pdu.sequence_number)?.({ kind: 'answer', pdu });
    if (pdu.command === 'deliver_sm') return reply(pdu, passOn(pdu, onReceipt));
    if (pdu.command === 'unbind') {
      reply(pdu, 0);
      return end('unbound');
    }
    if (pdu.command === 'enquire_link') return reply(pdu, 0);
    if (pdu.command === 'alert_notification' || pdu.command === 'outbind') return undefined;
    return reply(pdu, 0x03);
  };

  session.on('error', (error: unknown) => end(errorCode(error)));
  session.on('close', () => end('closed'));
  session.on('pdu', take);
  // the library reads at 'readable' only; a FIN with nothing before it must still end the link
  session.socket.on('end', () => end('closed'));

  const ask: Link['ask'] = (command, fields, withinMs) =>
    new Promise((resolve) => {
      if (!open) return resolve({ kind: 'not-sent', code: 'closed' });
      let pdu: PDU;
      try {
        pdu = new smpp.PDU(command, fields);
        if (!session.send(pdu)) return resolve({ kind: 'not-sent', code: 'closed' });
      } catch {
        return resolve({ kind: 'not-sent', code: 'encode' });
      }
      const settle = (answer: Answer): void => {
        clearTimeout(timer);
        pending.delete(pdu.sequence_number);
        resolve(answer);
      };
      const timer = setTimeout(() => settle({ kind: 'no-answer', code: 'no-answer' }), withinMs);
      pending.set(pdu.sequence_number, settle);
    });

  const close = async (): Promise<void> => {
    await ask('unbind', {}, UNBIND_MS);
    end('closed-by-us');
  };

  return {
    ask,
    close,
    end,
    over,
    get open() {
      return open;
    },
  };
}

function watch(link: OwnLink, limits: SmppLimits): void {
  const look = async (): Promise<void> => {
    const answer = await link.ask('enquire_link', {}, limits.enquireAnswerMs);
    if (answer.kind === 'answer') timer = setTimeout(() => void look(), limits.enquireMs);
    else link.end('half-open');
  };
  let timer = setTimeout(() => void look(), limits.enquireMs);
  void link.over.then(() => clearTimeout(timer));
}

function passOn(pdu: PDU, onReceipt: (receipt: Receipt) => void): number {
  try {
    const receipt = readReceipt(pdu);
    if (receipt !== null) onReceipt(receipt);
    return 0;
  } catch {
    return RECEIPT_NOT_TAKEN;
  }
}

function openSocket(settings: SmppSettings): Socket {
  const { host, port, tls } = settings;
  if (tls === null) return connectTcp({ host, port, noDelay: true });
  const serverName = tls.serverName ?? (isIP(host) === 0 ? host : null);
  return connectTls({
    host,
    port,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(tls.ca === null ? {} : { ca: tls.ca }),
    ...(serverName === null ? {} : { servername: serverName }),
  });
}

function errorCode(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : null;
  return typeof code === 'string' && /^[A-Z0-9_]{2,40}$/u.test(code) ? code : 'garbage';
}

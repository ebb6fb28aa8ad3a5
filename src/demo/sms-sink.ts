// A real SMPP gateway on the loopback for the demo and the tests: it joins the parts, answers, and sends receipts.

import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

import smpp, { type PDU, type Session } from 'smpp';

/** One part of a text, as it was submitted. */
export interface SunkPart {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  /** 1 of 1 where the text is not split. */
  readonly part: number;
  readonly of: number;
}

/** A whole text. In the jsonl file `at` is an ISO instant. */
export interface SunkSms {
  readonly at: string | null;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  /** The id of every part, in order. */
  readonly ids: readonly string[];
}

/** `accept-drop` takes the part and breaks the line instead of answering; `silence` takes nothing and says nothing. */
type SmsReply = 'accept' | 'accept-drop' | 'drop' | 'silence' | { readonly status: number };

export interface SmsSinkOptions {
  /** 0 or absent: any free one. */
  readonly port?: number;
  /** Whole texts are appended here, one JSON object a line. */
  readonly file?: string;
  /** Speaks TLS with this certificate. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** What time it is for `at` and the receipts; absent: `at` is null. */
  readonly now?: () => Date;
  readonly onSms?: (sms: SunkSms) => void;
  readonly onPart?: (part: SunkPart, id: string) => void;
  /** For tests: the status a bind is answered with. Default 0. */
  readonly bind?: (systemId: string, password: string) => number;
  /** For tests: how a part is answered. Default: accept. */
  readonly respond?: (part: SunkPart) => SmsReply;
  /** For tests: the states of the receipts sent for an accepted part. Default: `['DELIVRD']`. */
  readonly receipts?: (part: SunkPart) => readonly string[];
  /** For tests: false leaves enquire_link without an answer, as a half-open line does. */
  readonly alive?: () => boolean;
}

export interface SmsSink {
  readonly port: number;
  /** `smpp://demo:demo@127.0.0.1:port`. */
  readonly url: string;
  /** Writes bytes as they are to every connection (for tests). */
  sendRaw(bytes: Buffer): void;
  /** Breaks every connection (for tests). */
  breakLines(): void;
  close(): Promise<void>;
}

const STATES: Readonly<Record<string, number>> = {
  DELIVRD: 2,
  EXPIRED: 3,
  DELETED: 4,
  UNDELIV: 5,
  ACCEPTD: 6,
  UNKNOWN: 7,
  REJECTD: 8,
};

/** Starts the gateway on 127.0.0.1. @throws the listen error when the port is taken. */
export async function startSmsSink(options: SmsSinkOptions = {}): Promise<SmsSink> {
  if (options.file !== undefined) mkdirSync(dirname(options.file), { recursive: true });
  const halves = new Map<string, { part: SunkPart; id: string }[]>();
  let lastId = 0;

  const keep = (part: SunkPart, key: string, id: string): void => {
    options.onPart?.(part, id);
    const parts = [...(halves.get(key) ?? []).filter((each) => each.part.part !== part.part), { part, id }];
    if (parts.length < part.of) return void halves.set(key, parts);
    halves.delete(key);
    parts.sort((a, b) => a.part.part - b.part.part);
    const sms: SunkSms = {
      at: options.now?.().toISOString() ?? null,
      from: part.from,
      to: part.to,
      text: parts.map((each) => each.part.text).join(''),
      ids: parts.map((each) => each.id),
    };
    if (options.file !== undefined) appendFileSync(options.file, `${JSON.stringify(sms)}\n`);
    return options.onSms?.(sms);
  };

  const submit = (session: Session, pdu: PDU): void => {
    const { part, key } = readPart(pdu);
    const reply = options.respond?.(part) ?? 'accept';
    if (reply === 'silence') return;
    if (reply === 'drop') return session.destroy();
    if (typeof reply === 'object') return void session.send(pdu.response({ command_status: reply.status }));
    lastId += 1;
    const id = `sink-${lastId}`;
    keep(part, key, id);
    if (reply === 'accept-drop') return session.destroy();
    session.send(pdu.response({ message_id: id }));
    if (((pdu.registered_delivery ?? 0) & 1) === 0) return;
    for (const state of options.receipts?.(part) ?? ['DELIVRD']) session.send(receipt(part, id, state, options.now?.() ?? null));
  };

  const server = smpp.createServer(options.tls ?? {}, (session) => {
    session.on('error', () => session.destroy());
    session.on('bind_transceiver', (pdu: PDU) => {
      const status = options.bind?.(pdu.system_id ?? '', pdu.password ?? '') ?? 0;
      session.send(pdu.response({ command_status: status, system_id: 'sink' }));
    });
    session.on('submit_sm', (pdu: PDU) => submit(session, pdu));
    session.on('enquire_link', (pdu: PDU) => {
      if (options.alive?.() ?? true) session.send(pdu.response());
    });
    session.on('unbind', (pdu: PDU) => {
      session.send(pdu.response());
      session.socket.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the SMS sink has no port');
  const breakLines = (): void => {
    for (const session of server.sessions) session.destroy();
  };
  return {
    port: address.port,
    url: `smpp://demo:demo@127.0.0.1:${address.port}`,
    sendRaw: (bytes) => {
      for (const session of server.sessions) session.socket.write(bytes);
    },
    breakLines,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        breakLines();
      }),
  };
}

function readPart(pdu: PDU): { part: SunkPart; key: string } {
  const from = pdu.source_addr ?? '';
  const to = pdu.destination_addr ?? '';
  const message = pdu.short_message?.message ?? '';
  const text = typeof message === 'string' ? message : message.toString('latin1');
  // information element 00: reference, number of parts, this part
  const join = pdu.short_message?.udh?.find((element) => element[0] === 0 && element.length === 5);
  if (join === undefined) return { part: { from, to, text, part: 1, of: 1 }, key: `${from} ${to} whole` };
  const [, , reference = 0, of = 1, part = 1] = join;
  return { part: { from, to, text, part, of }, key: `${from} ${to} ${reference} ${of}` };
}

function receipt(part: SunkPart, id: string, state: string, now: Date | null): PDU {
  const at = now === null ? '0001010000' : now.toISOString().replace(/\D/gu, '').slice(2, 12);
  const delivered = state === 'DELIVRD';
  return new smpp.PDU('deliver_sm', {
    esm_class: 0x04,
    source_addr: part.to,
    destination_addr: part.from,
    data_coding: 0,
    short_message: `id:${id} sub:001 dlvrd:${delivered ? '001' : '000'} submit date:${at} done date:${at} stat:${state} err:${delivered ? '000' : '027'} text:`,
    receipted_message_id: id,
    message_state: STATES[state] ?? 7,
  });
}

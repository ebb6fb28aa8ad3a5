// What the numbers and receipts of an SMPP gateway mean. Unknown status: failed, not retried, the number shown.

import type { PDU } from 'smpp';

import type { Outcome, Receipt } from '../domain/delivery.ts';

const THROTTLED_MS = 5_000;
const SYSTEM_ERROR = 0x08;

const BUSY = new Map([
  [0x14, 'the queue of the gateway is full'],
  [0x58, 'the gateway asks us to slow down'],
]);
const RETRY = new Map([[SYSTEM_ERROR, 'the gateway reports an error of its own']]);
const RECIPIENT = new Map([[0x0b, 'the gateway does not accept the number']]);
const CONTENT = new Map([[0x01, 'the gateway finds the text too long']]);
const CONFIG = new Map([
  [0x03, 'the gateway does not know the command'],
  [0x04, 'the gateway does not let us send in this state'],
  [0x0a, 'the gateway does not accept our source number'],
  [0x0d, 'the gateway refused the bind'],
  [0x0e, 'the gateway refused the password'],
  [0x0f, 'the gateway refused the system_id'],
]);
const BIND_REFUSED = new Set([0x0d, 0x0e, 0x0f]);

/** The outcome of a submit_sm that was answered with a status other than 0. */
export function judgeSubmit(status: number): Outcome {
  const code = statusCode(status);
  if (BUSY.has(status)) return { outcome: 'throttled', retryAfterMs: THROTTLED_MS, code };
  const retry = RETRY.get(status);
  if (retry !== undefined) return { outcome: 'retryable', code, message: retry };
  for (const [about, table] of [
    ['recipient', RECIPIENT],
    ['content', CONTENT],
    ['config', CONFIG],
  ] as const) {
    const message = table.get(status);
    if (message !== undefined) return { outcome: 'permanent', about, code, message };
  }
  return {
    outcome: 'permanent',
    about: 'content',
    code,
    message: 'the gateway refused the message',
  };
}

/** The outcome of a bind_transceiver that was answered with a status other than 0: nothing was sent. */
export function judgeBind(status: number): Outcome {
  const code = statusCode(status);
  if (BUSY.has(status)) return { outcome: 'throttled', retryAfterMs: THROTTLED_MS, code };
  if (BIND_REFUSED.has(status))
    return {
      outcome: 'permanent',
      about: 'config',
      code,
      message: CONFIG.get(status) ?? 'the gateway refused the bind',
    };
  return { outcome: 'retryable', code, message: 'the gateway does not let us in now' };
}

// 0x00000058, as SMPP documents print it
function statusCode(status: number): string {
  return `0x${status.toString(16).padStart(8, '0')}`;
}

const FINAL_WORDS: Readonly<Record<string, Receipt['state']>> = {
  DELIVRD: 'delivered',
  EXPIRED: 'expired',
  UNDELIV: 'failed',
  REJECTD: 'failed',
  DELETED: 'failed',
};
const STATE_WORDS = new Map([
  [2, 'DELIVRD'],
  [3, 'EXPIRED'],
  [4, 'DELETED'],
  [5, 'UNDELIV'],
  [8, 'REJECTD'],
]);
const RECEIPT_CLASS = 0x04;
const TYPE_BITS = 0x3c;

/** Reads the receipt a deliver_sm carries; null for a text from a phone and for states that are not final. */
export function readReceipt(pdu: PDU): Receipt | null {
  if (((pdu.esm_class ?? 0) & TYPE_BITS) !== RECEIPT_CLASS) return null;
  const text = bodyOf(pdu);
  const word = /\bstat:([A-Z]{1,10})/iu.exec(text)?.[1]?.toUpperCase() ?? STATE_WORDS.get(pdu.message_state ?? -1);
  const providerId = pdu.receipted_message_id ?? /\bid:([\x21-\x7e]{1,65})/u.exec(text)?.[1];
  const state = word === undefined ? undefined : FINAL_WORDS[word];
  if (providerId === undefined || word === undefined || state === undefined) return null;
  const error = /\berr:([\w:.-]{1,12})/u.exec(text)?.[1];
  // A receipt comes from the number that the text went to (SMPP 3.4, 2.11); some gateways put a number of their own there.
  const recipient = /^\+?(?:00)?(?:86)?(1[2-9]\d{9})$/u.exec(pdu.source_addr ?? '')?.[1];
  return {
    providerId: withoutNul(providerId),
    state,
    code: error === undefined ? word : `${word} ${error}`,
    ...(recipient === undefined ? {} : { recipient }),
  };
}

/** A message id as the gateway wrote it, or null where the answer carries none. */
export function messageIdOf(pdu: PDU): string | null {
  const id = withoutNul(pdu.message_id ?? '');
  return id === '' ? null : id;
}

function bodyOf(pdu: PDU): string {
  const body = pdu.short_message?.message;
  const payload = pdu.message_payload?.message;
  const chosen = body === undefined || body.length === 0 ? payload : body;
  if (chosen === undefined) return '';
  return typeof chosen === 'string' ? chosen : chosen.toString('latin1');
}

function withoutNul(text: string): string {
  return text.replace(/\0/gu, '');
}

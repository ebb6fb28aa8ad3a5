// The SMS channel over SMPP 3.4: one text to one number through one transceiver bind, renewed when it breaks.

import { randomInt } from 'node:crypto';
import { setMaxListeners } from 'node:events';

import type { Channel, ChannelHealth, OutgoingSms, Outcome, Receipt } from '../domain/delivery.ts';
import type { Gate, Provider } from '../domain/provider.ts';
import { countSegments } from '../domain/segments.ts';
import { CHANNEL_CLOSED, keepLine } from './smpp-line.ts';
import type { Answer, Link, SmppLimits } from './smpp-link.ts';
import { readSmppUrl, type SmppSettings } from './smpp-url.ts';
import { judgeSubmit, messageIdOf } from './smpp-words.ts';
import { openTurns, type Turns } from './turns.ts';

export interface SmppOptions {
  /** SMPP_URL, as smpp-url.ts describes it. */
  readonly url: string;
  /** What all processes share at this gateway; without it there is no rate. */
  readonly gate?: (provider: Provider) => Gate;
  readonly limits?: Partial<SmppLimits>;
}

const DEFAULTS: SmppLimits = {
  bindMs: 10_000,
  answerMs: 60_000,
  enquireMs: 30_000,
  enquireAnswerMs: 10_000,
  backoffMs: 1_000,
  backoffMostMs: 60_000,
};
// the header that joins parts counts them in one byte; a text of 255 parts is a mistake long before
const MOST_PARTS = 255;
const JOINED = 0x40;
const RECEIPT_WANTED = 0x01;

/**
 * Opens the channel; connects with the first message, then stays connected (receipts come on the same line).
 * `accepted.providerIds` holds the gateway's id of every part in order; a receipt comes for each.
 * A text of several parts of which only some were accepted ends as `unknown` (code `partial …`): sending it all again would
 * repeat parts. @throws Error when SMPP_URL or its caFile cannot be used.
 */
export function openSmpp(options: SmppOptions): Channel<OutgoingSms> {
  const settings = readSmppUrl(options.url);
  const limits = { ...DEFAULTS, ...options.limits };
  const listeners: ((receipt: Receipt) => void)[] = [];
  const line = keepLine(settings, limits, (receipt) => {
    for (const listener of listeners) listener(receipt);
  });
  const { host, port, tls, rate } = settings;
  const name = `${tls === null ? 'smpp' : 'smpps'}://${host}:${port}`;
  const gate = options.gate?.({ name, channel: 'sms', rate, connections: null }) ?? null;
  const window = openTurns(Array.from({ length: settings.window }, (_, place) => place));
  let underWay = 0;
  let reference = randomInt(256);
  let closing: Promise<void> | null = null;
  let allDone = (): void => {};

  const send: Channel<OutgoingSms>['send'] = async (message, signal, turn = signal, before = NOTHING_BEFORE) => {
    const number = dialled(message.to, settings);
    if (number === null)
      return {
        outcome: 'permanent',
        about: 'recipient',
        code: 'number',
        message: 'the number is not of the form +86…',
      };
    const { parts } = countSegments(message.text);
    if (message.text === '')
      return {
        outcome: 'permanent',
        about: 'content',
        code: 'empty',
        message: 'the text is empty',
      };
    if (parts.length > MOST_PARTS)
      return {
        outcome: 'permanent',
        about: 'content',
        code: 'too-long',
        message: 'the text is too long',
      };
    if (closing !== null) return CHANNEL_CLOSED;
    // one signal may well end many sends, and every part listens
    setMaxListeners(0, signal, turn);
    underWay += 1;
    try {
      reference = (reference + 1) % 256;
      return await sendParts(encode(parts, reference), number, signal, turn, before);
    } finally {
      underWay -= 1;
      if (underWay === 0) allDone();
    }
  };

  const sendParts = async (
    bodies: readonly Part[],
    number: string,
    signal: AbortSignal,
    turn: AbortSignal,
    before: Before,
  ): Promise<Outcome> => {
    const link = await unlessAborted(line.get(), turn);
    if (link === null) return NOT_BEGUN;
    if ('outcome' in link) return link;
    const submit = (part: Part, until = signal, first: Before = NOTHING_BEFORE): Promise<Outcome> =>
      submitPart(link, window, gate, fieldsOf(part, number, settings), limits, signal, until, first);
    // the first part goes alone: what refuses it (too fast, bad number) then refuses the text as a whole
    const [first, ...rest] = bodies;
    if (first === undefined) throw new RangeError('a text has at least one part');
    const head = await submit(first, turn, before);
    if (head.outcome !== 'accepted') return head;
    return join([head, ...(await Promise.all(rest.map((part) => submit(part))))]);
  };

  const close = async (): Promise<void> => {
    if (underWay > 0) await new Promise<void>((resolve) => (allDone = resolve));
    await line.close();
  };

  const check = async (): Promise<ChannelHealth> => {
    const link = await line.get();
    if ('outcome' in link)
      return {
        ok: false,
        detail: 'message' in link ? `${link.message} (${link.code})` : 'the gateway is too busy',
      };
    const answer = await link.ask('enquire_link', {}, limits.enquireAnswerMs);
    return answer.kind === 'answer'
      ? { ok: true, detail: 'the gateway has bound us and answers' }
      : { ok: false, detail: 'the gateway does not answer' };
  };

  return {
    name: 'sms',
    send,
    onReceipt: (listener) => void listeners.push(listener),
    check,
    close: () => (closing ??= close()),
  };
}

type Before = () => Promise<Outcome | null>;

const NOTHING_BEFORE: Before = () => Promise.resolve(null);

async function submitPart(
  link: Link,
  window: Turns<number>,
  gate: Gate | null,
  fields: Record<string, unknown>,
  limits: SmppLimits,
  signal: AbortSignal,
  turn: AbortSignal,
  before: Before,
): Promise<Outcome> {
  const place = await window.take(turn);
  if (place === null) return NOT_BEGUN;
  if (gate !== null && !(await gate.pass(turn))) {
    window.giveBack(place);
    return NOT_BEGUN;
  }
  const refusal = await before();
  if (refusal !== null || signal.aborted) {
    window.giveBack(place);
    return refusal ?? NOT_BEGUN;
  }
  // the place stays taken until the gateway has answered, also when the caller gives up waiting
  const asked = link.ask('submit_sm', fields, limits.answerMs).finally(() => window.giveBack(place));
  const answer = await unlessAborted(asked, signal);
  if (answer === null)
    return {
      outcome: 'unknown',
      code: 'aborted',
      message: 'given up while the gateway held the message',
    };
  const outcome = judgeAnswer(answer);
  if (outcome.outcome === 'throttled') gate?.tooFast();
  return outcome;
}

const NOT_BEGUN: Outcome = {
  outcome: 'retryable',
  code: 'aborted',
  message: 'given up before the gateway was asked',
  begun: false,
};

function judgeAnswer(answer: Answer): Outcome {
  if (answer.kind === 'not-sent') {
    return answer.code === 'encode'
      ? {
          outcome: 'permanent',
          about: 'content',
          code: 'encode',
          message: 'the text cannot be written as SMPP',
        }
      : {
          outcome: 'retryable',
          code: answer.code,
          message: 'the line to the gateway broke before the message',
        };
  }
  if (answer.kind === 'no-answer')
    return {
      outcome: 'unknown',
      code: answer.code,
      message: 'the gateway was handed the message and did not answer',
    };
  const { pdu } = answer;
  if (pdu.command_status !== 0) return judgeSubmit(pdu.command_status);
  const id = pdu.command === 'submit_sm_resp' ? messageIdOf(pdu) : null;
  if (id === null)
    return {
      outcome: 'unknown',
      code: 'no-id',
      message: 'the gateway answered without a message id',
    };
  return { outcome: 'accepted', providerIds: [id], response: 'ESME_ROK' };
}

function join(outcomes: readonly Outcome[]): Outcome {
  const failed = outcomes.find((each) => each.outcome !== 'accepted');
  if (failed === undefined) {
    const providerIds = outcomes.flatMap((each) => (each.outcome === 'accepted' ? each.providerIds : []));
    return { outcome: 'accepted', providerIds, response: 'ESME_ROK' };
  }
  if (failed.outcome === 'unknown' || failed.outcome === 'permanent') return failed;
  return {
    outcome: 'unknown',
    code: `partial ${failed.code}`,
    message: 'the gateway accepted only some parts of the text',
  };
}

interface Part {
  readonly body: Buffer;
  readonly joined: boolean;
}

function encode(parts: readonly string[], reference: number): Part[] {
  return parts.map((part, index) => {
    const text = Buffer.from(part, 'utf16le').swap16();
    if (parts.length === 1) return { body: text, joined: false };
    const header = Buffer.from([5, 0, 3, reference, parts.length, index + 1]);
    return { body: Buffer.concat([header, text]), joined: true };
  });
}

function fieldsOf(part: Part, number: string, settings: SmppSettings): Record<string, unknown> {
  return {
    source_addr: settings.source,
    source_addr_ton: settings.sourceTon,
    source_addr_npi: settings.sourceNpi,
    destination_addr: number,
    dest_addr_ton: settings.destTon,
    dest_addr_npi: settings.destNpi,
    esm_class: part.joined ? JOINED : 0,
    data_coding: settings.coding,
    registered_delivery: RECEIPT_WANTED,
    short_message: part.body,
  };
}

function dialled(to: string, settings: SmppSettings): string | null {
  if (!/^\+[1-9]\d{6,14}$/u.test(to)) return null;
  if (settings.number === 'plus') return to;
  return settings.number === 'national' ? to.replace(/^\+86/u, '').replace(/^\+/u, '00') : to.slice(1);
}

async function unlessAborted<Value>(value: Promise<Value>, signal: AbortSignal): Promise<Value | null> {
  if (signal.aborted) return null;
  let leave = (): void => {};
  const aborted = new Promise<null>((resolve) => {
    leave = () => resolve(null);
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([value, aborted]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

// A mail relay and an SMS gateway that do all that such servers do, and keep the contract of src/domain/delivery.ts.

import type { Channel, Channels, Outcome, OutgoingEmail, OutgoingSms, Receipt } from '../../src/domain/delivery.ts';
import type { Instant } from '../../src/domain/time.ts';
import type { Chaos, Fault } from './chaos.ts';
import type { Host } from './host.ts';
import type { Kernel } from './kernel.ts';
import type { Random } from './random.ts';
import { type Handover, rowOf, type Said, type Sink } from './sink.ts';

export interface FarSide {
  readonly kernel: Kernel;
  readonly chaos: Chaos;
  readonly latency: Random;
  readonly sink: Sink;
  /** Called when bytes begin to leave, and when they were accepted. */
  readonly onData: (host: Host, handover: Handover) => void;
  readonly onAccept: (handover: Handover) => void;
  readonly receipt: (receipt: Receipt) => void;
}

const SECOND = 1_000;

export function channelsOf(far: FarSide): (host: Host) => Channels {
  const ids = { next: 0 };
  return (host) => ({ email: mailOf(far, host), sms: smsOf(far, host, ids) });
}

function contract<Outgoing>(name: 'email' | 'sms', send: Channel<Outgoing>['send']): Channel<Outgoing> {
  return {
    name,
    send,
    onReceipt: () => undefined,
    check: () => Promise.resolve({ ok: true, detail: '' }),
    close: () => Promise.resolve(),
  };
}

interface Sending {
  readonly host: Host;
  readonly signal: AbortSignal;
  readonly askedAt: Instant;
  handed: Handover | null;
  ended: boolean;
  readonly end: (outcome: Outcome) => void;
}

function begin(far: FarSide, host: Host, signal: AbortSignal, resolve: (outcome: Outcome) => void): Sending {
  const sending: Sending = {
    host,
    signal,
    askedAt: far.kernel.now,
    handed: null,
    ended: false,
    end: (outcome) => {
      if (sending.ended) return;
      sending.ended = true;
      resolve(outcome);
    },
  };
  signal.addEventListener('abort', () => {
    if (sending.handed === null) sending.end(retryable('aborted'));
    else sending.end({ outcome: 'unknown', code: 'aborted', message: 'no answer after the whole message was handed over' });
  });
  return sending;
}

/** Bytes leave, unless the process dies or stalls before. */
function data(
  far: FarSide,
  sending: Sending,
  what: Omit<Handover, 'askedAt' | 'dataAt' | 'stalled' | 'acceptedAt' | 'heard' | 'settled' | 'declined' | 'doubted'>,
  then: (handover: Handover) => void,
): void {
  const { kernel, chaos } = far;
  const { host } = sending;
  const write = (stalled: boolean): void => {
    if (sending.ended) return;
    const handover: Handover = {
      ...what,
      askedAt: sending.askedAt,
      dataAt: kernel.now,
      stalled,
      acceptedAt: null,
      heard: false,
      settled: false,
      declined: false,
      doubted: false,
    };
    sending.handed = handover;
    far.sink.begin(handover);
    far.onData(host, handover);
    then(handover);
    if (chaos.strikes('kill at a send', kernel.now)) host.kill('amid a send');
  };
  host.later(far.latency.between(1, 40), `DATA ${what.identity} to ${what.to}`, () => {
    if (chaos.strikes('kill at a send', kernel.now)) return host.kill('before DATA');
    if (!chaos.strikes('pause at a send', kernel.now)) return write(sending.askedAt < host.resumesAt);
    host.pause(chaos.pauseLength(), 'before DATA');
    kernel.after(0, `DATA ${what.identity} to ${what.to}`, host, () => write(true));
  });
}

function accept(far: FarSide, handover: Handover, delay: number, then: () => void): void {
  far.kernel.after(delay, `accepted ${handover.identity}`, null, () => {
    far.sink.accept(handover, far.kernel.now);
    far.onAccept(handover);
    then();
  });
}

function mailOf(far: FarSide, host: Host): Channel<OutgoingEmail> {
  const { kernel, chaos, latency, sink } = far;
  const struck = (fault: Fault): boolean => chaos.strikes(fault, kernel.now);
  return contract('email', (mail, signal, turn) => {
    if (signal.aborted || turn?.aborted === true) return Promise.resolve({ ...retryable('aborted'), begun: false });
    return new Promise((resolve) => {
      const sending = begin(far, host, signal, resolve);
      const reply = (delay: number, label: string, outcome: Outcome): void =>
        host.later(delay, label, () => sending.end(outcome));
      if (chaos.relayIsAway(kernel.now)) {
        chaos.count('relay away');
        reply(latency.between(1, 30) * SECOND, 'no relay', { ...retryable('ECONNECTION'), unreachable: true });
        return;
      }
      if (struck('login refused')) {
        return reply(80, '535', { outcome: 'permanent', about: 'config', code: '535', message: 'the relay refuses our login' });
      }
      if (struck('mail times out before DATA')) return reply(300 * SECOND, 'no greeting', retryable('timeout'));
      const greeted = struck('mail slow') ? latency.between(1, 50) * SECOND : latency.between(1, 60);
      host.later(greeted, `RCPT ${mail.to.address}`, () => {
        if (sending.ended) return;
        if (struck('mail refused for now')) return reply(30, '450', retryable('450 4.7.1'));
        if (struck('mail refused for good')) {
          sink.refused.set(rowOf(mail.messageId), kernel.now);
          return reply(30, '550', { outcome: 'permanent', about: 'recipient', code: '550 5.1.1', message: 'no such user' });
        }
        const body = `${mail.subject}\n${mail.text}\n${mail.html}`;
        const what = {
          channel: 'email',
          message: rowOf(mail.messageId),
          identity: mail.messageId,
          to: mail.to.address,
          body,
          items: read(mail.text),
        } as const;
        data(far, sending, what, (handover) => {
          if (struck('mail refused after DATA')) {
            handover.declined = true;
            return reply(latency.between(5, 90), '451', retryable('451 4.3.0'));
          }
          if (struck('mail lost in DATA')) return reply(latency.between(1, 120) * SECOND, 'line broke', unknown('ECONNECTION'));
          const silent = struck('mail accepted, reply lost');
          accept(far, handover, latency.between(2, 200), () => {
            if (silent) return reply(latency.between(1, 600) * SECOND, 'line broke', unknown('ETIMEDOUT'));
            host.later(latency.between(1, 60), '250', () => {
              handover.heard = !sending.ended;
              sending.end({ outcome: 'accepted', providerIds: [], response: '250 queued' });
            });
          });
        });
      });
    });
  });
}

function smsOf(far: FarSide, host: Host, ids: { next: number }): Channel<OutgoingSms> {
  const { kernel, chaos, latency, sink } = far;
  const struck = (fault: Fault): boolean => chaos.strikes(fault, kernel.now);
  return contract('sms', async (sms, signal, turn, before) => {
    if (signal.aborted || turn?.aborted === true) return { ...retryable('aborted'), begun: false };
    const refusal = (await before?.()) ?? null;
    if (refusal !== null || signal.aborted) return refusal ?? { ...retryable('aborted'), begun: false };
    return new Promise((resolve) => {
      const sending = begin(far, host, signal, resolve);
      const reply = (delay: number, label: string, outcome: Outcome): void =>
        host.later(delay, label, () => sending.end(outcome));
      if (struck('SMS throttled'))
        return reply(20, 'ESME_RTHROTTLED', { outcome: 'throttled', retryAfterMs: 30 * SECOND, code: '0x58' });
      const what = {
        channel: 'sms',
        message: sms.deliveryId,
        identity: sms.deliveryId,
        to: sms.to,
        body: sms.text,
        items: read(sms.text),
      } as const;
      data(far, sending, what, (handover) => {
        if (struck('SMS refused for good')) {
          handover.declined = true;
          sink.refused.set(sms.deliveryId, kernel.now);
          return reply(50, 'ESME_RINVDSTADR', {
            outcome: 'permanent',
            about: 'recipient',
            code: '0x0b',
            message: 'no such number',
          });
        }
        if (struck('SMS lost')) return reply(30 * SECOND, 'no answer', unknown('no-answer'));
        const providerIds = Array.from({ length: latency.chance(0.3) ? 2 : 1 }, () => `part-${(ids.next += 1)}`);
        const silent = struck('SMS accepted, reply lost');
        accept(far, handover, latency.between(5, 300), () => {
          receipts(far, providerIds);
          if (silent) return reply(30 * SECOND, 'no answer', unknown('no-answer'));
          host.later(latency.between(1, 400), 'submit_sm_resp', () => {
            handover.heard = !sending.ended;
            sending.end({ outcome: 'accepted', providerIds, response: 'ESME_ROK' });
          });
        });
      });
    });
  });
}

/** Late, doubled, out of order, before the answer, or never. */
function receipts(far: FarSide, providerIds: readonly string[]): void {
  const { kernel, chaos, latency } = far;
  const struck = (fault: Fault): boolean => chaos.strikes(fault, kernel.now);
  for (const providerId of providerIds) {
    if (struck('receipt lost')) continue;
    const state = struck('receipt says failed') ? 'failed' : 'delivered';
    const first = struck('receipt early') ? 0 : latency.between(1, 3_600) * SECOND;
    const tell = (delay: number, receipt: Receipt): void =>
      kernel.after(delay, `receipt ${receipt.state} ${providerId}`, null, () => far.receipt(receipt));
    tell(first, { providerId, state, code: state === 'delivered' ? '' : 'UNDELIV' });
    // The second one may even say something else.
    if (struck('receipt doubled')) {
      const other = latency.chance(0.3) ? 'failed' : state;
      tell(first + latency.between(0, 86_400) * SECOND, {
        providerId,
        state: other,
        code: other === 'delivered' ? '' : 'UNDELIV',
      });
    }
  }
}

function retryable(code: string): Extract<Outcome, { outcome: 'retryable' }> {
  return { outcome: 'retryable', code, message: 'not now' };
}

function unknown(code: string): Outcome {
  return { outcome: 'unknown', code, message: 'no answer after the whole message was handed over' };
}

function read(text: string): readonly Said[] {
  return JSON.parse(text) as Said[];
}

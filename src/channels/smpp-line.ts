// The line to the gateway over time: one link after another, a new one when the last is over.

import type { Outcome, Receipt } from '../domain/delivery.ts';
import { isTrustError } from './certificate.ts';
import { bindLink, type Link, type SmppLimits } from './smpp-link.ts';
import type { SmppSettings } from './smpp-url.ts';
import { judgeBind } from './smpp-words.ts';

export const CHANNEL_CLOSED: Outcome = { outcome: 'retryable', code: 'closed', message: 'the SMS channel is closed' };

export interface Line {
  /**
   * The bound link, or why there is none. Just after a break callers wait for the first new try; while tries keep
   * failing the answer is immediate.
   */
  get(): Promise<Link | Outcome>;
  close(): Promise<void>;
}

const UNTRUSTED: Outcome = {
  outcome: 'permanent',
  about: 'config',
  code: 'tls-certificate',
  message: 'the certificate of the gateway was not accepted',
};

/** Keeps one bind to the gateway, renewed with backoff when it breaks. Connects when first asked. */
export function keepLine(settings: SmppSettings, limits: SmppLimits, onReceipt: (receipt: Receipt) => void): Line {
  let state: Promise<Link | Outcome> | null = null;
  let wait = limits.backoffMs;
  let closed = false;
  let wake = (): void => {};

  // a little noise, so that several workers do not come back in the same instant
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, wait * (0.75 + Math.random() / 2));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const connect = async (): Promise<Link | Outcome> => {
    if (closed) return CHANNEL_CLOSED;
    const binding = await bindLink(settings, limits, onReceipt);
    if (binding.kind === 'bound' && closed) {
      await binding.link.close();
      return CHANNEL_CLOSED;
    }
    if (binding.kind === 'bound') {
      wait = limits.backoffMs;
      void binding.link.over.then(() => (state = pause().then(connect)));
      return binding.link;
    }
    if (!closed) void rest();
    if (binding.kind === 'refused') return judgeBind(binding.status);
    if (isTrustError(binding.code)) return UNTRUSTED;
    return {
      outcome: 'retryable',
      code: binding.code,
      message: 'the gateway could not be reached',
    };
  };

  const rest = async (): Promise<void> => {
    await pause();
    wait = Math.min(wait * 2, limits.backoffMostMs);
    // until this try has failed too, callers are told of the failure before it
    const next = connect();
    await next;
    state = next;
  };

  return {
    get: () => (state ??= connect()),
    close: async () => {
      closed = true;
      wake();
      const link = await state;
      if (link !== null && !('outcome' in link)) await link.close();
      wake();
    },
  };
}

// The nine moments between a plan and its acknowledgement at which a process may die, as ports and writes of the real parts: nothing
// of it is in the product. A point that is armed ends the process with SIGKILL when it is passed for the n-th time.

import { Socket } from 'node:net';

import pg from 'pg';

import { FileJournal } from '../../src/journal.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';

/** A death at K7 or K8 leaves one mail in doubt; at the others what is claimed comes back with its lease, and nothing doubles. */
export const POINTS = {
  K1: 'planned, not committed',
  K2: 'committed, not enqueued',
  K3: 'enqueued',
  K4: 'dequeued',
  K5: 'claimed',
  K6: 'inside DATA, before the dot',
  K7: 'the dot is sent, no answer yet',
  K8: 'the relay said yes, the journal does not know it',
  K9: 'settled, the job not acknowledged',
} as const;

export type Point = keyof typeof POINTS;

/** How the last bytes of a mail look on the line, and of nothing else that we write to one. */
const ENDS = /(?:^|\n)\.\r\n$/u;
const DOT = '.\r\n';

/** The same ledger, in a process that dies at this point. */
export function armed(ledger: Ledger, point: Point, passes: number): Ledger {
  let passed = 0;
  const due = (here: Point): boolean => here === point && (passed += 1) >= passes;
  const die = (): void => void process.kill(process.pid, 'SIGKILL');
  const at = (here: Point): void => {
    if (due(here)) die();
  };
  let planned = false;
  let handedOver = false;
  const handing = async <T extends { readonly messages: readonly unknown[] }>(dispatched: Promise<T>): Promise<T> => {
    if (handedOver) at('K3');
    const answer = await dispatched;
    handedOver = answer.messages.length > 0;
    if (handedOver) at('K2');
    return answer;
  };
  wrap(pg.Client.prototype, 'query', (run, said) => {
    if (said[0] === 'COMMIT' && planned) at('K1');
    return run(said);
  });
  wrap(Socket.prototype, 'write', (run, said) => {
    const [bytes] = said;
    if (!Buffer.isBuffer(bytes) || !ENDS.test(bytes.subarray(-5).toString('latin1'))) return run(said);
    // Called when the kernel has it.
    if (due('K6')) return run([bytes.subarray(0, -DOT.length), die]);
    return due('K7') ? run([bytes, die]) : run(said);
  });
  wrap(FileJournal.prototype, 'accepted', (run, said) => {
    at('K8');
    return run(said);
  });
  return {
    ...ledger,
    sweep: async (now, limit, decide, directories) => {
      const deciding: typeof decide = (...of) => {
        planned = true;
        return decide(...of);
      };
      const swept = await ledger.sweep(now, limit, deciding, directories);
      planned = false;
      return swept;
    },
    dispatch: (now, limit) => handing(ledger.dispatch(now, limit)),
    refill: (channel, now, limit) => handing(ledger.refill(channel, now, limit)),
    claim: async (...asked) => {
      at('K4');
      const claimed = await ledger.claim(...asked);
      if (claimed.length > 0) at('K5');
      return claimed;
    },
    settle: async (settlements, now) => {
      const settled = await ledger.settle(settlements, now);
      if (settlements.some(({ status }) => status === 'sent')) at('K9');
      return settled;
    },
  };
}

/** Puts ourselves before a method of the real parts, in this process alone. */
function wrap(prototype: object, name: string, by: (run: (said: unknown[]) => unknown, said: unknown[]) => unknown): void {
  const method: unknown = Reflect.get(prototype, name);
  if (typeof method !== 'function') throw new TypeError(`there is no ${name} to wrap`);
  Reflect.set(prototype, name, function (this: unknown, ...said: unknown[]) {
    return by((words) => Reflect.apply(method, this, words), said);
  });
}

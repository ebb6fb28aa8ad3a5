// The delivery journals of one machine: what was accepted, on a disk that outlives its processes.

import type { Journal } from '../../jobs/context.ts';
import type { Accepted } from '../../src/domain/accepted.ts';
import type { Host } from './host.ts';

type Claim = Pick<Accepted, 'message' | 'fence'>;

export class Journals {
  /** By the process that wrote them. */
  readonly #entries = new Map<string, Map<string, Accepted>>();

  of(host: Host): Journal {
    const { worker } = host;
    const own = new Map<string, Accepted>();
    this.#entries.set(worker, own);
    return {
      ready: () => Promise.resolve(true),
      accepted: (entry) => host.call('journal', () => void own.set(keyOf(entry), entry), false),
      settled: (claims) => {
        for (const claim of claims) own.delete(keyOf(claim));
      },
      replay: async (settle) => {
        let count = 0;
        for (const [writer, entries] of this.#entries) {
          const unsettled = [...entries.values()];
          if (unsettled.length > 0) count += await settle(unsettled);
          for (const each of unsettled) entries.delete(keyOf(each));
          if (entries.size === 0 && writer !== worker) this.#entries.delete(writer);
        }
        return count;
      },
    };
  }
}

function keyOf({ message, fence }: Claim): string {
  return `${message} ${fence}`;
}

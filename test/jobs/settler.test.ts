import { describe, expect, it } from 'vitest';

import type { Context } from '../../jobs/context.ts';
import { Settler } from '../../jobs/settler.ts';
import type { Settlement } from '../../src/domain/message.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';

function accepted(id: string): Settlement {
  const said = {
    status: 'sent',
    providerIds: [],
    code: '',
    detail: '',
    retryAt: null,
    attempted: true,
    channelDown: false,
  } as const;
  return { id, fence: 1, ...said };
}

/** A ledger that notes what is settled together, and a moment that ends when it is told to. */
function openSettler(settle: (ids: readonly string[]) => void) {
  const moments: (() => void)[] = [];
  const ledger = {
    settle(settlements: readonly Settlement[]) {
      settle(settlements.map(({ id }) => id));
      return Promise.resolve(settlements.length);
    },
  } as unknown as Ledger;
  const wait = (): Promise<void> => new Promise((resolve) => moments.push(resolve));
  const journal = { settled: () => undefined } as unknown as Context['journal'];
  const timers = { wait, expiry: () => new AbortController().signal };
  return { settler: new Settler({ ledger, timers, journal, now: () => 0 }, () => true), moments };
}

describe('settlements', () => {
  it('of one moment are written together, those of the next by themselves', async () => {
    const written: (readonly string[])[] = [];
    let wrote = (): void => undefined;
    const { settler, moments } = openSettler((ids) => {
      written.push(ids);
      wrote();
    });
    const first = new Promise<void>((resolve) => (wrote = resolve));
    settler.add(accepted('a'));
    settler.add(accepted('b'));
    expect(written).toEqual([]);
    moments.shift()?.();
    await first;
    settler.add(accepted('c'));
    await settler.done();
    expect(written).toEqual([['a', 'b'], ['c']]);
  });

  it('do not wait for the moment to end when the chunk has, or when many are there', async () => {
    const written: (readonly string[])[] = [];
    const { settler } = openSettler((ids) => written.push(ids));
    const many = Array.from({ length: 25 }, (_, n) => `m${n}`);
    for (const id of many) settler.add(accepted(id));
    settler.add(accepted('last'));
    await settler.done();
    expect(written.flat()).toEqual([...many, 'last']);
  });
});

import { describe, expect, it } from 'vitest';

import { ClockGuard, isWitness } from '../src/app-clock-guard.ts';
import type { Hold, HoldReason } from '../src/ledger/hold.ts';

const HOUR = 3_600_000;
const MORNING = Date.parse('2022-08-31T01:00:00Z');

/** A host, its database and what they share; every clock is moved by hand. */
function cast({ witness, mark = null }: { witness: boolean; mark?: number | null }) {
  const at = { wall: MORNING, elapsed: 0, server: MORNING };
  const ledger = { mark, holds: [] as Hold[], said: [] as string[] };
  const guard = new ClockGuard({
    clock: { kind: 'wall', now: () => at.wall },
    elapsed: () => at.elapsed,
    witness,
    log: { error: () => undefined, info: () => undefined },
    ledger: {
      clocks: () => Promise.resolve({ mark: ledger.mark, server: at.server }),
      markTime: (to, how = 'grow') => {
        ledger.mark = how === 'reset' ? to : Math.max(ledger.mark ?? 0, to);
        return Promise.resolve();
      },
      hold: ({ office, reason, detail, by, at: openedAt }) => {
        ledger.said.push(detail);
        ledger.holds.push({ id: String(ledger.holds.length), office, reason, detail, openedAt, openedBy: by });
        return Promise.resolve();
      },
      release: ({ reason }) => {
        const before = ledger.holds.length;
        ledger.holds = ledger.holds.filter((each) => each.reason !== reason);
        return Promise.resolve(before - ledger.holds.length);
      },
      holds: () => Promise.resolve(ledger.holds),
    },
  });
  return {
    guard,
    at,
    ledger,
    /** So much time really goes by. */
    pass: (ms: number): void => {
      at.wall += ms;
      at.elapsed += ms;
      at.server += ms;
    },
    held: (): readonly HoldReason[] => ledger.holds.map(({ reason }) => reason),
    release: () => void (ledger.holds = []),
  };
}

describe('a clock that went back', () => {
  it('by an hour stands still until it has caught up, in the next process too', async () => {
    const { guard, at, ledger, pass, held } = cast({ witness: false });
    await guard.check();
    pass(HOUR);
    await guard.check();
    at.wall -= HOUR;
    expect(guard.now()).toBe(MORNING + HOUR);
    await guard.check();
    expect(held()).toEqual([]);
    const next = cast({ witness: false, mark: ledger.mark });
    await next.guard.check();
    expect(next.guard.now()).toBe(MORNING + HOUR);
    pass(2 * HOUR);
    expect(guard.now()).toBe(MORNING + 2 * HOUR);
  });

  it('by a year holds sending and says both times; a person who knows it to be right now lets it go on', async () => {
    const { guard, ledger, held, release } = cast({ witness: false, mark: MORNING + 365 * 24 * HOUR });
    await guard.check();
    expect(held()).toEqual(['clock']);
    expect(ledger.said[0]).toContain('2022-08-31T01:00Z比台账记下的2023-08-31T01:00Z早');
    expect(guard.now()).toBe(MORNING + 365 * 24 * HOUR);
    await guard.check();
    expect(ledger.said).toHaveLength(1);
    release();
    await guard.check();
    expect(held()).toEqual([]);
    expect(guard.now()).toBe(MORNING);
    expect(ledger.mark).toBe(MORNING);
  });
});

describe('a clock that leaps ahead', () => {
  it('moves nothing: time goes on from where it was, before anybody has compared clocks', async () => {
    const { guard, at, pass } = cast({ witness: true });
    await guard.check();
    pass(30_000);
    at.wall += 3 * HOUR;
    expect(guard.now()).toBe(MORNING + 30_000);
  });

  it('and is contradicted by the database holds sending; agreeing again ends the hold, and nothing was noted in between', async () => {
    const { guard, at, ledger, pass, held, release } = cast({ witness: true });
    await guard.check();
    at.wall += 24 * HOUR;
    pass(60_000);
    await guard.check();
    expect(held()).toEqual(['clock']);
    expect(guard.now()).toBe(MORNING + 60_000);
    expect(ledger.mark).toBe(MORNING);
    release();
    await guard.check();
    expect(held(), 'a person cannot overrule two clocks that disagree').toEqual(['clock']);
    at.wall -= 24 * HOUR;
    pass(60_000);
    await guard.check();
    expect(held()).toEqual([]);
    expect(guard.now()).toBe(MORNING + 120_000);
  });

  it('where the database tells the same time holds sending until a person says that it is right', async () => {
    const { guard, at, ledger, held, release } = cast({ witness: false });
    await guard.check();
    at.wall += 24 * HOUR;
    at.server += 24 * HOUR;
    await guard.check();
    expect(held()).toEqual(['clock']);
    expect(ledger.said[0]).toContain('一下子走到2022-09-01T01:00Z');
    expect(guard.now()).toBe(MORNING);
    release();
    await guard.check();
    expect(guard.now()).toBe(MORNING + 24 * HOUR);
    expect(held()).toEqual([]);
  });

  it('at the start, against the database’s, holds sending and goes by the earlier of the two', async () => {
    const { guard, at, held } = cast({ witness: true });
    at.wall += 365 * 24 * HOUR;
    await guard.check();
    expect(held()).toEqual(['clock']);
    expect(guard.now()).toBe(MORNING);
  });
});

describe('a machine that slept for days', () => {
  it('is believed where the database went on without it', async () => {
    const { guard, at, held } = cast({ witness: true });
    await guard.check();
    at.wall += 72 * HOUR;
    at.server += 72 * HOUR;
    await guard.check();
    expect(held()).toEqual([]);
    expect(guard.now()).toBe(MORNING + 72 * HOUR);
  });

  it('is believed where the time since boot went on too', async () => {
    const { guard, pass, held } = cast({ witness: false });
    await guard.check();
    pass(72 * HOUR);
    expect(guard.now()).toBe(MORNING + 72 * HOUR);
    await guard.check();
    expect(held()).toEqual([]);
  });
});

describe('a start after a long silence', () => {
  const DAY = 24 * HOUR;

  it('of up to a fortnight is believed: holidays are as long', async () => {
    const { guard, held } = cast({ witness: false, mark: MORNING - 14 * DAY });
    await guard.check();
    expect(held()).toEqual([]);
    expect(guard.now()).toBe(MORNING);
  });

  it('of more is held, by the time that was last noted, until a person says that the clock is right', async () => {
    const { guard, ledger, pass, held, release } = cast({ witness: false, mark: MORNING - 30 * DAY });
    await guard.check();
    expect(held()).toEqual(['clock']);
    expect(ledger.said[0]).toBe(
      '本机时钟2022-08-31T01:00Z比台账最后记下的2022-08-01T01:00Z晚30天：系统若真停了这么久，直接恢复发送即可；否则请先校准时钟',
    );
    expect(guard.now()).toBe(MORNING - 30 * DAY);
    pass(HOUR);
    await guard.check();
    expect(guard.now()).toBe(MORNING - 30 * DAY + HOUR);
    release();
    await guard.check();
    expect(held()).toEqual([]);
    expect(guard.now()).toBe(MORNING + HOUR);
  });

  it('ends by itself when the clock is put right', async () => {
    const { guard, at, pass, held } = cast({ witness: false, mark: MORNING - 30 * DAY });
    await guard.check();
    at.wall -= 30 * DAY;
    at.server -= 30 * DAY;
    pass(60_000);
    await guard.check();
    expect(held()).toEqual([]);
    expect(guard.now()).toBe(MORNING - 30 * DAY + 60_000);
  });

  it('is believed where a database on another host says the same', async () => {
    const { guard, held } = cast({ witness: true, mark: MORNING - 30 * DAY });
    await guard.check();
    expect(held()).toEqual([]);
  });
});

it('a database on this host is no witness', () => {
  const urls = [
    'postgres://a@127.0.0.1:5432/b',
    'postgres://localhost/b',
    'postgres:///b',
    'postgres://[::1]/b',
    'postgres://a@db.example/b',
  ];
  expect(urls.map(isWitness)).toEqual([false, false, false, false, true]);
});

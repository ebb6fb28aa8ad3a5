import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { inChunks, inTurn, type Turn, type Waiting } from '../../src/domain/handing-out.ts';

const NINE = 1_000_000;

function of(office: string, count: number, owedAt = NINE): readonly Waiting[] {
  return Array.from({ length: count }, (_, n) => ({ id: `${office}-${String(n).padStart(5, '0')}`, office, owedAt }));
}

const turn: Turn = { room: 4_000, first: 50, onTheWay: new Map(), urgent: false };

describe('which messages leave next', () => {
  it('puts the ten of 万荣县 into the first chunks although 芮城县 has ten thousand', () => {
    const placed = inTurn([...of('ruicheng', 10_000), ...of('wanrong', 10)], turn);
    expect(placed).toHaveLength(4_000);
    const last = placed.findLastIndex(({ office }) => office === 'wanrong');
    expect(last).toBe(19);
    expect(inChunks(placed, 50)[0]?.filter(({ office }) => office === 'wanrong')).toHaveLength(10);
  });

  it('lets ten that come later pass the thousands that wait in the queue already', () => {
    const late = inTurn([...of('ruicheng', 5_000), ...of('wanrong', 10, NINE + 1)], {
      ...turn,
      room: 0,
      onTheWay: new Map([['ruicheng', 4_000]]),
    });
    expect(late.map(({ office, priority }) => `${office} ${priority}`)).toEqual(Array.from({ length: 10 }, () => 'wanrong 2'));
  });

  it('keeps urgent ones, first ones and the rest in jobs of their own', () => {
    const placed = [...inTurn(of('ruicheng', 3), { ...turn, urgent: true }), ...inTurn(of('ruicheng', 120), turn)];
    const chunks = inChunks(placed, 50);
    expect(chunks.map((chunk) => [chunk.length, chunk[0]?.priority])).toEqual([
      [3, 1],
      [50, 2],
      [50, 3],
      [20, 3],
    ]);
  });

  const messages = fc
    .array(fc.record({ office: fc.constantFrom('a', 'b', 'c', 'd'), owedAt: fc.integer({ min: 0, max: 5 }) }), { maxLength: 200 })
    .map((all) => all.map((each, n) => ({ ...each, id: String(n).padStart(4, '0') })));
  const turns = fc.record({
    room: fc.nat(100),
    first: fc.nat(10),
    onTheWay: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(20)).map((counts) => new Map(Object.entries(counts))),
    urgent: fc.boolean(),
  });

  it('never lets an office with more on the way go before one with less, nor the younger before the older', () => {
    fc.assert(
      fc.property(messages, turns, (waiting, rules) => {
        const placed = inTurn(waiting, rules);
        const taken = new Map(rules.onTheWay);
        const left = new Map(['a', 'b', 'c', 'd'].map((office) => [office, waiting.filter((each) => each.office === office)]));
        for (const { id, office, owedAt } of placed) {
          const own = left.get(office) ?? [];
          // nobody of the same office waits longer
          expect(own.every((other) => other.owedAt > owedAt || (other.owedAt === owedAt && other.id >= id))).toBe(true);
          left.set(
            office,
            own.filter((other) => other.id !== id),
          );
          // no office that still has somebody waiting has had fewer turns
          for (const [other, rest] of left) {
            if (rest.length > 0) expect(taken.get(other) ?? 0).toBeGreaterThanOrEqual(taken.get(office) ?? 0);
          }
          taken.set(office, (taken.get(office) ?? 0) + 1);
        }
        // who stays behind found no room, and was none of the first
        if (placed.length < waiting.length) expect(placed.length).toBeGreaterThanOrEqual(rules.room);
        for (const [office, rest] of left)
          if (rest.length > 0) expect(taken.get(office) ?? 0).toBeGreaterThanOrEqual(rules.first);
      }),
    );
  });

  it('loses nobody in chunks, keeps the order and never mixes priorities', () => {
    fc.assert(
      fc.property(messages, turns, fc.integer({ min: 1, max: 7 }), (waiting, rules, size) => {
        const placed = inTurn(waiting, rules);
        const chunks = inChunks(placed, size);
        expect(chunks.flat()).toEqual(placed);
        for (const chunk of chunks) {
          expect(chunk.length).toBeLessThanOrEqual(size);
          expect(new Set(chunk.map(({ priority }) => priority)).size).toBe(1);
        }
      }),
    );
  });
});

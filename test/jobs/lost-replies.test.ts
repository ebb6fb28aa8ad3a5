// What the ledger did and could not say, and letters that cannot be written: nothing is lost, nothing sent twice, nobody else held up.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Context } from '../../jobs/context.ts';
import { deliver } from '../../jobs/deliver.ts';
import { handOverAgain } from '../../jobs/hand-over.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { at, directory, duty, openWork, schedule, task, unit, type Work } from './cast.ts';

let work: Work;
const morning = at('2022-08-01');
const bureaus = ['edu', 'fin', 'water'].map((id) => unit(id, `县${id}局`, ['联络员']));
const signal = new AbortController().signal;

beforeEach(async () => {
  work = await openWork('jobs_replies');
  await work.confirm(
    bureaus.map(({ id }) => duty('a', id, '2022-12-30')),
    morning,
    { schedule: schedule([task('a')]), directory: { ...directory, units: [...directory.units.slice(0, 1), ...bureaus] } },
  );
});

afterEach(async () => {
  await work.close();
});

const ids = async (): Promise<string[]> =>
  (await work.rows('SELECT id FROM cuiban.message ORDER BY id')).map(({ id }) => String(id));

/** The verb is carried out once, and its answer is lost. */
function losing(verb: 'claim' | 'freeze' | 'settle'): Context {
  let lost = false;
  const once = async <T>(done: Promise<T>): Promise<T> => {
    const answer = await done;
    if (lost) return answer;
    lost = true;
    throw new Error('Connection terminated unexpectedly');
  };
  const { ledger } = work;
  const losers: Pick<Ledger, 'claim' | 'freeze' | 'settle'> = {
    claim: (...of) => once(ledger.claim(...of)),
    freeze: (...of) => once(ledger.freeze(...of)),
    settle: (...of) => once(ledger.settle(...of)),
  };
  return { ...work.context, leaseMs: 5_000, ledger: { ...ledger, [verb]: losers[verb] } };
}

describe('an answer of the ledger that is lost on the way', () => {
  it.each(['claim', 'freeze'] as const)('to a %s: the lease ends it, and each mail goes out once', async (verb) => {
    await work.sweep(morning);
    work.forget();
    await expect(deliver.run(losing(verb), { ids: await ids() }, signal)).rejects.toThrow('Connection terminated');
    expect(work.mails).toEqual([]);
    await work.ledger.releaseWorker('w1', morning);
    await work.tick(morning);
    expect(work.mails.map(({ to }) => to).toSorted()).toEqual(bureaus.map(({ id }) => `${id}.0.1@ruicheng.example`));
    expect((await work.ledger.status(morning)).messages).toEqual({ sent: 3 });
  });

  it('to a settlement: it is asked again, and nothing goes out twice', async () => {
    await work.sweep(morning);
    work.forget();
    await deliver.run(losing('settle'), { ids: await ids() }, signal);
    await work.tick(morning);
    expect(work.mails).toHaveLength(3);
    expect(await work.rows("SELECT 1 FROM cuiban.attempt WHERE status = 'sent'")).toHaveLength(3);
    expect((await work.ledger.status(morning)).resends).toBe(0);
  });

  it('to a hand-over: the queue is given what it never had', async () => {
    await work.sweep(morning);
    work.forget();
    expect(await handOverAgain(work.context, 0)).toBe(3);
    await work.deliver(morning);
    expect(work.mails).toHaveLength(3);
  });
});

describe('a letter that cannot be written', () => {
  it.each(['throws', 'has a NUL in it'])(
    'because its template %s is tried three times and put to the coordinator; the others go out at once',
    async (how) => {
      const { render } = work.context.config();
      work.configure({
        render: (message, now) => {
          const rendered = render(message, now);
          if (!message.address.startsWith('fin')) return rendered;
          if (how === 'throws') throw new RangeError('no such letter');
          return { ...rendered, text: `${rendered.text}\0` };
        },
      });
      await work.tick(morning);
      expect(work.mails).toHaveLength(2);
      for (const time of ['09:10', '09:20', '09:30']) await work.tick(at('2022-08-01', time));
      const { messages, problems } = await work.ledger.status(morning);
      expect(messages).toEqual({ sent: 2, 'permanent-failure': 1 });
      expect(problems).toMatchObject([{ kind: 'undeliverable', detail: expect.stringContaining('RENDER') as string }]);
      expect(await work.rows("SELECT attempts FROM cuiban.message WHERE code = 'RENDER'")).toEqual([{ attempts: 3 }]);
    },
  );

  it('and is mended in time goes out after all', async () => {
    const { render } = work.context.config();
    work.configure({
      render: () => {
        throw new RangeError('no such letter');
      },
    });
    await work.tick(morning);
    expect(work.mails).toEqual([]);
    work.configure({ render });
    await work.tick(at('2022-08-01', '09:10'));
    expect(work.mails).toHaveLength(3);
  });
});

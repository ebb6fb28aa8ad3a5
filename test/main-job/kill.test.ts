// kill -9 of the demo's worker in mid-year: nothing is lost, and nothing is doubled but what was in flight.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { cuiban, folder, killAll, processesIn, start, until } from './cuiban.ts';
import { askLedger, countBy, identities, letters, type Played, played, texts } from './played.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });

const ARGS = ['demo', '--json', '--speed', '100000', '--from', '2022-08-15', '--to', '2022-09-26'];
/** Two in the first burst of mails, two in the last. */
const KILLS_A_BURST = 2;
const BURST = 30;

let calm: Awaited<ReturnType<typeof folder>>;
let stormy: Awaited<ReturnType<typeof folder>>;

beforeAll(async () => {
  calm = await folder();
  stormy = await folder();
});

afterAll(async () => {
  await killAll();
  await calm.remove();
  await stormy.remove();
});

/** Numbers below `sides` from a fixed seed. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** After how many mails each kill is to come: at random within the days that have many. */
function moments({ days }: Played): readonly number[] {
  const draw = dice(20_221);
  const chosen: number[] = [];
  let before = 0;
  const bursts: { readonly from: number; readonly mails: number }[] = [];
  for (const { messages } of days) {
    const mails = messages.filter(({ channel }) => channel === 'email').length;
    if (mails >= BURST) bursts.push({ from: before, mails });
    before += mails;
  }
  for (const { from, mails } of [bursts[0], bursts.at(-1)].filter((burst) => burst !== undefined)) {
    const part = Math.floor(mails / KILLS_A_BURST);
    for (let kill = 0; kill < KILLS_A_BURST; kill += 1) chosen.push(from + kill * part + 1 + draw(part - 1));
  }
  return chosen;
}

async function mailsIn(data: string): Promise<number> {
  const names = await readdir(join(data, 'demo', 'mail'), { recursive: true }).catch(() => []);
  return names.filter((name) => name.endsWith('.eml')).length;
}

describe('a demo whose worker is killed with -9 while mails go out', () => {
  it('loses nothing and doubles nothing but what was in flight, under the same Message-ID', async () => {
    const undisturbed = played(await cuiban(ARGS, { CUIBAN_DATA: calm.path }));
    expect(undisturbed.end?.tally).toMatchObject({ agrees: true, doubles: 0 });

    const demo = start(ARGS, { CUIBAN_DATA: stormy.path });
    const killed: number[] = [];
    for (const moment of moments(undisturbed)) {
      const worker = await demo.line('a worker', (line) => {
        if (!line.includes('"event":"started"')) return false;
        return !killed.includes((JSON.parse(line) as { pid: number }).pid);
      });
      const { pid } = JSON.parse(worker) as { pid: number };
      // Copies count as well, so a kill may come a little early; it is as good a moment.
      await until(`mail ${moment}`, async () => ((await mailsIn(stormy.path)) >= moment ? true : null));
      process.kill(pid, 'SIGKILL');
      killed.push(pid);
    }
    const ended = await demo.ended;
    expect(ended.code, ended.err).toBe(0);
    const disturbed = played(ended);
    expect(disturbed.workers.filter(({ event }) => event === 'killed').map(({ pid }) => pid)).toEqual(killed);
    expect(killed.length).toBeGreaterThanOrEqual(3);
    expect(disturbed.end?.tally).toMatchObject({ missing: [], strange: [], disagreeing: [], agrees: true });

    // What every person was told, about which tasks and at which stage, is what it would have been.
    expect(identities(disturbed.messages)).toEqual(identities(undisturbed.messages));
    const sms = (all: Awaited<ReturnType<typeof texts>>): string[] => all.map(({ to, text }) => `${to} ${text}`).toSorted();
    expect(sms(await texts(stormy.path))).toEqual(sms(await texts(calm.path)));

    const mails = await letters(stormy.path);
    const copies = countBy(mails, ({ messageId }) => messageId);
    const doubled = [...copies].filter(([, count]) => count > 1);
    const doubles = mails.length - copies.size;
    // One claim that ended without an outcome is one send that may have been in flight.
    const inFlight = await askLedger<{ message: string; claims: number }>(
      stormy.path,
      `SELECT message_id AS message, count(*)::int AS claims FROM cuiban.attempt WHERE code = 'LEASE' GROUP BY 1`,
    );
    const claims = new Map(inFlight.map(({ message, claims: count }) => [message, count]));
    const open = inFlight.reduce((sum, { claims: count }) => sum + count, 0);
    console.info(`${killed.length} kills: ${open} messages were with a killed worker, ${doubles} mails arrived twice`);
    expect(open).toBeGreaterThan(0);
    expect(doubles).toBe(disturbed.end?.tally.doubles);
    for (const [messageId, count] of doubled) {
      expect(count - 1, messageId).toBeLessThanOrEqual(claims.get(messageId.slice(1, 37)) ?? 0);
      const same = mails.filter((each) => each.messageId === messageId);
      expect(new Set(same.map(({ to, subject, text }) => JSON.stringify([to, subject, text]))).size, messageId).toBe(1);
    }
    expect(await processesIn(stormy.path)).toEqual([]);
  });
});

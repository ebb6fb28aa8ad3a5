// Rungs go one per working day, lowest first, whatever kept them waiting.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { answer, at, duty, openWork, type Work } from './cast.ts';

const edu = { schedule: 'ruicheng-2022', ref: 'a', unit: 'edu', due: null } as const;

let work: Work;

beforeEach(async () => {
  work = await openWork('jobs_rungs');
});

afterEach(async () => {
  await work.close();
});

/** `1 2022-09-01 主要负责人` for every rung that somebody was told of, as the ledger has it; copies left out. */
async function climbed(): Promise<readonly string[]> {
  const rows = await work.rows(
    `SELECT DISTINCT rung, (sent_at AT TIME ZONE 'Asia/Shanghai')::date::text AS day, post FROM cuiban.reminder
      WHERE state = 'sent' AND rung > 0 AND NOT copy ORDER BY day, rung`,
  );
  return rows.map(({ rung, day, post }) => `${String(rung)} ${String(day)} ${String(post)}`);
}

async function overdue(due: string): Promise<void> {
  await work.confirm([duty('a', 'edu', due)], at('2022-08-01'));
  await work.tick(at('2022-08-01'));
}

const away = { code: 530, text: '5.7.0 authentication required' } as const;

describe('a relay that is away while the ladder climbs', () => {
  it('keeps all rungs waiting; then they go one per working day, and the head hears first', async () => {
    await overdue('2022-08-31');
    work.answers(away);
    for (const day of ['2022-09-01', '2022-09-02', '2022-09-05', '2022-09-06', '2022-09-09', '2022-09-14'])
      await work.tick(at(day));
    expect(await climbed()).toEqual([]);
    work.answers('accept');
    await work.live('2022-09-15', '2022-09-20');
    expect(await climbed()).toEqual(['1 2022-09-15 主要负责人', '2 2022-09-16 督办', '3 2022-09-19 分管领导']);
  });

  it('and comes back on a holiday: nothing is sent then, and each working day after it has one rung', async () => {
    await overdue('2022-09-23');
    work.answers(away);
    for (const day of ['2022-09-26', '2022-09-28', '2022-09-30']) await work.tick(at(day));
    work.answers('accept');
    // The configuration changes on the holiday, so that everything is looked at again in the middle of it.
    work.configure({ version: 'another' });
    await work.live('2022-10-05', '2022-10-05');
    await work.live('2022-10-08', '2022-10-11');
    expect(await climbed()).toEqual(['1 2022-10-08 主要负责人', '2 2022-10-09 督办', '3 2022-10-10 分管领导']);
  });

  it('climbs no further on the day of a rung, however often the duty is looked at', async () => {
    await overdue('2022-08-31');
    await work.tick(at('2022-09-08'));
    for (const [n, time] of ['09:01', '11:00', '16:00'].entries()) {
      work.configure({ version: `v${n}` });
      await work.tick(at('2022-09-08', time));
    }
    expect(await climbed()).toEqual(['1 2022-09-08 主要负责人']);
  });
});

describe('a claim', () => {
  it('leaves out a rung whose turn it is not, and it is said on a later day', async () => {
    await overdue('2022-08-31');
    await work.tick(at('2022-09-01', '08:00'));
    await work.sweep(at('2022-09-01'));
    work.forget();
    // As an older version, or a restored ledger, may have left it: both are planned, and wait.
    await work.database.query(
      "UPDATE cuiban.assignment SET planned_through = '2022-09-05T00:00Z', next_at = '2022-09-06T01:00Z'",
    );
    await work.database.query(
      `WITH copied AS (
         INSERT INTO cuiban.message (office_id, channel, address, to_unit, to_post, to_name, day, slot, owed_at, created_at)
         VALUES ('ruicheng', 'email', 'office.1.1@ruicheng.example', 'office', '督办', '督办', '2022-09-01', 0, '2022-09-01T01:00Z', '2022-09-01T01:00Z')
         RETURNING id)
       INSERT INTO cuiban.reminder (office_id, assignment_id, sequence, stage, occurrence, contact, channel, letter, rung, unit_id, post, copy, address, name, at, reason, message_id)
       SELECT 'ruicheng', a.id, 0, 'o+3', 'once', 'office/1/1', 'email', 'urge', 2, 'office', '督办', false, 'office.1.1@ruicheng.example', '县政府办公室督办', '2022-09-05T01:00Z', '', copied.id
         FROM cuiban.assignment a, copied`,
    );
    await work.reconcile(at('2022-09-06', '09:30'));
    await work.ledger.reconcile(at('2022-09-06', '09:30'), 0);
    await work.live('2022-09-06', '2022-09-07');
    expect(await climbed()).toEqual(['1 2022-09-06 主要负责人', '2 2022-09-07 督办']);
    const held = await work.ledger.held(0, at('2022-12-31'));
    expect(held.filter(({ reason }) => reason === 'rung-order')).toMatchObject([{ stage: 'o+3' }]);
  });
});

describe('a duty that was closed while its first rung was due', () => {
  it('climbs from the first rung when it is reopened', async () => {
    await overdue('2022-08-31');
    await work.ledger.complete(edu, { ...answer(at('2022-08-31', '17:00')), evidence: null });
    await work.ledger.reopen(edu, answer(at('2022-09-02', '10:00')));
    await work.live('2022-09-02', '2022-09-06');
    expect(await climbed()).toEqual(['1 2022-09-02 主要负责人', '2 2022-09-05 督办']);
  });
});

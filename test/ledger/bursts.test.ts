// More than an office ever has reason to send is held before any of it leaves.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Office } from '../../src/domain/office.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { at, claimAll, confirmation, directory, duty, office, open, schedule, sendAll, task, tell, unit } from './cast.ts';

let database: TestDatabase;
let ledger: Ledger;

beforeEach(async () => {
  database = await testDatabase('ledger_bursts');
});

afterEach(async () => {
  await ledger.close();
  await database.drop();
});

const UNITS = Array.from({ length: 60 }, (_, n) => unit(`u${n}`, `单位${n}`));

/** Sixty units with one duty each, confirmed on 1 August; what that itself says is out. */
async function county(configured: Office = office, units = UNITS): Promise<void> {
  ledger = await open(database.url, { office: configured });
  await ledger.migrate();
  await ledger.confirm(
    confirmation(
      units.map(({ id }) => duty('a', id, '2022-08-31')),
      { schedule: schedule([task('a')]), directory: { ...directory, units: [...directory.units, ...units] } },
    ),
  );
}

const reasons = async (): Promise<readonly string[]> => (await ledger.holds()).map(({ reason, office: of }) => `${of} ${reason}`);

describe('a morning on which every unit hears something', () => {
  it('passes, and so does what a person has just confirmed', async () => {
    await county();
    const told = at('2022-08-01');
    await ledger.sweep(told, 1_000, tell('assigned', told));
    expect(await sendAll(ledger, told)).toHaveLength(60);
    await look('2022-08-22');
    expect(await sendAll(ledger, at('2022-08-22'))).toHaveLength(60);
    expect(await reasons()).toEqual([]);
  });
});

/** Everything is looked at again, and each unit told something. */
async function look(day: string): Promise<void> {
  await database.query('UPDATE cuiban.assignment SET next_at = $1', [new Date(at(day))]);
  await ledger.sweep(at(day), 1_000, tell(`d ${day}`, at(day)));
}

describe('more messages in an hour than the office foresees', () => {
  it('are held as a whole, with figures, and none is lost: released they go out, that day and the next', async () => {
    await county({ ...office, burst: 50 });
    await look('2022-08-22');
    expect(await claimAll(ledger, at('2022-08-22'))).toEqual([]);
    const [hold] = await ledger.holds();
    expect(hold).toMatchObject({ office: 'ruicheng', reason: 'burst' });
    expect(hold?.detail).toBe(
      '一小时内将发出 60 条，超过上限 50 条（office.yaml 的 burst）。尚未发出的都已保留，请核对后恢复发送',
    );
    await ledger.release({ office: 'ruicheng', reason: 'burst', by: '王芳', at: at('2022-08-22', '10:00') });
    expect(await sendAll(ledger, at('2022-08-22', '10:00'))).toHaveLength(60);
    await look('2022-08-24');
    expect(await sendAll(ledger, at('2022-08-24'))).toEqual([]);
    expect(await reasons()).toEqual(['ruicheng burst']);
  });

  it('are counted over the hour, not one hand-over at a time', async () => {
    await county({ ...office, burst: 100 });
    await look('2022-08-22');
    expect(await sendAll(ledger, at('2022-08-22'))).toHaveLength(60);
    // A mistake: everybody has another address since, and is told again.
    const moved = UNITS.map(({ contacts, ...rest }) => ({
      ...rest,
      contacts: contacts.map((each) => ({ ...each, email: `new.${each.email}` })),
    }));
    await ledger.updateDirectory(
      { ...office, burst: 100 },
      { ...directory, units: [...directory.units, ...moved] },
      at('2022-08-22', '09:10'),
    );
    await database.query('UPDATE cuiban.assignment SET next_at = $1', [new Date(at('2022-08-22', '09:10'))]);
    await ledger.sweep(at('2022-08-22', '09:20'), 1_000, (each) =>
      tell('again', at('2022-08-22', '09:20'), { address: `new.${each.unit}.liaison.1@ruicheng.example` })(each),
    );
    expect(await sendAll(ledger, at('2022-08-22', '09:20'))).toEqual([]);
    expect((await ledger.holds())[0]?.detail).toContain('将发出 120 条，超过上限 100 条');
  });

  it('but following from what a person has confirmed this hour are what they asked for', async () => {
    await county({ ...office, burst: 10 });
    const told = at('2022-08-01', '09:30');
    await ledger.sweep(told, 1_000, tell('assigned', told));
    expect(await sendAll(ledger, told)).toHaveLength(60);
    expect(await reasons()).toEqual([]);
  });

  it('as the directory has addresses: a duty per person and day that the caps would never give', async () => {
    await county({ ...office, caps: { email: 20, sms: 1 } }, UNITS.slice(0, 20));
    // A mistake: three messages each, beyond the addresses of four bureaus and twenty units with one shared mobile.
    await look('2022-08-22');
    await database.query(
      `INSERT INTO cuiban.message (office_id, channel, address, to_unit, to_post, to_name, day, slot, owed_at, created_at)
       SELECT office_id, channel, address, to_unit, to_post, to_name, day, n, owed_at, created_at FROM cuiban.message, generate_series(1, 2) AS n`,
    );
    await database.query(
      `INSERT INTO cuiban.reminder (office_id, assignment_id, sequence, stage, occurrence, contact, channel, letter, rung, unit_id, post, copy, address, name, at, reason, message_id)
       SELECT r.office_id, r.assignment_id, r.sequence, 'copy ' || m.slot, r.occurrence, r.contact, r.channel, r.letter, r.rung, r.unit_id, r.post, r.copy, r.address, r.name, r.at, r.reason, m.id
         FROM cuiban.message m JOIN cuiban.reminder r ON r.address = m.address WHERE m.slot > 0`,
    );
    expect(await claimAll(ledger, at('2022-08-22'))).toEqual([]);
    expect((await ledger.holds())[0]?.detail).toContain('将发出 60 条，超过上限 50 条（取 50、通讯录地址数 25');
  });
});

describe('a refill of the queue', () => {
  const nine = at('2022-08-22');
  const more = async (count: number, when: number): Promise<void> => {
    await database.query(
      `INSERT INTO cuiban.message (office_id, channel, address, to_unit, to_post, to_name, day, slot, owed_at, created_at)
       SELECT office_id, channel, address, to_unit, to_post, to_name, day, 7, cuiban.instant($1), cuiban.instant($1)
         FROM cuiban.message WHERE channel = 'email' AND slot = 0 LIMIT $2`,
      [when, count],
    );
    await database.query(
      `INSERT INTO cuiban.reminder (office_id, assignment_id, sequence, stage, occurrence, contact, channel, letter, rung, unit_id, post, copy, address, name, at, reason, message_id)
       SELECT r.office_id, r.assignment_id, r.sequence, 'again', r.occurrence, r.contact, r.channel, r.letter, r.rung, r.unit_id, r.post, r.copy, r.address, r.name, r.at, r.reason, m.id
         FROM cuiban.message m JOIN cuiban.message n USING (address, day) JOIN cuiban.reminder r ON r.message_id = n.id WHERE m.slot = 7 AND n.slot = 0`,
    );
  };

  it('hands over what was counted just now, and nothing that fell due since', async () => {
    await county({ ...office, burst: 80 });
    await look('2022-08-22');
    expect((await ledger.dispatch(nine, 10)).messages).toHaveLength(10);
    await more(30, nine + 1_000);
    expect((await ledger.refill('email', nine + 2_000, 1_000)).messages).toHaveLength(50);
    expect(await reasons()).toEqual([]);
    expect((await ledger.refill('email', nine + 6_000, 1_000)).messages).toEqual([]);
    expect(await reasons()).toEqual(['ruicheng burst']);
  });

  it('counts by itself where nobody has', async () => {
    await county({ ...office, burst: 50 });
    await look('2022-08-22');
    expect((await ledger.refill('email', nine, 1_000)).messages).toEqual([]);
    expect(await reasons()).toEqual(['ruicheng burst']);
  });
});

describe('an office with thousands waiting', () => {
  it('is counted in full where its limit is larger than what is counted of others', async () => {
    await county({ ...office, burst: 1_500 });
    await look('2022-08-22');
    const thousands = async (count: number, slot: number): Promise<void> => {
      await database.query(
        `INSERT INTO cuiban.message (office_id, channel, address, to_unit, to_post, to_name, day, slot, owed_at, created_at)
         SELECT office_id, channel, n || address, to_unit, to_post, to_name, day, $2, owed_at, created_at
           FROM (SELECT * FROM cuiban.message WHERE slot = 0 LIMIT 1) AS one, generate_series(1, $1) AS n`,
        [count, slot],
      );
      await database.query(
        `INSERT INTO cuiban.reminder (office_id, assignment_id, sequence, stage, occurrence, contact, channel, letter, rung, unit_id, post, copy, address, name, at, reason, message_id)
         SELECT r.office_id, r.assignment_id, r.sequence, m.id::text, r.occurrence, r.contact, r.channel, r.letter, r.rung, r.unit_id, r.post, r.copy, r.address, r.name, r.at, r.reason, m.id
           FROM (SELECT * FROM cuiban.reminder LIMIT 1) AS r, cuiban.message m WHERE m.slot = $1`,
        [slot],
      );
    };
    await thousands(1_300, 1);
    expect((await ledger.dispatch(at('2022-08-22'), 10)).messages).toHaveLength(10);
    expect(await reasons()).toEqual([]);
    await thousands(200, 2);
    expect((await ledger.dispatch(at('2022-08-22'), 10)).messages).toEqual([]);
    expect((await ledger.holds())[0]?.detail).toContain('将发出 1560 条，超过上限 1500 条');
  });
});

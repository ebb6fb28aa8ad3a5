import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { assign } from '../../src/domain/assign.ts';
import type { Assignment } from '../../src/domain/assignment.ts';
import type { Directory } from '../../src/domain/directory.ts';
import type { Schedule, Task } from '../../src/domain/notice.ts';
import { type Choice, choose, EVERYTHING } from '../../src/domain/revision-choice.ts';
import { diff } from '../../src/domain/revision.ts';
import { type Reassigning, reassign } from '../../src/domain/revision-duties.ts';
import { standingAfter } from '../../src/domain/revision-effect.ts';
import { dateOf, type Instant } from '../../src/domain/time.ts';
import { type Ledger, LedgerRefusal, type Revised, type Revising } from '../../src/ledger/ledger.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { answer, at, claimAll, directory, nothing, office, open, reminder, schedule, sendAll, task, tell, zone } from './cast.ts';

const confirmedAt = at('2022-08-01');
const now = at('2022-08-24');
const NAME = 'ruicheng-2022';

let database: TestDatabase;
let ledger: Ledger;

beforeEach(async () => {
  database = await testDatabase('ledger_revise');
  ledger = await open(database.url);
  await ledger.migrate();
});

afterEach(async () => {
  await ledger.close();
  await database.drop();
});

const by = (date: string, text = date): Task['deadlines'][number] => ({ kind: 'by', date, text });
const bus = task('1', { title: '公布校车线路', lead: ['县教育局', '县财政局'], deadlines: [by('2022-09-15')] });
const meals = task('2', {
  title: '公布食堂抽检结果',
  lead: ['县水利局'],
  cooperate: ['县教育局'],
  deadlines: [by('2022-10-31')],
});
const wells = task('3', { title: '核对机井台账', lead: ['县水利局'], deadlines: [{ kind: 'ongoing', text: '全年' }] });

async function confirm(of: Schedule, on: Instant = confirmedAt, who: Directory = directory): Promise<void> {
  const { assignments, problems } = assign(of, who, dateOf(zone, on));
  await ledger.confirm({ schedule: of, directory: who, office, assignments, problems, at: on, actor: '王芳' });
}

/** What the ledger is asked for: the revision as seen now. */
async function prepared(
  next: Schedule,
  change: { choice?: Choice; directory?: Directory; on?: Instant; actor?: string } = {},
): Promise<Revising> {
  const seen = await ledger.confirmed(next.name);
  if (seen === null) throw new Error('nothing is confirmed');
  const made = choose(seen.schedule, next, diff(seen.schedule, next), change.choice ?? EVERYTHING);
  if (!made.ok) throw new Error(made.errors.join());
  const { schedule: of, continues } = made.value;
  const who = change.directory ?? directory;
  return {
    schedule: of,
    continues,
    base: seen.revision,
    directory: who,
    office,
    at: change.on ?? now,
    actor: change.actor ?? '李强',
  };
}

async function revise(next: Schedule, change: Parameters<typeof prepared>[1] = {}): Promise<Revised | null> {
  return ledger.revise(await prepared(next, change));
}

async function duties(): Promise<readonly string[]> {
  const { rows } = await database.query(
    `SELECT t.ref || ' ' || a.unit_id || ' ' || a.role || ' ' || coalesce(a.due::text, '-') || ' ' || a.status || ' ' || a.sequence AS said
       FROM cuiban.assignment a JOIN cuiban.task t ON t.id = a.task_id WHERE NOT t.retired ORDER BY t.position, a.id`,
  );
  return rows.map(({ said }) => String(said));
}

/** Everything that a revision may touch. */
async function everything(): Promise<unknown> {
  const tables = [
    'schedule',
    'past_schedule',
    'task',
    'assignment',
    'history',
    'reminder',
    'suppression',
    'problem',
    'unit',
    'unit_group',
  ];
  const read = await Promise.all(
    tables.map(
      async (table) => (await database.query(`SELECT to_jsonb(x) AS row FROM cuiban.${table} x ORDER BY to_jsonb(x)::text`)).rows,
    ),
  );
  return read;
}

async function planned(): Promise<readonly string[]> {
  const { rows } = await database.query(
    `SELECT a.unit_id || ' ' || r.stage || ' ' || r.state || coalesce(' ' || r.void_reason, '') AS said
       FROM cuiban.reminder r JOIN cuiban.assignment a ON a.id = r.assignment_id ORDER BY r.id`,
  );
  return rows.map(({ said }) => String(said));
}

describe('a revision', () => {
  it('moves, opens and ends duties in one go; what was done and said stays', async () => {
    await confirm(schedule([bus, meals, wells]));
    await ledger.sweep(confirmedAt, 100, tell('assigned', confirmedAt, {}, { nextAt: now }));
    await sendAll(ledger, confirmedAt);
    await ledger.acknowledge({ schedule: NAME, ref: '1', unit: 'edu', due: null }, answer(at('2022-08-02')));
    await ledger.complete({ schedule: NAME, ref: '1', unit: 'fin', due: null }, { ...answer(at('2022-08-03')), evidence: null });
    await ledger.sweep(now, 100, tell('d-15', now, {}, { nextAt: at('2022-09-01') }));

    const lamps = task('3', { title: '公布路灯维修电话', lead: ['县财政局'], deadlines: [by('2022-11-30')] });
    const next = schedule([
      { ...bus, deadlines: [by('2022-09-30')] },
      { ...meals, lead: ['县水利局', '县财政局'], cooperate: [] },
      lamps,
    ]);
    const revised = await revise(next);
    expect(revised).toMatchObject({ revision: 1, voided: 3 });
    expect(await duties()).toEqual([
      '1 edu lead 2022-09-30 acknowledged 1',
      '1 fin lead 2022-09-15 completed 0',
      '2 water lead 2022-10-31 needs-action 0',
      '2 edu cooperate 2022-10-31 cancelled 0',
      '2 fin lead 2022-10-31 needs-action 0',
      '3 fin lead 2022-11-30 needs-action 0',
    ]);
    expect((await planned()).toSorted()).toEqual([
      'edu assigned sent',
      'edu assigned sent',
      'edu d-15 void cancelled',
      'edu d-15 void superseded',
      'fin assigned sent',
      'water assigned sent',
      'water assigned sent',
      'water d-15 planned',
      'water d-15 void cancelled',
    ]);
    expect(await ledger.schedules()).toEqual([next]);
    const due = (await ledger.assignments(NAME)).find(({ unit, ref }) => unit === 'edu' && ref === '1');
    expect(due).toMatchObject({
      originalDue: '2022-09-15',
      extendedAt: now,
      deadline: by('2022-09-30'),
      task: { deadlines: [by('2022-09-30')] },
    });
    const { rows } = await database.query(
      `SELECT to_due::text AS due, actor, means, note FROM cuiban.history WHERE means = 'revision' AND from_due IS NOT NULL AND from_due <> to_due`,
    );
    expect(rows).toEqual([
      { due: '2022-09-30', actor: '李强', means: 'revision', note: '通知修订：时限由2022-09-15改为2022-09-30' },
    ]);
  });

  it('leaves the duties as the rules say, to the last field', async () => {
    const quarterly = task('4', {
      title: '通报整改情况',
      lead: ['县水利局'],
      deadlines: [{ kind: 'recurring', rule: 'quarterly', text: '每季度' }],
    });
    await confirm(schedule([bus, meals, wells, quarterly]));
    await ledger.sweep(confirmedAt, 100, tell('assigned', confirmedAt));
    const by9 = { ...answer(at('2022-08-02')), approvedBy: '分管副县长', number: '芮政办函〔2022〕9号' };
    await ledger.extend({ schedule: NAME, ref: '1', unit: 'fin', due: null }, '2022-12-01', by9);
    const before = await ledger.confirmed(NAME);
    if (before === null) throw new Error('nothing is confirmed');
    const anew = { ...before.schedule.notice, number: '芮政办发〔2022〕40号' };
    const next: Schedule = {
      ...schedule([
        { ...bus, deadlines: [by('2022-09-30')] },
        { ...meals, lead: ['县教育局'], cooperate: ['县水利局'] },
        { ...wells, deadlines: [by('2022-11-30')], lead: ['县财政局', '县水利局'] },
        { ...quarterly, deadlines: [{ kind: 'recurring', rule: 'monthly', text: '每月' }] },
      ]),
      notice: anew,
    };
    const revising = await prepared(next);
    await ledger.revise(revising);
    const reassigning: Reassigning = {
      confirmed: before.schedule,
      revised: next,
      continues: revising.continues,
      standing: before.assignments,
      storedDirectory: directory,
      directory,
      at: now,
      zone,
    };
    const plain = (all: readonly Assignment[]): readonly unknown[] =>
      all.map(({ id, task: { ref, title, lead, cooperate, deadlines }, ...each }) => ({
        ...each,
        id: id.startsWith('new') ? '' : id,
        task: { ref, title, lead, cooperate, deadlines },
      }));
    const after = (await ledger.confirmed(NAME))?.assignments ?? [];
    const known = new Set(before.assignments.map(({ id }) => id));
    const unnamed = after.map((each) => (known.has(each.id) ? each : { ...each, id: 'new' }));
    expect(plain(unnamed)).toEqual(plain(standingAfter(reassigning, reassign(reassigning))));
    expect(after.find(({ unit, ref }) => unit === 'fin' && ref === '1')).toMatchObject({
      due: '2022-12-01',
      deadline: by('2022-09-30'),
    });
    expect(after.find(({ unit, ref }) => unit === 'edu' && ref === '1')?.approval).toEqual({
      by: '芮城县人民政府办公室',
      number: '芮政办发〔2022〕40号',
    });
  });

  it('hands what is new or moved to the next sweep, and tells it apart from what was said before', async () => {
    await confirm(schedule([bus]));
    await ledger.sweep(confirmedAt, 100, tell('assigned', confirmedAt));
    await sendAll(ledger, confirmedAt);
    await revise(schedule([{ ...bus, deadlines: [by('2022-09-30')] }, meals]));
    const seen: string[] = [];
    await ledger.sweep(now, 100, (each: Assignment) => {
      seen.push(`${each.ref} ${each.unit} ${each.sequence}`);
      return { ...nothing, reminders: [reminder(each, each.sequence > 0 ? 'extended' : 'assigned', now)], plannedThrough: now };
    });
    expect(seen.toSorted()).toEqual(['1 edu 1', '1 fin 1', '2 edu 0', '2 water 0']);
    const sent = await sendAll(ledger, now);
    expect(
      sent
        .flatMap(({ items }) => items.map(({ stage, assignment }) => `${stage} ${assignment.unit} ${assignment.due}`))
        .toSorted(),
    ).toEqual(['assigned edu 2022-10-31', 'assigned water 2022-10-31', 'extended edu 2022-09-30', 'extended fin 2022-09-30']);
  });

  it('is silent about what is gone, also where a letter waits for its hour or is claimed that moment', async () => {
    await confirm(schedule([bus, meals]));
    await ledger.sweep(now, 100, tell('d-15', now));
    await revise(schedule([meals]));
    const sent = await sendAll(ledger, now);
    expect(sent.flatMap(({ items }) => items.map(({ assignment }) => assignment.ref))).toEqual(['2', '2']);
    expect(sent.map(({ items }) => items.map(({ assignment: { task: of } }) => of.title))).toEqual([
      ['公布食堂抽检结果'],
      ['公布食堂抽检结果'],
    ]);
  });

  it('read by another process tells the task as it reads now, with the notice as it is now', async () => {
    const second = await open(database.url);
    await confirm(schedule([bus]));
    await second.sweep(confirmedAt, 100, tell('assigned', confirmedAt, {}, { nextAt: now }));
    const anew = { ...schedule([{ ...bus, title: '公布校车线路和站点' }]).notice, number: '芮政办发〔2022〕40号' };
    await revise({ ...schedule([{ ...bus, title: '公布校车线路和站点' }]), notice: anew });
    const seen: unknown[] = [];
    await second.sweep(now, 100, (each) => {
      seen.push([each.task.title, each.notice.number]);
      return nothing;
    });
    const claimed = await claimAll(second, now);
    await second.close();
    expect(seen).toEqual([1, 2].map(() => ['公布校车线路和站点', '芮政办发〔2022〕40号']));
    expect(claimed.map(({ items }) => items.map(({ assignment }) => assignment.task.title))).toEqual(
      [1, 2].map(() => ['公布校车线路和站点']),
    );
  });

  it('applied twice changes nothing the second time', async () => {
    await confirm(schedule([bus, meals, wells]));
    const revising = await prepared(schedule([wells, { ...bus, deadlines: [by('2022-09-30')], lead: ['县直各部门'] }]));
    expect(await ledger.revise(revising)).toMatchObject({ revision: 1 });
    const once = await everything();
    expect(await ledger.revise({ ...revising, at: at('2022-08-25') })).toBeNull();
    expect(await everything()).toEqual(once);
  });

  it.each([
    'history',
    'assignment',
    'reminder',
    'suppression',
    'unit',
    'past_schedule',
    'schedule',
    'task',
    'problem',
    'the commit',
  ])('changes nothing at all when the server dies at %s, and is done when it is tried again', async (step) => {
    await confirm(schedule([bus, meals]));
    await ledger.sweep(confirmedAt, 100, tell('d-15', now));
    const revising = await prepared(
      schedule([{ ...bus, deadlines: [by('2022-09-30')], lead: ['县直各部门', '县委办公室'] }, wells]),
    );
    await database.query(`CREATE FUNCTION public.die() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'`);
    const before = await everything();
    await database.query(
      step === 'the commit'
        ? `CREATE CONSTRAINT TRIGGER die AFTER INSERT ON cuiban.past_schedule DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.die()`
        : `CREATE TRIGGER die AFTER INSERT OR UPDATE ON cuiban.${step} FOR EACH STATEMENT EXECUTE FUNCTION public.die()`,
    );
    await expect(ledger.revise(revising)).rejects.toThrow(/terminat/u);
    expect(await everything()).toEqual(before);
    await database.query('DROP FUNCTION public.die CASCADE');
    expect(await ledger.revise(revising)).toMatchObject({ revision: 1 });
    expect(await duties()).toEqual([
      '1 edu lead 2022-09-30 needs-action 1',
      '1 fin lead 2022-09-30 needs-action 1',
      '1 water lead 2022-09-30 needs-action 0',
      '3 water lead - needs-action 0',
    ]);
  });

  it('keeps every earlier version', async () => {
    await confirm(schedule([bus]));
    const second = schedule([bus, meals]);
    await revise(second);
    await revise(schedule([meals]), { actor: '赵敏', on: at('2022-08-25') });
    const { rows } = await database.query('SELECT revision, document, actor FROM cuiban.past_schedule ORDER BY revision');
    expect(rows).toEqual([
      { revision: 0, document: schedule([bus]), actor: '王芳' },
      { revision: 1, document: second, actor: '李强' },
    ]);
    await expect(database.query('DELETE FROM cuiban.past_schedule')).rejects.toThrow('only grows');
  });
});

describe('numbers', () => {
  it('that two tasks exchange take their duties along, and answers find them by the new ones', async () => {
    await confirm(schedule([bus, meals]));
    await ledger.acknowledge({ schedule: NAME, ref: '1', unit: 'fin', due: null }, answer(now));
    await revise(
      schedule([
        { ...meals, ref: '1' },
        { ...bus, ref: '2' },
      ]),
    );
    expect(await duties()).toEqual([
      '1 water lead 2022-10-31 needs-action 0',
      '1 edu cooperate 2022-10-31 needs-action 0',
      '2 edu lead 2022-09-15 needs-action 0',
      '2 fin lead 2022-09-15 acknowledged 0',
    ]);
    const { changed } = await ledger.complete(
      { schedule: NAME, ref: '2', unit: 'fin', due: null },
      { ...answer(now), evidence: null },
    );
    expect(changed).toMatchObject([{ ref: '2', from: 'acknowledged', to: 'completed' }]);
    await expect(
      ledger.complete({ schedule: NAME, ref: '3', unit: 'fin', due: null }, { ...answer(now), evidence: null }),
    ).rejects.toThrow('没有任务“3”');
  });
});

describe('a unit that joined after a deadline moved', () => {
  it('is done with the leads all the same', async () => {
    await confirm(schedule([meals]));
    await revise(schedule([{ ...meals, deadlines: [by('2022-11-30')] }]));
    await revise(schedule([{ ...meals, deadlines: [by('2022-11-30')], cooperate: ['县教育局', '县财政局'] }]));
    await ledger.complete({ schedule: NAME, ref: '2', unit: 'water', due: null }, { ...answer(now), evidence: null });
    expect((await duties()).map((each) => each.split(' ').slice(1, 5).join(' '))).toEqual([
      'water lead 2022-11-30 completed',
      'edu cooperate 2022-11-30 completed',
      'fin cooperate 2022-11-30 completed',
    ]);
  });
});

describe('who is asked', () => {
  it('no longer asks what the revision answers, and asks what it leaves open; other schedules’ questions stay', async () => {
    const unclear = { ...bus, lead: ['有关部门'] };
    await confirm(schedule([unclear, { ...meals, lead: ['县直单位'], cooperate: [] }]));
    await confirm(schedule([unclear], 'second'));
    const asked = async (): Promise<readonly string[]> =>
      (await ledger.status(now)).problems.map(({ detail }) => detail).toSorted();
    const before = [
      '1“公布校车线路”没有牵头单位，请指定',
      '1：通讯录中没有“有关部门”',
      '2“公布食堂抽检结果”没有牵头单位，请指定',
      '2：通讯录中没有“县直单位”',
    ];
    expect(await asked()).toEqual(before);
    await revise(schedule([bus, { ...meals, cooperate: ['县委办公室'] }]));
    expect(await asked()).toEqual([before[0], before[1], '2：通讯录中没有“县委办公室”']);
    await ledger.revise(await prepared(schedule([bus], 'second')));
    expect(await asked()).toEqual(['2：通讯录中没有“县委办公室”']);
  });

  it('may leave the directory together with its last duty', async () => {
    await confirm(schedule([bus, meals]));
    const without: Directory = { ...directory, units: directory.units.filter(({ id }) => id !== 'fin'), groups: [] };
    await expect(
      ledger.revise(
        await prepared(schedule([{ ...bus, title: '公布校车线路和站点' }, meals]), { directory: without }).then((each) => ({
          ...each,
          continues: each.continues.map((one) => ({ ...one, chosen: false })),
        })),
      ),
    ).rejects.toThrow('通讯录里没有县财政局');
    await revise(schedule([{ ...bus, lead: ['县教育局'] }, meals]), { directory: without });
    expect(await duties()).toContain('1 fin lead 2022-09-15 cancelled 0');
  });
});

describe('two at once', () => {
  it('of two revisions one wins, and the other is told by whom and changes nothing', async () => {
    await confirm(schedule([bus, meals]));
    const [one, other] = await Promise.all([
      prepared(schedule([bus, { ...meals, deadlines: [by('2022-11-30')] }]), { actor: '李强' }),
      prepared(schedule([bus]), { actor: '赵敏' }),
    ]);
    const second = await open(database.url);
    const ends = await Promise.allSettled([ledger.revise(one), second.revise(other)]);
    await second.close();
    const lost = ends.filter((end) => end.status === 'rejected');
    expect(ends.filter((end) => end.status === 'fulfilled')).toHaveLength(1);
    expect(lost).toHaveLength(1);
    expect(lost[0]?.reason).toBeInstanceOf(LedgerRefusal);
    expect(String(lost[0]?.reason)).toMatch(/在您查看之后已由(?:李强|赵敏)于2022-08-24修订，什么也没有改变/u);
    const winner = ends[0]?.status === 'fulfilled' ? one : other;
    expect(await ledger.schedules()).toEqual([winner.schedule]);
    expect((await database.query('SELECT count(*)::int AS n FROM cuiban.past_schedule')).rows).toEqual([{ n: 1 }]);
  });

  it('the same revision by two is done once', async () => {
    await confirm(schedule([bus, meals]));
    const revising = await prepared(schedule([bus, wells]));
    const second = await open(database.url);
    const ends = await Promise.all([ledger.revise(revising), second.revise(revising)]);
    await second.close();
    expect(ends.filter((end) => end === null)).toHaveLength(1);
    expect(await duties()).toHaveLength(3);
  });

  it('an answer that comes in between finds its task where the revision has put it, or is told that it is gone', async () => {
    await confirm(schedule([bus, meals]));
    const second = await open(database.url);
    for (let round = 0; round < 10; round += 1) {
      const [from, to] = round % 2 === 0 ? ['2022-09-15', '2022-09-30'] : ['2022-09-30', '2022-09-15'];
      expect((await duties())[0]).toContain(from);
      const revising = await prepared(schedule([{ ...bus, deadlines: [by(to)] }, meals]));
      await Promise.all([
        ledger.revise(revising),
        second.acknowledge({ schedule: NAME, ref: '1', unit: 'edu', due: null }, answer(now)),
        second.sweep(now, 100, tell('d-15', now)),
      ]);
      expect((await duties())[0]).toBe(`1 edu lead ${to} acknowledged ${round + 1}`);
      await database.query(`UPDATE cuiban.assignment SET status = 'needs-action'`);
    }
    await second.close();
  });

  it('a claim and a revision take turns: nothing of a task that is gone is claimed afterwards', async () => {
    const lead = ['县教育局'];
    const many = Array.from({ length: 20 }, (_, n) =>
      task(`t${n}`, { title: `第${n}项${'甲乙丙丁'[n % 4]}`, lead, deadlines: [by('2022-09-15')] }),
    );
    await confirm(schedule(many));
    await ledger.sweep(now, 100, (each) => ({
      ...nothing,
      reminders: [reminder(each, 'd-15', now, { address: `${each.ref}@ruicheng.example` })],
      plannedThrough: now,
    }));
    const { messages } = await ledger.dispatch(now, 100);
    const revising = await prepared(schedule(many.slice(0, 1)));
    const second = await open(database.url);
    let gone = false;
    const claims = messages.map(async ({ id }, n) => {
      await new Promise((resolve) => {
        setTimeout(resolve, n * 3);
      });
      const late = gone;
      const claimed = await second.claim([id], now, 'w', 60_000);
      return late ? claimed.flatMap(({ items }) => items.map(({ assignment }) => assignment.ref)) : [];
    });
    await ledger.revise(revising);
    gone = true;
    const late = (await Promise.all(claims)).flat();
    await second.close();
    expect(late.filter((ref) => ref !== 't0')).toEqual([]);
  });
});

describe('a ledger from before quotes', () => {
  it('knows its schedules again', async () => {
    await confirm(schedule([bus, meals]));
    await database.query(`UPDATE cuiban.task SET document = document - 'quote'`);
    await database.query(
      `UPDATE cuiban.schedule SET document = jsonb_set(document, '{tasks}', (SELECT jsonb_agg(t - 'quote') FROM jsonb_array_elements(document->'tasks') t))`,
    );
    const migration = new URL('../../src/ledger/migrations/0005_quote.sql', import.meta.url);
    await database.query(await readFile(fileURLToPath(migration), 'utf8'));
    expect((await ledger.confirmed(NAME))?.schedule).toEqual(schedule([bus, meals]));
    const { assignments, problems } = assign(schedule([bus, meals]), directory, '2022-08-24');
    expect(
      await ledger.confirm({
        schedule: schedule([bus, meals]),
        directory,
        office,
        assignments,
        problems,
        at: now,
        actor: '王芳',
      }),
    ).toBe(false);
  });
});

// A notice is revised in the middle of the year: what the worker does before and after, and what the coordinator is shown and asked.
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { assign } from '../../src/domain/assign.ts';
import type { Directory } from '../../src/domain/directory.ts';
import type { Schedule, Task } from '../../src/domain/notice.ts';
import { choose, EVERYTHING } from '../../src/domain/revision-choice.ts';
import { diff } from '../../src/domain/revision.ts';
import type { Rolled } from '../../src/domain/roll.ts';
import { dateOf, type Instant } from '../../src/domain/time.ts';
import { readSchedule, writeSchedule } from '../../src/intake/schedule.ts';
import { formatErrors } from '../../src/yaml.ts';
import { answer, at, directory as small, office, openWork, unit, type Work } from '../jobs/cast.ts';
import { schedule, task, zone } from '../ledger/cast.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { cuiban, type Ended, folder, HOME, killAll } from './cuiban.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });

const by = (date: string, text = date): Task['deadlines'][number] => ({ kind: 'by', date, text });

describe('a worker under a revised schedule', () => {
  const posts = ['联络员', '主要负责人'];
  const directory: Directory = {
    ...small,
    units: [...small.units, unit('fin', '县财政局', posts), unit('water', '县水利局', posts)],
    groups: [],
  };
  const bus = task('1', { title: '公布校车线路', lead: ['县教育局', '县财政局'], deadlines: [by('2022-09-15', '9月中旬前')] });
  const meals = task('2', {
    title: '公布食堂抽检结果',
    lead: ['县水利局'],
    cooperate: ['县教育局'],
    deadlines: [by('2022-10-31')],
  });
  const lamps = task('3', { title: '公布路灯维修电话', lead: ['县财政局'], deadlines: [by('2022-09-09')] });
  const wells = task('3', { title: '核对农村机井台账', lead: ['县水利局'], deadlines: [by('2022-10-14')] });

  let work: Work;

  beforeEach(async () => {
    work = await openWork('main_job_revise');
  });

  afterEach(async () => {
    await work.close();
  });

  async function confirm(of: Schedule, when: Instant): Promise<void> {
    const { assignments, problems } = assign(of, directory, dateOf(zone, when));
    await work.ledger.confirm({ schedule: of, directory, office, assignments, problems, at: when, actor: '王芳' });
  }

  async function revise(next: Schedule, when: Instant): Promise<void> {
    const seen = await work.ledger.confirmed(next.name);
    if (seen === null) throw new Error('nothing is confirmed');
    const made = choose(seen.schedule, next, diff(seen.schedule, next), EVERYTHING);
    if (!made.ok) throw new Error(made.errors.join());
    await work.ledger.revise({ ...made.value, base: seen.revision, directory, office, at: when, actor: '李强' });
  }

  /** `08-25 edu 1 extended`, one for each thing that was said to a unit's liaison in its own right. */
  async function said(from: string, to: string): Promise<readonly string[]> {
    const sent = await work.ledger.sent(at(from, '00:00'), at(to, '23:59'));
    return sent.flatMap(({ at: when, items }) =>
      items.filter(({ copy }) => !copy).map(({ unit: of, ref, stage }) => `${dateOf(zone, when).slice(5)} ${of} ${ref} ${stage}`),
    );
  }

  it('reminds of what moved by its new date, of what is new from now on, of what goes on as before, and of nothing else', async () => {
    await confirm(schedule([bus, meals, lamps]), at('2022-08-01', '08:00'));
    await work.live('2022-08-01', '2022-08-24');
    const target = { schedule: 'ruicheng-2022', ref: '1', due: null };
    await work.ledger.acknowledge({ ...target, unit: '县教育局' }, answer(at('2022-08-02')));
    await work.ledger.complete({ ...target, unit: '县财政局' }, { ...answer(at('2022-08-20')), evidence: null });
    const before = work.mails.length;
    expect(await said('2022-08-01', '2022-08-24')).toEqual(
      expect.arrayContaining(['08-01 edu 1 assigned', '08-01 fin 3 assigned', '08-19 fin 3 d-15']),
    );

    await revise(schedule([{ ...bus, deadlines: [by('2022-09-30', '9月底前')] }, meals, wells]), at('2022-08-24', '20:00'));
    await work.live('2022-08-25', '2022-10-12');
    const after = await said('2022-08-25', '2022-10-12');
    // The calendar of 2022: 10 to 12 September and the first week of October are holidays.
    expect(after.filter((each) => each.includes(' edu 1 '))).toEqual([
      '08-25 edu 1 extended',
      '09-08 edu 1 d-15',
      '09-21 edu 1 d-7',
      '09-27 edu 1 d-3',
      '09-29 edu 1 d-1',
      '09-30 edu 1 d-0',
      '10-08 edu 1 o+1',
      '10-10 edu 1 o+3',
    ]);
    expect(after.filter((each) => each.includes(' fin '))).toEqual([]);
    expect(after.filter((each) => each.includes(' 3 '))).toEqual([
      '08-25 water 3 assigned',
      ...['08-29', '09-20', '09-30', '10-11'].map((day, n) => `${day} water 3 ${['d-30', 'd-15', 'd-7', 'd-3'][n]}`),
    ]);
    expect(after).toContain('09-14 water 2 d-30');
    const text = work.mails
      .slice(before)
      .map((each) => each.text)
      .join('\n');
    expect(text).not.toContain('路灯');
    expect(text).toContain('机井');
    const moved = (await work.ledger.assignments('ruicheng-2022')).find(({ unit: of, ref }) => of === 'edu' && ref === '1');
    expect(moved).toMatchObject({ status: 'acknowledged', due: '2022-09-30', originalDue: '2022-09-15' });
  });

  it('sends nothing of what is gone, though its letter is due that minute', async () => {
    await confirm(schedule([bus, lamps]), at('2022-08-01', '08:00'));
    await work.live('2022-08-01', '2022-08-18');
    await work.sweep(at('2022-08-19'));
    // Planned and queued; the revision comes before the delivery.
    await revise(schedule([{ ...bus, lead: ['县教育局'] }]), at('2022-08-19', '09:00'));
    const before = work.mails.length;
    await work.deliver(at('2022-08-19', '09:01'));
    await work.live('2022-08-19', '2022-09-30');
    const to = new Set(work.mails.slice(before).map((mail) => mail.to));
    expect([...to].filter((address) => address.startsWith('fin'))).toEqual([]);
    expect(
      work.mails
        .slice(before)
        .map(({ text }) => text)
        .join(),
    ).not.toContain('路灯');
  });
});

describe('the coordinator', () => {
  const NAME = 'ruicheng-2030';
  const quote = (ref: string, words: string): string => `${ref}.${words}`;
  const bus = task('1', {
    title: '公布校车线路',
    quote: quote('1', '公布城区校车线路和停靠站点，5月底前在县政府网站更新。（责任单位：县教育局）'),
    lead: ['县教育局'],
    deadlines: [by('2030-05-31', '5月底前')],
  });
  const meals = task('2', {
    title: '公布食堂抽检结果',
    quote: quote('2', '学校食堂抽检结果8月底前向社会公布，写明整改情况。（责任单位：县财政局、县教育局）'),
    lead: ['县财政局'],
    cooperate: ['县教育局'],
    deadlines: [by('2030-08-31', '8月底前')],
  });
  const wells = task('3', {
    title: '核对农村机井台账',
    quote: quote('3', '核对农村机井台账，10月底前报送汇总。（责任单位：县人社局）'),
    lead: ['县人社局'],
    deadlines: [by('2030-10-31', '10月底前')],
  });
  const lamps = task('2', {
    title: '公布路灯维修电话',
    quote: quote('2', '路灯维修电话在各社区张贴，11月底前完成。（责任单位：县行政审批局）'),
    lead: ['县行政审批局'],
    deadlines: [by('2030-11-30', '11月底前')],
  });
  const notice: Schedule['notice'] = {
    title: '芮城县2030年政务公开工作要点',
    number: '芮政办发〔2030〕3号',
    issuer: '芮城县人民政府办公室',
    issuedOn: '2030-03-01',
    assumedIssuedOn: null,
    year: 2030,
  };
  const confirmed: Schedule = { name: NAME, office: 'ruicheng', notice, tasks: [bus, meals, wells] };
  // A clause is new, which renumbers one; one is gone; a date and the notice's number are others.
  const revised: Schedule = {
    ...confirmed,
    notice: { ...notice, number: '芮政办发〔2030〕18号' },
    tasks: [
      { ...bus, quote: bus.quote?.replace('5月底前', '6月中旬前') ?? null, deadlines: [by('2030-06-20', '6月中旬前')] },
      lamps,
      { ...meals, ref: '3', quote: meals.quote?.replace('2.', '3.') ?? null },
    ],
  };

  let data: Awaited<ReturnType<typeof folder>>;
  let database: TestDatabase;
  let environment: Record<string, string>;
  let file: string;

  beforeAll(async () => {
    data = await folder();
    database = await testDatabase('main_job_revise_cli');
    environment = { CUIBAN_DATA: data.path, DATABASE_URL: database.url };
    file = join(data.path, 'schedule.yaml');
    await cp(join(HOME, 'seeds/ruicheng-2022/directory.yaml'), join(data.path, 'directory.yaml'));
    // The calendar ends before 2030: a year that nobody has announced is counted Monday to Friday.
    await writeFile(file, writeSchedule(confirmed));
  });

  afterAll(async () => {
    await killAll();
    await database.drop();
    await data.remove();
  });

  const confirm = async (...rest: string[]): Promise<Ended> =>
    cuiban(['confirm', file, '--actor', '许子轩', ...rest], environment);
  const ledgerNow = async (): Promise<unknown> => (await database.query('SELECT document, revision FROM cuiban.schedule')).rows;

  it('sees what a revision changes and for whom, may take part of it, and changes nothing without a yes', async () => {
    const first = await confirm('--yes');
    expect([first.code, first.err]).toEqual([0, '']);
    const done = ['--schedule', NAME, '--unit', '县财政局', '--json'];
    expect((await cuiban(['complete', '2', ...done], environment)).code).toBe(0);
    const same = await confirm('--yes');
    expect([same.code, same.out]).toEqual([0, expect.stringContaining('此前已确认，任务不变')]);

    await writeFile(file, writeSchedule(revised));
    const before = await ledgerNow();
    const unasked = await confirm();
    expect([unasked.code, unasked.err]).toEqual([2, expect.stringContaining('--yes')]);
    expect(unasked.out).toContain('新增 1 项，取消 1 项，改动 1 项，只改编号 1 项，不变 0 项。');
    expect(unasked.out).toContain('通知 文号由 芮政办发〔2030〕3号 改为 芮政办发〔2030〕18号');
    expect(unasked.out).toContain('新增 2 公布路灯维修电话（牵头：县行政审批局；时限：2030-11-30“11月底前”）');
    expect(unasked.out).toContain('取消 原3 核对农村机井台账（已办结 0 项，未办结 1 项）');
    expect(unasked.out).toContain(
      '改动 1 公布校车线路（已办结 0 项，未办结 1 项）\n       时限由 2030-05-31“5月底前” 改为 2030-06-20“6月中旬前”',
    );
    expect(unasked.out).toContain('只改编号：2→3');
    expect(unasked.out).toContain('责任：交办 1 项，改期 1 项，改变分工 0 项，撤销 1 项；其余 0 项未办结的照旧');
    expect(unasked.out).toMatch(/县人社局联络员 韦玉兰：少 \d+ 封邮件/u);
    expect(unasked.out).toMatch(/县行政审批局联络员 孙家宁：多 \d+ 封邮件/u);

    const asJson = await confirm('--json');
    expect(asJson.code).toBe(0);
    expect(JSON.parse(asJson.out)).toMatchObject({
      schedule: NAME,
      revised: false,
      revision: {
        notice: [{ field: 'number' }],
        new: [{ ref: '2' }],
        gone: [{ ref: '3' }],
        changed: [
          { ref: '1', deadlines: [{ kind: 'moved' }] },
          { ref: '3', previousRef: '2', words: ['编号由 2 改为 3'] },
        ],
      },
      duties: { opened: 1, moved: 1, cancelled: 1, kept: 0 },
    });
    const wrong = await confirm('--only', '8');
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('没有任务“8”。有改动的：1、3、2、原3')]);
    const clash = await confirm('--only', '2');
    expect([clash.code, clash.err]).toEqual([2, expect.stringContaining('会有两项任务都编为 2')]);
    expect(await ledgerNow()).toEqual(before);
  });

  it('takes what was chosen, then the rest, then finds nothing left; progress stays', async () => {
    const part = await confirm('--only', '1', '--yes');
    expect([part.code, part.err]).toEqual([0, '']);
    expect(part.out).toContain('另有 4 处改动没有选取，照已确认的办。');
    expect(part.out).toContain('已按修订更新（第 1 次修订）');
    const rest = await confirm('--yes', '--json');
    expect(JSON.parse(rest.out)).toMatchObject({ revised: true, duties: { opened: 1, moved: 0, cancelled: 1 } });
    const again = await confirm('--yes', '--json');
    expect(JSON.parse(again.out)).toMatchObject({ schedule: NAME, confirmed: false, duties: expect.any(Number) });
    expect(await ledgerNow()).toEqual([{ document: revised, revision: 2 }]);
    const { rows } = await database.query(
      `SELECT t.ref || ' ' || u.name || ' ' || a.due || ' ' || a.status AS said FROM cuiban.assignment a
         JOIN cuiban.task t ON t.id = a.task_id AND NOT t.retired JOIN cuiban.unit u ON u.id = a.unit_id ORDER BY t.ref, a.id`,
    );
    expect(rows.map(({ said }) => said)).toEqual([
      '1 县教育局 2030-06-20 needs-action',
      '2 县行政审批局 2030-11-30 needs-action',
      '3 县财政局 2030-08-31 completed',
      '3 县教育局 2030-08-31 completed',
    ]);
    // The duty is found by its new number.
    const reopened = await cuiban(['reopen', '3', '--schedule', NAME, '--unit', '县财政局', '--json'], environment);
    expect(JSON.parse(reopened.out)).toMatchObject({ changed: [{ ref: '3', to: 'needs-action' }] });
  });

  it('is told which file is wrong before anything is asked, also in a revision', async () => {
    await writeFile(file, (await readFile(file, 'utf8')).replace('lead: [县行政审批局]', 'lead: [县没有局]'));
    const { code, err } = await confirm('--yes');
    expect([code, err]).toEqual([3, expect.stringContaining('通讯录中没有“县没有局”')]);
    expect(err).toContain('什么也没有改变');
  });
});

describe('a notice that is read again', () => {
  let data: Awaited<ReturnType<typeof folder>>;
  let database: TestDatabase;
  let environment: Record<string, string>;

  beforeAll(async () => {
    data = await folder();
    database = await testDatabase('main_job_revise_notice');
    environment = { CUIBAN_DATA: data.path, DATABASE_URL: database.url };
    for (const each of ['first', 'second']) {
      await mkdir(join(data.path, each));
      await cp(join(HOME, 'seeds/shili-2026/directory.yaml'), join(data.path, each, 'directory.yaml'));
    }
  });

  afterAll(async () => {
    await killAll();
    await database.drop();
    await data.remove();
  });

  const run = async (...args: string[]): Promise<string> => {
    const { code, out, err } = await cuiban(args, environment);
    expect([code, err]).toEqual([0, '']);
    return out;
  };
  const first = (): string => join(data.path, 'first/schedule.yaml');
  const second = (): string => join(data.path, 'second/schedule.yaml');
  const read = async (file: string): Promise<Schedule> => {
    const made = readSchedule({ file, text: await readFile(file, 'utf8') });
    if (!made.ok) throw new Error(formatErrors(made.errors));
    return made.value;
  };

  it('keeps in its draft what the coordinator had settled, tells what is new, gone and moved, and is confirmed as a revision', async () => {
    const notice = join(HOME, 'seeds/shili-2026/notice.txt');
    await run('import', notice, '--office', 'shili', '--name', 'shili-2026', '--out', first());
    const drafted = await read(first());
    const [mended, moved, gone] = [
      drafted.tasks[0],
      drafted.tasks.find(({ quote: words }) => words?.includes('母婴室')),
      drafted.tasks.at(-1),
    ];
    if (mended === undefined || moved === undefined || gone === undefined) throw new Error('no tasks');
    // What a coordinator does with a draft: mends a title and a date, settles the questions.
    const settled = {
      ...drafted,
      tasks: drafted.tasks.map((each) => ({
        ...each,
        review: [],
        ...(each.ref === mended.ref ? { title: '窗口进大厅', deadlines: [by('2026-12-25', '5月底前')] } : {}),
      })),
    };
    await writeFile(first(), writeSchedule(settled));
    await run('confirm', first(), '--yes');

    const text = await readFile(notice, 'utf8');
    const again = join(data.path, '修订.txt');
    const without = text.replace(lastParagraph(gone), '');
    await writeFile(
      again,
      without
        .replace('机关事务中心负责，6月中旬前完成', '机关事务中心负责，12月底前完成')
        .replace('〔2026〕12号', '〔2026〕30号'),
    );
    const shown = await run('import', again, '--against', 'shili-2026', '--out', second());
    expect(shown).toContain('通知 文号由 示政办发〔2026〕12号 改为 示政办发〔2026〕30号');
    expect(shown).toContain(`改动 ${moved.ref} ${moved.title}`);
    expect(shown).toMatch(/时限由 2026-06-20“6月中旬前.*” 改为 2026-12-31“12月底前.*”/u);
    expect(shown).toContain(`取消 原${gone.ref} ${gone.title}`);
    expect(shown).not.toContain(`改动 ${mended.ref} `);
    // What is the same is cited as in any draft; what a person settled is not passed off as the document's.
    const written = await readFile(second(), 'utf8');
    expect(written).toContain('【全年坚持】');
    expect(written).not.toContain('# （县行政审批局牵头，县人社局、县医保局、县公安局配合，【5月底前】完成）');
    const draft = await read(second());
    expect(draft.tasks.find(({ ref }) => ref === mended.ref)).toMatchObject({
      title: '窗口进大厅',
      deadlines: [{ date: '2026-12-25' }],
      review: [],
    });
    expect(draft.tasks.find(({ ref }) => ref === moved.ref)?.review.join()).toContain(
      '通知原文有改动，确认稿中为：时限2026-06-20',
    );

    const confirmed = JSON.parse(await run('confirm', second(), '--yes', '--json')) as object;
    expect(confirmed).toMatchObject({ schedule: 'shili-2026', revised: true, revision: { gone: [{ ref: gone.ref }], new: [] } });
  });

  it('is rolled into the next year with what was done, and never over a file', async () => {
    const out = join(data.path, 'third/schedule.yaml');
    const shown = await run('roll', 'shili-2026', '--year', '2027', '--out', out);
    expect(shown).toMatch(/已写入 .*：\d+ 项任务，其中上年未完成 \d+ 项/u);
    const next = await read(out);
    expect(next).toMatchObject({ name: 'shili-2027', notice: { number: null, year: 2027, assumedIssuedOn: '2027-01-01' } });
    expect(next.tasks[0]?.review.join()).toContain('请以新通知为准');
    const twice = await cuiban(['roll', 'shili-2026', '--year', '2027', '--out', out], environment);
    expect([twice.code, twice.err]).toEqual([1, expect.stringContaining('已经存在')]);
    const unknown = JSON.parse(await run('roll', 'ruicheng-2022', '--year', '2023', '--json')) as Rolled & { known: boolean };
    expect(unknown.known).toBe(false);
    expect(unknown.moved).toBeGreaterThan(10);
  });
});

/** Where a task's paragraph begins, and all of it. */
function lastParagraph({ quote }: Task): string {
  return (quote ?? '').trim();
}

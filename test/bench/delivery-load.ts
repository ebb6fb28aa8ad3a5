// A county of any size on one notice, planned and due: what the delivery profile sends.

import { readConfiguration } from '../../src/configuration/index.ts';
import type { Assignment } from '../../src/domain/assignment.ts';
import type { Directory, Unit } from '../../src/domain/directory.ts';
import type { Escalation } from '../../src/domain/escalation.ts';
import type { Schedule, Task } from '../../src/domain/notice.ts';
import type { Office } from '../../src/domain/office.ts';
import { plan } from '../../src/domain/plan.ts';
import type { Plan } from '../../src/domain/reminder.ts';
import { instantOf } from '../../src/domain/time.ts';
import { openLedger } from '../../src/ledger/index.ts';

export const NOW = instantOf('Asia/Shanghai', '2022-08-25', '10:00');

const read = await readConfiguration('config');
if (!read.ok) throw new Error('the configuration of the house is not valid');
export const configuration = read.value;

const DUTIES = ['政府常务会议公开解读', '义务教育学校招生信息公开'] as const;

function task(title: string, n: number): Task {
  return {
    ref: String(n + 1),
    title,
    quote: `进一步做好${title}工作，明确责任、细化措施，确保公开内容全面、准确、及时，${n === 0 ? '8' : '9'}月底前完成。`,
    deadlines: [{ kind: 'by', date: '2022-09-30', text: '9月底前' }],
    lead: ['各单位'],
    cooperate: ['县政府办公室'],
    review: [],
    groups: {},
  };
}

const schedule: Schedule = {
  name: 'ruicheng-2022',
  office: 'ruicheng',
  notice: {
    title: '芮城县2022年政务公开工作要点',
    number: '芮政办发〔2022〕26号',
    issuer: '芮城县人民政府办公室',
    issuedOn: '2022-07-12',
    assumedIssuedOn: null,
    year: 2022,
  },
  tasks: DUTIES.map(task),
};

export function office(): Office {
  const found = configuration.offices.get('ruicheng');
  if (found === undefined) throw new Error('the office of the house is gone');
  return found;
}

/** One liaison with an address of their own for each unit, so one digest for each unit. */
function directoryOf(units: number): Directory {
  const unit = (id: string, name: string, posts: readonly string[]): Unit => ({
    id,
    name,
    aliases: [],
    external: false,
    contacts: posts.map((post, n) => ({
      id: `${id}/${n}/1`,
      post,
      name: `${name}${post}`.slice(-6),
      email: `${id}.${n}@ruicheng.example`,
      mobile: null,
      from: null,
      until: null,
    })),
  });
  const bureaus = Array.from({ length: units }, (_, n) => unit(`u${n}`, `芮城县第${n}局`, ['联络员']));
  return {
    office: 'ruicheng',
    supervisor: 'office',
    units: [unit('office', '县政府办公室', ['协调人']), ...bureaus],
    groups: [],
  };
}

/** Confirms and plans: afterwards one message for each unit is owed at `NOW`. Says how long the ledger's sweeps took. */
export async function prepare(url: string, units: number): Promise<{ readonly reminders: number; readonly sweepMs: number }> {
  const { calendar, policy } = configuration;
  const ledger = await openLedger({ url, offices: () => configuration.offices, calendar: () => calendar });
  await ledger.migrate();
  const directory = directoryOf(units);
  const assignments = directory.units.slice(1).flatMap((unit) =>
    schedule.tasks.map(({ ref, deadlines: [deadline = null] }) => ({
      ref,
      unit: unit.id,
      role: 'lead' as const,
      deadline,
      pursuit: 'dated' as const,
      due: '2022-09-30',
    })),
  );
  await ledger.confirm({ schedule, directory, office: office(), assignments, problems: [], at: NOW - 1_000, actor: '王芳' });
  await ledger.follow(configuration.version, NOW);
  const byId = new Map(directory.units.map((unit) => [unit.id, unit]));
  const [supervisor] = directory.units;
  const channels = new Set(['email'] as const);
  const directories = new Map([[directory.office, directory]]);
  let reminders = 0;
  const started = performance.now();
  for (let looked = 1; looked > 0;) {
    const decide = (assignment: Assignment, escalation: Escalation): Plan => {
      const unit = byId.get(assignment.unit);
      if (unit === undefined || supervisor === undefined) throw new Error(`no unit ${assignment.unit}`);
      return plan(assignment, { office: office(), policy, calendar, unit, supervisor, channels, escalation, now: NOW });
    };
    const swept = await ledger.sweep(NOW, 1_000, decide, directories);
    looked = swept.looked;
    reminders += swept.reminders;
  }
  const sweepMs = performance.now() - started;
  await ledger.close();
  return { reminders, sweepMs };
}

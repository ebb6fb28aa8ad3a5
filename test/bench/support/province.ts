// A province of invented counties for the measurements: as many offices, units and duties as wanted, on the real policy, calendar
// and letters. Each unit has a liaison and a head of its own, so a day's digest to each liaison is one mail.

import { appendFile, cp } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { type Configuration, readConfiguration } from '../../../src/configuration/index.ts';
import type { Contact, Directory, Unit } from '../../../src/domain/directory.ts';
import type { Rendered } from '../../../src/domain/message.ts';
import type { Schedule, Task } from '../../../src/domain/notice.ts';
import type { Office } from '../../../src/domain/office.ts';
import { rehearse } from '../../../src/domain/rehearsal.ts';
import { dateOf, type Instant, instantOf } from '../../../src/domain/time.ts';
import { formatErrors } from '../../../src/yaml.ts';

export const ZONE = 'Asia/Shanghai';
export const UNITS = 100;
/** The day on which everything is due, a Tuesday, and the day of its reminder seven working days before. */
const DUE = '2026-06-30';
const ISSUED = '2026-03-02';
const CONFIG = fileURLToPath(new URL('../../../config', import.meta.url));

export interface Province {
  readonly configDir: string;
  readonly configuration: Configuration;
  readonly counties: readonly County[];
  /** 09:00 of the day with one digest per unit. */
  readonly nine: Instant;
}

export interface County {
  readonly office: Office;
  readonly directory: Directory;
  readonly schedule: Schedule;
}

/** Writes a configuration with these counties under `folder`, and reads it as a worker does. */
export async function makeProvince(folder: string, counties: number, tasksEach: number): Promise<Province> {
  const configDir = path.join(folder, `config-${counties}`);
  await cp(CONFIG, configDir, { recursive: true });
  const ids = Array.from({ length: counties }, (_, n) => `county-${String(n + 1).padStart(4, '0')}`);
  await appendFile(path.join(configDir, 'office.yaml'), ids.map(officeYaml).join(''));
  const read = await readConfiguration(configDir);
  if (!read.ok) throw new Error(formatErrors(read.errors));
  const { offices, calendar } = read.value;
  const schedule = tasksOf(tasksEach);
  return {
    configDir,
    configuration: read.value,
    counties: ids.map((id) => {
      const office = offices.get(id);
      if (office === undefined) throw new Error(`no office ${id}`);
      return { office, directory: directoryOf(id), schedule: { ...schedule, office: id } };
    }),
    nine: instantOf(ZONE, calendar.addWorkdays(DUE, -7), '09:00'),
  };
}

function officeYaml(id: string): string {
  const name = `示范${id.slice(-4)}县人民政府办公室`;
  return `
  - id: ${id}
    name: ${name}
    signature: 示范县政府办
    from: cuiban@${id}.example
    replyTo: zwgk@${id}.example
    phone: 0350-0000000
    contactPerson: 县政府办公室政务公开股
`;
}

function directoryOf(office: string): Directory {
  const units = Array.from({ length: UNITS }, (_, n): Unit => {
    const id = `unit-${String(n + 1).padStart(3, '0')}`;
    const posts = n === 0 ? ['联络员', '主要负责人', '协调人', '督办', '分管领导'] : ['联络员', '主要负责人'];
    const contacts = posts.map((post, at): Contact => ({
      id: `${id}/${post}/1`,
      post,
      name: `王${'建晓文海明'[at] ?? ''}${'平琳华涛'[n % 4] ?? ''}`,
      email: `p${at}.${id}@${office}.example`,
      mobile: null,
      from: null,
      until: null,
    }));
    return { id, name: `县第${n + 1}局`, aliases: [], external: false, contacts };
  });
  return {
    office,
    supervisor: 'unit-001',
    units,
    groups: [{ name: '县直各部门', aliases: [], members: units.map(({ id }) => id), review: null }],
  };
}

/** Short, so that a letter about one of them is a mail of about 6 KB. */
const TITLES = ['公开本部门权责清单', '编制本领域公开事项标准目录', '清理现行有效的行政规范性文件'];

function tasksOf(count: number): Omit<Schedule, 'office'> {
  const tasks = Array.from({ length: count }, (_, n): Task => {
    const title = TITLES[n % TITLES.length] ?? '';
    return {
      ref: `${Math.floor(n / 10) + 1}-${(n % 10) + 1}`,
      title,
      quote: `${title}。（2026年6月底前完成）`,
      deadlines: [{ kind: 'by', date: DUE, text: '2026年6月底前', inferred: '月底取当月最后一日' }],
      lead: ['县直各部门'],
      cooperate: [],
      review: [],
      groups: {},
    };
  });
  return {
    name: 'bench-2026',
    notice: {
      title: '2026年政务公开工作要点',
      number: '示政办发〔2026〕3号',
      issuer: '示范县人民政府办公室',
      issuedOn: ISSUED,
      assumedIssuedOn: null,
      year: 2026,
    },
    tasks,
  };
}

/** The mails of one county on that morning, as the product writes them: what the others send too. */
export function lettersOf({ configuration, counties, nine }: Province): readonly (Rendered & { readonly from: string })[] {
  const [county] = counties;
  if (county === undefined) throw new Error('a province without counties');
  const { office, directory, schedule } = county;
  const { policy, calendar, templates } = configuration;
  const confirmedAt = instantOf(ZONE, ISSUED, '09:00');
  const until = instantOf(ZONE, dateOf(ZONE, nine), '23:59');
  return rehearse({ schedules: [{ schedule, directory, confirmedAt }], office, policy, calendar, until })
    .messages.filter(({ at }) => at === nine)
    .map(({ message, at }) => ({
      ...templates.render(message, { office, calendar, now: at, today: dateOf(ZONE, at), drill: false }),
      from: office.from.address,
    }));
}

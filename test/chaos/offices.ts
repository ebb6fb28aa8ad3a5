// Who is reminded in a storm: many small offices, so that new work can come due at any moment of it. Everything is due today.

import { cp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import type { Contact, Directory, Unit } from '../../src/domain/directory.ts';
import type { Schedule } from '../../src/domain/notice.ts';

const HOME = resolve(import.meta.dirname, '../..');
const TASKS = ['公布主动公开事项清单', '更新办事指南', '答复群众来信'];

export interface Batch {
  readonly office: string;
  readonly schedule: Schedule;
  readonly directory: Directory;
  /** The mailboxes and numbers that must each get one message, with the titles in it. */
  readonly mailboxes: readonly string[];
  readonly mobiles: readonly string[];
}

export function titles(): readonly string[] {
  return TASKS;
}

/** The batch of one office: every unit leads every task, due on `today`. */
export function batchOf(number: number, units: number, today: string): Batch {
  const office = `storm-${number}`;
  const people = Array.from({ length: units }, (_, index) => person(number, index));
  const members = people.map((contact, index): Unit => ({
    id: `unit-${index}`,
    name: `县第${index + 1}局`,
    aliases: [],
    external: false,
    contacts: [contact],
  }));
  const schedule: Schedule = {
    name: 'storm',
    office,
    notice: {
      title: '示例县政务公开分工',
      number: null,
      issuer: null,
      issuedOn: today,
      assumedIssuedOn: null,
      year: Number(today.slice(0, 4)),
    },
    tasks: TASKS.map((title, index) => ({
      ref: `${index + 1}`,
      title,
      quote: null,
      deadlines: [{ kind: 'by', date: today, text: '今日', inferred: '' }],
      lead: members.map(({ name }) => name),
      cooperate: [],
      review: [],
      groups: {},
    })),
  };
  return {
    office,
    schedule,
    directory: { office, supervisor: 'unit-0', units: members, groups: [] },
    mailboxes: people.map(({ email }) => email ?? ''),
    mobiles: people.map(({ mobile }) => mobile ?? ''),
  };
}

function person(office: number, index: number): Contact {
  return {
    id: `unit-${index}/联络员/1`,
    post: '联络员',
    name: '王小明',
    email: `liaison@u${index}.storm-${office}.example`,
    mobile: `+86120${String(office * 1_000 + index).padStart(8, '0')}`,
    from: null,
    until: null,
  };
}

/** A copy of the shipped configuration for these offices, in which it is about noon of a working day. Returns the office's date. */
export async function writeConfiguration(dir: string, offices: number, now: Date): Promise<string> {
  await cp(join(HOME, 'config'), dir, { recursive: true });
  const behind = now.getUTCHours() - 12;
  const zone = behind === 0 ? 'UTC' : `Etc/GMT${behind > 0 ? '+' : '-'}${Math.abs(behind)}`;
  const shipped = await readFile(join(dir, 'office.yaml'), 'utf8');
  const defaults = shipped
    .slice(shipped.indexOf('defaults:'), shipped.indexOf('offices:'))
    .replace('Asia/Shanghai', zone)
    .replace('every: day', 'every: never');
  const entries = Array.from({ length: offices }, (_, number) => [
    `  - id: storm-${number}`,
    '    name: 示例县人民政府办公室',
    '    signature: 示例县政府办',
    `    from: cuiban@storm-${number}.example`,
    `    replyTo: cuiban@storm-${number}.example`,
    '    phone: 0400-0000000',
    '    contactPerson: 县政府办公室政务公开股',
  ]);
  await writeFile(join(dir, 'office.yaml'), `${defaults}offices:\n${entries.flat().join('\n')}\n`);
  const local = now.getTime() - behind * 3_600_000;
  const days = [0, 1].map((ahead) => new Date(local + ahead * 86_400_000).toISOString().slice(0, 10));
  const worked = days.map((date) => `  - { date: ${date}, workday: true, name: 试验, source: 测试 }`);
  // So that the first letter goes by both channels.
  const policy = await readFile(join(dir, 'policy.yaml'), 'utf8');
  await writeFile(join(dir, 'policy.yaml'), policy.replace(/(- id: assigned[^]*?via: )\[email\]/u, '$1[email, sms]'));
  const calendar = await readFile(join(dir, 'calendar.yaml'), 'utf8');
  await writeFile(join(dir, 'calendar.yaml'), calendar.replace('days: []', `days:\n${worked.join('\n')}`));
  return days[0] ?? '';
}

// From the seeds to a province and the country: how many messages a unit gets in a year, and on the worst morning. Rehearsed, not sent:
// docs/scale.md reckons with these.

import { readConfiguration } from '../../src/configuration/index.ts';
import { knownSchedules, loadMaterial, officeOf } from '../../src/commands/material.ts';
import { noticeDate } from '../../src/domain/notice.ts';
import { rehearse, type RehearsedMessage } from '../../src/domain/rehearsal.ts';
import { dateOf, instantOf } from '../../src/domain/time.ts';
import { readSettings } from '../../src/settings.ts';
import { formatErrors } from '../../src/yaml.ts';
import { shown } from './support/figures.ts';
import { type Measured, plain, type Result } from './support/report.ts';

/** Counties of a hundred units. */
const PLACES = [
  { name: '一个省（117 个县 × 100 个单位）', units: 11_700 },
  { name: '全国（2,800 个县 × 100 个单位）', units: 280_000 },
] as const;

interface Counted {
  readonly perUnit: number;
  /** Of one day. */
  readonly worst: number;
}

export async function benchScale(): Promise<Result> {
  const settings = readSettings({});
  const read = await readConfiguration(settings.configDir);
  if (!read.ok) throw new Error(formatErrors(read.errors));
  const configuration = read.value;
  const measured: Measured[] = [];
  const years: { readonly all: Counted; readonly timely: Counted; readonly sms: Counted }[] = [];
  for (const name of await knownSchedules(settings)) {
    const { schedule, directory } = await loadMaterial(settings, name);
    const office = officeOf(configuration, schedule);
    const { zone } = office.hours;
    const { messages } = rehearse({
      schedules: [{ schedule, directory, confirmedAt: instantOf(zone, noticeDate(schedule.notice), office.hours.sendAt) }],
      office,
      policy: configuration.policy,
      calendar: configuration.calendar,
      // A whole year from the notice: what falls due at its end is chased into the next.
      until: instantOf(
        zone,
        `${Number(noticeDate(schedule.notice).slice(0, 4)) + 1}${noticeDate(schedule.notice).slice(4)}`,
        '23:59',
      ),
    });
    const units = new Set(messages.flatMap(({ message }) => message.items.map(({ assignment }) => assignment.unit))).size;
    const count = (of: (message: RehearsedMessage) => boolean): Counted => {
      const days = new Map<string, number>();
      for (const each of messages.filter(of)) {
        const day = dateOf(zone, each.at);
        days.set(day, (days.get(day) ?? 0) + 1);
      }
      const all = [...days.values()];
      return { perUnit: all.reduce((sum, one) => sum + one, 0) / units, worst: Math.max(0, ...all) / units };
    };
    const mail = ({ message }: RehearsedMessage): boolean => message.channel === 'email';
    const year = {
      all: count(mail),
      // Done by the due date: nothing that comes after it is said.
      timely: count((each) => mail(each) && each.message.items.some(({ stage }) => !stage.startsWith('o'))),
      sms: count(({ message }) => message.channel === 'sms'),
    };
    years.push(year);
    const words = `邮件 ${shown(year.timely.perUnit)} 至 ${shown(year.all.perUnit)} 封，短信至多 ${shown(year.sms.perUnit)} 条；最忙一天 ${shown(year.all.worst)} 封`;
    measured.push(plain(`${name}，每单位每年（都按时办结 至 无人办结）`, words, year.all.perUnit, 'mails'));
  }
  const most = (of: (year: (typeof years)[number]) => number): number => Math.max(...years.map(of));
  for (const { name, units } of PLACES) {
    const words = [
      `一年邮件 ${shown(units * most(({ timely }) => timely.perUnit))} 至 ${shown(units * most(({ all }) => all.perUnit))} 封`,
      `短信至多 ${shown(units * most(({ sms }) => sms.perUnit))} 条`,
      `最忙的早晨 ${shown(units * most(({ all }) => all.worst))} 封`,
    ];
    measured.push(plain(`${name}，按各例中最多的`, words.join('，'), units * most(({ all }) => all.worst), 'mails'));
  }
  return {
    bench: 'scale',
    title: '规模：由各例推算',
    how: ['seeds 各例逐个预演，自通知印发起一年；无人办结是上限，都按时办结不含逾期后的'],
    measured,
    missing: [],
  };
}

// What confirming a schedule comes to: how many letters, to how many people, on which days.

import colors from 'picocolors';

import type { Configuration } from '../configuration/index.ts';
import { assign } from '../domain/assign.ts';
import { addDays } from '../domain/calendar.ts';
import type { Schedule } from '../domain/notice.ts';
import type { Office } from '../domain/office.ts';
import { rehearse } from '../domain/rehearsal.ts';
import { dateOf, type Instant, instantOf } from '../domain/time.ts';
import { dateInWords } from '../domain/words.ts';
import type { Material } from './material.ts';
import { print } from './terminal.ts';

/** A notice of a past year is rehearsed for this long from today. */
const AHEAD_DAYS = 90;

export interface Headline {
  readonly duties: number;
  readonly units: number;
  /** The last day counted: the end of the notice's year, or some months from now if that is over. */
  readonly until: string;
  /** Up to that day, if nobody answered. */
  readonly emails: number;
  readonly sms: number;
  readonly people: number;
  readonly busiestDay: string | null;
  readonly onBusiestDay: number;
  /** Duties to lead whose deadline had passed already: those that the coordinator is asked about. */
  readonly pastDue: number;
  readonly problems: readonly string[];
}

/** Up to when letters are counted. */
export function lastInstantOf({ hours: { zone } }: Office, { notice }: Schedule, now: Instant): Instant {
  const yearEnd = `${notice.year}-12-31`;
  const ahead = addDays(dateOf(zone, now), AHEAD_DAYS);
  return instantOf(zone, yearEnd > ahead ? yearEnd : ahead, '23:59');
}

export function headlineOf(configuration: Configuration, office: Office, material: Material, now: Instant): Headline {
  const { schedule, directory } = material;
  const { zone } = office.hours;
  const { assignments, problems } = assign(schedule, directory, dateOf(zone, now));
  const until = lastInstantOf(office, schedule, now);
  const { messages } = rehearse({
    schedules: [{ schedule, directory, confirmedAt: now }],
    office,
    policy: configuration.policy,
    calendar: configuration.calendar,
    until,
  });
  const perDay = new Map<string, number>();
  for (const { at } of messages) perDay.set(dateOf(zone, at), (perDay.get(dateOf(zone, at)) ?? 0) + 1);
  const [busiest] = [...perDay].toSorted(([, one], [, other]) => other - one);
  const emails = messages.filter(({ message }) => message.channel === 'email').length;
  return {
    duties: assignments.length,
    units: new Set(assignments.map(({ unit }) => unit)).size,
    until: dateOf(zone, until),
    emails,
    sms: messages.length - emails,
    people: new Set(messages.map(({ message }) => message.address)).size,
    busiestDay: busiest?.[0] ?? null,
    onBusiestDay: busiest?.[1] ?? 0,
    pastDue: assignments.filter(({ pursuit, role }) => pursuit === 'undecided' && role === 'lead').length,
    problems: problems.map(({ detail }) => detail),
  };
}

export function printHeadline(headline: Headline, { schedule }: Material): void {
  print(colors.bold(schedule.notice.title));
  print(`  ${schedule.tasks.length} 项任务，展开为 ${headline.units} 个单位的 ${headline.duties} 项责任。`);
  print(
    `  如果无人答复，到 ${headline.until} 共 ${headline.emails} 封邮件、${headline.sms} 条短信，发给 ${headline.people} 个地址。`,
  );
  if (headline.busiestDay !== null) print(`  最忙的一天：${dateInWords(headline.busiestDay)}，${headline.onBusiestDay} 条。`);
  if (headline.pastDue > 0) print(colors.yellow(`  ${headline.pastDue} 项牵头责任的时限已过：不催办，送协调人定夺。`));
  for (const problem of headline.problems) print(colors.yellow(`  ${problem}`));
  const review = schedule.tasks.filter((task) => task.review.length > 0);
  if (review.length > 0)
    print(
      colors.yellow(`  ${review.length} 项任务有待核对之处（${review.map(({ ref }) => ref).join('、')}），见分解表的 review。`),
    );
}

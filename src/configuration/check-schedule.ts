// The preflight of one schedule: does everybody it names exist, and can every rung be reached on the day it is due.

import { assign } from '../domain/assign.ts';
import { type Assignment, assignmentOf, type NewAssignment } from '../domain/assignment.ts';
import { addDays, type Calendar } from '../domain/calendar.ts';
import type { IsoDate } from '../domain/deadline.ts';
import { type Contact, type Directory, holders, type Unit, unitById } from '../domain/directory.ts';
import { noticeDate, type Schedule } from '../domain/notice.ts';
import { anchorOf } from '../domain/occasions.ts';
import { ladderOf } from '../domain/plan.ts';
import type { Recipient, Stage } from '../domain/policy.ts';
import { error, type Finding, warning } from './finding.ts';
import type { Configuration } from './index.ts';

/** What is wrong with one schedule under a configuration; nothing said twice. */
export function checkSchedule(schedule: Schedule, directory: Directory, configuration: Configuration): readonly Finding[] {
  const { name } = schedule;
  const findings: Finding[] = [];
  if (!configuration.offices.has(schedule.office)) {
    findings.push(
      error(name, `office.yaml 中没有单位 ${schedule.office}，可用：${[...configuration.offices.keys()].join('、')}`),
    );
  }
  if (directory.office !== schedule.office) {
    findings.push(error(name, `通讯录属于 ${directory.office}，分解表属于 ${schedule.office}`));
  }
  const { assignments, problems } = assign(schedule, directory, noticeDate(schedule.notice));
  for (const { kind, detail } of problems) {
    const say = kind === 'unknown-unit' ? error : warning;
    findings.push(say(`${name}/${refIn(detail, schedule)}`, detail));
  }
  const undirected = directory.units.find((unit) => unit.id === directory.supervisor);
  if (undirected === undefined) return [...findings, error(name, `通讯录中没有督办单位 ${directory.supervisor}`)];
  const dated = assignments.filter(({ due }) => due !== null);
  const within = assignments.filter(({ due }) => due === null || reaches(configuration.calendar, due));
  return unique([
    ...findings,
    ...dated.flatMap(({ due, ref }) => calendarFindings(due, `${name}/${ref}`, name, configuration.calendar)),
    ...reachFindings(schedule, directory, within, configuration),
    ...reviewFindings(schedule),
  ]);
}

/** Problems of the split carry their ref at the start of their words. */
function refIn(detail: string, schedule: Schedule): string {
  const refs = schedule.tasks.map(({ ref }) => ref).filter((ref) => detail.startsWith(ref));
  return refs.toSorted((a, b) => b.length - a.length)[0] ?? '';
}

function calendarFindings(due: IsoDate | null, where: string, schedule: string, calendar: Calendar): readonly Finding[] {
  if (due === null) return [];
  const year = due.slice(0, 4);
  if (!reaches(calendar, due))
    return [error(where, `时限 ${due} 超出工作日历（${calendar.data.firstYear}–${calendar.data.lastYear}）`)];
  if (calendar.isOfficial(due)) return [];
  return [warning(schedule, `${year} 年放假安排尚未公布：该年的时限暂按周一至周五推算`)];
}

/** Reminders and escalation need room on both sides of a date. */
function reaches(calendar: Calendar, due: IsoDate): boolean {
  const { firstYear, lastYear } = calendar.data;
  const year = Number(due.slice(0, 4));
  return year > firstYear && year < lastYear;
}

function reviewFindings({ name, tasks }: Schedule): readonly Finding[] {
  const open = tasks.filter(({ review }) => review.length > 0);
  if (open.length === 0) return [];
  const count = open.reduce((sum, { review }) => sum + review.length, 0);
  return [warning(name, `${open.length} 项任务有 ${count} 处待核对，请逐条确认后再启用`)];
}

interface Gap {
  readonly unit: Unit;
  readonly post: string;
  readonly kind: 'nobody' | 'nobody copied' | 'unreachable';
  readonly stages: Set<string>;
  readonly first: IsoDate;
}

function reachFindings(
  schedule: Schedule,
  directory: Directory,
  assignments: readonly NewAssignment[],
  configuration: Configuration,
): readonly Finding[] {
  const supervisor = unitById(directory, directory.supervisor);
  const gaps = new Map<string, Gap>();
  const withoutMobile = new Map<string, string>();
  const note = (unit: Unit, post: string, kind: Gap['kind'], stage: Stage, day: IsoDate): void => {
    const key = `${unit.id}|${post}|${kind}`;
    const gap = gaps.get(key) ?? { unit, post, kind, stages: new Set<string>(), first: day };
    gap.stages.add(stage.id);
    gaps.set(key, gap);
  };
  for (const assignment of assignments) {
    const unit = unitById(directory, assignment.unit);
    const full = assignmentOf(assignment, schedule, 0, '');
    for (const stage of ladderOf(full, configuration.policy, unit).stages) {
      const day = dayOf(stage, full, configuration.calendar);
      if (day === null) continue;
      const inUnit = ({ of }: Recipient): Unit => (of === 'unit' ? unit : supervisor);
      const found = stage.to.map((recipient) => ({ recipient, contacts: holders(inUnit(recipient), recipient.post, day) }));
      for (const { recipient, contacts } of found) {
        const reachable = contacts.filter((contact) => stage.via.some((channel) => addressOf(contact, channel) !== null));
        if (contacts.length === 0) note(inUnit(recipient), recipient.post, 'nobody', stage, day);
        else if (reachable.length === 0) note(inUnit(recipient), recipient.post, 'unreachable', stage, day);
        for (const contact of reachable) {
          if (stage.via.includes('sms') && contact.mobile === null) {
            withoutMobile.set(contact.id, `${inUnit(recipient).name}${recipient.post}${contact.name}`);
          }
        }
      }
      for (const recipient of stage.cc) {
        const contacts = holders(inUnit(recipient), recipient.post, day);
        if (contacts.length === 0) note(inUnit(recipient), recipient.post, 'nobody copied', stage, day);
      }
    }
  }
  return [
    ...[...gaps.values()]
      .filter((gap) => gap.kind !== 'nobody copied' || !gaps.has(`${gap.unit.id}|${gap.post}|nobody`))
      .map((gap) => inWords(gap, schedule.name)),
    ...mobileFindings(schedule.name, [...withoutMobile.values()]),
  ];
}

function inWords({ unit, post, kind, stages, first }: Gap, schedule: string): Finding {
  const where = `${schedule}/${unit.name}`;
  const list = [...stages].join('、');
  switch (kind) {
    case 'nobody':
      return error(where, `${unit.name}在 ${first} 没有在任的${post}：${list} 无人可送`);
    case 'unreachable':
      return error(where, `${unit.name}的${post}没有 ${list} 所需的邮箱或手机号`);
    case 'nobody copied':
      return warning(where, `${unit.name}在 ${first} 没有在任的${post}：${list} 无人可抄送`);
  }
}

function mobileFindings(schedule: string, names: readonly string[]): readonly Finding[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, 5).join('、');
  return [warning(schedule, `${names.length} 人没有手机号，只发邮件：${shown}${names.length > 5 ? '等' : ''}`)];
}

/** The day a stage would speak, or null where this duty never gets to it. */
function dayOf(stage: Stage, assignment: Assignment, calendar: Calendar): IsoDate | null {
  const { timing } = stage;
  const noticed = noticeDate(assignment.notice);
  // A late confirmation makes any dated duty past due, so that stage is looked at for each of them.
  if ('on' in timing) return timing.on === 'confirmed' || assignment.due !== null ? noticed : null;
  if ('every' in timing) return assignment.pursuit === 'cadence' ? noticed : null;
  if (assignment.due === null) return null;
  const anchor = anchorOf(assignment, assignment.due, calendar);
  const day = timing.days === 'working' ? calendar.addWorkdays(anchor, timing.offset) : addDays(anchor, timing.offset);
  return day < noticed ? null : day;
}

function addressOf(contact: Contact, channel: 'email' | 'sms'): string | null {
  return channel === 'email' ? contact.email : contact.mobile;
}

function unique(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((each) => [`${each.level} ${each.where} ${each.message}`, each])).values()];
}

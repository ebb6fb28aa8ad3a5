// What a revision changes in a confirmed schedule, as people and scripts are shown it.

import colors from 'picocolors';

import { type Assignment, isClosed } from '../domain/assignment.ts';
import type { Directory } from '../domain/directory.ts';
import { quoted } from '../domain/letter-words.ts';
import type { Task } from '../domain/notice.ts';
import { isEmpty, type Revision, type TaskChange } from '../domain/revision.ts';
import type { Effect, Recipient } from '../domain/revision-effect.ts';
import type { Reassigned } from '../domain/revision-duties.ts';
import { deadlineInWords, noticeChangeInWords, taskChangeInWords } from '../domain/revision-words.ts';
import { dateOf } from '../domain/time.ts';
import type { ConfirmedSchedule } from '../ledger/ledger.ts';

export function revisionInWords(revision: Revision, known: ConfirmedSchedule, zone: string, directory: Directory | null): string {
  const { schedule, assignments, revision: count } = known;
  const since = `${dateOf(zone, known.confirmedAt)} 确认${count > 0 ? `、修订过 ${count} 次` : ''}`;
  if (isEmpty(revision)) return `与已确认的“${schedule.name}”（${since}）没有不同。`;
  const moved = revision.changed.filter(isRenumberedOnly);
  const changed = revision.changed.filter((each) => !isRenumberedOnly(each));
  const progress = (ref: string): string =>
    progressInWords(
      assignments.filter((each) => each.ref === ref),
      directory,
    );
  return [
    `${colors.bold(schedule.notice.title)}：与已确认的“${schedule.name}”（${since}）对照`,
    `  新增 ${revision.fresh.length} 项，取消 ${revision.gone.length} 项，改动 ${changed.length} 项，只改编号 ${moved.length} 项，不变 ${revision.unchanged.length} 项。`,
    ...revision.notice.map((each) => `  ${colors.yellow('通知')} ${noticeChangeInWords(each)}`),
    ...revision.fresh.map((task) => `  ${colors.green('新增')} ${nameOf(task)}${colors.dim(`（${dutiesOf(task)}）`)}`),
    ...revision.gone.map((task) => `  ${colors.red('取消')} ${nameOf(task, '原')}${progress(task.ref)}`),
    ...changed.flatMap((each) => [
      `  ${colors.yellow('改动')} ${nameOf(each.after)}${progress(each.before.ref)}`,
      ...taskChangeInWords(each).map((words) => `       ${words}`),
    ]),
    ...(moved.length === 0
      ? []
      : [colors.dim(`  只改编号：${moved.map(({ before, after }) => `${before.ref}→${after.ref}`).join('、')}`)]),
  ].join('\n');
}

function isRenumberedOnly({ renumbered, title, quote, deadlines, units, groups }: TaskChange): boolean {
  return renumbered && !title && !quote && deadlines.length + units.length + groups.length === 0;
}

function nameOf({ ref, title }: Task, before = ''): string {
  return `${before}${ref} ${quoted(title)}`;
}

function dutiesOf({ lead, cooperate, deadlines }: Task): string {
  const units = [
    `牵头：${lead.length === 0 ? '无' : lead.join('、')}`,
    ...(cooperate.length === 0 ? [] : [`配合：${cooperate.join('、')}`]),
  ];
  return [...units, `时限：${deadlines.length === 0 ? '无' : deadlines.map(deadlineInWords).join('、')}`].join('；');
}

/** `（3 个单位；5 项责任：已办结 2，办理中 3）`. */
function progressInWords(assignments: readonly Assignment[], directory: Directory | null): string {
  if (assignments.length === 0) return '';
  const done = assignments.filter(({ status }) => status === 'completed');
  const open = assignments.filter(({ status }) => !isClosed(status)).length;
  const names = [...new Set(done.map(({ unit }) => directory?.units.find(({ id }) => id === unit)?.name ?? unit))];
  const who = names.length === 0 ? '' : `：${names.slice(0, 3).join('、')}${names.length > 3 ? '等' : ''}`;
  return colors.dim(`（已办结 ${done.length} 项${who}，未办结 ${open} 项）`);
}

export interface DutyCounts {
  readonly opened: number;
  readonly moved: number;
  readonly cancelled: number;
  readonly turned: number;
  /** Open duties about which nothing changes. */
  readonly kept: number;
}

export function countDuties({ opened, changed }: Reassigned, standing: readonly Assignment[]): DutyCounts {
  const open = changed.filter(({ before }) => !isClosed(before.status));
  const moved = open.filter(({ before, after }) => before.due !== after.due);
  const cancelled = open.filter(({ after }) => after.status === 'cancelled');
  const turned = open.filter(({ before, after }) => before.role !== after.role && !isClosed(after.status));
  const touched = new Set([...moved, ...cancelled, ...turned].map(({ before }) => before.id));
  const revived = changed.filter(({ before, after }) => isClosed(before.status) && !isClosed(after.status)).length;
  return {
    opened: opened.length + revived,
    moved: moved.length,
    cancelled: cancelled.length,
    turned: turned.length,
    kept: standing.filter(({ id, status }) => !isClosed(status) && !touched.has(id)).length,
  };
}

const SHOWN = 10;

export function effectInWords(duties: DutyCounts, { until, before, after, recipients }: Effect): readonly string[] {
  const change = (from: number, to: number, unit: string): string =>
    to === from ? `${to} ${unit}` : `${from} → ${to} ${unit}（${to > from ? '多' : '少'} ${Math.abs(to - from)}）`;
  const more = recipients.length > SHOWN ? [`    等 ${recipients.length} 个收件地址`] : [];
  return [
    `  责任：交办 ${duties.opened} 项，改期 ${duties.moved} 项，改变分工 ${duties.turned} 项，撤销 ${duties.cancelled} 项；其余 ${duties.kept} 项未办结的照旧，进展都保留。`,
    `  如果无人答复，到 ${until} 邮件 ${change(before.email, after.email, '封')}，短信 ${change(before.sms, after.sms, '条')}${recipients.length === 0 ? '。' : '：'}`,
    ...recipients.slice(0, SHOWN).map((each) => `    ${recipientInWords(each)}`),
    ...more,
  ];
}

function recipientInWords({ unitName, post, name, channel, more, fewer, other }: Recipient): string {
  const unit = channel === 'email' ? '封邮件' : '条短信';
  const parts = [
    ...(more > 0 ? [`多 ${more} ${unit}`] : []),
    ...(fewer > 0 ? [`少 ${fewer} ${unit}`] : []),
    ...(other > 0 ? [`${other} ${unit}内容有变`] : []),
  ];
  return `${unitName}${post} ${name}：${parts.join('，')}`;
}

/** The shape that the README promises to scripts. */
export function revisionJson({ notice, fresh, gone, changed }: Revision): object {
  const task = ({ ref, title, lead, cooperate, deadlines }: Task): object => ({ ref, title, lead, cooperate, deadlines });
  return {
    notice,
    new: fresh.map(task),
    gone: gone.map(task),
    changed: changed.map((each) => ({
      ref: each.after.ref,
      previousRef: each.before.ref,
      title: each.after.title,
      words: taskChangeInWords(each),
      deadlines: each.deadlines,
      units: each.units,
      groups: each.groups,
      titleChanged: each.title,
      quoteChanged: each.quote,
    })),
  };
}

// A revision in the words of an office, one line for each thing that changes.

import type { Deadline } from './deadline.ts';
import type { Notice, Role } from './notice.ts';
import type { DeadlineChange, GroupChange, NoticeChange, TaskChange, UnitChange } from './revision.ts';
import { clipped, quoted } from './letter-words.ts';

const ROLES: Readonly<Record<Role, string>> = { lead: '牵头', cooperate: '配合' };

const NOTICE_FIELDS: Readonly<Record<keyof Notice, string>> = {
  title: '题名',
  number: '文号',
  issuer: '发文单位',
  issuedOn: '成文日期',
  assumedIssuedOn: '起算日期',
  year: '年度',
};

export function noticeChangeInWords({ field, before, after }: NoticeChange): string {
  return `${NOTICE_FIELDS[field]}由 ${before ?? '（无）'} 改为 ${after ?? '（无）'}`;
}

/** What changes in a task, the most telling first. */
export function taskChangeInWords(change: TaskChange): readonly string[] {
  const { before, after, renumbered, title, quote, deadlines, units, groups } = change;
  return [
    ...deadlines.map(deadlineChangeInWords),
    ...units.map(unitChangeInWords),
    ...groups.map(groupChangeInWords),
    ...(title ? [`标题由“${quoted(before.title)}”改为“${quoted(after.title)}”`] : []),
    ...(quote ? [`原文由“${excerpt(before.quote, after.quote)}”改为“${excerpt(after.quote, before.quote)}”`] : []),
    ...(renumbered ? [`编号由 ${before.ref} 改为 ${after.ref}`] : []),
  ];
}

export function deadlineInWords(deadline: Deadline): string {
  const words = `“${quoted(deadline.text)}”`;
  switch (deadline.kind) {
    case 'by':
      return `${deadline.date}${words}`;
    case 'from':
      return `${deadline.date} 起${words}`;
    case 'recurring':
      return `${ruleInWords(deadline.rule)}${words}`;
    case 'ongoing':
      return `无固定时限${words}`;
  }
}

function ruleInWords(rule: string): string {
  const [, month, day] = /^yearly (\d{2})-(\d{2})$/u.exec(rule) ?? [];
  if (month !== undefined && day !== undefined) return `每年 ${Number(month)}月${Number(day)}日`;
  return { yearly: '每年', 'half-yearly': '每半年', quarterly: '每季度', monthly: '每月' }[rule] ?? rule;
}

function deadlineChangeInWords(change: DeadlineChange): string {
  switch (change.kind) {
    case 'moved':
      return `时限由 ${deadlineInWords(change.before)} 改为 ${deadlineInWords(change.after)}`;
    case 'reworded':
      return `时限的文字由“${quoted(change.before.text)}”改为“${quoted(change.after.text)}”`;
    case 'added':
      return `新增时限 ${deadlineInWords(change.after)}`;
    case 'left':
      return `去掉时限 ${deadlineInWords(change.before)}`;
  }
}

function unitChangeInWords(change: UnitChange): string {
  switch (change.kind) {
    case 'added':
      return `新增${ROLES[change.role]} ${quoted(change.name)}`;
    case 'left':
      return `去掉${ROLES[change.role]} ${quoted(change.name)}`;
    case 'role':
      return `${quoted(change.name)}由${ROLES[change.from]}改为${ROLES[change.to]}`;
  }
}

function groupChangeInWords({ name, before, after }: GroupChange): string {
  const members = (names: readonly string[] | null): string => (names === null ? '按通讯录' : names.map(quoted).join('、'));
  return `“${quoted(name)}”所指由 ${members(before)} 改为 ${members(after)}`;
}

const EXCERPT = 40;

/** From a little before the first character that differs. */
function excerpt(text: string | null, other: string | null): string {
  const [own, against] = [text ?? '', other ?? ''].map((each) => each.replace(/\s+/gu, ''));
  if (own === undefined || against === undefined) return '';
  let at = 0;
  while (at < own.length && own[at] === against[at]) at += 1;
  const start = Math.max(0, at - 8);
  const shown = clipped(own.slice(start).replace(/^[\uDC00-\uDFFF]/u, ''), EXCERPT);
  return quoted(`${start > 0 ? '…' : ''}${shown}`);
}

// A message of every kind, to try templates on before anybody is written to.

import type { Assignment } from '../domain/assignment.ts';
import { Calendar } from '../domain/calendar.ts';
import type { Deadline } from '../domain/deadline.ts';
import type { LetterContext } from '../domain/letter.ts';
import type { Message, MessageItem } from '../domain/message.ts';

const TODAY = '2022-08-10';

const calendar = new Calendar({
  version: '样例',
  firstYear: 2022,
  lastYear: 2023,
  exceptions: new Map(),
  announcedYears: new Set(),
});

export function sampleContext(drill: boolean): LetterContext {
  const mailbox = { name: '某县人民政府办公室', address: 'sample@office.example' };
  return {
    office: {
      id: 'sample',
      name: mailbox.name,
      signature: '某县政府办',
      locale: 'zh-CN',
      hours: { zone: 'Asia/Shanghai', start: '08:30', end: '17:30', sendAt: '09:00' },
      caps: { email: 1, sms: 1 },
      from: mailbox,
      replyTo: mailbox,
      phone: '000-0000000',
      contactPerson: '政务公开股',
    },
    today: TODAY,
    // 2022-08-10 09:00 in Shanghai.
    now: 1_660_093_200_000,
    calendar,
    drill,
    letterNo: '样例-1',
  };
}

/** For each letter: one duty alone, then duties in every situation in one digest, by mail and by SMS. */
export function sampleMessages(letters: readonly string[]): readonly Message[] {
  const digests = letters.flatMap((letter) => {
    const items = itemsOf(letter);
    return [items.slice(0, 1), items];
  });
  return digests.flatMap((items) => (['email', 'sms'] as const).map((channel) => messageOf(channel, items)));
}

function itemsOf(letter: string): readonly MessageItem[] {
  const by: Deadline = { kind: 'by', text: '8月底前', date: '2022-08-31', inferred: '年份取自标题' };
  const past: Deadline = { kind: 'by', text: '7月底前', date: '2022-07-29' };
  const from: Deadline = { kind: 'from', text: '10月起', date: '2022-10-01' };
  const begun: Deadline = { kind: 'from', text: '8月起', date: '2022-08-01' };
  const base: Omit<MessageItem, 'assignment'> = {
    stage: 'sample',
    occurrence: 'once',
    contact: 'edu/liaison/1',
    letter,
    rung: 0,
    copy: false,
    reason: '样例',
    unitName: '县教育局',
    external: false,
    remindedOn: [],
  };
  return [
    { ...base, assignment: assignmentOf(by, '2022-08-31') },
    { ...base, assignment: { ...assignmentOf(by, '2022-09-15'), originalDue: '2022-08-31' } },
    { ...base, assignment: assignmentOf(past, '2022-07-29'), remindedOn: ['2022-07-22', '2022-07-28'] },
    { ...base, assignment: assignmentOf(past, '2022-07-29'), copy: true, remindedOn: ['2022-07-28'] },
    { ...base, assignment: assignmentOf(from, '2022-10-01') },
    { ...base, assignment: assignmentOf(begun, '2022-08-01'), external: true },
    { ...base, assignment: assignmentOf(by, '2022-08-31'), external: true },
    { ...base, assignment: assignmentOf({ kind: 'ongoing', text: '年内持续推进' }, null), occurrence: '2022-09-30' },
    { ...base, assignment: { ...assignmentOf(null, null), unit: 'other' }, unitName: '县财政局' },
  ];
}

function assignmentOf(deadline: Deadline | null, due: string | null): Assignment {
  const other: Deadline = { kind: 'recurring', text: '每季度', rule: 'quarterly' };
  return {
    id: 'sample',
    office: 'sample',
    schedule: 'sample',
    notice: {
      title: '某县2022年工作要点',
      number: '某政办发〔2022〕1号',
      issuer: null,
      issuedOn: '2022-07-12',
      assumedIssuedOn: null,
      year: 2022,
    },
    task: {
      ref: '一(一)-1',
      title: '一项名称较长的样例任务',
      lead: ['县教育局', '县财政局'],
      cooperate: ['县民政局'],
      deadlines: deadline === null ? [other] : [deadline, other],
    },
    ref: '一(一)-1',
    unit: 'education',
    role: 'lead',
    deadline,
    pursuit: due === null ? 'cadence' : 'dated',
    due,
    originalDue: due,
    status: 'needs-action',
    sequence: 0,
    confirmedAt: null,
    extendedAt: null,
    approval: null,
    plannedThrough: 0,
    ladder: null,
  };
}

function messageOf(channel: Message['channel'], items: readonly MessageItem[]): Message {
  return {
    id: 'sample',
    office: 'sample',
    channel,
    address: channel === 'email' ? 'sample@unit.example' : '+8610000000000',
    to: { unit: 'education', unitName: '县教育局', post: '联络员', name: '某某' },
    day: TODAY,
    items,
  };
}

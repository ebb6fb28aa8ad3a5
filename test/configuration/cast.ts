// The known cast of the letters: an office, its notice, the people who get mail. Invented, but as in the seeds.

import { readFileSync } from 'node:fs';

import { readCalendar } from '../../src/configuration/calendar.ts';
import type { Assignment } from '../../src/domain/assignment.ts';
import type { Deadline, IsoDate } from '../../src/domain/deadline.ts';
import type { LetterContext } from '../../src/domain/letter.ts';
import type { Message, MessageItem } from '../../src/domain/message.ts';
import { instantOf } from '../../src/domain/time.ts';
import { notice, office } from '../support/cast.ts';

export { notice, office as ruicheng };

const read = readCalendar({ file: 'config/calendar.yaml', text: readFileSync('config/calendar.yaml', 'utf8') });
if (!read.ok) throw new Error('config/calendar.yaml does not read');
export const calendar = read.value;

export function on(today: IsoDate, drill = false): LetterContext {
  return { office, today, now: instantOf('Asia/Shanghai', today, '09:00'), calendar, drill };
}

export const endOfAugust: Deadline = { kind: 'by', text: '8月底前', date: '2022-08-31', inferred: '年份取自通知标题' };
export const fromOctober: Deadline = {
  kind: 'from',
  text: '10月起',
  date: '2022-10-01',
  inferred: '年份取自通知标题，“10月”按10月1日计',
};
export const allYear: Deadline = { kind: 'ongoing', text: '年内持续推进' };

export function duty(title: string, deadline: Deadline | null, changes: Partial<Assignment> = {}): Assignment {
  const due = deadline?.kind === 'by' || deadline?.kind === 'from' ? deadline.date : null;
  return {
    id: 'a1',
    office: 'ruicheng',
    schedule: 'ruicheng-2022',
    notice,
    task: {
      ref: '三(二)-1',
      title,
      lead: ['县教育局', '县卫健体局', '县民政局'],
      cooperate: ['县财政局'],
      deadlines: deadline === null ? [] : [deadline],
    },
    ref: '三(二)-1',
    unit: 'education',
    role: 'lead',
    deadline,
    pursuit: due === null ? 'cadence' : 'dated',
    due,
    originalDue: due,
    status: 'acknowledged',
    sequence: 0,
    confirmedAt: null,
    extendedAt: null,
    approval: null,
    plannedThrough: 0,
    ladder: null,
    ...changes,
  };
}

export function item(letter: string, assignment: Assignment, changes: Partial<MessageItem> = {}): MessageItem {
  return {
    stage: letter,
    occurrence: 'once',
    contact: 'edu/liaison/1',
    letter,
    rung: 0,
    copy: false,
    reason: '',
    assignment,
    unitName: '县教育局',
    external: false,
    remindedOn: [],
    ...changes,
  };
}

export const people = {
  liaison: { unit: 'education', unitName: '县教育局', post: '联络员', name: '夏彩云' },
  head: { unit: 'education', unitName: '县教育局', post: '主要负责人', name: '苏鹏飞' },
  inspector: { unit: 'county-office', unitName: '县政府办公室', post: '督办', name: '闫思远' },
  coordinator: { unit: 'county-office', unitName: '县政府办公室', post: '协调人', name: '许子轩' },
  leader: { unit: 'county-office', unitName: '县政府办公室', post: '分管领导', name: '刘德胜' },
  taxLiaison: { unit: 'tax', unitName: '国家税务总局芮城县税务局', post: '联络员', name: '尚文静' },
} satisfies Record<string, Message['to']>;

export function message(to: Message['to'], items: readonly MessageItem[], changes: Partial<Message> = {}): Message {
  return {
    id: '5f2c9b1e-0000-4000-8000-000000000001',
    office: 'ruicheng',
    channel: 'email',
    address: 'liaison@education.ruicheng.example',
    to,
    day: '2022-08-10',
    items,
    ...changes,
  };
}

// A small county: who is in it, one schedule, and ways to plan and send without the real planner and channels.

import type { Assignment, NewAssignment } from '../../src/domain/assignment.ts';
import { Calendar } from '../../src/domain/calendar.ts';
import type { ChannelName } from '../../src/domain/delivery.ts';
import type { Contact, Directory, Unit } from '../../src/domain/directory.ts';
import type { ClaimedMessage, Settlement } from '../../src/domain/message.ts';
import type { Schedule, Task } from '../../src/domain/notice.ts';
import type { Office } from '../../src/domain/office.ts';
import type { Plan, Reminder } from '../../src/domain/reminder.ts';
import { instantOf, type Instant } from '../../src/domain/time.ts';
import { type LedgerLog, openLedger } from '../../src/ledger/index.ts';
import type { AnswerBy, Confirmation, Ledger } from '../../src/ledger/ledger.ts';

export const zone = 'Asia/Shanghai';

export function at(date: string, time = '09:00'): Instant {
  return instantOf(zone, date, time);
}

/** Monday to Friday, nothing else. */
export const calendar = new Calendar({
  version: 'test',
  firstYear: 2021,
  lastYear: 2025,
  announcedYears: new Set([2022]),
  exceptions: new Map(),
});

export const office: Office = {
  id: 'ruicheng',
  name: '芮城县人民政府办公室',
  signature: '芮城县政府办',
  locale: 'zh-CN',
  hours: { zone, start: '08:30', end: '17:30', sendAt: '09:00' },
  caps: { email: 1, sms: 1 },
  from: { name: '芮城县人民政府办公室', address: 'zfb@ruicheng.example' },
  replyTo: { name: '芮城县人民政府办公室', address: 'zfb@ruicheng.example' },
  phone: '0359-3030000',
  contactPerson: '王芳',
};

export function contact(id: string, post: string, name: string, extra: Partial<Contact> = {}): Contact {
  return {
    id,
    post,
    name,
    email: `${id.replaceAll('/', '.')}@ruicheng.example`,
    mobile: '+8613900000000',
    from: null,
    until: null,
    ...extra,
  };
}

export function unit(id: string, name: string, aliases: readonly string[] = []): Unit {
  return { id, name, aliases, external: false, contacts: [contact(`${id}/liaison/1`, '联络员', `${name}联络员`)] };
}

export const directory: Directory = {
  office: 'ruicheng',
  supervisor: 'office',
  units: [
    unit('office', '县政府办公室', ['县政府办']),
    unit('edu', '县教育局', ['教育局']),
    unit('fin', '县财政局'),
    unit('water', '县水利局'),
  ],
  groups: [{ name: '县直各部门', aliases: [], members: ['edu', 'fin', 'water'], review: null }],
};

export function task(ref: string, extra: Partial<Task> = {}): Task {
  return {
    ref,
    title: `任务${ref}`,
    quote: null,
    deadlines: [],
    lead: ['县教育局'],
    cooperate: [],
    review: [],
    groups: {},
    ...extra,
  };
}

export function schedule(tasks: readonly Task[], name = 'ruicheng-2022'): Schedule {
  const notice = {
    title: '2022年政务公开工作要点',
    number: '芮政办发〔2022〕26号',
    issuer: '芮城县人民政府办公室',
    issuedOn: '2022-07-12',
    assumedIssuedOn: null,
    year: 2022,
  };
  return { name, office: 'ruicheng', notice, tasks };
}

export function by(date: string): NewAssignment['deadline'] {
  return { kind: 'by', date, text: date };
}

export function duty(ref: string, unitId: string, due: string | null, extra: Partial<NewAssignment> = {}): NewAssignment {
  return {
    ref,
    unit: unitId,
    role: 'lead',
    deadline: due === null ? { kind: 'ongoing', text: '全年' } : by(due),
    pursuit: due === null ? 'cadence' : 'dated',
    due,
    ...extra,
  };
}

export function confirmation(assignments: readonly NewAssignment[], extra: Partial<Confirmation> = {}): Confirmation {
  const refs = [...new Set(assignments.map(({ ref }) => ref))];
  return {
    schedule: schedule(refs.map((ref) => task(ref))),
    directory,
    office,
    assignments,
    problems: [],
    at: at('2022-08-01'),
    actor: '王芳',
    ...extra,
  };
}

export function open(url: string, extra: { office?: Office; poolSize?: number; log?: LedgerLog } = {}): Promise<Ledger> {
  const { office: configured = office, poolSize = 5, ...rest } = extra;
  return openLedger({ ...rest, url, poolSize, offices: () => new Map([[configured.id, configured]]), calendar: () => calendar });
}

export const nothing: Plan = {
  reminders: [],
  suppressions: [],
  problems: [],
  plannedThrough: 0,
  nextAt: null,
  successor: null,
  ladder: null,
};

/** One reminder to the unit's liaison. */
export function reminder(assignment: Assignment, stage: string, when: Instant, extra: Partial<Reminder> = {}): Reminder {
  const channel: ChannelName = extra.channel ?? 'email';
  const contactId = `${assignment.unit}/liaison/1`;
  return {
    assignment: assignment.id,
    sequence: assignment.sequence,
    stage,
    occurrence: 'once',
    letter: 'reminder',
    rung: 0,
    unit: assignment.unit,
    contact: contactId,
    post: '联络员',
    copy: false,
    channel,
    address: channel === 'email' ? `${contactId.replaceAll('/', '.')}@ruicheng.example` : '+8613900000000',
    name: '联络员',
    at: when,
    reason: `按${stage}`,
    ...extra,
  };
}

/** Plans one reminder of this stage for every assignment, and no further look. */
export function tell(
  stage: string,
  when: Instant,
  extra: Partial<Reminder> = {},
  plan: Partial<Plan> = {},
): (assignment: Assignment) => Plan {
  return (assignment) => ({ ...nothing, reminders: [reminder(assignment, stage, when, extra)], plannedThrough: when, ...plan });
}

export function settled(
  message: ClaimedMessage,
  status: Settlement['status'] = 'sent',
  extra: Partial<Settlement> = {},
): Settlement {
  return {
    id: message.id,
    fence: message.fence,
    status,
    providerIds: [],
    code: '',
    detail: '',
    retryAt: null,
    attempted: true,
    channelDown: false,
    ...extra,
  };
}

/** Dispatches and claims everything that is due. */
export async function claimAll(
  ledger: Ledger,
  now: Instant,
  worker = 'w1',
  leaseMs = 60_000,
): Promise<readonly ClaimedMessage[]> {
  const { messages } = await ledger.dispatch(now, 1_000);
  return ledger.claim(
    messages.map(({ id }) => id),
    now,
    worker,
    leaseMs,
  );
}

/** Sends everything that is due. */
export async function sendAll(ledger: Ledger, now: Instant): Promise<readonly ClaimedMessage[]> {
  const claimed = await claimAll(ledger, now);
  await freezeAll(ledger, claimed);
  await ledger.settle(
    claimed.map((message) => settled(message)),
    now,
  );
  return claimed;
}

export function freezeAll(ledger: Ledger, claimed: readonly ClaimedMessage[], text = '正文'): Promise<ReadonlySet<string>> {
  return ledger.freeze(
    claimed.map(({ id, fence, frozen }) => ({
      id,
      fence,
      frozen: { subject: '提醒', text, html: '', hash: text, revision: frozen === null ? 0 : frozen.revision + 1 },
    })),
  );
}

export function answer(when: Instant): AnswerBy {
  return { at: when, actor: '李强', means: 'telephone', note: null };
}

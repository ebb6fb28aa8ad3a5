import { describe, expect, it } from 'vitest';

import type { ChannelName } from '../../src/domain/delivery.ts';
import type { Unit } from '../../src/domain/directory.ts';
import { plan, type PlanContext } from '../../src/domain/plan.ts';
import { at, context, duty, education } from '../support/cast.ts';

/** 县教育局 with addresses that take nothing: of its liaison 王芳 and its head 李强. */
function bureau(liaison: readonly ChannelName[], head: readonly ChannelName[] = []): Unit {
  const refused = [liaison, head];
  return { ...education, contacts: education.contacts.map((each, n) => ({ ...each, refused: refused[n] ?? [] })) };
}

const morning = at('2022-08-22 09:00');

function told(unit: Unit, change: Partial<PlanContext> = {}): ReturnType<typeof plan> {
  return plan(duty({ plannedThrough: at('2022-08-20') }), { ...context(morning), unit, ...change });
}

const lines = ({ reminders }: ReturnType<typeof plan>): string[] =>
  reminders.map(({ name, channel, insteadOf }) => `${name} ${channel} ${insteadOf ?? ''}`.trim());

describe('a mailbox that takes nothing', () => {
  it('is not written to: the person gets an SMS in its place', () => {
    const decided = told(bureau(['email']));
    expect(lines(decided)).toEqual(['王芳 sms 您登记的邮箱']);
    expect(decided.suppressions).toMatchObject([
      {
        reason: 'refused',
        contact: 'education/联络员/1',
        channel: 'email',
        detail: '县教育局联络员王芳的邮箱收不到信，改发短信',
      },
    ]);
    expect(decided.problems).toEqual([]);
  });

  it('of somebody who has no other way is passed by for the next person of the unit', () => {
    expect(lines(told(bureau(['email', 'sms'])))).toEqual(['李强 email 联络员王芳的邮箱']);
    expect(lines(told(bureau(['email']), { channels: new Set(['email']) }))).toEqual(['李强 email 联络员王芳的邮箱']);
  });

  it('is put to the coordinator where nobody is left', () => {
    const decided = told(bureau(['email', 'sms'], ['email', 'sms']));
    expect(decided.reminders).toEqual([]);
    expect(decided.problems).toMatchObject([{ kind: 'no-address' }]);
    expect(decided.problems[0]?.detail).toContain('也没有别人可送；请更正通讯录后再运行 cuiban confirm');
  });

  it('of whoever gets a copy only is passed by, and nobody else is told for it', () => {
    const overdue = plan(duty({ plannedThrough: at('2022-08-31 10:00') }), {
      ...context(at('2022-09-01 09:00')),
      unit: bureau(['email']),
    });
    expect(lines(overdue)).toEqual(['李强 email']);
    expect(overdue.suppressions).toMatchObject([{ reason: 'refused', detail: '县教育局联络员王芳的邮箱收不到信，抄送从略' }]);
  });
});

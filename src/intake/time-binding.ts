// What a time binds where it stands: a term, a beginning, a rhythm, or nothing of the task at all. False friends end here.

import { bindPoint } from './time-binding-point.ts';
import { bindRecurrence } from './time-binding-recurrence.ts';
import { type Binding, COMPLETES, encouraged, NOTHING, timesSaid } from './time-clause.ts';
import type { DurationUnit } from './time-grammar.ts';
import type { Found } from './time-scene.ts';

export function bindingOf(found: Found): Binding {
  const { time } = found;
  switch (time.kind) {
    case 'point':
      return bindPoint(found, time);
    case 'range':
      return bindRange(found, time);
    case 'recurring':
      return bindRecurrence(found, time);
    case 'duration':
      return bindDuration(found, time);
    case 'relative':
      return bindRelative(found, time);
    case 'event':
      return encouraged(found) ? NOTHING : { as: 'open', doubt: '没有写明日期，请填写' };
    case 'ongoing':
      return bindOngoing(found, time.within);
    case 'aside':
      return NOTHING;
  }
}

type Of<K extends Found['time']['kind']> = Found['time'] & { kind: K };

function bindRange(found: Found, { first, last }: Of<'range'>): Binding {
  if (found.place !== 'body') return { as: 'by', doubt: null };
  if (/^(?:的|已|有效|享受)/u.test(found.after)) return NOTHING;
  const months = first === null ? 0 : monthsBetween(first, last);
  // 2019年1月1日至12月31日 is how long a measure holds, 9月1日至15日 when something is done.
  if (last.unit === 'year' || months > 6) return NOTHING;
  return { as: 'by', doubt: '是一段时间，已取末日为期限，请核对' };
}

type Bare = Of<'range'>['last'];

function monthsBetween(first: Bare, last: Bare): number {
  const years = first.year?.said === 'number' && last.year?.said === 'number' ? last.year.value - first.year.value : 0;
  const month = ({ unit, which }: Bare) => (unit === 'quarter' ? which * 3 : unit === 'half' ? which * 6 : which);
  return years * 12 + month(last) - month(first) + 1;
}

function bindDuration(found: Found, { unit, sinceIssue }: Of<'duration'>): Binding {
  if (sinceIssue) {
    return unit === 'workday' ? { as: 'open', doubt: '要按放假安排推算，请填写日期' } : { as: 'by', doubt: null };
  }
  if (unit === 'hour') return NOTHING;
  if (found.place !== 'body') return { as: 'open', doubt: '没有写从哪天算起，请填写日期' };
  return serviceTime(found, unit) ? NOTHING : { as: 'nothing', doubt: '没有写从哪天算起，请确认是不是这项任务的期限' };
}

/** 20个工作日内答复, 5年内有效: how long a service takes or a thing holds. */
function serviceTime({ before, after, lead }: Found, unit: DurationUnit): boolean {
  if (/收到|受理|申请|接到|提交|签订|发生|起|后|压缩|缩短|不超过|控制/u.test(lead)) return true;
  if (!/(?:^|[在于应要须当])$/u.test(before)) return true;
  if (/^[^,]{0,4}(?:办结|答复|审批|反馈|告知|作出|有效|不得)/u.test(after)) return true;
  return unit === 'workday' || !COMPLETES.test(after);
}

function bindRelative(found: Found, { shift, told }: Of<'relative'>): Binding {
  if (shift < 0) return NOTHING;
  if (shift === 1 && told) return { as: 'recurring', doubt: '按每月循环，日子没有记入，请核对' };
  if (found.place === 'body' && !told) return NOTHING;
  return { as: 'open', doubt: '没有写明是哪个月，请填写日期' };
}

function bindOngoing(found: Found, within: boolean): Binding {
  if (found.place !== 'body') return { as: 'ongoing', doubt: null };
  if (encouraged(found)) return NOTHING;
  const times = timesSaid(found.after);
  if (times !== null && times > 1) return { as: 'ongoing', doubt: `要做 ${times} 次，请确认各次的日期` };
  if (!within) return times === null ? NOTHING : { as: 'ongoing', doubt: null };
  if (times === null && COMPLETES.test(found.after)) return { as: 'by', doubt: null };
  return { as: 'ongoing', doubt: null };
}

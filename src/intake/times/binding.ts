// What a time binds where it stands: a term, a beginning, a rhythm, or nothing of the task at all. False friends end here.

import { bindPoint } from './binding-point.ts';
import { bindRecurrence } from './binding-recurrence.ts';
import { type Binding, binds, COMPLETES, encouraged, NOTHING, timesSaid, WITHIN_YEAR } from './clause.ts';
import type { DurationUnit } from './grammar.ts';
import type { Point } from './points.ts';
import type { Found } from './scene.ts';

export function bindingOf(found: Found): Binding {
  const { time } = found;
  switch (time.kind) {
    case 'point':
    case 'list':
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
      return encouraged(found) ? NOTHING : binds('open', '没有写明日期，请填写');
    case 'now':
      return found.place === 'body' ? NOTHING : binds('from');
    case 'ongoing':
      return bindOngoing(found, time);
    case 'aside':
      return NOTHING;
  }
}

type Of<K extends Found['time']['kind']> = Found['time'] & { readonly kind: K };

function bindRange(found: Found, { first, last }: Of<'range'>): Binding {
  const months = first === null ? 0 : monthsBetween(first, last);
  // 1—12月 is all the year.
  if (found.place !== 'body') return months === 12 && last.unit === 'month' ? binds('ongoing') : binds('by');
  if (/^(?:的|已|有效|享受|[^,、]{0,4}(?:数据|情况))/u.test(found.after) || /(?:上|去|往|前)一?年度?$/u.test(found.before))
    return NOTHING;
  // 2019年1月1日至12月31日, 2021—2023年 is how long a measure holds, 9月1日至15日 when something is done.
  if (months > 6 || last.unit === 'year') {
    if (COMPLETES.test(found.after)) return binds('by', '是一段时间，已取末日为期限，请核对', 'dated');
    const holds = last.unit === 'year' || (first?.unit === 'day' && first.day === 1);
    return holds ? NOTHING : binds('nothing', '是一段时间，请确认期限', 'dated');
  }
  return binds('by', '是一段时间，已取末日为期限，请核对', 'dated');
}

function monthsBetween(first: Point, last: Point): number {
  const years = first.year?.said === 'number' && last.year?.said === 'number' ? last.year.value - first.year.value : 0;
  const month = ({ unit, which }: Point) => (unit === 'quarter' ? which * 3 : unit === 'half' ? which * 6 : which);
  return years * 12 + month(last) - month(first) + 1;
}

function bindDuration(found: Found, { unit, sinceIssue }: Of<'duration'>): Binding {
  if (sinceIssue) return unit === 'workday' ? binds('open', '要按放假安排推算，请填写日期') : binds('by');
  if (unit === 'hour') return NOTHING;
  if (found.place !== 'body') return binds('open', '没有写从哪天算起，请填写日期');
  return serviceTime(found, unit) ? NOTHING : binds('nothing', '没有写从哪天算起，请确认是不是这项任务的期限');
}

/** 20个工作日内答复, 5年内有效: how long a service takes or a thing holds. */
function serviceTime({ before, after, lead }: Found, unit: DurationUnit): boolean {
  if (/收到|受理|申请|接到|提交|签订|发生|起|后|压缩|缩短|不超过|控制/u.test(lead)) return true;
  if (!/(?:^|[在于应要须当]|争取|力争|确保|利用|用)$/u.test(before)) return true;
  if (/^[^,]{0,4}(?:办结|答复|审批|反馈|告知|作出|有效|不得)/u.test(after)) return true;
  return unit === 'workday' || !COMPLETES.test(after);
}

function bindRelative(found: Found, { unit, shift, told }: Of<'relative'>): Binding {
  if (shift < 0 || (found.place === 'body' && !told)) return NOTHING;
  if (unit === 'week') return binds('open', '没有写明是哪一周，请填写日期');
  if (shift > 0 && told) return binds('recurring', '的日子没有记入循环规则，请核对');
  // 会议召开3日前 is counted from the meeting.
  if (found.place === 'body' && !/(?:^|[于在至到、])$/u.test(found.before)) return NOTHING;
  return binds('open', '没有写明是哪个月，请填写日期');
}

function bindOngoing(found: Found, { within, bare }: Of<'ongoing'>): Binding {
  const { place, before, after } = found;
  // 长期护理保险中心: a unit, and no term.
  if (place === 'bracket' && /[局办委部处站队会院社厅所司行]|中心/u.test(after)) return NOTHING;
  if (place !== 'body' && within && COMPLETES.test(after)) return binds('by', WITHIN_YEAR);
  if (place !== 'body') return !bare || place === 'column' || after === '' ? binds('ongoing') : NOTHING;
  if (encouraged(found) || bare) return NOTHING;
  const yearly = within || found.phrase.printed.startsWith('全年');
  const times = yearly ? timesSaid(after) : null;
  if (times !== null && times > 1) return binds('ongoing', `要做 ${times} 次，请确认各次的日期`);
  if (!within) return times === null ? NOTHING : binds('ongoing');
  if (/[一两二三四五六七八九\d]$/u.test(before)) return NOTHING;
  return times === null && COMPLETES.test(after) ? binds('by', WITHIN_YEAR) : binds('ongoing');
}

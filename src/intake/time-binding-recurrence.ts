// What 每年, 按季度 or 半年约谈 bind: a duty that comes again, or a benefit, a growth, a manner of speaking.

import { type Binding, encouraged, NOTHING, timesSaid } from './time-clause.ts';
import type { Recurrence } from './time-recurrence.ts';
import type { Found } from './time-scene.ts';

const AGAIN: Binding = { as: 'recurring', doubt: null };

export function bindRecurrence(found: Found, time: Recurrence): Binding {
  if (time.unit === 'day') return NOTHING;
  if (found.place === 'body') {
    if (time.style === 'bare' && !startsClause(found)) return NOTHING;
    const friend = falseFriend(found, time);
    if (friend !== null) return friend;
  }
  if (time.unit === 'week' || time.every > 1) return { as: 'nothing', doubt: '的周期没有对应的提醒规则，请确认怎样提醒' };
  if (time.inexact) return { as: 'recurring', doubt: '的日子没有记入循环规则，请核对' };
  const times = time.unit === 'year' && time.at === null ? timesSaid(found.after) : null;
  if (times !== null && times > 1) return { as: 'recurring', doubt: `要做 ${times} 次，请确认各次的日期` };
  if (found.place === 'body' && encouraged(found)) return { as: 'recurring', doubt: '前面是鼓励或可以，请确认是不是必须做' };
  return AGAIN;
}

function startsClause({ before }: Found): boolean {
  return /^$|[、和及与]$|实行$|建立$|坚持$|落实$|执行$|采取$/u.test(before);
}

/** Null: none. */
function falseFriend({ before, after }: Found, time: Recurrence): Binding | null {
  // 每人每年只享受一次.
  if (/(?:每人|每户|每生|每家|每亩|人均|户均|每例|每头|每套|每车)$/u.test(before)) return NOTHING;
  if (time.at === null && after.startsWith('的')) return NOTHING;
  if (time.style === 'by') {
    if (/^[^,]{0,8}(?:发放|支付|缴|计发|申报纳税|结算|拨付|领取|返还|享受|收取|偿还|付息|计提|发给)/u.test(after)) return NOTHING;
    return null;
  }
  const amount =
    /^[^,、]{0,12}?(?:增长|递增|提高|新增|下降|降低|减少)|^[^,]{0,12}?(?:不超过|最高|给予|补助|补贴|奖励|享受|免费|减免)/u;
  if (time.unit === 'year' && time.at === null && amount.test(after)) {
    return { as: 'nothing', doubt: '像是指标或补助的标准，请确认是不是要每年办理' };
  }
  return null;
}

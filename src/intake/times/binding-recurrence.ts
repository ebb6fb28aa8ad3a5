// What 每年, 按季度 or 半年约谈 bind: a duty that comes again, or a benefit, a growth, a manner of speaking.

import { type Binding, binds, encouraged, NOTHING, timesSaid } from './clause.ts';
import type { Recurrence } from './recurrence.ts';
import type { Found } from './scene.ts';

export function bindRecurrence(found: Found, time: Recurrence): Binding {
  if (time.unit === 'day' && time.every === 1) return NOTHING;
  if (found.place === 'body') {
    if (time.style === 'bare' && !(time.unit === 'year' ? closesSeries(found) : startsClause(found))) return NOTHING;
    const friend = falseFriend(found, time);
    if (friend !== null) return friend;
  }
  if (time.unit === 'week' || time.unit === 'day' || time.every > 1)
    return binds('nothing', '的周期没有对应的提醒规则，请确认怎样提醒');
  if (time.inexact) return binds('recurring', '的日子没有记入循环规则，请核对');
  const times = time.unit === 'year' && time.at === null ? timesSaid(found.after) : null;
  if (times !== null && times > 1) return binds('recurring', `要做 ${times} 次，请确认各次的日期`);
  if (found.place !== 'body') return binds('recurring');
  if (encouraged(found)) return binds('recurring', '前面是鼓励或可以，请确认是不是必须做');
  return binds('recurring', vague(found, time) ? '要做的像是一个数量，请确认是不是要定期办理' : null);
}

/** 月调度、季通报、年考核; alone 年考核 names a thing. */
function closesSeries({ before, phrase }: Found): boolean {
  return /(?:[周旬月季]|季度|半年)[^、\d]{2,4}[、,]?$/u.test(before) && !/年(?:度|报$)/u.test(phrase.printed);
}

function startsClause({ before }: Found): boolean {
  return /^$|[、和及与]$|实行$|建立$|坚持$|落实$|执行$|采取$/u.test(before);
}

const PAYS =
  /^[^,]{0,8}(?:发放|支付|缴|计发|申报纳税|结算|拨付|领取|返还|退还|退税|享受|收取|偿还|付息|计提|发给|工资)|^[约按]?\d+(?:\.\d+)?[万亿]?元/u;
const GROWS =
  /^[^,、]{0,12}?(?:增长|递增|提高|新增|下降|降低|减少|可实现)|^[^,]{0,12}?(?:不超过|最高|给予|补助|补贴|奖励|享受|免费|减免)/u;
const ACTS_AGAIN =
  /^[^,]{0,12}?(?:通报|调度|公布|公开|报|汇总|统计|分析|更新|检查|督|考核|评估|研判|会商|梳理|反馈|推进|开展|召开|清零|总结|晾晒|点评|排名|核查|跟踪|监测|发布|公示|提交|填|组织|听取|研究|约谈|倒排)/u;

const STARTS_ACT = /^(?:定期|集中|按时|及时)?(?:公开|公布|公示|汇总|组织|开展|通报|报|编制|发布|梳理|检查|督查|评估|考核)/u;

/** Null: none. */
function falseFriend({ before, after }: Found, time: Recurrence): Binding | null {
  // 每人每年只享受一次.
  if (/(?:每人|每户|每生|每家|每亩|人均|户均|每例|每头|每套|每车|子女)$/u.test(before)) return NOTHING;
  if (time.at === null && /^的(?!最后|第)/u.test(after)) return NOTHING;
  if (STARTS_ACT.test(after)) return null;
  if (time.at === null && PAYS.test(after)) return NOTHING;
  if (time.unit === 'year' && time.at === null && GROWS.test(after)) {
    return binds('nothing', '像是指标或补助的标准，请确认是不是要每年办理');
  }
  return null;
}

/** 每年至少1个月在企业实训; 按季度 before no act of an office. */
function vague({ after }: Found, { style, at }: Recurrence): boolean {
  if (style === 'by') return !ACTS_AGAIN.test(after);
  return at === null && /^[^,]{0,6}(?:至少|不少于|不低于)?\d+(?:个月|天|学时|课时|小时|名|家|万|亿|人)/u.test(after);
}

// What a date, a month or a year in a sentence binds. A bound (前, 起) mostly tells; without one the words around it must.

import { type Binding, binds, COMPLETES, encouraged, isPast, NOTHING, tellsPast, WITHIN_YEAR } from './clause.ts';
import type { Bound, Point } from './points.ts';
import type { Found } from './scene.ts';

const ROUGH = '不是确切的日子，请核对';
const LAST_DAY = '没有写“前”，已取末日为期限，请核对';

interface Bounded {
  readonly point: Point;
  readonly bound: Bound;
}

export function bindPoint(found: Found, time: Bounded): Binding {
  const binding = bindBounded(found, time);
  const looksBack = isPast(found) || (time.bound === 'none' && tellsPast(found));
  return looksBack && binding.as !== 'nothing' ? { ...binding, mention: 'past' } : binding;
}

function bindBounded(found: Found, { point, bound }: Bounded): Binding {
  const { before, after, place } = found;
  switch (bound) {
    case 'before':
    case 'within':
      if (bound === 'within' && encouraged(found)) return NOTHING;
      if (qualifies(after)) return binds('by', '可能是在说明对象，不是期限，请核对');
      return binds('by', bound === 'within' && point.unit === 'year' ? WITHIN_YEAR : null);
    case 'from':
      return /^的|^[^,、]{0,8}的(?:《|规定|办法|条例|政策)/u.test(after) ? NOTHING : binds('from');
    case 'after':
      return /^[^,]{0,6}的/u.test(after) ? NOTHING : binds('nothing', '只说在此之后，请确认期限', 'dated');
    case 'about':
      return binds('by', '是大概的时间，请核对', 'dated');
    case 'since':
      return NOTHING;
    case 'during':
      return place === 'body' ? NOTHING : binds('by', '是一段时间，已取末日为期限，请核对');
    case 'yearbook':
      return place === 'column' && after === '' && before === '' ? binds('by', '只写了年度，已取年底为期限，请核对') : NOTHING;
    case 'none':
      return place === 'body' ? bindInBody(found, point) : bindStated(found, point);
  }
}

/** 2020年底前注册的企业: tells which, not until when. */
function qualifies(after: string): boolean {
  return /^[^,、]{0,2}(?:注册|登记|参加|取得|毕业|出生|开工|投产|建成|立项|签订|批准|发生|成立|入职|购买|生产|注销|确诊|出台|印发)[^,、]{0,3}的/u.test(
    after,
  );
}

function bindStated({ after, before, phrase }: Found, point: Point): Binding {
  if (point.unit === 'year' && point.edge === 'whole') {
    const alone = (after === '' && before === '') || COMPLETES.test(after) || /^[、和](?:\d{4}年|[^,]{0,4}完成)/u.test(after);
    return alone || phrase.printed.startsWith('今明') ? binds('by', '只写了年份，已取年底为期限，请核对') : NOTHING;
  }
  if (after.startsWith('的')) return NOTHING;
  return rough(point) ? binds('by', ROUGH) : binds('by');
}

/** 12月初, 月中, 年中. */
function rough({ edge }: Point): boolean {
  return edge === 'start' || edge === 'middle';
}

function bindInBody(found: Found, point: Point): Binding {
  const { before, after } = found;
  if (point.edge === 'whole' && /^(?:的|任务|目标|经济|数据|情况)/u.test(after)) return NOTHING;
  const led = /(?:^|[^达收得做受感直看听想提遇找])[到至]$|[于在按]$|截[至止]$|最迟$|不[晚迟]于$|力争$|确保$|计划$/u.test(before);
  if (point.unit === 'year') return bindYear(found, point, led);
  if (rough(point)) return binds('by', ROUGH, 'dated');
  // 6月底尚未分配的资金 tells which; the term is told elsewhere.
  if (/^(?:仍|尚|还)?未[^,、]{0,14}的/u.test(after)) return binds('nothing', '是在说明对象，没有读为期限，请确认', 'dated');
  if (point.edge !== 'whole') return binds('by', null, 'dated');
  if (point.unit === 'day') {
    if (/^[^,、]{0,4}(?:发生|印发|发布|成立|起|正式|世界|国际|全国)/u.test(after)) return NOTHING;
    return binds('by', led ? null : '没有写“前”，已按当日为期限，请核对', 'dated');
  }
  // 2023年上半年，试点地区印发方案: the year told, all of it is the time of what follows.
  const clear = led || point.year?.said === 'number' || COMPLETES.test(after);
  return binds('by', clear ? null : LAST_DAY, 'dated');
}

function bindYear(found: Found, point: Point, led: boolean): Binding {
  const { before, after } = found;
  const word = found.phrase.printed;
  switch (point.edge) {
    case 'end':
      if (led || COMPLETES.test(after)) return binds('by', null, 'dated');
      if (/^[^,、]{0,4}(?:考核|兑现|绩效|评优|评比|评先|述职|总结|奖惩|效能|目标|奖|加薪|决算)/u.test(after)) return NOTHING;
      return word.endsWith('终') ? NOTHING : binds('by', '没有写“前”，已按年底为期限，请核对', 'dated');
    case 'start':
      return point.year === null ? NOTHING : binds('by', ROUGH, 'dated');
    case 'middle':
      // 年中抽查: the office that checks sets the day.
      return after.startsWith('有') ? NOTHING : binds('open', '没有写明日期，请填写');
    default:
      if (word.startsWith('今明')) return binds('by', '已取明年年底为期限，请核对');
      // 到2025年 is a goal; 2022年 at the head of a sentence is when all of it happens.
      if (/(?:^|[^达收得做受])[到至]$/u.test(before)) return binds('by', '是目标年份，已取年底为期限，请核对', 'dated');
      if (/^[^,、]{0,4}(?:完成|实现|建成|达到|消除)/u.test(after))
        return binds('by', '只写了年份，已取年底为期限，请核对', 'dated');
      return NOTHING;
  }
}

// What a date, a month or a year in a sentence binds. A bound (前, 起) mostly tells; without one the words around it must.

import { type Binding, COMPLETES, encouraged, NOTHING } from './time-clause.ts';
import type { Bound, Point } from './time-points.ts';
import type { Found } from './time-scene.ts';

const BY: Binding = { as: 'by', doubt: null };
const FROM: Binding = { as: 'from', doubt: null };

export function bindPoint(found: Found, { point, bound }: { readonly point: Point; readonly bound: Bound }): Binding {
  const { before, after, place } = found;
  if (isPast(before, after)) return NOTHING;
  switch (bound) {
    case 'before':
    case 'within':
      if (encouraged(found) && bound === 'within') return NOTHING;
      return qualifies(after) ? { as: 'by', doubt: '可能是在说明对象，不是期限，请核对' } : BY;
    case 'from':
      return /^的|^[^,、]{0,8}的(?:《|规定|办法|条例|政策)/u.test(after) ? NOTHING : FROM;
    case 'after':
      return place === 'body' && /^[^,]{0,6}的/u.test(after) ? NOTHING : { as: 'nothing', doubt: '只说在此之后，请确认期限' };
    case 'about':
      return { as: 'by', doubt: '是大概的时间，请核对' };
    case 'since':
    case 'during':
      return place === 'body' ? NOTHING : { as: 'by', doubt: '是一段时间，已取末日为期限，请核对' };
    case 'yearbook':
      return place === 'column' && after === '' && before === ''
        ? { as: 'by', doubt: '只写了年度，已取年底为期限，请核对' }
        : NOTHING;
    case 'none':
      return place === 'body' ? bindInBody(found, point) : bindStated(found, point);
  }
}

/** 截至2021年底已建成, 2021年以来. */
function isPast(before: string, after: string): boolean {
  return /^[^,、]{0,8}(?:已经|已|曾|以来)/u.test(after) || (/截[至止]$/u.test(before) && /共|累计|达到?\d/u.test(after));
}

/** 2020年底前注册的企业: tells which, not until when. */
function qualifies(after: string): boolean {
  return /^(?:[^,、]{0,2}(?:注册|登记|参加|取得|毕业|出生|开工|投产|建成|立项|签订|批准|发生|成立|入职|购买|生产|注销|确诊))[^,、]{0,10}的/u.test(
    after,
  );
}

function bindStated({ after, before }: Found, point: Point): Binding {
  if (point.unit === 'year' && point.edge === 'whole') {
    return after === '' && before === '' ? { as: 'by', doubt: '只写了年份，已取年底为期限，请核对' } : NOTHING;
  }
  if (after.startsWith('的')) return NOTHING;
  return rough(point) ? { as: 'by', doubt: '不是确切的日子，请核对' } : BY;
}

/** 12月初, 月中, 年中. */
function rough({ edge }: Point): boolean {
  return edge === 'start' || edge === 'middle';
}

function bindInBody(found: Found, point: Point): Binding {
  const { before, after } = found;
  if (/^(?:的|任务|目标|工作|经济|数据|情况|全县|全市|全省|以来)/u.test(after) && point.edge === 'whole') return NOTHING;
  const led = /(?:^|[^达收得做受感直看听想提遇找])[到至]$|[于在按]$|截[至止]$|最迟$|不晚于$|不迟于$/u.test(before);
  if (point.unit === 'year') return bindYear(found, point, led);
  if (rough(point)) return { as: 'by', doubt: '不是确切的日子，请核对' };
  if (point.edge !== 'whole') return BY;
  if (point.unit === 'day') {
    if (/^(?:[^,、]{0,4}(?:发生|印发|发布|公布|成立|起|正式|世界|国际|全国))/u.test(after)) return NOTHING;
    return led ? BY : { as: 'by', doubt: '没有写“前”，已按当日为期限，请核对' };
  }
  return led || COMPLETES.test(after) ? BY : { as: 'by', doubt: '没有写“前”，已取末日为期限，请核对' };
}

function bindYear(found: Found, point: Point, led: boolean): Binding {
  const { before, after } = found;
  switch (point.edge) {
    case 'end':
      if (led || COMPLETES.test(after)) return BY;
      if (/^[^,、]{0,4}(?:考核|兑现|绩效|评优|评比|评先|述职|总结|奖惩)/u.test(after)) return NOTHING;
      return { as: 'by', doubt: '没有写“前”，已按年底为期限，请核对' };
    case 'start':
      return point.year === null ? NOTHING : { as: 'by', doubt: '不是确切的日子，请核对' };
    case 'middle':
      return after.startsWith('有') ? NOTHING : { as: 'open', doubt: '没有写明日期，请填写' };
    default:
      // 到2025年 is a goal; 2022年 at the head of a sentence is when all of it happens.
      if (/(?:^|[^达收得做受])[到至]$/u.test(before)) return { as: 'by', doubt: '是目标年份，已取年底为期限，请核对' };
      if (/^[^,、]{0,4}(?:完成|实现|建成|达到|消除)/u.test(after))
        return { as: 'by', doubt: '只写了年份，已取年底为期限，请核对' };
      return NOTHING;
  }
}

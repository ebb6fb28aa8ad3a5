// The names of the rules that times are read by, and of what a rule supplies: what --explain and the draft tell a person.

import type { Rule } from '../../domain/deadline.ts';
import type { Bound, Point } from './points.ts';
import type { RecurrenceUnit } from './recurrence.ts';

const BY = { year: '年底前', half: '半年内', quarter: '季度内', month: '月底前', day: '某日前' } as const;
const FROM = { year: '从某年起', half: '从某半年起', quarter: '从某季度起', month: '从某月起', day: '从某日起' } as const;

export function pointRule({ unit, edge }: Point, kind: 'by' | 'from'): string {
  if (kind === 'from') return FROM[unit];
  if (unit === 'month' && edge !== 'end' && edge !== 'whole') return '旬末前';
  return BY[unit];
}

/** The domain's rule for a period and its name. What has no rule of its own is asked about before it comes here. */
export function periodRule(unit: RecurrenceUnit): readonly [Rule, string] {
  switch (unit) {
    case 'year':
      return ['yearly', '每年'];
    case 'half':
      return ['half-yearly', '每半年'];
    case 'quarter':
      return ['quarterly', '每季度'];
    case 'month':
    case 'week':
    case 'day':
      return ['monthly', '每月'];
  }
}

/** Which day was taken where the text names none; null where it names one. */
export function dayInferred({ unit, edge }: Point, bound: Bound): string | null {
  switch (edge) {
    case 'early':
      return '上旬按 10 日';
    case 'mid':
      return '中旬按 20 日';
    case 'start':
      return unit === 'month' ? '月初按 10 日' : '初期按首月底';
    case 'middle':
      return unit === 'month' ? '月中按 15 日' : '年中按 6 月底';
    case 'late':
    case 'end':
      return null;
    case 'whole':
  }
  if (bound === 'before' || bound === 'within') return null;
  return { year: '按年底', half: '按半年末', quarter: '按季度末', month: '按月底', day: null }[unit];
}

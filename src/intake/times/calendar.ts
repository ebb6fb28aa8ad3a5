// Where a stretch of the calendar lies: its first and its last day.

import { addDays } from '../../domain/calendar.ts';
import type { IsoDate } from '../../domain/deadline.ts';
import type { Point } from './points.ts';

export interface Stretch {
  readonly first: IsoDate;
  readonly last: IsoDate;
}

/** Null where there is no such day: 2月30日, 13月. */
export function stretchOf(point: Point, year: number): Stretch | null {
  switch (point.unit) {
    case 'year':
      return inYear(point, year);
    case 'half':
      return inMonths(year, point.which === 1 ? 1 : 7, 6, point.edge);
    case 'quarter':
      return inMonths(year, point.which * 3 - 2, 3, point.edge);
    case 'month':
      return inMonth(point, year);
    case 'day': {
      if (point.which < 1 || point.which > 12 || point.day < 1 || point.day > daysIn(year, point.which)) return null;
      const day = isoDate(year, point.which, point.day);
      return { first: day, last: day };
    }
  }
}

function isoDate(year: number, month: number, day: number): IsoDate {
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

export function dayBefore(date: IsoDate): IsoDate {
  return addDays(date, -1);
}

function inYear(point: Point, year: number): Stretch {
  switch (point.edge) {
    case 'start':
      return { first: isoDate(year, 1, 1), last: isoDate(year, 1, 31) };
    case 'middle':
      return { first: isoDate(year, 6, 1), last: isoDate(year, 6, 30) };
    case 'end':
      return { first: isoDate(year, 12, 1), last: isoDate(year, 12, 31) };
    default:
      return { first: isoDate(year, 1, 1), last: isoDate(year, 12, 31) };
  }
}

function inMonths(year: number, from: number, months: number, edge: Point['edge']): Stretch {
  const last = from + months - 1;
  const [start, end] = edge === 'start' || edge === 'early' ? [from, from] : edge === 'end' ? [last, last] : [from, last];
  return { first: isoDate(year, start, 1), last: isoDate(year, end, daysIn(year, end)) };
}

function inMonth({ which, edge }: Point, year: number): Stretch | null {
  if (which < 1 || which > 12) return null;
  const days = daysIn(year, which);
  const [from, to] = edgeDays(edge, days);
  return { first: isoDate(year, which, from), last: isoDate(year, which, to) };
}

function edgeDays(edge: Point['edge'], days: number): readonly [number, number] {
  switch (edge) {
    case 'start':
    case 'early':
      return [1, 10];
    case 'middle':
      return [15, 15];
    case 'mid':
      return [11, 20];
    case 'late':
      return [21, days];
    case 'end':
      return [days, days];
    case 'whole':
      return [1, days];
  }
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function two(figure: number): string {
  return String(figure).padStart(2, '0');
}

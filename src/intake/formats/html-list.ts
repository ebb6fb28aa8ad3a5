// The number that a browser prints before an item of an ordered list.

import type { HtmlElement } from './html-content.ts';
import { numeral } from './numerals.ts';

/** `1.`, `二、`, `b.`; '' where the list shows none. The item's own `value` and the list's `start` count. */
export function numberOf(item: HtmlElement): string {
  const { parent } = item;
  if (parent === null || !('attribs' in parent) || parent.name !== 'ol') return '';
  const style = /list-style(?:-type)?\s{0,9}:\s{0,9}([a-z-]{1,40})/iu.exec(
    `${item.attribs['style'] ?? ''};${parent.attribs['style'] ?? ''}`.slice(0, 1_000),
  )?.[1];
  const kind = style?.toLowerCase() ?? parent.attribs['type'] ?? '1';
  if (kind === 'none') return '';
  return marked(placeOf(item, parent), kind);
}

/** Counted once a list: every item knows its number from then on. */
const counted = new WeakMap<HtmlElement, Map<HtmlElement, number>>();

function placeOf(item: HtmlElement, list: HtmlElement): number {
  let places = counted.get(list);
  if (places === undefined) {
    places = new Map();
    let next = integer(list.attribs['start']) ?? 1;
    for (const child of list.children) {
      if (!('attribs' in child) || child.name !== 'li') continue;
      const value = integer(child.attribs['value']) ?? next;
      places.set(child, value);
      next = value + 1;
    }
    counted.set(list, places);
  }
  return places.get(item) ?? 1;
}

function integer(value: string | undefined): number | null {
  const number = Number.parseInt(value ?? '', 10);
  return Number.isSafeInteger(number) ? number : null;
}

function marked(number: number, kind: string): string {
  if (/cjk|chinese/u.test(kind)) return number > 0 && number < 100 ? `${numeral(number, 'chineseCounting')}、` : `${number}.`;
  if (number > 0 && number <= 26 && (kind === 'a' || kind === 'lower-alpha' || kind === 'lower-latin'))
    return `${numeral(number, 'lowerLetter')}.`;
  if (number > 0 && number <= 26 && (kind === 'A' || kind === 'upper-alpha' || kind === 'upper-latin'))
    return `${numeral(number, 'upperLetter')}.`;
  return `${number}.`;
}

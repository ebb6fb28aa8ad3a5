// What became of an office in a reform of institutions: the name it bore, the names its successor may bear.
// Names are told without their place (县, 芮城县), which stays as it was.

import { canonicalName } from './directory.ts';
import type { IsoDate } from './deadline.ts';

export interface Rename {
  /** Ways the old name is written, without the place: 卫计局, 卫生和计划生育局. */
  readonly from: readonly string[];
  /** Ways its successor's name may be written, the likeliest first. */
  readonly to: readonly string[];
  /** Since when the new name may be used. */
  readonly since: IsoDate;
}

// 扶贫办 became 乡村振兴局 became a part of 农业农村局: no office was renamed more often since 2008.
const MOST_STEPS = 4;
/** What an office's own name may follow: a level or a place. */
const PLACE = /(?:^|省|市|县|区|州|盟|旗|镇|乡|国家|国务院|委|府)$/u;

/**
 * The names that a printed name may stand for today, nearest first: 县扶贫办 gives 县乡村振兴局, then 县农业农村局.
 * Empty where no reform is known. Pure; the directory says which of them there is.
 */
export function renamedTo(name: string, renames: readonly Rename[]): string[] {
  const start = canonicalName(name);
  const seen = new Set([start]);
  let wave = [start];
  for (let step = 0; step < MOST_STEPS && wave.length > 0; step += 1) {
    wave = wave.flatMap((each) => successors(each, renames)).filter((each) => !seen.has(each) && seen.add(each));
  }
  return [...seen].slice(1);
}

function successors(name: string, renames: readonly Rename[]): string[] {
  return renames.flatMap(({ from, to }) => {
    const old = from.map(canonicalName).find((each) => name.endsWith(each) && PLACE.test(name.slice(0, -each.length)));
    return old === undefined ? [] : to.map((each) => `${name.slice(0, -old.length)}${canonicalName(each)}`);
  });
}

// What the words of a clause tell of the time that stands in it. Every expression here looks at some eighty characters at most.

import type { Found } from './scene.ts';

/** What a time binds where it stands. */
export interface Binding {
  /** `open`: a term whose date nobody has told. */
  readonly as: 'by' | 'from' | 'recurring' | 'ongoing' | 'open' | 'nothing';
  /** What a person must decide, to stand behind 时间“…”. */
  readonly doubt: string | null;
  /**
   * When it is but mentioned: `dated`: no bound makes it a term, and its year is told; `past`: the words look back. Either way
   * only where it lies before the notice.
   */
  readonly mention: 'no' | 'dated' | 'past';
}

export const NOTHING: Binding = { as: 'nothing', doubt: null, mention: 'no' };

export function binds(as: Binding['as'], doubt: string | null = null, mention: Binding['mention'] = 'no'): Binding {
  return { as, doubt, mention };
}

/** 完成, 出台 and the like: what is done once and then is done. */
export const COMPLETES =
  /^(?!对)[^,、]{0,4}?(?:完成|实现|建成|出台|制定|印发|报送|上报|报|公布|公开|发布|提交|建立|启动|开通|上线|达到|取得|消除|取消|编制|修订|形成|办结|整改|落实|解决|推出|投入|投用|竣工|开工|覆盖|召开|组建|成立)/u;

/** 年内出台 may mean by its end or all through it. */
export const WITHIN_YEAR = '是一年之内，已取年底为期限，请核对';

/** 鼓励有条件的…年内: no duty. */
export function encouraged({ before }: Found): boolean {
  return /鼓励|有条件|可以|可在|可于/u.test(before);
}

/** 截至2021年底已建成, 2021年以来. */
export function isPast({ before, after }: Found): boolean {
  return /^[^,、]{0,8}(?:已经|已|曾|以来)/u.test(after) || (/截[至止]$/u.test(before) && /共|累计|达到?\d/u.test(after));
}

/** 7月17日，省政府已经批复. */
export function tellsPast({ rest }: Found): boolean {
  return /^[^。;]{0,24}(?:已经|已批|已印|曾)/u.test(rest);
}

const FIGURES = '零一二三四五六七八九十';

/** The 2 of 不少于2次, from the words after a time. */
export function timesSaid(after: string): number | null {
  const said = /(\d{1,3}|[一二两三四五六七八九十])(?:次|场|期|轮|回)/u.exec(after)?.[1];
  if (said === undefined) return null;
  return /\d/u.test(said) ? Number(said) : said === '两' ? 2 : FIGURES.indexOf(said);
}

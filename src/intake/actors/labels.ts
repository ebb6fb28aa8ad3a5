// Labels and their values: 责任单位：…, 完成时限：…. A colon is not always printed: 责任单位为…, or a space.

import type { Scan } from './scan.ts';
import { type Duty, startsLikeUnit } from './words.ts';

const ROLE =
  '牵头|总牵头|主办|主责|主管|责任|负责|指导|督导|监督|督办|承办|实施|落实|配合|协办|协助|协同|协作|参与|参加|支持|联办|会办';
const ROLE_LABEL = new RegExp(
  `(?:第一|主要|具体)?(${ROLE})(?:\\(?[、和及与/]?(${ROLE})\\)?)?(?:单位|部门|主体|机构|科室|处室|股室|乡镇|分工|方)?(?:及?责任人|和责任人)?$`,
  'u',
);
const PEOPLE_LABEL =
  /(?:(?:县级|市级|省级|区级|乡级|镇级)?(?:责任|牵头|分管|主管|包联|包保|包抓|挂钩|联系|主要|具体|直接|督办|督导|帮扶)?(?:领导|责任人|负责人|联系人|联络员|包保人)|牵头人|联系电话|电话|姓名|负责同志)$/u;
const TIME_LABEL =
  /(?:完成|办结|整改|落实|工作|推进|办理|计划|目标|任务|责任|实施|报送|公开)?(?:时限|时间|期限|节点|进度|日期)(?:要求|安排|节点)?$/u;
const OTHER_LABEL =
  /(?:工作|主要|重点|具体|任务|责任|公开|整改|适用|实施|试点)?(?:目标|措施|内容|任务|要求|备注|说明|成果|标准|依据|事项|范围|对象|区域|地点|注)$/u;

interface Label {
  /** 'first': the first named leads, as in 牵头及配合单位. */
  readonly kind: Duty | 'first' | 'people' | 'time' | 'other';
  /** How many characters before the colon are the label. */
  readonly length: number;
}

/** The label that ends where `before` ends; at most its last 14 characters are looked at. */
function labelAtEnd(before: string): Label | null {
  const tail = before.slice(-14);
  const found = (kind: Label['kind'], match: RegExpExecArray | null): Label | null =>
    match === null ? null : { kind, length: match[0].length };
  const people = found('people', PEOPLE_LABEL.exec(tail)) ?? found('time', TIME_LABEL.exec(tail));
  if (people !== null) return people;
  if (/(?:^|[;,。、])单位$/u.test(tail)) return { kind: 'act', length: 2 };
  const role = ROLE_LABEL.exec(tail);
  if (role === null) return found('other', OTHER_LABEL.exec(tail));
  const kinds = [role[1], role[2]].flatMap((word) => (word === undefined ? [] : [dutyOf(word)]));
  if (kinds.includes('lead') && kinds.includes('help')) return found('first', role);
  return found(kinds.includes('lead') ? 'lead' : (kinds[0] ?? 'act'), role);
}

function dutyOf(role: string): Duty {
  if (/牵头|主办|主责/u.test(role)) return 'lead';
  if (/指导|督导|监督|督办/u.test(role)) return 'guide';
  return /责任|负责|承办|实施|落实|主管/u.test(role) ? 'act' : 'help';
}

interface LabelAt extends Label {
  /** Where the label's own words begin. */
  readonly start: number;
  /** Where its value begins. */
  readonly value: number;
}

/** The label that ends at `at`: there stands its colon, its 为, or behind a space the value's first character. */
export function labelAt(scan: Scan, at: number, from: number): LabelAt | null {
  const unit = scan.text[at] ?? '';
  const words = scan.text.slice(Math.max(from, at - 14), at);
  if (unit === ':') return placed(labelAtEnd(words), at, at + 1);
  if (!/[位门限间求点人导]$/u.test(words)) return null;
  const is = unit === '为' || unit === '是';
  if (!is && !scan.gap(at)) return null;
  const label = placed(labelAtEnd(words), at, is ? at + 1 : at);
  if (label === null || !saysUnits(label.kind)) return label === null || is || !scan.gap(label.start) ? null : label;
  return startsLikeUnit(scan.text.slice(label.value, label.value + 12)) ? label : null;
}

function placed(label: Label | null, at: number, value: number): LabelAt | null {
  return label === null ? null : { ...label, start: at - label.length, value };
}

/** Whether what stands behind the label are units. */
export function saysUnits(kind: Label['kind']): boolean {
  return kind !== 'people' && kind !== 'time' && kind !== 'other';
}

export interface Section {
  /** Null: what precedes the first label. */
  readonly kind: Label['kind'] | null;
  /** The label's words. */
  readonly words: string;
  readonly start: number;
  readonly end: number;
}

/** The labels in `[start, end)` outside brackets, each with what stands behind it. */
export function sectionsOf(scan: Scan, start: number, end: number): Section[] {
  const found: Section[] = [];
  let kind: Section['kind'] = null;
  let words = '';
  let from = start;
  for (let at = start; at < end;) {
    const after = scan.skip(at);
    if (after > at && after <= end) {
      at = after;
      continue;
    }
    const label = labelAt(scan, at, from);
    if (label !== null) {
      found.push({ kind, words, start: from, end: label.start });
      kind = label.kind;
      words = scan.text.slice(label.start, at);
      from = label.value;
    }
    at += 1;
  }
  found.push({ kind, words, start: from, end });
  return found.filter((each) => each.end > each.start);
}

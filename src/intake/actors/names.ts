// Parts of a list made into names: 教育局和财政局 are two, 文化和旅游局 is one; 等有关部门 names a group, a bare 等 names nobody.

import { type Part, type Scan, STAR } from './scan.ts';
import {
  type Duty,
  endsLikeUnit,
  FIRST_LEADS,
  isGeneric,
  isPerson,
  isSecondHalf,
  isTime,
  mayBeUnit,
  startsLikeUnit,
} from './words.ts';

export interface NameRange {
  readonly start: number;
  readonly end: number;
  /** Said of this name alone: 县教育局（牵头）. */
  readonly duty: Duty | null;
  /** Marked with a star. */
  readonly marked: boolean;
  /** A bare 等 stands behind it. */
  readonly others: boolean;
}

export interface Names {
  readonly names: readonly NameRange[];
  /** 县教育局（县财政局配合）: lists inside a name's bracket, to be read by themselves. */
  readonly inner: readonly { readonly start: number; readonly end: number }[];
  /** Questions, each quoting the words. */
  readonly asked: readonly string[];
}

const LONGEST_NAME = 60;

interface Draft {
  start: number;
  end: number;
  cut: string;
  duty: Duty | null;
  marked: boolean;
  others: boolean;
}

const LEADING =
  /^(?:\d{1,2}[.)、]|\(\d{1,2}\)|[①-⑳]|以及|及其他|并由|具体由|主要由|分别由|其中|同时|由|请|并|且|及(?=[各省市县区有相国])|和(?=[各省市县区有相国])|与(?=[各省市县区有相国]))/u;
const JOINT = /[和及与暨]/u;
/** What makes the words behind 和 part of one expression: 县住建局及所属单位. */
const DEPENDENT = /^(?:其|所属|下属|直属|下辖)/u;
const NOT_OTHERS = /[高中初平同对均优劣特甲乙丙一二三]$/u;
const COUNTED = /^(?:多|几|[\d一二三四五六七八九十]{1,3})余?(?:个|家)?(?:有关|相关)?(?:部门|单位|部委|委办局|地区)/u;
const BARE_LEVEL =
  /^(?:各?(?:省|市|县|区|乡|镇|村|州|盟|旗|自治区|直辖市|自治州|设区市|省级|市级|县级|区级|乡级|镇级|村级|地级|级)|省直|市直|县直|区直|中央|国家|全国|省属|市属|县属|区属)$/u;
const ROLE_ONLY: readonly (readonly [RegExp, Duty])[] = [
  [/^(?:总?牵头|主办|主责)(?:单位|部门|负责)?$/u, 'lead'],
  [/^(?:责任|负责|承办)(?:单位|部门)?$/u, 'act'],
  [/^(?:配合|协办|协助|参与)(?:单位|部门|落实)?$/u, 'help'],
];
/** 县委 before 宣传部, 总局 before its 税务局: a line break there is within one name. */
const PARENT = /(?:[省市县区党]委|政府|总局)$/u;
/** 各部门 behind 县政府 are the government's own. */
const ITS_OWN = /^各(?:有关|相关|组成|工作|职能|直属)?(?:部门|单位|机构|部委|委办局)/u;
const PREFIX = '省市县区州';
const NO_PREFIX = /^(?:县域|区域|市场|区块|市民|市政|市区|县城|市容|县级以)/u;

export function readNames(scan: Scan, parts: readonly Part[]): Names {
  const inner: { start: number; end: number }[] = [];
  const asked: string[] = [];
  const drafts: Draft[] = [];
  const counted: Draft[] = [];
  for (const part of parts) {
    const draft = trimmed(scan, part, inner);
    if (draft === null) continue;
    if (draft.end - draft.start > 3 * LONGEST_NAME) {
      asked.push(`“${scan.text.slice(draft.start, draft.start + 30)}…”过长，不像单位名称，没有读入`);
      continue;
    }
    for (const each of atOthers(scan, atJoints(scan, draft), counted)) drafts.push(each);
  }
  const names = runTogether(scan, merged(scan, drafts), asked);
  for (const { start, end } of counted) {
    const words = scan.text.slice(start, end);
    if (names.length !== countIn(words)) asked.push(`“${words}”没有写全是哪些单位，请补全`);
  }
  return { names: names.filter((each) => keep(scan, each, asked)), inner, asked };
}

/** Without numbers, connectives, marks and brackets that say a role or a time; null where nothing is left. */
function trimmed(scan: Scan, part: Part, inner: { start: number; end: number }[]): Draft | null {
  const draft: Draft = { ...part, duty: null, marked: false, others: false };
  for (let more = true; more && draft.start < draft.end;) {
    more = false;
    const leading = LEADING.exec(scan.text.slice(draft.start, Math.min(draft.end, draft.start + 8)));
    if (leading !== null && leading[0].length < draft.end - draft.start) {
      draft.start += leading[0].length;
      more = true;
    }
    if (STAR.test(scan.text[draft.start] ?? '')) {
      draft.start += 1;
      draft.marked = more = true;
    }
    if (draft.end > draft.start && STAR.test(scan.text[draft.end - 1] ?? '')) {
      draft.end -= 1;
      draft.marked = more = true;
    }
    const head = scan.skip(draft.start);
    if (head > draft.start && head < draft.end) {
      draft.duty = dutyIn(scan.text.slice(draft.start + 1, head - 1)) ?? draft.duty;
      draft.start = head;
      more = true;
    }
    const open = scan.opensTail(draft.start, draft.end);
    if (open <= draft.start) continue;
    const words = scan.text.slice(open + 1, draft.end - 1);
    const role = dutyIn(words);
    const isList = role === null && /(?:配合|负责|协办|参与|牵头|落实)$|:/u.test(words.slice(-6)) && words.length > 4;
    const empty = !/[\p{Script=Han}A-Za-z]/u.test(words);
    draft.marked ||= empty && STAR.test(words);
    if (role === null && !isList && !empty && !isTime(words) && !FIRST_LEADS.test(words)) continue;
    draft.duty = role ?? draft.duty;
    if (isList) inner.push({ start: open + 1, end: draft.end - 1 });
    draft.end = open;
    more = true;
  }
  return draft.start < draft.end ? draft : null;
}

function dutyIn(words: string): Duty | null {
  return words.length > 12 ? null : (ROLE_ONLY.find(([pattern]) => pattern.test(words))?.[1] ?? null);
}

/** Cut at 和, 及, 与 where units stand on both sides. */
function atJoints(scan: Scan, draft: Draft): Draft[] {
  const pieces: Draft[] = [];
  let from = draft.start;
  let { cut } = draft;
  for (let at = draft.start + 1; at < draft.end - 1; at += 1) {
    const after = scan.skip(at);
    if (after > at) {
      at = after - 1;
      continue;
    }
    if (!JOINT.test(scan.text[at] ?? '')) continue;
    const wide = scan.text.startsWith('以及', at - 1) ? 1 : 0;
    const left = scan.text.slice(from, at - wide);
    const right = scan.text.slice(at + 1, draft.end);
    const [first = ''] = right.split(/[和及与暨等]/u, 1);
    const unit = endsLikeUnit(left) || scan.knows(from, at - wide) || (left.startsWith('各') && mayBeUnit(left));
    if (!unit || DEPENDENT.test(right) || isGeneric(first)) continue;
    // 文化局和旅游局 has a name on the right that closes; 公安局和谐… has not.
    if (!mayBeUnit(right) && !mayBeUnit(first)) continue;
    pieces.push({ ...draft, start: from, end: at - wide, cut, duty: null });
    from = at + 1;
    cut = scan.text[at] ?? '';
  }
  return [...pieces, { ...draft, start: from, cut }];
}

/** Cut at 等: what stands behind it is a name of its own where it says more than 部门. */
function atOthers(scan: Scan, drafts: readonly Draft[], counted: Draft[]): Draft[] {
  return drafts.flatMap((draft) => {
    for (let at = draft.end - 1; at >= draft.start; at -= 1) {
      if (scan.text[at] !== '等' || NOT_OTHERS.test(scan.text.slice(draft.start, at))) continue;
      // 甲局、乙局等和各乡镇: the connective is nobody's.
      const from = JOINT.test(scan.text[at + 1] ?? '') ? at + 2 : at + 1;
      const right = scan.text.slice(from, draft.end);
      const left: Draft = { ...draft, end: at };
      const bare = right === '' || isGeneric(right);
      if (!bare && !COUNTED.test(right) && !mayBeUnit(right)) return [draft];
      if (at > draft.start && !mayBeUnit(scan.text.slice(draft.start, at)) && bare && right !== '') {
        // 教育、公安、民政等部门: fields and no names, one expression.
        return [{ ...draft, others: true }];
      }
      if (COUNTED.test(right)) counted.push(draft);
      if (bare || COUNTED.test(right)) return at > draft.start ? [{ ...left, others: right === '' || bare }] : [];
      const group: Draft = { ...draft, start: from, cut: '等', duty: null };
      return at > draft.start ? [left, group] : [group];
    }
    return [draft];
  });
}

/** 8 in 等8个部门, NaN where no number is given. */
function countIn(words: string): number {
  const [, digits = ''] = /等(\d{1,3}|[二三四五六七八九十])余?(?:个|家)?/u.exec(words) ?? [];
  return /^\d/u.test(digits) ? Number(digits) : '一二三四五六七八九十'.indexOf(digits || '无') + 1;
}

/** 省、市、县有关部门 and 各乡镇、街道 are one name each; so are 教育、公安等部门. */
function merged(scan: Scan, drafts: readonly Draft[]): Draft[] {
  const wordsOf = ({ start, end }: Draft): string => scan.text.slice(start, end);
  const result: Draft[] = [];
  for (const draft of drafts) {
    const words = wordsOf(draft);
    const last = result.at(-1);
    const before = last === undefined ? '' : wordsOf(last);
    const adjoins = last !== undefined && /^[、和及与]$/u.test(draft.cut) && draft.start - last.end <= 2;
    // 各市（州）、县（市、区）政府: what stands in brackets are levels too.
    const tail = withoutBrackets(before).split('、').at(-1) ?? '';
    const levels =
      adjoins &&
      BARE_LEVEL.test(tail) &&
      !(tail.startsWith('各') && /^[省市县区州]直/u.test(words)) &&
      (!words.startsWith('各') || tail === '各级' || (BARE_LEVEL.test(words) && !tail.startsWith('各')));
    const party = adjoins && words === '政府' && before.endsWith('党委');
    const kind =
      adjoins && isSecondHalf(words) && /^(?:各|有关|相关|[省市县区]直|全)[^()]*$/u.test(before) && endsLikeUnitOrLevel(tail);
    if (last !== undefined && (levels || kind || party) && draft.end - last.start <= LONGEST_NAME) {
      result[result.length - 1] = { ...last, end: draft.end, duty: draft.duty, others: draft.others };
      continue;
    }
    result.push({ ...draft });
    if (draft.others && /等.{1,4}$/u.test(words)) takeFields(scan, result);
  }
  return result;
}

function withoutBrackets(words: string): string {
  return words.length > LONGEST_NAME ? words : words.replaceAll(/\([省市县区州盟旗乡镇村街道、]{1,12}\)/gu, '');
}

function endsLikeUnitOrLevel(words: string): boolean {
  return mayBeUnit(words) || isGeneric(words);
}

/** 教育 and 公安 before 民政等部门 belong to it. */
function takeFields(scan: Scan, result: Draft[]): void {
  const last = result.pop();
  if (last === undefined) return;
  for (let before = result.at(-1); before !== undefined; before = result.at(-1)) {
    const words = scan.text.slice(before.start, before.end);
    if (mayBeUnit(words) || last.cut !== '、' || last.start - before.end !== 1 || last.end - before.start > LONGEST_NAME) break;
    last.start = before.start;
    last.cut = before.cut;
    result.pop();
  }
  result.push(last);
}

/** 区政府办区财政局: names with nothing between them. */
function runTogether(scan: Scan, drafts: readonly Draft[], asked: string[]): Draft[] {
  return drafts.flatMap((draft) => {
    const { start, end } = draft;
    if (end - start > LONGEST_NAME || scan.knows(start, end)) return [draft];
    const cuts: number[] = [];
    let sure = true;
    let from = start;
    for (let at = start + 2; at <= end - 2; at += 1) {
      const after = scan.skip(at);
      if (after > at) {
        at = after - 1;
        continue;
      }
      const left = scan.text.slice(from, at);
      const right = scan.text.slice(at, end);
      if (PARENT.test(left) && ITS_OWN.test(right)) continue;
      const both = scan.knows(from, at) && (scan.knows(at, end) || /^[省市县区州各](?![域内外辖])/u.test(right));
      if (!both && !(endsLikeUnit(left) && mayBeUnit(right) && !right.endsWith('分局'))) continue;
      const spaced = scan.gap(at) && startsLikeUnit(right) && (!PARENT.test(left) || /^[省市县区各]/u.test(right));
      const prefix = left.length >= 3 && sharesPrefix(left, right);
      if (!both && !spaced && !prefix) continue;
      sure &&= spaced;
      cuts.push(at);
      from = at;
    }
    if (cuts.length === 0) return [draft];
    if (!sure) asked.push(`“${scan.text.slice(start, end)}”是连写的，已分成 ${cuts.length + 1} 个单位，请确认`);
    return [start, ...cuts].map((at, index) => {
      const last = index === cuts.length;
      return { ...draft, start: at, end: cuts[index] ?? end, duty: last ? draft.duty : null, others: last && draft.others };
    });
  });
}

function sharesPrefix(left: string, right: string): boolean {
  const level = right[0] ?? '';
  if (/^(?:[省市县区]直|各乡|各镇)/u.test(right)) return true;
  return PREFIX.includes(level) && left.startsWith(level) && right.length >= 3 && !NO_PREFIX.test(right);
}

function keep(scan: Scan, { start, end }: Draft, asked: string[]): boolean {
  const name = scan.text.slice(start, end);
  if (/^[-—–/\\〃~.…]+$|^(?:无|同上|略|暂无|另文|不涉及)$/u.test(name)) {
    if (name === '同上' || name === '〃') asked.push(`单位写的是“${name}”，请写明是哪些单位`);
    return false;
  }
  if (name.length > LONGEST_NAME) {
    asked.push(`“${name.slice(0, 30)}…”过长，不像单位名称，没有读入`);
    return false;
  }
  if (isPerson(name)) {
    asked.push(`“${name}”写的是人，没有读为单位，请确认由哪个单位负责`);
    return false;
  }
  return name.length >= 2 && /\p{Script=Han}/u.test(name) && scan.closes(start) !== end - 1 && scan.isNested(start, end);
}

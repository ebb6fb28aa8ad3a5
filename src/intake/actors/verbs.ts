// 牵头, 按职责分工负责, 配合落实: where a phrase of responsibility stands in a part of a list, and what it makes of the names before it.

import { type Duty, mayBeUnit, startsLikeUnit } from './words.ts';

interface Verbs {
  /** Indexes into the text. */
  readonly start: number;
  readonly end: number;
  readonly duty: Duty;
  /** 会同: the names before it lead, those after it help. */
  readonly joins: boolean;
}

const JOIN = /(?:会同|会商|商请|联合)/uy;
const LEAD =
  /(?:总牵头|牵头|主办|主责|负总责|负主责|(?:为|是|作为)(?:总?牵头|主办|主责|第一责任)(?:单位|部门|主体)|(?:发挥|起)(?:总?牵头|主导)作用)/uy;
const STRONG_ACT = /(?:负责|各负其责|(?:为|是|作为)(?:责任|承办|实施)(?:单位|部门|主体))/uy;
const STRONG_HELP = /(?:协同配合|协助配合|密切配合|配合|协助|协办|(?:为|是|作为)(?:配合|协办|参与|协助)(?:单位|部门))/uy;
const WEAK_ACT =
  /(?:组织实施|组织落实|抓好落实|贯彻落实|推进落实|抓落实|落实到位|落实|实施|承办|办理|推进|执行|完成|承担|组织|开展|推动|建设|抓好|主抓)/uy;
const WEAK_HELP = /(?:参与|参加|支持|协同|协作|辅助|会办|联办)/uy;
const GUIDE = /(?:指导|督导|督促|监督|督办|检查|协调)/uy;
const ADVERB =
  /(?:(?:按照?|依照|依据?|根据|结合|立足)(?:各自|其|本|部门|单位|自身)?(?:的)?(?:工作|法定)?(?:职责|职能|职权|任务|责任|权责|属地|分工|要求)(?:和|及|、|与)?(?:分工|范围|权限|要求|管理|原则|任务)?|分工|职责)/uy;
const FILL =
  /(?:分别|共同|各自|具体|依法|统一|积极|主要|全面|切实|认真|抓好|做好|予以|给予|同步|分头|统筹|并|的|工作|全程|好|共)/uy;
/** What makes a noun of the verb before it: 负责人, 配合单位. */
const NOUN_AFTER = /[人者方]|同志|单位|部门|机构|领导|主体|办公室|中心|局|委|小组/uy;
/** 甲局等, 甲局等部门. */
const OTHERS = /等(?:有关|相关)?(?:部门|单位|部门和单位)?$/u;
const MOST_WORDS = 8;

/** The leftmost phrase of responsibility in `text[start, end)` that something like a unit stands before; null where there is none. */
export function findVerbs(text: string, start: number, end: number, skip: (at: number) => number): Verbs | null {
  let unlikely = 0;
  for (let at = start; at < end;) {
    const after = skip(at);
    if (after > at) {
      at = Math.min(after, end);
      continue;
    }
    const found = verbsAt(text, at, end, start);
    if (found !== null) return found;
    at += 1;
    unlikely += 1;
    // No name is that long; what stands further on is the work, not who does it.
    if (unlikely > 200) return null;
  }
  return null;
}

/** The phrase of responsibility that begins at `at`, or null. */
function verbsAt(text: string, at: number, end: number, start = at): Verbs | null {
  const before = text.slice(Math.max(start, at - 40), at).replace(OTHERS, '');
  const join = endOf(JOIN, text, at);
  if (
    join !== -1 &&
    join < end &&
    (before === '' ? text.startsWith('会', at) : mayBeUnit(before)) &&
    mayBeName(text, join, end) &&
    (!text.startsWith('联合', at) || startsLikeUnit(text.slice(join, join + 12)))
  ) {
    return { start: at, end: join, duty: 'help', joins: true };
  }
  let duty: Duty | null = null;
  let weak = true;
  let adverb = false;
  let position = at;
  for (let words = 0; words < MOST_WORDS && position < end; words += 1) {
    const word = wordAt(text, position);
    if (word === null || word.end > end) break;
    if (word.duty !== null) duty = stronger(duty, word.duty);
    weak &&= word.weak;
    adverb ||= word.adverb;
    position = word.end;
  }
  const whole = position === end;
  if (duty === null) {
    // “各部门按职责分工” says no verb, and means 负责.
    return adverb && whole ? { start: at, end: position, duty: 'act', joins: false } : null;
  }
  if (weak && !(whole && (before === '' || mayBeUnit(before) || adverb))) return null;
  if (!whole && endOf(NOUN_AFTER, text, position) !== -1) return null;
  if (!whole && before !== '' && !mayBeUnit(before)) return null;
  return { start: at, end: position, duty, joins: false };
}

interface Word {
  readonly end: number;
  readonly duty: Duty | null;
  readonly weak: boolean;
  readonly adverb: boolean;
}

function wordAt(text: string, at: number): Word | null {
  const tries: readonly [RegExp, Duty | null, boolean, boolean][] = [
    [LEAD, 'lead', false, false],
    [STRONG_ACT, 'act', false, false],
    [STRONG_HELP, 'help', false, false],
    [WEAK_ACT, 'act', true, false],
    [WEAK_HELP, 'help', true, false],
    [ADVERB, null, true, true],
    [GUIDE, 'guide', true, false],
    [FILL, null, true, false],
  ];
  for (const [pattern, duty, weak, adverb] of tries) {
    const end = endOf(pattern, text, at);
    if (end !== -1) return { end, duty, weak, adverb };
  }
  return null;
}

const ORDER: readonly Duty[] = ['guide', 'act', 'help', 'lead'];

/** 负责牵头 leads, 负责配合 helps, 牵头指导 leads. */
function stronger(one: Duty | null, other: Duty): Duty {
  return one === null || ORDER.indexOf(other) > ORDER.indexOf(one) ? other : one;
}

function mayBeName(text: string, start: number, end: number): boolean {
  return start < end && !/^[、,;。)]/u.test(text.slice(start, end).slice(0, 1));
}

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

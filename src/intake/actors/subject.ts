// 省财政厅应于…, 由县教育局牵头: a unit as the subject of a duty, found where a clause begins.

import { readNames, type NameRange } from './names.ts';
import type { Scan } from './scan.ts';
import { endsLikeUnit, isGeneric, mayBeUnit, startsLikeUnit } from './words.ts';

export interface Subject {
  readonly names: readonly NameRange[];
  /** Where its predicate begins. */
  readonly end: number;
  /** 要, 应于, 牵头: the words that make it a duty. */
  readonly predicate: string;
  /** 牵头, 负总责 and 负责 make an actor wherever they stand; a bare 要 only in the first place. */
  readonly weight: 'lead' | 'charge' | 'modal' | 'bare' | 'help';
  /** 主要负责人, 分管领导 stood between the unit and its duty. */
  readonly person: boolean;
}

const LONGEST_SUBJECT = 120;
const TIME_WORDS = `(?:(?:\\d{4}|[〇零一二三四五六七八九]{4}|今|本|当|每|明)年)?(?:(?:\\d{1,2}|[一二三四五六七八九十]{1,3})月(?:份)?)?(?:\\d{1,2}[日号])?(?:[上中下]旬|年底|年末|年初|年内|年中|底|末|初|[上下]半年|第?[一二三四1-4]季度)?(?:[之以]?(?:前|内|起|后|间))?`;
const LEADING_TIME = new RegExp(`(?:[从自在于到至截]|截至|力争|每季度|每半年|每月)?${TIME_WORDS},?`, 'uy');
const LEADING =
  /(?:第?[一二三四五六七八九十]{1,2}是|首先|其次|\(?[一二三四五六七八九十]{1,3}\)?[、.]?(?=[^一二三四五六七八九十])|\(?\d{1,2}[).、]|同时|此外|另外|其中|并且|今后|由|请|具体由|统一由|,)/uy;
const BAD_START =
  /^(?:(?:责任|牵头|配合|协办|主办)(?:单位|部门)(?=.)|[对以在于从将把被向为与按经让使请因凡如若]|会同|联合|配合|协助|督促|指导|组织(?!部)|要求|推动|推进|鼓励|支持|引导|协调|加强|做好|确保|依托|通过|围绕|针对|结合)/u;
const IN_NO_NAME = /[由的将把被]|设[在于]|每[年月季]|对各|进行|要求|会同|负责|牵头(?!部门|单位)|督促|组成(?!部门|单位|机构)/u;
/** 决策承办部门, 网站主办单位: they are known by what they do. */
const BY_FUNCTION =
  /(?:主管|承办|主办|起草|制定|牵头|责任|执法|审批|监管|服务|管理|成员|实施|组织|联系|行政|业务|归口|职能)(?:部门|单位|机关)$/u;
/** Of a motion or a project: whoever it is given to. */
const BY_ROLE = /^(?:主办|责任)(?:单位|部门)$/u;
const NO_ACTOR = /(?:主体|社会组织|企业|公司企业|人大|中小学生|市场)$/u;

const PERSON = /(?:党政)?(?:主要|分管|有关|相关)?(?:负责人|负责同志|领导同志|领导班子|领导|责任人)/uy;
const ADVERB = /(?:都|均|也|还|则|原则上|具体|主要|共同|分别|切实|积极|充分|认真|严格|继续|进一步)/uy;
const LEAD =
  /(?:总?牵头(?!单位|部门|领导|人)|(?:要|应|应当|将|须)?(?:充分)?(?:发挥|起)(?:总?牵头|主导)作用|主办(?!单位|部门)|为(?:总?牵头|主办)(?:单位|部门))/uy;
const CHARGE =
  /(?:负责(?!人|同志|单位|部门)|各负其责|承担(?:主体|主要)?责任|(?:对|是|为|作为)[^,。;]{0,60}?(?:负总责|负主要责任|负责|责任主体|责任单位|责任人|第一责任人?))/uy;
const MODAL =
  /(?:要(?!求|点|素|件|闻|约|害)|应当|应该|应(?!急|用|对|诉|届|征|收|缴|税|聘|届)|须(?!知)|必须|务必|需要|需(?!求)|将(?!来|军)|请(?!示|假|求|辞)|会同(?!有关人员)|统筹)/uy;
const HELP = /(?:协同配合|积极配合|密切配合|配合(?!单位)|协助|协办|参与)/uy;
/** 各部门的落实情况，年底前报县政府. */
const REPORTED = /的[^,。;的]{0,12}?情况(?=[^。;]{0,30}报)/uy;
const DATED = new RegExp(
  `(?:[于在每自从]|力争|确保|应于|务必于)?(?:每(?:个|两个?|三个?)?(?:季度|半年|月|年|周|旬|日|天)|[逐按](?:季度|月|季|年|周|旬)|(?:\\d{1,2}|[一二三四五六七八九十]{1,3})月|(?:\\d{4}年)|年[内底末初中]|[上下]半年|第?[一二三四1-4]季度|本通知印发|本意见印发)`,
  'uy',
);
const BARE =
  /(?:完成|制定|出台|建立|开展|推进|推动|落实|组织(?!部)|指导|督促|加强|加快|做好|抓好|健全|完善|编制|印发|公布|报送|梳理|汇总|定期|及时|按照?|(?:收到|接到)[^,。;]{1,16}后|以[^,。;]{1,20}为(?:单位|抓手|重点|主线|目标|契机)|对[^,。;]{1,40}?(?:进行|实行|实施|开展|予以|给予|组织)|依托|结合|全面|安排|研究|深入|确保|严格|积极|认真|切实|牢固|继续|负有|扎实|优先|保障|适时|收集|通报|统一|提交|上报|反馈|联合(?!会|社|体)|报(?=[县市省区国])|据此|核查|检查|抽查|审核|验收|形成|发布|召开|组成(?!部门|单位|机构)|总结(?!会|报告|材料|评估会))/uy;

/** The subject that begins at or shortly after `start`, before `end`; null where none does. */
export function subjectAt(scan: Scan, start: number, end: number): Subject | null {
  const from = afterLeading(scan, start, end);
  const timed = from.timed;
  let bare: Subject | null = null;
  const limit = Math.min(end, from.at + LONGEST_SUBJECT);
  for (let at = from.at + 2; at < limit; at += 1) {
    const skipped = scan.skip(at - 1);
    if (skipped > at) {
      at = skipped - 1;
      continue;
    }
    if (scan.text[at - 1] === ',') continue;
    const before = scan.text.slice(Math.max(from.at, at - 40), at);
    if (!mayBeUnit(before) && !BY_ROLE.test(before) && !scan.knows(from.at, at)) continue;
    const predicate = predicateAt(scan, at, end);
    if (predicate === null) continue;
    const names = actors(scan, from.at, at);
    if (names === null) continue;
    const subject = { names, ...predicate };
    if (predicate.weight !== 'bare') return subject;
    // 制定或调整后的办法: the verb belongs to what follows, not to a duty.
    const verb = predicate.end + (/^[对以]/u.test(predicate.predicate) ? predicate.predicate.length : 0);
    const relative = /^[^,。;]{0,14}的/u.test(scan.text.slice(verb, verb + 16));
    if (timed || !relative) bare ??= subject;
    if (bare !== null && /^(?:指导|督促|组织)/u.test(bare.predicate)) return bare;
  }
  return bare;
}

/** Whether a list of units fills `[start, end)`: 各乡镇 in 各乡镇，县直各部门要. */
export function unitsAt(scan: Scan, start: number, end: number): readonly NameRange[] | null {
  if (end - start > LONGEST_SUBJECT) return null;
  const closes = mayBeUnit(scan.text.slice(Math.max(start, end - 40), end)) || scan.knows(start, end);
  return !closes ? null : actors(scan, afterLeading(scan, start, end).at, end);
}

/** The units in `[start, end)`, null unless it is units and nothing else. */
function actors(scan: Scan, start: number, end: number): readonly NameRange[] | null {
  if (end - start < 2) return null;
  const words = scan.text.slice(start, end);
  if (BAD_START.test(words)) return null;
  // 教育、医疗等领域的县级主管部门: who is meant stands behind 的.
  const of = words.lastIndexOf('的');
  // 某局是全县工作的主管单位 tells what an office is, and asks nothing of it.
  if (of !== -1 && /[是为]/u.test(words.slice(0, of))) return null;
  const fields = /等(?=.{3})/u.exec(words);
  const only = fields === null || endsLikeUnit(words.slice(0, fields.index)) ? -1 : fields.index;
  const from = start + Math.max(of, only) + 1;
  const { names, asked } = readNames(scan, scan.parts(from, end));
  if (names.length === 0 || asked.some((each) => each.includes('过长'))) return null;
  const fine = names.every((name) => {
    const each = scan.text.slice(name.start, name.end);
    if (scan.knows(name.start, name.end)) return true;
    if (isGeneric(each) || NO_ACTOR.test(each) || IN_NO_NAME.test(each)) return false;
    if (!startsLikeUnit(each) && !BY_FUNCTION.test(each)) return false;
    return endsLikeUnit(each) || BY_ROLE.test(each) || /^(?:各|试点|全|有关|市、|省、|县、)/u.test(each);
  });
  return fine ? names : null;
}

function afterLeading(scan: Scan, start: number, end: number): { at: number; timed: boolean } {
  let at = start;
  let timed = false;
  for (let steps = 0; steps < 4 && at < end; steps += 1) {
    const time = endOf(LEADING_TIME, scan.text, at);
    const isTime = time > at && /[年月季日旬]/u.test(scan.text.slice(at, time));
    const step = Math.max(endOf(LEADING, scan.text, at), isTime ? time : -1);
    if (step <= at || step >= end) break;
    timed ||= isTime;
    at = step;
  }
  return { at, timed };
}

function predicateAt(scan: Scan, at: number, end: number): Pick<Subject, 'end' | 'predicate' | 'weight' | 'person'> | null {
  const { text } = scan;
  const afterPerson = endOf(PERSON, text, at);
  let from = afterPerson === -1 ? at : afterPerson;
  const person = afterPerson !== -1;
  const tries: readonly [RegExp, Subject['weight']][] = [
    [LEAD, 'lead'],
    [CHARGE, 'charge'],
    [MODAL, 'modal'],
    [HELP, 'help'],
    [DATED, 'modal'],
    [REPORTED, 'modal'],
    [BARE, 'bare'],
  ];
  for (let adverbs = 0; adverbs < 3; adverbs += 1) {
    for (const [pattern, weight] of tries) {
      const stop = endOf(pattern, text, from);
      // 由县发改局牵头的项目: whose project it is, not whose duty.
      if (stop === -1 || stop > end || (text[stop] === '的' && weight !== 'modal')) continue;
      return { end: from, predicate: text.slice(from, stop), weight: weightOf(text, from, end, weight), person };
    }
    const adverb = endOf(ADVERB, text, from);
    if (adverb === -1) return null;
    from = adverb;
  }
  return null;
}

/** 要在11月底前牵头并指导, 要积极配合: the verb that says the role stands a few words after 要. */
function weightOf(text: string, from: number, end: number, weight: Subject['weight']): Subject['weight'] {
  if (weight !== 'modal' && weight !== 'bare') return weight;
  const clause = text.slice(from, Math.min(end, from + 40)).split(/[,;。]/u, 1)[0] ?? '';
  if (/牵头(?!单位|部门|的)/u.test(clause)) return 'lead';
  const helps = /(?:配合|协助|参与|支持)$|^(?:要|应当?|将|须)?(?:主动|积极|密切|全力|认真|切实)?(?:配合|协助)/u;
  return helps.test(clause) ? 'help' : weight;
}

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

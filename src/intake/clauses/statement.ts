// Where a text states who answers for it and by when: the bracket that closes it (某局牵头，某局配合，9月底前完成), or words with
// a label (责任单位：某局). Only where it stands is told here; names and times are read by actors.ts and time.ts.

export interface Statement {
  /** Indexes into the plain text: brackets included. */
  readonly start: number;
  readonly end: number;
  /** `time`: names no unit. */
  readonly kind: 'units' | 'time';
}

const UNIT_LABEL =
  '(?:主要|第一|市级|县级|区级|省级|共同)?(?:责任|牵头|配合|负责|承办|主办|协办|实施|落实|参与|参加|协同)(?:单位|部门|领导|人|科室|主体|处室|地区)?(?:及[^:()]{1,8})?';
const TIME_LABEL = '(?:计划|办理|整改|工作)?(?:完成|办结)?(?:时限|节点|时间|期限|进度|时间节点|时限要求)(?:要求|安排)?';
const LABEL = new RegExp(`(?:^|[。;.!?)\\]】”])([(【〔\\[]?(?:(${UNIT_LABEL})|${TIME_LABEL})[】\\]]?:)`, 'gu');
const UNITS = new RegExp(`^(?:${UNIT_LABEL}):`, 'u');
const LONGEST = 700;
const VERB = /(?:牵头|负责|配合|分工|会同|落实|参与|参加|承办|主办|协办|实施|办理|指导|督导|监督|支持|协助|协同)/u;
const EXPLAINS = /^(?:以下|下同|含|包括|即|如|见|不含|详见|除|其中|试行|国(?:办)?(?:发|函))/u;
const TIME = /\d{1,2}月|[年月季]?(?:底|末)前?|每[年季月周半]|全年|年内|长期|持续|上半年|下半年|第[一二三四]季度/u;
const NAME =
  /(?:局|委|办|部|厅|院|署|会|行|司|站|所|队|处|室|台|社|校|馆|中心|政府|单位|部门|乡镇?|镇|街道|区|公司|组|科|段|地区|联|团|企业|大学|学院|医院|机关|市|县|省)(?:\([^()]{1,12}\))?等?$/u;

/** In order, not overlapping. `text` is plain (`Passage.text`). */
export function statementsIn(text: string): Statement[] {
  const found: Statement[] = [];
  for (const { start, end } of bracketsIn(text)) {
    const kind = kindOf(text, start, end);
    if (kind !== null) found.push({ start, end, kind });
  }
  const labelled = labelledFrom(text, found);
  return labelled === null ? found : [...found.filter(({ end }) => end <= labelled.start), labelled];
}

/** Whether the whole text is nothing but a statement on what stands before it. */
export function isStatement(text: string): boolean {
  const statements = statementsIn(text.slice(0, 1500));
  const [first] = statements;
  const last = statements.at(-1);
  return first?.start === 0 && last !== undefined && last.end >= Math.min(text.length, 1500) - 2;
}

// Words with a label go on to the end of the paragraph.
function labelledFrom(text: string, brackets: readonly Statement[]): Statement | null {
  LABEL.lastIndex = Math.max(0, text.length - LONGEST);
  for (let match = LABEL.exec(text); match !== null; match = LABEL.exec(text)) {
    const [whole, label = '', units] = match;
    const start = match.index + whole.length - label.length;
    if (brackets.some((each) => each.start <= start && start < each.end)) continue;
    const rest = text.slice(match.index + whole.length);
    // Not 工作时间：9:00.
    if (units === undefined && !TIME.test(rest.slice(0, 60))) continue;
    const later = /(?:单位|部门|牵头|配合):/u.test(rest);
    return { start, end: text.length, kind: units !== undefined || later ? 'units' : 'time' };
  }
  return null;
}

function kindOf(text: string, start: number, end: number): Statement['kind'] | null {
  const inside = text.slice(start + 1, end - 1);
  if (inside.length < 2 || inside.length > LONGEST || EXPLAINS.test(inside)) return null;
  const closes = end >= text.length - 1 || /^[。;]?(?:$|[一二三四五六七八九十\d(])/u.test(text.slice(end, end + 2));
  const after = start === 0 || /[。.;!?”’)】:]/u.test(text.charAt(start - 1));
  if (UNITS.test(inside)) return 'units';
  if (!closes && !after) return null;
  if (VERB.test(inside) && isShareOut(inside)) return 'units';
  if (!after) return null;
  if (closes && inside.split(/[、,;和及]/u).every((part) => part.length <= 30 && NAME.test(part))) return 'units';
  return TIME.test(inside) && inside.length <= 40 ? 'time' : null;
}

// 甲局牵头，乙局配合: the verb closes a part of the bracket; 负责人、配合度 and whole sentences do not.
function isShareOut(inside: string): boolean {
  return (
    /(?:牵头|负责|配合|分工|落实|参与|参加|承办|主办|协办|实施|办理|组织|推进|完成|指导|督导|监督|支持|协助|协同)(?:[,。;:、]|$)/u.test(
      inside,
    ) || /(?:牵头|负责|会同|按职责)[^,。]{0,200}$/u.test(inside)
  );
}

/** Outermost brackets of any kind, of at most 800 characters; one that is never closed hides none after it. */
function bracketsIn(text: string): { start: number; end: number }[] {
  const open: number[] = [];
  const pairs: { start: number; end: number }[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x4e00 && code <= 0x9fff) continue;
    const character = text.charAt(at);
    if ('([【〔'.includes(character)) open.push(at);
    else if (')]】〕'.includes(character)) {
      const start = open.pop();
      if (start !== undefined && at - start < 800) pairs.push({ start, end: at + 1 });
    }
  }
  const outermost: { start: number; end: number }[] = [];
  for (const pair of pairs.toSorted((a, b) => a.start - b.start)) {
    if (pair.start >= (outermost.at(-1)?.end ?? 0)) outermost.push(pair);
  }
  return outermost;
}

// Units inside the sentences of a paragraph that has neither a bracket nor a label for them: who is bound to its first duty or to
// its dates leads; who stands beside somebody's 牵头 cooperates; whoever else is named is left out, and asked.

import type { Role } from '../../domain/notice.ts';
import type { NameRange } from './names.ts';
import type { Scan } from './scan.ts';
import type { StatedUnit } from './statement.ts';
import { type Subject, subjectAt, unitsAt } from './subject.ts';
import { findVerbs } from './verbs.ts';
import type { Doubt } from '../reading.ts';

interface SentenceActors {
  readonly units: readonly StatedUnit[];
  readonly doubts: readonly Doubt[];
}

interface Actor extends Subject {
  readonly start: number;
  readonly sentence: number;
  /** First in its sentence: a time before it is its own. */
  readonly from: number;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

interface Clause {
  readonly start: number;
  readonly end: number;
  readonly sentence: number;
  readonly sentenceStart: number;
  readonly sentenceEnd: number;
}

/** No paragraph of a notice is that long; what stands further on is another matter. */
const LONGEST_TEXT = 6000;
const DEADLINE =
  /(?:\d|[一二三四五六七八九十])(?:月|日前)|月底|年[底末内]|年度内|季度|[每按逐][年月季半周]|[上下]半年|印发之日|之前|个工作日/u;
const MOST_ASIDES = 3;
const OTHERS = /^等(?:[^,。;、]{0,4}(?:部门和单位|部门|单位|地区))?/u;

/** `taken`: what was read already, in order. */
export function readSentences(scan: Scan, taken: readonly Range[]): SentenceActors {
  const clauses = clausesOf(scan, taken);
  const found: Actor[] = [];
  const helpers: { names: readonly NameRange[]; words: string }[] = [];
  let pending: NameRange[] = [];
  let before: Clause | null = null;
  for (const clause of clauses) {
    const timed: Clause | null = before !== null && isTimeAlone(scan, before) ? before : null;
    before = clause;
    const subject = subjectAt(scan, clause.start, clause.end) ?? agent(scan, clause);
    const first = found.at(-1)?.sentence !== clause.sentence;
    if (subject !== null) {
      found.push({
        ...subject,
        names: [...pending, ...subject.names],
        start: clause.start,
        sentence: clause.sentence,
        from: first ? clause.sentenceStart : (timed?.start ?? clause.start),
      });
      pending = [];
      // 县商务局牵头、各乡镇配合: both in one clause.
      const after = subject.end + subject.predicate.length;
      const beside =
        subject.weight === 'lead' && scan.text[after] === '、' ? helper(scan, { ...clause, start: after + 1 }) : null;
      if (beside !== null) helpers.push(beside);
      continue;
    }
    const units = unitsAt(scan, clause.start, clause.end);
    const heads = clause === clauses[0] && /[。.:]/u.test(scan.text[clause.end] ?? '') && clause.end + 4 < scan.text.length;
    if (units !== null && heads) {
      // （一）县教育局。负责…: who the whole item is about.
      const headed = { names: units, end: clause.end, predicate: '', weight: 'charge', person: false } as const;
      found.push({ ...headed, start: clause.start, sentence: clause.sentence, from: clause.sentenceStart });
      continue;
    }
    pending = units === null ? [] : [...pending, ...units];
    const helped = helper(scan, clause);
    if (helped !== null) helpers.push(helped);
  }
  return settled(scan, found, helpers, clauses);
}

function settled(
  scan: Scan,
  found: readonly Actor[],
  helpers: readonly { names: readonly NameRange[]; words: string }[],
  clauses: readonly Clause[],
): SentenceActors {
  const units: StatedUnit[] = [];
  const asides: string[] = [];
  const seen = new Set<string>();
  const add = ({ start, end }: NameRange, role: Role, words: string): void => {
    const name = scan.text.slice(start, end);
    const rule = words === '' ? '条目以单位起头' : `句中“${/\d/u.test(words) ? `${words}…` : words}”`;
    if (!seen.has(name)) units.push({ start, end, role, rule });
    seen.add(name);
  };
  let lead: Actor | null = null;
  const first = Math.max(
    0,
    found.findIndex(({ weight }) => weight !== 'help'),
  );
  for (const [index, actor] of found.entries()) {
    const next = found[index + 1];
    const sentenceEnd = clauses.find(({ start }) => start === actor.start)?.sentenceEnd ?? scan.text.length;
    const own = scan.text.slice(actor.from, next?.sentence === actor.sentence ? next.start : sentenceEnd);
    const listed = /^[;。]?第?[一二三四五六七八九十]{1,2}是/u.test(scan.text.slice(actor.start, actor.start + 5));
    const strong = listed || actor.weight === 'lead' || actor.weight === 'charge' || DEADLINE.test(own);
    const beside = lead !== null && actor.sentence === lead.sentence && lead.weight === 'lead' && actor.weight !== 'lead';
    if (beside || (actor.weight === 'help' && index !== first)) {
      for (const name of actor.names) add(name, 'cooperate', actor.predicate);
    } else if (index === first || strong) {
      for (const name of actor.names) add(name, 'lead', actor.predicate);
      lead = actor;
    } else {
      for (const { start, end } of actor.names) asides.push(scan.text.slice(start, end));
      continue;
    }
    for (const { names, words } of partners(scan, actor, sentenceEnd)) for (const name of names) add(name, 'cooperate', words);
  }
  if (units.length > 0) for (const { names, words } of helpers) for (const name of names) add(name, 'cooperate', words);
  const others = [...new Set(asides)].filter((name) => !seen.has(name)).slice(0, MOST_ASIDES);
  const doubts: Doubt[] =
    others.length === 0 ? [] : [{ field: 'lead', reason: `句中还写到“${others.join('、')}”，没有读为牵头或配合，请确认` }];
  return { units, doubts };
}

/** 各乡镇要做好登记，6月底前，县民政局要公布: a time between commas is of what follows. */
function isTimeAlone(scan: Scan, { start, end }: Clause): boolean {
  return (
    end - start <= 16 &&
    /^[于在到至]?[\d〇零一二三四五六七八九十年月日上中下旬半季度底末初第今明前内起之以]{2,15}$/u.test(scan.text.slice(start, end))
  );
}

/** 由县教育局牵头 in the middle of a clause. */
function agent(scan: Scan, { start, end }: Clause): Subject | null {
  for (let at = start + 1; at < Math.min(end, start + 80); at += 1) {
    if (scan.text[at] !== '由') continue;
    const subject = subjectAt(scan, at + 1, end);
    if (subject !== null && (subject.weight === 'lead' || subject.weight === 'charge' || subject.predicate === '会同'))
      return subject;
  }
  return null;
}

/** 县财政局、各乡镇配合: a clause that ends with help. */
function helper(scan: Scan, { start, end }: Clause): { names: readonly NameRange[]; words: string } | null {
  if (end - start > 80 || !/(?:配合|协助|协办|参与|支持)/u.test(scan.text.slice(Math.max(start, end - 8), end))) return null;
  const verbs = findVerbs(scan.text, start, end, (at) => scan.skip(at));
  const names = verbs?.end === end && verbs.duty === 'help' ? unitsAt(scan, start, verbs.start) : null;
  return verbs === null || names === null ? null : { names, words: scan.text.slice(verbs.start, verbs.end) };
}

/** 会同县财政局、县人社局 behind an actor, in the same sentence. */
function partners(scan: Scan, actor: Actor, end: number): { names: readonly NameRange[]; words: string }[] {
  const stop = Math.min(end, actor.end + 40);
  const at = scan.text.slice(actor.end, stop).indexOf('会同');
  if (at === -1) return [];
  const start = actor.end + at + 2;
  let best: readonly NameRange[] = [];
  for (let to = start + 2; to <= Math.min(end, start + 80); to += 1) {
    const behind = scan.text[to] ?? '';
    if (/[,;。]/u.test(scan.text[to - 1] ?? '')) break;
    if (!/[、,;。和及等]|^$/u.test(behind) && subjectAt(scan, start, Math.min(end, to + 12))?.end !== to) continue;
    const others = OTHERS.exec(scan.text.slice(to, to + 12))?.[0] ?? '';
    const names = unitsAt(scan, start, to + others.length) ?? unitsAt(scan, start, to);
    if (names === null) continue;
    best = names;
    if (!/[、和及]/u.test(behind)) break;
  }
  return best.length === 0 ? [] : [{ names: best, words: '会同' }];
}

function clausesOf(scan: Scan, taken: readonly Range[]): Clause[] {
  const limit = Math.min(scan.text.length, LONGEST_TEXT);
  const clauses: Clause[] = [];
  let sentence = 0;
  let start = 0;
  let own: { start: number; end: number }[] = [];
  const closeSentence = (end: number): void => {
    const [first] = own;
    if (first !== undefined) {
      for (const each of own) clauses.push({ ...each, sentence, sentenceStart: first.start, sentenceEnd: end });
    }
    own = [];
    sentence += 1;
  };
  const closeClause = (end: number): void => {
    if (end > start) own.push({ start, end });
    start = end + 1;
  };
  let next = 0;
  for (let at = 0; at < limit; at += 1) {
    const read = taken[next];
    if (read !== undefined && at >= read.start - 1) {
      closeClause(at);
      closeSentence(at);
      start = read.end + 1;
      at = read.end;
      next += 1;
    }
    const after = scan.skip(at);
    if (after > at) {
      at = after - 1;
      continue;
    }
    const ends = scan.endsSentence(at) || scan.text[at] === ';';
    if (ends || scan.text[at] === ',' || scan.text[at] === ':') closeClause(at);
    if (ends) closeSentence(at);
  }
  closeClause(limit);
  closeSentence(limit);
  return clauses;
}

// A statement of responsibility, word for word: 甲局牵头，乙局、丙局配合 — the inside of a bracket, a label's value or a table's cell.
// Who leads is settled at the end: 负责 after somebody's 牵头 means to cooperate.

import type { Role } from '../../domain/notice.ts';
import { type Section, sectionsOf } from './labels.ts';
import { readNames } from './names.ts';
import type { Part, Scan } from './scan.ts';
import { findVerbs } from './verbs.ts';
import { type Duty, FIRST_LEADS, isTime, MARKED_LEADS, mayBeUnit, startsLikeUnit } from './words.ts';
import type { Doubt } from '../reading.ts';

export interface StatedUnit {
  readonly start: number;
  readonly end: number;
  readonly role: Role;
  readonly rule: string;
}

export interface Statement {
  readonly units: readonly StatedUnit[];
  readonly doubts: readonly Doubt[];
  /** Whether a verb or a label says what the names are there for. */
  readonly told: boolean;
  /** 责任单位：, and not a verb alone. */
  readonly labelled: boolean;
  /** 列第一位者为牵头单位 stands in it. */
  readonly firstSaid: boolean;
}

export interface Reading {
  /** What names are without a verb; null: the statement must say it. */
  readonly column: Duty | 'first' | null;
  /** Begins every rule: 括号内, 责任单位一栏. */
  readonly where: string;
  readonly firstLeads: boolean;
}

/** 抓紧推进, 汛期前完成: something done, and nobody's name. */
const DOING = /(?:完成|推进|落实|实施|开展|办理|报送|公开|公布|[前后起内])$/u;

type Kind = Duty | 'join' | 'rest';

interface Said {
  readonly start: number;
  readonly end: number;
  readonly kind: Kind;
  readonly words: string;
  readonly marked: boolean;
  /** The section's default was 'first': its first name leads. */
  readonly first: boolean;
}

export function readStatement(scan: Scan, start: number, end: number, reading: Reading): Statement {
  const reader = new Reader(scan, reading);
  const sections = sectionsOf(scan, start, end);
  // 县教育局、县财政局，完成时限：6月: a time with a label says nothing of the names before it.
  const labelled = sections.some(({ kind }) => kind !== null && kind !== 'time');
  for (const section of sections) if (!labelled || section.kind !== null || reading.column !== null) reader.section(section);
  return reader.finish();
}

class Reader {
  readonly #scan: Scan;
  readonly #reading: Reading;
  readonly #said: Said[] = [];
  readonly #doubts: Doubt[] = [];
  #told = false;
  #labelled = false;
  #firstSaid = false;
  #openOthers: string | null = null;

  constructor(scan: Scan, reading: Reading) {
    this.#scan = scan;
    this.#reading = reading;
  }

  section({ kind, words, start, end }: Section): void {
    if (kind === 'time') this.#told = true;
    if (kind === 'people' || kind === 'time' || kind === 'other') return;
    const byDefault = kind ?? this.#reading.column;
    if (kind !== null) this.#told = this.#labelled = true;
    const label = kind === null ? '' : words;
    let waiting: Part[] = [];
    let joined = false;
    let anyVerb = false;
    let aside = false;
    const settle = (duty: Kind, verb: string): void => {
      // In a column or under a label of cooperating units 负责 makes nobody lead.
      const helps = byDefault === 'help' && (duty === 'act' || duty === 'rest');
      this.#take(waiting, joined ? 'join' : helps ? 'help' : duty, verb === '' ? label : verb, byDefault);
      waiting = [];
    };
    for (const part of this.#scan.parts(start, end)) {
      // 责任单位：甲局；乙局、丙局配合: what stands before the semicolon is all said.
      if (part.cut === ';' && waiting.length > 0 && byDefault !== null && !joined)
        settle(byDefault === 'first' ? 'act' : byDefault, '');
      if (/[;。.]/u.test(part.cut) && waiting.length === 0) joined = false;
      // 以下均由各乡镇负责，不再列出: a remark to its end.
      aside = /^以下(?!简称)/u.test(this.#scan.text.slice(part.start, part.start + 4)) || (aside && !/[;。.]/u.test(part.cut));
      if (aside || this.#isRemark(part)) continue;
      for (let at = part.start; at < part.end;) {
        const begin = at + leadingTime(this.#scan.text.slice(at, part.end));
        const verbs = findVerbs(this.#scan.text, begin, part.end, (index) => this.#scan.skip(index));
        const until = verbs?.start ?? part.end;
        if (until > begin && !isTime(this.#scan.text.slice(begin, until))) {
          waiting.push({ start: begin, end: until, cut: at === part.start ? part.cut : '' });
        }
        if (verbs === null) break;
        anyVerb = this.#told = true;
        const said = this.#scan.text.slice(verbs.start, verbs.end);
        if (verbs.joins) {
          settle('lead', said);
          joined = true;
        } else {
          settle(verbs.duty, said);
          joined = false;
        }
        at = verbs.end;
        const helped = this.#scan.text.slice(at, Math.min(part.end, at + 40));
        if (verbs.duty === 'help' && !verbs.joins && mayBeUnit(helped) && startsLikeUnit(helped)) {
          // 各乡镇配合县教育局: who is helped has the duty.
          waiting = [{ start: at, end: part.end, cut: '' }];
          settle('act', said);
          break;
        }
        // 负责资金保障: what follows is the work, unless it says who does it.
        if (!verbs.joins && !this.#goesOn(at, part.end)) break;
      }
    }
    if (waiting.length === 0) return;
    if (joined) settle('help', '会同');
    else if (byDefault === 'first') settle('act', '');
    else if (byDefault !== null && !(anyVerb && kind === null)) settle(byDefault, '');
    else settle('rest', '');
  }

  finish(): Statement {
    const { firstLeads } = this.#reading;
    const first = firstLeads || this.#firstSaid || this.#said.some((each) => each.first);
    const someMarked = this.#said.some(({ marked }) => marked) && !this.#said.every(({ marked }) => marked);
    const leads = this.#said.some(({ kind, marked }) => kind === 'lead' || (someMarked && marked));
    let firstTaken = leads;
    const units = this.#said.map((each): StatedUnit => {
      const rule = `${this.#reading.where}${each.words === '' ? '列出的单位' : `“${each.words}”`}`;
      const unit = (role: Role, why = ''): StatedUnit => ({ start: each.start, end: each.end, role, rule: `${rule}${why}` });
      if (someMarked) return each.marked ? unit('lead', '，标有记号') : unit('cooperate', '，没有记号');
      switch (each.kind) {
        case 'lead':
          return unit('lead');
        case 'join':
        case 'help':
        case 'guide':
          return unit('cooperate');
        case 'act':
        case 'rest': {
          if (leads) return unit('cooperate', '，另有单位牵头');
          if (!first) return unit('lead');
          if (firstTaken) return unit('cooperate', '，列第一位者牵头');
          firstTaken = true;
          return unit('lead', '，列第一位');
        }
      }
    });
    const settled = this.#once(units);
    return {
      units: settled,
      doubts: this.#allDoubts(settled),
      told: this.#told,
      labelled: this.#labelled,
      firstSaid: this.#firstSaid,
    };
  }

  #take(parts: readonly Part[], kind: Kind, words: string, byDefault: Reading['column']): void {
    const { names, inner, asked } = readNames(this.#scan, parts);
    for (const { start, end, duty, marked, others } of names) {
      if (!this.#isName(start, end, byDefault !== null)) continue;
      this.#said.push({ start, end, kind: duty ?? kind, words, marked, first: byDefault === 'first' });
      if (duty !== null) this.#told = true;
      if (others) this.#openOthers = this.#scan.text.slice(start, end);
    }
    for (const reason of asked) this.#doubts.push({ field: kind === 'help' ? 'cooperate' : 'lead', reason });
    for (const { start, end } of inner) {
      const nested = readStatement(this.#scan, start, end, { column: 'help', where: this.#reading.where, firstLeads: false });
      this.#told ||= nested.told;
      for (const unit of nested.units) {
        const duty = unit.role === 'lead' ? 'act' : 'help';
        this.#said.push({ start: unit.start, end: unit.end, kind: duty, words: unit.rule, marked: false, first: false });
      }
      for (const doubt of nested.doubts) this.#doubts.push(doubt);
    }
  }

  /** In a list that is said to be one, any words but a doing are a name; elsewhere only what looks like one. */
  #isName(start: number, end: number, listed: boolean): boolean {
    const name = this.#scan.text.slice(start, end);
    if (mayBeUnit(name) || this.#scan.knows(start, end)) return true;
    if (!listed) return name.length <= 6 && /^(?:[省市县区]|国网|中国)/u.test(name) && !DOING.test(name);
    if (name.length <= 20 && !DOING.test(name)) return true;
    this.#doubts.push({ field: 'lead', reason: `“${name}”不像单位名称，没有读入` });
    return false;
  }

  #isRemark({ start, end }: Part): boolean {
    const words = this.#scan.text.slice(start, Math.min(end, start + 60));
    const said = FIRST_LEADS.test(words);
    this.#firstSaid ||= said;
    // 县水利局（列第一位的为牵头单位）: a name, and what is said behind it.
    const first = said && !mayBeUnit(words.replace(/\(.{0,60}$/u, ''));
    if (/涉及|不再|另有规定|依次/u.test(words)) {
      if (mayBeUnit(words)) this.#doubts.push({ field: 'lead', reason: `“${words.slice(0, 40)}”没有读为单位，请确认` });
      return true;
    }
    return first || /^[(]?(?:以?下同|下略)[)]?$/u.test(words) || (MARKED_LEADS.test(words) && words.includes('牵头'));
  }

  #goesOn(at: number, end: number): boolean {
    const rest = this.#scan.text.slice(at, Math.min(end, at + 60));
    return (
      rest !== '' &&
      findVerbs(this.#scan.text, at, end, (index) => this.#scan.skip(index)) !== null &&
      /\p{Script=Han}{3}/u.test(rest)
    );
  }

  /** Each unit once; one that leads and cooperates leads. */
  #once(units: readonly StatedUnit[]): StatedUnit[] {
    const nameOf = ({ start, end }: StatedUnit): string => this.#scan.text.slice(start, end);
    const leading = new Set(units.filter(({ role }) => role === 'lead').map(nameOf));
    const seen = new Set<string>();
    return units.filter((unit) => {
      const name = nameOf(unit);
      if (unit.role === 'cooperate' && leading.has(name)) {
        this.#doubts.push({ field: 'lead', reason: `“${name}”既写在牵头又写在配合，按牵头读入` });
        return false;
      }
      return !seen.has(name) && seen.add(name);
    });
  }

  #allDoubts(units: readonly StatedUnit[]): Doubt[] {
    const doubts = [...this.#doubts];
    const rest = this.#said.filter(({ kind, marked }) => kind === 'rest' && !marked);
    if (rest.length > 0 && this.#said.some(({ kind }) => kind !== 'rest')) {
      const names = rest.map(({ start, end }) => this.#scan.text.slice(start, end)).join('、');
      const role = units.find(({ start }) => start === rest[0]?.start)?.role ?? 'lead';
      doubts.push({ field: role, reason: `“${names}”没有写明牵头还是配合，按${role === 'lead' ? '牵头' : '配合'}读入` });
    }
    const guides = this.#said.filter(({ kind }) => kind === 'guide').map(({ start, end }) => this.#scan.text.slice(start, end));
    if (guides.length > 0) {
      doubts.push({ field: 'cooperate', reason: `“${guides.join('、')}”写的是指导或督促，按配合读入，请确认` });
    }
    // A long list may well be complete: there 等 only closes it.
    if (this.#openOthers !== null && units.length < 3) {
      doubts.push({ field: 'lead', reason: `“${this.#openOthers}等”没有写明另有哪些单位，请补全或确认` });
    }
    return doubts;
  }
}

/** How much of the words is a time that a name follows: 11月底前由县教育局. */
function leadingTime(words: string): number {
  const [time = ''] = /^[于在]?[\d年月日上中下旬底末初第一二三四季度之以]{2,16}(?:前|内|起)?[,]?/u.exec(words.slice(0, 40)) ?? [];
  const rest = words.slice(time.length);
  return /[年月季]/u.test(time) && (rest.startsWith('由') || startsLikeUnit(rest)) ? time.length : 0;
}

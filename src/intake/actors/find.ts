// Where a paragraph states its units: tail brackets and labels such as 责任单位：. Brackets that say something else are left alone.

import { labelAt, saysUnits } from './labels.ts';
import { readStatement, type Statement } from './statement.ts';
import { isHan, type Scan } from './scan.ts';
import { endsLikeUnit, isTime, mayBeUnit, startsLikeUnit } from './words.ts';

export interface Found {
  /** Without the brackets. */
  readonly start: number;
  readonly end: number;
  readonly statement: Statement;
}

/** What begins a bracket that explains and states no unit. */
const EXPLAINS =
  /^(?:以下|下称|简称|统称|含|包括|包含|不含|不包括|除|例如|譬如|如|即|原|详见|详情|见|附|指|特别是|尤其是|其中包|试行|暂行|第|不需|无需|涉及|本文件|本通知|本方案)/u;
const OPENING = /[([【〔]/u;
const LONGEST = 1500;
const MOST_FOUND = 60;
const MOST_LABELLED = 6000;

/** The brackets of the paragraph that state units, outside the labels that were taken; the first sixty of them. */
export function findBrackets(scan: Scan, taken: readonly Found[], firstLeads: boolean): Found[] {
  const found: Found[] = [];
  const left = lastLeftOpen(scan);
  let first = firstLeads;
  let next = 0;
  for (let at = 0; at < scan.text.length && found.length < MOST_FOUND; at += 1) {
    const label = taken[next];
    if (label !== undefined && at >= label.start) {
      at = label.end - 1;
      next += 1;
      continue;
    }
    if (isHan(scan.text, at) || !OPENING.test(scan.text[at] ?? '')) continue;
    const close = at === left ? scan.text.length : scan.closes(at);
    if (close === -1) continue;
    const statement = stated(scan, at + 1, close, first);
    if (statement !== null) {
      first ||= statement.firstSaid;
      found.push({ start: at + 1, end: close, statement });
    }
    at = close;
  }
  return found;
}

/** A bracket at the paragraph's end that nobody closed, or -1. */
function lastLeftOpen(scan: Scan): number {
  for (let at = scan.text.length - 1; at >= Math.max(0, scan.text.length - LONGEST); at -= 1) {
    if (OPENING.test(scan.text[at] ?? '')) return scan.closes(at) === -1 ? at : -1;
  }
  return -1;
}

function stated(scan: Scan, start: number, end: number, firstLeads: boolean): Statement | null {
  const words = scan.text.slice(start, Math.min(end, start + LONGEST));
  if (end - start > LONGEST || words.length < 2 || EXPLAINS.test(words)) return null;
  const statement = readStatement(scan, start, end, { column: null, where: '括号内', firstLeads });
  const names = statement.units.map((unit) => scan.text.slice(unit.start, unit.end));
  if (names.length === 0) return null;
  const unlike = names.filter((name) => !endsLikeUnit(name) && !startsLikeUnit(name));
  if (statement.labelled) return statement;
  if (statement.told) return unlike.length * 2 < names.length ? statement : null;
  // Names alone: only where nothing but names stands there, and only where the sentence is over.
  const isName = (name: string): boolean =>
    startsLikeUnit(name) && (endsLikeUnit(name) || (name.startsWith('各') && mayBeUnit(name)));
  const bare = names.every(isName) && covers(scan, statement, start, end);
  const tail =
    /^[。.;,)\]】]?(?:[([【]|$)/u.test(scan.text.slice(end + 1, end + 3)) || /[。.;]/u.test(scan.text[start - 2] ?? '');
  // 报县创建办（县教育局）: another name of the office before it.
  const explains = endsLikeUnit(scan.text.slice(Math.max(0, start - 13), start - 1));
  return bare && tail && !explains && scan.closes(start - 1) === end ? statement : null;
}

/** Whether nothing stands there but names and times. */
function covers(scan: Scan, { units }: Statement, start: number, end: number): boolean {
  return scan.parts(start, end).every((part) => {
    const named = units.filter((unit) => unit.start >= part.start && unit.end <= part.end);
    const length = named.reduce((sum, unit) => sum + unit.end - unit.start, named.length - 1);
    return named.length === 0 ? isTime(scan.text.slice(part.start, part.end)) : length + 2 >= part.end - part.start;
  });
}

/** 责任单位：… within the text and outside every bracket; a run of adjoining labels is one. */
export function findLabels(scan: Scan, firstLeads: boolean): Found[] {
  const runs: { start: number; end: number }[] = [];
  let boundary = 0;
  let sentenceEnd = -1;
  for (let at = 0; at < scan.text.length && runs.length < MOST_FOUND; at += 1) {
    const after = scan.skip(at);
    if (after > at) {
      at = after - 1;
      boundary = after;
      continue;
    }
    if (scan.endsSentence(at)) boundary = at + 1;
    const label = labelAt(scan, at, boundary);
    if (label === null) continue;
    if (sentenceEnd <= at) sentenceEnd = valueEnd(scan, at + 1);
    const end = Math.min(sentenceEnd, at + LONGEST);
    const run = runs.at(-1);
    // Labels that follow each other, a full stop between them or not, make one statement.
    const goesOn = run !== undefined && run.end >= label.start - 1;
    if (goesOn && end - run.start > MOST_LABELLED) break;
    if (goesOn) run.end = end;
    else if (saysUnits(label.kind) && begins(scan, label.start)) runs.push({ start: label.start, end });
    boundary = label.value;
  }
  return runs.flatMap(({ start, end }) => {
    const statement = readStatement(scan, start, end, { column: null, where: '', firstLeads });
    return statement.units.length === 0 ? [] : [{ start, end, statement }];
  });
}

/** A label stands at a beginning: of the text, of a line, behind a sentence or a bracket. */
function begins(scan: Scan, start: number): boolean {
  return start === 0 || scan.gap(start) || /[。.;,!?)\]】》、:\d]/u.test(scan.text[start - 1] ?? '');
}

/** Values end with their sentence. */
function valueEnd(scan: Scan, start: number): number {
  for (let at = start; at < scan.text.length; at += 1) {
    const after = scan.skip(at);
    if (after > at) at = after - 1;
    else if (scan.endsSentence(at)) return at;
  }
  return scan.text.length;
}

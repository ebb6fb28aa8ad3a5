// Who leads and who cooperates: read of a task's paragraph or of a table's cell, as printed, with the words it rests on.
// Stated units (a tail bracket, 责任单位：) outrank those inside the sentences; a unit never stands in both roles.

import type { Directory } from '../../domain/directory.ts';
import type { Role } from '../../domain/notice.ts';
import type { Rename } from '../../domain/renames.ts';
import { namesIn, questionOf } from './directory.ts';
import { findBrackets, findLabels, type Found } from './find.ts';
import { Scan } from './scan.ts';
import { readSentences } from './sentence.ts';
import { readStatement, type StatedUnit } from './statement.ts';
import { unitsAt } from './subject.ts';
import { FIRST_LEADS } from './words.ts';
import type { Passage } from '../passage.ts';
import type { Doubt, ReadUnit } from '../reading.ts';

export interface ActorContext {
  /** 列第一位者为牵头单位，下同 holds from here on. */
  readonly firstLeads: boolean;
  /** Null: names are not looked up. */
  readonly directory: Directory | null;
  readonly renames: readonly Rename[];
}

export interface ReadActors {
  readonly lead: readonly ReadUnit[];
  readonly cooperate: readonly ReadUnit[];
  readonly doubts: readonly Doubt[];
  /**
   * Range in the passage's text of the bracket or the 责任单位：… clause that states units and often the time, without its
   * brackets; the last where there are several; null where units were found inside the sentence or not at all.
   */
  readonly stated: { readonly start: number; readonly end: number } | null;
  readonly by: 'bracket' | 'label' | 'sentence' | 'none';
}

const LONGEST_CELL = 4000;

/** The units of a whole task paragraph. Finding none is no doubt here. */
export function readActors(passage: Passage, context: ActorContext): ReadActors {
  const scan = new Scan(passage, namesIn(context.directory));
  const labels = findLabels(scan, context.firstLeads);
  const brackets = findBrackets(scan, labels, context.firstLeads || labels.some(({ statement }) => statement.firstSaid));
  const found = [...brackets, ...labels].toSorted((a, b) => a.start - b.start);
  const sentences = found.some(leads) ? { units: [], doubts: [] } : readSentences(scan, found);
  const stated = found.flatMap(({ statement }) => statement.units);
  const units = oneRole(scan, [...stated, ...sentences.units.filter(({ role }) => role === 'lead' || stated.length === 0)]);
  const doubts = [...found.flatMap(({ statement }) => statement.doubts), ...sentences.doubts];
  const last = brackets.at(-1) ?? labels.at(-1);
  const by = brackets.length > 0 ? 'bracket' : labels.length > 0 ? 'label' : units.length > 0 ? 'sentence' : 'none';
  return {
    ...told(scan, units, doubts, context),
    stated: last === undefined ? null : { start: last.start, end: last.end },
    by,
  };
}

/** The units of a table's cell; names without a verb have the column's role. */
export function readUnitCell(passage: Passage, column: Role, context: ActorContext): Omit<ReadActors, 'stated' | 'by'> {
  const cut = passage.length > LONGEST_CELL;
  const scan = new Scan(cut ? passage.slice(0, LONGEST_CELL) : passage, namesIn(context.directory));
  const where = column === 'lead' ? '责任单位一栏' : '配合单位一栏';
  const duty = column === 'lead' ? 'act' : 'help';
  const { units, doubts } = readStatement(scan, 0, scan.text.length, { column: duty, where, firstLeads: context.firstLeads });
  const tooLong: Doubt[] = cut ? [{ field: column, reason: `单位一栏超过 ${LONGEST_CELL} 字，后面的没有读入` }] : [];
  return told(scan, units, [...doubts, ...tooLong], context);
}

const DUTIES = /(?:的)?(?:主要|工作|具体)?(?:职责|任务|责任|分工)?[。.:]?$/u;

/** The units that a heading consists of: （一）县教育局, over the items that are its own. Empty where it says anything else. */
export function readHeadingUnits(heading: Passage, context: ActorContext): Pick<ReadActors, 'lead' | 'doubts'> {
  if (heading.length > 80) return { lead: [], doubts: [] };
  const scan = new Scan(heading, namesIn(context.directory));
  const names = unitsAt(scan, 0, heading.text.replace(DUTIES, '').length) ?? [];
  const units = names.map(({ start, end }): StatedUnit => ({ start, end, role: 'lead', rule: '上级标题写的单位' }));
  const { lead, doubts } = told(scan, units, [], context);
  return { lead, doubts };
}

/**
 * Whether the passage says that the first of several units leads (列第一位者为牵头单位，下同), and from which index of its text:
 * where it stands in a bracket, from that bracket; as a note (注：…), from 0; null where it does not say so.
 */
export function firstLeadsFrom(passage: Passage): number | null {
  const found = FIRST_LEADS.exec(passage.text);
  if (found === null) return null;
  const scan = new Scan(passage, new Set());
  for (let at = found.index; at >= 0; at -= 1) {
    if (scan.isOpener(at) && scan.closes(at) > found.index) return at;
  }
  const sentence = passage.text.slice(Math.max(0, found.index - 40), found.index);
  if (/(?:注|备注|说明|附注)\d?[:.、][^。]{0,30}$/u.test(sentence)) return 0;
  return found.index - (/[^,。;:]*$/u.exec(sentence)?.[0].length ?? 0);
}

function leads({ statement }: Found): boolean {
  return statement.units.some(({ role }) => role === 'lead');
}

/** Each unit once; what leads in one bracket and helps in another leads. */
function oneRole(scan: Scan, units: readonly StatedUnit[]): StatedUnit[] {
  const nameOf = ({ start, end }: StatedUnit): string => scan.text.slice(start, end);
  const leading = new Set(units.filter(({ role }) => role === 'lead').map(nameOf));
  const seen = new Set<string>();
  return units.filter((unit) => {
    const name = nameOf(unit);
    return !(unit.role === 'cooperate' && leading.has(name)) && !seen.has(name) && seen.add(name);
  });
}

function told(
  scan: Scan,
  units: readonly StatedUnit[],
  doubts: readonly Doubt[],
  { directory, renames }: ActorContext,
): Pick<ReadActors, 'lead' | 'cooperate' | 'doubts'> {
  const of = (wanted: Role): ReadUnit[] =>
    units
      .filter(({ role }) => role === wanted)
      .map(({ start, end, rule }) => ({
        name: scan.passage.printed(start, end),
        quote: scan.passage.quote(start, end),
        span: scan.passage.span(start, end),
        rule,
      }));
  const [lead, cooperate] = [of('lead'), of('cooperate')];
  const asked = (field: Role, read: readonly ReadUnit[]): Doubt[] => {
    if (directory === null) return [];
    return read.flatMap(({ name }) => {
      const reason = questionOf(name, directory, renames);
      return reason === null ? [] : [{ field, reason }];
    });
  };
  const all = [...doubts, ...asked('lead', lead), ...asked('cooperate', cooperate)];
  return {
    lead,
    cooperate,
    doubts: all.filter((each, index) => all.findIndex(({ reason }) => reason === each.reason) === index),
  };
}
